//! The journal of a sweep: a line for every run that ended, written at once, so
//! that whatever happens next, no ended run is lost.
//!
//! Each process writes a file of its own and reads all of them. A line carries
//! the checksum of its content: one that was cut or changed is known as such,
//! and its run is done again.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::files::atomic::{make_folder, sync_file, sync_folder};
use crate::files::digest::sha256;
use crate::metrics::MachineMetrics;

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number in the plan, counted from 0.
    pub run: u64,
    /// How often it was run until its clocks kept the pace.
    pub attempts: u32,
    /// Why its measurements are to be doubted all the same.
    pub doubts: Vec<String>,
    /// Why it failed, if it did; it has no rows then.
    pub failure: Option<String>,
    /// A row a machine.
    pub rows: Vec<MachineMetrics>,
}

impl Entry {
    /// Whether it ended, and its clocks kept the pace.
    pub fn went_well(&self) -> bool {
        self.failure.is_none() && self.doubts.is_empty()
    }
}

pub(super) const EXTENSION: &str = "jsonl";
const FIRST_WORDS: &str = "labctl journal of the plan ";
/// Characters of SHA-256 that stand before each entry.
const CHECKSUM_CHARS: usize = 16;

/// A journal cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(
        "cannot write the journal {path}: {source}; what is written is safe: make space, and go on with --resume"
    )]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read the journal {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is the journal of another plan, {theirs:?}; this one's hash is {ours}")]
    OtherPlan { path: PathBuf, theirs: String, ours: String },
}

/// This process's journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    file: File,
    /// Entries that the disk may not have yet.
    unsynced: u32,
}

/// More entries than this are not lost where the system goes down.
const UNSYNCED_MAX: u32 = 1000;

impl Journal {
    /// Begins a new file in `folder` for runs of the plan with this hash.
    pub fn begin(folder: &Path, plan: &str) -> Result<Journal, JournalError> {
        let failed = |path: &Path, source| JournalError::Write { path: path.to_owned(), source };
        make_folder(folder).map_err(|source| failed(folder, source))?;
        let mut number = 1;
        loop {
            let path = folder.join(format!("{number}.{EXTENSION}"));
            match OpenOptions::new().append(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let begun = writeln!(file, "{FIRST_WORDS}{plan}");
                    let begun = begun.and_then(|()| sync_file(&file)).and_then(|()| sync_folder(folder));
                    begun.map_err(|source| failed(&path, source))?;
                    return Ok(Journal { path, file: Mutex::new(Written { file, unsynced: 0 }) });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(source) => return Err(failed(&path, source)),
            }
        }
    }

    /// Writes an entry, whole or not at all. The disk has it at the next
    /// [`Journal::sync`], or after a thousand more.
    pub fn add(&self, entry: &Entry) -> Result<(), JournalError> {
        let failed = |source| JournalError::Write { path: self.path.clone(), source };
        let json = serde_json::to_string(entry).map_err(|error| failed(error.into()))?;
        let line = format!("{} {json}\n", checksum(json.as_bytes()));
        let mut written = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = written.file.metadata().map_err(failed)?.len();
        written.file.write_all(line.as_bytes()).map_err(|error| {
            // Half a line would spoil the next; where it cannot be taken back, both are known as damaged.
            let _ = written.file.set_len(before);
            failed(error)
        })?;
        written.unsynced += 1;
        if written.unsynced < UNSYNCED_MAX {
            return Ok(());
        }
        written.sync().map_err(failed)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until the disk has all of it.
    pub fn sync(&self) -> Result<(), JournalError> {
        let mut written = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        written.sync().map_err(|source| JournalError::Write { path: self.path.clone(), source })
    }
}

impl Written {
    fn sync(&mut self) -> io::Result<()> {
        sync_file(&self.file)?;
        self.unsynced = 0;
        Ok(())
    }
}

fn checksum(content: &[u8]) -> String {
    let mut text = sha256(content);
    text.truncate(CHECKSUM_CHARS);
    text
}

/// Refuses the first line of another plan's journal.
pub(super) fn check_first(path: &Path, line: &[u8], plan: &str) -> Result<(), JournalError> {
    let line = String::from_utf8_lossy(line);
    match line.strip_prefix(FIRST_WORDS) {
        Some(theirs) if theirs == plan => Ok(()),
        // A file whose writer was stopped within its first line holds nothing yet.
        _ if format!("{FIRST_WORDS}{plan}").starts_with(line.as_ref()) => Ok(()),
        theirs => Err(JournalError::OtherPlan {
            path: path.to_owned(),
            theirs: theirs.unwrap_or(&line).chars().take(80).collect(),
            ours: plan.to_owned(),
        }),
    }
}

/// The JSON of a line, if its checksum is right.
pub(super) fn content(line: &[u8]) -> Option<&[u8]> {
    let (stated, rest) = line.split_at_checked(CHECKSUM_CHARS)?;
    let json = rest.strip_prefix(b" ")?;
    (checksum(json).as_bytes() == stated).then_some(json)
}
