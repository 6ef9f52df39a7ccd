// Messages: from the SEND to the arrival, and in the queue until the RECEIVE.

import { lowerBound, upperBound } from './search.js';
import { AMBIGUOUS, LATER } from './kinds.js';
import { waitingAt } from './inbox.js';
import { seenOf, xOf, yOf } from './view.js';
import { FADED } from './ink.js';

const ROWS = 5; // of waiting messages below a lane

// More arrows than that cannot be told apart.
export function messagesMost(view) { return (view.right - view.left) * 0.4; }

// The messages of which a part is seen; of those that only wait all the time
// the first few. Each is [receiver, its place in the inbox].
export function seenMessages(view) {
  const { run } = view;
  const most = messagesMost(view);
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
    if (end - first + high - low + found.length > 4 * most) {
      found.length = Math.max(found.length, most + 1);
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

export function drawMessages(context, view, messages, related, ink) {
  const styles = new Map();
  for (const [receiver, at] of messages) {
    const { inbox } = view.run.lanes[receiver];
    const known = inbox.known[at];
    const relation = related ? relationOf(view.run, related, receiver, inbox, at) : -1;
    const isOpen = known >= LATER;
    const key = `${relation} ${known === AMBIGUOUS ? 'dashed' : isOpen ? 'open' : 'plain'}`;
    if (!styles.has(key)) {
      const [lines, heads, waits, stubs, ends] = [0, 0, 0, 0, 0].map(() => new Path2D());
      styles.set(key, { lines, heads, waits, stubs, ends, relation, isOpen, isDashed: known === AMBIGUOUS });
    }
    traceMessage(view, receiver, inbox, at, styles.get(key));
  }
  const calm = messages.length > 150 ? 0.6 : 0.9;
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
  context.setLineDash([3, 2]);
  context.stroke(style.stubs);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

// From the SEND to the arrival, along the lane while it waits, up to the
// RECEIVE. Where the arrival is not known, straight to the RECEIVE; without one,
// an open end that leads towards the machine.
function traceMessage(view, receiver, inbox, at, style) {
  const { run } = view;
  const send = inbox.send[at];
  const lane = yOf(view, receiver);
  const isOpen = inbox.pop[at] === Infinity;
  if (isOpen && inbox.isGuess[at]) {
    traceStub(view, xOf(view, run.at[send]), yOf(view, run.lane[send]), lane, style);
    return;
  }
  const arrivalX = xOf(view, inbox.isGuess[at] ? inbox.pop[at] : inbox.arrival[at]);
  const popX = isOpen ? Math.min(xOf(view, run.end), view.right + 20) - 4 : xOf(view, inbox.pop[at]);
  const waits = popX - arrivalX > 4;
  const y = waits ? rowOf(view, receiver, at) : lane;
  if (send >= 0) {
    traceArrow(style, xOf(view, run.at[send]), yOf(view, run.lane[send]), waits ? arrivalX : popX, y, waits ? 0 : 5);
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

function traceStub(view, x, y, toY, style) {
  const way = Math.sign(toY - y) || 1;
  const [endX, endY] = [x + 7, y + way * Math.min(20, view.laneHeight * 0.36)];
  style.stubs.moveTo(x, y);
  style.stubs.lineTo(endX, endY - way * 3);
  style.ends.moveTo(endX + 3, endY);
  style.ends.arc(endX, endY, 3, 0, 2 * Math.PI);
}

// Where a message waits; messages that arrive one after another wait on rows of their own.
export function rowOf(view, receiver, at) {
  return yOf(view, receiver) + 8 + (at % ROWS) * (Math.min(view.laneHeight * 0.5, 38) / ROWS);
}

function traceArrow(style, fromX, fromY, toX, toY, gap) {
  const length = Math.hypot(toX - fromX, toY - fromY) || 1;
  const [dx, dy] = [(toX - fromX) / length, (toY - fromY) / length];
  const [x, y] = [toX - dx * gap, toY - dy * gap];
  style.lines.moveTo(fromX, fromY);
  style.lines.lineTo(x, y);
  style.heads.moveTo(x, y);
  style.heads.lineTo(x - dx * 7 - dy * 3, y - dy * 7 + dx * 3);
  style.heads.lineTo(x - dx * 7 + dy * 3, y - dy * 7 - dx * 3);
  style.heads.closePath();
}
