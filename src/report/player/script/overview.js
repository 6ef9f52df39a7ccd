// The strip of the whole run, with the part that is seen as a window on it.

import { lowerBound } from './search.js';

export const OVERVIEW_HEIGHT = 46;

// Draws what does not change into a canvas of its own.
export function drawWhole(view, width, ratio, ink) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(OVERVIEW_HEIGHT * ratio);
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const { run } = view;
  const columns = Math.max(1, Math.floor(width / 2));
  const totals = new Float64Array(columns);
  const receives = new Float64Array(columns);
  const timeOf = (column) => view.first + ((view.last - view.first) * column) / columns;
  run.lanes.forEach((lane) => {
    for (let column = 0; column < columns; column += 1) {
      const from = lowerBound(lane.at, timeOf(column));
      const to = lowerBound(lane.at, timeOf(column + 1), from);
      totals[column] += to - from;
      receives[column] += lane.receivesBefore[to] - lane.receivesBefore[from];
    }
  });
  const most = totals.reduce((a, b) => Math.max(a, b), 1);
  const bar = (column, count, color) => {
    const height = ((OVERVIEW_HEIGHT - 6) * count) / most;
    context.fillStyle = color;
    context.fillRect(column * 2, OVERVIEW_HEIGHT - height, 1.6, height);
  };
  for (let column = 0; column < columns; column += 1) {
    bar(column, totals[column], ink.internal);
    bar(column, receives[column], ink.receive);
  }
  return canvas;
}

export function overviewX(view, width, time) { return ((time - view.first) / (view.last - view.first)) * width; }

export function overviewTime(view, width, x) { return view.first + (x / width) * (view.last - view.first); }

export function drawOverview(context, view, width, whole, state, ink) {
  context.clearRect(0, 0, width, OVERVIEW_HEIGHT);
  context.drawImage(whole, 0, 0, width, OVERVIEW_HEIGHT);
  const from = overviewX(view, width, view.from);
  const to = Math.max(from + 6, overviewX(view, width, view.from + view.span));
  context.fillStyle = ink.paper;
  context.globalAlpha = 0.66;
  context.fillRect(0, 0, from, OVERVIEW_HEIGHT);
  context.fillRect(to, 0, width - to, OVERVIEW_HEIGHT);
  context.globalAlpha = 1;
  context.strokeStyle = ink.ink;
  context.lineWidth = 1.5;
  context.strokeRect(from + 0.75, 0.75, Math.max(4, to - from - 1.5), OVERVIEW_HEIGHT - 1.5);
  context.fillStyle = ink.ink;
  context.fillRect(from - 1, OVERVIEW_HEIGHT / 2 - 8, 4, 16);
  context.fillRect(to - 3, OVERVIEW_HEIGHT / 2 - 8, 4, 16);
  if (state.instant !== null) {
    context.fillStyle = ink.chain;
    context.fillRect(overviewX(view, width, state.instant) - 0.75, 0, 1.5, OVERVIEW_HEIGHT);
  }
}
