//! Rules about stamps: time runs forward, on one machine and over a message,
//! and all logs are of one run.

use super::case::{Case, at, at_header};
use super::finding::{Findings, GOING_ON};
use super::{Place, Rule};
use crate::history::{Certainty, MachineHistory, Source};

pub(super) static TIME_FORWARD: Rule = Rule {
    id: "time-forward",
    reason: "stamps never run backwards in a log",
    page: "\
The order of lines is the order of events, so no line has an earlier stamp than the one before it.

Broken by: a wall clock that was set while the machine ran (use a monotonic one), stamps without their
date at midnight or without their year at its end, lines that were sorted or moved, two runs in one log.",
    check: |case, findings| {
        for machine in case.machines() {
            for index in 1..machine.len() as u32 {
                let (before, stamp) = (machine.stamp(index - 1), machine.stamp(index));
                if stamp < before {
                    findings.add(machine.id(), machine.line(index), || {
                        let text = format!("time runs back by {:.6} s", before.seconds_since(stamp));
                        (text, vec![at(machine, index - 1)])
                    });
                }
            }
            ends_last(machine, findings);
        }
    },
};

fn ends_last(machine: &MachineHistory, findings: &mut Findings) {
    let (Some(end), Some(line)) = (machine.end(), machine.end_line()) else { return };
    let Some(last) = (machine.len() as u32).checked_sub(1) else { return };
    if end.stamp < machine.stamp(last) {
        findings.add(machine.id(), line, || {
            let text = "the record of the end has an earlier stamp than the last event";
            (text.to_owned(), vec![at(machine, last)])
        });
    }
}

pub(super) static SENT_BEFORE_RECEIVED: Rule = Rule {
    id: "sent-before-received",
    reason: "no RECEIVE is stamped before its SEND",
    page: "\
A message cannot come before it was sent. The stamps of two machines are compared as far as their clocks
allow: a tenth of a second of real time on sockets, a second where stamps are whole seconds.

Checked for matches that leave no doubt.

Broken by: machines on hosts whose clocks differ, a RECEIVE stamped with the sender's time, a message
from the future, logs of different runs put together.",
    check: |case, findings| {
        for machine in case.machines() {
            let slack = case.slack_us(machine);
            for (receive, source) in case.sources(machine) {
                let Source::Matched(found) = source else { continue };
                let (own, sent) = (case.record(receive).stamp, case.record(found.send).stamp);
                if found.certainty == Certainty::Certain && own.0.saturating_add(slack) < sent.0 {
                    findings.add(machine.id(), case.history.line(receive), || {
                        let text = format!("received {:.6} s before it was sent", sent.seconds_since(own));
                        (text, vec![case.place(found.send)])
                    });
                }
            }
        }
        case.doubt_matches(findings);
    },
};

pub(super) static ONE_RUN: Rule = Rule {
    id: "one-run",
    reason: "all logs are of one run",
    page: "\
The logs of a run share its time. Logs that state the origin of their ticks (Phase) start at the same
moment, to the microsecond; others must at least overlap.

Broken by: a log of another run copied into the folder, or one that was left there by the run before.",
    check: one_run,
};

/// Starts of one run on several hosts differ no more than this.
const START_TOLERANCE_S: f64 = 5.0;

fn one_run(case: &Case<'_>, findings: &mut Findings) {
    // The log that most others start with is taken to be right.
    let phased: Vec<&MachineHistory> = case
        .machines()
        .iter()
        .filter(|machine| machine.header().is_some_and(|header| header.phase.is_some()))
        .collect();
    let mut starts: Vec<_> = phased.iter().filter_map(|machine| machine.started()).collect();
    starts.sort_unstable();
    if let Some(usual) = starts.get(starts.len() / 2).copied() {
        for machine in &phased {
            let Some(off_s) = machine.started().map(|start| start.seconds_since(usual)) else { continue };
            if off_s.abs() > START_TOLERANCE_S {
                findings.add(machine.id(), at_header(machine), || {
                    (
                        format!("the log starts {:.0} s {} others of its run", off_s.abs(), side(off_s)),
                        Vec::new(),
                    )
                });
            }
        }
    }
    let spans: Vec<_> =
        case.machines().iter().filter_map(|machine| Some((span(machine)?, machine))).collect();
    for ((first, last), machine) in &spans {
        let others = spans.iter().filter(|(_, other)| other.id() != machine.id());
        let apart = |((begins, ends), _): &&((i64, i64), &MachineHistory)| {
            begins.saturating_sub(case.slack_us(machine)) > *last
                || ends.saturating_add(case.slack_us(machine)) < *first
        };
        let all = spans.len() - 1;
        let strangers = others.clone().filter(apart).count();
        if all > 0 && 2 * strangers > all {
            if case.history.is_going_on() {
                findings.unknown(GOING_ON);
                continue;
            }
            let other = others.clone().find(apart).map(|(_, other)| *other);
            findings.add(machine.id(), machine.line(0), || {
                let proof: Vec<Place> = other.map(|other| at(other, 0)).into_iter().collect();
                ("the events of this log share no time with those of others of its run".to_owned(), proof)
            });
        }
    }
}

fn side(off_s: f64) -> &'static str {
    if off_s > 0.0 { "after" } else { "before" }
}

/// The earliest and the latest stamp of a log, whose time may run back.
fn span(machine: &MachineHistory) -> Option<(i64, i64)> {
    let stamps = || (0..machine.len() as u32).map(|index| machine.stamp(index).0);
    Some((stamps().min()?, stamps().max()?))
}
