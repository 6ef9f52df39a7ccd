//! Waits of logs that tell no arrivals: from the SENDs of their messages.

use super::series::MachineSeries;
use super::waits::Waits;
use super::{MachineMetrics, WaitSource};
use crate::history::{EventId, History, MachineHistory};

/// Runs with more events are not held in memory for this.
pub const EVENTS_MAX: u64 = 2_000_000;

/// Whether there are waits to be found by [`bound_waits`].
pub fn are_wanted(rows: &[MachineMetrics]) -> bool {
    let events: u64 = rows.iter().map(|row| row.events).sum();
    rows.len() > 1 && events <= EVENTS_MAX && rows.iter().any(is_wanted)
}

fn is_wanted(row: &MachineMetrics) -> bool {
    row.receives > 0 && row.wait_source == WaitSource::Unknown
}

/// Fills in the waits of machines whose logs tell no arrivals, in their rows and
/// in their series: of each message the lab time from its SEND to its RECEIVE.
/// They stay unknown where a SEND is not found, or lies after its RECEIVE, as
/// where the hosts' clocks differ.
pub fn bound_waits(rows: &mut [MachineMetrics], series: &mut [MachineSeries], history: &History) {
    let run_back: Vec<u32> = rows.iter().filter(|row| row.has_clock_set()).map(|row| row.machine.0).collect();
    for row in rows.iter_mut().filter(|row| is_wanted(row)) {
        let Some(machine) = history.machine(row.machine) else { continue };
        let Some(waits_us) = waits_us(machine, history, &run_back) else { continue };
        let mut waits = Waits::default();
        waits_us.iter().for_each(|(_, us)| waits.add(*us));
        let Some(summary) = waits.summary() else { continue };
        (row.wait_mean, row.wait_p95, row.wait_max) =
            (Some(summary.mean_s), Some(summary.p95_s), Some(summary.max_s));
        row.wait_source = WaitSource::FromSends;
        if let Some(own) = series.iter_mut().find(|own| own.machine == row.machine) {
            (own.waits, own.wait_source) = (Some(summary), row.wait_source);
            own.tell_waits(row.events, waits_us);
        }
    }
}

/// Of each RECEIVE its place among the events of its log, and the wait.
fn waits_us(machine: &MachineHistory, history: &History, run_back: &[u32]) -> Option<Vec<(usize, u64)>> {
    let wait_us = |receive: EventId| {
        let send = history.source_of(receive)?.send;
        if run_back.contains(&send.machine.0) || run_back.contains(&receive.machine.0) {
            return None;
        }
        let sent = history.machine(send.machine)?.stamp(send.index);
        let received = machine.stamp(receive.index);
        Some((receive.index as usize, u64::try_from(received.0.checked_sub(sent.0)?).ok()?))
    };
    machine.receive_ids().map(wait_us).collect()
}
