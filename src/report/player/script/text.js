// How numbers, times, events and messages are put into words.

export const QUEUE_MOST = 14; // messages of a queue that are named
const CLOCK_MAX = 2 ** 51 - 1; // larger clocks come as this one
export const KIND_WORDS = ['INTERNAL', 'SEND', 'RECEIVE'];

export const KNOWN_WORDS = [
  '', 'several SENDs fit; this one keeps the order of the link', 'contradicts the order of the logs, and is no cause here',
  'a message that was received before',
  'no SEND in the logs can be its source', 'the log does not tell its SEND',
];

// A step of 1, 2 or 5 times a power of ten, of which about `wanted` fit.
export function roundStep(span, wanted) {
  const raw = span / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= raw);
}

export function secondsText(us, stepUs) {
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(stepUs / 1e6) - 1e-9)));
  return `${(us / 1e6).toFixed(decimals)} s`;
}

export function timeText(us) { return `${(us / 1e6).toFixed(6)} s`; }

export function numberText(value) { return Number.isNaN(value) ? '?' : value.toLocaleString('en-US'); }

export function clockText(value) { return value >= CLOCK_MAX ? `≥ ${numberText(value)}` : numberText(value); }

function durationText(us) {
  if (us < 1e3) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${(us / 1e3).toFixed(us < 1e4 ? 1 : 0)} ms`;
  return `${(us / 1e6).toFixed(2)} s`;
}

export function countedText(count, thing) { return `${numberText(count)} ${thing}${count === 1 ? '' : 's'}`; }

export function waitText(wait) { return Number.isNaN(wait) ? 'wait unknown' : `${durationText(wait)} in the queue`; }

// How long a queue is, as far as the logs tell.
export function lengthText([low, high]) { return low === high ? numberText(low) : `${numberText(low)} to ${numberText(high)}`; }

export function eventName(run, event) {
  const lane = run.lanes[run.lane[event]];
  const tick = run.tick[event];
  const place = Number.isNaN(tick) ? `event ${event - lane.base + 1}` : `tick ${numberText(tick)}`;
  return `machine ${lane.id}, ${place}`;
}

export function messageText(run, inbox, message) {
  const send = inbox.send[message];
  const clock = send >= 0 ? run.clock[send] : run.messageClock[inbox.receive[message]];
  const from = send >= 0 ? run.lanes[run.lane[send]].id : run.from[inbox.receive[message]];
  return `${Number.isNaN(from) ? '?' : from}\u00a0·\u00a0${Number.isNaN(clock) ? '?' : clockText(clock)}`;
}
