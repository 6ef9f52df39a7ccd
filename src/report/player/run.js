// A run in typed arrays: events lane by lane, and messages by receiver.

const INTERNAL = 0, SEND = 1, RECEIVE = 2;
// How the source of a RECEIVE is known, and why a message has no RECEIVE.
const CERTAIN = 0, AMBIGUOUS = 1, CIRCULAR = 2, REPEATED = 3, MISSING = 4, UNKNOWN = 5, LATER = 6, NEVER = 7;
const KNOWN_OF = { R: CERTAIN, A: AMBIGUOUS, C: CIRCULAR, D: REPEATED, M: MISSING, U: UNKNOWN };
const BLOCK = 64;
const CLOCK_MAX = 2 ** 51 - 1; // larger clocks come as this one

function readRun(data) {
  const count = data.machines.reduce((sum, machine) => sum + machine.kinds.length, 0);
  const run = {
    shown: data.shown,
    count,
    lanes: [],
    laneOfMachine: new Map(data.machines.map((machine, lane) => [machine.id, lane])),
    lane: new Int32Array(count),
    kind: new Uint8Array(count),
    known: new Uint8Array(count), // of a RECEIVE, how its source is known
    stamp: new Float64Array(count), // microseconds since the origin, as logged
    at: new Float64Array(count), // where it is drawn: never before the event before it
    tick: new Float64Array(count),
    clock: new Float64Array(count),
    to: new Float64Array(count).fill(NaN),
    from: new Float64Array(count).fill(NaN),
    source: new Int32Array(count).fill(-1),
    messageClock: new Float64Array(count).fill(NaN),
    queueLength: new Float64Array(count).fill(NaN),
    wait: new Float64Array(count).fill(NaN),
  };
  let base = 0;
  for (const machine of data.machines) {
    run.lanes.push(readLane(run, machine, base));
    base += machine.kinds.length;
  }
  data.machines.forEach((machine, lane) => readReceives(run, machine, run.lanes[lane]));
  readMessages(run, data);
  run.longestQueue = Math.max(0, ...run.lanes.map((lane) => lane.inbox.longest));
  run.start = run.lanes.reduce((least, lane) => Math.min(least, lane.count ? run.at[lane.base] : Infinity), 0);
  run.end = run.lanes.reduce(
    (most, lane) => Math.max(most, lane.count ? run.at[lane.base + lane.count - 1] : 0), 0);
  if (run.end <= run.start) run.end = run.start + 1e6;
  run.busiest = Math.max(0, ...run.lanes.map((lane) => lane.count)) / (run.end - run.start);
  return run;
}

function readLane(run, machine, base) {
  const count = machine.kinds.length;
  const steps = decode(machine.times, count);
  const ticks = decode(machine.ticks, count);
  let time = 0, step = 0, tick = 0, at = -Infinity;
  for (let index = 0; index < count; index += 1) {
    const event = base + index;
    const letter = machine.kinds[index];
    run.lane[event] = run.lanes.length;
    run.kind[event] = letter === 'I' ? INTERNAL : letter === 'S' ? SEND : RECEIVE;
    run.known[event] = KNOWN_OF[letter] ?? CERTAIN;
    step += steps[index];
    time += step;
    run.stamp[event] = time;
    at = Math.max(at, time);
    run.at[event] = at;
    if (!Number.isNaN(ticks[index])) tick += ticks[index] + 1;
    run.tick[event] = Number.isNaN(ticks[index]) ? NaN : tick;
  }
  if (run.shown.whole_seconds) spreadSeconds(run.at, base, base + count);
  const lane = {
    id: machine.id, rate: machine.clock_rate, eventsOfRun: machine.events_of_run, base, count,
    at: run.at.subarray(base, base + count),
  };
  countKinds(run, lane);
  return lane;
}

// Events of one second, evenly within it: their order is all that is known.
function spreadSeconds(at, from, to) {
  for (let first = from; first < to;) {
    let next = first;
    while (next < to && at[next] === at[first]) next += 1;
    const second = at[first];
    for (let event = first; event < next; event += 1) {
      at[event] = second + (1e6 * (event - first + 0.5)) / (next - first);
    }
    first = next;
  }
}

// How many SENDs and RECEIVEs there are before each event of a lane.
function countKinds(run, lane) {
  lane.sendsBefore = new Int32Array(lane.count + 1);
  lane.receivesBefore = new Int32Array(lane.count + 1);
  for (let index = 0; index < lane.count; index += 1) {
    const kind = run.kind[lane.base + index];
    lane.sendsBefore[index + 1] = lane.sendsBefore[index] + (kind === SEND);
    lane.receivesBefore[index + 1] = lane.receivesBefore[index] + (kind === RECEIVE);
  }
  lane.receives = new Int32Array(lane.receivesBefore[lane.count]);
  for (let index = 0; index < lane.count; index += 1) {
    if (run.kind[lane.base + index] === RECEIVE) lane.receives[lane.receivesBefore[index]] = lane.base + index;
  }
}

function readReceives(run, machine, lane) {
  const receives = lane.receivesBefore[lane.count];
  const sends = lane.sendsBefore[lane.count];
  const columns = {
    clocks: decode(machine.clocks, lane.count),
    to: decode(machine.to, sends),
    from: decode(machine.from, receives),
    sources: decode(machine.sources, receives),
    messageClocks: decode(machine.message_clocks, receives),
    queueLengths: decode(machine.queue_lengths, receives),
    waits: decode(machine.waits, receives),
  };
  const last = new Map();
  let send = 0, receive = 0, source = 0, clock = 0, length = 0;
  for (let index = 0; index < lane.count; index += 1) {
    const event = lane.base + index;
    let met = clock;
    if (run.kind[event] === SEND) {
      run.to[event] = columns.to[send];
      send += 1;
    } else if (run.kind[event] === RECEIVE) {
      const messageClock = clock + columns.messageClocks[receive];
      run.messageClock[event] = messageClock;
      if (messageClock > met) met = messageClock;
      if (!Number.isNaN(columns.queueLengths[receive])) {
        length += columns.queueLengths[receive];
        run.queueLength[event] = length;
      }
      const from = columns.from[receive];
      run.from[event] = from;
      const wait = columns.waits[receive];
      receive += 1;
      if (run.known[event] <= REPEATED) {
        const sent = (last.get(from) ?? 0) + columns.sources[source];
        last.set(from, sent);
        source += 1;
        setSource(run, event, from, sent, wait);
      } else {
        run.wait[event] = wait;
      }
    }
    clock = met + 1 + columns.clocks[index];
    run.clock[event] = clock;
  }
}

function setSource(run, event, from, index, transit) {
  const lane = run.lanes[run.laneOfMachine.get(from)];
  if (!lane || index >= lane.count) {
    run.known[event] = UNKNOWN;
    return;
  }
  run.source[event] = lane.base + index;
  run.wait[event] = run.stamp[event] - run.stamp[run.source[event]] - transit;
}

// Every message, by receiver, in the order of arrival. A message has a SEND, a
// RECEIVE or both. Where its arrival is not known it is somewhere between them,
// and has its place here by the SEND.
function readMessages(run, data) {
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

// Messages of one receiver in columns, with what is needed to find them fast.
function makeInbox(run, messages) {
  messages.sort((one, other) => one.arrival - other.arrival || one.pop - other.pop || one.send - other.send);
  const count = messages.length;
  const inbox = {
    count,
    send: Int32Array.from(messages, (message) => message.send),
    receive: Int32Array.from(messages, (message) => message.receive),
    arrival: Float64Array.from(messages, (message) => message.arrival),
    pop: Float64Array.from(messages, (message) => message.pop),
    known: Uint8Array.from(messages, (message) => message.known),
    isGuess: Uint8Array.from(messages, (message) => (message.isGuess ? 1 : 0)),
    seen: new Uint32Array(count),
    lastPop: new Float64Array(count), // the latest pop of this and all that arrived before
    longestTransit: 0,
  };
  let last = -Infinity;
  for (let at = 0; at < count; at += 1) {
    last = Math.max(last, inbox.pop[at]);
    inbox.lastPop[at] = last;
    if (inbox.send[at] >= 0) {
      inbox.longestTransit = Math.max(inbox.longestTransit, inbox.arrival[at] - run.at[inbox.send[at]]);
    }
  }
  inbox.popsInOrder = inbox.pop.slice().sort();
  inbox.knownArrivals = inbox.arrival.filter((_, at) => !inbox.isGuess[at]);
  inbox.knownPops = inbox.pop.filter((_, at) => !inbox.isGuess[at]).sort();
  measureLengths(inbox);
  return inbox;
}

// How many messages wait at a moment, at least and at most. A RECEIVE logs the
// length that it leaves; between two of them known arrivals add to it, and what
// came at a time that is not known lies anywhere between.
function queueAt(run, lane, time) {
  const { inbox, receives, receivesBefore, at } = lane;
  const next = receivesBefore[upperBound(at, time)];
  const knownBy = (moment) => upperBound(inbox.knownArrivals, moment);
  const lengthAfter = (nth) => (nth >= 0 && nth < receives.length ? run.queueLength[receives[nth]] : NaN);
  const before = next === 0 ? 0 : lengthAfter(next - 1);
  const known = knownBy(time);
  const low = Number.isNaN(before)
    ? known - upperBound(inbox.knownPops, time)
    : before + known - (next === 0 ? 0 : knownBy(run.at[receives[next - 1]]));
  const after = lengthAfter(next);
  const sent = upperBound(inbox.arrival, time) - upperBound(inbox.popsInOrder, time);
  const high = Number.isNaN(after) ? sent : Math.min(sent, after + 1 - (knownBy(run.at[receives[next]]) - known));
  return [low, Math.max(low, high)];
}

// The length after each arrival, and the largest of each block of them.
function measureLengths(inbox) {
  inbox.length = new Int32Array(inbox.count);
  inbox.lengthOfBlock = new Int32Array(Math.ceil(inbox.count / BLOCK));
  let popped = 0;
  for (let at = 0; at < inbox.count; at += 1) {
    while (popped < inbox.count && inbox.popsInOrder[popped] <= inbox.arrival[at]) popped += 1;
    inbox.length[at] = at + 1 - popped;
    const block = Math.floor(at / BLOCK);
    inbox.lengthOfBlock[block] = Math.max(inbox.lengthOfBlock[block], inbox.length[at]);
  }
  inbox.longest = inbox.length.reduce((most, length) => Math.max(most, length), 0);
}

// The longest that the queue is between two moments: at the first, or at an arrival.
function longestBetween(inbox, from, to) {
  let at = lowerBound(inbox.arrival, from);
  const end = lowerBound(inbox.arrival, to, at);
  let longest = at - upperBound(inbox.popsInOrder, from);
  while (at < end) {
    const isBlock = at % BLOCK === 0 && at + BLOCK <= end;
    longest = Math.max(longest, isBlock ? inbox.lengthOfBlock[at / BLOCK] : inbox.length[at]);
    at += isBlock ? BLOCK : 1;
  }
  return longest;
}

// The messages that wait at a moment, in their order, at most `limit` of them.
function waitingAt(inbox, time, limit) {
  const end = upperBound(inbox.arrival, time);
  const waiting = [];
  for (let at = upperBound(inbox.lastPop, time, 0, end); at < end && waiting.length < limit; at += 1) {
    if (inbox.pop[at] > time) waiting.push(at);
  }
  return waiting;
}

// For each SEND its messages: where they are received, or why not.
function readDeliveries(run) {
  const starts = new Int32Array(run.count + 1);
  const each = (visit) => run.lanes.forEach((lane, receiver) => {
    for (let at = 0; at < lane.inbox.count; at += 1) {
      if (lane.inbox.send[at] >= 0) visit(lane.inbox.send[at], receiver, at);
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
