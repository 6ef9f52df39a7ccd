import assert from 'node:assert/strict';
import test from 'node:test';

import { futureCount, measureChains, pastCount, relate } from '../causality.js';
import { readRun } from '../run.js';
import { SMALL } from './pages.js';

function related(event, data = SMALL) {
  const run = readRun(data);
  measureChains(run);
  const found = relate(run, event);
  return {
    past: run.lanes.map((lane, at) => pastCount(run, found, at)),
    future: run.lanes.map((lane, at) => futureCount(run, found, at)),
    chain: [...found.chain],
  };
}

test('the past and the future of an event follow its machine and its messages', () => {
  assert.deepEqual(related(0), { past: [0, 0], future: [4, 3], chain: [0] });
  assert.deepEqual(related(7), { past: [2, 2], future: [1, 1], chain: [5, 6, 7] });
  assert.deepEqual(related(4), { past: [4, 4], future: [0, 0], chain: [0, 1, 2, 3, 4] }, 'of two as long the one on its own machine');
  assert.deepEqual(related(2), { past: [2, 0], future: [2, 0], chain: [0, 1, 2] }, 'and nothing of machine 2');
});

test('a message that contradicts the logs is no cause', () => {
  const circular = structuredClone(SMALL);
  circular.machines[1].kinds = 'ICRS';
  assert.deepEqual(related(6, circular).past, [0, 1]);
});
