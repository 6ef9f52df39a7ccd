//! Finding runs: a log, a folder of logs, or a tree of such folders.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::files::atomic::folder_of;
use crate::files::suggest_path;
use crate::log::machine_of_file;
use crate::model::event::MachineId;
use crate::read::find_error::FindError;
use crate::read::passed_over::is_packed;
use crate::read::run_path::{RunPath, Seen};
use crate::read::walk::{Beside, Listed, Place, Wanted, run_at, walk};
use crate::spec;
use crate::store::{MANIFEST_FILE, PLAN_FILE, RESULTS, SPEC_FILE};

/// All runs at or below any of `paths`, each once.
pub fn find_all_runs(paths: &[PathBuf]) -> Result<Vec<RunPath>, FindError> {
    let mut runs = Vec::new();
    for path in paths {
        runs.extend(find_runs(path)?);
    }
    // One path alone leads to no run twice.
    Ok(if paths.len() > 1 { each_once(runs) } else { runs })
}

/// The runs without those that are there already, by their folders and machines.
pub fn each_once(mut runs: Vec<RunPath>) -> Vec<RunPath> {
    let mut seen = BTreeSet::new();
    runs.retain(|run| {
        let place = run.folder.canonicalize().unwrap_or_else(|_| run.folder.clone());
        let machines: Vec<MachineId> = run.logs.iter().filter_map(|log| machine_of_file(log)).collect();
        seen.insert((place, machines))
    });
    runs
}

/// All runs at or below `path`, in the order of their paths. Links below it
/// are not followed, as `latest` would count a run twice, and neither are
/// hidden folders.
pub fn find_runs(path: &Path) -> Result<Vec<RunPath>, FindError> {
    find_runs_and_others(path).map(|(runs, _)| runs)
}

/// The same, and files that may be logs of others, as they lie in no run.
pub(super) fn find_runs_and_others(path: &Path) -> Result<(Vec<RunPath>, Vec<PathBuf>), FindError> {
    let failed = |source| FindError::Read { path: path.to_owned(), source };
    let metadata = match suggest_path::metadata(path) {
        Err(source) => return Err(spec_at(path).unwrap_or(failed(source))),
        Ok(metadata) => metadata,
    };
    if metadata.is_file() {
        return one_log(path).map(|run| (vec![run], Vec::new()));
    }
    if !metadata.is_dir() {
        return Err(FindError::NoFile { path: path.to_owned() });
    }
    let walked = walk(path, &path.canonicalize().map_err(failed)?, Wanted::Runs)?;
    if !walked.runs.is_empty() {
        return Ok((walked.runs, walked.others));
    }
    match find_sweeps(path)?.is_empty() {
        false => Err(FindError::Simulated { path: path.to_owned() }),
        true => Err(nothing_at(path)),
    }
}

/// The folders of all sweeps at or below `path` of which a run was begun, in the
/// order of their paths.
fn find_sweeps(path: &Path) -> Result<Vec<PathBuf>, FindError> {
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    // Where they really are is nothing to a sweep.
    Ok(walk(path, path, Wanted::Sweeps)?.sweeps)
}

/// Whether there is a run in a folder or below it.
pub fn is_run_below(folder: &Path) -> Result<bool, FindError> {
    let mut left = vec![Place::root(folder, folder)];
    while let Some(place) = left.pop() {
        let Listed { run, folders, .. } = Listed::of(&place, Wanted::Runs)?;
        if run.is_some() {
            return Ok(true);
        }
        left.extend(folders);
    }
    Ok(false)
}

/// The folders of all sweeps at or below any of `paths`, each once.
pub fn find_all_sweeps(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FindError> {
    let mut seen = BTreeSet::new();
    let mut sweeps = Vec::new();
    for path in paths {
        for sweep in find_sweeps(path)? {
            if seen.insert(sweep.canonicalize().unwrap_or_else(|_| sweep.clone())) {
                sweeps.push(sweep);
            }
        }
    }
    Ok(sweeps)
}

fn nothing_at(folder: &Path) -> FindError {
    let path = folder.to_owned();
    let names: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name().into()).collect();
    match names.iter().filter(|name| is_packed(name)).min() {
        Some(packed) => FindError::Packed { path, packed: packed.display().to_string() },
        None if folder.join(PLAN_FILE).is_file() => FindError::Planned { path },
        None if names.is_empty() => FindError::Empty { path },
        None => FindError::Nothing { path },
    }
}

/// The error that says that a path is a spec's, or the name of an experiment; `None`
/// where it is neither.
fn spec_at(path: &Path) -> Option<FindError> {
    let spec = spec::load(path, &[]).ok()?;
    let folder = folder_of(path);
    if path.file_name().is_some_and(|name| name == SPEC_FILE) && folder.join(MANIFEST_FILE).is_file() {
        return Some(FindError::SpecOfRun { path: path.to_owned(), folder: folder.to_owned() });
    }
    let path = path.to_owned();
    let results = Path::new(RESULTS).join(spec.name);
    Some(if results.is_dir() { FindError::SpecOfRuns { path, results } } else { FindError::Spec { path } })
}

fn one_log(path: &Path) -> Result<RunPath, FindError> {
    if machine_of_file(path).is_none() {
        return Err(spec_at(path).unwrap_or(FindError::NoLog { path: path.to_owned() }));
    }
    let folder = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let real = folder.canonicalize().map_err(|source| FindError::Read { path: folder.to_owned(), source })?;
    let logs = vec![path.to_owned()];
    let is_there = |name: &str| folder.join(name).is_file();
    let beside = Beside {
        seen: Seen::of(&logs),
        logs,
        has_manifest: is_there(MANIFEST_FILE),
        has_spec: is_there(SPEC_FILE),
        passed_over: Vec::new(),
    };
    Ok(run_at(&Place::root(folder, &real), beside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_a_folder_and_a_tree_all_lead_to_runs() {
        let root = tempfile::tempdir().unwrap();
        for run in ["b/r1", "a/r2"] {
            let folder = root.path().join(run);
            fs::create_dir_all(&folder).unwrap();
            for machine in [10, 2, 1] {
                fs::write(folder.join(format!("log_{machine}.txt")), "").unwrap();
            }
        }
        let runs = find_runs(root.path()).unwrap();
        let names: Vec<_> = runs.iter().map(|run| &*run.run).collect();
        assert_eq!(names, ["r2", "r1"]);
        let logs: Vec<_> = runs[0].logs.iter().map(|log| machine_of_file(log).unwrap().0).collect();
        assert_eq!(logs, [1, 2, 10]);
        assert_eq!(find_runs(&root.path().join("b/r1/log_2.txt")).unwrap()[0].logs.len(), 1);
        let twice = [root.path().to_owned(), root.path().join("a"), root.path().join("b/r1")];
        assert_eq!(find_all_runs(&twice).unwrap().len(), 2);
    }

    #[test]
    fn logs_that_are_not_read_are_known() {
        let root = tempfile::tempdir().unwrap();
        let names = [
            "log_1.txt",
            "log_2.txt",
            "log_03.txt",
            "log_3.txt.gz",
            "log_4.tar.xz",
            "notes.gz",
            "log_1.txt~",
        ];
        names.iter().for_each(|name| fs::write(root.path().join(name), "").unwrap());
        let run = find_runs(root.path()).unwrap().remove(0);
        let passed_over = ["log_03.txt", "log_3.txt.gz", "log_4.tar.xz"].map(|name| root.path().join(name));
        assert_eq!((run.logs.len(), run.passed_over), (2, passed_over.to_vec()));
    }

    #[test]
    fn machines_are_numbered_from_0_where_their_logs_are() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(root.path().join(name), "").unwrap();
        ["log_0.txt", "log_1.txt", "log_2.txt"].iter().for_each(|name| write(name));
        let run = find_runs(root.path()).unwrap().remove(0);
        let dialect = run.dialect.as_ref().unwrap();
        let machines: Vec<u32> = (0..3).map(|log| dialect.machine(log).unwrap().0).collect();
        assert_eq!((run.logs.len(), machines), (3, vec![1, 2, 3]));
        assert!(run.passed_over.is_empty());
        write("log_9.txt");
        let gap = find_runs(root.path()).unwrap().remove(0);
        assert_eq!((gap.dialect, gap.passed_over), (None, vec![root.path().join("log_0.txt")]));
    }

    #[cfg(unix)]
    #[test]
    fn only_files_and_links_to_files_are_logs() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::write(at("log_1.txt"), "").unwrap();
        fs::create_dir(at("log_2.txt")).unwrap();
        std::os::unix::fs::symlink("log_1.txt", at("log_3.txt")).unwrap();
        std::os::unix::fs::symlink("log_2.txt", at("log_4.txt")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("log_5.txt")).unwrap();
        let run = find_runs(root.path()).unwrap().remove(0);
        assert_eq!(run.logs, [at("log_1.txt"), at("log_3.txt")]);
        fs::write(at("log_1.txt"), "12345").unwrap();
        let run = find_runs(root.path()).unwrap().remove(0);
        assert_eq!(run.seen.unwrap().bytes, 10, "a link counts as what it leads to");
        let device = find_runs(Path::new("/dev/zero")).unwrap_err();
        assert!(matches!(device, FindError::NoFile { .. }), "{device}");
    }

    #[test]
    fn nothing_to_read_is_told_with_what_was_expected() {
        let root = tempfile::tempdir().unwrap();
        let reported = || find_runs(root.path()).unwrap_err().to_string();
        assert!(
            reported().contains("is empty; a run is a folder with logs named log_1.txt"),
            "{}",
            reported()
        );
        fs::write(root.path().join("main.py"), "").unwrap();
        assert!(
            reported().contains("holds no runs; a run is a folder with logs named log_1.txt"),
            "{}",
            reported()
        );
        fs::write(root.path().join("logs.ZIP"), "").unwrap();
        assert!(reported().ends_with("but logs.ZIP, which is packed; unpack it first"), "{}", reported());
        assert!(find_runs(&root.path().join("gone")).is_err());
        fs::write(root.path().join("notes.txt"), "").unwrap();
        assert!(matches!(find_runs(&root.path().join("notes.txt")), Err(FindError::NoLog { .. })));
    }
}
