//! Why a sweep cannot go on.

use super::folder::FolderError;
use super::journal::JournalError;
use crate::read::ReadError;
use crate::store::StoreError;

/// A sweep cannot go on; what has ended is in its journal.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("cannot write {path}: {source}")]
    Table { path: std::path::PathBuf, source: csv::Error },
}
