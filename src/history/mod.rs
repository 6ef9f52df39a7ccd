//! A run's events in memory, with its messages matched: which SEND each
//! RECEIVE comes from, and which messages were never received.
//!
//! It is made of what any reader says of the logs, line by line:
//!
//! ```
//! use labctl::model::event::MachineId;
//! use labctl::history::{History, MachineHistory};
//! use labctl::log::LogReader;
//! # use std::path::Path;
//! let logs = [
//!     "2026-03-05 12:46:04 | SEND | Clock: 1 | Sent to machine 2\n",
//!     "2026-03-05 12:46:05 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0\n",
//! ];
//! let machines = logs.iter().zip([MachineId(1), MachineId(2)]).map(|(text, id)| {
//!     let mut machine = MachineHistory::new(id, Path::new("log.txt"));
//!     let taken = LogReader::new(Some(id)).read(text.as_bytes(), |number, line| machine.see(number, line))?;
//!     machine.end_of_log(taken);
//!     Ok(machine)
//! });
//! let history = History::new(machines.collect::<std::io::Result<Vec<_>>>()?)?;
//! let receive = history.machines()[1].receive_ids().next().ok_or("none")?;
//! let send = history.source_of(receive).ok_or("not matched")?.send;
//! assert_eq!((send.machine, history.line(send)), (MachineId(1), 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An event takes at most 89 bytes, that of a RECEIVE with all there is to say;
//! an INTERNAL or a SEND takes 33. Ten million events, of which
//! 45 % are RECEIVE, take 0.6 GB.

mod column;
mod early;
mod machine;
mod matching;
#[cfg(test)]
pub(crate) mod tests;

pub use machine::MachineHistory;

use crate::log::Record;
use crate::model::event::{Kind, MachineId, Recipients};
use crate::text::numbers::by_count;
use matching::{Delivery, Origin};

/// One event of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    pub machine: MachineId,
    /// Its place among the machine's events, counted from 0.
    pub index: u32,
}

/// The SEND that a RECEIVE comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub send: EventId,
    pub certainty: Certainty,
}

/// Whether a match could be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The logs leave no other SEND.
    Certain,
    /// Several SENDs fit; this one keeps the order of each link.
    Ambiguous,
}

/// What the logs say of where a RECEIVE comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Matched(Match),
    /// The message of this SEND, which other RECEIVEs of this machine have used up.
    Repeated {
        send: EventId,
    },
    /// No SEND in the logs can be its source.
    Missing,
    /// The log says too little, or the sender's log is not here.
    Unknown,
}

/// Two logs claim to be of one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are two logs of machine {0} in one run; give each run a folder of its own")]
pub struct TwoLogsOfOneMachine(pub MachineId);

/// How the messages of a run could be matched; in messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub certain: u64,
    pub ambiguous: u64,
    pub repeated: u64,
    pub missing: u64,
    pub unknown: u64,
}

/// A run as its logs tell it.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In the order of their ids.
    machines: Vec<MachineHistory>,
    machine_count: u32,
    /// For each machine and each of its RECEIVEs.
    origins: Vec<Vec<Origin>>,
    /// For each machine, by its SENDs.
    deliveries: Vec<Vec<Delivery>>,
    /// By place, the machines that stamp messages before they increment; empty where
    /// none does.
    early: Vec<bool>,
    /// The logs were read while they were written.
    going_on: bool,
    /// The run's process died, and took with it what was not yet written.
    cut_short: bool,
}

impl History {
    /// Matches the messages of these machines, whose logs are read.
    ///
    /// A RECEIVE that says from whom comes from that machine's SEND of the same
    /// clock; otherwise from any machine's SEND to it of the same clock. Of
    /// several the order of each link decides, and then that of their stamps.
    /// Where a log does not say the message's clock, a jump of the receiver's
    /// clock by more than one tells it. Where that leaves RECEIVEs without a SEND, and
    /// messages that carry the clock before their SEND's increment explain most of
    /// them, they do.
    ///
    /// # Errors
    ///
    /// Two of them have the same id.
    pub fn new(mut machines: Vec<MachineHistory>) -> Result<History, TwoLogsOfOneMachine> {
        machines.sort_by_key(MachineHistory::id);
        if let Some(pair) = machines.windows(2).find(|pair| pair[0].id() == pair[1].id()) {
            return Err(TwoLogsOfOneMachine(pair[0].id()));
        }
        let reported = machines.iter().filter_map(|machine| machine.header()?.machines).max();
        let reported = reported.or_else(|| machines.iter().map(MachineHistory::machines_known).max());
        let machine_count = reported.unwrap_or(0).max(machines.len() as u32);
        let none = History { machines, machine_count, ..History::default() };
        let history = none.matched(Vec::new());
        Ok(match early::senders(&history) {
            Some(early) => history.rematched(early),
            None => history,
        })
    }

    /// The same, its messages matched, where machines at the places in `early` stamp
    /// them before they increment.
    fn matched(self, early: Vec<bool>) -> History {
        let origins = matching::match_all(&self.machines, self.machine_count, &early);
        let deliveries = matching::deliveries(&self.machines, &origins);
        History { origins, deliveries, early, ..self }
    }

    /// The same where that explains far more RECEIVEs, and otherwise as it was.
    fn rematched(mut self, early: Vec<bool>) -> History {
        let plain = (std::mem::take(&mut self.origins), std::mem::take(&mut self.deliveries));
        let tally = tally(&plain.0);
        let unexplained = |tally: Tally| tally.missing + tally.repeated;
        let trial = self.matched(early);
        if 2 * unexplained(trial.tally()) <= unexplained(tally) {
            return trial;
        }
        let (origins, deliveries) = plain;
        History { origins, deliveries, early: Vec::new(), ..trial }
    }

    /// The clock that a SEND's message carried: the SEND's own, unless its log says
    /// another or shows that its machine stamps messages before it increments.
    ///
    /// # Panics
    ///
    /// There is no such event.
    pub fn carried_clock(&self, send: EventId) -> u64 {
        let place = self.place(send.machine).expect("a machine of this history");
        let is_early = self.early.get(place).is_some_and(|early| *early);
        matching::carried(&self.machines[place], send.index, is_early)
    }

    /// The same, of a run of which is known whether it was going on while its
    /// logs were read.
    pub fn read_while(self, going_on: bool) -> History {
        History { going_on, ..self }
    }

    /// Whether more may follow in some log: each is written a little late, and
    /// some later than others.
    pub fn is_going_on(&self) -> bool {
        self.going_on && self.machines.iter().any(|machine| machine.end().is_none())
    }

    /// The same, of a run of which is known whether its process died before
    /// the run's end.
    pub fn left_by(self, cut_short: bool) -> History {
        History { cut_short, ..self }
    }

    /// Whether lines that were not yet written are lost at the end of some log.
    pub fn is_cut_short(&self) -> bool {
        self.cut_short && self.machines.iter().any(|machine| machine.end().is_none())
    }

    /// The machines whose logs are here, in the order of their ids.
    pub fn machines(&self) -> &[MachineHistory] {
        &self.machines
    }

    /// How many machines the run has: as a header says, or else as there are
    /// logs, or machines that those tell of.
    pub fn machine_count(&self) -> u32 {
        self.machine_count
    }

    /// Whether the logs of all machines are here.
    pub fn is_complete(&self) -> bool {
        self.machines.len() as u32 == self.machine_count
    }

    /// Why what no log shows may be in a log that is not here; none where the
    /// logs of all machines are.
    pub fn missing_logs(&self) -> Option<String> {
        let missing = self.machine_count - self.machines.len() as u32;
        let are = by_count(missing.into(), "is", "are");
        (!self.is_complete()).then(|| format!("{missing} of {} logs {are} not here", self.machine_count))
    }

    pub fn events(&self) -> u64 {
        self.machines.iter().map(|machine| machine.len() as u64).sum()
    }

    /// Whether all stamps are whole seconds, so that nothing smaller is known.
    pub fn is_in_whole_seconds(&self) -> bool {
        self.machines.iter().all(MachineHistory::is_in_whole_seconds)
    }

    /// The machine of this id, if its log is here.
    #[inline]
    pub fn machine(&self, id: MachineId) -> Option<&MachineHistory> {
        self.place(id).map(|place| &self.machines[place])
    }

    /// The place of this machine in [`History::machines`], if its log is here.
    #[inline]
    pub fn place(&self, id: MachineId) -> Option<usize> {
        place_of(&self.machines, id)
    }

    /// Everything the log says of an event.
    ///
    /// # Panics
    ///
    /// There is no such event.
    pub fn record(&self, event: EventId) -> Record {
        self.machines[self.place(event.machine).expect("a machine of this history")].record(event.index)
    }

    /// The event's line in its log, counted from 1.
    ///
    /// # Panics
    ///
    /// There is no such event.
    pub fn line(&self, event: EventId) -> u64 {
        self.machines[self.place(event.machine).expect("a machine of this history")].line(event.index)
    }

    /// What the logs say of where a RECEIVE comes from; `None` for other events.
    pub fn source(&self, receive: EventId) -> Option<Source> {
        let place = self.place(receive.machine)?;
        let receipt = self.machines[place].receipt(receive.index)?;
        Some(self.reported(self.origins[place][receipt]))
    }

    /// The SEND that a RECEIVE comes from, if it could be found.
    pub fn source_of(&self, receive: EventId) -> Option<Match> {
        match self.source(receive)? {
            Source::Matched(found) => Some(found),
            _ => None,
        }
    }

    fn reported(&self, origin: Origin) -> Source {
        let send = |place: u32, index| EventId { machine: self.machines[place as usize].id(), index };
        match origin {
            Origin::Certain { place, index } => {
                Source::Matched(Match { send: send(place, index), certainty: Certainty::Certain })
            }
            Origin::Ambiguous { place, index } => {
                Source::Matched(Match { send: send(place, index), certainty: Certainty::Ambiguous })
            }
            Origin::Repeated { place, index } => Source::Repeated { send: send(place, index) },
            Origin::Missing => Source::Missing,
            Origin::Unknown => Source::Unknown,
        }
    }

    /// The RECEIVEs of a SEND's messages, by receiver.
    pub fn receives_of(&self, send: EventId) -> impl Iterator<Item = EventId> {
        let deliveries = self.place(send.machine).map_or(&[][..], |place| &self.deliveries[place]);
        let first = deliveries.partition_point(|delivery| delivery.send < send.index);
        let of_send = deliveries[first..].iter().take_while(move |delivery| delivery.send == send.index);
        of_send.map(|delivery| EventId {
            machine: self.machines[delivery.receiver as usize].id(),
            index: delivery.receive,
        })
    }

    /// Messages that no log says were received, each with its SEND: they were
    /// still on their way or in a queue when the logs end, or were lost. SENDs that
    /// do not say to whom, and those to recipients without a log, are left out.
    pub fn never_received(&self) -> impl Iterator<Item = (EventId, MachineId)> {
        self.machines.iter().enumerate().flat_map(move |(place, machine)| {
            let sends = (0..machine.len() as u32).filter(|index| machine.kind(*index) == Kind::Send);
            sends.flat_map(move |index| {
                let send = EventId { machine: machine.id(), index };
                let lost = move |receiver: &usize| !self.is_received(place, index, *receiver);
                let receivers = self.receivers(place, index).filter(lost);
                receivers.map(move |receiver| (send, self.machines[receiver].id()))
            })
        })
    }

    fn is_received(&self, sender: usize, send: u32, receiver: usize) -> bool {
        let key = |delivery: &Delivery| (delivery.send, delivery.receiver as usize);
        self.deliveries[sender].binary_search_by_key(&(send, receiver), key).is_ok()
    }

    /// The machines with a log that a SEND reaches, where it says so.
    pub fn recipients(&self, send: EventId) -> impl Iterator<Item = MachineId> {
        let receivers = self.place(send.machine).map(|sender| self.receivers(sender, send.index));
        receivers.into_iter().flatten().map(|receiver| self.machines[receiver].id())
    }

    fn receivers(&self, sender: usize, send: u32) -> impl Iterator<Item = usize> {
        let to = self.machines[sender].to(send);
        let places = match to {
            Some(Recipients::One(only)) => self.place(only).map_or(0..0, |place| place..place + 1),
            Some(Recipients::Several(_) | Recipients::All) => 0..self.machines.len(),
            None => 0..0,
        };
        places.filter(move |place| match to {
            Some(Recipients::Several(some)) => some.contains(self.machines[*place].id()),
            Some(Recipients::All) => *place != sender,
            _ => true,
        })
    }

    /// How the messages could be matched.
    pub fn tally(&self) -> Tally {
        tally(&self.origins)
    }
}

fn tally(origins: &[Vec<Origin>]) -> Tally {
    let mut tally = Tally::default();
    for origin in origins.iter().flatten() {
        *match origin {
            Origin::Certain { .. } => &mut tally.certain,
            Origin::Ambiguous { .. } => &mut tally.ambiguous,
            Origin::Repeated { .. } => &mut tally.repeated,
            Origin::Missing => &mut tally.missing,
            Origin::Unknown => &mut tally.unknown,
        } += 1;
    }
    tally
}

impl MachineHistory {
    /// Its RECEIVEs, in the order of its log.
    pub fn receive_ids(&self) -> impl DoubleEndedIterator<Item = EventId> {
        self.receipts.events.iter().map(|index| EventId { machine: self.id(), index: *index })
    }
}

/// The place of a machine in a list by id; mostly machines are numbered from 1
/// without gaps.
#[inline]
fn place_of(machines: &[MachineHistory], id: MachineId) -> Option<usize> {
    let expected = id.index();
    if machines.get(expected).is_some_and(|machine| machine.id() == id) {
        return Some(expected);
    }
    machines.binary_search_by_key(&id, MachineHistory::id).ok()
}
