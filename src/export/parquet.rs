//! A whole tree of results as Parquet: two tables, each a tree of partitions
//! that DuckDB, pandas and polars read as one.
//!
//! ```text
//! DIR/events/experiment=exp4/run=sample/events.parquet
//! DIR/metrics/experiment=exp4/run=sample/metrics.parquet
//! ```
//!
//! Where some are runs of a sweep, `sweep=<name>` stands before the experiment,
//! and `sweep=(none)` for the others.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::labels::partition;
use super::rows::{Tabled, add_run, check_parquet};
use super::{CheckError, Window};
use crate::files::atomic::{FolderBeside, share_like_others};
use crate::metrics::MachineMetrics;
use crate::read::find::RunPath;
use crate::read::{ReadError, ReadLog};
use crate::store::StoreError;
use crate::table::{EventTable, ParquetContent, ParquetSink, parquet_content, write_metrics};

/// The folder of runs of no sweep. Hive has a name for what is not there, but
/// pandas cannot read it beside others.
const NO_SWEEP: &str = "sweep=(none)";

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

/// A tree that is being written beside its place; it is gone if it is never put
/// into it.
#[derive(Debug)]
pub struct ParquetTree {
    beside: FolderBeside,
    place: PathBuf,
    has_sweeps: bool,
    /// Held while folders are made or cleared away: one that is empty may be
    /// about to get a file.
    folders: Mutex<()>,
}

impl ParquetTree {
    /// Begins a tree that will be at `place`, for these runs.
    ///
    /// # Errors
    ///
    /// Something is there, or the folder cannot be made.
    pub fn begin(place: &Path, runs: &[RunPath]) -> Result<ParquetTree, TreeError> {
        if place.symlink_metadata().is_ok() {
            return Err(StoreError::Exists { path: place.to_owned() }.into());
        }
        Ok(ParquetTree {
            beside: FolderBeside::begin(place).map_err(|source| StoreError::write(place, source))?,
            place: place.to_owned(),
            has_sweeps: runs.iter().any(|run| run.sweep.is_some()),
            folders: Mutex::new(()),
        })
    }

    /// Adds the events that the window shows of a run; nothing if there are none.
    pub fn add_events(&self, run: &RunPath, window: &Window) -> Result<(Tabled, Vec<ReadLog>), TreeError> {
        let (path, file) = self.new_file(run, "events")?;
        let mut table = EventTable::new(ParquetSink::partition(BufWriter::new(&file)));
        let mut tabled = Tabled::default();
        let logs = add_run(run, window, &mut table, &mut tabled)?;
        table.finish().map_err(ReadError::from)?;
        let content = read_back(&file, "clock");
        let outcome = content.and_then(|content| check_parquet(&content, &tabled));
        outcome.map_err(|source| self.refused(&path, source))?;
        if tabled.rows == 0 {
            let _alone = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            fs::remove_file(&path).map_err(|source| StoreError::write(&path, source))?;
            // Folders that hold something else stay.
            let _ = path.ancestors().skip(1).take(2).try_for_each(fs::remove_dir);
        }
        Ok((tabled, logs))
    }

    /// Adds the metrics of a run.
    pub fn add_metrics(&self, run: &RunPath, rows: &[MachineMetrics]) -> Result<(), TreeError> {
        let (path, file) = self.new_file(run, "metrics")?;
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

    fn new_file(&self, run: &RunPath, table: &str) -> Result<(PathBuf, File), StoreError> {
        let mut folder = self.beside.path().join(table);
        if self.has_sweeps {
            folder.push(match &run.sweep {
                Some(sweep) => partition("sweep", sweep),
                None => NO_SWEEP.to_owned(),
            });
        }
        folder.extend([partition("experiment", &run.experiment), partition("run", &run.run)]);
        let path = folder.join(format!("{table}.parquet"));
        let failed = |source| StoreError::write(&self.shown(&path), source);
        let _alone = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        fs::create_dir_all(&folder).map_err(failed)?;
        let file = File::options().read(true).write(true).create_new(true).open(&path).map_err(failed)?;
        share_like_others(&file).map_err(failed)?;
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

fn read_back(file: &File, summed: &str) -> Result<ParquetContent, CheckError> {
    parquet_content(file, summed).map_err(|error| CheckError::whole(error.to_string()))
}
