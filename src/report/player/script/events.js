// The events of a lane: each with its mark, or how many there are.

import { lowerBound } from './search.js';
import { CIRCULAR, INTERNAL, MISSING, RECEIVE, SEND } from './kinds.js';
import { seenOf, xOf, yOf } from './view.js';
import { clockText } from './text.js';
import { FADED } from './ink.js';

const COLUMN = 3; // pixels, of counted events

export function drawEvents(context, view, lane, at, state, ink) {
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
  const step = columnOf(view);
  const scale = (view.laneHeight * 0.34) / Math.max(1, view.run.busiest * step * 1.15);
  const past = related ? related.past[at] : 0;
  const future = related ? related.future[at] : 0;
  const bars = [0, 1].map(() => [[], [], []]);
  let time = Math.floor(view.from / step) * step;
  let index = lowerBound(lane.at, time);
  for (; time < view.from + view.span; time += step) {
    const next = lowerBound(lane.at, time + step, index);
    const x = Math.round(xOf(view, time));
    const width = Math.round(xOf(view, time + step)) - x;
    // Before the future and after the past lies what is neither.
    const low = Math.min(next, Math.max(index, past));
    const high = Math.max(low, Math.min(next, future));
    let top = yOf(view, at);
    const highest = top - view.laneHeight * 0.42;
    for (const [from, to, isBright] of related ? [[index, low, 1], [low, high, 0], [high, next, 1]] : [[index, next, 1]]) {
      if (to === from) continue;
      const receives = lane.receivesBefore[to] - lane.receivesBefore[from];
      const sends = lane.sendsBefore[to] - lane.sendsBefore[from];
      [to - from - receives - sends, sends, receives].forEach((count, kind) => {
        const height = Math.min(count * scale, top - highest);
        top -= height;
        if (count > 0) bars[isBright][kind].push([x, top, width, height]);
      });
    }
    index = next;
  }
  bars.forEach((kinds, isBright) => kinds.forEach((rectangles, kind) => {
    context.globalAlpha = isBright ? 1 : FADED;
    context.fillStyle = [ink.internal, ink.send, ink.receive][kind];
    for (const [x, y, width, height] of rectangles) context.fillRect(x, y, width, height);
  }));
  context.globalAlpha = 1;
}

// How much time a column of counted events takes; columns keep to multiples of
// it, so that they move with the run.
export function columnOf(view) { return (view.span / (view.right - view.left)) * COLUMN; }

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
    if (run.kind[event] === RECEIVE && run.known[event] >= CIRCULAR && run.known[event] <= MISSING) {
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
  let free = view.left;
  for (let index = first; index < end; index += 1) {
    const text = clockText(view.run.clock[lane.base + index]);
    const half = text.length * 3.5;
    const x = xOf(view, lane.at[index]);
    if (x - half < free || x + half > view.right) continue;
    context.fillText(text, x, yOf(view, at) - size - 4);
    free = x + half + 5;
  }
}
