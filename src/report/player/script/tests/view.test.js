import assert from 'node:assert/strict';
import test from 'node:test';

import { readRun } from '../run.js';
import { eventAt, laneAt, layOut, makeView, seenOf, setWindow, timeAt, xOf, yOf, zoomAbout } from '../view.js';
import { SMALL } from './pages.js';

function view(width = 1000) {
  const made = makeView(readRun(SMALL));
  layOut(made, width);
  return made;
}

const near = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-3, `${found}, and not ${expected}`);

test('a time is where its pixel says, and back', () => {
  const seen = view();
  setWindow(seen, 2e6, 4e6);
  near(xOf(seen, 2e6), seen.left);
  near(xOf(seen, 6e6), seen.right);
  near(xOf(seen, 4e6), (seen.left + seen.right) / 2);
  for (const time of [0, 2.5e6, 8e6]) near(timeAt(seen, xOf(seen, time)), time);
});

test('the window stays within the run, and is never too narrow', () => {
  const seen = view();
  setWindow(seen, -1e9, 1e6);
  assert.equal(seen.from, seen.first);
  setWindow(seen, 1e9, 1e6);
  near(seen.from + seen.span, seen.last);
  setWindow(seen, 0, 1);
  assert.equal(seen.span, 2000);
  setWindow(seen, 0, 1e12);
  assert.deepEqual([seen.from, seen.span], [seen.first, seen.last - seen.first]);
});

test('zooming leaves the time under the pointer where it is', () => {
  const seen = view();
  setWindow(seen, 2e6, 4e6);
  const x = xOf(seen, 3e6);
  zoomAbout(seen, 3e6, 0.5);
  assert.equal(seen.span, 2e6);
  near(xOf(seen, 3e6), x);
});

test('an event is found next to a place, on its lane', () => {
  const seen = view();
  for (const event of [0, 4, 5, 8]) {
    const [x, y] = [xOf(seen, seen.run.at[event]), yOf(seen, seen.run.lane[event])];
    assert.equal(eventAt(seen, x + 3, y, 14), event);
    assert.equal(eventAt(seen, x + 40, y, 14), -1);
  }
  assert.deepEqual([laneAt(seen, -99), laneAt(seen, 1e6)], [0, 1]);
});

test('what is seen of a lane has one more event on each side', () => {
  const seen = view();
  setWindow(seen, 1.5e6, 1e6);
  assert.deepEqual(seenOf(seen, seen.run.lanes[0]), [0, 3]);
});

test('a phone has narrower names', () => {
  assert.ok(view(360).left < view(1000).left && view(360).isNarrow);
});
