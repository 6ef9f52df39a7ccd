// The events that are seen, as a table.

import { lowerBound, upperBound } from './search.js';
import { RECEIVE, SEND } from './kinds.js';
import { KIND_WORDS, clockText, countedText, numberText, timeText } from './text.js';
import { element } from './element.js';

const TABLE_MOST = 60;

// The events that are seen, in the order of time, at most so many.
function seenEvents(view, most) {
  const { run } = view;
  const events = [];
  run.lanes.forEach((lane) => {
    const first = lowerBound(lane.at, view.from);
    const end = upperBound(lane.at, view.from + view.span);
    for (let index = first; index < Math.min(end, first + most); index += 1) events.push(lane.base + index);
  });
  events.sort((one, other) => run.at[one] - run.at[other] || one - other);
  return events.slice(0, most);
}

export function showTable(body, caption, view, onSelect) {
  const { run } = view;
  const events = seenEvents(view, TABLE_MOST);
  const all = run.lanes.reduce((sum, lane) => sum
    + upperBound(lane.at, view.from + view.span) - lowerBound(lane.at, view.from), 0);
  const first = events.length < all ? `, the first ${events.length} of them` : '';
  caption.textContent = `The ${countedText(all, 'event')} between ${timeText(Math.max(0, view.from))} and ${timeText(view.from + view.span)}${first}`;
  body.replaceChildren(...events.map((event) => tableRow(run, event, onSelect)));
}

function tableRow(run, event, onSelect) {
  const row = element('tr');
  const button = element('button', '', timeText(run.stamp[event]));
  button.type = 'button';
  button.addEventListener('click', () => onSelect(event));
  const first = element('td');
  first.append(button);
  const message = run.kind[event] === SEND
    ? `to ${Number.isNaN(run.to[event]) ? '?' : run.to[event] === 0 ? 'all others' : run.to[event]}`
    : run.kind[event] === RECEIVE ? `clock ${numberText(run.messageClock[event])} from ${numberText(run.from[event])}` : '';
  const tick = run.tick[event];
  row.append(first, ...[run.lanes[run.lane[event]].id, KIND_WORDS[run.kind[event]], numberText(tick),
    clockText(run.clock[event]), message].map((text) => element('td', '', String(text))));
  return row;
}
