//! From a decision to send to the connection: at once, after a delay on the
//! link, or after one that the machine sleeps through. The log's lines go first.

use std::io::{self, Write};
use std::time::Duration;

use super::{Driver, Next, Phase};
use crate::engine::sockets::link::{Connection, Link, Trouble};
use crate::engine::sockets::pace::MonotonicTime;
use crate::model::delay::DelayAt;
use crate::model::event::{Event, Recipients};
use crate::model::time::LabTime;

/// Sleep while a connection cannot take what it should.
pub(super) const BACKLOG_NAP: Duration = Duration::from_millis(1);

/// A message that leaves at this time by this link.
pub(super) struct Departure {
    at: LabTime,
    link: usize,
    clock: u64,
}

impl<C: Connection, W: Write> Driver<C, W> {
    /// The one place where a decision to send takes effect.
    #[inline]
    pub(super) fn send(&mut self, event: &Event, recipients: Recipients, time: LabTime) {
        let own = self.parts.machine.id();
        let machines = self.parts.links.len() as u32 + 1;
        let chosen = recipients.ids(own, machines).map(|peer| peer.index() - usize::from(peer > own));
        for link in chosen {
            if !self.parts.delayed {
                self.parts.links[link].send(event.clock);
                continue;
            }
            let delay = self.parts.delays.next_delay();
            match self.parts.delay_at {
                DelayAt::Link => self.parts.links[link].send_later(time + delay, event.clock),
                DelayAt::Sender => {
                    self.busy_until = self.busy_until + delay;
                    let at = self.busy_until.min(self.parts.schedule.duration);
                    self.departures.push_back(Departure { at, link, clock: event.clock });
                }
            }
        }
    }

    /// Asleep inside a tick, and deaf to all but the end of the run.
    pub(super) fn sleep_in_tick(&mut self, now: MonotonicTime) -> io::Result<Next> {
        let time = self.parts.clock.lab_time(now);
        let is_stopped = self.parts.stop.reason().is_some();
        while let Some(departure) = self.departures.front()
            && (is_stopped || departure.at <= time)
        {
            self.parts.links[departure.link].send(departure.clock);
            self.departures.pop_front();
        }
        self.flush(now)?;
        self.take_arrived(now, time)?;
        if let Some(next) = self.departures.front() {
            return Ok(Next::Sleep(self.wake(now, next.at)));
        }
        let slept_until = if is_stopped { self.busy_until.min(time) } else { self.busy_until };
        let due = self.parts.schedule.due(slept_until.min(self.parts.schedule.duration));
        let lost = due.saturating_sub(self.parts.machine.ticks());
        self.parts.machine.lose_ticks(lost);
        self.lost += lost;
        self.phase = Phase::Ticking;
        Ok(Next::Again)
    }

    pub(super) fn release_until(&mut self, time: LabTime) {
        if self.parts.delayed {
            self.parts.links.iter_mut().for_each(|link| link.release_until(time));
        }
    }

    pub(super) fn next_release(&self) -> Option<LabTime> {
        if !self.parts.delayed {
            return None;
        }
        self.parts.links.iter().filter_map(Link::next_release).min()
    }

    /// Hands the log to its file, then the messages to their connections. Says
    /// whether there were any.
    pub(super) fn flush(&mut self, now: MonotonicTime) -> io::Result<bool> {
        if self.parts.links.iter().all(|link| link.backlog_bytes() == 0) {
            return Ok(false);
        }
        self.flush_log()?;
        let mut troubles = Vec::new();
        for link in &mut self.parts.links {
            if let Err(trouble) = link.flush(now) {
                troubles.push((link.peer, trouble));
            }
        }
        for (peer, trouble) in troubles {
            let text = trouble.of(peer);
            // A peer that has sent its end needs nothing more.
            let is_loss = !matches!(trouble, Trouble::Stalled { .. })
                && self.parts.labctl_peers.contains(&peer)
                && !self.parts.inbox.has_ended(peer);
            if is_loss { self.lose(now, text)? } else { self.tell(now, vec![text])? }
        }
        Ok(true)
    }
}
