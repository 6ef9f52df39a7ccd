// A run in typed arrays: events lane by lane, and messages by receiver.

import { readLane, readReceives } from './lane.js';
import { readMessages } from './deliveries.js';

export function readRun(data) {
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
