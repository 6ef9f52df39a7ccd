//! Where results lie: `results/<experiment>/<run>/`, and who may name what
//! there. A run is written beside its place and renamed into it, never over
//! another.

pub mod find;
mod lock;
pub mod manifest;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use find::{
    FindError, RunPath, RunState, find_all_runs, find_all_sweeps, find_runs, is_hidden, is_packed,
};
pub use manifest::Manifest;

/// The files of a run, beside its logs.
pub const SPEC_FILE: &str = "spec.toml";
pub const MANIFEST_FILE: &str = "manifest.json";
pub const EVENTS_FILE: &str = "events.csv";
pub const METRICS_FILE: &str = "metrics.csv";

/// What lies in a sweep's folder: what it is to make, its runs as they ended, and
/// all that were gathered, a row a machine.
pub const PLAN_FILE: &str = "plan.json";
pub const JOURNAL_FOLDER: &str = "journal";
pub const RUNS_FILE: &str = "runs.csv";

/// Ends the name of a run's folder until the run is complete.
pub const PARTIAL_SUFFIX: &str = ".partial";
/// Points to an experiment's newest run.
pub const LATEST_LINK: &str = "latest";

/// A run's folder cannot be made or put into place.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "{path} exists already; results are never overwritten: choose another --run-name, or move it away"
    )]
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

impl RunFolder {
    /// Makes the folder for a run named `name`, exactly so.
    ///
    /// # Errors
    ///
    /// The name is taken, or the folder cannot be made.
    pub fn create(results: &Path, experiment: &str, name: &str) -> Result<RunFolder, StoreError> {
        let experiment = results.join(experiment);
        fs::create_dir_all(&experiment).map_err(|source| StoreError::write(&experiment, source))?;
        let place = experiment.join(name);
        let partial = experiment.join(format!("{name}{PARTIAL_SUFFIX}"));
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

    /// Puts the run into its place and makes it the experiment's latest.
    pub fn put_into_place(self) -> Result<PathBuf, StoreError> {
        fs::rename(&self.partial, &self.place).map_err(|source| StoreError::write(&self.place, source))?;
        if let (Some(experiment), Some(name)) = (self.place.parent(), self.place.file_name()) {
            // The link is a convenience; where a system has none, the run is still there.
            let _ = link_latest(experiment, Path::new(name));
        }
        Ok(self.place)
    }
}

#[cfg(unix)]
fn link_latest(experiment: &Path, run: &Path) -> io::Result<()> {
    let beside = experiment.join(format!(".{LATEST_LINK}-{}", std::process::id()));
    std::os::unix::fs::symlink(run, &beside)?;
    let renamed = fs::rename(&beside, experiment.join(LATEST_LINK));
    if renamed.is_err() {
        // The first error is the one that counts.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

#[cfg(not(unix))]
fn link_latest(_experiment: &Path, _run: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes a file beside its place and renames it into it, so that nobody ever
/// reads half of one.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    NewFile::begin(path)?.put(content)?.finish()
}

/// A file that is being written beside its place.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    beside: BufWriter<tempfile::NamedTempFile>,
}

impl NewFile {
    /// Begins a file that will be at `path`.
    pub fn begin(path: &Path) -> Result<NewFile, StoreError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let beside =
            tempfile::NamedTempFile::new_in(folder).map_err(|source| StoreError::write(path, source))?;
        Ok(NewFile { path: path.to_owned(), beside: BufWriter::new(beside) })
    }

    /// Writes more of it.
    pub fn put(mut self, content: &[u8]) -> Result<NewFile, StoreError> {
        self.beside.write_all(content).map_err(|source| StoreError::write(&self.path, source))?;
        Ok(self)
    }

    /// Puts it into its place.
    pub fn finish(self) -> Result<(), StoreError> {
        let failed = |source| StoreError::write(&self.path, source);
        let beside = self.beside.into_inner().map_err(|error| failed(error.into_error()))?;
        share_like_others(beside.as_file()).map_err(failed)?;
        beside.persist(&self.path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.beside.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.beside.flush()
    }
}

/// Temporary files are private; results are for everyone who may see the folder.
#[cfg(unix)]
pub fn share_like_others(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Nothing to do where files have no such modes.
#[cfg(not(unix))]
pub fn share_like_others(_file: &fs::File) -> io::Result<()> {
    Ok(())
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
}
