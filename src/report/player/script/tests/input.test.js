import assert from 'node:assert/strict';
import test from 'node:test';

import { followPointers } from '../input.js';
import { LANE_KEYS, OVERVIEW_KEYS, actionOf, followKeys } from '../keys.js';

test('a key asks for an action, and with Ctrl, Alt or Meta the browser for its own', () => {
  const key = (name, more = {}) => actionOf(LANE_KEYS, { key: name, ...more });
  assert.deepEqual(['ArrowLeft', 'n', '0', 'Escape', '+'].map((name) => key(name)), ['previous', 'nextOverall', 'whole', 'clear', 'in']);
  assert.equal(key('ArrowLeft', { shiftKey: true }), 'left');
  assert.equal(key('+', { shiftKey: true }), 'in', 'Shift is how a plus is typed');
  assert.equal(key('x'), undefined);
  for (const held of ['ctrlKey', 'altKey', 'metaKey']) assert.equal(key('ArrowLeft', { [held]: true }), undefined);
  assert.equal(actionOf(OVERVIEW_KEYS, { key: 'PageDown' }), 'pageLeft');
});

test('a key that does something does nothing else', () => {
  const target = new EventTarget();
  const done = [];
  followKeys(target, { a: 'act' }, { act: () => done.push('act') });
  const press = (key) => {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  assert.deepEqual([press('a'), press('b'), done], [true, false, ['act']]);
});

// An element with a pointer on it, and what is heard of that.
function surface() {
  const target = new EventTarget();
  Object.assign(target, { setPointerCapture() {}, getBoundingClientRect: () => ({ left: 10, top: 20 }) });
  const heard = [];
  const names = ['pan', 'pinch', 'tap', 'hover'];
  followPointers(target, Object.fromEntries(names.map((name) => [name, (...rest) => heard.push([name, ...rest])])));
  const point = (type, clientX, clientY, pointerId = 1, more = {}) => target.dispatchEvent(
    Object.assign(new Event(type), { button: 0, clientX, clientY, pointerId, pointerType: 'mouse', ...more }));
  return { heard, point };
}

test('a press that hardly moves is a tap, with more reach for a finger', () => {
  const { heard, point } = surface();
  point('pointerdown', 110, 70);
  point('pointermove', 112, 70);
  point('pointerup', 112, 70);
  point('pointerdown', 110, 70, 2, { pointerType: 'touch' });
  point('pointerup', 110, 70, 2, { pointerType: 'touch' });
  assert.deepEqual(heard, [['tap', 102, 50, 14], ['tap', 100, 50, 26]]);
});

test('a press that moves pans, and two fingers pinch', () => {
  const { heard, point } = surface();
  point('pointermove', 20, 30);
  point('pointerdown', 110, 70);
  point('pointermove', 130, 70);
  assert.deepEqual(heard, [['hover', 10, 10], ['pan', 20, 120]]);
  point('pointerdown', 230, 70, 2);
  point('pointermove', 330, 70, 2);
  assert.deepEqual(heard.slice(2), [['pinch', 220, 0.5], ['pan', 50, 320]]);
  point('pointerup', 330, 70, 2);
  point('pointerup', 130, 70);
  assert.ok(heard.every(([name]) => name !== 'tap'), 'what moved is no tap');
});
