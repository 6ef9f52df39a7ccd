// What a test may ask of the player.

import { queueAt } from './inbox.js';
import { futureCount, pastCount } from './causality.js';
import { setWindow, xOf, yOf } from './view.js';
import { KIND_WORDS } from './text.js';
import { redraw, settle, visit } from './player.js';

// `labctlPlayer.select(machine, index)` selects an event as a click does, `state()`
// tells what is selected and seen, `scrub(ms)` scrubs through the whole run and
// tells how smoothly that went; all else is nobody's business.
export function expose(player) {
  const { run, view, state, stage } = player;
  const byMachine = (count) => Object.fromEntries(run.lanes.map((lane, at) => [lane.id, count(lane, at)]));
  return {
    select(machine, index) {
      const lane = run.lanes[run.laneOfMachine.get(machine)];
      if (!lane || !(index >= 0 && index < lane.count)) throw new RangeError(`there is no event ${index} of machine ${machine}`);
      visit(player, lane.base + index);
    },
    place(machine, index) {
      const lane = run.laneOfMachine.get(machine);
      return { x: xOf(view, run.lanes[lane].at[index]), y: yOf(view, lane) };
    },
    state() {
      const isGliding = stage.glide !== null;
      settle(player);
      const { selected, related } = state;
      return {
        events: run.count,
        window: { from_us: view.from, to_us: view.from + view.span },
        whole: { from_us: view.first, to_us: view.last },
        instant_us: state.instant,
        messages_drawn: stage.drawn ? stage.drawn.messages : null,
        relate_ms: stage.relateMs ?? null,
        start_ms: stage.startMs,
        is_gliding: isGliding,
        selected: selected < 0 ? null : {
          machine: run.lanes[run.lane[selected]].id,
          index: selected - run.lanes[run.lane[selected]].base,
          kind: KIND_WORDS[run.kind[selected]],
          clock: run.clock[selected],
        },
        past: related && byMachine((lane, at) => pastCount(run, related, at)),
        future: related && byMachine((lane, at) => (futureCount(run, related, at) > 0 ? lane.count - futureCount(run, related, at) : null)),
        chain: related && related.chain.length,
        queues: state.instant === null ? null : byMachine((lane) => queueAt(run, lane, state.instant)),
      };
    },
    scrub(ms, span) {
      settle(player);
      setWindow(view, view.first, span ?? view.span);
      const way = view.last - view.first - view.span;
      return new Promise((resolve) => {
        const frames = [];
        const draws = [];
        const advance = (now) => {
          frames.push(now);
          if (stage.drawMs !== undefined) draws.push(stage.drawMs);
          const share = (now - frames[0]) / ms;
          if (share >= 1) {
            resolve(smoothness(frames, draws));
            return;
          }
          setWindow(view, view.first + way * share, view.span);
          redraw(player);
          requestAnimationFrame(advance);
        };
        requestAnimationFrame(advance);
      });
    },
  };
}

export function smoothness(frames, draws) {
  const gaps = frames.slice(1).map((now, at) => now - frames[at]).sort((one, other) => one - other);
  const sorted = draws.slice().sort((one, other) => one - other);
  const seconds = (frames[frames.length - 1] - frames[0]) / 1000;
  return {
    fps: gaps.length / seconds,
    gap_p95_ms: gaps[Math.floor(gaps.length * 0.95)],
    draw_median_ms: sorted[sorted.length >> 1],
    draw_p95_ms: sorted[Math.floor(sorted.length * 0.95)],
  };
}
