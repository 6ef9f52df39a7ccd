import assert from 'node:assert/strict';
import test from 'node:test';

import { decode } from '../decode.js';
import { encode } from './pages.js';

test('numbers of any size and sign come back, and the unknown is no number', () => {
  const numbers = [0, 1, -1, 15, 16, -16, 511, 512, 2 ** 40, -(2 ** 51 - 1)];
  assert.deepEqual([...decode(encode(numbers), numbers.length)], numbers);
  assert.deepEqual([...decode('CDB', 3)], [1, -1, NaN]);
});

test('zeros that were left out at the end are there again, and no more is read than is asked for', () => {
  assert.deepEqual([...decode('C', 3)], [1, 0, 0]);
  assert.deepEqual([...decode('CCC', 2)], [1, 1]);
  assert.deepEqual([...decode('', 0)], []);
});

test('a column that was cut ends', () => {
  assert.equal(decode('CC++++', 9).length, 9);
});
