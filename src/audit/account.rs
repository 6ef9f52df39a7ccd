//! Rules about what the records of the end count.

use super::Rule;
use super::context::Context;
use super::finding::Findings;
use crate::history::MachineHistory;
use crate::log::EndReason;
use crate::model::event::{Kind, MachineId};

pub(super) static MESSAGES_ADD_UP: Rule = Rule {
    id: "messages-add-up",
    is_of_events: true,
    reason: "what was sent to a machine, it received or still has in its queue",
    page: "\
At the end every message is accounted for: sent = received + queued. It is checked against each machine: the
SENDs to it in all logs, its own RECEIVEs, and the queue that its record of the end names.

Without such a record the remainder is reported and left open: those messages may be in a queue or on their
way, or lost (`nothing-lost` finds the ones that must be). More received than sent is wrong in any context.

Broken by: messages lost at the start or at the end of a run, a queue that drops what does not fit, a
run whose machines do not wait for what is still on its way.",
    check: messages_add_up,
};

fn messages_add_up(context: &Context<'_>, findings: &mut Findings) {
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
    for (machine, sent) in context.machines().iter().zip(sent) {
        let received = machine.receives() as u64;
        let queued = machine.end().map(|end| end.queue_length);
        let accounted = received.saturating_add(queued.unwrap_or(0));
        let is_wrong = if queued.is_some() { sent != accounted } else { sent < received };
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
        } else if queued.is_none() && sent > received {
            open.push(format!("{} to machine {}", sent - received, machine.id()));
        }
    }
    if !open.is_empty() {
        let why = "no record of the end says how many messages were left in queues; sent and not received";
        findings.unknown(format!("{why}: {}", open.join(", ")));
    }
}

/// Messages to each machine, by all logs; `None` where one does not say to whom.
fn sent_to_each(context: &Context<'_>) -> Option<Vec<u64>> {
    let mut to_one = std::collections::BTreeMap::<MachineId, u64>::new();
    let mut to_all = vec![0u64; context.machines().len()];
    for (machine, to_all) in context.machines().iter().zip(&mut to_all) {
        for index in (0..machine.len() as u32).filter(|index| machine.kind(*index) == Kind::Send) {
            match machine.to(index)? {
                crate::model::event::Recipients::One(to) => *to_one.entry(to).or_default() += 1,
                crate::model::event::Recipients::All => *to_all += 1,
            }
        }
    }
    let of_all: u64 = to_all.iter().sum();
    let own = context.machines().iter().zip(&to_all);
    Some(own.map(|(machine, own)| to_one.get(&machine.id()).unwrap_or(&0) + of_all - own).collect())
}

pub(super) static END_AGREES: Rule = Rule {
    id: "end-agrees",
    is_of_events: true,
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
