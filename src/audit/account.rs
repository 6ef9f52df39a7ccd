//! Rules about what the records of the end count.

use super::context::Context;
use super::finding::Findings;
use super::habits::NeverLogged;
use super::never_arrived::never_arrived;
use super::{Evidence, Rule};
use crate::history::{EventId, MachineHistory};
use crate::log::EndReason;
use crate::model::event::Kind;
use crate::text::numbers::counted;

pub(super) static MESSAGES_ADD_UP: Rule = Rule {
    id: "messages-add-up",
    rests_on: Evidence::Events,
    reason: "what was sent to a machine, it received or still has in its queue",
    page: "\
At the end every message is accounted for: sent = received + queued. It is checked against each machine: the
SENDs to it in all logs, its own RECEIVEs, and the queue that its record of the end names.

Without such a record the remainder is reported and left open: those messages may be in a queue or on their
way, or lost (`nothing-lost` finds the ones that must be). But an idle tick has found the queue empty: what
was sent more than ten seconds before a machine was idle, and twice the longest silence after any SEND, and
was not received, never arrived. More received than sent is wrong in any context.

A program written by somebody else goes on after the end of labctl's machines; what it sends them then is
after the end, and not missing. Where no log has a RECEIVE, though clocks rise as if there were some, that is
the finding.

Broken by: messages lost at the start or at the end of a run, a queue that drops what does not fit, a
run whose machines do not wait for what is still on its way.",
    check: messages_add_up,
};

fn messages_add_up(context: &Context<'_>, findings: &mut Findings) {
    if let Some(never) = context.habits.never_logged.as_ref().filter(|never| never.kind == Kind::Receive) {
        return receives_not_logged(context, never, findings);
    }
    if let Some(why) = context.history.missing_logs() {
        return findings.unknown(why);
    }
    if let Some(why) = context.unwritten() {
        return findings.unknown(why);
    }
    let Some(sent) = sent_to_each(context) else {
        return findings.unknown("the logs do not say to whom messages were sent");
    };
    let failed = |machine: &MachineHistory| machine.end().is_some_and(|end| end.reason == EndReason::Failed);
    if context.machines().iter().any(failed) {
        return findings.unknown("the run failed, and what was on its way then was given up");
    }
    let mut open = Vec::new();
    for (machine, Sent { all: sent, after_end }) in context.machines().iter().zip(sent) {
        let received = machine.receives() as u64;
        let queued = machine.end().map(|end| end.queue_length);
        let accounted = received.saturating_add(queued.unwrap_or(0));
        let is_wrong = match queued {
            Some(_) => accounted > sent || accounted < sent - after_end,
            None => sent < received,
        };
        if is_wrong {
            findings.add(machine.id(), machine.end_line().unwrap_or(machine.stats().lines), || {
                let left = queued.map_or(String::new(), |queued| format!(" and has {queued} in its queue"));
                let off = i128::from(sent) - i128::from(accounted);
                let what = if off > 0 { "are missing" } else { "too many" };
                let text = format!(
                    "{sent} messages were sent to machine {}, which received {received}{left}: {} {what}",
                    machine.id(),
                    off.abs()
                );
                (text, Vec::new())
            });
        } else if queued.is_none() && sent > received && !never_arrived(context, machine, findings) {
            open.push(format!("{} to machine {}", sent - received, machine.id()));
        }
    }
    if !open.is_empty() {
        let why = "no record of the end says how many messages were left in queues; sent and not received";
        findings.unknown(format!("{why}: {}", open.join(", ")));
    }
}

fn receives_not_logged(context: &Context<'_>, never: &NeverLogged, findings: &mut Findings) {
    let kinds = context.machines().iter().flat_map(|machine| {
        (0..machine.len() as u32).map(|index| machine.kind(index)).filter(|kind| *kind == Kind::Send)
    });
    let sent = counted(kinds.count() as u64, "message");
    let gaps = counted(never.gaps, "time");
    let text = format!(
        "{sent} sent, and {}: {gaps} a clock rises by more than one, which are receives that were not logged",
        never.why()
    );
    findings.add_once(never.first_gap, 1, (text, Vec::new()));
}

/// Messages to a machine, by all logs.
#[derive(Clone, Copy, Default)]
struct Sent {
    all: u64,
    /// Of them, those that a program without a record of its end may have sent after
    /// the receiver's end.
    after_end: u64,
}

/// Messages to each machine; `None` where a log does not say to whom.
fn sent_to_each(context: &Context<'_>) -> Option<Vec<Sent>> {
    let mut sent = vec![Sent::default(); context.machines().len()];
    let ends_us: Vec<Option<i64>> = (0..sent.len()).map(|place| end_us(context, place)).collect();
    for machine in context.machines() {
        let slack_us = context.trust(machine).slack_us;
        for index in (0..machine.len() as u32).filter(|index| machine.kind(*index) == Kind::Send) {
            machine.to(index)?;
            let send = EventId { machine: machine.id(), index };
            for to in context.history.recipients(send).filter_map(|to| context.history.place(to)) {
                sent[to].all += 1;
                let is_late = |end_us: i64| context.time_us(send).saturating_add(slack_us) >= end_us;
                let is_open = machine.end().is_none();
                sent[to].after_end += u64::from(is_open && ends_us[to].is_some_and(is_late));
            }
        }
    }
    Some(sent)
}

/// When a machine ended, by its record of the end.
fn end_us(context: &Context<'_>, place: usize) -> Option<i64> {
    let end = context.machines()[place].end()?;
    Some(end.stamp.0.saturating_sub(context.times.off_us(place, u32::MAX)))
}

pub(super) static END_AGREES: Rule = Rule {
    id: "end-agrees",
    rests_on: Evidence::Events,
    reason: "the record of the end counts what the log has",
    page: "\
The last line of a log counts its clock, its ticks, and the messages sent and received. Each must be what
the lines before it add up to; otherwise lines are missing, were added, or were changed.

Lines taken out of the middle of a log show here even where nothing else does.",
    check: end_agrees,
};

fn end_agrees(context: &Context<'_>, findings: &mut Findings) {
    let without = context.machines().iter().filter(|machine| machine.end().is_none()).count();
    if without > 0 {
        findings
            .unknown(format!("{without} of {} logs have no record of their end", context.machines().len()));
    }
    let machine_count = context.history.machine_count();
    for machine in context.machines() {
        let (Some(end), Some(line)) = (machine.end(), machine.end_line()) else { continue };
        let mut logged = Logged::default();
        for (_, record) in machine.records() {
            logged.sent += record.to.map_or(0, |to| to.count(machine_count));
            logged.received += u64::from(record.kind == Kind::Receive);
            if record.tick.is_some() && record.tick != logged.last_tick {
                logged.last_tick = record.tick;
                logged.ticks += 1;
            }
            logged.clock = record.clock;
        }
        let ticks = if logged.last_tick.is_some() || machine.is_empty() { logged.ticks } else { end.ticks };
        for (what, says, has) in [
            ("clock", end.clock, logged.clock),
            ("ticks", end.ticks, ticks),
            ("messages sent", end.sent, logged.sent),
            ("messages received", end.received, logged.received),
        ] {
            if says != has {
                findings.add(machine.id(), line, || {
                    (
                        format!(
                            "the record of the end says {what}: {says}, and the lines before it make {has}"
                        ),
                        Vec::new(),
                    )
                });
            }
        }
        if machine.stats().lines > line {
            let stray = machine.records().map(|(index, _)| machine.line(index)).next_back();
            if let Some(stray) = stray.filter(|stray| *stray > line) {
                findings.add(machine.id(), stray, || {
                    ("an event after the record of the end".to_owned(), Vec::new())
                });
            }
        }
    }
}

#[derive(Default)]
struct Logged {
    clock: u64,
    ticks: u64,
    last_tick: Option<u64>,
    sent: u64,
    received: u64,
}
