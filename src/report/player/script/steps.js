// From one event to another: along a machine, in time, across lanes, along a message.

import { lowerBound, upperBound } from './search.js';
import { RECEIVE } from './kinds.js';
import { visit } from './player.js';

// The next event of the selected machine, or from the instant of any machine.
export function stepAlong(player, direction) {
  const { run, state } = player;
  if (state.selected < 0) {
    visit(player, stepOverall(player, direction));
    return;
  }
  const lane = run.lanes[run.lane[state.selected]];
  const index = state.selected - lane.base + direction;
  if (index >= 0 && index < lane.count) visit(player, lane.base + index);
}

// The event before or after the selected one in time, machines in their order.
export function stepOverall({ run, state, view }, direction) {
  const time = state.selected >= 0 ? run.at[state.selected] : state.instant ?? (direction > 0 ? view.from : view.from + view.span);
  const own = state.selected >= 0 ? run.lane[state.selected] : direction > 0 ? -1 : run.lanes.length;
  let best = -1;
  run.lanes.forEach((lane, at) => {
    let index;
    if (at === own) index = state.selected - lane.base + direction;
    else if (direction > 0) index = at > own ? lowerBound(lane.at, time) : upperBound(lane.at, time);
    else index = (at < own ? upperBound(lane.at, time) : lowerBound(lane.at, time)) - 1;
    if (index < 0 || index >= lane.count) return;
    const event = lane.base + index;
    const ahead = best < 0 ? 1 : (run.at[best] - run.at[event]) * direction;
    if (ahead > 0 || (ahead === 0 && direction < 0)) best = event;
  });
  return best;
}

export function stepLane(player, direction) {
  const { run, state, view } = player;
  const time = state.selected >= 0 ? run.at[state.selected] : state.instant ?? view.from + view.span / 2;
  let at = state.selected >= 0 ? run.lane[state.selected] + direction : 0;
  while (at >= 0 && at < run.lanes.length && run.lanes[at].count === 0) at += direction;
  const lane = run.lanes[at];
  if (!lane) return;
  const index = Math.min(lane.count - 1, lowerBound(lane.at, time));
  const isNearer = index > 0 && time - lane.at[index - 1] < lane.at[index] - time;
  visit(player, lane.base + index - (isNearer ? 1 : 0));
}

export function stepMessage(player) {
  const { run, state } = player;
  const event = state.selected;
  if (event < 0) return;
  if (run.kind[event] === RECEIVE) visit(player, run.source[event]);
  for (let at = run.deliveryStarts[event]; at < run.deliveryStarts[event + 1]; at += 1) {
    const receive = run.lanes[run.deliveryLane[at]].inbox.receive[run.deliveryMessage[at]];
    if (receive >= 0) {
      visit(player, receive);
      return;
    }
  }
}

export function edgeEvent({ run, state }, isLast) {
  if (state.selected >= 0) {
    const lane = run.lanes[run.lane[state.selected]];
    return isLast ? lane.base + lane.count - 1 : lane.base;
  }
  let best = -1;
  run.lanes.filter((lane) => lane.count > 0).forEach((lane) => {
    const event = isLast ? lane.base + lane.count - 1 : lane.base;
    if (best < 0 || (isLast ? run.at[event] > run.at[best] : run.at[event] < run.at[best])) best = event;
  });
  return best;
}
