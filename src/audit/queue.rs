//! Rules about the queue: its length, and that it comes first.

use super::context::{Context, at, named};
use super::finding::Findings;
use super::{Evidence, Rule};
use crate::history::MachineHistory;
use crate::log::Record;
use crate::model::event::{Kind, MachineId};

pub(super) static QUEUE_LENGTH: Rule = Rule {
    id: "queue-length",
    rests_on: Evidence::Receives,
    reason: "the logged queue length is what arrived and was not yet popped",
    page: "\
A RECEIVE logs how many messages are left *after* the pop. From one RECEIVE to the next the queue may
grow by any number and shrink by one.

Where a log says how long each message waited, its arrival is known, and the queue can be counted: what
arrived and was popped later must be in it. On real sockets a message needs a moment from its arrival
into the queue, so those within a tenth of a second of real time may count or not.

If every RECEIVE of a machine logs one or more, and yet it is idle right after, the queue was counted
before the pop: a habit of logging, and the lengths are taken as one less.

Broken by: a length that is read after other threads have put more in, lines that were taken out.",
    check: queue_length,
};

fn queue_length(context: &Context<'_>, findings: &mut Findings) {
    let (mut silent, mut timeless) = (false, false);
    let mut before_pop: Vec<(&MachineHistory, u32)> = Vec::new();
    for machine in context.machines() {
        let mut receives: Vec<Popped> = popped(machine);
        silent |= receives.iter().any(|popped| popped.left.is_none());
        timeless |= receives.iter().any(|popped| popped.arrived_us.is_none());
        if let Some(first) = counted_before_pop(machine, &receives) {
            before_pop.push((machine, first));
            receives
                .iter_mut()
                .for_each(|popped| popped.left = popped.left.map(|left| left.saturating_sub(1)));
        }
        shrinks_by_one(machine, &receives, findings);
        holds_what_came(context, machine, &receives, findings);
    }
    if let Some((machine, first)) = before_pop.first() {
        let whose: Vec<MachineId> = before_pop.iter().map(|(machine, _)| machine.id()).collect();
        let text = format!(
            "queue lengths of {} are counted before the pop: none is ever 0, and the machine is idle after 1; queues \
             come out one too long, unless a dialect says `queue = \"before-pop\"`",
            named(&whose)
        );
        findings.remark(at(machine, *first), whose.len() as u64, (text, vec![at(machine, first + 1)]));
    }
    if silent {
        findings.unknown("the logs do not say queue lengths");
    } else if timeless {
        findings
            .unknown("the logs do not say when messages arrived; only the steps of the length were checked");
    }
    context.doubt_stamps(findings);
}

/// A RECEIVE as the queue sees it.
#[derive(Clone, Copy)]
struct Popped {
    index: u32,
    stamp_us: i64,
    arrived_us: Option<i64>,
    left: Option<u64>,
}

fn popped(machine: &MachineHistory) -> Vec<Popped> {
    let pop = |index| {
        let record = machine.record(index);
        let (stamp_us, arrived_us) = (record.stamp.0, arrival_us(&record));
        Popped { index, stamp_us, arrived_us, left: record.queue_length }
    };
    machine.receive_ids().map(|receive| pop(receive.index)).collect()
}

fn arrival_us(record: &Record) -> Option<i64> {
    let waited_us = i64::try_from(record.waited_us?).ok()?;
    Some(record.stamp.0.saturating_sub(waited_us))
}

/// The first RECEIVE that leaves one message, and is followed by an idle tick,
/// in a log in which none leaves fewer.
fn counted_before_pop(machine: &MachineHistory, receives: &[Popped]) -> Option<u32> {
    let least = receives.iter().map(|popped| popped.left).min()??;
    let is_idle = |index: u32| (index as usize) < machine.len() && machine.kind(index) != Kind::Receive;
    let proof = receives.iter().find(|popped| popped.left == Some(1) && is_idle(popped.index + 1));
    proof.filter(|_| least == 1).map(|popped| popped.index)
}

fn shrinks_by_one(machine: &MachineHistory, receives: &[Popped], findings: &mut Findings) {
    for pair in receives.windows(2) {
        let (Some(before), Some(after)) = (pair[0].left, pair[1].left) else { continue };
        if after.saturating_add(1) < before {
            findings.add(machine.id(), machine.line(pair[1].index), || {
                let text = format!("the queue shrinks from {before} to {after} with one pop");
                (text, vec![at(machine, pair[0].index)])
            });
        }
    }
    let (Some(last), Some(end), Some(line)) = (receives.last(), machine.end(), machine.end_line()) else {
        return;
    };
    if last.left.is_some_and(|left| left > end.queue_length) {
        findings.add(machine.id(), line, || {
            let text = format!(
                "{} messages are left in the queue, and were {} after the last pop",
                end.queue_length,
                last.left.unwrap_or_default()
            );
            (text, vec![at(machine, last.index)])
        });
    }
}

/// Messages that were popped later and had surely arrived must be counted;
/// those that had surely not, and were popped later, must not.
fn holds_what_came(
    context: &Context<'_>,
    machine: &MachineHistory,
    receives: &[Popped],
    findings: &mut Findings,
) {
    let slack = context.trust(machine).slack_us;
    // Nobody knows when those came that are left at the end.
    let never_popped = machine.end().map_or(u64::MAX, |end| end.queue_length);
    let (mut surely, mut maybe) = (0, 0);
    for (at_pop, popped) in receives.iter().enumerate() {
        let Some(left) = popped.left else { continue };
        let first = at_pop + 1;
        (surely, maybe) = (surely.max(first), maybe.max(first));
        let came_by = |at: usize, us: i64| {
            receives.get(at).and_then(|later| later.arrived_us).is_some_and(|came| came < us)
        };
        while came_by(surely, popped.stamp_us.saturating_sub(slack)) {
            surely += 1;
        }
        while maybe < receives.len()
            && (receives[maybe].arrived_us.is_none() || came_by(maybe, popped.stamp_us.saturating_add(slack)))
        {
            maybe += 1;
        }
        let least = (surely - first) as u64;
        let most =
            (maybe - first) as u64 + if maybe == receives.len() { never_popped.min(u64::MAX / 2) } else { 0 };
        if left < least || left > most {
            findings.add(machine.id(), machine.line(popped.index), || {
                let range = if least == most { least.to_string() } else { format!("{least} to {most}") };
                let whose = if left < least { surely - 1 } else { maybe.min(receives.len() - 1) };
                let text =
                    format!("the queue length is logged as {left}, and by the arrivals it was {range}");
                (text, vec![at(machine, receives[whose].index)])
            });
        }
    }
}

pub(super) static QUEUE_FIRST: Rule = Rule {
    id: "queue-first",
    rests_on: Evidence::Receives,
    reason: "nothing is sent or internal while the queue holds a message",
    page: "\
At each tick a machine looks into its queue first: if a message waits, the tick is a RECEIVE. Only an
empty queue leaves the tick to the die. Otherwise the queue grows beyond what the rates explain.

Two things show that a message was passed over: an idle tick right after a RECEIVE that left messages in
the queue; and, where a log says how long messages waited, an idle tick between a message's arrival and
its RECEIVE. On real sockets a message needs a moment from its arrival into the queue, so a tenth of a
second of real time is granted.

Broken by: a die that is thrown before the queue is looked at, a queue length that is counted before the
pop (see `queue-length`), two threads that share a queue.",
    check: queue_first,
};

fn queue_first(context: &Context<'_>, findings: &mut Findings) {
    let mut timeless = false;
    for machine in context.machines() {
        let slack = context.trust(machine).slack_us;
        let receives = popped(machine);
        let before_pop = counted_before_pop(machine, &receives).is_some();
        let mut next_receive = 0;
        let mut idle: Option<u32> = None;
        let mut left_by: Option<u32> = None;
        for index in 0..machine.len() as u32 {
            if machine.kind(index) != Kind::Receive {
                if let Some(receive) = left_by.take() {
                    findings.add(machine.id(), machine.line(index), || {
                        let left = machine.record(receive).queue_length.unwrap_or_default();
                        let text = format!("{} while the queue holds {left}", machine.kind(index));
                        (text, vec![at(machine, receive)])
                    });
                }
                idle = Some(index);
                continue;
            }
            let popped = receives[next_receive];
            next_receive += 1;
            timeless |= popped.arrived_us.is_none();
            let really_left = popped.left.map(|left| left.saturating_sub(u64::from(before_pop)));
            left_by = really_left.filter(|left| *left > 0).map(|_| index);
            let passed_over = idle
                .take()
                .zip(popped.arrived_us)
                .filter(|(idle, came)| machine.stamp(*idle).0.saturating_sub(slack) > *came);
            if let Some((idle, _)) = passed_over {
                findings.add(machine.id(), machine.line(idle), || {
                    let text = format!("{} while a message waits that came before", machine.kind(idle));
                    (text, vec![at(machine, index)])
                });
            }
        }
    }
    if timeless {
        findings.unknown(
            "the logs do not say when messages arrived; only what each RECEIVE left in the queue was checked",
        );
    }
    context.doubt_stamps(findings);
}
