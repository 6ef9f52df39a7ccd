// What part of the run is seen, and where things lie on the canvas.

import { lowerBound, upperBound } from './search.js';

export const SPAN_LEAST_US = 2000;
const EVENTS_AT_FIRST = 90;
const EVENTS_A_LANE_AT_FIRST = 12;

export function makeView(run) {
  const length = run.end - run.start;
  const margin = Math.min(length * 0.01, (3 * length) / Math.max(run.count, 1));
  return {
    run,
    first: run.start - margin,
    last: run.end + margin,
    from: run.start - margin,
    span: length + 2 * margin,
    width: 0, // of the canvas, in CSS pixels
    left: 0, // where time begins
    right: 0,
    top: 26, // below the axis
    laneHeight: 0,
    height: 0,
  };
}

export function layOut(view, width) {
  const lanes = view.run.lanes.length;
  const isNarrow = width < 520;
  view.width = width;
  view.isNarrow = isNarrow;
  view.left = isNarrow ? 30 : 92;
  view.right = width - 8;
  view.laneHeight = Math.round(Math.min(isNarrow ? 92 : 118, Math.max(30, 560 / Math.max(lanes, 1))));
  view.height = view.top + lanes * view.laneHeight + 6;
}

export function setWindow(view, from, span) {
  const whole = view.last - view.first;
  view.span = Math.min(whole, Math.max(SPAN_LEAST_US, span));
  view.from = Math.min(view.last - view.span, Math.max(view.first, from));
}

// The first view: as much from the beginning as can be told apart.
export function showBeginning(view) {
  const most = Math.max(EVENTS_AT_FIRST, EVENTS_A_LANE_AT_FIRST * view.run.lanes.length);
  const rate = view.run.count / (view.run.end - view.run.start);
  setWindow(view, view.first, (most * Math.min(1, view.width / 1000)) / rate);
}

// Zooms about a instant, which stays where it is.
export function zoomAbout(view, time, factor) {
  const share = (time - view.from) / view.span;
  const whole = view.last - view.first;
  const span = Math.min(whole, Math.max(SPAN_LEAST_US, view.span * factor));
  setWindow(view, time - share * span, span);
}

export function pixelsPerUs(view) { return (view.right - view.left) / view.span; }

export function xOf(view, time) { return view.left + (time - view.from) * pixelsPerUs(view); }

export function timeAt(view, x) { return view.from + (x - view.left) / pixelsPerUs(view); }

// The line of a lane; clocks stand above it, messages wait below.
export function yOf(view, lane) { return view.top + lane * view.laneHeight + Math.round(view.laneHeight * 0.44); }

export function laneAt(view, y) {
  const lane = Math.floor((y - view.top) / view.laneHeight);
  return Math.min(view.run.lanes.length - 1, Math.max(0, lane));
}

// Which events of a lane are seen, with one more on each side.
export function seenOf(view, lane) {
  const first = lowerBound(lane.at, view.from);
  const end = upperBound(lane.at, view.from + view.span);
  return [Math.max(0, first - 1), Math.min(lane.count, end + 1)];
}

// The event next to a place on the canvas, or -1.
export function eventAt(view, x, y, reach) {
  const lane = view.run.lanes[laneAt(view, y)];
  if (!lane || lane.count === 0) return -1;
  const time = timeAt(view, x);
  const after = lowerBound(lane.at, time);
  const near = [after - 1, after].filter((index) => index >= 0 && index < lane.count);
  const distance = (index) => Math.abs(xOf(view, lane.at[index]) - x);
  near.sort((one, other) => distance(one) - distance(other));
  return near.length > 0 && distance(near[0]) <= reach ? lane.base + near[0] : -1;
}
