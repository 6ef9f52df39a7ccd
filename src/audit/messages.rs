//! Rules about single messages: each was sent, and is received once.

use super::context::Context;
use super::finding::Findings;
use super::{Evidence, Rule};
use crate::history::Source;

pub(super) static MESSAGE_SENT: Rule = Rule {
    id: "message-sent",
    rests_on: Evidence::Receives,
    reason: "every message that was received was sent, with that clock",
    page: "\
For each RECEIVE there is a SEND to its machine with the clock that the message carried: from the machine
that it names, or from any machine if it names none.

A RECEIVE without a SEND says that a log lacks lines, or that the message was changed on its way. Machines
that stamp messages before they increment are the matter of `clock-condition`; their messages are found.

In a run that is going on, or whose process died, the last lines of a log may not be written; a SEND that may
be among them is not missed, and the verdict says so.

Broken by: a log that was cut, logs of different runs put together, clocks that run together on the wire for
want of framing, sends that are not logged.",
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
    rests_on: Evidence::Receives,
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
