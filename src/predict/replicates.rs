//! Simulated replicates of a run: runs of the same spec that differ in the seed alone.

use crate::engine::StopSwitch;
use crate::metrics::MachineMetrics;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::plan::budget::affordable_runs;
use crate::predict::expected::NoExpectation;
use crate::predict::simulated::simulate_metrics;
use crate::spec::Spec;

/// From the seed of a run to the first of its replicates: far enough that no seed
/// which people choose beside the run's own is among them.
const SEEDS_APART: u64 = 0x7265_706c_0000;

/// The rows of `wanted` simulated replicates of a run of this spec, a row a
/// machine, or of fewer, but `least`, where they are long: all of them together
/// have at most `events_max` events. Their seeds follow from the run's.
///
/// # Errors
///
/// There are none, and why.
pub fn simulated_replicates(
    spec: &Spec,
    wanted: u32,
    least: u32,
    events_max: f64,
) -> Result<Vec<MachineMetrics>, NoExpectation> {
    let run = Run::single(spec.clone(), String::new());
    if let Some(machine) = run.machines().find(|machine: &MachineId| run.is_foreign(*machine)) {
        return Err(NoExpectation::Foreign { machine });
    }
    let runs = affordable_runs(spec, wanted, least, events_max)?;
    let rows = (0..u64::from(runs)).flat_map(|nth| {
        let seed = spec.seed.wrapping_add(SEEDS_APART + nth);
        let replicate = Run::single(Spec { seed, ..spec.clone() }, nth.to_string());
        simulate_metrics(&replicate, &StopSwitch::default())
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicates_follow_from_the_seed_and_stay_within_their_budget() {
        let spec = |seed: u64, rest: &str| {
            let machines = "[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 6\n";
            let text = format!("name = \"t\"\nduration = \"60s\"\nseed = {seed}\n{rest}{machines}");
            crate::spec::parse("t", &text, &[]).unwrap()
        };
        let rows = |seed, events_max| simulated_replicates(&spec(seed, ""), 40, 10, events_max);
        let all = rows(1, 1e6).unwrap();
        assert_eq!(
            (all.len(), all == rows(1, 1e6).unwrap(), all == rows(2, 1e6).unwrap()),
            (80, true, false)
        );
        let fewer = rows(1, 10_000.0).unwrap().len();
        assert!((20..80).contains(&fewer), "{fewer}");
        assert!(matches!(rows(1, 100.0), Err(NoExpectation::OverBudget(_))));
        let rest = "[network]\nopen = true\n[[machine]]\nclock_rate = 1\nforeign = true\naddress = \"127.0.0.1:5001\"\n";
        let foreign = simulated_replicates(&spec(1, rest), 40, 10, 1e6);
        assert_eq!(foreign, Err(NoExpectation::Foreign { machine: MachineId(1) }));
    }
}
