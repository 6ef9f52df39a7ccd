//! Where a run lies: beside its place while it is made, and in it afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::log::machine_of_file;
use crate::read::find::find_runs;
use crate::read::find_error::FindError;
use crate::store::{LATEST_LINK, MANIFEST_FILE, Manifest, PARTIAL_SUFFIX, SPEC_FILE, Status, Word, partial};

/// The folder of a run, which may be renamed into place at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub folder: PathBuf,
    pub experiment: String,
    pub run: String,
}

impl Place {
    /// The run in `folder`.
    pub fn of(folder: &Path) -> Place {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let name = |path: Option<&Path>| {
            path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let run = name(Some(&real)).trim_end_matches(PARTIAL_SUFFIX).to_owned();
        Place { experiment: name(real.parent()), run, folder: folder.to_owned() }
    }

    /// Whether the run is still being made, or was killed.
    pub fn is_partial(&self) -> bool {
        self.folder.as_os_str().to_string_lossy().ends_with(PARTIAL_SUFFIX)
    }

    /// Goes where the folder was renamed to. `false`: it is there no more.
    pub fn follow_rename(&mut self) -> bool {
        if self.folder.is_dir() {
            return true;
        }
        let name = self.folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let Some(name) = name.as_deref().and_then(|name| name.strip_suffix(PARTIAL_SUFFIX)) else {
            return false;
        };
        let place = self.folder.with_file_name(name);
        let is_there = place.is_dir();
        if is_there {
            self.folder = place;
        }
        is_there
    }

    /// How the run ended, once its results stand in their place.
    pub fn status(&self) -> Option<Word<Status>> {
        if self.is_partial() {
            return None;
        }
        Manifest::read(&self.folder.join(MANIFEST_FILE)).ok().map(|manifest| manifest.status)
    }
}

/// The run that is meant by `path`: a run's folder or its name to be; or the
/// newest run at or below a folder, where `latest` stands for its experiment.
///
/// # Errors
///
/// There is no run.
pub fn find(path: &Path) -> Result<Place, FindError> {
    if path.file_name().is_some_and(|name| name == LATEST_LINK) {
        let experiment = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        return newest_below(experiment);
    }
    if let (Some(folder), true) = (path.parent(), path.is_file() && machine_of_file(path).is_some()) {
        return Ok(Place::of(if folder == Path::new("") { Path::new(".") } else { folder }));
    }
    if is_run(path) {
        return Ok(Place::of(path));
    }
    let partial = partial(path);
    if partial.is_dir() { Ok(Place::of(&partial)) } else { newest_below(path) }
}

fn newest_below(path: &Path) -> Result<Place, FindError> {
    let mut folders = begun_below(path);
    match find_runs(path) {
        Ok(runs) => folders.extend(runs.into_iter().map(|run| run.folder)),
        Err(error) if folders.is_empty() => return Err(error),
        Err(_) => {}
    }
    let newest = folders.into_iter().max_by_key(|folder| (touched(folder), folder.clone()));
    newest.map(|folder| Place::of(&folder)).ok_or(FindError::Nothing { path: path.to_owned() })
}

/// Runs that have no log yet: below an experiment, or below all results.
fn begun_below(path: &Path) -> Vec<PathBuf> {
    let folders = |path: &Path| {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut begun = folders(path);
    begun.extend(begun.clone().iter().flat_map(|folder| folders(folder)));
    begun.retain(|folder| folder.to_string_lossy().ends_with(PARTIAL_SUFFIX) && is_run(folder));
    begun
}

fn is_run(folder: &Path) -> bool {
    let has_log = || {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).any(|path| machine_of_file(&path).is_some())
    };
    folder.join(SPEC_FILE).is_file() || has_log()
}

/// When a run's logs were last written to, or its folder was made. The files
/// beside the logs may be written long after the run.
fn touched(folder: &Path) -> Option<SystemTime> {
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let logs = entries.map(|entry| entry.path()).filter(|path| machine_of_file(path).is_some());
    logs.filter_map(|log| modified(&log)).max().or_else(|| modified(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn run(results: &Path, name: &str, age_s: u64) -> PathBuf {
        let folder = results.join("exp").join(name);
        fs::create_dir_all(&folder).unwrap();
        let log = fs::File::create(folder.join("log_1.txt")).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 - age_s);
        log.set_modified(time).unwrap();
        folder
    }

    #[test]
    fn the_newest_run_is_meant_by_latest_by_an_experiment_and_by_all_results() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), "killed.partial", 900);
        run(root.path(), "done", 100);
        let going = run(root.path(), "going.partial", 0);
        let experiment = root.path().join("exp");
        for path in
            [experiment.join("latest"), experiment.clone(), root.path().to_owned(), experiment.join("going")]
        {
            assert_eq!(find(&path).unwrap().folder, going, "{}", path.display());
        }
        let done = find(&experiment.join("done/log_1.txt")).unwrap();
        assert_eq!((done.experiment.as_str(), done.run.as_str()), ("exp", "done"));
        assert!(matches!(find(&experiment.join("gone")), Err(FindError::Read { .. })));
    }

    #[test]
    fn a_run_is_followed_into_its_place() {
        let root = tempfile::tempdir().unwrap();
        let partial = run(root.path(), "run.partial", 0);
        let mut place = Place::of(&partial);
        assert!(place.follow_rename() && place.is_partial());
        let there = partial.with_file_name("run");
        fs::rename(&partial, &there).unwrap();
        assert!(place.follow_rename() && !place.is_partial());
        assert_eq!((place.folder.clone(), place.run.as_str()), (there.clone(), "run"));
        fs::remove_dir_all(there).unwrap();
        assert!(!place.follow_rename());
    }
}
