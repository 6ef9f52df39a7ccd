// The events of a machine, in typed arrays.

import { decode } from './decode.js';
import { CERTAIN, INTERNAL, KNOWN_OF, RECEIVE, REPEATED, SEND, UNKNOWN } from './kinds.js';

export function readLane(run, machine, base) {
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
export function spreadSeconds(at, from, to) {
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

export function readReceives(run, machine, lane) {
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
