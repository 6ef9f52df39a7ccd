//! The driver: where one machine meets time, its connections and its log, as a
//! state machine. [`Driver::step`] is given the time, does what is due, and says
//! when it wants to be woken; it never waits itself. So every wait has an end
//! and hears the stop, and a test can drive many hosts in one thread.
//!
//! A SEND's line is in the log's file before its message is on the wire, so
//! that a RECEIVE never survives a kill without its SEND.

mod ending;
mod sending;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::inbox::{InFlight, Inbox};
use super::link::{Connection, Link};
use super::pace::{LabClock, MonotonicTime};
use crate::engine::{Gauges, Notice, Observer, StopSwitch};
use crate::log::{End, EndReason, LogWriter, Stamp};
use crate::model::delay::DelayAt;
use crate::model::event::{Action, MachineId};
use crate::model::machine::Machine;
use crate::model::random::Delays;
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;
use ending::Ending;
use sending::{BACKLOG_NAP, Departure};

#[cfg(test)]
pub use ending::{END_PATIENCE, FOREIGN_PATIENCE};

/// Longest sleep, so that a stop is heard soon.
pub const NAP_MAX: Duration = Duration::from_millis(100);
/// Sleep while a peer reads more slowly than this machine sends.
const PATIENCE_NAP: Duration = Duration::from_micros(50);
/// How old a log line may get before the file has it. All machines write at the
/// same moments, so that whoever reads their logs meanwhile sees them in step.
const LOG_AGE_MAX: Duration = Duration::from_millis(200);
/// Ticks served between two flushes while the machine is behind.
const TICKS_A_FLUSH: u32 = 256;
/// Ticks that are still served when the run is over.
const TICKS_OF_A_STALL: u64 = 64;
/// Everything one machine needs to run.
pub struct Parts<C, W: Write> {
    pub machine: Machine,
    /// One link a peer, in the order of their ids.
    pub links: Vec<Link<C>>,
    pub inbox: Arc<Inbox>,
    pub log: LogWriter<W>,
    /// The stamp of lab time zero.
    pub start: Stamp,
    pub clock: LabClock,
    pub schedule: Schedule,
    pub delays: Delays,
    pub delay_at: DelayAt,
    /// Whether messages are delayed at all.
    pub delayed: bool,
    pub gauges: Gauges,
    pub stop: StopSwitch,
    pub observer: Observer,
    /// Peers that tell their end.
    pub labctl_peers: Vec<MachineId>,
    pub has_foreign_peers: bool,
}

/// One machine on its way from its first tick to the record of its end.
pub struct Driver<C, W: Write> {
    parts: Parts<C, W>,
    phase: Phase,
    /// Ticks served since the host last waited or flushed.
    batch: u32,
    served: u64,
    lost: u64,
    received: u64,
    /// When the oldest line was logged that the file may not have.
    unwritten_since: Option<MonotonicTime>,
    in_flight: InFlight,
    /// Messages that leave while the machine sleeps inside its tick.
    departures: VecDeque<Departure>,
    busy_until: LabTime,
    loss: Option<Loss>,
}

#[derive(Clone, Copy)]
enum Phase {
    Ticking,
    /// Inside a tick, in a delay that the sender sleeps through.
    Sleeping,
    /// A peer reads more slowly than this machine sends.
    Patient,
    /// No more ticks: what is on its way is collected.
    Ending(Ending),
}

/// What the host wants next.
#[derive(Clone, Copy, Debug)]
pub enum Next {
    /// The next step at once.
    Again,
    /// The next step at this moment.
    Sleep(MonotonicTime),
    /// The next step at this moment, or when the inbox changes.
    Listen(MonotonicTime),
    /// There is no next step.
    Over(End),
}

/// Messages of this run are lost, so that it has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub at: LabTime,
    pub why: String,
}

impl<C: Connection, W: Write> Driver<C, W> {
    pub fn new(parts: Parts<C, W>) -> Driver<C, W> {
        Driver {
            parts,
            phase: Phase::Ticking,
            batch: 0,
            served: 0,
            lost: 0,
            received: 0,
            unwritten_since: None,
            in_flight: InFlight::default(),
            departures: VecDeque::new(),
            busy_until: LabTime::ZERO,
            loss: None,
        }
    }

    /// Does what is due at `now`, which never runs backwards from step to step.
    ///
    /// # Errors
    ///
    /// The log could not be written. There is no next step then.
    #[inline]
    pub fn step(&mut self, now: MonotonicTime) -> io::Result<Next> {
        let mut next = match self.phase {
            Phase::Ticking => self.tick_or_rest(now)?,
            Phase::Sleeping => self.sleep_in_tick(now)?,
            Phase::Patient => self.let_peers_read(now)?,
            Phase::Ending(ending) => self.collect(now, ending)?,
        };
        if let Next::Sleep(until) | Next::Listen(until) = &mut next {
            self.keep_log_young(now)?;
            *until = self.log_due().map_or(*until, |due| due.min(*until));
        }
        Ok(next)
    }

    /// Why the run has failed, if this machine knows of a reason.
    pub fn loss(&self) -> Option<&Loss> {
        self.loss.as_ref()
    }

    pub fn inbox(&self) -> &Inbox {
        &self.parts.inbox
    }

    #[inline]
    fn tick_or_rest(&mut self, now: MonotonicTime) -> io::Result<Next> {
        let time = self.parts.clock.lab_time(now);
        if let Some(reason) = self.parts.stop.reason() {
            return Ok(self.begin_to_end(now, time, reason));
        }
        let duration = self.parts.schedule.duration;
        let deadline = self.parts.schedule.deadline(self.parts.machine.ticks() + 1);
        if time < deadline || deadline > duration {
            return self.rest(now, time, deadline);
        }
        if (self.batch == 0 || self.batch == TICKS_A_FLUSH) && self.catch_breath(now, time)? {
            // That took time: the tick is served with the time after it.
            return Ok(Next::Again);
        }
        self.batch += 1;
        if time > duration && self.is_far_behind() {
            return Ok(self.begin_to_end(now, time, EndReason::Completed));
        }
        self.serve_tick(now, time)?;
        Ok(Next::Again)
    }

    /// Whether more ticks are due than a short stall of the host leaves behind.
    /// Those that one leaves as the run ends are served, and counted as late.
    fn is_far_behind(&self) -> bool {
        let schedule = &self.parts.schedule;
        schedule.due(schedule.duration) > self.parts.machine.ticks() + TICKS_OF_A_STALL
    }

    /// Until the next deadline, or the end of the run if that comes first.
    fn rest(&mut self, now: MonotonicTime, time: LabTime, deadline: LabTime) -> io::Result<Next> {
        self.batch = 0;
        self.take_arrived(now, time)?;
        self.release_until(time);
        self.flush(now)?;
        let duration = self.parts.schedule.duration;
        if time >= duration {
            return Ok(self.begin_to_end(now, time, EndReason::Completed));
        }
        self.parts.gauges.reach(time.0);
        let until = deadline.min(duration);
        Ok(Next::Sleep(self.wake(now, self.next_release().map_or(until, |release| release.min(until)))))
    }

    /// When to look again at the latest, if nothing is due before `due`.
    fn wake(&self, now: MonotonicTime, due: LabTime) -> MonotonicTime {
        let has_backlog = self.parts.links.iter().any(|link| link.backlog_bytes() > 0);
        let nap = if has_backlog { BACKLOG_NAP } else { NAP_MAX };
        self.parts.clock.instant(due).min(now.after(nap))
    }

    /// What must be done now and then while the machine is behind, and before
    /// the first tick after a rest. Says whether that took time.
    fn catch_breath(&mut self, now: MonotonicTime, time: LabTime) -> io::Result<bool> {
        let is_behind = self.batch > 0;
        self.batch = 1;
        self.release_until(time);
        let has_flushed = self.flush(now)?;
        if is_behind {
            self.parts.gauges.reach(time.0);
            self.keep_log_young(now)?;
            if self.parts.links.iter().any(Link::wants_patience) {
                self.phase = Phase::Patient;
            }
        }
        Ok(has_flushed || is_behind)
    }

    fn let_peers_read(&mut self, now: MonotonicTime) -> io::Result<Next> {
        self.flush(now)?;
        if self.parts.links.iter().any(Link::wants_patience) && self.parts.stop.reason().is_none() {
            return Ok(Next::Sleep(now.after(PATIENCE_NAP)));
        }
        self.phase = Phase::Ticking;
        Ok(Next::Again)
    }

    #[inline]
    fn serve_tick(&mut self, now: MonotonicTime, time: LabTime) -> io::Result<()> {
        let time = self.take_arrived(now, time)?;
        self.busy_until = time;
        for event in self.parts.machine.tick() {
            self.parts.log.event(time, &event)?;
            match event.action {
                Action::Send(recipients) => self.send(&event, recipients, time),
                Action::Receive { message, .. } => {
                    self.received += 1;
                    self.parts.inbox.received(message.from);
                }
                Action::Internal => {}
            }
        }
        self.unwritten_since.get_or_insert(now);
        self.served += 1;
        self.show();
        if !self.departures.is_empty() {
            self.phase = Phase::Sleeping;
        }
        Ok(())
    }

    #[inline]
    fn show(&self) {
        let machine = &self.parts.machine;
        if let Some(gauge) = self.parts.gauges.machine(machine.id()) {
            gauge.set(machine.clock(), machine.queue_length(), self.served);
        }
    }

    /// Moves what has come in into the queue. Gives the time of that: never
    /// before the last arrival, even if this thread had to wait since `now`.
    #[inline]
    fn take_arrived(&mut self, now: MonotonicTime, time: LabTime) -> io::Result<LabTime> {
        if !self.parts.inbox.empty_into(&mut self.in_flight) {
            return Ok(time);
        }
        let mut time = time;
        for mut message in self.in_flight.messages.drain(..) {
            if message.arrived == LabTime::ZERO {
                // It came in before this machine knew when the run had begun: its
                // wait begins when the machine does, and not before it was sent.
                message.arrived = time;
            }
            time = time.max(message.arrived);
            self.parts.machine.deliver(message);
        }
        if !(self.in_flight.notices.is_empty() && self.in_flight.breaks.is_empty()) {
            let notices = mem::take(&mut self.in_flight.notices);
            self.tell(now, notices)?;
            for text in mem::take(&mut self.in_flight.breaks) {
                self.lose(now, text)?;
            }
        }
        Ok(time)
    }

    /// Hands the log to its file when the moment for that has come.
    fn keep_log_young(&mut self, now: MonotonicTime) -> io::Result<()> {
        if self.log_due().is_some_and(|due| due <= now) { self.flush_log() } else { Ok(()) }
    }

    /// When the file must have what is logged, if there is anything that it has not.
    fn log_due(&self) -> Option<MonotonicTime> {
        Some(self.parts.clock.next_mark(self.unwritten_since?, LOG_AGE_MAX))
    }

    fn flush_log(&mut self) -> io::Result<()> {
        self.unwritten_since = None;
        if self.parts.log.has_unwritten() { self.parts.log.flush() } else { Ok(()) }
    }

    /// What went wrong goes into the log at once, and to whoever watches.
    #[cold]
    fn tell(&mut self, now: MonotonicTime, texts: Vec<String>) -> io::Result<()> {
        if texts.is_empty() {
            return Ok(());
        }
        let time = self.parts.clock.lab_time(now);
        for text in texts {
            self.parts.log.error(time, self.parts.machine.clock(), &text)?;
            (self.parts.observer)(Notice { machine: self.parts.machine.id(), text });
        }
        self.unwritten_since = None;
        self.parts.log.flush()
    }

    /// Messages are lost: the run has failed, and ends here and elsewhere.
    #[cold]
    fn lose(&mut self, now: MonotonicTime, why: String) -> io::Result<()> {
        let at = self.parts.clock.lab_time(now);
        self.loss.get_or_insert_with(|| Loss { at, why: why.clone() });
        self.parts.stop.fail();
        self.tell(now, vec![why])
    }
}
