// The lanes, from nearest to farthest: events one by one with their messages
// while they can be told apart, and how many there are where they cannot.

import { longestBetween } from './inbox.js';
import { xOf, yOf } from './view.js';
import { roundStep, secondsText } from './text.js';
import { columnOf, drawEvents } from './events.js';
import { drawMessages, messagesMost, seenMessages } from './messages.js';
import { drawChain } from './chain.js';

export function drawLanes(context, view, state, ink) {
  context.clearRect(0, 0, view.width, view.height);
  drawAxis(context, view, ink);
  context.save();
  context.beginPath();
  context.rect(view.left, 0, view.right - view.left, view.height);
  context.clip();
  if (state.related) drawRelated(context, view, state.related, ink);
  drawInstant(context, view, state, ink);
  const messages = seenMessages(view);
  const areShown = messages.length <= messagesMost(view);
  if (!areShown) view.run.lanes.forEach((lane, at) => drawQueue(context, view, lane, at, ink));
  if (areShown) drawMessages(context, view, messages, state.related, ink);
  if (state.related) drawChain(context, view, state.related, ink);
  view.run.lanes.forEach((lane, at) => drawEvents(context, view, lane, at, state, ink));
  if (state.selected >= 0) drawSelected(context, view, state.selected, ink);
  context.restore();
  drawNames(context, view, ink);
  return { messages: areShown ? messages.length : 0 };
}

function drawAxis(context, view, ink) {
  const step = roundStep(view.span, (view.right - view.left) / 90);
  context.font = `12px ${ink.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.strokeStyle = ink.line;
  context.lineWidth = 1;
  context.fillStyle = ink.muted;
  context.beginPath();
  for (let time = Math.ceil(Math.max(view.from, view.run.start) / step) * step; time <= view.from + view.span; time += step) {
    const x = Math.round(xOf(view, time)) + 0.5;
    context.moveTo(x, view.top - 6);
    context.lineTo(x, view.height);
    const text = secondsText(time, step);
    const half = context.measureText(text).width / 2;
    if (x - half > view.left - 14 && x + half < view.width) context.fillText(text, x, 10);
  }
  context.stroke();
}

function drawNames(context, view, ink) {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  view.run.lanes.forEach((lane, at) => {
    const y = yOf(view, at);
    context.fillStyle = ink.ink;
    context.font = `600 13px ${ink.font}`;
    context.fillText(view.isNarrow ? String(lane.id) : `machine ${lane.id}`, 2, y);
    if (lane.rate !== null && !view.isNarrow && view.laneHeight > 40) {
      context.fillStyle = ink.muted;
      context.font = `11px ${ink.font}`;
      context.fillText(`${Number(lane.rate.toPrecision(4))} ticks/s`, 2, y + 16);
    }
  });
}

// The past and the future of the selected event, as bands along the lanes.
function drawRelated(context, view, related, ink) {
  const height = Math.min(22, view.laneHeight * 0.5);
  view.run.lanes.forEach((lane, at) => {
    const y = yOf(view, at) - height / 2;
    context.globalAlpha = 0.2;
    if (related.past[at] > 0) {
      context.fillStyle = ink.past;
      const start = Math.max(view.left, xOf(view, lane.at[0]) - 5);
      const end = Math.min(view.right, xOf(view, lane.at[related.past[at] - 1]) + 5);
      if (end > start) context.fillRect(start, y, end - start, height);
    }
    if (related.future[at] < lane.count) {
      context.fillStyle = ink.future;
      const start = Math.max(view.left, xOf(view, lane.at[related.future[at]]) - 5);
      const end = Math.min(view.right, xOf(view, lane.at[lane.count - 1]) + 5);
      if (end > start) context.fillRect(start, y, end - start, height);
    }
    context.globalAlpha = 1;
  });
}

function drawInstant(context, view, state, ink) {
  if (state.instant === null) return;
  const x = Math.round(xOf(view, state.instant)) + 0.5;
  context.strokeStyle = ink.muted;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(x, view.top - 6);
  context.lineTo(x, view.height);
  context.stroke();
  context.setLineDash([]);
}

// How long the queue is at most in each column, hanging from the lane.
function drawQueue(context, view, lane, at, ink) {
  const scale = (view.laneHeight * 0.44) / Math.max(view.run.longestQueue, 1);
  const y = yOf(view, at) + 4;
  const step = columnOf(view);
  context.fillStyle = ink.receive;
  context.globalAlpha = 0.35;
  for (let time = Math.floor(view.from / step) * step; time < view.from + view.span && time <= view.run.end; time += step) {
    const length = longestBetween(lane.inbox, time, time + step);
    const x = Math.round(xOf(view, time));
    if (length > 0) context.fillRect(x, y, Math.round(xOf(view, time + step)) - x, Math.max(1, length * scale));
  }
  context.globalAlpha = 1;
}

function drawSelected(context, view, event, ink) {
  const x = xOf(view, view.run.at[event]);
  const y = yOf(view, view.run.lane[event]);
  context.strokeStyle = ink.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.stroke();
}
