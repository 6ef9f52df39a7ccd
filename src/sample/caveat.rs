//! What speaks against taking a sample's runs for replicates.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Sample;
use crate::metrics::MachineMetrics;

/// A reason to look again at what was sampled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caveat {
    /// Runs that did not come to their end were left out.
    Incomplete { runs: usize },
    /// Runs that have the seed of another, or are its copy, were left out.
    Repeated { runs: usize },
    /// Logs beside those of runs are not read: of the first, and of how many more.
    NotRead { first: String, more: usize },
    /// Several runs have the same seed.
    SharedSeed { seed: u64, runs: usize },
    /// The runs are of several experiments.
    Experiments { names: Vec<String> },
    /// The runs differ in their machines.
    Machines,
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Caveat::Incomplete { runs } => {
                write!(f, "{runs} of the runs there did not come to their end, and are left out")
            }
            Caveat::Repeated { runs } => write!(
                f,
                "runs left out, as they have the seed of another run there or are its copy, and so are no \
                 replicates: {runs}"
            ),
            Caveat::NotRead { first, more: 0 } => f.write_str(first),
            Caveat::NotRead { first, more } => write!(f, "{first} (and so of {more} more of the runs)"),
            Caveat::SharedSeed { seed, runs } => write!(
                f,
                "{runs} runs have seed {seed}: their draws are the same, so they are no replicates, and intervals \
                 come out too narrow; give each run a seed of its own"
            ),
            Caveat::Experiments { names } => write!(
                f,
                "the runs are of several experiments ({}); replicates differ in their seed alone",
                names.join(", ")
            ),
            Caveat::Machines => f.write_str("the runs differ in their machines; replicates have the same"),
        }
    }
}

/// What was left out of a sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeftOut<'a> {
    /// Runs that did not come to their end.
    pub incomplete: usize,
    /// Runs that have the seed of another, or are its copy.
    pub repeated: usize,
    /// Of each run that has them: logs beside its own that are not read, in words.
    pub not_read: &'a [String],
}

impl Sample {
    /// All that is odd about it.
    pub fn caveats(&self) -> Vec<Caveat> {
        let Sample { incomplete, repeated, .. } = *self;
        let left_out = LeftOut { incomplete, repeated, not_read: &self.not_read };
        caveats(self.runs.iter().map(|run| (run.seed, &run.rows[..])), left_out)
    }
}

/// All that is odd about runs, given the seed of each, if it is known, and a row
/// a machine.
pub fn caveats<'a>(
    runs: impl Iterator<Item = (Option<u64>, &'a [MachineMetrics])> + Clone,
    left_out: LeftOut<'_>,
) -> Vec<Caveat> {
    let LeftOut { incomplete, repeated, not_read } = left_out;
    let mut seeds: BTreeMap<u64, usize> = BTreeMap::new();
    runs.clone().filter_map(|(seed, _)| seed).for_each(|seed| *seeds.entry(seed).or_default() += 1);
    let shared = seeds.into_iter().find(|(_, runs)| *runs > 1);
    let rows = runs.clone().map(|(_, rows)| rows);
    let experiments: BTreeSet<&str> = rows.clone().flatten().map(|row| &*row.experiment).collect();
    let names: Vec<String> = experiments.into_iter().map(str::to_owned).collect();
    let not_read =
        not_read.first().map(|first| Caveat::NotRead { first: first.clone(), more: not_read.len() - 1 });
    [
        (incomplete > 0).then_some(Caveat::Incomplete { runs: incomplete }),
        (repeated > 0).then_some(Caveat::Repeated { runs: repeated }),
        not_read,
        shared.map(|(seed, runs)| Caveat::SharedSeed { seed, runs }),
        (names.len() > 1).then_some(Caveat::Experiments { names }),
        (!have_same_machines(rows)).then_some(Caveat::Machines),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether runs, each with a row a machine, have the same machines.
pub(super) fn have_same_machines<'a>(mut runs: impl Iterator<Item = &'a [MachineMetrics]>) -> bool {
    let of = |rows: &'a [MachineMetrics]| rows.iter().map(|row| row.machine);
    let Some(first) = runs.next() else { return true };
    runs.all(|rows| of(rows).eq(of(first)))
}

#[cfg(test)]
mod tests {
    use super::super::SampledRun;
    use super::*;
    use crate::metrics::tests::row;

    #[test]
    fn replicates_are_not_odd_and_others_are() {
        let run = |seed, rows| SampledRun { seed: Some(seed), rows };
        let mut sample =
            Sample { runs: vec![run(1, vec![row(1)]), run(2, vec![row(1)])], ..Sample::default() };
        assert_eq!((sample.caveats(), Sample::default().caveats()), (vec![], vec![]));
        let other = MachineMetrics { experiment: "other".into(), ..row(2) };
        sample.runs.push(run(2, vec![row(1), other]));
        sample.incomplete = 3;
        let names = ["exp", "other"].map(str::to_owned).to_vec();
        let all = [
            Caveat::Incomplete { runs: 3 },
            Caveat::SharedSeed { seed: 2, runs: 2 },
            Caveat::Experiments { names },
            Caveat::Machines,
        ];
        assert_eq!(sample.caveats(), all);
    }
}
