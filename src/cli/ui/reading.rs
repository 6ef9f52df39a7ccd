//! Reading what a page is about, while a person waits.

use labctl::report::{ReadSubjectsError, reading};

use super::many::Progress;
use crate::cli::Terminal;

/// Shows how many runs are read, and reports those that cannot be.
pub struct Watcher<'a> {
    progress: Progress<'a>,
    terminal: &'a Terminal,
    pub unreadable: u64,
}

impl<'a> Watcher<'a> {
    /// Begins to count up to `runs`.
    pub fn start(runs: usize, terminal: &'a Terminal) -> Watcher<'a> {
        Watcher { progress: Progress::start(runs as u64, terminal), terminal, unreadable: 0 }
    }
}

impl reading::Watcher for Watcher<'_> {
    fn next(&mut self) {
        self.progress.next();
    }

    fn unreadable(&mut self, error: &ReadSubjectsError) {
        self.unreadable += 1;
        self.progress.next();
        self.progress.suspended(|| self.terminal.error(error));
    }
}
