//! The staging of a process: where it makes its runs before they are put into
//! their places, so that a shard that is run twice at once spoils nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::folder::SweepFolder;
use super::journal;
use crate::files::atomic::{FolderBeside, folder_of, make_folder, sync_folder};
use crate::files::regular::{open_regular, read_regular};
use crate::plan::Run;
use crate::store::{LATEST_LINK, PARTIAL_SUFFIX, StoreError, partial};

/// Says whose a staging is. Nothing without it is ever removed.
const MARK_FILE: &str = "labctl-staging";
const MARK_WORDS: &str = "labctl makes runs here, and removes this folder; it belongs to the journal ";

/// A folder of one process alone. It goes with the process, but for runs that
/// could not be completed.
#[derive(Debug)]
pub(super) struct Staging {
    path: PathBuf,
    /// Tells others that the process lives.
    _lock: File,
}

impl Staging {
    /// Sets one up beside the journal of this process, which has its name alone.
    pub(super) fn beside(journal: &Path) -> Result<Staging, StoreError> {
        let path = free_name(journal);
        let failed = |source| StoreError::write(&path, source);
        let beside = FolderBeside::begin(&path).map_err(failed)?;
        let mut lock = File::create_new(beside.path().join(MARK_FILE)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => lock.write_all(mark(&path).as_bytes()).map_err(failed)?,
            // Without locks, benches of killed processes are not cleared away.
            Err(_) => fs::remove_file(beside.path().join(MARK_FILE)).map_err(failed)?,
        }
        beside.put_into(&path).map_err(failed)?;
        Ok(Staging { path, _lock: lock })
    }

    /// Clears away the benches of processes that were killed.
    pub(super) fn clear_abandoned(journals: &Path) -> Result<(), StoreError> {
        for folder in folders(journals) {
            let Some(lock) = marked(&folder) else { continue };
            if lock.try_lock().is_ok() {
                remove(&folder)?;
            }
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes a run that is not to be kept.
    pub(super) fn clear(&self, run: &Run) -> Result<(), StoreError> {
        let place = self.path.join(&run.spec.name).join(&run.name);
        remove(&partial(&place))?;
        remove(&place)
    }

    /// Puts a run into its place in the sweep, and says whether that was free.
    pub(super) fn put_into_place(&self, run: &Run, sweep: &SweepFolder) -> Result<bool, StoreError> {
        let made = self.path.join(&run.spec.name).join(&run.name);
        let place = sweep.run_folder(&run.spec.name, &run.name);
        let failed = |source| StoreError::write(&place, source);
        make_folder(folder_of(&place)).map_err(failed)?;
        match fs::rename(&made, &place) {
            Ok(()) => sync_folder(folder_of(&place)).map(|()| true).map_err(failed),
            Err(_) if place.exists() => Ok(false),
            Err(source) => Err(failed(source)),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // A folder that is not empty stays: it holds what is left of a run.
        for experiment in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let _ = fs::remove_file(experiment.path().join(LATEST_LINK));
            let _ = fs::remove_dir(experiment.path());
        }
        // Without its mark it is nobody's to clear away.
        let _ = fs::remove_file(self.path.join(MARK_FILE));
        let _ = fs::remove_dir(&self.path);
    }
}

/// Folders among the journals that are no benches of labctl's, or hold what is
/// left of a run for somebody to look at. They are left alone.
pub fn left_alone(journals: &Path) -> Vec<PathBuf> {
    folders(journals).into_iter().filter(|folder| marked(folder).is_none()).collect()
}

/// Whether a run's folder lies on the staging of a sweep, which makes it again.
pub fn is_in_staging(run: &Path) -> bool {
    run.ancestors().nth(2).is_some_and(|staging| marked(staging).is_some())
}

/// Whatever has a name already is not this process's.
fn free_name(journal: &Path) -> PathBuf {
    let mut path = journal.with_extension(&PARTIAL_SUFFIX[1..]);
    let stem = journal.file_stem().unwrap_or_default().to_string_lossy();
    let mut number = 2;
    while path.symlink_metadata().is_ok() {
        path.set_file_name(format!("{stem}-{number}{PARTIAL_SUFFIX}"));
        number += 1;
    }
    path
}

fn mark(staging: &Path) -> String {
    let stem = staging.file_stem().unwrap_or_default().to_string_lossy();
    format!("{MARK_WORDS}{stem}.{}\n", journal::EXTENSION)
}

/// The mark of a folder, if it has that of its own name.
fn marked(folder: &Path) -> Option<File> {
    const BYTES_MAX: u64 = 1024;
    let path = folder.join(MARK_FILE);
    let is_bench = folder.extension().is_some_and(|extension| extension == &PARTIAL_SUFFIX[1..]);
    let is_its_own = || read_regular(&path, BYTES_MAX).is_ok_and(|text| text == mark(folder).as_bytes());
    if is_bench && is_its_own() { open_regular(&path).ok() } else { None }
}

/// Folders, and no links to any, in the order of their names.
fn folders(journals: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(journals).into_iter().flatten().flatten();
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut folders: Vec<PathBuf> = entries.filter(is_folder).map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// Removes a folder of this process's own, if it is there.
fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::write(folder, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_benches_of_the_dead_are_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let living = Staging::beside(&folder.path().join("1.jsonl")).unwrap();
        let made = |name: &str, mark: Option<(&str, String)>| {
            let staging = folder.path().join(name);
            fs::create_dir_all(staging.join("lab/c1_r1.partial")).unwrap();
            mark.into_iter().for_each(|(file, text)| fs::write(staging.join(file), text).unwrap());
            staging
        };
        let dead = made("2.partial", Some((MARK_FILE, mark(Path::new("2.partial")))));
        let others = [
            made("3.partial", None),
            made("sweep", Some(("lock", String::new()))),
            made("4.partial", Some((MARK_FILE, mark(Path::new("2.partial"))))),
            made("5.partial", Some((MARK_FILE, "mine".to_owned()))),
            made("2.copy", Some((MARK_FILE, mark(Path::new("2.partial"))))),
        ];
        Staging::clear_abandoned(folder.path()).unwrap();
        assert!(living.path().exists() && !dead.exists());
        assert!(others.iter().all(|other| other.join("lab/c1_r1.partial").exists()));
        assert_eq!(left_alone(folder.path()).len(), others.len());
        assert!(is_in_staging(&living.path().join("lab/c1_r1.partial")));
    }

    #[test]
    fn a_bench_goes_with_its_process_unless_a_run_lies_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::beside(&folder.path().join("1.jsonl")).unwrap();
        let path = staging.path().to_owned();
        fs::create_dir_all(path.join("lab")).unwrap();
        drop(staging);
        assert!(!path.exists());
        let staging = Staging::beside(&folder.path().join("2.jsonl")).unwrap();
        let left = staging.path().join("lab/c1_r1.partial");
        fs::create_dir_all(&left).unwrap();
        drop(staging);
        Staging::clear_abandoned(folder.path()).unwrap();
        assert!(left.exists(), "what is left of a run is somebody's to look at");
    }
}
