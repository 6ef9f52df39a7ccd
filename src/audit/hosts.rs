//! A rule about the clocks of hosts: that they tell the same time.

use super::context::{Context, at_header, named, seconds};
use super::finding::Findings;
use super::times::Offset;
use super::{Evidence, Rule};
use crate::history::MachineHistory;
use crate::model::event::MachineId;

pub(super) static HOST_CLOCKS: Rule = Rule {
    id: "host-clocks",
    rests_on: Evidence::Events,
    reason: "the clocks by which the logs are stamped tell the same time",
    page: "\
A message takes a moment, so the stamps of its SEND and its arrival bound how far the clocks of two machines
may differ; messages there and back bound it from both sides. Where zero lies outside, all stamps of one
log lie ahead of the others or behind them. That is reported once, with the difference; a whole number of
quarters of an hour is most likely a time zone. Other rules then take the stamps without it.

A difference shows if it is larger than the quickest message there and the quickest one back took together,
and than what stamps may be off by: nothing where one process stamped all logs, as in a run of labctl that
has its manifest, and a tenth of a second of real time, or a second where stamps are whole seconds, for each
of the two elsewhere. At --speedup 20 that is four seconds of lab time. Where a log does not say how long
messages waited, their wait counts as part of the way.

Logs of labctl that start together to the microsecond are stamped by one agreement on the start; of others
nothing is known where no message goes there and back.

Broken by: machines on hosts whose clocks differ or are set to other time zones, a log whose stamps were
moved.",
    check: host_clocks,
};

fn host_clocks(context: &Context<'_>, findings: &mut Findings) {
    for (place, machine) in context.machines().iter().enumerate() {
        if let Some(offset) = context.times.offset(place) {
            findings.add(machine.id(), at_header(machine), || {
                let send = |receive| context.history.source_of(receive).map(|found| found.send);
                let proof = offset.proof.into_iter().flat_map(|receive| [Some(receive), send(receive)]);
                let text = offset_text(offset, &named(&reference(context)));
                (text, proof.flatten().map(|event| context.place(event)).collect())
            });
        }
    }
    let starts_alone =
        |machine: &MachineHistory| machine.header().is_none_or(|header| header.phase.is_none());
    let is_unbounded = |(machine, answered): &(&MachineHistory, &bool)| starts_alone(machine) && !**answered;
    let unbounded = context.machines().iter().zip(&context.times.answered).filter(is_unbounded);
    let unbounded: Vec<MachineId> = unbounded.map(|(machine, _)| machine.id()).collect();
    if !unbounded.is_empty() && context.machines().len() > 1 {
        let whose = named(&unbounded);
        findings.unknown(format!("no messages that are matched beyond doubt go there and back: {whose}"));
    }
    context.doubt_stamps(findings);
}

/// The machines whose clocks agree.
fn reference(context: &Context<'_>) -> Vec<MachineId> {
    context.times.reference.iter().map(|place| context.machines()[*place].id()).collect()
}

fn offset_text(offset: &Offset, whose: &str) -> String {
    let middle_us = offset.middle_us();
    let side = if middle_us > 0 { "ahead of" } else { "behind" };
    match quarters(offset) {
        Some(quarters) => {
            let (hours, minutes) = (quarters / 4, quarters % 4 * 15);
            let parts = [(hours, "h"), (minutes, "min")];
            let parts = parts.iter().filter(|(count, _)| *count > 0);
            let by: Vec<String> = parts.map(|(count, unit)| format!("{count} {unit}")).collect();
            format!(
                "all stamps of this log lie a constant {} {side} those of {whose}: a time zone or clock that is set otherwise",
                by.join(" ")
            )
        }
        None => format!(
            "all stamps of this log lie a constant {} {side} those of {whose}, give or take {}: a clock that is set \
             otherwise, or stamps that were moved",
            seconds(middle_us.saturating_abs()),
            seconds(offset.width_us() / 2)
        ),
    }
}

/// How many quarters of an hour the offset is, if it may be a whole number.
fn quarters(offset: &Offset) -> Option<i64> {
    const QUARTER_US: i64 = 15 * 60 * 1_000_000;
    /// Of two clocks that were set by hand.
    const NEAR_US: i64 = 5_000_000;
    let middle_us = offset.middle_us().checked_abs()?;
    let quarters = middle_us.saturating_add(QUARTER_US / 2) / QUARTER_US;
    let off_us = (middle_us - quarters * QUARTER_US).abs();
    (quarters > 0 && off_us <= NEAR_US.max(offset.width_us())).then_some(quarters)
}
