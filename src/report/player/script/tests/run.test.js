import assert from 'node:assert/strict';
import test from 'node:test';

import { longestBetween, queueAt, waitingAt } from '../inbox.js';
import { AMBIGUOUS, CERTAIN, NEVER, RECEIVE, UNKNOWN } from '../kinds.js';
import { spreadSeconds } from '../lane.js';
import { readRun } from '../run.js';
import { SMALL, machine, page } from './pages.js';

test('events have their times, clocks and messages', () => {
  const run = readRun(SMALL);
  assert.deepEqual([...run.at].map((at) => at / 1e6), [1, 2, 3, 5, 9, 3, 4, 6, 7]);
  assert.deepEqual([...run.clock], [1, 2, 3, 4, 6, 1, 2, 3, 4], 'what a RECEIVE meets counts');
  assert.deepEqual([...run.tick], [1, 2, 3, 4, 5, 1, 2, 3, 4]);
  assert.deepEqual([run.source[6], run.source[7], run.source[4]], [0, 1, 8]);
  assert.deepEqual([run.wait[6], run.wait[7], run.wait[4]], [2.5e6, 3.5e6, 1e6]);
  assert.deepEqual([run.start, run.end, run.longestQueue], [0, 9e6, 2]);
});

test('a queue is as long as the logs tell, at any time', () => {
  const run = readRun(SMALL);
  const lengths = [1.4, 1.5, 2.4, 2.5, 3.9, 4, 5.9, 6, 8.9].map((time) => queueAt(run, run.lanes[1], time * 1e6));
  assert.deepEqual(lengths.map(([low]) => low), [0, 1, 1, 2, 2, 1, 1, 1, 1]);
  assert.ok(lengths.every(([low, high]) => high >= low));
  const { inbox } = run.lanes[1];
  assert.deepEqual(waitingAt(inbox, 3e6, 9).map((at) => inbox.send[at]), [0, 1], 'in the order of arrival');
  assert.deepEqual(waitingAt(inbox, 6e6, 9).map((at) => inbox.known[at]), [NEVER]);
  assert.equal(waitingAt(inbox, 3e6, 1).length, 1);
  assert.deepEqual([longestBetween(inbox, 0, 1e6), longestBetween(inbox, 0, 3e6), longestBetween(inbox, 7e6, 8e6)], [0, 2, 1]);
});

test('where arrivals are not logged, a queue is between what the next RECEIVE leaves and nothing', () => {
  const receive = (at, source, clock, left) => ({ kind: 'R', at, from: 1, source, clock, left, transit: null });
  const sends = [1e6, 2e6].map((at) => ({ kind: 'S', at, to: 2 }));
  const run = readRun(page(machine(1, sends), machine(2, [receive(4e6, 0, 1, 0), receive(6e6, 1, 2, 0)])));
  assert.deepEqual([0.5e6, 3e6, 4e6, 5e6, 6e6].map((time) => queueAt(run, run.lanes[1], time)),
    [[0, 0], [0, 1], [0, 1], [0, 1], [0, 0]]);
});

test('a message whose SEND is not shown, and one that several could be, are shown as such', () => {
  const receive = { kind: 'R', at: 2e6, from: 1, source: 7, clock: 3, left: 0, transit: 0 };
  const run = readRun(page(machine(1, [{ kind: 'S', at: 1e6, to: 2 }]), machine(2, [receive])));
  assert.deepEqual([run.kind[1], run.known[1], run.source[1]], [RECEIVE, UNKNOWN, -1]);
  const doubted = structuredClone(SMALL);
  doubted.machines[1].kinds = 'IARS';
  assert.deepEqual([...readRun(doubted).known].slice(6, 8), [AMBIGUOUS, CERTAIN]);
});

test('a run without an event has a length', () => {
  const run = readRun(page(machine(1, [])));
  assert.deepEqual([run.count, run.start, run.end], [0, 0, 1e6]);
});

test('events of one second are spread over it in their order', () => {
  const at = Float64Array.of(1e6, 1e6, 2e6);
  spreadSeconds(at, 0, 3);
  assert.deepEqual([...at], [1.25e6, 1.75e6, 2.5e6]);
});
