//! Residuals: how far measured runs lie from what their spec lets expect. Pure:
//! what to expect is simulated, with seeds of its own.

use std::collections::BTreeSet;

use crate::metrics::{EXPECTED_METRICS, MachineMetrics, Metric};
use crate::model::event::MachineId;
use crate::model::theory::Prediction;
use crate::plan::Run;
use crate::predict::expected::Expected;
use crate::spec::Spec;
use crate::statistics::moments::Moments;
use crate::text::numbers::counted;

/// A residual beyond this is hardly chance.
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

/// One quantity of one machine, as expected and as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    pub machine: MachineId,
    pub metric: Metric,
    /// Mean over the simulated runs.
    pub expected: Option<f64>,
    /// One run's value, or the mean over several.
    pub measured: Option<f64>,
    /// What chance alone makes of it: one run's standard deviation, or the
    /// standard error of the difference between the mean over several and what
    /// is expected.
    pub chance: Option<f64>,
    /// How far it lies off, in standard deviations of a normal law; see
    /// [`Expected::residual`]. `None` where a figure is unknown.
    pub value: Option<f64>,
}

impl Residual {
    /// Whether chance alone hardly does this.
    pub fn is_hardly_chance(&self) -> bool {
        self.value.is_some_and(|value| value.abs() > HARDLY_CHANCE_SD)
    }
}

/// Runs that differ in nothing but their seeds, against what they let expect.
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

/// Checks the runs of one experiment against what is expected of them; `None`
/// if there is no run.
pub fn residuals(runs: &[Measured], expected: &Expected) -> Option<Residuals> {
    let spec = &runs.first()?.spec;
    let seeds = runs.iter().map(|run| run.spec.seed).collect::<BTreeSet<u64>>().len();
    let run = Run::single(spec.clone(), String::new());
    let all: Vec<&[MachineMetrics]> = runs.iter().map(|run| &run.rows[..]).collect();
    Some(Residuals {
        spec: spec.clone(),
        predictions: run.predictions(),
        runs: runs.iter().map(|run| (run.run.clone(), residuals_of_run(&run.rows, spec, expected))).collect(),
        seeds,
        mean: residuals_of_mean(&all, seeds, spec, expected),
    })
}

/// Of one run, given a row a machine; `spec` is what it shares with others.
pub fn residuals_of_run(rows: &[MachineMetrics], spec: &Spec, expected: &Expected) -> Vec<Residual> {
    cells(spec).map(|(machine, metric)| of_one(rows, expected, machine, metric)).collect()
}

/// Of the mean over runs of as many different seeds, given a row a machine of
/// each; `None` where they have not several.
pub fn residuals_of_mean(
    runs: &[&[MachineMetrics]],
    seeds: usize,
    spec: &Spec,
    expected: &Expected,
) -> Option<Vec<Residual>> {
    let mean = || cells(spec).map(|(machine, metric)| of_many(runs, seeds, expected, machine, metric));
    (seeds > 1).then(|| mean().collect())
}

fn cells(spec: &Spec) -> impl Iterator<Item = (MachineId, Metric)> + use<> {
    MachineId::all(spec.machine_count())
        .flat_map(|machine| EXPECTED_METRICS.iter().map(move |metric| (machine, *metric)))
}

fn value(rows: &[MachineMetrics], machine: MachineId, metric: Metric) -> Option<f64> {
    metric.of(rows.iter().find(|row| row.machine == machine)?)
}

fn of_one(rows: &[MachineMetrics], expected: &Expected, machine: MachineId, metric: Metric) -> Residual {
    let moments = expected.moments(machine, metric);
    let measured = value(rows, machine, metric);
    Residual {
        machine,
        metric,
        expected: moments.map(|moments| moments.mean),
        measured,
        chance: moments.map(|moments| moments.sd),
        value: measured.and_then(|measured| expected.residual(machine, metric, measured)),
    }
}

/// The scores of the runs are added up and divided by the standard deviation of
/// their sum (Stouffer, 1949), which for few runs of a skewed quantity is no
/// more often large than it should be. All scores share the simulated runs,
/// which widens it by 1 + seeds ÷ simulated runs.
fn of_many(
    runs: &[&[MachineMetrics]],
    seeds: usize,
    expected: &Expected,
    machine: MachineId,
    metric: Metric,
) -> Residual {
    let moments = expected.moments(machine, metric);
    let values: Vec<f64> = runs.iter().filter_map(|run| value(run, machine, metric)).collect();
    let scores: Option<Vec<f64>> =
        values.iter().map(|value| expected.score(machine, metric, *value)).collect();
    let mean = |values: &[f64]| Moments::of(values).map(|moments| moments.mean);
    // Runs with the same seed are one sample of chance.
    let seeds = seeds as f64;
    let widened = 1.0 / seeds + 1.0 / f64::from(expected.runs());
    Residual {
        machine,
        metric,
        expected: moments.map(|moments| moments.mean),
        measured: mean(&values),
        chance: moments.map(|moments| moments.sd * widened.sqrt()),
        value: scores.and_then(|scores| Some(mean(&scores)? / widened.sqrt())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::StopSwitch;
    use crate::metrics::catalogue;
    use crate::predict::expected::RUNS;
    use crate::predict::simulated::simulate_metrics;
    use crate::spec::parse;

    fn measured(root: &str, seed: u64) -> Measured {
        let rates = [1, 3, 6].map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).concat();
        let text = format!("name = \"t\"\nduration = \"60s\"\nseed = {seed}\n{root}\n{rates}");
        let run = Run::single(parse("t", &text, &[]).unwrap(), format!("seed-{seed}"));
        let rows = simulate_metrics(&run, &StopSwitch::default());
        Measured { run: run.name, spec: run.spec, rows }
    }

    fn expected(of: &Measured) -> Expected {
        let run = Run::single(of.spec.clone(), String::new());
        Expected::of(&run, RUNS, 50e6, &StopSwitch::default()).unwrap()
    }

    fn cell(residuals: &[Residual], machine: u32, metric: Metric) -> Residual {
        let found = residuals.iter().find(|one| one.machine.0 == machine && one.metric == metric);
        *found.unwrap()
    }

    #[test]
    fn sound_runs_lie_within_chance_and_a_wrong_one_does_not() {
        let mut run = measured("internal_prob = 0.7", 1000);
        let expected = expected(&run);
        let found = residuals(std::slice::from_ref(&run), &expected).unwrap();
        assert_eq!((found.seeds, &found.mean), (1, &None));
        assert!(found.runs[0].1.iter().all(|one| one.value.is_some() && !one.is_hardly_chance()));
        let queue = cell(&found.runs[0].1, 1, catalogue::END_QUEUE);
        // 31.1 ± 8.1 as simulated elsewhere.
        assert!((queue.expected.unwrap() - 31.1).abs() < 2.0, "{queue:?}");
        assert!((queue.chance.unwrap() / 8.1 - 1.0).abs() < 0.15, "{queue:?}");
        run.rows[0].end_queue = run.rows[0].end_queue.map(|queue| queue + 100);
        let wrong = residuals(&[run], &expected).unwrap();
        assert!(cell(&wrong.runs[0].1, 1, catalogue::END_QUEUE).value.unwrap() > 6.0);
        assert_eq!(residuals(&[], &expected), None);
    }

    #[test]
    fn the_mean_of_several_runs_is_held_against_its_standard_error() {
        let runs: Vec<Measured> = (1000..1016).map(|seed| measured("internal_prob = 0.3", seed)).collect();
        let expected = expected(&runs[0]);
        let found = residuals(&runs, &expected).unwrap();
        let (one, mean) = (cell(&found.runs[0].1, 1, catalogue::END_QUEUE), found.mean.unwrap());
        assert!(mean.iter().all(|one| one.value.unwrap().abs() < 4.0), "{mean:?}");
        let mean = cell(&mean, 1, catalogue::END_QUEUE);
        let widened = (1.0 / 16.0 + 1.0 / 700.0_f64).sqrt();
        assert!((mean.chance.unwrap() / one.chance.unwrap() - widened).abs() < 1e-9, "16 runs");
        let sum: f64 = runs.iter().map(|run| run.rows[0].end_queue.unwrap() as f64).sum();
        assert!((mean.measured.unwrap() - sum / 16.0).abs() < 1e-9, "{mean:?}");
        let longer = runs.iter().cloned().map(|mut run| {
            run.rows[0].end_queue = run.rows[0].end_queue.map(|queue| queue + 12);
            run
        });
        let longer = residuals(&longer.collect::<Vec<_>>(), &expected).unwrap();
        assert!(
            cell(&longer.mean.unwrap(), 1, catalogue::END_QUEUE).is_hardly_chance(),
            "five standard errors"
        );
        // A run that is there twice tells nothing new.
        let twice = [runs[0].clone(), runs[0].clone()];
        assert_eq!(residuals(&twice, &expected).unwrap().mean, None);
    }

    #[test]
    fn runs_are_sorted_by_what_they_share_but_for_the_seed() {
        let roots = ["internal_prob = 0.7", "internal_prob = 0.3", "internal_prob = 0.7\nspeedup = 10"];
        let runs = roots.iter().zip(1..).map(|(root, seed)| measured(root, seed)).collect();
        let sizes: Vec<usize> = by_experiment(runs).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn what_is_unknown_has_no_residual_and_what_never_varies_must_be_met() {
        let mut run = measured("internal_prob = 1", 5);
        let expected = expected(&run);
        run.rows.truncate(1);
        let of = |run: &Measured, machine| {
            cell(
                &residuals(std::slice::from_ref(run), &expected).unwrap().runs[0].1,
                machine,
                catalogue::FINAL_CLOCK,
            )
        };
        // Without messages a clock is its count of ticks, and chance does nothing.
        assert_eq!((of(&run, 1).measured, of(&run, 1).chance), (Some(60.0), Some(0.0)));
        assert!(!of(&run, 1).is_hardly_chance());
        assert_eq!((of(&run, 2).measured, of(&run, 2).value), (None, None));
        run.rows[0].final_clock += 1;
        assert!(of(&run, 1).is_hardly_chance());
    }
}
