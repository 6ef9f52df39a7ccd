//! A whole tree of results as Parquet: two tables, each a tree of partitions
//! that DuckDB, pandas and polars read as one.
//!
//! ```text
//! DIR/events/experiment=exp4/events-1.parquet
//! DIR/metrics/experiment=exp4/metrics-1.parquet
//! ```
//!
//! A file holds many runs, distinguished by its column `run`. Where some are runs
//! of a sweep, `sweep=<name>` stands before the experiment, and `sweep=(none)`
//! for the others.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::labels::partition;
use super::rows::{Tabled, add_run, check_parquet};
use super::{CheckError, Window};
use crate::files::atomic::FolderBeside;
use crate::metrics::MachineMetrics;
use crate::platform::open_file_to_all;
use crate::read::run_path::RunPath;
use crate::read::{ReadError, ReadLog, run_metrics};
use crate::store::StoreError;
use crate::table::{
    EventSink, EventTable, ParquetContent, ParquetSink, parquet_content, write_aside, write_metrics,
};

/// The folder of runs of no sweep. Hive has a name for what is not there, but
/// pandas cannot read it beside others.
const NO_SWEEP: &str = "sweep=(none)";
/// The logs of a part are no larger together, unless a single run's are; and a
/// part has no more runs than this.
const PART_BYTES_MAX: u64 = 8 << 20;
const PART_RUNS_MAX: usize = 1000;

/// A tree cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{path}: {source}")]
    Refused { path: PathBuf, source: CheckError },
}

/// Runs that go into one file of each table.
#[derive(Debug)]
pub struct Part<'a> {
    pub runs: Vec<&'a RunPath>,
    /// Their partition.
    folder: PathBuf,
    /// Among the parts of its partition, from 1 on.
    number: usize,
    log_bytes: u64,
}

impl Part<'_> {
    /// The size of all logs together.
    pub fn log_bytes(&self) -> u64 {
        self.log_bytes
    }
}

/// What a part has added to a tree.
#[derive(Debug, Default)]
pub struct Added {
    pub tabled: Tabled,
    /// The logs that were read of each run, in their order.
    pub logs: Vec<Vec<ReadLog>>,
    /// Of how many machines metrics were added.
    pub machines: usize,
}

/// A tree that is being written beside its place; it is gone if it is never put
/// into it.
#[derive(Debug)]
pub struct ParquetTree {
    beside: FolderBeside,
    place: PathBuf,
    /// Held while folders are made or cleared away: one that is empty may be
    /// about to get a file.
    folders: Mutex<()>,
}

impl ParquetTree {
    /// Begins a tree that will be at `place`.
    ///
    /// # Errors
    ///
    /// Something is there, or the folder cannot be made.
    pub fn begin(place: &Path) -> Result<ParquetTree, TreeError> {
        if place.symlink_metadata().is_ok() {
            return Err(StoreError::Exists { path: place.to_owned() }.into());
        }
        Ok(ParquetTree {
            beside: FolderBeside::begin(place).map_err(|source| StoreError::write(place, source))?,
            place: place.to_owned(),
            folders: Mutex::new(()),
        })
    }

    /// Adds the events that the window shows of a part's runs, if any, and their
    /// metrics, which speak of whole runs.
    pub fn add(&self, part: &Part<'_>, window: &Window) -> Result<Added, TreeError> {
        let mut added = self.add_events(part, window)?;
        if window.is_whole() {
            let metrics: Result<Vec<_>, _> = part.runs.iter().map(|run| run_metrics(run)).collect();
            let rows = metrics?.concat();
            self.add_metrics(part, &rows)?;
            added.machines = rows.len();
        }
        Ok(added)
    }

    fn add_events(&self, part: &Part<'_>, window: &Window) -> Result<Added, TreeError> {
        let mut added = Added::default();
        if part.runs.iter().all(|run| run.logs.is_empty()) {
            return Ok(added);
        }
        let (path, file) = self.new_file(part, "events")?;
        let sink = ParquetSink::partition(BufWriter::new(&file));
        if part.log_bytes > PART_BYTES_MAX {
            write_aside(sink, |table| fill(table, part, window, &mut added))?;
        } else {
            let mut table = EventTable::new(sink);
            fill(&mut table, part, window, &mut added)?;
            table.finish().map_err(ReadError::from)?;
        }
        let content = read_back(&file, "clock");
        let outcome = content.and_then(|content| check_parquet(&content, &added.tabled));
        outcome.map_err(|source| self.refused(&path, source))?;
        if added.tabled.rows == 0 {
            let _alone = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            fs::remove_file(&path).map_err(|source| StoreError::write(&path, source))?;
            // Folders that hold something else stay.
            let within = |folder: &&Path| *folder != self.beside.path();
            let _ = path.ancestors().skip(1).take_while(within).try_for_each(fs::remove_dir);
        }
        Ok(added)
    }

    fn add_metrics(&self, part: &Part<'_>, rows: &[MachineMetrics]) -> Result<(), TreeError> {
        let (path, file) = self.new_file(part, "metrics")?;
        write_metrics(BufWriter::new(&file), rows).map_err(ReadError::from)?;
        let content = read_back(&file, "final_clock");
        let sum = rows.iter().fold(0, |sum: u64, row| sum.wrapping_add(row.final_clock));
        content
            .and_then(|content| match (content.rows, content.sum) == (rows.len() as u64, sum) {
                true => Ok(()),
                false => Err(CheckError::whole("it does not hold what was written")),
            })
            .map_err(|source| self.refused(&path, source))
    }

    /// Puts the tree into its place.
    pub fn put_into_place(self) -> Result<(), TreeError> {
        let placed = self.beside.put_into(&self.place);
        Ok(placed.map_err(|source| StoreError::write(&self.place, source))?)
    }

    fn new_file(&self, part: &Part<'_>, table: &str) -> Result<(PathBuf, File), StoreError> {
        let folder = self.beside.path().join(table).join(&part.folder);
        let path = folder.join(format!("{table}-{}.parquet", part.number));
        let failed = |source| StoreError::write(&self.shown(&path), source);
        let _alone = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        make_below(self.beside.path(), &folder).map_err(failed)?;
        let file = File::options().read(true).write(true).create_new(true).open(&path).map_err(failed)?;
        open_file_to_all(&file).map_err(failed)?;
        Ok((path, file))
    }

    fn refused(&self, path: &Path, source: CheckError) -> TreeError {
        TreeError::Refused { path: self.shown(path), source }
    }

    /// A path as it will be.
    fn shown(&self, path: &Path) -> PathBuf {
        self.place.join(path.strip_prefix(self.beside.path()).unwrap_or(path))
    }
}

/// Makes a folder and those above it, up to one that is there.
fn make_below(root: &Path, folder: &Path) -> io::Result<()> {
    let mut missing: Vec<&Path> = folder.ancestors().take_while(|above| *above != root).collect();
    missing.reverse();
    missing.into_iter().try_for_each(|folder| match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    })
}

fn read_back(file: &File, summed: &str) -> Result<ParquetContent, CheckError> {
    parquet_content(file, summed).map_err(|error| CheckError::whole(error.to_string()))
}

fn fill<S: EventSink + Send>(
    table: &mut EventTable<S>,
    part: &Part<'_>,
    window: &Window,
    added: &mut Added,
) -> Result<(), ReadError> {
    for run in &part.runs {
        added.logs.push(add_run(run, window, table, &mut added.tabled)?);
    }
    Ok(())
}

/// Sorts runs into parts, of one partition each and in the order of the runs.
pub fn parts(runs: &[RunPath]) -> Vec<Part<'_>> {
    let has_sweeps = runs.iter().any(|run| run.sweep.is_some());
    let mut places: HashMap<(Option<&str>, &str), usize> = HashMap::new();
    let mut parts: Vec<Part<'_>> = Vec::new();
    for run in runs {
        let key = (run.sweep.as_deref(), &*run.experiment);
        let before = places.get(&key).map(|at| &parts[*at]);
        let bytes = run.log_bytes();
        let has_room = |part: &Part<'_>| {
            part.runs.len() < PART_RUNS_MAX && part.log_bytes.saturating_add(bytes) <= PART_BYTES_MAX
        };
        let number = before.map_or(1, |part| part.number + usize::from(!has_room(part)));
        let at = match places.get(&key).filter(|at| has_room(&parts[**at])) {
            Some(at) => *at,
            None => {
                let folder = folder_of(run, has_sweeps);
                parts.push(Part { runs: Vec::new(), folder, number, log_bytes: 0 });
                places.insert(key, parts.len() - 1);
                parts.len() - 1
            }
        };
        parts[at].runs.push(run);
        parts[at].log_bytes += bytes;
    }
    parts
}

fn folder_of(run: &RunPath, has_sweeps: bool) -> PathBuf {
    let sweep = match &run.sweep {
        Some(sweep) => partition("sweep", sweep),
        None => NO_SWEEP.to_owned(),
    };
    let experiment = partition("experiment", &run.experiment);
    has_sweeps.then_some(sweep).into_iter().chain([experiment]).collect()
}
