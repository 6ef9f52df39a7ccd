//! A run before its judges: its history, what is stated of it, and what
//! several rules ask of both.

use super::finding::Findings;
use super::{Place, Stated};
use crate::event::MachineId;
use crate::history::{EventId, History, MachineHistory, Source};
use crate::log::Record;

/// A run that is held against the rules.
pub(super) struct Case<'a> {
    pub history: &'a History,
    pub stated: Option<&'a Stated>,
    /// How much finer than this no stamp of the run is, in microseconds.
    pub resolution_us: i64,
}

const US_PER_S: i64 = 1_000_000;
/// Between a message's stamp and its way into the queue, and between a tick's
/// and the look into the queue, a busy host may let this much real time pass.
const HOST_SLACK_US: f64 = 100_000.0;
/// Two stamps, each cut to the microsecond.
const CUT_US: i64 = 2;

impl<'a> Case<'a> {
    pub fn new(history: &'a History, stated: Option<&'a Stated>) -> Case<'a> {
        let in_seconds = history.events() > 0 && history.is_in_whole_seconds();
        Case { history, stated, resolution_us: if in_seconds { US_PER_S } else { 1 } }
    }

    /// Where no message is matched beyond doubt, nothing can be told of any.
    pub fn doubt_matches(&self, findings: &mut Findings) {
        let tally = self.history.tally();
        if tally.certain == 0 && tally.ambiguous + tally.unknown > 0 {
            findings.unknown("no RECEIVE can be matched with its SEND beyond doubt");
        }
    }

    /// Whether the SEND of a RECEIVE may be in what is not yet written of a run
    /// that is going on: a log that has come beyond the message's clock holds it.
    pub fn may_still_be_logged(&self, receive: EventId) -> bool {
        let record = self.record(receive);
        let may_send = |machine: &&MachineHistory| match record.from {
            Some(from) => machine.id() == from,
            None => machine.id() != receive.machine,
        };
        let is_behind = |machine: &MachineHistory| {
            let reached = (machine.len() as u32).checked_sub(1).map_or(0, |last| machine.clock(last));
            machine.end().is_none() && record.message_clock.is_none_or(|clock| reached <= clock)
        };
        self.history.is_going_on() && self.machines().iter().filter(may_send).any(is_behind)
    }

    /// All machines.
    pub fn machines(&self) -> &'a [MachineHistory] {
        self.history.machines()
    }

    /// Stamps within this of each other may stand for either order.
    pub fn slack_us(&self, machine: &MachineHistory) -> i64 {
        if self.stated.is_some_and(|stated| stated.simulated) {
            return CUT_US;
        }
        let speedup = machine.header().and_then(|header| header.speedup).unwrap_or(1.0);
        let slack = (HOST_SLACK_US * speedup.max(1.0)) as i64;
        slack.max(self.resolution_us)
    }

    pub fn record(&self, event: EventId) -> Record {
        self.history.record(event)
    }

    pub fn place(&self, event: EventId) -> Place {
        Place { machine: event.machine, line: self.history.line(event) }
    }

    /// Every RECEIVE of the machine, and where it comes from.
    pub fn sources(&self, machine: &'a MachineHistory) -> impl Iterator<Item = (EventId, Source)> {
        let source = |receive| Some((receive, self.history.source(receive)?));
        machine.receive_ids().filter_map(source)
    }
}

/// A place in the log of a machine.
pub(super) fn at(machine: &MachineHistory, index: u32) -> Place {
    Place { machine: machine.id(), line: machine.line(index) }
}

/// The header's line, or the log as a whole.
pub(super) fn at_header(machine: &MachineHistory) -> u64 {
    machine.header_line().unwrap_or(0)
}

/// `machine 2`, `machines 2 and 3`, or of many only how many.
pub(super) fn named(machines: &[MachineId]) -> String {
    const NAMED: usize = 8;
    match machines {
        [one] => format!("machine {one}"),
        [first @ .., last] if first.len() < NAMED => {
            let first: Vec<String> = first.iter().map(MachineId::to_string).collect();
            format!("machines {} and {last}", first.join(", "))
        }
        many => format!("{} other machines", many.len()),
    }
}
