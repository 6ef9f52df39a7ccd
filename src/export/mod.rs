//! Runs in the formats of other programs: ShiViz, Perfetto, Mermaid, and tables
//! of events as CSV, JSON Lines and Parquet.
//!
//! Each format has a writer and, beside it, a check that reads what was written
//! as the viewer would, and says what the viewer would reject.

pub mod labels;
pub mod mermaid;
pub mod parquet;
pub mod perfetto;
pub mod rows;
pub mod shiviz;
#[cfg(test)]
mod tests;
pub mod window;

pub use window::{Arrivals, Excerpt, Window, WindowFilter};

use std::io;

/// What was written is not what a viewer takes.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("cannot read it back: {0}")]
    Read(#[from] io::Error),
    #[error("line {line}: {reason}")]
    Line { line: u64, reason: String },
    #[error("{0}")]
    Whole(String),
}

impl CheckError {
    /// A line, counted from 1, that a viewer would reject, and why.
    pub(crate) fn line(line: u64, reason: impl Into<String>) -> CheckError {
        CheckError::Line { line, reason: reason.into() }
    }

    /// Why a viewer would reject the whole.
    pub(crate) fn whole(reason: impl Into<String>) -> CheckError {
        CheckError::Whole(reason.into())
    }
}
