//! Runs set side by side: each setting of an experiment under a name of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::charts::{Chart, ChartError, Look, Published, experiment_charts, published_values};
use crate::metrics::MachineMetrics;
use crate::predict::residual::{setting, setting_name};
use crate::spec::{ClockRate, MachineSpec, Spec};

/// A run to be set beside others.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide<'a> {
    /// With every clock rate fixed, and of any seed; unknown of logs of others.
    pub spec: Option<&'a Spec>,
    pub seed: Option<u64>,
    /// A row a machine.
    pub rows: &'a [MachineMetrics],
}

impl<'a> SideBySide<'a> {
    fn experiment(&self) -> &'a str {
        self.rows.first().map_or("", |row| &row.experiment)
    }

    fn run(&self) -> &'a str {
        self.rows.first().map_or("", |row| &row.run)
    }
}

/// The charts of runs against speed ratio, with what is published of them. An
/// experiment that was run in several settings is named by the runs of each.
pub fn side_by_side(runs: &[SideBySide<'_>], look: Look) -> Result<Vec<Chart>, ChartError> {
    let mut rows = Vec::new();
    let mut published = Published::new();
    for (run, name) in runs.iter().zip(names(runs)) {
        published.extend(run.spec.iter().flat_map(|spec| published_values(&name, spec)));
        rows.extend(run.rows.iter().map(|row| MachineMetrics { experiment: name.clone(), ..row.clone() }));
    }
    experiment_charts(&rows, &published, look)
}

/// One setting of an experiment.
struct Setting<'a> {
    experiment: &'a str,
    shared: Option<Spec>,
    first_run: &'a str,
    runs: usize,
}

/// What each run's experiment is called.
fn names(runs: &[SideBySide<'_>]) -> Vec<String> {
    let given = rates_given(runs);
    let mut settings: Vec<Setting<'_>> = Vec::new();
    let mut of_run = Vec::new();
    for run in runs {
        let experiment = run.experiment();
        let shared = run.spec.map(|spec| match given.contains(experiment) {
            true => setting(spec),
            false => without_rates(setting(spec)),
        });
        let known = settings.iter().position(|one| one.experiment == experiment && one.shared == shared);
        let at = known.unwrap_or_else(|| {
            settings.push(Setting { experiment, shared, first_run: run.run(), runs: 0 });
            settings.len() - 1
        });
        settings[at].runs += 1;
        of_run.push(at);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &settings {
        *counts.entry(one.experiment).or_default() += 1;
    }
    let name = |one: &Setting<'_>| match counts[one.experiment] {
        1 => one.experiment.to_owned(),
        _ => setting_name(one.experiment, one.first_run, one.runs),
    };
    of_run.into_iter().map(|at| name(&settings[at])).collect()
}

/// The experiments of which one seed has several lists of clock rates. Those of
/// the others may be drawn with the seed, and then tell no settings apart.
fn rates_given<'a>(runs: &[SideBySide<'a>]) -> BTreeSet<&'a str> {
    let mut of_seed: BTreeMap<(&str, u64), &[MachineSpec]> = BTreeMap::new();
    let mut given = BTreeSet::new();
    for run in runs {
        let (Some(spec), Some(seed)) = (run.spec, run.seed) else { continue };
        let machines = *of_seed.entry((run.experiment(), seed)).or_insert(&spec.machines);
        if *machines != spec.machines {
            given.insert(run.experiment());
        }
    }
    given
}

fn without_rates(spec: Spec) -> Spec {
    let machine =
        |machine: &MachineSpec| MachineSpec { clock_rate: ClockRate::Fixed(1.0), ..machine.clone() };
    Spec { machines: spec.machines.iter().map(machine).collect(), ..spec }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::tests::samples::experiments;
    use crate::spec::parse;

    /// The names of one experiment's runs, each of a seed, rates and a chance.
    fn named(runs: &[(u64, [u32; 2], f64)]) -> Vec<String> {
        let rows = experiments(1, 2, runs.len() as u64);
        let spec = |(seed, [a, b], chance): &(u64, [u32; 2], f64)| {
            let text = format!(
                "name = \"lab\"\nduration = \"9s\"\nseed = {seed}\ninternal_prob = {chance}\n\
                 [[machine]]\nclock_rate = {a}\n[[machine]]\nclock_rate = {b}\n"
            );
            parse("lab.toml", &text, &[]).unwrap()
        };
        let specs: Vec<Spec> = runs.iter().map(spec).collect();
        let runs = specs.iter().zip(rows.chunks(2));
        names(
            &runs
                .map(|(spec, rows)| SideBySide { spec: Some(spec), seed: Some(spec.seed), rows })
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn settings_are_told_apart_by_their_runs_and_seeds_are_not() {
        const LAB: &str = "e1-rates-1-3-6";
        let told = |ends: &[&str]| ends.iter().map(|end| format!("{LAB}{end}")).collect::<Vec<_>>();
        assert_eq!(named(&[(1, [1, 2], 0.7), (2, [1, 2], 0.7)]), told(&["", ""]));
        let chances = named(&[(1, [1, 2], 0.7), (1, [1, 2], 0.2), (2, [1, 2], 0.7)]);
        assert_eq!(chances, told(&[" (0001 and 1 more run)", " (0002)", " (0001 and 1 more run)"]));
        assert_eq!(named(&[(1, [1, 2], 0.7), (1, [2, 3], 0.7)]), told(&[" (0001)", " (0002)"]));
        assert_eq!(named(&[(1, [1, 2], 0.7), (2, [5, 3], 0.7)]), told(&["", ""]), "rates may be drawn");
    }
}
