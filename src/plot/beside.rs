//! Runs set side by side, and behind few of them what others of their spec come to.

use crate::charts::{Experiments, SideBySide};
use crate::metrics::MachineMetrics;
use crate::predict::replicates::simulated_replicates;
use crate::spec::Spec;

/// Simulated runs behind few runs: wanted, and at least; and events of all of
/// them: a picture takes no longer.
const RUNS: (u32, u32) = (200, 50);
const EVENTS: f64 = 5e6;

/// Runs, to be drawn side by side. Where they are few runs of one spec, a long
/// way from a distribution, simulated runs of that spec stand behind them.
pub fn side_by_side<'a>(runs: &[SideBySide<'a>]) -> Experiments<'a> {
    let mut experiments = Experiments::side_by_side(runs);
    let spec = runs.first().and_then(|run| run.planned).map(|planned| planned.spec());
    let is_whole = |run: &SideBySide<'_>, duration_s| run.rows.iter().any(|row| lasts(row, duration_s));
    let wanted = |spec: &Spec| {
        let duration_s = spec.duration.as_secs_f64();
        experiments.are_few_replicates() && runs.iter().all(|run| is_whole(run, duration_s))
    };
    if let Some(spec) = spec.filter(wanted) {
        // Without simulated runs the chart is whole, and says nothing of them.
        experiments.simulated = simulated_replicates(&spec, RUNS.0, RUNS.1, EVENTS).unwrap_or_default();
    }
    experiments
}

/// Whether a machine's events reach as far as the run was to last: one that was
/// stopped is no replicate of whole ones.
fn lasts(row: &MachineMetrics, duration_s: f64) -> bool {
    const TICKS: f64 = 2.0;
    let within = row.clock_rate.zip(row.span_s).map(|(rate, span_s)| span_s + TICKS / rate);
    within.is_some_and(|reach_s| reach_s >= duration_s)
}
