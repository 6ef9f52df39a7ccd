// Messages: each from its SEND to the inbox that it comes to.

import { decode } from './decode.js';
import { LATER, NEVER, RECEIVE, REPEATED } from './kinds.js';
import { makeInbox } from './inbox.js';

// Every message, by receiver, in the order of arrival. A message has a SEND, a
// RECEIVE or both. Where its arrival is not known it is somewhere between them,
// and has its place here by the SEND.
export function readMessages(run, data) {
  const byLane = run.lanes.map(() => []);
  for (let event = 0; event < run.count; event += 1) {
    if (run.kind[event] !== RECEIVE) continue;
    const source = run.known[event] === REPEATED ? -1 : run.source[event];
    const pop = run.at[event];
    let arrival = pop - run.wait[event];
    const isGuess = Number.isNaN(arrival);
    if (isGuess) arrival = source < 0 ? pop : Math.min(run.at[source], pop);
    byLane[run.lane[event]].push({ send: source, receive: event, arrival, pop, known: run.known[event], isGuess });
  }
  data.machines.forEach((machine, lane) => readOpen(run, machine.open, run.lanes[lane], byLane));
  run.lanes.forEach((lane, at) => { lane.inbox = makeInbox(run, byLane[at]); });
  readDeliveries(run);
}

function readOpen(run, open, lane, byLane) {
  const sends = decode(open.sends, open.count);
  const to = decode(open.to, open.count);
  const transits = decode(open.transits, open.count);
  const later = decode(open.later, open.count);
  let index = 0;
  for (let at = 0; at < open.count; at += 1) {
    index += sends[at];
    const send = lane.base + index;
    const isGuess = Number.isNaN(transits[at]);
    const receiver = run.laneOfMachine.get(to[at]);
    const arrival = run.at[send] + (isGuess ? 0 : transits[at]);
    const known = later[at] ? LATER : NEVER;
    byLane[receiver].push({ send, receive: -1, arrival, pop: Infinity, known, isGuess });
  }
}

// For each SEND its messages: where they are received, or why not.
function readDeliveries(run) {
  const starts = new Int32Array(run.count + 1);
  const each = (see) => run.lanes.forEach((lane, receiver) => {
    for (let at = 0; at < lane.inbox.count; at += 1) {
      if (lane.inbox.send[at] >= 0) see(lane.inbox.send[at], receiver, at);
    }
  });
  each((send) => { starts[send + 1] += 1; });
  for (let event = 0; event < run.count; event += 1) starts[event + 1] += starts[event];
  const next = starts.slice();
  run.deliveryStarts = starts;
  run.deliveryLane = new Int32Array(starts[run.count]);
  run.deliveryMessage = new Int32Array(starts[run.count]);
  each((send, receiver, at) => {
    run.deliveryLane[next[send]] = receiver;
    run.deliveryMessage[next[send]] = at;
    next[send] += 1;
  });
  // Where each RECEIVE lies in its inbox.
  run.messageOf = new Int32Array(run.count).fill(-1);
  run.lanes.forEach((lane) => lane.inbox.receive.forEach((receive, at) => {
    if (receive >= 0) run.messageOf[receive] = at;
  }));
}
