// The longest chain of causes behind the selected event.

import { xOf, yOf } from './view.js';
import { rowOf } from './messages.js';

// The longest chain of causes, through the waits of its messages; where its
// links cannot be told apart, which lanes it visits.
export function drawChain(context, view, related, ink) {
  const { run } = view;
  const { chain } = related;
  const to = view.from + view.span;
  // A link may cross all that is seen, so one more is taken on each side.
  let first = 0;
  while (first + 1 < chain.length && run.at[chain[first + 1]] < view.from) first += 1;
  let end = first + 1;
  while (end < chain.length && run.at[chain[end - 1]] <= to) end += 1;
  context.strokeStyle = ink.chain;
  context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(xOf(view, run.at[chain[first]]), yOf(view, run.lane[chain[first]]));
  const isDense = end - first > view.right - view.left;
  if (isDense) traceVisits(context, view, chain, first, end);
  else for (let at = first + 1; at < end; at += 1) traceLink(context, view, chain[at], chain[at - 1]);
  context.lineWidth = isDense ? 1 : 2.6;
  context.globalAlpha = isDense ? 0.5 : 1;
  context.stroke();
  context.globalAlpha = 1;
}

// For each pixel that a dense chain comes to, from the highest to the lowest of its lanes.
function traceVisits(context, view, chain, first, end) {
  const { run } = view;
  for (let at = first; at < end;) {
    const x = Math.round(xOf(view, run.at[chain[at]]));
    let [highest, lowest, lane] = [Infinity, -1, 0];
    for (; at < end && Math.round(xOf(view, run.at[chain[at]])) === x; at += 1) {
      lane = run.lane[chain[at]];
      highest = Math.min(highest, lane);
      lowest = Math.max(lowest, lane);
    }
    for (const visited of highest === lowest ? [lane] : [highest, lowest, lane]) context.lineTo(x, yOf(view, visited));
  }
}

function traceLink(context, view, event, before) {
  const x = xOf(view, view.run.at[event]);
  const y = yOf(view, view.run.lane[event]);
  if (view.run.lane[event] === view.run.lane[before]) {
    context.lineTo(x, y);
    return;
  }
  const { inbox } = view.run.lanes[view.run.lane[event]];
  const message = view.run.messageOf[event];
  const arrival = message < 0 || inbox.isGuess[message] ? x : xOf(view, inbox.arrival[message]);
  if (x - arrival > 4) {
    const row = rowOf(view, view.run.lane[event], message);
    context.lineTo(arrival, row);
    context.lineTo(x, row);
  }
  context.lineTo(x, y);
}
