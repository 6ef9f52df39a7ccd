//! A sample: the replicates of one experiment, or of one cell of a sweep, as
//! they are read from disk.

mod caveat;
mod cells;
mod comparison;
mod comparison_document;
mod pilot;
mod replicates;
pub mod settings;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use caveat::have_same_machines;
pub use caveat::{Caveat, LeftOut, caveats};
pub use cells::read_cells;
pub use comparison::{
    ComparisonRow, Pairing, SampleComparison, Unpaired, common_quantities, compare_samples, compared,
};
pub use comparison_document::{ComparisonDocument, ComparisonRecord, records};
pub use pilot::{Pilot, PilotError};
pub use replicates::{Candidate, Replicates, replicates};

use self::replicates::{clock_rates, draws};
use crate::error_kind::{ErrorKind, HasKind};
use crate::metrics::{MachineMetrics, Quantity};
use crate::model::event::MachineId;
use crate::parallel;
use crate::read::find::find_runs;
use crate::read::find_error::FindError;
use crate::read::run_path::{RunPath, RunState};
use crate::read::{ReadError, run_metrics};
use crate::sample::settings::{Planned, Settings};
use crate::spec::{Spec, to_toml};
use crate::store::{RUNS_FILE, SPEC_FILE};

/// Runs that differ in their seed alone, as far as is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    pub runs: Vec<SampledRun>,
    /// How many runs were left out, as they did not come to their end.
    pub incomplete: usize,
    /// How many were left out, as they have the seed of another or are its copy.
    pub repeated: usize,
    /// Of each run that has them: logs beside its own that are not read, in words.
    pub not_read: Vec<String>,
}

/// One run of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledRun {
    /// Unknown for foreign logs.
    pub seed: Option<u64>,
    /// A row a machine.
    pub rows: Vec<MachineMetrics>,
}

/// A sample cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{path} holds runs, but none that came to its end; run them again")]
    NoneComplete { path: PathBuf },
    #[error("cannot read {path}: {source}")]
    Open { path: PathBuf, source: std::io::Error },
    #[error(
        "{path}:{line}: {what}; a sweep's {RUNS_FILE} has the columns cell, replicate, seed, \
         one for each axis, and those of metrics.csv"
    )]
    Row { path: PathBuf, line: u64, what: String },
    #[error("{path} holds no runs; let the sweep finish some first")]
    NoRows { path: PathBuf },
    #[error(
        "{path} holds {cells} cells, and only the runs of one cell differ by chance alone; name one, as in {}",
        path.join("c1").display()
    )]
    SeveralCells { path: PathBuf, cells: usize },
    #[error(
        "{path} holds runs of several clock rates ({first}; {second}), which are no replicates of each other; name \
         the runs of one, or fix rates that are drawn with --clock-rates"
    )]
    SeveralRates { path: PathBuf, first: String, second: String },
    #[error(
        "{path} holds runs of several settings ({first}; {second}), which are no replicates of each other; name \
         the runs of one"
    )]
    SeveralSettings { path: PathBuf, first: String, second: String },
    #[error("{path} has no cell {cell}; its cells are {first} to {last}")]
    NoSuchCell { path: PathBuf, cell: u32, first: u32, last: u32 },
}

impl HasKind for SampleError {
    fn kind(&self) -> ErrorKind {
        match self {
            SampleError::Find(error) => error.kind(),
            _ => ErrorKind::Failed,
        }
    }
}

impl Sample {
    /// Reads a tree of runs, a sweep of one cell, or one cell of a sweep, named
    /// as `results/my-sweep/c2`.
    pub fn read(path: &Path) -> Result<Sample, SampleError> {
        if path.join(RUNS_FILE).is_file() {
            return only_cell(path);
        }
        match sweep_and_cell(path) {
            Some((sweep, cell)) if sweep.join(RUNS_FILE).is_file() => one_cell(sweep, cell),
            _ => runs_below(path),
        }
    }

    /// Runs of as many machines at other rates, stated or drawn, are no replicates.
    fn check_rates(&self, path: &Path) -> Result<(), SampleError> {
        let Some(first) = self.runs.first().map(|run| &run.rows) else { return Ok(()) };
        let differ = |rows: &[MachineMetrics]| {
            let rates = |rows: &[MachineMetrics]| rows.iter().map(|row| row.clock_rate).collect::<Vec<_>>();
            rows.len() == first.len() && rates(rows) != rates(first)
        };
        match self.runs.iter().find(|run| differ(&run.rows)) {
            None => Ok(()),
            Some(other) => Err(SampleError::SeveralRates {
                path: path.to_owned(),
                first: clock_rates(first).join(", "),
                second: clock_rates(&other.rows).join(", "),
            }),
        }
    }

    /// A quantity's value in every run; `None` where it is unknown.
    pub fn values(&self, quantity: &Quantity) -> impl Iterator<Item = Option<f64>> {
        self.runs.iter().map(|run| quantity.of(&run.rows))
    }

    /// The machines that every run has; `None` where runs differ in that.
    pub fn machines(&self) -> Option<Vec<MachineId>> {
        let first = self.runs.first()?;
        let are_same = have_same_machines(self.runs.iter().map(|run| &run.rows[..]));
        are_same.then(|| first.rows.iter().map(|row| row.machine).collect())
    }
}

fn runs_below(path: &Path) -> Result<Sample, SampleError> {
    let (mut sample, mut seen) = (Sample::default(), HashSet::new());
    let (settings, mut planned) = (Settings::default(), Vec::<Planned>::new());
    let mut found = find_runs(path)?;
    let all = found.len();
    found.retain(came_to_its_end);
    sample.incomplete = all - found.len();
    sample.not_read.extend(found.iter().filter_map(RunPath::not_read));
    let read =
        |run: &RunPath| Ok((run_metrics(run)?, settings.load(&run.folder.join(SPEC_FILE)), draws(run)));
    let mut runs = found.iter();
    parallel::in_order(&found, RunPath::log_bytes, read, |read: Result<_, ReadError>| {
        let (rows, own, draws) = read?;
        let seed = runs.next().and_then(|run| run.manifest.as_ref()).map(|manifest| manifest.seed);
        // Runs of other experiments or settings with the same seed are reported as such.
        let experiment = rows.first().map(|row: &MachineMetrics| row.experiment.clone());
        let is_new = draws.is_none_or(|draws| seen.insert((experiment, draws)));
        if !is_new {
            sample.repeated += 1;
            return Ok(());
        }
        let is_known = |own: &Planned| planned.iter().any(|other| other.id() == own.id());
        planned.extend(own.filter(|own| !is_known(own)));
        sample.runs.push(SampledRun { seed, rows });
        Ok::<(), SampleError>(())
    })?;
    sample.check_rates(path)?;
    check_settings(path, &planned.iter().map(|planned| nameless(&planned.setting)).collect::<Vec<_>>())?;
    if sample.runs.is_empty() {
        return Err(SampleError::NoneComplete { path: path.to_owned() });
    }
    Ok(sample)
}

/// What decides a run besides its seed, whatever it is called.
fn nameless(setting: &Spec) -> Spec {
    Spec { name: String::new(), why: String::new(), published: None, ..setting.clone() }
}

/// Runs of other settings are no replicates; of foreign logs they are unknown.
fn check_settings(path: &Path, settings: &[Spec]) -> Result<(), SampleError> {
    let Some(first) = settings.first() else { return Ok(()) };
    let Some(other) = settings.iter().find(|other| *other != first) else { return Ok(()) };
    let (first, other) = (to_toml(first), to_toml(other));
    let (mut lines, mut others) = (first.lines(), other.lines());
    let differ = std::iter::from_fn(|| match (lines.next(), others.next()) {
        (None, None) => None,
        pair => Some(pair),
    });
    let (first, second) = differ.into_iter().find(|(one, other)| one != other).unwrap_or_default();
    let reported = |line: Option<&str>| line.unwrap_or("nothing").to_owned();
    Err(SampleError::SeveralSettings {
        path: path.to_owned(),
        first: reported(first),
        second: reported(second),
    })
}

/// Whether a run came to its end, as far as is known: foreign logs never say.
pub fn came_to_its_end(run: &RunPath) -> bool {
    run.state == RunState::InPlace
        && run.manifest.as_ref().is_none_or(|manifest| manifest.status.came_to_its_end())
}

fn only_cell(sweep: &Path) -> Result<Sample, SampleError> {
    let mut cells = read_cells(&sweep.join(RUNS_FILE))?;
    match (cells.pop_first(), cells.len()) {
        (Some((_, sample)), 0) => sample.check_rates(sweep).map(|()| sample),
        (_, others) => Err(SampleError::SeveralCells { path: sweep.to_owned(), cells: others + 1 }),
    }
}

fn one_cell(sweep: &Path, cell: u32) -> Result<Sample, SampleError> {
    let mut cells = read_cells(&sweep.join(RUNS_FILE))?;
    let (first, last) = (cells.keys().next().copied(), cells.keys().last().copied());
    let sample = cells.remove(&cell).ok_or_else(|| SampleError::NoSuchCell {
        path: sweep.to_owned(),
        cell,
        first: first.unwrap_or_default(),
        last: last.unwrap_or_default(),
    })?;
    sample.check_rates(sweep)?;
    Ok(sample)
}

/// `my-sweep/c2`: the sweep, and cell 2.
fn sweep_and_cell(path: &Path) -> Option<(&Path, u32)> {
    let cell = path.file_name()?.to_str()?.strip_prefix('c')?.parse().ok()?;
    let parent = path.parent()?;
    Some((if parent == Path::new("") { Path::new(".") } else { parent }, cell))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics;

    fn kept(folder: &Path, run: &str, end_queue: u64, manifest: &str) {
        let place = folder.join(run);
        std::fs::create_dir_all(&place).unwrap();
        let rows = [MachineMetrics { end_queue: Some(end_queue), ..metrics::tests::row(1) }];
        metrics::file::write(std::fs::File::create(place.join("metrics.csv")).unwrap(), &rows).unwrap();
        if !manifest.is_empty() {
            std::fs::write(place.join("manifest.json"), manifest).unwrap();
        }
    }

    fn manifest(seed: u64, status: &str) -> String {
        format!(
            r#"{{"labctl_version":"","labctl_commit":"","experiment":"exp","run":"r","seed":{seed},
            "engine":"simulator","isolation":"tasks","speedup":1,"clock_rates":[1],"status":"{status}",
            "host":{{"name":"","os":"","arch":"","cores":1}},"started":"","ended":"","sha256":{{}}}}"#
        )
    }

    #[test]
    fn a_tree_of_runs_is_a_sample_with_the_seeds_of_its_manifests() {
        let root = tempfile::tempdir().unwrap();
        kept(root.path(), "a", 3, &manifest(11, "completed"));
        kept(root.path(), "b", 4, "");
        kept(root.path(), "c", 5, &manifest(12, "interrupted"));
        kept(root.path(), "d.partial", 6, "");
        let sample = Sample::read(root.path()).unwrap();
        let runs: Vec<_> = sample.runs.iter().map(|run| (run.seed, run.rows[0].end_queue.unwrap())).collect();
        assert_eq!(runs, [(Some(11), 3), (None, 4)]);
        assert_eq!(sample.incomplete, 2);
        assert_eq!(sample.machines(), Some(vec![MachineId(1)]));
        let values: Vec<_> = sample.values(&"end_queue".parse().unwrap()).collect();
        assert_eq!(values, [Some(3.0), Some(4.0)]);
    }

    #[test]
    fn where_nothing_came_to_its_end_there_is_no_sample() {
        let root = tempfile::tempdir().unwrap();
        kept(root.path(), "c", 5, &manifest(12, "failed"));
        assert!(matches!(Sample::read(root.path()), Err(SampleError::NoneComplete { .. })));
        for gone in ["c2", "gone", ""] {
            assert!(matches!(Sample::read(&root.path().join(gone).join("x")), Err(SampleError::Find(_))));
        }
    }
}
