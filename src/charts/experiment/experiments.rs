//! Runs of experiments, ready to be set side by side.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::published::Published;
use super::replicates;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::{RatesKey, by_run};
use crate::model::event::MachineId;

/// Runs of experiments, sorted once for all charts of them, and what is published
/// of them.
pub struct Experiments<'a> {
    /// In the order they were met.
    pub(super) experiments: Vec<String>,
    /// The place of its experiment, and a row a machine.
    pub(super) runs: Vec<(usize, &'a [MachineMetrics])>,
    /// The place of its rates and machines among those of all runs, for each run:
    /// by experiment, and by rates from the lowest on.
    pub(super) alike: Vec<usize>,
    pub(super) names: usize,
    pub(super) machines: usize,
    pub(super) published: Published,
    /// Rows of simulated runs of their spec, to be drawn behind few replicates.
    pub simulated: Vec<MachineMetrics>,
}

impl<'a> Experiments<'a> {
    /// Of rows, those of an experiment together, and in it those of a run in the
    /// order of its machines.
    pub fn of(rows: &'a [MachineMetrics], published: Published) -> Experiments<'a> {
        let by_experiment = rows.chunk_by(|one, next| one.experiment == next.experiment);
        Experiments::named(by_experiment.map(|rows| (&*rows[0].experiment, rows)), published)
    }

    /// Of lists of rows, each with what its experiment is called.
    pub(super) fn named<'n>(
        rows: impl IntoIterator<Item = (&'n str, &'a [MachineMetrics])>,
        published: Published,
    ) -> Experiments<'a> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let (mut experiments, mut runs) = (Vec::new(), Vec::new());
        for (experiment, run) in
            rows.into_iter().flat_map(|(name, rows)| by_run(rows).map(move |run| (name, run)))
        {
            let place = *places.entry(experiment).or_insert_with(|| {
                experiments.push(experiment.to_owned());
                experiments.len() - 1
            });
            runs.push((place, run));
        }
        let names: HashSet<(usize, &str)> =
            runs.iter().filter_map(|(place, run)| Some((*place, &*run.first()?.run))).collect();
        let machines: HashSet<(usize, MachineId)> =
            runs.iter().flat_map(|(place, run)| run.iter().map(|row| (*place, row.machine))).collect();
        let (names, machines) = (names.len(), machines.len());
        let alike = alike(&experiments, &runs);
        Experiments { experiments, runs, alike, names, machines, published, simulated: Vec::new() }
    }

    /// Whether these are runs of one experiment at the same clock rates, too few to
    /// be drawn as a distribution.
    pub fn are_few_replicates(&self) -> bool {
        let runs = 1..replicates::LEAST;
        runs.contains(&self.runs.len()) && self.alike.iter().all(|alike| *alike == 0)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'a MachineMetrics> {
        self.runs.iter().flat_map(|(_, run)| run.iter())
    }
}

fn alike(experiments: &[String], runs: &[(usize, &[MachineMetrics])]) -> Vec<usize> {
    let mut known: HashMap<(usize, RatesKey), usize> = HashMap::new();
    let mut of_runs: Vec<usize> = Vec::with_capacity(runs.len());
    for (place, run) in runs {
        let next = known.len();
        of_runs.push(*known.entry((*place, RatesKey::of(run))).or_insert(next));
    }
    let sorted: BTreeMap<(&str, &RatesKey), usize> =
        known.iter().map(|((place, rates), at)| ((experiments[*place].as_str(), rates), *at)).collect();
    let mut nth = vec![0; known.len()];
    sorted.values().enumerate().for_each(|(place, at)| nth[*at] = place);
    of_runs.into_iter().map(|at| nth[at]).collect()
}
