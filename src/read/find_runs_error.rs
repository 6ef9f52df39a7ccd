//! Why runs cannot be found, in whatever dialect their logs may be.

use super::find_error::FindError;
use super::runs_error::RunsError;
use crate::dialect::Refusal;
use crate::error_kind::{ErrorKind, HasKind};
use crate::spec::SpecError;

/// Runs cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum FindRunsError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Files(#[from] RunsError),
    #[error(transparent)]
    Dialect(#[from] SpecError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("{none}; {}", refused(.refusal))]
    Unknown { none: FindError, refusal: Refusal },
}

impl HasKind for FindRunsError {
    fn kind(&self) -> ErrorKind {
        match self {
            FindRunsError::Find(error) | FindRunsError::Unknown { none: error, .. } => error.kind(),
            FindRunsError::Files(error) => error.kind(),
            FindRunsError::Dialect(error) => error.kind(),
            FindRunsError::Refused(Refusal::NoLogs) => ErrorKind::Usage,
            FindRunsError::Refused(_) => ErrorKind::Failed,
        }
    }
}

pub(super) fn refused(refusal: &Refusal) -> String {
    format!("these are no logs of labctl, and {refusal}")
}
