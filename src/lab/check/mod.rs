//! A stored run as an audit finds it: by its logs, against what is declared of
//! it beside them.

mod document;

pub use document::CheckDocument;

use crate::audit::source_lines::SourceLines;
use crate::audit::{Audit, Rule, audit};
use crate::history::History;
use crate::lab::declared::declared;
use crate::read::ReadError;
use crate::read::run_path::RunPath;

/// A run and what an audit says of it.
#[derive(Debug)]
pub struct CheckedRun<'a> {
    pub run: &'a RunPath,
    pub history: &'a History,
    pub audit: Audit,
    /// The lines of which its findings speak.
    pub source_lines: SourceLines,
}

/// The verdict where no log has an event.
pub const UNKNOWN: &str = "unknown";

impl<'a> CheckedRun<'a> {
    /// Checks a run with this history against `rules`. What cannot be checked
    /// against is reported to `warn`.
    ///
    /// # Errors
    ///
    /// The lines of which the findings speak cannot be read any more.
    pub fn of(
        run: &'a RunPath,
        history: &'a History,
        rules: &[&'static Rule],
        warn: impl FnMut(String),
    ) -> Result<CheckedRun<'a>, ReadError> {
        let audit = audit(history, declared(run, warn).as_ref(), rules);
        let source_lines = SourceLines::of(history, &audit)
            .map_err(|source| ReadError::Log { path: run.folder.clone(), source })?;
        Ok(CheckedRun { run, history, audit, source_lines })
    }

    /// In a word, as the JSON has it.
    pub fn verdict(&self) -> &'static str {
        match self.audit.is_sound() {
            false => "unsound",
            true if self.history.events() == 0 && self.audit.unknown().next().is_some() => UNKNOWN,
            true => "sound",
        }
    }
}
