// What is told in words: the selected event, the queues at that instant, and
// the events that are seen as a table.

const KIND_WORDS = ['INTERNAL', 'SEND', 'RECEIVE'];
const KNOWN_WORDS = [
  '', 'several SENDs fit; this one keeps the order of the link', 'contradicts the order of the logs, and is no cause here',
  'a message that was received before',
  'no SEND in the logs can be its source', 'the log does not tell its SEND',
];
const QUEUE_MOST = 14;
const TABLE_MOST = 60;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function timeText(us) { return `${(us / 1e6).toFixed(6)} s`; }
function clockText(value) { return value >= CLOCK_MAX ? `≥ ${numberText(value)}` : numberText(value); }
function numberText(value) { return Number.isNaN(value) ? '?' : value.toLocaleString('en-US'); }

function durationText(us) {
  if (us < 1e3) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${(us / 1e3).toFixed(us < 1e4 ? 1 : 0)} ms`;
  return `${(us / 1e6).toFixed(2)} s`;
}

function countedText(count, thing) { return `${numberText(count)} ${thing}${count === 1 ? '' : 's'}`; }

function eventName(run, event) {
  const lane = run.lanes[run.lane[event]];
  const tick = run.tick[event];
  const place = Number.isNaN(tick) ? `event ${event - lane.base + 1}` : `tick ${numberText(tick)}`;
  return `machine ${lane.id}, ${place}`;
}

function messageRows(run, event) {
  const rows = [];
  if (run.kind[event] === SEND) {
    const to = run.to[event];
    rows.push(['to', Number.isNaN(to) ? 'not told' : to === 0 ? 'all others' : `machine ${to}`]);
    for (let at = run.deliveryStarts[event]; at < run.deliveryStarts[event + 1]; at += 1) {
      const lane = run.lanes[run.deliveryLane[at]];
      const message = run.deliveryMessage[at];
      const receive = lane.inbox.receive[message];
      const told = receive >= 0 ? `received ${timeText(run.stamp[receive])}, ${waitText(run.wait[receive])}`
        : lane.inbox.known[message] === LATER ? 'received later than what is shown' : 'never received';
      rows.push([`machine ${lane.id}`, told]);
    }
  } else if (run.kind[event] === RECEIVE) {
    rows.push(['message clock', Number.isNaN(run.messageClock[event]) ? 'not told' : clockText(run.messageClock[event])]);
    const from = run.from[event];
    const source = run.source[event];
    rows.push(['from', Number.isNaN(from) ? 'not told' : source < 0 ? `machine ${from}` : eventName(run, source)]);
    rows.push(['wait', Number.isNaN(run.wait[event]) ? 'not told' : waitText(run.wait[event])]);
    rows.push(['left in queue', Number.isNaN(run.queueLength[event]) ? 'not told' : numberText(run.queueLength[event])]);
    if (run.known[event] !== CERTAIN) rows.push(['source', KNOWN_WORDS[run.known[event]]]);
  }
  return rows;
}

function waitText(wait) { return Number.isNaN(wait) ? 'wait not told' : `${durationText(wait)} in the queue`; }

// How long a queue is, as far as the logs tell.
function lengthText([low, high]) { return low === high ? numberText(low) : `${numberText(low)} to ${numberText(high)}`; }

// What waits on a machine at an instant: sender and clock of each message.
function queueText(run, lane, instant) {
  const { inbox } = run.lanes[lane];
  const length = queueAt(run, run.lanes[lane], instant);
  if (length[1] === 0) return '';
  const waiting = waitingAt(inbox, instant, QUEUE_MOST);
  const more = length[1] - waiting.length;
  const told = length[0] === length[1] ? '' : `${lengthText(length)} of `;
  return told + waiting.map((at) => messageText(run, inbox, at)).join(', ') + (more > 0 ? ` and ${numberText(more)} more` : '');
}

// The queues that are not empty at an instant, but for those told elsewhere.
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

function showDetails(box, run, state) {
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

function listOf(rows) {
  const list = element('dl');
  for (const [name, value, className] of rows) {
    const row = element('div', className);
    row.append(element('dt', '', name), element('dd', '', value));
    list.append(row);
  }
  return list;
}

// The queue of each machine, next waiting first, each box beside its lane.
function showQueues({ run, view, state, parts }) {
  const { instant } = state;
  parts.queuePanel.classList.toggle('player-untold', instant === null);
  const isBeside = parts.queuePanel.offsetLeft > view.width / 2;
  const rows = isBeside ? Math.floor((view.laneHeight - 22) / 22) : QUEUE_MOST;
  parts.queues.forEach((box, at) => {
    const { inbox } = run.lanes[at];
    box.list.replaceChildren();
    const bounds = instant === null ? [NaN, NaN] : queueAt(run, run.lanes[at], instant);
    const length = bounds[1];
    const told = instant === null ? '' : length === 0 ? ': empty' : `: ${lengthText(bounds)}`;
    box.head.textContent = `queue of ${run.lanes[at].id}${told}`;
    const fitting = Math.min(QUEUE_MOST, isBeside ? 2 * rows : QUEUE_MOST);
    const shown = length > fitting ? Math.max(0, fitting - 1) : length;
    for (const message of shown > 0 ? waitingAt(inbox, instant, shown) : []) box.list.append(queueItem(run, inbox, message));
    if (shown > 0 && length > shown) box.list.append(element('li', 'player-more', `+ ${numberText(length - shown)}`));
  });
}

function queueItem(run, inbox, message) {
  const receive = inbox.receive[message];
  const item = element('li', inbox.known[message] === NEVER ? 'player-never' : '', messageText(run, inbox, message));
  const end = receive >= 0 ? `received ${timeText(run.stamp[receive])}`
    : inbox.known[message] === LATER ? 'received later than what is shown' : 'never received';
  const since = inbox.isGuess[message] ? 'on its way or here since its SEND' : `here since ${timeText(inbox.arrival[message])}`;
  item.title = `${since}; ${end}`;
  return item;
}

function messageText(run, inbox, message) {
  const send = inbox.send[message];
  const clock = send >= 0 ? run.clock[send] : run.messageClock[inbox.receive[message]];
  const from = send >= 0 ? run.lanes[run.lane[send]].id : run.from[inbox.receive[message]];
  return `${Number.isNaN(from) ? '?' : from}\u00a0·\u00a0${Number.isNaN(clock) ? '?' : clockText(clock)}`;
}

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

function showTable(body, caption, view, select) {
  const { run } = view;
  const events = seenEvents(view, TABLE_MOST);
  const all = run.lanes.reduce((sum, lane) => sum
    + upperBound(lane.at, view.from + view.span) - lowerBound(lane.at, view.from), 0);
  const first = events.length < all ? `, the first ${events.length} of them` : '';
  caption.textContent = `The ${countedText(all, 'event')} between ${timeText(Math.max(0, view.from))} and ${timeText(view.from + view.span)}${first}`;
  body.replaceChildren(...events.map((event) => tableRow(run, event, select)));
}

function tableRow(run, event, select) {
  const row = element('tr');
  const button = element('button', '', timeText(run.stamp[event]));
  button.type = 'button';
  button.addEventListener('click', () => select(event));
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
