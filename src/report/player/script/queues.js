// The queue of each machine, in a box beside its lane.

import { LATER, NEVER } from './kinds.js';
import { queueAt, waitingAt } from './inbox.js';
import { QUEUE_MOST, lengthText, messageText, numberText, timeText } from './text.js';
import { element } from './element.js';

export function makeQueueBox(panel, lane) {
  const box = element('div', 'player-queue');
  const head = element('strong', '', `queue of ${lane.id}`);
  const list = element('ol');
  list.setAttribute('aria-label', `Queue of machine ${lane.id}`);
  box.append(head, list);
  panel.append(box);
  return { box, head, list };
}

// The queue of each machine, next waiting first, each box beside its lane.
export function showQueues({ run, view, state, parts }) {
  const { instant } = state;
  parts.queuePanel.classList.toggle('player-without-instant', instant === null);
  const isBeside = parts.queuePanel.offsetLeft > view.width / 2;
  const rows = isBeside ? Math.floor((view.laneHeight - 22) / 22) : QUEUE_MOST;
  parts.queues.forEach((box, at) => {
    const { inbox } = run.lanes[at];
    box.list.replaceChildren();
    const bounds = instant === null ? [NaN, NaN] : queueAt(run, run.lanes[at], instant);
    const length = bounds[1];
    const content = instant === null ? '' : length === 0 ? ': empty' : `: ${lengthText(bounds)}`;
    box.head.textContent = `queue of ${run.lanes[at].id}${content}`;
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
