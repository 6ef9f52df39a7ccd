import assert from 'node:assert/strict';
import test from 'node:test';

import { readRun } from '../run.js';
import { clockText, countedText, eventName, lengthText, messageText, numberText, roundStep, secondsText, timeText, waitText } from '../text.js';
import { SMALL } from './pages.js';

test('numbers and times have their units, and what is unknown as such', () => {
  assert.deepEqual([numberText(1234567), numberText(NaN)], ['1,234,567', '?']);
  assert.deepEqual([countedText(1, 'event'), countedText(2, 'event')], ['1 event', '2 events']);
  assert.equal(timeText(1234567), '1.234567 s');
  const waits = [500, 1500, 15000, 2.5e6, NaN].map((wait) => waitText(wait).replace(' in the queue', ''));
  assert.deepEqual(waits, ['500 µs', '1.5 ms', '15 ms', '2.50 s', 'wait unknown']);
  assert.deepEqual([lengthText([3, 3]), lengthText([3, 5])], ['3', '3 to 5']);
});

test('a clock too large for a page is shown as a bound', () => {
  assert.deepEqual([clockText(41), clockText(2 ** 51 - 1)], ['41', '≥ 2,251,799,813,685,247']);
});

test('an axis has round steps, and as many decimals as they need', () => {
  assert.deepEqual([roundStep(10e6, 10), roundStep(13e6, 10), roundStep(30e6, 10)], [1e6, 2e6, 5e6]);
  assert.deepEqual([secondsText(1.5e6, 5e5), secondsText(2e6, 1e6), secondsText(1250, 250)], ['1.5 s', '2 s', '0.0013 s']);
});

test('an event is named by machine and tick, a message by sender and clock', () => {
  const run = readRun(SMALL);
  assert.equal(eventName(run, 7), 'machine 2, tick 3');
  run.tick[7] = NaN;
  assert.equal(eventName(run, 7), 'machine 2, event 3');
  assert.equal(messageText(run, run.lanes[1].inbox, 1), '1\u00a0·\u00a02');
});
