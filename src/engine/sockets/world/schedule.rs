//! How time goes by in the world: which machine steps, which bytes arrive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::dice::{Dice, Shared};
use super::node::{Dialing, Outcome, SimulatedNode, Stage, Try};
use super::pipe::{Listener, Pipe};
use super::plan::{Fault, Hosting, Plan, Word};
use super::planted::Planted;
use super::stranger::Stranger;
use crate::engine::Gauges;
use crate::engine::sockets::driver::{NAP_MAX, Next};
use crate::engine::sockets::meeting::{Meeting, Step};
use crate::engine::sockets::pace::{Epoch, MonotonicTime};
use crate::model::event::MachineId;

/// Beside the patience for connections and for the barrier.
const MEETING_GRACE: Duration = Duration::from_millis(2000);
const STEPS_MAX: u64 = 1_000_000;
/// No schedule lasts longer, whatever it waits for.
const LIFE_MAX: Duration = Duration::from_secs(40);
pub const BEGINNING: MonotonicTime = MonotonicTime::at_ns(1_000_000_000);

pub struct World {
    pub seed: u64,
    pub plan: Plan,
    pub planted: Option<Planted>,
    pub dice: Shared<Dice>,
    pub now: MonotonicTime,
    pub steps: u64,
    pub nodes: Vec<SimulatedNode>,
    pub pipes: Vec<Shared<Pipe>>,
    /// One a pipe: who reads it.
    pub listeners: Vec<Listener>,
    /// Pipes whose visitors are not let in yet.
    pub at_door: Vec<usize>,
    pub strangers: Vec<Stranger>,
    /// When the foreign machine calls the others.
    pub foreign_at: Vec<(usize, MonotonicTime)>,
    pub gauges: Gauges,
    /// Who is yet to be ordered to stop, and when.
    pub stops: Vec<(MonotonicTime, usize)>,
    pub stopped_at: Option<MonotonicTime>,
    pub is_broken: bool,
    pub is_killed: bool,
}

pub fn id(at: usize) -> MachineId {
    MachineId(at as u32 + 1)
}

pub fn address(at: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, at as u8 + 1], 5000))
}

impl World {
    /// Lives until every machine is over, and checks what it comes to.
    pub fn live(&mut self) -> Result<(), String> {
        while self.steps < STEPS_MAX && self.now < BEGINNING.after(LIFE_MAX) {
            self.steps += 1;
            self.break_something()?;
            if self.nodes.iter().all(SimulatedNode::is_over) {
                return self.judge();
            }
            let choice = self.dice.borrow_mut().below(8);
            let now = self.now;
            let is_due = |node: &SimulatedNode| !node.is_over() && node.wake <= now;
            let due = self.nodes.iter().filter(|node| is_due(node)).count();
            if choice < 4 && self.deliver()? {
                continue;
            }
            if due > 0 {
                let nth = self.dice.borrow_mut().below(due as u64) as usize;
                let mut places = (0..self.nodes.len()).filter(|at| is_due(&self.nodes[*at]));
                let at = places.nth(nth).unwrap_or_default();
                self.step(at)?;
            } else if choice < 6 || !self.deliver()? {
                self.pass_time();
            }
        }
        Err("the run does not end".to_owned())
    }

    fn pass_time(&mut self) {
        let wakes = self.nodes.iter().filter(|node| !node.is_over()).map(|node| node.wake);
        let next = wakes.min().unwrap_or(self.now).max(self.now);
        let late_us = {
            let mut dice = self.dice.borrow_mut();
            if dice.one_in(50) { dice.below(30_000) } else { dice.below(self.plan.late_us) }
        };
        self.now = next.after(Duration::from_micros(late_us));
        self.let_strangers_come();
        let mut dice = self.dice.borrow_mut();
        if self.plan.has_foreign && dice.one_in(3) {
            let clock = if dice.one_in(200) { 1u64 << 62 } else { dice.below(100) };
            if let Some(pipe) = self.pipes.iter().find(|pipe| pipe.borrow().from == self.plan.count) {
                pipe.borrow_mut().put(format!("clock:{clock}\n").as_bytes());
            }
        }
    }

    fn step(&mut self, at: usize) -> Result<(), String> {
        self.tend_door(at)?;
        match self.nodes[at].stage {
            Stage::Absent => self.begin(at),
            Stage::Meeting(_) => self.meet(at)?,
            Stage::Hosting(_) => self.step_host(at)?,
            Stage::Over => {}
        }
        Ok(())
    }

    fn begin(&mut self, at: usize) {
        let (now, node) = (self.now, &mut self.nodes[at]);
        // Clocks of hosts differ.
        let unix_ns = 1_700_000_000_000_000_000 + self.dice.borrow_mut().below(1_000_000) as i64;
        let (context, known_peers, stop) =
            (node.context.clone(), Arc::clone(&node.known_peers), node.stop.clone());
        let meeting =
            Meeting::new(known_peers, context, stop, Epoch::at(BEGINNING, unix_ns), address(at), now);
        let dialers = meeting.dialers(now).into_iter();
        node.dialing = dialers.map(|dialer| Dialing { dialer, state: Try::Waits(now) }).collect();
        node.begin = now;
        node.stage = Stage::Meeting(Box::new(meeting));
    }

    fn meet(&mut self, at: usize) -> Result<(), String> {
        self.tend_calls(at)?;
        let now = match self.planted {
            Some(Planted::NoDeadlineBeforeTheStart) => self.nodes[at].begin,
            _ => self.now,
        };
        let is_amid = self.planted == Some(Planted::StopAmidTheStart)
            && self.nodes[at].stop.reason().is_some()
            && self.pipes.iter().any(|pipe| pipe.borrow().from == at && pipe.borrow().word == Some(Word::Go));
        let Stage::Meeting(meeting) = &mut self.nodes[at].stage else { return Ok(()) };
        let step = if is_amid { Ok(Step::Stopped) } else { meeting.step(now) };
        match step {
            Ok(Step::Wait(until)) => {
                if until > now.after(NAP_MAX) {
                    return Err(format!("machine {} waits until {until:?}, deaf to a stop", at + 1));
                }
                let node = &mut self.nodes[at];
                node.wake = until.max(self.now.after(Duration::from_micros(100)));
                let most = 2 * self.plan.patience + MEETING_GRACE;
                if self.now.since(node.begin) > most + self.hung() {
                    return Err(format!("machine {} waits for the start beyond all patience", at + 1));
                }
            }
            Ok(Step::Start(unix_ns)) => {
                let stage = std::mem::replace(&mut self.nodes[at].stage, Stage::Over);
                let Stage::Meeting(meeting) = stage else { return Ok(()) };
                let epoch = Epoch::at(BEGINNING, 1_700_000_000_000_000_000);
                let start = epoch.instant(unix_ns);
                let links = meeting.into_links();
                if links.len() + 1 != self.plan.all() {
                    return Err(format!("machine {} starts with {} links", at + 1, links.len()));
                }
                self.host(at, links, start);
            }
            Ok(Step::Stopped) => self.leave(at, Outcome::Stopped),
            Err(error) => self.leave(at, Outcome::NotBegun(error.to_string())),
        }
        Ok(())
    }

    fn step_host(&mut self, at: usize) -> Result<(), String> {
        let node = &mut self.nodes[at];
        let Stage::Hosting(driver) = &mut node.stage else { return Ok(()) };
        let end = node.start.after(Duration::from_nanos(self.plan.duration.0));
        let is_planted = self.planted == Some(Planted::NoDeadlineAtTheEnd);
        let now = if is_planted {
            self.now.min(end.max(node.wake)).min(end.after(Duration::from_millis(1)))
        } else {
            self.now
        };
        let outcome = driver.step(now);
        let served = self.gauges.machine(id(at)).map_or(0, |gauge| gauge.ticks.load(Relaxed));
        node.ticks.resize(served as usize, self.now);
        node.loss = driver.loss().cloned();
        match outcome {
            Ok(Next::Again) => {}
            Ok(Next::Sleep(until) | Next::Listen(until)) => {
                if until > self.now.after(NAP_MAX) {
                    return Err(format!("machine {} sleeps until {until:?}, deaf to a stop", at + 1));
                }
                node.wake =
                    if is_planted { until.max(self.now.after(Duration::from_millis(1))) } else { until };
            }
            Ok(Next::Over(end)) => {
                if end.queue_length < self.plan.backlog && !node.context.inbox.has_room() {
                    return Err(format!("machine {} has no room and nothing that takes it", at + 1));
                }
                node.disk.borrow_mut().close();
                self.leave(at, Outcome::Ended(end));
            }
            Err(_) => {
                node.stop.fail();
                self.leave(at, Outcome::NoLog);
            }
        }
        Ok(())
    }

    /// A machine is over: what that means to the others is up to who hosts them.
    fn leave(&mut self, at: usize, outcome: Outcome) {
        let has_failed = matches!(outcome, Outcome::NotBegun(_) | Outcome::NoLog);
        self.nodes[at].stage = Stage::Over;
        self.nodes[at].outcome = outcome;
        self.nodes[at].over_at = self.now;
        if self.plan.hosting == Hosting::Tasks {
            if has_failed {
                self.nodes[at].stop.fail();
            }
            return;
        }
        self.cut(at);
        if has_failed && self.plan.hosting == Hosting::Processes {
            self.nodes.iter().for_each(|node| node.stop.fail());
        }
    }

    /// The process of a machine is gone, and its system closes what it had open.
    pub fn cut(&mut self, at: usize) {
        for (pipe, listener) in self.pipes.iter().zip(&mut self.listeners) {
            let mut pipe = pipe.borrow_mut();
            if pipe.to == at {
                pipe.reset();
                *listener = Listener::Nobody;
            } else if pipe.from == at {
                pipe.closes = true;
            }
        }
    }

    /// How long the fault of this schedule lets a machine sleep.
    pub fn hung(&self) -> Duration {
        if let Fault::Hang(_, ms) = self.plan.fault { Duration::from_millis(ms) } else { Duration::ZERO }
    }
}
