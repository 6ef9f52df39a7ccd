// The player: what is selected, what is seen, and when to draw.

import { readRun } from './run.js';
import { measureChains, relate } from './causality.js';
import { SPAN_LEAST_US, layOut, makeView, pixelsPerUs, setWindow, showBeginning } from './view.js';
import { readInk } from './ink.js';
import { drawLanes } from './lanes.js';
import { OVERVIEW_HEIGHT, drawOverview, drawWhole } from './overview.js';
import { showDetails } from './details.js';
import { makeQueueBox, showQueues } from './queues.js';
import { showTable } from './table.js';

export const ZOOM_STEP = 1.6;
const GLIDE_MS = 160;

export function startPlayer(root, data) {
  const run = readRun(data);
  measureChains(run);
  const view = makeView(run);
  const state = { selected: -1, related: null, instant: null, hasClocks: false };
  const parts = findParts(root);
  parts.queues = run.lanes.map((lane) => makeQueueBox(parts.queuePanel, lane));
  const stage = { ratio: 1, ink: readInk(root), whole: null, overviewWidth: 0, wanted: 0, glide: null, announced: 0 };
  const player = { root, run, view, state, parts, stage };
  resize(player);
  showBeginning(view);
  showDetails(parts.details, run, state);
  return player;
}

function findParts(root) {
  const find = (name) => root.querySelector(`.player-${name}`);
  return {
    lanes: find('lanes'), overview: find('overview'), queuePanel: find('queues'), details: find('details'), table: find('table'),
    caption: root.querySelector('.player-table caption'), body: root.querySelector('.player-table tbody'),
    clocks: root.querySelector('[data-do=clocks]'),
  };
}

function sizeCanvas(canvas, width, height, ratio) {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
}

export function resize(player) {
  const { view, parts, stage } = player;
  stage.ratio = window.devicePixelRatio || 1;
  const width = parts.lanes.parentElement.clientWidth && parts.lanes.getBoundingClientRect().width;
  if (!width) return;
  layOut(view, width);
  sizeCanvas(parts.lanes, width, view.height, stage.ratio);
  stage.overviewWidth = parts.overview.getBoundingClientRect().width;
  sizeCanvas(parts.overview, stage.overviewWidth, OVERVIEW_HEIGHT, stage.ratio);
  parts.queues.forEach(({ box }) => { box.style.height = `${view.laneHeight}px`; });
  showQueues(player);
  stage.whole = drawWhole(view, stage.overviewWidth, stage.ratio, stage.ink);
  redraw(player);
}

export function recolor(player) {
  player.stage.ink = readInk(player.root);
  resize(player);
}

export function redraw(player) {
  if (player.stage.wanted) return;
  player.stage.wanted = requestAnimationFrame((now) => {
    player.stage.wanted = 0;
    draw(player, now);
  });
}

export function draw(player, now) {
  const { view, state, parts, stage } = player;
  if (view.width === 0) return;
  glide(player, now);
  const began = performance.now();
  const context = parts.lanes.getContext('2d');
  context.setTransform(stage.ratio, 0, 0, stage.ratio, 0, 0);
  stage.drawn = drawLanes(context, view, state, stage.ink);
  const overview = parts.overview.getContext('2d');
  overview.setTransform(stage.ratio, 0, 0, stage.ratio, 0, 0);
  drawOverview(overview, view, stage.overviewWidth, stage.whole, state, stage.ink);
  stage.drawMs = performance.now() - began;
  clearTimeout(stage.announced);
  stage.announced = setTimeout(() => announceWindow(player), 200);
}

// What a screen reader says when the window has come to rest.
export function announceWindow({ view, parts, run }) {
  const first = Math.max(0, view.from);
  const last = Math.min(run.end, view.from + view.span);
  const share = (100 * (view.from - view.first)) / Math.max(1, view.last - view.first - view.span);
  parts.overview.setAttribute('aria-valuenow', String(Math.round(Math.min(100, share))));
  parts.overview.setAttribute('aria-valuetext', `${(first / 1e6).toFixed(3)} to ${(last / 1e6).toFixed(3)} seconds`);
  if (parts.table.open) showTable(parts.body, parts.caption, view, parts.select);
}

// Moves the window to `from` and `span`: at once, or gliding where motion is welcome.
export function moveTo(player, from, span) {
  const { view, stage } = player;
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  stage.glide = isCalm ? null : { from: view.from, span: view.span, toFrom: from, toSpan: span, began: performance.now() };
  if (isCalm) setWindow(view, from, span);
  redraw(player);
}

function glide(player, now) {
  const { view, stage } = player;
  if (!stage.glide) return;
  const share = Math.min(1, Math.max(0, (now - stage.glide.began) / GLIDE_MS));
  const eased = 1 - (1 - share) ** 3;
  const { from, span, toFrom, toSpan } = stage.glide;
  setWindow(view, from + (toFrom - from) * eased, span + (toSpan - span) * eased);
  if (share >= 1) stage.glide = null; else redraw(player);
}

export function settle(player) {
  const { glide: rest } = player.stage;
  if (!rest) return;
  setWindow(player.view, rest.toFrom, rest.toSpan);
  player.stage.glide = null;
}

export function select(player, event) {
  const { run, state, parts, stage } = player;
  const began = performance.now();
  state.selected = event;
  state.related = event < 0 ? null : relate(run, event);
  stage.relateMs = performance.now() - began;
  if (event >= 0) state.instant = run.at[event];
  showDetails(parts.details, run, state);
  showQueues(player);
  redraw(player);
}

export function setInstant(player, time) {
  const { run, state } = player;
  state.instant = time === null ? null : Math.min(run.end, Math.max(run.start, time));
  select(player, -1);
}

// Selects an event and brings it into sight, near enough to be told apart.
export function visit(player, event) {
  if (event < 0) return;
  select(player, event);
  settle(player);
  const { view, run } = player;
  const lane = run.lanes[run.lane[event]];
  const index = event - lane.base;
  const [before, after] = [Math.max(0, index - 12), Math.min(lane.count - 1, index + 12)];
  const near = Math.max(SPAN_LEAST_US, lane.at[after] - lane.at[before]);
  const isDense = (near * pixelsPerUs(view)) / Math.max(1, after - before) < 5;
  const span = isDense ? near : view.span;
  const margin = span * 0.08;
  const time = run.at[event];
  const isSeen = !isDense && time > view.from + margin && time < view.from + view.span - margin;
  if (!isSeen) moveTo(player, time - span / 2, span);
}

export function zoom(player, factor) {
  const { view, state } = player;
  settle(player);
  const middle = view.from + view.span / 2;
  const isSeen = state.instant !== null && state.instant > view.from && state.instant < view.from + view.span;
  const time = isSeen ? state.instant : middle;
  const span = Math.max(SPAN_LEAST_US, view.span * factor);
  moveTo(player, time - ((time - view.from) / view.span) * span, span);
}

export function scrubBy(player, share) {
  settle(player);
  moveTo(player, player.view.from + player.view.span * share, player.view.span);
}
