import assert from 'node:assert/strict';
import test from 'node:test';

import { lowerBound, upperBound } from '../search.js';

test('a place is found before and behind all that is equal', () => {
  const array = [1, 3, 3, 3, 7];
  assert.deepEqual([0, 1, 3, 4, 8].map((value) => lowerBound(array, value)), [0, 0, 1, 4, 5]);
  assert.deepEqual([0, 1, 3, 4, 8].map((value) => upperBound(array, value)), [0, 1, 4, 4, 5]);
  assert.deepEqual([lowerBound([], 1), upperBound([], 1), lowerBound(array, 3, 2, 3)], [0, 0, 2]);
});
