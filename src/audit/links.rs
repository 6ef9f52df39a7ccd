//! Rules about links: what one machine sends another arrives, and in order.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::finding::Findings;
use super::{Evidence, Rule};
use crate::history::{Certainty, EventId, MachineHistory, Source};
use crate::model::event::{Kind, MachineId, Recipients};

pub(super) static LINK_ORDER: Rule = Rule {
    id: "link-order",
    rests_on: Evidence::Receives,
    reason: "each link delivers in the order in which it was sent",
    page: "\
What machine 1 sends to machine 2 arrives there in the same order: TCP promises it on one connection, and
a queue keeps it. Only matches that leave no doubt are checked against it.

Broken by: a connection or a task of its own for each message, a queue that is no queue, lines that were
moved.",
    check: |context, findings| {
        for machine in context.machines() {
            let mut last: BTreeMap<MachineId, (EventId, EventId)> = BTreeMap::new();
            for (receive, send) in certain(context, machine) {
                let before = last.insert(send.machine, (receive, send));
                let Some((earlier, overtaken)) = before.filter(|(_, before)| before.index > send.index)
                else {
                    continue;
                };
                findings.add(machine.id(), context.history.line(receive), || {
                    let (clock, first) = (context.record(send).clock, context.record(overtaken).clock);
                    let text = format!(
                        "machine {}'s message of clock {clock} comes after its later one of {first}",
                        send.machine
                    );
                    (text, [earlier, send, overtaken].map(|event| context.place(event)).to_vec())
                });
            }
        }
        context.doubt_matches(findings);
    },
};

pub(super) static NOTHING_LOST: Rule = Rule {
    id: "nothing-lost",
    rests_on: Evidence::Receives,
    reason: "a message arrives if a later one on the same link does",
    page: "\
When a run ends, messages may still be in queues: the last ones of each link. A message that nobody
received although a later one from the same machine to the same machine was, is lost.

Checked where the later match leaves no doubt, and where no other RECEIVE could have been this message:
neither one of the same clock, nor one that no SEND fits (see `message-sent`). Sends to several of which one
machine never gets its part are reported once.

Broken by: sends before the connection stands (the first seconds of a run), a receiver that reads two
messages as one, a queue with a limit, errors that are caught and forgotten, lines taken out of a log.",
    check: nothing_lost,
};

fn nothing_lost(context: &Context<'_>, findings: &mut Findings) {
    // The last SEND of each link that surely arrived.
    let mut arrived: BTreeMap<(MachineId, MachineId), (EventId, EventId)> = BTreeMap::new();
    let mut doubtful: BTreeSet<(MachineId, u64)> = BTreeSet::new();
    let mut unplaced = false;
    // A RECEIVE without a SEND may be of any message to its machine.
    let mut strangers: BTreeSet<MachineId> = BTreeSet::new();
    for machine in context.machines() {
        for (receive, send) in certain(context, machine) {
            let last = arrived.entry((send.machine, machine.id())).or_insert((send, receive));
            *last = (*last).max((send, receive));
        }
        for (_, source) in context.sources(machine) {
            match source {
                Source::Matched(found) if found.certainty == Certainty::Ambiguous => {
                    doubtful.insert((machine.id(), context.record(found.send).clock));
                }
                Source::Unknown => unplaced = true,
                Source::Missing => {
                    strangers.insert(machine.id());
                }
                Source::Matched(_) | Source::Repeated { .. } => {}
            }
        }
    }
    if unplaced {
        return findings.unknown("the logs do not say where every message came from");
    }
    let tally = context.history.tally();
    if tally.certain == 0 && tally.ambiguous > 0 {
        return findings.unknown("no RECEIVE can be matched with its SEND beyond doubt");
    }
    let mut without_part: BTreeMap<(MachineId, MachineId), u64> = BTreeMap::new();
    for (send, to) in context.history.never_received() {
        let Some((later, receive)) =
            arrived.get(&(send.machine, to)).filter(|(later, _)| later.index > send.index)
        else {
            continue;
        };
        if strangers.contains(&to) {
            findings.unknown("messages that nobody sent were received; they may be those that seem lost");
            continue;
        }
        if doubtful.contains(&(to, context.record(send).clock)) {
            continue;
        }
        if is_to_several(context, send) {
            let link = (send.machine, to);
            let is_first = !without_part.contains_key(&link);
            let lost = *without_part.entry(link).or_insert_with(|| lost_parts(context, *later, to));
            if lost >= PARTS_LEAST {
                if is_first {
                    let told = (part_lost(lost, to), vec![context.place(*later), context.place(*receive)]);
                    findings.add_once(context.place(send), lost, told);
                }
                continue;
            }
        }
        findings.add(send.machine, context.history.line(send), || {
            let text = format!(
                "machine {to} never received this message, but a later one on the same link: it is lost"
            );
            (text, vec![context.place(*later), context.place(*receive)])
        });
    }
}

/// So many sends to several that one recipient never gets are no accident.
const PARTS_LEAST: u64 = 3;

fn part_lost(lost: u64, to: MachineId) -> String {
    format!(
        "none of {lost} sends to several reached machine {to}, which gets what is sent to it alone: one recipient of a \
         send to all never gets it"
    )
}

fn is_to_several(context: &Context<'_>, send: EventId) -> bool {
    matches!(context.record(send).to, Some(Recipients::Several(_) | Recipients::All))
}

/// How many sends to several before `later` should have reached a machine, if none did.
fn lost_parts(context: &Context<'_>, later: EventId, to: MachineId) -> u64 {
    let before = (0..later.index).map(|index| EventId { machine: later.machine, index });
    let is_part = |send: &EventId| {
        context.history.machine(send.machine).is_some_and(|machine| machine.kind(send.index) == Kind::Send)
            && is_to_several(context, *send)
            && context.history.recipients(*send).any(|id| id == to)
    };
    let parts: Vec<EventId> = before.filter(is_part).collect();
    let got = |send: &EventId| context.history.receives_of(*send).any(|receive| receive.machine == to);
    if parts.iter().any(got) { 0 } else { parts.len() as u64 }
}

/// RECEIVEs and their SENDs, where there is no doubt.
fn certain<'a>(
    context: &Context<'a>,
    machine: &'a MachineHistory,
) -> impl Iterator<Item = (EventId, EventId)> {
    context.sources(machine).filter_map(|(receive, source)| match source {
        Source::Matched(found) if found.certainty == Certainty::Certain => Some((receive, found.send)),
        _ => None,
    })
}
