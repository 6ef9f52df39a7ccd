//! Rules about stamps: time runs forward, on one machine and over a message,
//! and all logs are of one run.

use super::context::{CUT_US, Context, at, at_header, seconds};
use super::finding::Findings;
use super::lines::{END_TOLERANCE_S, END_TOLERANCE_TICKS, longest_pause_s};
use super::times::{Leap, arrival};
use super::{Evidence, Place, Rule};
use crate::history::{Certainty, EventId, MachineHistory, Source};

pub(super) static TIME_FORWARD: Rule = Rule {
    id: "time-forward",
    rests_on: Evidence::Events,
    reason: "time runs forward in a log, and does not leap",
    page: "\
The order of lines is the order of events, so no line has an earlier stamp than the one before it. Nor do
all logs leap ahead at one place, by more than a minute and many ticks.

Where all logs step back or leap ahead at the same place and by the same time, the clock was set, or
summer time began or ended; that is reported once, with its size; so is a step of whole quarters of an hour,
two hours at most, that one log makes alone. Other rules then take the stamps without it.
After a leap ahead the host may have slept, too: only where ticks are numbered can the two be distinguished.

Broken by: a wall clock that was set while the machine ran (use a monotonic one), stamps without their
date at midnight or without their year at its end, lines that were sorted or moved, two runs in one log.",
    check: |context, findings| {
        context.times.leaps.iter().for_each(|leap| leaps(context, leap, findings));
        for (place, machine) in context.machines().iter().enumerate() {
            let is_leap = |index| context.times.leaps.iter().any(|leap| leap.firsts[place] == Some(index));
            for index in 1..machine.len() as u32 {
                let (before, stamp) = (machine.stamp(index - 1), machine.stamp(index));
                if stamp < before && !is_leap(index) {
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

/// A leap of all logs, reported where the first of them has it.
fn leaps(context: &Context<'_>, leap: &Leap, findings: &mut Findings) {
    let firsts = context.machines().iter().zip(&leap.firsts);
    let mut firsts = firsts.filter_map(|(machine, first)| Some((machine, (*first)?)));
    let Some((machine, first)) = firsts.next() else { return };
    findings.add(machine.id(), machine.line(first), || {
        // Known to one tick, or to the second of the stamps.
        let by = format!("{:.0} s", leap.size_us.saturating_abs() as f64 / 1e6);
        let summer = |does: &str| match leap.is_whole_quarters() {
            true => format!(", or summer time {does}"),
            false => String::new(),
        };
        let logs = context.machines().iter().filter(|machine| !machine.is_empty()).count();
        let whose = if leap.is_shared(logs.max(2)) { "all logs" } else { "the stamps of this log" };
        let text = match leap.size_us {
            0.. => format!(
                "{whose} leap ahead by {by} here: the clock was set or the host stood still{}",
                summer("began")
            ),
            _ => format!("{whose} step back by {by} here: the clock was set{}", summer("ended")),
        };
        let others = firsts.map(|(machine, first)| at(machine, first));
        (text, [at(machine, first - 1)].into_iter().chain(others).take(Leap::PROOFS_MAX).collect())
    });
}

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
    rests_on: Evidence::Receives,
    reason: "no message arrives or is received before its SEND",
    page: "\
A message cannot come before it was sent. Where a log says how long a message waited (Waited), it is its
arrival that is checked against the SEND, and against the start of the run; otherwise the RECEIVE.

The stamps of two machines are compared as far as their clocks allow: to the microsecond where one process
stamped them all and the message waited, as in a run of labctl that has its manifest; to a tenth of a second
of real time (at --speedup 20 two seconds of lab time) elsewhere, and for a message that did not wait; to a
second where stamps are whole seconds. Of a run that is no longer than that nothing can be said.

Checked for matches that leave no doubt. A constant difference between the clocks of two hosts is reported by
`host-clocks`, and allowed for here.

Broken by: a RECEIVE stamped with the sender's time, a message from the future, a wait that is counted
wrong, logs of different runs put together.",
    check: sent_before_received,
};

fn sent_before_received(context: &Context<'_>, findings: &mut Findings) {
    for (place, machine) in context.machines().iter().enumerate() {
        for receive in machine.receive_ids() {
            let stamp_us = machine.stamp(receive.index).0;
            let (arrived_us, _) = arrival(machine, receive.index, context.trust(machine));
            let began_us = machine.started().map_or(i64::MIN, |started| started.0);
            if arrived_us < stamp_us && arrived_us.saturating_add(CUT_US) < began_us {
                findings.add(machine.id(), context.history.line(receive), || {
                    let early = seconds(began_us.saturating_sub(arrived_us));
                    let text =
                        format!("the message waited so long that it came {early} before the log's start");
                    (text, vec![Place { machine: machine.id(), line: at_header(machine) }])
                });
                continue;
            }
            let Some(Source::Matched(found)) = context.history.source(receive) else { continue };
            let Some(sender) = context.history.place(found.send.machine) else { continue };
            let blur_us = context.times.blur_us(place).saturating_add(context.times.blur_us(sender));
            let trust = context.trust(machine).against(context.trust(&context.machines()[sender]));
            let (_, slack_us) = arrival(machine, receive.index, trust);
            let slack_us = slack_us.saturating_add(blur_us);
            let came_us = arrived_us.saturating_sub(context.times.off_us(place, receive.index));
            let sent_us = context.time_us(found.send);
            if found.certainty == Certainty::Certain && came_us.saturating_add(slack_us) < sent_us {
                findings.add(machine.id(), context.history.line(receive), || {
                    let what = if arrived_us < stamp_us { "arrived" } else { "received" };
                    let early_s = sent_us.saturating_sub(came_us) as f64 / 1e6;
                    (format!("{what} {early_s:.6} s before it was sent"), vec![context.place(found.send)])
                });
            }
        }
    }
    context.doubt_matches(findings);
    context.doubt_stamps(findings);
}

pub(super) static ONE_RUN: Rule = Rule {
    id: "one-run",
    rests_on: Evidence::Events,
    reason: "all logs are of one run",
    page: "\
The logs of a run share its time. Logs that state the origin of their ticks (Phase) start at the moment
that all machines of a run agree on, the same to the microsecond.

Others must at least overlap, from their start, where they say it, to their end. Where they do not say
both, three seconds, three ticks and the longest time that a log is silent are granted.

Broken by: a log of another run copied into the folder, or one that was left there by the run before.",
    check: one_run,
};

fn one_run(context: &Context<'_>, findings: &mut Findings) {
    start_together(context, findings);
    let spans: Vec<_> =
        context.machines().iter().filter_map(|machine| Some((span(context, machine)?, machine))).collect();
    for ((first, last), machine) in &spans {
        let others = spans.iter().filter(|(_, other)| other.id() != machine.id());
        let apart = |((begins, ends), _): &&((i64, i64), &MachineHistory)| begins > last || ends < first;
        let all = spans.len() - 1;
        let strangers = others.clone().filter(apart).count();
        if all > 0 && 2 * strangers > all {
            if let Some(why) = context.unwritten() {
                findings.unknown(why);
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

/// The log that most others start with is taken to be right. One whose stamps
/// are all ahead is no log of another run.
fn start_together(context: &Context<'_>, findings: &mut Findings) {
    let phased: Vec<&MachineHistory> = context
        .machines()
        .iter()
        .enumerate()
        .filter(|(place, _)| context.times.offset(*place).is_none())
        .map(|(_, machine)| machine)
        .filter(|machine| machine.header().is_some_and(|header| header.phase.is_some()))
        .collect();
    let mut starts: Vec<_> = phased.iter().filter_map(|machine| machine.started()).collect();
    starts.sort_unstable();
    let Some(usual) = starts.get(starts.len() / 2).copied() else { return };
    for machine in &phased {
        let Some(off_us) = machine.started().map(|start| start.0.saturating_sub(usual.0)) else { continue };
        if off_us.saturating_abs() > CUT_US {
            findings.add(machine.id(), at_header(machine), || {
                let side = if off_us > 0 { "after" } else { "before" };
                let off = seconds(off_us.saturating_abs());
                (format!("the log starts {off} {side} others of its run"), Vec::new())
            });
        }
    }
}

/// The earliest and the latest moment of a log, whose time may run back, with
/// what is granted where it does not say when it began and ended.
fn span(context: &Context<'_>, machine: &MachineHistory) -> Option<(i64, i64)> {
    let time = |index| context.time_us(EventId { machine: machine.id(), index });
    let times = || (0..machine.len() as u32).map(time);
    let (first, last) = (times().min()?, times().max()?);
    // Before the first event, and after the last one, no leap counts but its own.
    let off_us = |index: u32, stamp_us: i64| time(index).saturating_sub(stamp_us);
    let end = machine.len() as u32 - 1;
    let began = machine.started().map(|at| at.0.saturating_add(off_us(0, machine.stamp(0).0)));
    let ended = machine.end().map(|is| is.stamp.0.saturating_add(off_us(end, machine.stamp(end).0)));
    let rate = machine.header().map_or(1.0, |header| header.clock_rate);
    let granted_s = END_TOLERANCE_S + END_TOLERANCE_TICKS / rate + longest_pause_s(machine);
    let granted_us = if began.is_some() && ended.is_some() { 0 } else { (granted_s * 1e6) as i64 };
    let granted_us = granted_us.saturating_add(context.trust(machine).slack_us);
    let first = began.map_or(first, |began| began.min(first));
    let last = ended.map_or(last, |ended| ended.max(last));
    Some((first.saturating_sub(granted_us), last.saturating_add(granted_us)))
}
