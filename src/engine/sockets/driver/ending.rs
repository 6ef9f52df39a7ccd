//! The end of a machine: no more ticks, and every message still on its way is
//! waited for and left in the queue, so that all are accounted for.

use std::io::{self, Write};
use std::time::Duration;

use super::sending::BACKLOG_NAP;
use super::{Driver, Next, Phase};
use crate::engine::sockets::link::{Connection, Link};
use crate::engine::sockets::pace::MonotonicTime;
use crate::log::{End, EndReason};
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// How long to wait for the peers' last messages.
pub const END_PATIENCE: Duration = Duration::from_secs(5);
/// The same after somebody has asked to stop while this machine waited.
const STOPPED_PATIENCE: Duration = Duration::from_secs(1);
/// How long a foreign connection must be quiet to count as empty.
const FOREIGN_QUIET: Duration = Duration::from_millis(200);
/// How long to wait for that quiet, in a completed run and in a stopped one.
pub const FOREIGN_PATIENCE: Duration = Duration::from_secs(2);
const FOREIGN_STOPPED_PATIENCE: Duration = Duration::from_millis(400);

#[derive(Clone, Copy)]
pub(super) struct Ending {
    reason: EndReason,
    /// Waiting for the last messages is no time to tick in.
    run_time: LabTime,
    patience_ends: MonotonicTime,
    is_hurried: bool,
    /// When a foreign machine was last heard, once the others have ended.
    foreign_heard: Option<MonotonicTime>,
}

impl<C: Connection, W: Write> Driver<C, W> {
    #[cold]
    pub(super) fn begin_to_end(&mut self, now: MonotonicTime, time: LabTime, reason: EndReason) -> Next {
        self.parts.links.iter_mut().for_each(Link::end);
        self.phase = Phase::Ending(Ending {
            reason,
            run_time: time.min(self.parts.schedule.duration),
            patience_ends: now.after(END_PATIENCE),
            is_hurried: reason != EndReason::Completed,
            foreign_heard: None,
        });
        Next::Again
    }

    /// The machine has stopped ticking; every message still on its way is
    /// waited for and left in the queue, so that all are accounted for.
    pub(super) fn collect(&mut self, now: MonotonicTime, mut ending: Ending) -> io::Result<Next> {
        self.flush(now)?;
        // What a peer sent before its end is in the inbox when its end is.
        let open = self.parts.inbox.open(&self.parts.labctl_peers);
        let queued = self.parts.machine.queue_length();
        self.take_arrived(now, self.parts.clock.lab_time(now))?;
        if !ending.is_hurried && self.parts.stop.reason().is_some() {
            ending.is_hurried = true;
            let patience =
                if ending.foreign_heard.is_some() { FOREIGN_STOPPED_PATIENCE } else { STOPPED_PATIENCE };
            ending.patience_ends = ending.patience_ends.min(now.after(patience));
        }
        let is_over = if let Some(heard) = ending.foreign_heard {
            let heard = if self.parts.machine.queue_length() > queued { now } else { heard };
            ending.foreign_heard = Some(heard);
            now.since(heard) >= FOREIGN_QUIET || self.foreign_goes_on(now, &ending)?
        } else {
            let unsent = self.parts.links.iter().any(|link| link.backlog_bytes() > 0);
            let have_ended = open.is_empty() && !unsent || self.peers_go_on(now, &ending, &open)?;
            if have_ended && self.parts.has_foreign_peers {
                let patience = if ending.is_hurried { FOREIGN_STOPPED_PATIENCE } else { FOREIGN_PATIENCE };
                ending.patience_ends = now.after(patience);
                ending.foreign_heard = Some(now);
            }
            have_ended && !self.parts.has_foreign_peers
        };
        if is_over {
            return self.end(now, &ending);
        }
        self.phase = Phase::Ending(ending);
        Ok(Next::Listen(now.after(BACKLOG_NAP)))
    }

    /// Whether peers have had their time to tell their end, and did not.
    fn peers_go_on(&mut self, now: MonotonicTime, ending: &Ending, open: &[MachineId]) -> io::Result<bool> {
        if now < ending.patience_ends {
            return Ok(false);
        }
        for peer in open {
            let text = format!("machine {peer} did not tell its end; its last messages may be missing");
            self.lose(now, text)?;
        }
        Ok(true)
    }

    fn foreign_goes_on(&mut self, now: MonotonicTime, ending: &Ending) -> io::Result<bool> {
        if now < ending.patience_ends {
            return Ok(false);
        }
        let text = "a foreign machine is still sending after the end of the run; it is heard no more";
        self.tell(now, vec![text.to_owned()])?;
        Ok(true)
    }

    fn end(&mut self, now: MonotonicTime, ending: &Ending) -> io::Result<Next> {
        self.take_arrived(now, self.parts.clock.lab_time(now))?;
        for (peer, sent, received) in self.parts.inbox.shortfalls() {
            self.lose(now, format!("machine {peer} sent {sent} messages here and {received} came in"))?;
        }
        let unsent: Vec<_> = self.parts.links.iter().filter(|link| link.unsent() > 0).collect();
        let texts = unsent.iter().map(|link| {
            format!("of {} messages for machine {}, {} were not sent", link.sent(), link.peer, link.unsent())
        });
        let (is_loss, texts): (bool, Vec<String>) =
            (unsent.iter().any(|link| self.parts.labctl_peers.contains(&link.peer)), texts.collect());
        for text in texts {
            if is_loss { self.lose(now, text)? } else { self.tell(now, vec![text])? }
        }
        self.show();
        let time = self.parts.clock.lab_time(now);
        let machine = &self.parts.machine;
        let end = End {
            stamp: self.parts.start.at(time.max(self.parts.schedule.deadline(machine.ticks()))),
            clock: machine.clock(),
            queue_length: machine.queue_length(),
            ticks: self.served,
            lost_ticks: self.lost,
            sent: self.parts.links.iter().map(Link::sent).sum(),
            received: self.received,
            run_time: ending.run_time,
            reason: if self.loss.is_some() { EndReason::Failed } else { ending.reason },
        };
        self.parts.log.end(&end)?;
        Ok(Next::Over(end))
    }
}
