//! Where results lie: `results/<experiment>/<run>/`, and who may name what
//! there. A run is written beside its place and renamed into it, never over
//! another.

pub mod lock;
pub mod manifest;
pub mod version;
pub mod word;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::files::atomic::{
    FileBeside, folder_of, make_folder, name_beside, sync_folder, sync_folder_and_files,
};
use crate::log::machine_of_file;
use crate::platform::link;

pub use manifest::{Manifest, ManifestHead};
pub use word::{Isolation, Status, Word};

/// The folder of all results, unless another is named.
pub const RESULTS: &str = "results";

/// The files of a run, beside its logs.
pub const SPEC_FILE: &str = "spec.toml";
pub const MANIFEST_FILE: &str = "manifest.json";
pub const EVENTS_FILE: &str = "events.csv";
pub const METRICS_FILE: &str = "metrics.csv";

/// What lies in a sweep's folder: what it is to make, its runs as they ended, and
/// all that were collected, a row a machine.
pub const PLAN_FILE: &str = "plan.json";
pub const JOURNAL_FOLDER: &str = "journal";
pub const RUNS_FILE: &str = "runs.csv";

/// Ends the name of a run's folder until the run is complete.
pub const PARTIAL_SUFFIX: &str = ".partial";
/// Points to an experiment's newest run.
pub const LATEST_LINK: &str = "latest";

/// Where a run lies until it is complete.
pub fn partial(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(PARTIAL_SUFFIX);
    place.with_file_name(name)
}

/// A run's folder cannot be made or put into place.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path} exists already; results are never overwritten: choose another --name, or move it away")]
    Exists { path: PathBuf },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
}

impl StoreError {
    pub fn write(path: &Path, source: io::Error) -> StoreError {
        StoreError::Write { path: path.to_owned(), source }
    }
}

/// The folder of a run that is being written.
#[derive(Debug)]
pub struct RunFolder {
    partial: PathBuf,
    place: PathBuf,
    /// Tells others that the run is going on.
    _lock: Option<File>,
}

/// A run that was left where it was made cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    #[error("{path} is going on")]
    GoingOn { path: PathBuf },
    #[error("{path} is no run that was cut short: its name does not end in {PARTIAL_SUFFIX}")]
    InPlace { path: PathBuf },
    #[error("{path} exists already, and results are never overwritten; move one of the two away")]
    Exists { path: PathBuf },
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
}

impl RunFolder {
    /// Makes the folder for a run named `name`, exactly so.
    ///
    /// # Errors
    ///
    /// The name is taken, or the folder cannot be made.
    pub fn create(results: &Path, experiment: &str, name: &str) -> Result<RunFolder, StoreError> {
        let experiment = results.join(experiment);
        make_folder(&experiment).map_err(|source| StoreError::write(&experiment, source))?;
        let place = experiment.join(name);
        let partial = partial(&place);
        if place.symlink_metadata().is_ok() {
            return Err(StoreError::Exists { path: place });
        }
        match fs::create_dir(&partial) {
            Ok(()) => Ok(RunFolder { _lock: lock::hold(&partial), partial, place }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(StoreError::Exists { path: partial })
            }
            Err(source) => Err(StoreError::write(&partial, source)),
        }
    }

    /// The same, with a number after the name where the name is taken.
    pub fn create_numbered(results: &Path, experiment: &str, name: &str) -> Result<RunFolder, StoreError> {
        let mut attempt = RunFolder::create(results, experiment, name);
        let mut number = 2;
        while let Err(StoreError::Exists { .. }) = attempt {
            attempt = RunFolder::create(results, experiment, &format!("{name}-{number}"));
            number += 1;
        }
        attempt
    }

    /// The name that the run has got.
    pub fn name(&self) -> String {
        self.place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Where the run's files are written.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Takes over a run whose process is there no more.
    ///
    /// # Errors
    ///
    /// It is going on, it is none, or another run has its place.
    pub fn take_over(partial: &Path) -> Result<RunFolder, TakeOverError> {
        let path = partial.to_owned();
        let failed = |source| TakeOverError::Read { path: path.clone(), source };
        let name = partial.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(name) = name.strip_suffix(PARTIAL_SUFFIX).filter(|name| !name.is_empty()) else {
            return Err(TakeOverError::InPlace { path });
        };
        let place = folder_of(partial).join(name);
        let Some(lock) = lock::take(partial).map_err(failed)? else {
            return Err(TakeOverError::GoingOn { path });
        };
        if place.symlink_metadata().is_ok() {
            return Err(TakeOverError::Exists { path: place });
        }
        Ok(RunFolder { partial: path, place, _lock: Some(lock) })
    }

    /// Whether the folder has a log in it.
    ///
    /// # Errors
    ///
    /// It cannot be reported: the folder is gone, or cannot be looked into.
    pub fn has_log(&self) -> io::Result<bool> {
        for entry in fs::read_dir(&self.partial)? {
            if machine_of_file(&entry?.path()).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes the folder back, where nothing but the spec is in it. Whatever else
    /// there is stays, and the folder with it.
    pub fn discard(&self) {
        let has_other = match fs::read_dir(&self.partial) {
            Ok(mut entries) => {
                entries.any(|entry| entry.map_or(true, |entry| entry.file_name() != SPEC_FILE))
            }
            Err(_) => true,
        };
        if !has_other {
            // The error that led here already says what is in the way.
            let _ = fs::remove_file(self.partial.join(SPEC_FILE));
            let _ = fs::remove_dir(&self.partial);
        }
    }

    /// Puts the run into its place and makes it the experiment's latest.
    pub fn put_into_place(self) -> Result<PathBuf, StoreError> {
        let place = self.put_behind_others()?;
        if let (Some(experiment), Some(name)) = (place.parent(), place.file_name()) {
            // The link is a convenience; where a system has none, the run is still there.
            let _ = link_latest(experiment, Path::new(name));
        }
        Ok(place)
    }

    /// Puts the run into its place, once the disk has all of it.
    pub fn put_behind_others(self) -> Result<PathBuf, StoreError> {
        sync_folder_and_files(&self.partial).map_err(|source| StoreError::write(&self.partial, source))?;
        if self.place.symlink_metadata().is_ok() {
            // A rename would replace an empty folder.
            return Err(StoreError::Exists { path: self.place });
        }
        let failed = |source| StoreError::write(&self.place, source);
        fs::rename(&self.partial, &self.place).map_err(failed)?;
        sync_folder(folder_of(&self.place)).map_err(failed)?;
        Ok(self.place)
    }
}

fn link_latest(experiment: &Path, run: &Path) -> io::Result<()> {
    let beside = name_beside(&experiment.join(LATEST_LINK));
    if !link(run, &beside)? {
        return Ok(());
    }
    let renamed = fs::rename(&beside, experiment.join(LATEST_LINK));
    if renamed.is_err() {
        // The first error is the one that counts.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// Writes a file beside its place and renames it into it, so that nobody ever
/// reads half of one; comes back when the disk has it.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    NewFile::begin(path)?.put(content)?.finish()
}

/// Writes a file, and the folders above it that are missing, unless something is
/// in its place; false where it is, and stays.
pub fn write_new_file(path: &Path, content: &[u8]) -> Result<bool, StoreError> {
    let write = || {
        if path.symlink_metadata().is_ok() {
            return Ok(false);
        }
        make_folder(folder_of(path))?;
        let beside = FileBeside::begin(path)?;
        let mut file = beside.file();
        file.write_all(content)?;
        beside.put_new_into(path)
    };
    write().map_err(|source| StoreError::write(path, source))
}

/// The same without waiting for the disk: for what can be made again, and for
/// what is waited for later.
pub fn write_file_soon(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    NewFile::begin(path)?.put(content)?.finish_soon()
}

/// A file that is being written beside its place.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    beside: FileBeside,
    buffer: BufWriter<File>,
}

impl NewFile {
    /// Begins a file that will be at `path`.
    pub fn begin(path: &Path) -> Result<NewFile, StoreError> {
        let failed = |source| StoreError::write(path, source);
        let beside = FileBeside::begin(path).map_err(failed)?;
        let buffer = BufWriter::new(beside.file().try_clone().map_err(failed)?);
        Ok(NewFile { path: path.to_owned(), beside, buffer })
    }

    /// Writes more of it.
    pub fn put(mut self, content: &[u8]) -> Result<NewFile, StoreError> {
        self.buffer.write_all(content).map_err(|source| StoreError::write(&self.path, source))?;
        Ok(self)
    }

    /// Puts it into its place, once the disk has it.
    pub fn finish(self) -> Result<(), StoreError> {
        self.end(FileBeside::put_safely_into)
    }

    /// Puts it into its place.
    pub fn finish_soon(self) -> Result<(), StoreError> {
        self.end(FileBeside::put_into)
    }

    fn end(self, put: impl FnOnce(FileBeside, &Path) -> io::Result<()>) -> Result<(), StoreError> {
        let NewFile { path, beside, mut buffer } = self;
        let outcome = buffer.flush().and_then(|()| put(beside, &path));
        outcome.map_err(|source| StoreError::write(&path, source))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.buffer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_appears_whole_or_not_at_all_and_never_over_another() {
        let results = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(results.path(), "exp", "run").unwrap();
        fs::write(folder.path().join("log_1.txt"), "x").unwrap();
        assert!(!results.path().join("exp/run").exists());
        assert!(matches!(RunFolder::create(results.path(), "exp", "run"), Err(StoreError::Exists { .. })));
        let place = folder.put_into_place().unwrap();
        assert!(place.join("log_1.txt").exists());
        let second = RunFolder::create_numbered(results.path(), "exp", "run").unwrap();
        assert_eq!(second.name(), "run-2");
        #[cfg(unix)]
        assert_eq!(fs::read_link(results.path().join("exp/latest")).unwrap(), Path::new("run"));
    }
    #[test]
    fn a_folder_is_taken_back_only_while_nothing_but_the_spec_is_in_it() {
        let results = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(results.path(), "exp", "run").unwrap();
        fs::write(folder.path().join(SPEC_FILE), "").unwrap();
        fs::write(folder.path().join("log_1.txt"), "x").unwrap();
        assert!(folder.has_log().unwrap());
        folder.discard();
        assert!(folder.path().join("log_1.txt").exists() && folder.path().join(SPEC_FILE).exists());
        fs::remove_file(folder.path().join("log_1.txt")).unwrap();
        assert!(!folder.has_log().unwrap());
        folder.discard();
        assert!(!folder.path().exists());
        assert!(folder.has_log().is_err(), "what is gone is not known to hold nothing");
    }

    #[test]
    fn an_empty_folder_in_a_runs_place_is_not_replaced() {
        let results = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(results.path(), "exp", "run").unwrap();
        fs::create_dir(results.path().join("exp/run")).unwrap();
        assert!(matches!(folder.put_into_place(), Err(StoreError::Exists { .. })));
        assert!(results.path().join("exp/run.partial").exists());
    }
}
