//! A sweep as it is stored: the runs of its cells, collected or not.

use super::folder::{FolderError, SweepFolder};
use super::journal::JournalError;
use super::journals::Journals;
use super::pending::Pending;
use super::summary::CellResult;
use crate::error_kind::{ErrorKind, HasKind};
use crate::metrics::MachineMetrics;
use crate::plan::Plan;
use crate::sample::{SampleError, read_cells};

/// A stored sweep cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Sample(#[from] SampleError),
}

impl HasKind for StoredError {
    fn kind(&self) -> ErrorKind {
        match self {
            StoredError::Folder(error) => error.kind(),
            StoredError::Sample(error) => error.kind(),
            StoredError::Journal(_) => ErrorKind::Failed,
        }
    }
}

/// Shows the runs of every cell to `observer`, in the order of the cells: those
/// that were collected last, or, where nobody has collected the sweep, what its
/// journals hold. Nothing is written.
///
/// # Errors
///
/// A table or a journal that cannot be read, or a table without runs.
pub fn read_stored(
    folder: &SweepFolder,
    plan: &Plan,
    mut observer: impl FnMut(CellResult<'_>),
) -> Result<(), StoredError> {
    if folder.runs_file().is_file() {
        let mut samples = read_cells(&folder.runs_file())?;
        for cell in 0..plan.cells().len() {
            let sample = samples.remove(&(cell as u32 + 1)).unwrap_or_default();
            let rows: Vec<MachineMetrics> = sample.runs.into_iter().flat_map(|run| run.rows).collect();
            observer(CellResult { cell, rows: &rows });
        }
        return Ok(());
    }
    let journals = Journals::of(folder, plan, &[])?;
    let pending = Pending::of(plan, &journals)?;
    for cell in 0..plan.cells().len() {
        let mut rows = Vec::new();
        for run in pending.runs_of(plan, cell) {
            rows.extend(journals.entry(run)?.into_iter().flat_map(|entry| entry.rows));
        }
        observer(CellResult { cell, rows: &rows });
    }
    Ok(())
}
