//! Runs set side by side: each setting of an experiment under a name of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::experiments::Experiments;
use super::published::{Published, published_values};
use crate::metrics::MachineMetrics;
use crate::metrics::summary::RatesKey;
use crate::predict::residual::setting_name;
use crate::sample::settings::Planned;
use crate::spec::{ClockRate, MachineSpec, Spec};

/// A run to be set beside others.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide<'a> {
    /// With every clock rate fixed, and distinguished from others by the same
    /// [`Settings`](crate::sample::settings::Settings); unknown of foreign logs.
    pub planned: Option<&'a Planned>,
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

impl<'a> Experiments<'a> {
    /// Of runs, with what is published of them. An experiment that was run in
    /// several settings is named by the runs of each.
    pub fn side_by_side(runs: &[SideBySide<'a>]) -> Experiments<'a> {
        let Named { names, of_run } = names(runs);
        let mut published = Published::new();
        let mut reported = BTreeSet::new();
        for (run, at) in runs.iter().zip(&of_run) {
            if let Some(planned) = run.planned.filter(|_| reported.insert(*at)) {
                published.extend(published_values(&names[*at], &planned.setting));
            }
        }
        Experiments::named(
            runs.iter().zip(&of_run).map(|(run, at)| (names[*at].as_str(), run.rows)),
            published,
        )
    }
}

/// One setting of an experiment.
struct Setting<'a> {
    experiment: &'a str,
    first_run: &'a str,
    runs: usize,
}

/// The names of settings, and the place of each run's among them.
struct Named {
    names: Vec<String>,
    of_run: Vec<usize>,
}

/// What each run's experiment is called.
fn names(runs: &[SideBySide<'_>]) -> Named {
    let given = rates_given(runs);
    let mut without_rates = WithoutRates::default();
    let mut places: HashMap<(&str, Option<usize>, Option<RatesKey>), usize> = HashMap::new();
    let mut settings: Vec<Setting<'_>> = Vec::new();
    let mut of_run = Vec::new();
    for run in runs {
        let experiment = run.experiment();
        let shared = run.planned.map(|planned| match given.contains(experiment) {
            true => planned.id(),
            false => without_rates.first_alike(planned),
        });
        // Of foreign logs their rates are all that is known.
        let rates = run.planned.is_none().then(|| RatesKey::of(run.rows));
        let at = *places.entry((experiment, shared, rates)).or_insert_with(|| {
            settings.push(Setting { experiment, first_run: run.run(), runs: 0 });
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
    Named { names: settings.iter().map(name).collect(), of_run }
}

/// The experiments of which one seed has several lists of clock rates. Those of
/// the others may be drawn with the seed, and then tell no settings apart.
fn rates_given<'a>(runs: &[SideBySide<'a>]) -> BTreeSet<&'a str> {
    let mut of_seed: HashMap<(&str, u64), &Planned> = HashMap::new();
    let mut given = BTreeSet::new();
    for run in runs {
        let Some(planned) = run.planned else { continue };
        let first = *of_seed.entry((run.experiment(), planned.seed)).or_insert(planned);
        if first.id() != planned.id() && first.setting.machines != planned.setting.machines {
            given.insert(run.experiment());
        }
    }
    given
}

/// Settings that differ in their clock rates alone, by the first of each.
#[derive(Default)]
struct WithoutRates {
    known: HashMap<usize, usize>,
    firsts: Vec<(Spec, usize)>,
}

impl WithoutRates {
    fn first_alike(&mut self, planned: &Planned) -> usize {
        let id = planned.id();
        if let Some(first) = self.known.get(&id) {
            return *first;
        }
        let spec = without_rates(&planned.setting);
        let known = self.firsts.iter().find(|(other, _)| *other == spec).map(|(_, first)| *first);
        let first = known.unwrap_or_else(|| {
            self.firsts.push((spec, id));
            id
        });
        self.known.insert(id, first);
        first
    }
}

fn without_rates(spec: &Spec) -> Spec {
    let machine =
        |machine: &MachineSpec| MachineSpec { clock_rate: ClockRate::Fixed(1.0), ..machine.clone() };
    Spec { machines: spec.machines.iter().map(machine).collect(), ..spec.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::tests::samples::experiments;
    use crate::sample::settings::Settings;
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
        let settings = Settings::default();
        let planned: Vec<Planned> = runs.iter().map(|run| settings.of(&spec(run))).collect();
        let runs = planned.iter().zip(rows.chunks(2));
        let Named { names, of_run } = names(
            &runs.map(|(planned, rows)| SideBySide { planned: Some(planned), rows }).collect::<Vec<_>>(),
        );
        of_run.into_iter().map(|at| names[at].clone()).collect()
    }

    #[test]
    fn settings_are_told_apart_by_their_runs_and_seeds_are_not() {
        const LAB: &str = "e1-rates-1-3-6";
        let reported = |ends: &[&str]| ends.iter().map(|end| format!("{LAB}{end}")).collect::<Vec<_>>();
        assert_eq!(named(&[(1, [1, 2], 0.7), (2, [1, 2], 0.7)]), reported(&["", ""]));
        let chances = named(&[(1, [1, 2], 0.7), (1, [1, 2], 0.2), (2, [1, 2], 0.7)]);
        assert_eq!(chances, reported(&[" (0001 and 1 more run)", " (0002)", " (0001 and 1 more run)"]));
        assert_eq!(named(&[(1, [1, 2], 0.7), (1, [2, 3], 0.7)]), reported(&[" (0001)", " (0002)"]));
        assert_eq!(named(&[(1, [1, 2], 0.7), (2, [5, 3], 0.7)]), reported(&["", ""]), "rates may be drawn");
    }
}
