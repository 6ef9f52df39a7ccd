//! Messages that were sent and never received, by machines that were idle long after.

use super::Place;
use super::context::{Context, at};
use super::finding::Findings;
use super::lines::{END_TOLERANCE_S, END_TOLERANCE_TICKS};
use crate::history::{EventId, MachineHistory};
use crate::model::event::Kind;

/// No message is on its way for longer, unless its sender sleeps for longer.
const ON_ITS_WAY_US: i64 = 10_000_000;

/// Reports the messages that a machine, whose log has no record of its end, should
/// have received before it was idle: an idle tick has found the queue empty.
/// Whether there are any.
pub(super) fn never_arrived(
    context: &Context<'_>,
    machine: &MachineHistory,
    findings: &mut Findings,
) -> bool {
    let is_idle = |index: &u32| machine.kind(*index) != Kind::Receive;
    let Some(last_idle) = (0..machine.len() as u32).rev().find(is_idle) else { return false };
    // A RECEIVE may be a line that cannot be read, or a message be passed over.
    if machine.stats().unmatched > 0 || passes_over(machine) {
        return false;
    }
    let time_us = |index| context.time_us(EventId { machine: machine.id(), index });
    let idle_us = time_us(last_idle);
    let sent = sent_to(context, machine);
    // Who sleeps between a SEND's line and its message is silent as long.
    let sleeps_us = context.machines().iter().map(|sender| longest_sleep_us(context, sender));
    let on_its_way_us = sleeps_us.max().unwrap_or(0).saturating_mul(2).max(ON_ITS_WAY_US);
    let due = sent.iter().filter(|(sent_us, _)| sent_us.saturating_add(on_its_way_us) <= idle_us);
    let due: Vec<&(i64, EventId)> = due.collect();
    let received = machine.receive_ids().take_while(|receive| receive.index < last_idle).count();
    let lost = due.len().saturating_sub(received);
    let (Some(first), Some(last)) = (due.first(), due.last()) else { return false };
    if lost == 0 {
        return false;
    }
    let idle = (0..=last_idle).filter(is_idle).filter(|index| time_us(*index) >= first.0).count();
    let after_s = idle_us.saturating_sub(last.0) as f64 / 1e6;
    let (id, due) = (machine.id(), due.len());
    let text = format!(
        "{lost} of {due} messages to machine {id} never arrived: it was idle {idle} times after the first of \
         them was sent, the last time {after_s:.0} s after the last of them"
    );
    let proof: Vec<Place> = vec![context.place(first.1), context.place(last.1)];
    findings.add_once(at(machine, last_idle), lost as u64, (text, proof));
    true
}

/// The longest time from a SEND to the event after it, or to the end of all logs.
fn longest_sleep_us(context: &Context<'_>, machine: &MachineHistory) -> i64 {
    let time_us = |index| context.time_us(EventId { machine: machine.id(), index });
    let ends_us = context.machines().iter().filter_map(|machine| Some(context.ends_us(machine)?.1));
    let latest_us = ends_us.max().unwrap_or(0);
    let is_send = |index: &u32| machine.kind(*index) == Kind::Send;
    let length = machine.len() as u32;
    let next_us = |index: u32| if index + 1 < length { time_us(index + 1) } else { latest_us };
    let sleep_us = |index: u32| next_us(index).saturating_sub(time_us(index));
    (0..length).filter(is_send).map(sleep_us).max().unwrap_or(0)
}

/// Whether it is idle while its queue holds a message, which `queue-first` reports.
fn passes_over(machine: &MachineHistory) -> bool {
    let leaves_one = |index: u32| machine.record(index).queue_length.is_some_and(|left| left > 0);
    let is_receive = |index: u32| machine.kind(index) == Kind::Receive;
    (1..machine.len() as u32)
        .any(|index| !is_receive(index) && is_receive(index - 1) && leaves_one(index - 1))
}

/// The messages to a machine by the time that they were sent, in its order: of a
/// machine whose log begins after the others, only those since.
fn sent_to(context: &Context<'_>, machine: &MachineHistory) -> Vec<(i64, EventId)> {
    let mut sent: Vec<(i64, EventId)> = Vec::new();
    for sender in context.machines() {
        let is_send = |index: &u32| sender.kind(*index) == Kind::Send;
        let sends = (0..sender.len() as u32).filter(is_send);
        let sends = sends.map(|index| EventId { machine: sender.id(), index });
        let to_it = sends.filter(|send| context.history.recipients(*send).any(|to| to == machine.id()));
        sent.extend(to_it.map(|send| (context.time_us(send), send)));
    }
    sent.sort_unstable();
    let begins_us = context.ends_us(machine).map_or(0, |(first, _)| first);
    let earliest_us = context.machines().iter().filter_map(|other| Some(context.ends_us(other)?.0)).min();
    let late_s = begins_us.saturating_sub(earliest_us.unwrap_or(begins_us)) as f64 / 1e6;
    let rate = machine.header().map_or(1.0, |header| header.clock_rate);
    if late_s > END_TOLERANCE_S + END_TOLERANCE_TICKS / rate {
        sent.retain(|(sent_us, _)| *sent_us >= begins_us);
    }
    sent
}
