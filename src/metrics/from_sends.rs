//! Waits of logs that tell no arrivals: from the SENDs of their messages.

use super::waits::Waits;
use super::{MachineMetrics, WaitSource};
use crate::history::{History, MachineHistory};

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

/// Fills in the waits of machines whose logs tell no arrivals: of each message
/// the lab time from its SEND to its RECEIVE. They stay unknown where a SEND is
/// not found, or lies after its RECEIVE, as where the hosts' clocks differ.
pub fn bound_waits(rows: &mut [MachineMetrics], history: &History) {
    let machines = history.machines().iter();
    let run_back: Vec<u32> = rows.iter().filter(|row| row.runs_back()).map(|row| row.machine.0).collect();
    for row in rows.iter_mut().filter(|row| is_wanted(row)) {
        let Some(machine) = machines.clone().find(|machine| machine.id() == row.machine) else { continue };
        let waits = waits_of(machine, history, &run_back);
        let Some(waits) = waits.as_ref().and_then(Waits::summary) else { continue };
        (row.wait_mean, row.wait_p95, row.wait_max) =
            (Some(waits.mean_s), Some(waits.p95_s), Some(waits.max_s));
        row.wait_source = WaitSource::FromSends;
    }
}

fn waits_of(machine: &MachineHistory, history: &History, run_back: &[u32]) -> Option<Waits> {
    let mut waits = Waits::default();
    for receive in machine.receive_ids() {
        let send = history.source_of(receive)?.send;
        if run_back.contains(&send.machine.0) || run_back.contains(&receive.machine.0) {
            return None;
        }
        let sent = history.machine(send.machine)?.stamp(send.index);
        let received = machine.stamp(receive.index);
        waits.add(u64::try_from(received.0.checked_sub(sent.0)?).ok()?);
    }
    Some(waits)
}
