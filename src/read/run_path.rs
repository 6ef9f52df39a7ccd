//! A run as it lies on disk: its name, its logs and how they were found.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::dialect::{DialectRuns, TimeFormat};
use crate::read::passed_over::is_packed;
use crate::store::{MANIFEST_FILE, METRICS_FILE, Manifest, ManifestHead};

/// A run as it lies on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPath {
    pub experiment: Arc<str>,
    pub run: Arc<str>,
    pub folder: PathBuf,
    /// The sweep that it is one of, by name.
    pub sweep: Option<Arc<str>>,
    /// In the order of their machines; empty where only metrics were kept.
    pub logs: Vec<PathBuf>,
    /// How its logs were when it was found; `None` where that is not known.
    pub seen: Option<Seen>,
    pub manifest: Option<ManifestHead>,
    pub state: RunState,
    /// Files beside its logs that are logs by their names and are not read:
    /// packed, or of no machine.
    pub passed_over: Vec<PathBuf>,
    /// How its logs are read, where somebody else wrote them in their own way.
    pub dialect: Option<DialectRuns>,
}

impl RunPath {
    /// Whether its logs tell the order of events alone.
    pub fn tells_no_time(&self) -> bool {
        self.dialect.as_ref().is_some_and(|logs| *logs.dialect.time_format() == TimeFormat::None)
    }

    /// Which logs beside its own are not read, and what to do about it; `None` where
    /// there are none.
    pub fn not_read(&self) -> Option<String> {
        let first = self.passed_over.first()?;
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let names: Vec<String> = self.passed_over.iter().map(name).collect();
        let (are, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
        let advice = if is_packed(first) {
            format!("unpack {them} first")
        } else {
            "logs are named log_1.txt, log_2.txt, … after their machines".to_owned()
        };
        Some(format!("{}: {} {are} not read; {advice}", self.folder.display(), names.join(", ")))
    }
}

/// How the logs of a run were when it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Of all logs together.
    pub bytes: u64,
    /// When any of them was last written to.
    pub last_written: SystemTime,
}

impl Seen {
    pub(super) fn of(logs: &[PathBuf]) -> Option<Seen> {
        Seen::all(logs.iter().map(|log| Seen::one(&fs::metadata(log).ok()?)))
    }

    pub(super) fn one(log: &fs::Metadata) -> Option<Seen> {
        Some(Seen { bytes: log.len(), last_written: log.modified().ok()? })
    }

    /// Of all logs together; `None` where one could not be seen.
    pub(super) fn all(logs: impl Iterator<Item = Option<Seen>>) -> Option<Seen> {
        let add = |one: Seen, other: Seen| Seen {
            bytes: one.bytes + other.bytes,
            last_written: one.last_written.max(other.last_written),
        };
        logs.reduce(|one, other| Some(add(one?, other?))).flatten()
    }
}

/// Whether a run has come to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    InPlace,
    /// Its process lives.
    GoingOn,
    /// Its process is there no more, and left it where it was made.
    CutShort,
}

impl RunState {
    /// What a person must know of the run before its numbers.
    pub fn words(self) -> Option<&'static str> {
        match self {
            RunState::InPlace => None,
            RunState::GoingOn => Some("this run is going on"),
            RunState::CutShort => Some("this run was cut short: its process is there no more"),
        }
    }
}

impl RunPath {
    /// The size of all logs together; what cannot be seen counts as nothing.
    pub fn log_bytes(&self) -> u64 {
        let bytes = || self.logs.iter().filter_map(|log| fs::metadata(log).ok()).map(|log| log.len()).sum();
        self.seen.map_or_else(bytes, |seen| seen.bytes)
    }

    /// The whole manifest, if there is one that can be read.
    pub fn read_manifest(&self) -> Option<Manifest> {
        self.manifest.as_ref().and_then(|_| Manifest::read(&self.folder.join(MANIFEST_FILE)).ok())
    }

    /// The metrics that were kept, if any.
    pub fn metrics_file(&self) -> Option<PathBuf> {
        Some(self.folder.join(METRICS_FILE)).filter(|path| path.is_file())
    }
}
