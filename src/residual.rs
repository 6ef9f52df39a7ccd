//! Residuals: how far measured runs lie from theory, counted in what chance
//! alone makes of it. Pure: chance is simulated, with seeds of its own.

use std::collections::BTreeSet;

use crate::count::counted;
use crate::engine::StopSwitch;
use crate::event::MachineId;
use crate::metrics::MachineMetrics;
use crate::metrics::simulated::simulate_metrics;
use crate::plan::Run;
use crate::spec::Spec;
use crate::statistics::moments::Moments;
use crate::theory::{Prediction, Regime};

/// Runs simulated to learn how much chance does.
pub const SIMULATED_RUNS: usize = 200;

/// Standard deviations beyond which it is hardly chance.
pub const HARDLY_CHANCE_SD: f64 = 3.0;

/// A run as it was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Names the run.
    pub run: String,
    /// With every clock rate fixed.
    pub spec: Spec,
    pub rows: Vec<MachineMetrics>,
}

/// What theory foretells and runs show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Share of ticks that are RECEIVE, by theory the load, at most 1.
    Utilisation,
    /// Messages; theory has a figure for overloaded machines only.
    EndQueue,
    FinalClock,
}

impl Quantity {
    pub const ALL: [Quantity; 3] = [Quantity::Utilisation, Quantity::EndQueue, Quantity::FinalClock];

    /// The name of the metric.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Utilisation => "utilisation",
            Quantity::EndQueue => "end_queue",
            Quantity::FinalClock => "final_clock",
        }
    }

    fn theory(self, prediction: &Prediction, duration_s: f64) -> Option<f64> {
        match self {
            Quantity::Utilisation => Some(prediction.load.min(1.0)),
            Quantity::EndQueue => {
                (prediction.regime == Regime::Overloaded).then_some(prediction.queue_growth * duration_s)
            }
            Quantity::FinalClock => Some(prediction.clock_slope * duration_s),
        }
    }

    fn measured(self, row: &MachineMetrics) -> Option<f64> {
        match self {
            Quantity::Utilisation => row.utilisation,
            Quantity::EndQueue => row.end_queue.map(|queue| queue as f64),
            Quantity::FinalClock => Some(row.final_clock as f64),
        }
    }
}

/// One quantity of one machine: in theory, by simulation, and as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    pub machine: MachineId,
    pub quantity: Quantity,
    pub theory: Option<f64>,
    /// Mean over the simulated runs.
    pub simulated: Option<f64>,
    /// One run's value, or the mean over several.
    pub measured: Option<f64>,
    /// What chance alone makes of it: one run's standard deviation, or the
    /// standard error of the mean over several.
    pub chance: Option<f64>,
}

impl Residual {
    /// (measured − theory) ÷ chance. `None` where one of them is unknown, or
    /// chance does nothing.
    pub fn value(&self) -> Option<f64> {
        let chance = self.chance.filter(|chance| *chance > 0.0)?;
        Some((self.measured? - self.theory?) / chance)
    }

    /// The same against the mean of the simulated runs, of one run or of the
    /// mean over several seeds; counts in what chance makes of that mean.
    pub fn against_simulation(&self, seeds: usize) -> Option<f64> {
        let chance = self.chance.filter(|chance| *chance > 0.0)?;
        let widened = chance * (1.0 + seeds as f64 / SIMULATED_RUNS as f64).sqrt();
        Some((self.measured? - self.simulated?) / widened)
    }
}

/// Runs that differ in nothing but their seeds, against theory.
#[derive(Clone, Debug, PartialEq)]
pub struct Residuals {
    /// As the first run's.
    pub spec: Spec,
    /// In the order of machines.
    pub predictions: Vec<Prediction>,
    /// Of each run, with its name.
    pub runs: Vec<(String, Vec<Residual>)>,
    /// How many different seeds the runs have: as many samples of chance.
    pub seeds: usize,
    /// Of the mean over runs, if they have several seeds.
    pub mean: Option<Vec<Residual>>,
}

/// What runs of one experiment share: all of the spec but the seed and the
/// speedup.
pub fn setting(spec: &Spec) -> Spec {
    Spec { seed: 0, speedup: 1.0, ..spec.clone() }
}

/// What one of several settings of an experiment is called: by the first of its
/// runs, and how many there are.
pub fn setting_name(experiment: &str, first_run: &str, runs: usize) -> String {
    let more = match runs.saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {}", counted(more as u64, "more run")),
    };
    format!("{experiment} ({first_run}{more})")
}

/// Sorts runs into experiments: those that differ in nothing but the seed and
/// the speedup. Keeps their order.
pub fn by_experiment(runs: Vec<Measured>) -> Vec<Vec<Measured>> {
    let mut groups: Vec<(Spec, Vec<Measured>)> = Vec::new();
    for run in runs {
        let key = setting(&run.spec);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(run),
            None => groups.push((key, vec![run])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Holds the runs of one experiment against theory; `None` if `stop` came
/// first, or there is no run. What chance does is learned from so many
/// simulated runs, and unknown without any.
pub fn residuals(runs: &[Measured], simulated_runs: usize, stop: &StopSwitch) -> Option<Residuals> {
    let spec = &runs.first()?.spec;
    let own_seeds: BTreeSet<u64> = runs.iter().map(|run| run.spec.seed).collect();
    let samples = simulate_others(spec, &own_seeds, simulated_runs, stop)?;
    let run = Run::single(spec.clone(), String::new());
    let predictions = run.predictions();
    let of = |rows: &[&[MachineMetrics]], chance_divisor: f64| -> Vec<Residual> {
        let machines = run.machines().zip(&predictions);
        let cells = machines.flat_map(|(machine, prediction)| {
            Quantity::ALL.map(|quantity| {
                let simulated = moments(samples.iter().map(Vec::as_slice), machine, quantity);
                let measured = moments(rows.iter().copied(), machine, quantity);
                Residual {
                    machine,
                    quantity,
                    theory: quantity.theory(prediction, spec.duration.as_secs_f64()),
                    simulated: simulated.map(|over| over.mean),
                    measured: measured.map(|over| over.mean),
                    chance: simulated.map(|over| over.sd / chance_divisor),
                }
            })
        });
        cells.collect()
    };
    let all: Vec<&[MachineMetrics]> = runs.iter().map(|run| run.rows.as_slice()).collect();
    let seeds = own_seeds.len();
    Some(Residuals {
        spec: spec.clone(),
        runs: runs.iter().map(|run| (run.run.clone(), of(&[&run.rows], 1.0))).collect(),
        mean: (seeds > 1).then(|| of(&all, (seeds as f64).sqrt())),
        seeds,
        predictions,
    })
}

/// The same experiment with the lowest seeds that none of the runs has.
fn simulate_others(
    spec: &Spec,
    own_seeds: &BTreeSet<u64>,
    simulated_runs: usize,
    stop: &StopSwitch,
) -> Option<Vec<Vec<MachineMetrics>>> {
    let seeds = (1..).filter(|seed| !own_seeds.contains(seed)).take(simulated_runs);
    let simulated = seeds.map(|seed| {
        let run = Run::single(Spec { seed, ..spec.clone() }, String::new());
        let rows = simulate_metrics(&run, stop);
        stop.reason().is_none().then_some(rows)
    });
    simulated.collect()
}

/// A machine's values, over the runs that have them.
fn moments<'a>(
    runs: impl Iterator<Item = &'a [MachineMetrics]>,
    machine: MachineId,
    quantity: Quantity,
) -> Option<Moments> {
    let value =
        |rows: &'a [MachineMetrics]| quantity.measured(rows.iter().find(|row| row.machine == machine)?);
    Moments::of(&runs.filter_map(value).collect::<Vec<f64>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

    fn measured(root: &str, seed: u64) -> Measured {
        let rates = [1, 3, 6].map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).concat();
        let text = format!("name = \"t\"\nduration = \"60s\"\nseed = {seed}\n{root}\n{rates}");
        let run = Run::single(parse("t", &text, &[]).unwrap(), format!("seed-{seed}"));
        let rows = simulate_metrics(&run, &StopSwitch::default());
        Measured { run: run.name, spec: run.spec, rows }
    }

    fn cell(residuals: &[Residual], machine: u32, quantity: Quantity) -> Residual {
        let found = residuals.iter().find(|one| one.machine.0 == machine && one.quantity == quantity);
        *found.unwrap()
    }

    #[test]
    fn sound_runs_lie_within_chance_and_a_wrong_one_does_not() {
        let mut run = measured("internal_prob = 0.7", 1000);
        let found = residuals(std::slice::from_ref(&run), SIMULATED_RUNS, &StopSwitch::default()).unwrap();
        assert_eq!((found.seeds, &found.mean), (1, &None));
        let queue = cell(&found.runs[0].1, 1, Quantity::EndQueue);
        // 31.1 ± 8.1 as simulated elsewhere, 30 in theory.
        assert!((queue.theory.unwrap() - 30.0).abs() < 1e-6, "{queue:?}");
        assert!((queue.simulated.unwrap() - 31.1).abs() < 2.5, "{queue:?}");
        assert!((queue.chance.unwrap() / 8.1 - 1.0).abs() < 0.25, "{queue:?}");
        assert!(queue.value().unwrap().abs() < 4.0, "{queue:?}");
        run.rows[0].end_queue = run.rows[0].end_queue.map(|queue| queue + 100);
        let wrong = residuals(&[run], SIMULATED_RUNS, &StopSwitch::default()).unwrap();
        assert!(cell(&wrong.runs[0].1, 1, Quantity::EndQueue).value().unwrap() > 6.0);
    }

    #[test]
    fn the_mean_of_several_runs_is_held_against_its_standard_error() {
        let runs: Vec<Measured> = (1000..1016).map(|seed| measured("internal_prob = 0.3", seed)).collect();
        let found = residuals(&runs, SIMULATED_RUNS, &StopSwitch::default()).unwrap();
        let (one, mean) = (cell(&found.runs[0].1, 1, Quantity::EndQueue), found.mean.unwrap());
        let mean = cell(&mean, 1, Quantity::EndQueue);
        assert!((one.chance.unwrap() / mean.chance.unwrap() - 4.0).abs() < 1e-9, "16 runs");
        let sum: f64 = runs.iter().map(|run| run.rows[0].end_queue.unwrap() as f64).sum();
        assert!((mean.measured.unwrap() - sum / 16.0).abs() < 1e-9, "{mean:?}");
        // A run that is there twice tells nothing new.
        let twice = [runs[0].clone(), runs[0].clone()];
        assert_eq!(residuals(&twice, SIMULATED_RUNS, &StopSwitch::default()).unwrap().mean, None);
    }

    #[test]
    fn runs_are_sorted_by_what_they_share_but_for_the_seed() {
        let roots = ["internal_prob = 0.7", "internal_prob = 0.3", "internal_prob = 0.7\nspeedup = 10"];
        let runs = roots.iter().zip(1..).map(|(root, seed)| measured(root, seed)).collect();
        let sizes: Vec<usize> = by_experiment(runs).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn what_is_unknown_has_no_residual() {
        let mut run = measured("internal_prob = 1", 5);
        run.rows.truncate(1);
        let found = residuals(&[run], SIMULATED_RUNS, &StopSwitch::default()).unwrap();
        let machine_1 = cell(&found.runs[0].1, 1, Quantity::FinalClock);
        // Without messages a clock is its count of ticks, and chance does nothing.
        assert_eq!((machine_1.measured, machine_1.chance, machine_1.value()), (Some(60.0), Some(0.0), None));
        assert_eq!(cell(&found.runs[0].1, 2, Quantity::FinalClock).value(), None);
        assert_eq!(cell(&found.runs[0].1, 1, Quantity::EndQueue).theory, None, "it is stable");
        assert_eq!(residuals(&[], SIMULATED_RUNS, &StopSwitch::default()), None);
        let stop = StopSwitch::default();
        stop.interrupt();
        assert_eq!(residuals(&[measured("", 1)], SIMULATED_RUNS, &stop), None);
    }
}
