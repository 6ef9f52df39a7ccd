//! Why something cannot be drawn.

use std::path::PathBuf;

use crate::charts::ChartError;
use crate::error_kind::{ErrorKind, HasKind};
use crate::read::ReadError;
use crate::sweep::stored::StoredError;

/// A run or a sweep cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Sweep(#[from] StoredError),
    #[error("no run of {} is done yet", sweep.display())]
    NothingDone { sweep: PathBuf },
    #[error(transparent)]
    Chart(#[from] ChartError),
}

impl HasKind for PlotError {
    fn kind(&self) -> ErrorKind {
        match self {
            PlotError::Sweep(error) => error.kind(),
            PlotError::Read(_) | PlotError::NothingDone { .. } | PlotError::Chart(_) => ErrorKind::Failed,
        }
    }
}
