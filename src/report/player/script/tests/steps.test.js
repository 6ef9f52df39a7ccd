import assert from 'node:assert/strict';
import test from 'node:test';

import { readRun } from '../run.js';
import { edgeEvent, stepOverall } from '../steps.js';
import { SMALL } from './pages.js';

const player = (selected, instant = null) => ({
  run: readRun(SMALL), state: { selected, instant }, view: { from: 0, span: 9e6 },
});

test('steps go through all events in time, and back the same way', () => {
  const order = [];
  for (let event = edgeEvent(player(-1), false); event >= 0; event = stepOverall(player(event), 1)) order.push(event);
  assert.deepEqual(order, [0, 1, 2, 5, 6, 3, 7, 8, 4], 'at one time machines in their order');
  const back = [];
  for (let event = edgeEvent(player(-1), true); event >= 0; event = stepOverall(player(event), -1)) back.push(event);
  assert.deepEqual(back, order.slice().reverse());
});

test('without a selection they begin at the instant', () => {
  assert.deepEqual([stepOverall(player(-1, 4.5e6), 1), stepOverall(player(-1, 4.5e6), -1)], [3, 6]);
});

test('the edges of a selected event are those of its machine', () => {
  assert.deepEqual([edgeEvent(player(6), false), edgeEvent(player(6), true)], [5, 8]);
});
