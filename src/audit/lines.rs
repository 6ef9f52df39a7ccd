//! Rules about the lines of each log: that they can be read, that there is one
//! header, that none is missing at the end.

use super::context::{Context, at, named};
use super::finding::{Findings, GOING_ON};
use super::{Evidence, Place, Rule};
use crate::history::MachineHistory;
use crate::log::{FaultKind, LogFault};
use crate::model::event::MachineId;

pub(super) static LINES_READABLE: Rule = Rule {
    id: "lines-readable",
    rests_on: Evidence::Files,
    reason: "every line says something that a log can say",
    page: "\
A line that cannot be read is an event that may be missing from every number and every chart. It is
counted and shown, never skipped in silence.

A line that can be read once its stray characters are left out is taken, and reported as mistyped: somebody,
or some editor, has been at the log by hand. Line ends of Windows, a byte order mark and empty lines
are harmless.

Broken by: typing into a log, saving it in another encoding, two programs writing to one file, print
statements left in a machine.",
    check: |context, findings| {
        tell_faults(context, findings, |kind| {
            matches!(kind, FaultKind::Unmatched { .. } | FaultKind::Mistyped { .. })
        });
        for machine in context.machines() {
            findings.add_uncounted(machine.id(), machine.left_out());
        }
    },
};

pub(super) static ONE_HEADER: Rule = Rule {
    id: "one-header",
    rests_on: Evidence::Files,
    reason: "a log has one header, and it names the machine that its file names",
    page: "\
A second header means a second start: the machine was started again in the middle of the run, a new run
was appended to an old log, or lines were copied from another one. Of several headers before the first
event the last one holds.

A header that names another machine than the file does means that a log was renamed or copied into the
wrong place; then every message is counted for the wrong machine.",
    check: |context, findings| {
        tell_faults(context, findings, |kind| matches!(kind, FaultKind::SecondHeader { .. }));
        for machine in context.machines() {
            for LogFault { line, kind } in &machine.stats().faults {
                let FaultKind::OtherMachine { header, file } = kind else { continue };
                findings.add(machine.id(), *line, || match exchanged_with(context, *header, *file) {
                    Some(other) => (format!("{kind}; the two files are exchanged"), vec![other]),
                    None => (kind.to_string(), Vec::new()),
                });
            }
        }
    },
};

/// Where the log of machine `header` says that it is machine `file`'s.
fn exchanged_with(context: &Context<'_>, header: MachineId, file: MachineId) -> Option<Place> {
    let crossed = FaultKind::OtherMachine { header: file, file: header };
    let other = context.history.machine(header)?;
    let fault = other.stats().faults.iter().find(|fault| fault.kind == crossed)?;
    Some(Place { machine: header, line: fault.line })
}

fn tell_faults(context: &Context<'_>, findings: &mut Findings, is_ours: impl Fn(&FaultKind) -> bool) {
    for machine in context.machines() {
        let taken = machine.stats();
        for LogFault { line, kind } in taken.faults.iter().filter(|fault| is_ours(&fault.kind)) {
            findings.add(machine.id(), *line, || (kind.to_string(), Vec::new()));
        }
        for (_, count) in taken.faults_left_out.iter().filter(|(kind, _)| is_ours(kind)) {
            findings.add_uncounted(machine.id(), *count);
        }
    }
}

pub(super) static LOG_WHOLE: Rule = Rule {
    id: "log-whole",
    rests_on: Evidence::Files,
    reason: "no log is cut short",
    page: "\
A log that lacks its end makes its machine slower, its clock smaller and its messages fewer than they
were. Three things show it: the file ends inside a line; the record of the end (END), which the other
logs of the run or the format itself promise, is not there; the log stops well before the others.

Logs that stop within three seconds and three ticks of each other are taken to end together: machines
are stopped one after the other. So is a log that has been silent as long before: its machine sleeps in
its ticks. A log without any event is missed where the others go on for longer.

Without records of the end nobody can tell whether all logs were cut alike, and the verdict says so. Programs
written by somebody else keep none, and none is missed of them.
A run that is going on has not come to its end; one whose process was killed is found cut. Clocks of hosts
that differ are allowed for (see `host-clocks`).

Broken by: a machine that died or was killed, a disk that was full, a log that was shortened by hand.",
    check: log_whole,
};

/// Logs end this far apart without it being odd, besides a few of their ticks.
pub(super) const END_TOLERANCE_S: f64 = 3.0;
pub(super) const END_TOLERANCE_TICKS: f64 = 3.0;

fn log_whole(context: &Context<'_>, findings: &mut Findings) {
    if context.history.is_going_on() {
        return findings.unknown(GOING_ON);
    }
    tell_faults(context, findings, |kind| matches!(kind, FaultKind::CutInsideLine { .. }));
    let promised = context.machines().iter().any(|machine| machine.end().is_some());
    for machine in context.machines().iter().filter(|machine| machine.end().is_none()) {
        let taken = machine.stats();
        let is_cut = taken.faults.iter().any(|fault| matches!(fault.kind, FaultKind::CutInsideLine { .. }));
        if is_cut {
            continue;
        }
        if promised && !context.is_foreign(machine) || taken.numbers_ticks {
            findings.add(machine.id(), taken.lines, || {
                let why = if context.history.is_cut_short() { "; the run's process died" } else { "" };
                (format!("the log is cut here: no record of the run's end follows{why}"), Vec::new())
            });
        } else if !stops_early(context, machine, findings) {
            findings.unknown("the logs have no records of their end; all may be cut alike");
        }
    }
}

fn stops_early(context: &Context<'_>, machine: &MachineHistory, findings: &mut Findings) -> bool {
    let last = |machine: &MachineHistory| Some((context.ends_us(machine)?.1, machine.id()));
    let Some((latest, by)) = context.machines().iter().filter_map(last).max() else { return false };
    let first = |machine: &MachineHistory| Some(context.ends_us(machine)?.0);
    let earliest = context.machines().iter().filter_map(first).min().unwrap_or(latest);
    let early_s = latest.saturating_sub(last(machine).map_or(earliest, |(own, _)| own)) as f64 / 1e6;
    let rate = machine.header().map_or(1.0, |header| header.clock_rate);
    let is_early =
        early_s > END_TOLERANCE_S + END_TOLERANCE_TICKS / rate && early_s > longest_pause_s(machine);
    if is_early {
        let ended: Vec<_> = context.machines().iter().filter(|other| other.id() != machine.id()).collect();
        let others: Vec<_> = ended.iter().map(|other| other.id()).collect();
        findings.add(machine.id(), machine.stats().lines, || {
            let whose = named(&others);
            let text = if machine.is_empty() {
                let goes = if others.len() == 1 { "goes" } else { "go" };
                format!("the log has no event, while {whose} {goes} on for {early_s:.0} s: it is lost, or the machine never ran")
            } else {
                format!("the log stops here, {early_s:.0} s before the last of {whose}: it is cut, or the machine died")
            };
            let proof = context.history.machine(by).map(|other| at(other, other.len() as u32 - 1));
            (text, proof.into_iter().collect::<Vec<Place>>())
        });
    }
    is_early
}

/// The longest time that a log says nothing between two of its events.
pub(super) fn longest_pause_s(machine: &MachineHistory) -> f64 {
    let pause_s = |index| machine.stamp(index).seconds_since(machine.stamp(index - 1));
    (1..machine.len() as u32).map(pause_s).fold(0.0, f64::max)
}
