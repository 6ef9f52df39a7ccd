//! How things break in the world.

use std::time::Duration;

use super::node::{Outcome, Stage};
use super::plan::{Fault, Hosting, Trigger};
use super::planted::Planted;
use super::schedule::{BEGINNING, World, id};
use crate::engine::sockets::pace::MonotonicTime;

/// No line older than this is lost.
const LINE_AGE_MAX: Duration = Duration::from_millis(500);
/// How far apart the machines of a run hear one stop.
const STOP_SPREAD_MS: u64 = 50;

impl World {
    pub fn break_something(&mut self) -> Result<(), String> {
        self.tell_stops();
        let is_due = match self.plan.trigger {
            Trigger::AfterMs(ms) => self.now >= BEGINNING.after(Duration::from_millis(ms)),
            Trigger::AtStep(step) => self.steps >= step,
            Trigger::AtWord(word) => {
                !self.is_broken && self.pipes.iter().any(|pipe| pipe.borrow().word == Some(word))
            }
        };
        // There must be something that can hang.
        let waits = matches!(self.plan.fault, Fault::Stuck(..)) && self.pipes.is_empty();
        if self.is_broken || !is_due || waits {
            return Ok(());
        }
        self.is_broken = true;
        match self.plan.fault {
            Fault::Nothing => {}
            Fault::Stop => self.stop_all(),
            Fault::StopOne(at) => self.stops.push((self.now, at)),
            Fault::KillAll => {
                for at in 0..self.nodes.len() {
                    self.kill(at)?;
                }
            }
            Fault::KillOne(at) => {
                self.kill(at)?;
                self.cut(at);
            }
            Fault::Vanish(at) => {
                self.kill(at)?;
                for pipe in &self.pipes {
                    let mut pipe = pipe.borrow_mut();
                    if pipe.from == at {
                        pipe.stuck_until = MonotonicTime::at_ns(u64::MAX);
                    }
                }
            }
            Fault::Reset(one, other) => {
                for pipe in &self.pipes {
                    let mut pipe = pipe.borrow_mut();
                    if (pipe.from, pipe.to) == (one, other) || (pipe.to, pipe.from) == (one, other) {
                        pipe.reset();
                    }
                }
            }
            Fault::FullDisk(at, room) => self.nodes[at].disk.borrow_mut().room = Some(room),
            Fault::Stuck(at, ms) => {
                let at = at % self.pipes.len();
                self.pipes[at].borrow_mut().stuck_until = self.now.after(Duration::from_millis(ms));
            }
            Fault::Hang(at, ms) => {
                let node = &mut self.nodes[at];
                node.wake = node.wake.max(self.now.after(Duration::from_millis(ms)));
            }
        }
        Ok(())
    }

    fn stop_all(&mut self) {
        for at in 0..self.nodes.len() {
            let spread = if self.plan.hosting == Hosting::Tasks { 0 } else { STOP_SPREAD_MS };
            let ms = self.dice.borrow_mut().below(spread);
            self.stops.push((self.now.after(Duration::from_millis(ms)), at));
        }
    }

    fn tell_stops(&mut self) {
        let now = self.now;
        for (_, at) in self.stops.iter().filter(|(when, _)| *when <= now) {
            self.stopped_at = Some(now);
            if self.planted != Some(Planted::StopUnheard) {
                self.nodes[*at].stop.interrupt();
            }
        }
        self.stops.retain(|(when, _)| *when > now);
    }

    /// Ends a machine as SIGKILL does, and looks at what its log holds.
    fn kill(&mut self, at: usize) -> Result<(), String> {
        self.is_killed = true;
        let node = &mut self.nodes[at];
        if node.is_over() {
            return Ok(());
        }
        node.disk.borrow_mut().is_frozen = true;
        node.stage = Stage::Over;
        node.outcome = Outcome::Killed;
        // A host that nobody has woken can do nothing.
        let alive_until = node.wake.min(self.now);
        let old = node.ticks.iter().filter(|tick| alive_until.since(**tick) > LINE_AGE_MAX).count();
        let text = String::from_utf8_lossy(&node.disk.borrow().bytes).into_owned();
        let kept = text.split_inclusive('\n').filter(|line| line.contains(" Tick: ")).count();
        if kept < old {
            return Err(format!("machine {}: {kept} lines kept of {old} older than half a second", id(at)));
        }
        Ok(())
    }
}
