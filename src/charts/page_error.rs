//! Why a page with charts on it cannot be written.

use super::ChartError;
use crate::error_kind::{ErrorKind, HasKind};

/// A page cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("the page cannot be written: {0}")]
    Template(#[from] minijinja::Error),
    #[error(transparent)]
    Chart(#[from] ChartError),
}

impl HasKind for PageError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Failed
    }
}
