//! Rules about Lamport's clocks.

use super::context::{Context, at};
use super::finding::Findings;
use super::{Place, Rule};
use crate::history::{MachineHistory, Source};
use crate::log::Record;
use crate::model::event::{Kind, Recipients};

pub(super) static CLOCK_RISES: Rule = Rule {
    id: "clock-rises",
    is_of_events: true,
    reason: "a machine's logical clock rises with every event",
    page: "\
A logical clock numbers the events of its machine: each has a larger number than the one before it
(Lamport, *Time, Clocks, and the Ordering of Events in a Distributed System*, 1978, rule IR1).

Broken by: lines that were swapped or sorted by a stamp too coarse for it, a machine that was started
again in the middle, a clock shared by threads without a lock, an event that is logged before its
increment.",
    check: |context, findings| {
        each_pair(context, findings, |findings, machine, index, before| {
            let clock = machine.clock(index);
            if clock <= before {
                findings.add(machine.id(), machine.line(index), || {
                    let advice = line_each(machine, index);
                    let text = format!("the logical clock does not rise: {clock} after {before}{advice}");
                    (text, previous(machine, index))
                });
            }
        });
    },
};

pub(super) static CLOCK_STEP: Rule = Rule {
    id: "clock-step",
    is_of_events: true,
    reason: "INTERNAL and SEND add one to the clock; RECEIVE makes it max(own, message) + 1",
    page: "\
An INTERNAL and a SEND add one. A RECEIVE takes the larger of its own clock and the message's, and adds
one (Lamport, 1978, rules IR1 and IR2). A clock that steps otherwise leaps or lags, and with it every
jump, drift and difference that is measured.

Where a log does not say which clock a message carried, a RECEIVE may step by any amount; the others are
still held to one.

Broken by: a maximum that is forgotten, or taken without adding one; lines that were taken out; clocks
that run together on the wire for want of framing (`12` and `13` read as `1213`).",
    check: |context, findings| {
        let mut silent = false;
        each_pair(context, findings, |findings, machine, index, before| {
            let clock = machine.clock(index);
            let message_clock = match machine.kind(index) {
                Kind::Receive => machine.record(index).message_clock,
                Kind::Internal | Kind::Send => Some(0),
            };
            let Some(message_clock) = message_clock else {
                silent = true;
                return;
            };
            let Some(expected) = before.max(message_clock).checked_add(1) else {
                findings.add(machine.id(), machine.line(index), || {
                    let text = format!(
                        "the clock before this event, or its message's, is {}, and no larger one can be shown",
                        u64::MAX
                    );
                    (text, previous(machine, index))
                });
                return;
            };
            if clock != expected {
                findings.add(machine.id(), machine.line(index), || {
                    let kind = machine.kind(index);
                    let rule = match kind {
                        Kind::Receive => format!("max({before}, {message_clock}) + 1"),
                        Kind::Internal | Kind::Send => format!("{before} + 1"),
                    };
                    let advice = match index {
                        0 if clock > expected => ", unless the log's beginning is missing",
                        _ => line_each(machine, index),
                    };
                    let text = format!(
                        "the clock after this {kind} is {clock}, and should be {rule} = {expected}{advice}"
                    );
                    (text, previous(machine, index))
                });
            }
        });
        if silent {
            findings.unknown("the logs do not say which clocks messages carried");
        }
    },
};

/// Shows every event, and the clock before it, which is 0 at first.
fn each_pair(
    context: &Context<'_>,
    findings: &mut Findings,
    mut see: impl FnMut(&mut Findings, &MachineHistory, u32, u64),
) {
    for machine in context.machines() {
        let mut before = 0;
        for index in 0..machine.len() as u32 {
            see(findings, machine, index, before);
            before = machine.clock(index);
        }
    }
}

/// What to do about a SEND that may be one more line of the send to all before it.
fn line_each(machine: &MachineHistory, index: u32) -> &'static str {
    let Some(before) = index.checked_sub(1) else { return "" };
    let (first, next) = (machine.record(before), machine.record(index));
    let one = |record: &Record| match (record.kind, record.to) {
        (Kind::Send, Some(Recipients::One(to))) => Some(to),
        _ => None,
    };
    let is_other = one(&first).zip(one(&next)).is_some_and(|(first, next)| first != next);
    if is_other && first.clock == next.clock {
        "; if both lines are of one send to all, a dialect with `send_to_all = \"line-each\"` reads them so"
    } else {
        ""
    }
}

fn previous(machine: &MachineHistory, index: u32) -> Vec<Place> {
    index.checked_sub(1).map(|before| at(machine, before)).into_iter().collect()
}

pub(super) static CLOCK_CONDITION: Rule = Rule {
    id: "clock-condition",
    is_of_events: true,
    reason: "a RECEIVE has a larger clock than its SEND",
    page: "\
What happens before has the smaller clock: the clock condition, for which logical clocks were made
(Lamport, 1978). A message must carry its SEND's clock *after* the increment. If a machine stamps the
message first and increments then, the message carries one less than the SEND is logged with, and the
RECEIVE may get the very clock of its SEND: in half of all cases and more.

Checked for each RECEIVE against the SEND it comes from. Where no SEND carries the message's clock, but
one to this machine that nobody received is logged with one more, the message was stamped before the
increment, and both lines are shown. A machine that does so does it with all its messages: where most
of them fit their SENDs, the few that do not are left to `message-sent`.

Broken by: `send(clock); clock += 1`, which is how the assignment's text can be read.",
    check: |context, findings| {
        for machine in context.machines() {
            for (receive, source) in context.sources(machine) {
                if let Source::Matched(found) = source {
                    let (own, sent) = (context.record(receive).clock, context.record(found.send).clock);
                    if own <= sent {
                        findings.add(machine.id(), context.history.line(receive), || {
                            let text = format!("received with clock {own}, no larger than its SEND's {sent}");
                            (text, vec![context.place(found.send)])
                        });
                    }
                }
            }
        }
        super::messages::stamped_early(context, findings);
        if let Some(why) = context.history.missing_logs() {
            findings.unknown(why);
        } else if context.history.tally().unknown > 0 {
            findings.unknown("the logs do not say enough to match every RECEIVE with its SEND");
        }
    },
};
