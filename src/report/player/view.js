// What part of the run is seen, and where things lie on the canvas.

const SPAN_LEAST_US = 2000;

const EVENTS_AT_FIRST = 90;
const EVENTS_A_LANE_AT_FIRST = 12;

function makeView(run) {
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

function layOut(view, width) {
  const lanes = view.run.lanes.length;
  const isNarrow = width < 520;
  view.width = width;
  view.isNarrow = isNarrow;
  view.left = isNarrow ? 30 : 92;
  view.right = width - 8;
  view.laneHeight = Math.round(Math.min(isNarrow ? 92 : 118, Math.max(30, 560 / Math.max(lanes, 1))));
  view.height = view.top + lanes * view.laneHeight + 6;
}

function setWindow(view, from, span) {
  const whole = view.last - view.first;
  view.span = Math.min(whole, Math.max(SPAN_LEAST_US, span));
  view.from = Math.min(view.last - view.span, Math.max(view.first, from));
}

// The first view: as much from the beginning as can be told apart.
function showBeginning(view) {
  const most = Math.max(EVENTS_AT_FIRST, EVENTS_A_LANE_AT_FIRST * view.run.lanes.length);
  const rate = view.run.count / (view.run.end - view.run.start);
  setWindow(view, view.first, (most * Math.min(1, view.width / 1000)) / rate);
}

// Zooms about a moment, which stays where it is.
function zoomAbout(view, time, factor) {
  const share = (time - view.from) / view.span;
  const whole = view.last - view.first;
  const span = Math.min(whole, Math.max(SPAN_LEAST_US, view.span * factor));
  setWindow(view, time - share * span, span);
}

function pixelsPerUs(view) { return (view.right - view.left) / view.span; }
function xOf(view, time) { return view.left + (time - view.from) * pixelsPerUs(view); }
function timeAt(view, x) { return view.from + (x - view.left) / pixelsPerUs(view); }

// The line of a lane; clocks stand above it, messages wait below.
function yOf(view, lane) { return view.top + lane * view.laneHeight + Math.round(view.laneHeight * 0.44); }
function laneAt(view, y) {
  const lane = Math.floor((y - view.top) / view.laneHeight);
  return Math.min(view.run.lanes.length - 1, Math.max(0, lane));
}

// Which events of a lane are seen, with one more on each side.
function seenOf(view, lane) {
  const first = lowerBound(lane.at, view.from);
  const end = upperBound(lane.at, view.from + view.span);
  return [Math.max(0, first - 1), Math.min(lane.count, end + 1)];
}

// The event next to a place on the canvas, or -1.
function eventAt(view, x, y, reach) {
  const lane = view.run.lanes[laneAt(view, y)];
  if (!lane || lane.count === 0) return -1;
  const time = timeAt(view, x);
  const after = lowerBound(lane.at, time);
  const near = [after - 1, after].filter((index) => index >= 0 && index < lane.count);
  const distance = (index) => Math.abs(xOf(view, lane.at[index]) - x);
  near.sort((one, other) => distance(one) - distance(other));
  return near.length > 0 && distance(near[0]) <= reach ? lane.base + near[0] : -1;
}

// A step of 1, 2 or 5 times a power of ten, of which about `wanted` fit.
function roundStep(span, wanted) {
  const raw = span / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= raw);
}

function secondsText(us, stepUs) {
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(stepUs / 1e6) - 1e-9)));
  return `${(us / 1e6).toFixed(decimals)} s`;
}
