//! A run before its judges: its history, what is declared of it, and what
//! several rules ask of both.

use super::finding::{CUT_SHORT, Findings, GOING_ON};
use super::habits::Habits;
use super::times::{Times, Trust};
use super::{DeclaredParams, Place};
use crate::history::{EventId, History, MachineHistory, Source};
use crate::log::Record;
use crate::model::event::MachineId;

/// A run that is checked against the rules.
pub(super) struct Context<'a> {
    pub history: &'a History,
    pub declared: Option<&'a DeclaredParams>,
    /// How far the stamps of each machine may be trusted, by place.
    trusts: Vec<Trust>,
    /// How its logs are written.
    pub habits: Habits,
    /// What they tell of the clocks that made them.
    pub times: Times,
}

const US_PER_S: i64 = 1_000_000;
/// Between a message's stamp and its way into the queue, and between a tick's
/// and the look into the queue, a busy host may let this much real time pass.
const HOST_SLACK_US: f64 = 100_000.0;
/// Two stamps, each cut to the microsecond.
pub(super) const CUT_US: i64 = 2;

impl<'a> Context<'a> {
    pub fn new(history: &'a History, declared: Option<&'a DeclaredParams>) -> Context<'a> {
        let trusts: Vec<Trust> =
            history.machines().iter().map(|machine| trust(history, machine, declared)).collect();
        let times = Times::of(history, &trusts);
        Context { history, declared, habits: Habits::of(history), trusts, times }
    }

    /// How far the stamps of a machine may be trusted.
    pub fn trust(&self, machine: &MachineHistory) -> Trust {
        let place = self.history.place(machine.id());
        place.map_or(Trust { slack_us: 0, exact_us: None, resolution_us: 1 }, |place| self.trusts[place])
    }

    /// Whether a machine is written by somebody else, among labctl's.
    pub fn is_foreign(&self, machine: &MachineHistory) -> bool {
        is_foreign(self.history, machine, self.declared)
    }

    /// Where no message is matched beyond doubt, nothing can be said of any.
    pub fn doubt_matches(&self, findings: &mut Findings) {
        let tally = self.history.tally();
        if tally.certain == 0 && tally.ambiguous + tally.unknown > 0 {
            findings.unknown("no RECEIVE can be matched with its SEND beyond doubt");
        }
    }

    /// Why more may have happened than the logs have: the run is going on, or
    /// its process died before it had written all.
    pub fn unwritten(&self) -> Option<&'static str> {
        match (self.history.is_going_on(), self.history.is_cut_short()) {
            (true, _) => Some(GOING_ON),
            (_, true) => Some(CUT_SHORT),
            _ => None,
        }
    }

    /// Why the SEND of a RECEIVE may be in what was not written of a run that is
    /// going on, or was cut short: a log that has come beyond the message's clock
    /// would hold it.
    pub fn send_unwritten(&self, receive: EventId) -> Option<&'static str> {
        let record = self.record(receive);
        let may_send = |machine: &&MachineHistory| match record.from {
            Some(from) => machine.id() == from,
            None => machine.id() != receive.machine,
        };
        let is_behind = |machine: &MachineHistory| {
            let reached = (machine.len() as u32).checked_sub(1).map_or(0, |last| machine.clock(last));
            machine.end().is_none() && record.message_clock.is_none_or(|clock| reached <= clock)
        };
        self.unwritten().filter(|_| self.machines().iter().filter(may_send).any(is_behind))
    }

    /// All machines.
    pub fn machines(&self) -> &'a [MachineHistory] {
        self.history.machines()
    }

    /// When an event happened, by the clock of most machines; in microseconds.
    pub fn time_us(&self, event: EventId) -> i64 {
        let Some(place) = self.history.place(event.machine) else { return 0 };
        let stamp_us = self.machines()[place].stamp(event.index).0;
        stamp_us.saturating_sub(self.times.off_us(place, event.index))
    }

    /// When the first and the last event of a machine happened, by its log's
    /// order; in microseconds.
    pub fn ends_us(&self, machine: &MachineHistory) -> Option<(i64, i64)> {
        let last = (machine.len() as u32).checked_sub(1)?;
        let time = |index| self.time_us(EventId { machine: machine.id(), index });
        Some((time(0), time(last)))
    }

    /// Where stamps may be off by more than half of the run, they show no order:
    /// why a rule that rests on them cannot tell.
    pub fn doubt_stamps(&self, findings: &mut Findings) {
        let ends = || self.machines().iter().filter_map(|machine| self.ends_us(machine));
        let first = ends().map(|(first, _)| first).min();
        let last = ends().map(|(_, last)| last).max();
        let Some(span_us) = first.zip(last).map(|(first, last)| last.saturating_sub(first)) else { return };
        let slack_us = self.trusts.iter().map(|trust| trust.slack_us).max().unwrap_or(0);
        if slack_us > CUT_US && slack_us > span_us / 2 {
            findings.unknown(format!(
                "a busy host's stamps may be off by {}, and all events lie within {}",
                seconds(slack_us),
                seconds(span_us)
            ));
        }
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

/// As the spec says, or else as a header shows, which has no phase where those of all
/// logs with a record of the end have one.
fn is_foreign(history: &History, machine: &MachineHistory, declared: Option<&DeclaredParams>) -> bool {
    if let Some(spec) = declared.and_then(|declared| declared.spec.as_ref()) {
        return spec.machines.get(machine.id().index()).is_some_and(|machine| machine.foreign);
    }
    let says_phase = |machine: &MachineHistory| machine.header().is_some_and(|header| header.phase.is_some());
    let mut ended = history.machines().iter().filter(|machine| machine.end().is_some());
    machine.header().is_some() && !says_phase(machine) && ended.all(says_phase)
}

/// Each log has a resolution of its own.
fn trust(history: &History, machine: &MachineHistory, declared: Option<&DeclaredParams>) -> Trust {
    let in_seconds = !machine.is_empty() && machine.is_in_whole_seconds();
    let resolution_us = if in_seconds { US_PER_S } else { 1 };
    if declared.is_some_and(|declared| declared.simulated) {
        return Trust { slack_us: CUT_US, exact_us: Some(CUT_US), resolution_us };
    }
    let slack_us = ((HOST_SLACK_US * speedup(history, declared).max(1.0)) as i64).max(resolution_us);
    let is_ours = !in_seconds && !is_foreign(history, machine, declared);
    let exact_us = declared.filter(|declared| declared.one_clock && is_ours).map(|_| CUT_US);
    Trust { slack_us, exact_us, resolution_us }
}

/// As it is declared, or as most headers have it.
fn speedup(history: &History, declared: Option<&DeclaredParams>) -> f64 {
    let said = history.machines().iter().filter_map(|machine| machine.header()?.speedup);
    let mut said: Vec<f64> = said.collect();
    said.sort_unstable_by(f64::total_cmp);
    let usual = said.len().checked_sub(1).map(|last| said[last / 2]);
    declared.map(|declared| declared.speedup).or(usual).unwrap_or(1.0)
}

/// A time as a person reads it: `3600 s`, `2.5 s`, `0.000042 s`.
pub(super) fn seconds(us: i64) -> String {
    let s = us as f64 / 1e6;
    match us.unsigned_abs() {
        0..1_000_000 => format!("{s:.6} s"),
        1_000_000..100_000_000 => format!("{s:.3} s"),
        _ => format!("{s:.0} s"),
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
