// What buttons and keys do.

import { ZOOM_STEP, moveTo, redraw, scrubBy, setInstant, visit, zoom } from './player.js';
import { edgeEvent, stepAlong, stepLane, stepMessage, stepOverall } from './steps.js';

export function actionsOf(player) {
  const { view, state, parts } = player;
  const setClocks = (hasClocks) => {
    state.hasClocks = hasClocks;
    parts.clocks.checked = hasClocks;
    redraw(player);
  };
  return {
    home: () => visit(player, edgeEvent(player, false)),
    end: () => visit(player, edgeEvent(player, true)),
    previous: () => stepAlong(player, -1),
    next: () => stepAlong(player, 1),
    previousOverall: () => visit(player, stepOverall(player, -1)),
    nextOverall: () => visit(player, stepOverall(player, 1)),
    up: () => stepLane(player, -1),
    down: () => stepLane(player, 1),
    message: () => stepMessage(player),
    in: () => zoom(player, 1 / ZOOM_STEP),
    out: () => zoom(player, ZOOM_STEP),
    whole: () => moveTo(player, view.first, view.last - view.first),
    left: () => scrubBy(player, -0.25),
    right: () => scrubBy(player, 0.25),
    pageLeft: () => scrubBy(player, -1),
    pageRight: () => scrubBy(player, 1),
    beginning: () => moveTo(player, view.first, view.span),
    ending: () => moveTo(player, view.last - view.span, view.span),
    clear: () => setInstant(player, null),
    clocks: () => setClocks(!state.hasClocks),
    setClocks,
  };
}
