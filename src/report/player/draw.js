// The lanes, from nearest to farthest: events one by one with their messages
// while they can be told apart, and how many there are where they cannot.

const MESSAGES_MOST = 2500;
const ARROWHEADS_MOST = 900;
const COLUMN = 3; // pixels, of counted events
const ROWS = 5; // of waiting messages below a lane
const FADED = 0.16;

const INK_NAMES = ['ink', 'muted', 'grid', 'paper', 'internal', 'send', 'receive', 'past', 'future', 'chain', 'open'];

function readInk(root) {
  const style = getComputedStyle(root);
  const ink = Object.fromEntries(INK_NAMES.map((name) => [name, style.getPropertyValue(`--player-${name}`).trim()]));
  ink.font = style.fontFamily;
  return ink;
}

function drawLanes(context, view, state, ink) {
  context.clearRect(0, 0, view.width, view.height);
  drawAxis(context, view, ink);
  context.save();
  context.beginPath();
  context.rect(view.left, 0, view.right - view.left, view.height);
  context.clip();
  if (state.related) drawRelated(context, view, state.related, ink);
  drawInstant(context, view, state, ink);
  const messages = seenMessages(view);
  const areShown = messages.length <= MESSAGES_MOST;
  if (!areShown) view.run.lanes.forEach((lane, at) => drawQueue(context, view, lane, at, ink));
  if (areShown) drawMessages(context, view, messages, state.related, ink);
  view.run.lanes.forEach((lane, at) => drawEvents(context, view, lane, at, state, ink));
  if (state.related) drawChain(context, view, state.related, ink);
  if (state.selected >= 0) drawSelected(context, view, state.selected, ink);
  context.restore();
  drawNames(context, view, ink);
  return { messages: areShown ? messages.length : 0 };
}

function drawAxis(context, view, ink) {
  const step = roundStep(view.span, (view.right - view.left) / 90);
  context.font = `12px ${ink.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.strokeStyle = ink.grid;
  context.lineWidth = 1;
  context.fillStyle = ink.muted;
  context.beginPath();
  for (let time = Math.ceil(view.from / step) * step; time <= view.from + view.span; time += step) {
    const x = Math.round(xOf(view, time)) + 0.5;
    context.moveTo(x, view.top - 6);
    context.lineTo(x, view.height);
    const text = secondsText(time, step);
    const half = context.measureText(text).width / 2;
    if (x - half > view.left - 14 && x + half < view.width) context.fillText(text, x, 10);
  }
  context.stroke();
}

function drawNames(context, view, ink) {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  view.run.lanes.forEach((lane, at) => {
    const y = yOf(view, at);
    context.fillStyle = ink.ink;
    context.font = `600 13px ${ink.font}`;
    context.fillText(view.isNarrow ? String(lane.id) : `machine ${lane.id}`, 2, y);
    if (lane.rate !== null && !view.isNarrow && view.laneHeight > 40) {
      context.fillStyle = ink.muted;
      context.font = `11px ${ink.font}`;
      context.fillText(`${Number(lane.rate.toPrecision(4))} ticks/s`, 2, y + 16);
    }
  });
}

// The past and the future of the selected event, as bands along the lanes.
function drawRelated(context, view, related, ink) {
  const height = Math.min(22, view.laneHeight * 0.5);
  view.run.lanes.forEach((lane, at) => {
    const y = yOf(view, at) - height / 2;
    context.globalAlpha = 0.2;
    if (related.past[at] > 0) {
      context.fillStyle = ink.past;
      const end = xOf(view, lane.at[related.past[at] - 1]) + 5;
      if (end > view.left) context.fillRect(view.left, y, Math.min(end, view.right) - view.left, height);
    }
    if (related.future[at] < lane.count) {
      context.fillStyle = ink.future;
      const start = Math.max(view.left, xOf(view, lane.at[related.future[at]]) - 5);
      if (start < view.right) context.fillRect(start, y, view.right - start, height);
    }
    context.globalAlpha = 1;
  });
}

function drawInstant(context, view, state, ink) {
  if (state.instant === null) return;
  const x = Math.round(xOf(view, state.instant)) + 0.5;
  context.strokeStyle = ink.muted;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(x, view.top - 6);
  context.lineTo(x, view.height);
  context.stroke();
  context.setLineDash([]);
}

// How long the queue is, hanging from the lane.
function drawQueue(context, view, lane, at, ink) {
  const longest = Math.max(...view.run.lanes.map((one) => one.inbox.longest), 1);
  const room = view.laneHeight * 0.46;
  const y = yOf(view, at) + 4;
  const step = (view.span / (view.right - view.left)) * COLUMN;
  context.fillStyle = ink.receive;
  context.globalAlpha = 0.3;
  context.beginPath();
  const first = Math.floor(view.from / step) * step;
  for (let time = first; time < view.from + view.span; time += step) {
    const length = queueAt(lane.inbox, time);
    if (length > 0 && time <= view.run.end) context.rect(xOf(view, time), y, COLUMN, (room * length) / longest);
  }
  context.fill();
  context.globalAlpha = 1;
}

// The messages of which a part is seen; of those that only wait all the time
// the first few. Each is [receiver, its place in the inbox].
function seenMessages(view) {
  const { run } = view;
  const to = view.from + view.span;
  run.frame = (run.frame ?? 0) + 1;
  const found = [];
  run.lanes.forEach((lane, receiver) => {
    const { inbox } = lane;
    const add = (at) => {
      if (inbox.seen[at] === run.frame) return;
      inbox.seen[at] = run.frame;
      found.push([receiver, at]);
    };
    const first = lowerBound(inbox.arrival, view.from);
    const end = upperBound(inbox.arrival, to + inbox.longestTransit);
    const [low, high] = seenOf(view, lane);
    if (end - first + high - low + found.length > 4 * MESSAGES_MOST) {
      found.length = Math.max(found.length, MESSAGES_MOST + 1);
      return;
    }
    for (let at = first; at < end; at += 1) {
      if (inbox.arrival[at] <= to || (inbox.send[at] >= 0 && run.at[inbox.send[at]] <= to)) add(at);
    }
    for (let index = low; index < high; index += 1) {
      const message = run.messageOf[lane.base + index];
      if (message >= 0) add(message);
    }
    waitingAt(inbox, view.from, 40).forEach(add);
  });
  return found;
}

// Whether a message belongs to the past (1) or the future (2) of the selection.
function relationOf(run, related, receiver, inbox, at) {
  const receive = inbox.receive[at];
  if (receive >= 0 && receive - run.lanes[receiver].base < related.past[receiver]) return 1;
  const send = inbox.send[at];
  if (send < 0) return 0;
  const lane = run.lane[send];
  return send - run.lanes[lane].base >= related.future[lane] ? 2 : 0;
}

function drawMessages(context, view, messages, related, ink) {
  const styles = new Map();
  const hasHeads = messages.length <= ARROWHEADS_MOST;
  for (const [receiver, at] of messages) {
    const { inbox } = view.run.lanes[receiver];
    const known = inbox.known[at];
    const relation = related ? relationOf(view.run, related, receiver, inbox, at) : -1;
    const isOpen = known >= LATER;
    const key = `${relation} ${known === AMBIGUOUS ? 'dashed' : isOpen ? 'open' : 'plain'}`;
    if (!styles.has(key)) {
      styles.set(key, { lines: new Path2D(), heads: new Path2D(), waits: new Path2D(), ends: new Path2D(), relation, isOpen, isDashed: known === AMBIGUOUS });
    }
    traceMessage(view, receiver, inbox, at, styles.get(key), hasHeads);
  }
  const calm = messages.length > 400 ? 0.55 : 0.9;
  for (const style of styles.values()) strokeMessages(context, style, calm, ink);
}

function strokeMessages(context, style, calm, ink) {
  const faded = style.relation === 0;
  context.globalAlpha = faded ? FADED : calm;
  const color = style.relation === 1 ? ink.past : style.relation === 2 ? ink.future : style.isOpen ? ink.open : ink.muted;
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = style.relation > 0 ? 1.6 : 1;
  context.setLineDash(style.isDashed ? [5, 4] : []);
  context.stroke(style.lines);
  context.setLineDash([]);
  context.fill(style.heads);
  context.lineWidth = 2;
  context.globalAlpha *= 0.75;
  context.strokeStyle = style.relation > 0 ? color : style.isOpen ? ink.open : ink.receive;
  context.stroke(style.waits);
  context.lineWidth = 1.4;
  context.stroke(style.ends);
  context.globalAlpha = 1;
}

// From the SEND to the arrival, along the lane while it waits, up to the RECEIVE.
function traceMessage(view, receiver, inbox, at, style, hasHeads) {
  const { run } = view;
  const send = inbox.send[at];
  const lane = yOf(view, receiver);
  const arrivalX = xOf(view, inbox.arrival[at]);
  const isOpen = inbox.pop[at] === Infinity;
  const popX = isOpen ? Math.min(xOf(view, run.end) + 4, view.right + 20) : xOf(view, inbox.pop[at]);
  const waits = popX - arrivalX > 4;
  const row = Math.min(view.laneHeight * 0.5, 38) / ROWS;
  const y = waits ? lane + 8 + (at % ROWS) * row : lane;
  if (send >= 0) {
    traceArrow(style, hasHeads, xOf(view, run.at[send]), yOf(view, run.lane[send]), waits ? arrivalX : popX, y, waits ? 0 : 5);
  } else {
    style.ends.moveTo(arrivalX - 8, y - 8);
    style.ends.lineTo(arrivalX - 3, y - 3);
  }
  if (!waits) return;
  const from = Math.max(arrivalX, view.left - 10);
  const to = Math.min(popX, view.right + 10);
  if (to > from) {
    style.waits.moveTo(from, y);
    style.waits.lineTo(to, y);
  }
  if (isOpen) {
    style.ends.moveTo(popX + 3, y);
    style.ends.arc(popX, y, 3, 0, 2 * Math.PI);
  } else {
    style.waits.moveTo(popX, y);
    style.waits.lineTo(popX, lane + 4);
  }
}

function traceArrow(style, hasHead, fromX, fromY, toX, toY, gap) {
  const length = Math.hypot(toX - fromX, toY - fromY) || 1;
  const [dx, dy] = [(toX - fromX) / length, (toY - fromY) / length];
  const [x, y] = [toX - dx * gap, toY - dy * gap];
  style.lines.moveTo(fromX, fromY);
  style.lines.lineTo(x, y);
  if (!hasHead) return;
  style.heads.moveTo(x, y);
  style.heads.lineTo(x - dx * 7 - dy * 3, y - dy * 7 + dx * 3);
  style.heads.lineTo(x - dx * 7 + dy * 3, y - dy * 7 - dx * 3);
  style.heads.closePath();
}

function drawEvents(context, view, lane, at, state, ink) {
  const y = yOf(view, at);
  context.strokeStyle = ink.muted;
  context.globalAlpha = 0.6;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.max(view.left, xOf(view, view.run.start)), y + 0.5);
  context.lineTo(Math.min(view.right, xOf(view, view.run.end)), y + 0.5);
  context.stroke();
  context.globalAlpha = 1;
  const [first, end] = seenOf(view, lane);
  const room = (view.right - view.left) / Math.max(end - first, 1);
  if (room < 3) drawCounts(context, view, lane, at, state.related, ink);
  else drawMarks(context, view, lane, at, first, end, room, state, ink);
}

// Where events cannot be told apart: how many of each kind in each column.
function drawCounts(context, view, lane, at, related, ink) {
  const { run } = view;
  const step = (view.span / (view.right - view.left)) * COLUMN;
  const busiest = Math.max(...run.lanes.map((one) => one.count)) / (run.end - run.start);
  const scale = (view.laneHeight * 0.34) / Math.max(1, busiest * step * 1.15);
  const y = yOf(view, at);
  const bars = [0, 1].map(() => [new Path2D(), new Path2D(), new Path2D()]);
  let index = lowerBound(lane.at, Math.floor(view.from / step) * step);
  for (let time = Math.floor(view.from / step) * step; time < view.from + view.span; time += step) {
    const next = lowerBound(lane.at, time + step, index);
    const pieces = related ? [[index, Math.min(next, related.past[at]), 1],
      [Math.max(index, related.past[at]), Math.min(next, related.future[at]), 0],
      [Math.max(index, related.past[at], related.future[at]), next, 1]] : [[index, next, 1]];
    let top = y;
    for (const [from, to, isBright] of pieces) {
      if (to <= from) continue;
      const receives = lane.receivesBefore[to] - lane.receivesBefore[from];
      const sends = lane.sendsBefore[to] - lane.sendsBefore[from];
      [to - from - receives - sends, sends, receives].forEach((count, kind) => {
        const height = count * scale;
        top -= height;
        if (count > 0) bars[isBright][kind].rect(xOf(view, time), top, COLUMN - 0.5, height);
      });
    }
    index = next;
  }
  bars.forEach((kinds, isBright) => kinds.forEach((path, kind) => {
    context.globalAlpha = isBright ? 1 : FADED;
    context.fillStyle = [ink.internal, ink.send, ink.receive][kind];
    context.fill(path);
  }));
  context.globalAlpha = 1;
}

function drawMarks(context, view, lane, at, first, end, room, state, ink) {
  const { run } = view;
  const { related } = state;
  const y = yOf(view, at);
  const size = Math.min(6, Math.max(2.2, room / 3), view.laneHeight / 7);
  const marks = [0, 1].map(() => [new Path2D(), new Path2D(), new Path2D()]);
  const doubts = new Path2D();
  for (let index = first; index < end; index += 1) {
    const event = lane.base + index;
    const isBright = !related || index < related.past[at] || index >= related.future[at] ? 1 : 0;
    const x = xOf(view, lane.at[index]);
    traceMark(marks[isBright][run.kind[event]], run.kind[event], x, y, size);
    if (run.kind[event] === RECEIVE && (run.known[event] === REPEATED || run.known[event] === MISSING)) {
      doubts.moveTo(x + size + 3, y);
      doubts.arc(x, y, size + 3, 0, 2 * Math.PI);
    }
  }
  marks.forEach((kinds, isBright) => kinds.forEach((path, kind) => {
    context.globalAlpha = isBright ? 1 : FADED;
    context.fillStyle = [ink.internal, ink.send, ink.receive][kind];
    context.fill(path);
  }));
  context.globalAlpha = 1;
  context.strokeStyle = ink.open;
  context.lineWidth = 1.5;
  context.stroke(doubts);
  if (state.hasClocks) drawClocks(context, view, lane, at, first, end, size, ink);
}

// A circle for INTERNAL, a triangle for SEND, a square for RECEIVE.
function traceMark(path, kind, x, y, size) {
  if (kind === INTERNAL) {
    path.moveTo(x + size * 0.75, y);
    path.arc(x, y, size * 0.75, 0, 2 * Math.PI);
  } else if (kind === SEND) {
    path.moveTo(x - size * 0.9, y - size);
    path.lineTo(x + size * 1.2, y);
    path.lineTo(x - size * 0.9, y + size);
    path.closePath();
  } else {
    path.rect(x - size * 0.85, y - size * 0.85, size * 1.7, size * 1.7);
  }
}

function drawClocks(context, view, lane, at, first, end, size, ink) {
  context.fillStyle = ink.ink;
  context.font = `11px ${ink.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  let free = -Infinity;
  for (let index = first; index < end; index += 1) {
    const text = String(view.run.clock[lane.base + index]);
    const half = text.length * 3.4;
    const x = xOf(view, lane.at[index]);
    if (x - half < free) continue;
    context.fillText(text, x, yOf(view, at) - size - 4);
    free = x + half + 5;
  }
}

// The longest chain of causes, through the waits of its messages.
function drawChain(context, view, related, ink) {
  const { run } = view;
  const { chain } = related;
  const to = view.from + view.span;
  context.strokeStyle = ink.chain;
  context.lineWidth = 2.6;
  context.lineJoin = 'round';
  context.beginPath();
  // A link may cross all that is seen, so one more is taken on each side.
  let first = 0;
  while (first + 1 < chain.length && run.at[chain[first + 1]] < view.from) first += 1;
  if (chain.length > 0) context.moveTo(xOf(view, run.at[chain[first]]), yOf(view, run.lane[chain[first]]));
  let drawn = -Infinity;
  for (let at = first + 1; at < chain.length; at += 1) {
    const [event, before] = [chain[at], chain[at - 1]];
    const x = xOf(view, run.at[event]);
    const y = yOf(view, run.lane[event]);
    if (run.lane[event] !== run.lane[before]) {
      traceLink(context, view, event, before, x, y);
    } else if (x - drawn > 0.5 || at === chain.length - 1 || run.lane[chain[at + 1]] !== run.lane[event]) {
      context.lineTo(x, y);
    }
    drawn = x;
    if (run.at[before] > to) break;
  }
  context.stroke();
}

function traceLink(context, view, event, before, x, y) {
  context.lineTo(xOf(view, view.run.at[before]), yOf(view, view.run.lane[before]));
  const { inbox } = view.run.lanes[view.run.lane[event]];
  const message = view.run.messageOf[event];
  const arrival = message < 0 ? x : xOf(view, inbox.arrival[message]);
  if (x - arrival > 4) {
    const row = y + 8 + (message % ROWS) * (Math.min(view.laneHeight * 0.5, 38) / ROWS);
    context.lineTo(arrival, row);
    context.lineTo(x, row);
  }
  context.lineTo(x, y);
}

function drawSelected(context, view, event, ink) {
  const x = xOf(view, view.run.at[event]);
  const y = yOf(view, view.run.lane[event]);
  context.strokeStyle = ink.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.stroke();
}
