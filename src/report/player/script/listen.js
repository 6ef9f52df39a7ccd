// What the player listens to: keys, mouse, touch, and what is around it.

import { lowerBound, upperBound } from './search.js';
import { SPAN_LEAST_US, eventAt, pixelsPerUs, setWindow, timeAt, zoomAbout } from './view.js';
import { readInk } from './ink.js';
import { overviewTime, overviewX } from './overview.js';
import { draw, recolor, redraw, resize, select, setInstant, settle, announceWindow, visit } from './player.js';
import { LANE_KEYS, OVERVIEW_KEYS, followKeys } from './keys.js';
import { followPointers, followWheel } from './input.js';
import { actionsOf } from './actions.js';

export function listen(player) {
  const { root, view, parts } = player;
  const actions = actionsOf(player);
  parts.select = (event) => visit(player, event);
  root.querySelectorAll('button[data-do]').forEach((button) => {
    button.addEventListener('click', actions[button.dataset.do]);
  });
  parts.clocks.addEventListener('change', () => actions.setClocks(parts.clocks.checked));
  parts.table.addEventListener('toggle', () => announceWindow(player));
  followKeys(parts.lanes, LANE_KEYS, actions);
  followKeys(parts.overview, OVERVIEW_KEYS, actions);
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
  followPointers(parts.overview, overviewInput(player));
  watchSurroundings(player);
}

// Of several events at one instant, as a send to all can be, each click takes the next.
function nextOfSame({ run, state }, event) {
  const lane = run.lanes[run.lane[event]];
  const time = run.at[event];
  const first = lane.base + lowerBound(lane.at, time);
  const end = lane.base + upperBound(lane.at, time);
  const isAmong = state.selected >= first && state.selected < end;
  return isAmong ? first + ((state.selected - first + 1) % (end - first)) : first;
}

// The window on the strip is dragged by its middle or by an edge; beside it, it comes.
function overviewInput(player) {
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
  for (const name of ['beforeprint', 'afterprint']) {
    addEventListener(name, () => {
      // Scripts cannot ask for the colours of paper before it is printed.
      player.root.classList.toggle('player-on-paper', name === 'beforeprint');
      player.stage.ink = readInk(player.root);
      resize(player);
      settle(player);
      draw(player, performance.now());
    });
  }
}
