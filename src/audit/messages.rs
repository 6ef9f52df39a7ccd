//! Rules about single messages: each was sent, and is received once.

use std::collections::{BTreeMap, VecDeque};

use super::Rule;
use super::context::Context;
use super::finding::Findings;
use crate::history::{EventId, MachineHistory, Source};
use crate::log::FaultKind;
use crate::model::event::MachineId;

pub(super) static MESSAGE_SENT: Rule = Rule {
    id: "message-sent",
    is_of_events: true,
    reason: "every message that was received was sent, with that clock",
    page: "\
For each RECEIVE there is a SEND to its machine with the clock that the message carried: from the machine
that it names, or from any machine if it names none.

A RECEIVE without a SEND says that a log lacks lines, or that the message was changed on its way.

In a run that is going on, or whose process died, the last lines of a log may not be written; a SEND that may
be among them is not missed, and the verdict says so.

Broken by: a log that was cut, logs of different runs put together, a message stamped before its
increment (then `clock-condition` names the SEND), clocks that run together on the wire for want of
framing, sends that are not logged.",
    check: |context, findings| {
        for machine in context.machines() {
            for (receive, source) in context.sources(machine) {
                if source != Source::Missing {
                    continue;
                }
                if let Some(why) = context.send_unwritten(receive) {
                    findings.unknown(why);
                } else {
                    findings.add(machine.id(), context.history.line(receive), || {
                        let record = context.record(receive);
                        let clock = record.message_clock.unwrap_or_default();
                        let from =
                            record.from.map_or("any log".to_owned(), |from| format!("machine {from}'s log"));
                        (
                            format!("no SEND in {from} carries clock {clock} to machine {}", machine.id()),
                            Vec::new(),
                        )
                    });
                }
            }
        }
        leave_open(context, findings);
    },
};

pub(super) static MESSAGE_ONCE: Rule = Rule {
    id: "message-once",
    is_of_events: true,
    reason: "every message is received once",
    page: "\
A SEND to one machine is one message, and one RECEIVE uses it up; a SEND to all is one for each machine.
A second RECEIVE of the same message is shown with the first and with its SEND.

Broken by: a handler that puts a message into the queue twice, lines that were copied, a log to which a
part of itself was appended.",
    check: |context, findings| {
        for machine in context.machines() {
            for (receive, source) in context.sources(machine) {
                let Source::Repeated { send } = source else { continue };
                // Who names no sender may have it from one whose last lines are not here.
                let is_named = context.record(receive).from.is_some();
                if let Some(why) = context.send_unwritten(receive).filter(|_| !is_named) {
                    findings.unknown(why);
                } else {
                    findings.add(machine.id(), context.history.line(receive), || {
                        let clock = context.record(send).clock;
                        let text = format!(
                            "machine {}'s message of clock {clock} is received once more",
                            send.machine
                        );
                        let firsts =
                            context.history.receives_of(send).filter(|first| first.machine == machine.id());
                        let proof =
                            [send].into_iter().chain(firsts).map(|event| context.place(event)).collect();
                        (text, proof)
                    });
                }
            }
        }
        leave_open(context, findings);
    },
};

fn leave_open(context: &Context<'_>, findings: &mut Findings) {
    if let Some(why) = context.history.missing_logs() {
        findings.unknown(why);
    } else if context.history.tally().unknown > 0 {
        findings.unknown("the logs do not say from whom messages came, or which clocks they carried");
    }
}

/// A machine that stamps messages before it increments does so with all, and few
/// of them find a SEND of their clock by chance: no more than this, for each that
/// finds one of the next.
const FITS_BY_CHANCE: u64 = 4;

/// RECEIVEs without a SEND of their clock, but with one of the next, which
/// nobody received: the message was stamped before its increment.
pub(super) fn stamped_early(context: &Context<'_>, findings: &mut Findings) {
    if context.history.tally().missing == 0 {
        return;
    }
    if context.machines().iter().any(bears_another_name) {
        return findings
            .unknown("a log bears the name of another machine, whose messages it is checked against");
    }
    let mut early: Vec<(EventId, EventId)> = Vec::new();
    // By sender, the messages that fit a SEND, and those that fit the next clock.
    let mut fits: BTreeMap<MachineId, (u64, u64)> = BTreeMap::new();
    let mut open: BTreeMap<(MachineId, u64, MachineId), VecDeque<EventId>> = BTreeMap::new();
    for (send, to) in context.history.never_received() {
        open.entry((to, context.record(send).clock, send.machine)).or_default().push_back(send);
    }
    for machine in context.machines() {
        for (receive, source) in context.sources(machine) {
            if let Source::Matched(found) = source {
                fits.entry(found.send.machine).or_default().0 += 1;
            }
            if source != Source::Missing || context.send_unwritten(receive).is_some() {
                continue;
            }
            let record = context.record(receive);
            let Some(clock) = record.message_clock.and_then(|clock| clock.checked_add(1)) else { continue };
            let (first, last) = record.from.map_or((MachineId(0), MachineId(u32::MAX)), |from| (from, from));
            let fitting = open.range_mut((machine.id(), clock, first)..=(machine.id(), clock, last));
            let Some(send) = fitting.map(|(_, sends)| sends).find_map(VecDeque::pop_front) else { continue };
            fits.entry(send.machine).or_default().1 += 1;
            early.push((receive, send));
        }
    }
    let is_habit = |sender: &MachineId| {
        let (exact, next) = fits.get(sender).copied().unwrap_or_default();
        exact <= FITS_BY_CHANCE * next
    };
    for (receive, send) in early.into_iter().filter(|(_, send)| is_habit(&send.machine)) {
        findings.add(receive.machine, context.history.line(receive), || {
            let carried = context.record(receive).message_clock.unwrap_or_default();
            let logged = context.record(send).clock;
            let text = format!(
                "the message carries clock {carried}, and its SEND is logged with {logged}: stamped before the increment"
            );
            (text, vec![context.place(send)])
        });
    }
}

fn bears_another_name(machine: &MachineHistory) -> bool {
    machine.stats().faults.iter().any(|fault| matches!(fault.kind, FaultKind::OtherMachine { .. }))
}
