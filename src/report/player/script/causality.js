// What comes before an event and what after it. The past of an event is a
// prefix of each machine's events, its future a suffix; so both are a number a
// machine, found by following messages from what was added last.

import { AMBIGUOUS, RECEIVE, SEND } from './kinds.js';

// Whether a RECEIVE comes after its SEND; a match in doubt counts, as elsewhere.
function hasCause(run, event) {
  return run.source[event] >= 0 && run.known[event] <= AMBIGUOUS;
}

// For each lane how many of its events are in the past of `event`, itself included.
function pastOf(run, event) {
  const past = new Int32Array(run.lanes.length);
  const waiting = [];
  const reach = (found) => {
    const lane = run.lane[found];
    const end = found - run.lanes[lane].base + 1;
    if (end > past[lane]) {
      waiting.push([lane, past[lane], end]);
      past[lane] = end;
    }
  };
  reach(event);
  while (waiting.length > 0) {
    const [lane, from, to] = waiting.pop();
    const { base } = run.lanes[lane];
    for (let found = base + from; found < base + to; found += 1) {
      if (run.kind[found] === RECEIVE && hasCause(run, found)) reach(run.source[found]);
    }
  }
  return past;
}

// For each lane the index of its first event in the future of `event`, itself
// included, or how many there are.
function futureOf(run, event) {
  const future = Int32Array.from(run.lanes, (lane) => lane.count);
  const waiting = [];
  const reach = (found) => {
    const lane = run.lane[found];
    const start = found - run.lanes[lane].base;
    if (start < future[lane]) {
      waiting.push([lane, start, future[lane]]);
      future[lane] = start;
    }
  };
  reach(event);
  while (waiting.length > 0) {
    const [lane, from, to] = waiting.pop();
    const { base } = run.lanes[lane];
    for (let found = base + from; found < base + to; found += 1) {
      if (run.kind[found] !== SEND) continue;
      for (let at = run.deliveryStarts[found]; at < run.deliveryStarts[found + 1]; at += 1) {
        const receive = run.lanes[run.deliveryLane[at]].inbox.receive[run.deliveryMessage[at]];
        if (receive >= 0 && hasCause(run, receive)) reach(receive);
      }
    }
  }
  return future;
}

// The longest chain of causes that ends in each event, in events, and the event
// before it in such a chain. The page's data has no circles.
export function measureChains(run) {
  const depth = new Int32Array(run.count);
  const before = new Int32Array(run.count).fill(-1);
  const done = new Int32Array(run.lanes.length);
  // Goes on along a lane until it comes to a RECEIVE whose SEND had no turn yet.
  const advance = (lane, at) => {
    const start = done[at];
    for (; done[at] < lane.count; done[at] += 1) {
      const event = lane.base + done[at];
      let best = done[at] > 0 ? event - 1 : -1;
      if (run.kind[event] === RECEIVE && hasCause(run, event)) {
        const source = run.source[event];
        if (depth[source] === 0) break;
        if (best < 0 || depth[source] > depth[best]) best = source;
      }
      depth[event] = best < 0 ? 1 : depth[best] + 1;
      before[event] = best;
    }
    return done[at] > start;
  };
  while (run.lanes.reduce((moved, lane, at) => advance(lane, at) || moved, false));
  run.depth = depth;
  run.chainBefore = before;
}

// The longest chain behind an event, from its beginning to the event.
function chainOf(run, event) {
  const chain = new Int32Array(run.depth[event]);
  for (let at = chain.length - 1, found = event; at >= 0; at -= 1, found = run.chainBefore[found]) chain[at] = found;
  return chain;
}

export function relate(run, event) {
  return { event, past: pastOf(run, event), future: futureOf(run, event), chain: chainOf(run, event) };
}

// How many events of a lane are in the past, and in the future, of the event,
// which is in neither.
export function pastCount(run, related, lane) {
  return related.past[lane] - (run.lane[related.event] === lane ? 1 : 0);
}

export function futureCount(run, related, lane) {
  return run.lanes[lane].count - related.future[lane] - (run.lane[related.event] === lane ? 1 : 0);
}
