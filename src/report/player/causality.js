// What comes before an event and what after it. The past of an event is a
// prefix of each machine's events, its future a suffix; so both are a number a
// machine, found by following messages from what was added last.

// Whether a RECEIVE tells of its SEND's past; a repeated one does not.
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
        if (receive >= 0) reach(receive);
      }
    }
  }
  return future;
}

// The longest chain of causes that ends in each event, in events, and the event
// before it in such a chain. Matches that go in circles, as only wrong ones can,
// are left out of it.
function measureChains(run) {
  const depth = new Int32Array(run.count);
  const before = new Int32Array(run.count).fill(-1);
  const done = new Int32Array(run.lanes.length);
  const advance = (lane, at, isForced) => {
    const { base, count } = lane;
    const start = done[at];
    while (done[at] < count) {
      const event = base + done[at];
      const own = done[at] > 0 ? event - 1 : -1;
      let best = own;
      if (run.kind[event] === RECEIVE && hasCause(run, event)) {
        const source = run.source[event];
        const isReady = depth[source] > 0;
        if (!isReady && !isForced) break;
        if (isReady && (own < 0 || depth[source] > depth[own])) best = source;
        isForced = false;
      }
      depth[event] = (best < 0 ? 0 : depth[best]) + 1;
      before[event] = best;
      done[at] += 1;
    }
    return done[at] > start;
  };
  for (;;) {
    let moved = false;
    run.lanes.forEach((lane, at) => { moved = advance(lane, at, false) || moved; });
    if (moved) continue;
    const stuck = run.lanes.findIndex((lane, at) => done[at] < lane.count);
    if (stuck < 0) break;
    advance(run.lanes[stuck], stuck, true);
  }
  run.depth = depth;
  run.chainBefore = before;
}

// The longest chain behind an event, from its beginning to the event.
function chainOf(run, event) {
  const chain = new Int32Array(run.depth[event]);
  for (let at = chain.length - 1, found = event; at >= 0; at -= 1, found = run.chainBefore[found]) chain[at] = found;
  return chain;
}

function relate(run, event) {
  return { event, past: pastOf(run, event), future: futureOf(run, event), chain: chainOf(run, event) };
}
