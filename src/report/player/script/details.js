// What is shown of the selected event, and of the queues at that instant.

import { CERTAIN, LATER, RECEIVE, SEND } from './kinds.js';
import { queueAt, waitingAt } from './inbox.js';
import { futureCount, pastCount } from './causality.js';
import { KIND_WORDS, KNOWN_WORDS, QUEUE_MOST, clockText, countedText, eventName } from './text.js';
import { lengthText, messageText, numberText, timeText, waitText } from './text.js';
import { element, listOf } from './element.js';

function messageRows(run, event) {
  const rows = [];
  if (run.kind[event] === SEND) {
    const to = run.to[event];
    const several = to < 0 ? 'several machines' : `machine ${to}`;
    rows.push(['to', Number.isNaN(to) ? 'unknown' : to === 0 ? 'all others' : several]);
    for (let at = run.deliveryStarts[event]; at < run.deliveryStarts[event + 1]; at += 1) {
      const lane = run.lanes[run.deliveryLane[at]];
      const message = run.deliveryMessage[at];
      const receive = lane.inbox.receive[message];
      const text = receive >= 0 ? `received ${timeText(run.stamp[receive])}, ${waitText(run.wait[receive])}`
        : lane.inbox.known[message] === LATER ? 'received later than what is shown' : 'never received';
      rows.push([`machine ${lane.id}`, text]);
    }
  } else if (run.kind[event] === RECEIVE) {
    rows.push(['message clock', Number.isNaN(run.messageClock[event]) ? 'unknown' : clockText(run.messageClock[event])]);
    const from = run.from[event];
    const source = run.source[event];
    rows.push(['from', Number.isNaN(from) ? 'unknown' : source < 0 ? `machine ${from}` : eventName(run, source)]);
    rows.push(['wait', Number.isNaN(run.wait[event]) ? 'unknown' : waitText(run.wait[event])]);
    rows.push(['left in queue', Number.isNaN(run.queueLength[event]) ? 'unknown' : numberText(run.queueLength[event])]);
    if (run.known[event] !== CERTAIN) rows.push(['source', KNOWN_WORDS[run.known[event]]]);
  }
  return rows;
}

// What waits on a machine at an instant: sender and clock of each message.
function queueText(run, lane, instant) {
  const { inbox } = run.lanes[lane];
  const length = queueAt(run, run.lanes[lane], instant);
  if (length[1] === 0) return '';
  const waiting = waitingAt(inbox, instant, QUEUE_MOST);
  const more = length[1] - waiting.length;
  const share = length[0] === length[1] ? '' : `${lengthText(length)} of `;
  return share + waiting.map((at) => messageText(run, inbox, at)).join(', ') + (more > 0 ? ` and ${numberText(more)} more` : '');
}

// The queues that are not empty at an instant, but for those shown elsewhere.
function queueRows(run, instant, lanes) {
  const rows = lanes.map((lane) => [`queue of ${run.lanes[lane].id}`, queueText(run, lane, instant), 'player-wide']);
  return rows.filter(([, text]) => text !== '');
}

function causeRows(run, related) {
  const row = (name, count, within) => {
    const counts = run.lanes.map((lane, at) => count(run, related, at));
    const all = counts.reduce((sum, one) => sum + one, 0);
    const each = run.lanes.length > 6 ? '' : ` (${counts.map((one, at) => `${run.lanes[at].id}:\u00a0${numberText(one)}`).join(', ')})`;
    return { all, row: [name, `${countedText(all, 'event')}${each}${within}`] };
  };
  const within = run.shown.is_whole ? '' : ', of what is shown';
  const past = row('causal past', pastCount, '');
  const future = row('causal future', futureCount, within);
  return [
    past.row,
    future.row,
    ['concurrent', countedText(run.count - past.all - future.all - 1, 'event') + within],
    ['longest chain', countedText(related.chain.length, 'event')],
  ];
}

export function showDetails(box, run, state) {
  const { selected, related, instant } = state;
  if (selected < 0) {
    const at = instant === null ? '' : ` The queues are those at ${timeText(instant)}.`;
    box.replaceChildren(element('p', 'player-hint', `Select an event to see its causes and its effects.${at}`));
    if (instant !== null) box.append(listOf(queueRows(run, instant, [...run.lanes.keys()])));
    return;
  }
  const kind = KIND_WORDS[run.kind[selected]];
  box.replaceChildren(
    element('h4', `player-kind player-kind-${kind.toLowerCase()}`, `${kind} on ${eventName(run, selected)}`),
    listOf([['time', timeText(run.stamp[selected])], ['clock', clockText(run.clock[selected])],
      ...messageRows(run, selected), ...causeRows(run, related), ...queueRows(run, instant, [run.lane[selected]])]),
  );
}
