// What buttons, keys, mouse and touch do.

function actionsOf(player) {
  const { view, state, parts } = player;
  const setClocks = (hasClocks) => {
    state.hasClocks = hasClocks;
    parts.clocks.checked = hasClocks;
    redraw(player);
  };
  return {
    home: () => visit(player, edgeEvent(player, false)),
    end: () => visit(player, edgeEvent(player, true)),
    previous: () => step(player, -1),
    next: () => step(player, 1),
    previousOverall: () => visit(player, stepOverall(player, -1)),
    nextOverall: () => visit(player, stepOverall(player, 1)),
    up: () => stepLane(player, -1),
    down: () => stepLane(player, 1),
    message: () => stepMessage(player),
    in: () => zoom(player, 1 / ZOOM_STEP),
    out: () => zoom(player, ZOOM_STEP),
    whole: () => moveTo(player, view.first, view.last - view.first),
    left: () => scrubBy(player, -0.25),
    right: () => scrubBy(player, 0.25),
    clear: () => setInstant(player, null),
    clocks: () => setClocks(!state.hasClocks),
    setClocks,
  };
}

function listen(player) {
  const { root, view, parts } = player;
  const actions = actionsOf(player);
  parts.select = (event) => visit(player, event);
  root.querySelectorAll('button[data-do]').forEach((button) => {
    button.addEventListener('click', actions[button.dataset.do]);
  });
  parts.clocks.addEventListener('change', () => actions.setClocks(parts.clocks.checked));
  parts.table.addEventListener('toggle', () => tellWindow(player));
  followKeys(parts.lanes, {
    ArrowLeft: actions.previous, ArrowRight: actions.next, ArrowUp: actions.up, ArrowDown: actions.down,
    'Shift+ArrowLeft': actions.left, 'Shift+ArrowRight': actions.right, n: actions.nextOverall, p: actions.previousOverall,
    m: actions.message, Home: actions.home, End: actions.end, '+': actions.in, '=': actions.in, '-': actions.out, '−': actions.out,
    0: actions.whole, c: actions.clocks, Escape: actions.clear,
  });
  followKeys(parts.overview, {
    ArrowLeft: actions.left, ArrowRight: actions.right, ArrowDown: actions.left, ArrowUp: actions.right,
    PageDown: () => scrubBy(player, -1), PageUp: () => scrubBy(player, 1),
    Home: () => moveTo(player, view.first, view.span), End: () => moveTo(player, view.last - view.span, view.span),
    '+': actions.in, '=': actions.in, '-': actions.out, 0: actions.whole,
  });
  const onLanes = {
    pan: (dx) => {
      settle(player);
      setWindow(view, view.from - dx / pixelsPerUs(view), view.span);
      redraw(player);
    },
    pinch: (x, factor) => {
      settle(player);
      zoomAbout(view, timeAt(view, x), factor);
      redraw(player);
    },
    tap: (x, y, reach) => {
      const event = eventAt(view, x, y, reach);
      if (event >= 0) select(player, nextOfSame(player, event)); else setInstant(player, timeAt(view, x));
    },
  };
  followPointers(parts.lanes, onLanes);
  followWheel(parts.lanes, onLanes);
  followPointers(parts.overview, overviewHands(player));
  watchSurroundings(player);
}

// Of several events at one moment, as a send to all can be, each click takes the next.
function nextOfSame({ run, state }, event) {
  const lane = run.lanes[run.lane[event]];
  const time = run.at[event];
  const first = lane.base + lowerBound(lane.at, time);
  const end = lane.base + upperBound(lane.at, time);
  const isAmong = state.selected >= first && state.selected < end;
  return isAmong ? first + ((state.selected - first + 1) % (end - first)) : first;
}

// The window on the strip is dragged by its middle or by an edge; beside it, it comes.
function overviewHands(player) {
  const { view, stage } = player;
  let grip = 'middle';
  return {
    down: (x) => {
      settle(player);
      const width = stage.overviewWidth;
      const from = overviewX(view, width, view.from);
      const to = overviewX(view, width, view.from + view.span);
      const isNear = (edge) => Math.abs(x - edge) < 9 && to - from > 24;
      grip = isNear(from) ? 'from' : isNear(to) ? 'to' : 'middle';
      if (grip === 'middle' && (x < from || x > to)) {
        setWindow(view, overviewTime(view, width, x) - view.span / 2, view.span);
        redraw(player);
      }
    },
    pan: (dx, x) => {
      const width = stage.overviewWidth;
      const end = view.from + view.span;
      const time = overviewTime(view, width, x);
      if (grip === 'middle') setWindow(view, view.from + (dx / width) * (view.last - view.first), view.span);
      else if (grip === 'to') setWindow(view, view.from, time - view.from);
      else setWindow(view, Math.min(time, end - SPAN_LEAST_US), end - Math.min(time, end - SPAN_LEAST_US));
      redraw(player);
    },
  };
}

// Size, pixel ratio, colours, and paper, which is white.
function watchSurroundings(player) {
  new ResizeObserver(() => resize(player)).observe(player.parts.lanes.parentElement);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => recolor(player));
  new MutationObserver(() => recolor(player))
    .observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style', 'data-theme'] });
  for (const moment of ['beforeprint', 'afterprint']) {
    addEventListener(moment, () => {
      // Scripts cannot ask for the colours of paper before it is printed.
      player.root.classList.toggle('player-on-paper', moment === 'beforeprint');
      player.stage.ink = readInk(player.root);
      resize(player);
      settle(player);
      draw(player, performance.now());
    });
  }
}
