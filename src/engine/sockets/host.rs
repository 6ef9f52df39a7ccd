//! The host: where one machine meets real time, its connections and its log.
//! Everything the machine decides takes effect here and nowhere else.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::inbox::Inbox;
use super::link::{Link, Trouble};
use super::pace::{LabClock, Moment, wake_this_thread_exactly};
use crate::engine::{Gauges, Notice, Observer, Schedule, StopSwitch};
use crate::event::{Action, Event, MachineId, Message, Recipients};
use crate::log::{End, EndReason, LogWriter, Stamp};
use crate::machine::Machine;
use crate::random::Delays;
use crate::spec::DelayAt;
use crate::time::LabTime;

/// Longest sleep, so that a stop is heard soon.
const NAP_MAX: Duration = Duration::from_millis(100);
/// Sleep while a connection cannot take what it should.
const BACKLOG_NAP: Duration = Duration::from_millis(1);
/// Sleep while a peer reads more slowly than this machine sends.
const PATIENCE_NAP: Duration = Duration::from_micros(50);
/// How old a log line may get before the file has it.
const LOG_AGE_MAX: Duration = Duration::from_millis(400);
/// Ticks served between two flushes while the machine is behind.
const TICKS_A_FLUSH: u32 = 256;
/// How long to wait for the peers' last messages.
const END_PATIENCE: Duration = Duration::from_secs(5);
/// How long a foreign connection must be quiet to count as empty.
const FOREIGN_QUIET: Duration = Duration::from_millis(200);

/// Everything one machine needs to run.
pub struct Host<W: Write> {
    pub machine: Machine,
    /// One link a peer, in the order of their ids.
    pub links: Vec<Link>,
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

/// The host's own books, next to the machine's.
#[derive(Default)]
struct Books {
    served: u64,
    lost: u64,
    received: u64,
    log_age_from: Option<Moment>,
    arrivals: Vec<Message>,
    notices: Vec<String>,
}

impl<W: Write> Host<W> {
    /// Runs the machine from its first tick to the record of its end.
    ///
    /// # Errors
    ///
    /// The log could not be written.
    pub fn run(mut self) -> io::Result<End> {
        wake_this_thread_exactly();
        let mut books = Books::default();
        let reason = self.tick_until_the_end(&mut books)?;
        // Waiting for the last messages is no time to tick in.
        let run_time = self.clock.now().min(self.schedule.duration);
        self.collect_what_is_in_flight(&mut books)?;
        let end = self.ending(&books, run_time, reason);
        self.log.end(&end)?;
        Ok(end)
    }

    fn tick_until_the_end(&mut self, books: &mut Books) -> io::Result<EndReason> {
        let period = self.schedule.period();
        let mut unflushed = 0;
        loop {
            let deadline = self.schedule.deadline(self.machine.ticks() + 1);
            if deadline > self.schedule.duration {
                let woken = self.sleep_until(self.schedule.duration, books)?;
                return Ok(woken.err().unwrap_or(EndReason::Completed));
            }
            let mut now = self.clock.now();
            if now < deadline {
                unflushed = 0;
                match self.sleep_until(deadline, books)? {
                    Ok(woken) => now = woken,
                    Err(reason) => return Ok(reason),
                }
            } else {
                unflushed += 1;
                if unflushed == TICKS_A_FLUSH {
                    unflushed = 0;
                    if let Some(reason) = self.catch_breath(now, books)? {
                        return Ok(reason);
                    }
                }
            }
            let too_late = now > self.schedule.duration && now - deadline >= period;
            if too_late {
                return Ok(EndReason::Completed);
            }
            self.serve_tick(now, books)?;
        }
    }

    #[inline]
    fn serve_tick(&mut self, now: LabTime, books: &mut Books) -> io::Result<()> {
        self.take_mail(now, books)?;
        let mut busy_until = now;
        for event in self.machine.tick() {
            self.log.event(now, &event)?;
            match event.action {
                Action::Send(recipients) => self.send(&event, recipients, &mut busy_until)?,
                Action::Receive { .. } => books.received += 1,
                Action::Internal => {}
            }
        }
        books.served += 1;
        if let Some(gauge) = self.gauges.machine(self.machine.id()) {
            gauge.set(self.machine.clock(), self.machine.queue_length(), books.served);
        }
        if busy_until > now {
            let due = self.schedule.due(busy_until.min(self.schedule.duration));
            let lost = due.saturating_sub(self.machine.ticks());
            self.machine.lose_ticks(lost);
            books.lost += lost;
        }
        Ok(())
    }

    #[inline]
    fn take_mail(&mut self, now: LabTime, books: &mut Books) -> io::Result<()> {
        self.inbox.empty_into(&mut books.arrivals, &mut books.notices);
        for message in books.arrivals.drain(..) {
            self.machine.deliver(message);
        }
        if books.notices.is_empty() { Ok(()) } else { self.tell(now, mem::take(&mut books.notices)) }
    }

    /// The one place where a decision to send takes effect.
    #[inline]
    fn send(&mut self, event: &Event, recipients: Recipients, busy_until: &mut LabTime) -> io::Result<()> {
        let own = self.machine.id();
        let chosen = match recipients {
            Recipients::All => 0..self.links.len(),
            Recipients::One(peer) => {
                let at = peer.index() - usize::from(peer > own);
                at..at + 1
            }
        };
        for at in chosen {
            if !self.delayed {
                self.links[at].send(event.clock);
                continue;
            }
            let delay = self.delays.next_delay();
            match self.delay_at {
                DelayAt::Link => {
                    let release = self.clock.now() + delay;
                    self.links[at].send_later(release, event.clock);
                }
                DelayAt::Sender => {
                    *busy_until = *busy_until + delay;
                    self.sleep_in_tick(*busy_until);
                    self.links[at].send(event.clock);
                    self.flush_links()?;
                }
            }
        }
        Ok(())
    }

    /// Sleeps inside a tick, deaf to everything but the end of the run.
    fn sleep_in_tick(&self, until: LabTime) {
        let until = self.clock.moment(until.min(self.schedule.duration));
        while self.stop.reason().is_none() && Moment::now() < until {
            Moment::now().after(NAP_MAX).min(until).sleep();
        }
    }

    /// Waits for `deadline`, letting go on the way what is in flight. Gives the
    /// lab time of waking, or the reason to stop.
    fn sleep_until(
        &mut self,
        deadline: LabTime,
        books: &mut Books,
    ) -> io::Result<Result<LabTime, EndReason>> {
        loop {
            if let Some(reason) = self.stop.reason() {
                return Ok(Err(reason));
            }
            let now = self.clock.now();
            self.release_until(now);
            self.flush_links()?;
            if now >= deadline {
                return Ok(Ok(now));
            }
            self.gauges.reach(now.0);
            let next = self.next_release().map_or(deadline, |release| release.min(deadline));
            let mut wake = self.clock.moment(next);
            self.keep_log_young(wake, books)?;
            let nap =
                if self.links.iter().any(|link| link.backlog_bytes() > 0) { BACKLOG_NAP } else { NAP_MAX };
            wake = wake.min(Moment::now().after(nap));
            wake.sleep();
        }
    }

    /// What must be done now and then while the machine is behind.
    fn catch_breath(&mut self, now: LabTime, books: &mut Books) -> io::Result<Option<EndReason>> {
        self.gauges.reach(now.0);
        self.release_until(now);
        self.flush_links()?;
        self.keep_log_young(Moment::now(), books)?;
        while self.links.iter().any(Link::wants_patience) && self.stop.reason().is_none() {
            Moment::now().after(PATIENCE_NAP).sleep();
            self.flush_links()?;
        }
        Ok(self.stop.reason())
    }

    /// Hands the log to its file before its lines get too old.
    fn keep_log_young(&mut self, wake: Moment, books: &mut Books) -> io::Result<()> {
        if !self.log.has_unwritten() {
            books.log_age_from = None;
            return Ok(());
        }
        let since = *books.log_age_from.get_or_insert_with(Moment::now);
        if wake.since(since) < LOG_AGE_MAX {
            return Ok(());
        }
        books.log_age_from = None;
        self.log.flush()
    }

    fn release_until(&mut self, now: LabTime) {
        if self.delayed {
            self.links.iter_mut().for_each(|link| link.release_until(now));
        }
    }

    fn next_release(&self) -> Option<LabTime> {
        if !self.delayed {
            return None;
        }
        self.links.iter().filter_map(Link::next_release).min()
    }

    fn flush_links(&mut self) -> io::Result<()> {
        let mut troubles = Vec::new();
        for link in &mut self.links {
            if let Err(trouble) = link.flush() {
                troubles.push(describe(link.peer, &trouble));
            }
        }
        if troubles.is_empty() { Ok(()) } else { self.tell(self.clock.now(), troubles) }
    }

    /// What went wrong goes into the log at once, and to whoever watches.
    #[cold]
    fn tell(&mut self, now: LabTime, texts: Vec<String>) -> io::Result<()> {
        for text in texts {
            self.log.error(now, self.machine.clock(), &text)?;
            (self.observer)(Notice { machine: self.machine.id(), text });
        }
        self.log.flush()
    }

    /// The machine has stopped ticking; every message still on its way is
    /// waited for and left in the queue, so that all are accounted for.
    fn collect_what_is_in_flight(&mut self, books: &mut Books) -> io::Result<()> {
        self.links.iter_mut().for_each(Link::end);
        let patience_ends = Moment::now().after(END_PATIENCE);
        loop {
            self.flush_links()?;
            let open = self.inbox.wait_for_ends(&self.labctl_peers, BACKLOG_NAP);
            let unsent = self.links.iter().any(|link| link.backlog_bytes() > 0);
            if open.is_empty() && !unsent {
                break;
            }
            if Moment::now() > patience_ends {
                let named = |id: &MachineId| {
                    format!("machine {id} did not tell its end; its last messages may be missing")
                };
                self.tell(self.clock.now(), open.iter().map(named).collect())?;
                break;
            }
        }
        if self.has_foreign_peers {
            self.wait_for_quiet(books)?;
        }
        let short = self.inbox.shortfalls().into_iter().map(|(peer, sent, received)| {
            format!("machine {peer} sent {sent} messages here and {received} came in")
        });
        self.tell_if_any(short.collect())?;
        let now = self.clock.now();
        self.take_mail(now, books)
    }

    fn wait_for_quiet(&mut self, books: &mut Books) -> io::Result<()> {
        let mut before = u64::MAX;
        while before != self.machine.queue_length() {
            before = self.machine.queue_length();
            Moment::now().after(FOREIGN_QUIET).sleep();
            self.take_mail(self.clock.now(), books)?;
        }
        Ok(())
    }

    fn tell_if_any(&mut self, texts: Vec<String>) -> io::Result<()> {
        if texts.is_empty() { Ok(()) } else { self.tell(self.clock.now(), texts) }
    }

    fn ending(&self, books: &Books, run_time: LabTime, reason: EndReason) -> End {
        let now = self.clock.now();
        if let Some(gauge) = self.gauges.machine(self.machine.id()) {
            gauge.set(self.machine.clock(), self.machine.queue_length(), books.served);
        }
        End {
            stamp: self.start.at(now.max(self.schedule.deadline(self.machine.ticks()))),
            clock: self.machine.clock(),
            queue_length: self.machine.queue_length(),
            ticks: books.served,
            lost_ticks: books.lost,
            sent: self.links.iter().map(Link::sent).sum(),
            received: books.received,
            run_time,
            reason,
        }
    }
}

fn describe(peer: MachineId, trouble: &Trouble) -> String {
    match trouble {
        Trouble::Stalled { unsent_bytes } => format!(
            "machine {peer} has read nothing for a second; {unsent_bytes} bytes wait for it here, and this machine goes on"
        ),
        Trouble::GivenUp { unsent_bytes } => format!(
            "machine {peer} does not read: its connection is given up with {unsent_bytes} bytes unsent"
        ),
        Trouble::Broken(error) => format!("machine {peer} cannot be reached any more: {error}"),
    }
}
