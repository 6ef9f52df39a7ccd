//! Which runs are replicates of each other: those of one setting whose draws
//! are their own.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use crate::files::digest::sha256;
use crate::log::open_log;
use crate::metrics::MachineMetrics;
use crate::read::run_path::RunPath;

/// Runs of one experiment and one setting, by their places in the list that
/// they were sorted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replicates {
    /// In their order.
    pub members: Vec<usize>,
    /// Runs that have the seed of a member or are its copy, and so tell nothing
    /// of their own.
    pub repeats: Vec<usize>,
}

/// What replicates share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shared<'a> {
    experiment: &'a str,
    /// Stated in the logs, or drawn; by their bits, as they are compared for equality.
    clock_rates: Vec<Option<u64>>,
    /// Its setting; unknown of foreign logs.
    setting: Option<usize>,
}

/// Where the draws of a run come from, or what is left of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Draws {
    Seed(u64),
    /// The digest of logs whose seed nobody knows, and which of their runs it is.
    Logs(String, Option<String>),
}

/// A run that may be a replicate of others.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    pub run: &'a RunPath,
    /// A row a machine.
    pub rows: &'a [MachineMetrics],
    /// The [id](crate::sample::settings::Planned::id) of its setting; unknown of foreign logs.
    pub setting: Option<usize>,
}

/// Sorts runs into those that are replicates.
pub fn replicates<'a>(runs: impl IntoIterator<Item = Candidate<'a>>) -> Vec<Replicates> {
    let mut places: HashMap<Shared<'a>, usize> = HashMap::new();
    let mut found: Vec<(HashSet<Draws>, Replicates)> = Vec::new();
    for (at, Candidate { run, rows, setting }) in runs.into_iter().enumerate() {
        let shared = Shared {
            experiment: rows.first().map_or(&run.experiment, |row| &row.experiment),
            clock_rates: rows.iter().map(|row| row.clock_rate.map(f64::to_bits)).collect(),
            setting,
        };
        let place = *places.entry(shared).or_insert_with(|| {
            found.push((HashSet::new(), Replicates { members: Vec::new(), repeats: Vec::new() }));
            found.len() - 1
        });
        let (seen, replicates) = &mut found[place];
        let is_new = draws(run).is_none_or(|draws| seen.insert(draws));
        if is_new { replicates.members.push(at) } else { replicates.repeats.push(at) }
    }
    found.into_iter().map(|(_, replicates)| replicates).collect()
}

/// The clock rates of a run's machines; an unknown one is empty.
pub(super) fn clock_rates(rows: &[MachineMetrics]) -> Vec<String> {
    rows.iter().map(|row| row.clock_rate.map_or_else(String::new, |rate| rate.to_string())).collect()
}

/// `None` where neither a seed nor a log is there to tell.
pub(super) fn draws(run: &RunPath) -> Option<Draws> {
    if let Some(manifest) = &run.manifest {
        return Some(Draws::Seed(manifest.seed));
    }
    let part = run.dialect.as_ref().and_then(|of| of.contexts.first()?.part.as_ref());
    let part = part.map(|part| part.run.clone());
    let digests = run.logs.iter().map(|log| {
        let mut bytes = Vec::new();
        open_log(log).and_then(|mut file| file.read_to_end(&mut bytes)).ok().map(|_| sha256(&bytes))
    });
    digests
        .collect::<Option<Vec<String>>>()
        .filter(|all| !all.is_empty())
        .map(|all| Draws::Logs(all.concat(), part))
}
