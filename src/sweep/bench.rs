//! The bench of a process: where it makes its runs before they are put into
//! their places, so that a piece that is run twice at once spoils nothing.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::SweepFolder;
use crate::plan::Run;
use crate::store::{LATEST_LINK, PARTIAL_SUFFIX, StoreError};

const LOCK_FILE: &str = "lock";

/// A folder of one process alone. It goes with the process, but for runs that
/// could not be completed.
#[derive(Debug)]
pub(super) struct Bench {
    path: PathBuf,
    /// Tells others that the process lives.
    _lock: File,
}

impl Bench {
    /// Sets one up beside the journal of this process, which has its name alone.
    pub(super) fn beside(journal: &Path) -> Result<Bench, StoreError> {
        let path = journal.with_extension(&PARTIAL_SUFFIX[1..]);
        let failed = |source| StoreError::write(&path, source);
        fs::create_dir_all(&path).map_err(failed)?;
        let unlocked = path.join("unlocked");
        let lock = File::create(&unlocked).map_err(failed)?;
        // Without locks, benches of killed processes are not cleared away.
        if lock.try_lock().is_ok() {
            fs::rename(&unlocked, path.join(LOCK_FILE)).map_err(failed)?;
        }
        Ok(Bench { path, _lock: lock })
    }

    /// Clears away the benches of processes that were killed.
    pub(super) fn clear_abandoned(journals: &Path) -> Result<(), StoreError> {
        for entry in fs::read_dir(journals).into_iter().flatten().flatten() {
            let Ok(lock) = File::options().write(true).open(entry.path().join(LOCK_FILE)) else { continue };
            if let Err(TryLockError::WouldBlock | TryLockError::Error(_)) = lock.try_lock() {
                continue;
            }
            remove(&entry.path())?;
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes a run that is not to be kept.
    pub(super) fn clear(&self, run: &Run) -> Result<(), StoreError> {
        let experiment = self.path.join(&run.spec.name);
        remove(&experiment.join(format!("{}{PARTIAL_SUFFIX}", run.name)))?;
        remove(&experiment.join(&run.name))
    }

    /// Puts a run into its place in the sweep, and says whether that was free.
    pub(super) fn put_into_place(&self, run: &Run, sweep: &SweepFolder) -> Result<bool, StoreError> {
        let made = self.path.join(&run.spec.name).join(&run.name);
        let place = sweep.run_folder(&run.spec.name, &run.name);
        let failed = |source| StoreError::write(&place, source);
        fs::create_dir_all(place.parent().unwrap_or(&place)).map_err(failed)?;
        match fs::rename(&made, &place) {
            Ok(()) => Ok(true),
            Err(_) if place.exists() => Ok(false),
            Err(source) => Err(failed(source)),
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A folder that is not empty stays: it holds what is left of a run.
        for experiment in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let _ = fs::remove_file(experiment.path().join(LATEST_LINK));
            let _ = fs::remove_dir(experiment.path());
        }
        let _ = fs::remove_file(self.path.join(LOCK_FILE));
        let _ = fs::remove_file(self.path.join("unlocked"));
        let _ = fs::remove_dir(&self.path);
    }
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::write(folder, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_benches_of_the_dead_are_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let living = Bench::beside(&folder.path().join("1.jsonl")).unwrap();
        let dead = folder.path().join("2.partial");
        fs::create_dir_all(dead.join("lab/c1_r1.partial")).unwrap();
        fs::write(dead.join(LOCK_FILE), "").unwrap();
        let unknown = folder.path().join("3.partial");
        fs::create_dir(&unknown).unwrap();
        Bench::clear_abandoned(folder.path()).unwrap();
        assert!(living.path().exists() && !dead.exists() && unknown.exists());
    }

    #[test]
    fn a_bench_goes_with_its_process_unless_a_run_lies_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench::beside(&folder.path().join("1.jsonl")).unwrap();
        let path = bench.path().to_owned();
        fs::create_dir_all(path.join("lab")).unwrap();
        drop(bench);
        assert!(!path.exists());
        let bench = Bench::beside(&folder.path().join("2.jsonl")).unwrap();
        let left = bench.path().join("lab/c1_r1.partial");
        fs::create_dir_all(&left).unwrap();
        drop(bench);
        assert!(left.exists());
    }
}
