//! When a measurement is not to be trusted, and what to do about it.

use std::fmt;

use super::MachineMetrics;
use super::summary::RunMetrics;
use crate::model::event::MachineId;
use crate::text::numbers::percent;

/// An achieved rate may be off by this share of the nominal one.
pub const FIDELITY_TOLERANCE: f64 = 0.005;
/// Share of late ticks that is tolerated: they change the order of a few events,
/// and hardly what a run measures.
pub const LATE_SHARE_TOLERANCE: f64 = 0.005;

/// A reason for doubt.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// The machine served fewer ticks than were due.
    Slow { machine: MachineId, achieved_rate: f64, clock_rate: f64 },
    /// Ticks were served nearer to the next deadline than to their own.
    Late { machine: MachineId, late_ticks: u64, ticks: u64 },
    /// The stamps of the machine's log run backwards, or leap ahead by an hour.
    ClockSet { machine: MachineId },
    /// Messages were sent and neither received nor left in a queue.
    Unaccounted { messages: i64 },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::Slow { machine, achieved_rate, clock_rate } => write!(
                f,
                "machine {machine} ran at {achieved_rate:.4} ticks/s instead of {clock_rate}: this host cannot keep the pace; \
                 lower the clock rates or --speedup, or close other programs"
            ),
            Doubt::Late { machine, late_ticks, ticks } => write!(
                f,
                "machine {machine} served {late_ticks} of {ticks} ticks late by more than half a period: events may have changed \
                 their order; lower the clock rates or --speedup, or close other programs"
            ),
            Doubt::ClockSet { machine } => write!(
                f,
                "the stamps of machine {machine} run backwards or leap ahead, so that its span and its drift are unknown: was \
                 the clock of its host set, or did summer time begin or end?"
            ),
            Doubt::Unaccounted { messages } => write!(
                f,
                "{messages} messages were sent and neither received nor left in a queue; the logs' ERROR lines may tell why"
            ),
        }
    }
}

/// Every reason to doubt a run's measurements.
pub fn doubts(rows: &[MachineMetrics], run: &RunMetrics) -> Vec<Doubt> {
    let unaccounted = run.messages_unaccounted.filter(|messages| *messages != 0);
    rows.iter()
        .filter_map(slow)
        .chain(rows.iter().filter_map(late))
        .chain(
            rows.iter().filter(|row| row.has_clock_set()).map(|row| Doubt::ClockSet { machine: row.machine }),
        )
        .chain(unaccounted.map(|messages| Doubt::Unaccounted { messages }))
        .collect()
}

/// Whether so many ticks, served or lost to a delay, are not what was due.
pub fn is_off_pace(ticks: f64, due: f64) -> bool {
    (1.0 - ticks / due).abs() > pace_tolerance(due)
}

/// The share by which ticks may differ from what was due: a run that is
/// stopped may have a tick due that it did not serve.
pub fn pace_tolerance(due: f64) -> f64 {
    let one_tick = 1.5 / due;
    FIDELITY_TOLERANCE.max(one_tick)
}

fn slow(row: &MachineMetrics) -> Option<Doubt> {
    let (fidelity, ticks) = (row.fidelity?, row.ticks? as f64);
    // Ticks lost to a delay in the sender are what its spec asks for. Where none
    // was served, nothing tells how many were due, but that some were.
    let due = if ticks > 0.0 { ticks / fidelity } else { f64::INFINITY };
    let doubt = Doubt::Slow {
        machine: row.machine,
        achieved_rate: row.clock_rate? * fidelity,
        clock_rate: row.clock_rate?,
    };
    is_off_pace(ticks, due).then_some(doubt)
}

fn late(row: &MachineMetrics) -> Option<Doubt> {
    let (late_ticks, ticks) = (row.late_ticks?, row.ticks?);
    let doubtful = late_ticks as f64 > LATE_SHARE_TOLERANCE * ticks as f64;
    doubtful.then_some(Doubt::Late { machine: row.machine, late_ticks, ticks })
}

/// A fidelity with what must be reported beside it: served at all does not mean
/// served in time.
pub fn fidelity_words(fidelity: f64, late_share: Option<f64>) -> String {
    match late_share.filter(|share| *share > LATE_SHARE_TOLERANCE) {
        Some(share) => format!("{fidelity:.4}, with {} of the ticks late", percent(share)),
        None => format!("{fidelity:.4}"),
    }
}
