//! Rules about Lamport's clocks.

use std::collections::BTreeMap;

use super::context::{Context, at};
use super::finding::Findings;
use super::habits::{self, LineEach, NeverLogged};
use super::{Evidence, Place, Rule};
use crate::history::{EventId, MachineHistory, Source};
use crate::log::FaultKind;
use crate::model::event::Kind;
use crate::text::numbers::counted;

pub(super) static CLOCK_RISES: Rule = Rule {
    id: "clock-rises",
    rests_on: Evidence::Events,
    reason: "a machine's logical clock rises with every event",
    page: "\
A logical clock numbers the events of its machine: each has a larger number than the one before it
(Lamport, *Time, Clocks, and the Ordering of Events in a Distributed System*, 1978, rule IR1).

A send to several that is logged in a line for each recipient, within one tick, is one event: that is a habit
of logging, and named with the key of a dialect that reads it so.

Broken by: lines that were swapped or sorted by a stamp too coarse for it, a machine that was started
again in the middle, a clock shared by threads without a lock, an event that is logged before its
increment.",
    check: |context, findings| {
        let mut lines_each: BTreeMap<&str, (u64, Place, Vec<Place>)> = BTreeMap::new();
        each_pair(context, findings, |findings, machine, index, before| {
            let clock = machine.clock(index);
            if clock > before {
                return;
            }
            if let Some(how) = line_each(context, machine, index) {
                let first = || (0, at(machine, index), previous(machine, index));
                lines_each.entry(how.name()).or_insert_with(first).0 += 1;
                return;
            }
            findings.add(machine.id(), machine.line(index), || {
                let text = format!("the logical clock does not rise: {clock} after {before}");
                (text, previous(machine, index))
            });
        });
        for (how, (count, place, proof)) in lines_each {
            let times = counted(count, "time");
            let text = format!(
                "sends to several are logged in a line for each recipient, {times}, here first; a dialect with \
                 `send_to_all = \"{how}\"` reads such lines as one SEND"
            );
            findings.remark(place, count, (text, proof));
        }
    },
};

pub(super) static CLOCK_STEP: Rule = Rule {
    id: "clock-step",
    rests_on: Evidence::Ticks,
    reason: "INTERNAL and SEND add one to the clock; RECEIVE makes it max(own, message) + 1",
    page: "\
An INTERNAL and a SEND add one. A RECEIVE takes the larger of its own clock and the message's, and adds
one (Lamport, 1978, rules IR1 and IR2). A clock that steps otherwise leaps or lags, and with it every
jump, drift and difference that is measured.

Where a log does not say which clock a message carried, a RECEIVE may step by any amount; the others are
still held to one. Clocks that all begin at 1 are a habit of logging. Where a kind of event is never logged,
though clocks rise as if it happened, only a clock that rises too little is wrong.

Broken by: a maximum that is forgotten, or taken without adding one; lines that were taken out; clocks
that run together on the wire for want of framing (`12` and `13` read as `1213`).",
    check: |context, findings| {
        let mut silent = false;
        remark_beginning(context, findings);
        let has_gaps = context.habits.never_logged.as_ref();
        remark_gaps(has_gaps, findings);
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
            let is_gap = has_gaps.is_some() && clock > expected;
            if clock != expected && !is_gap && line_each(context, machine, index).is_none() {
                findings.add(machine.id(), machine.line(index), || {
                    let kind = machine.kind(index);
                    let rule = match kind {
                        Kind::Receive => format!("max({before}, {message_clock}) + 1"),
                        Kind::Internal | Kind::Send => format!("{before} + 1"),
                    };
                    let is_late = index == 0 && clock > expected;
                    let advice = if is_late { ", unless the log's beginning is missing" } else { "" };
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

fn remark_beginning(context: &Context<'_>, findings: &mut Findings) {
    let first = context.machines().iter().find(|machine| !machine.is_empty());
    let Some(first) = first.filter(|_| context.habits.first_clock > 0) else { return };
    let logs = context.machines().iter().filter(|machine| !machine.is_empty()).count() as u64;
    let text =
        "all clocks of the run start from 1: every first event has 2, unless each log lacks its first line";
    findings.remark(at(first, 0), logs, (text.to_owned(), Vec::new()));
}

/// A RECEIVE that is never logged is another matter: then messages do not add up.
fn remark_gaps(never_logged: Option<&NeverLogged>, findings: &mut Findings) {
    if let Some(missing) = never_logged.filter(|missing| missing.kind == Kind::Internal) {
        let rose = counted(missing.gaps, "event");
        let text = format!(
            "{}: internal events are not logged, and before {rose} the clock rose without a line",
            missing.why()
        );
        findings.remark(missing.first_gap, missing.gaps, (text, Vec::new()));
    }
}

/// Shows every event, and the clock before it, which is 0 at first, or where the
/// clocks of the run begin.
fn each_pair(
    context: &Context<'_>,
    findings: &mut Findings,
    mut see: impl FnMut(&mut Findings, &MachineHistory, u32, u64),
) {
    for machine in context.machines() {
        let mut before = context.habits.first_clock;
        for index in 0..machine.len() as u32 {
            see(findings, machine, index, before);
            before = machine.clock(index);
        }
    }
}

fn line_each(context: &Context<'_>, machine: &MachineHistory, index: u32) -> Option<LineEach> {
    habits::line_each(machine, index, context.trust(machine).resolution_us)
}

fn previous(machine: &MachineHistory, index: u32) -> Vec<Place> {
    index.checked_sub(1).map(|before| at(machine, before)).into_iter().collect()
}

pub(super) static CLOCK_CONDITION: Rule = Rule {
    id: "clock-condition",
    rests_on: Evidence::Receives,
    reason: "a RECEIVE has a larger clock than its SEND",
    page: "\
What happens before has the smaller clock: the clock condition, for which logical clocks were made
(Lamport, 1978). A message must carry its SEND's clock *after* the increment. If a machine stamps the
message first and increments then, the message carries one less than the SEND is logged with, and the
RECEIVE may get the very clock of its SEND: in half of all cases and more.

A machine that does so does it with all its messages, and that is reported once. It shows where SENDs say what
they carried; and where RECEIVEs find no SEND of their message's clock, and most of them one of the next.
Other rules then take each message for that of its SEND.

Broken by: `send(clock); clock += 1`, which is how the assignment's text can be read.",
    check: |context, findings| {
        let tally = context.history.tally();
        for machine in context.machines() {
            stamped_early(context, machine, findings);
            for (receive, send) in matched(context, machine) {
                let (own, sent) = (context.record(receive).clock, context.record(send).clock);
                if own <= sent && context.history.carried_clock(send) >= sent {
                    findings.add(machine.id(), context.history.line(receive), || {
                        let text = format!("received with clock {own}, no larger than its SEND's {sent}");
                        (text, vec![context.place(send)])
                    });
                }
            }
        }
        if tally.missing > 0 && context.machines().iter().any(bears_another_name) {
            findings.unknown("a log bears the name of another machine, whose messages it is checked against");
        } else if let Some(why) = context.history.missing_logs() {
            findings.unknown(why);
        } else if tally.unknown > 0 {
            findings.unknown("the logs do not say enough to match every RECEIVE with its SEND");
        }
    },
};

/// RECEIVEs of a machine, and the SENDs that they come from.
fn matched<'a>(
    context: &Context<'a>,
    machine: &'a MachineHistory,
) -> impl Iterator<Item = (EventId, EventId)> {
    context.sources(machine).filter_map(|(receive, source)| match source {
        Source::Matched(found) => Some((receive, found.send)),
        _ => None,
    })
}

/// One fault for all messages of a machine that carry the clock before their SEND's
/// increment.
fn stamped_early(context: &Context<'_>, sender: &MachineHistory, findings: &mut Findings) {
    let is_send = |index: &u32| sender.kind(*index) == Kind::Send;
    let sends = (0..sender.len() as u32).filter(is_send).map(|index| EventId { machine: sender.id(), index });
    let (mut all, mut early, mut first) = (0, 0, None);
    for (send, receive) in sends.flat_map(|send| context.history.receives_of(send).map(move |to| (send, to)))
    {
        all += 1;
        if context.history.carried_clock(send) < context.record(send).clock {
            early += 1;
            first.get_or_insert((send, receive));
        }
    }
    let Some((send, receive)) = first else { return };
    let (carried, logged) = (context.history.carried_clock(send), context.record(send).clock);
    let text = format!(
        "{early} of {all} messages carry the clock before the SEND's increment: this one {carried}, and its SEND is \
         logged with {logged}; they are stamped before the increment"
    );
    findings.add_once(context.place(send), early, (text, vec![context.place(receive)]));
}

fn bears_another_name(machine: &MachineHistory) -> bool {
    machine.stats().faults.iter().any(|fault| matches!(fault.kind, FaultKind::OtherMachine { .. }))
}
