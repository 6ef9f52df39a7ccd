//! The walk through a tree of folders: what each holds, and the runs in it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dialect::DialectRuns;
use crate::dialect::file_names::looks_like_a_log;
use crate::files::file_name::file_name;
use crate::log::machine_of_file;
use crate::parallel;
use crate::read::find_error::FindError;
use crate::read::passed_over::{is_hidden, is_log_passed_over};
use crate::read::run_path::{RunPath, RunState, Seen};
use crate::store::{
    JOURNAL_FOLDER, MANIFEST_FILE, METRICS_FILE, Manifest, ManifestHead, PARTIAL_SUFFIX, PLAN_FILE,
    RUNS_FILE, SPEC_FILE, lock,
};
use crate::text::sanitize::on_one_line;

/// What is at or below a folder: its runs, and sweeps of which a run was begun,
/// in the order of their paths. Folders are looked into side by side, those of
/// one depth after those of another.
pub(super) fn walk(root: &Path, real: &Path, wanted: Wanted) -> Result<Walked, FindError> {
    let mut walked = Walked::default();
    let mut depth = vec![Place::root(root, real)];
    while !depth.is_empty() {
        let mut below = Vec::new();
        let look = |place: &Place| Listed::of(place, wanted);
        parallel::in_order(
            &depth,
            |_| 0,
            look,
            |listed| {
                let Listed { run, sweep, others, folders } = listed?;
                walked.runs.extend(run);
                walked.others.extend(others);
                walked.sweeps.extend(sweep);
                below.extend(folders);
                Ok(())
            },
        )?;
        depth = below;
    }
    walked.runs.sort_by(|one, other| one.folder.cmp(&other.folder));
    walked.sweeps.sort();
    walked.others.sort();
    Ok(walked)
}

/// What a walk is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Runs,
    /// The folders of a sweep are not walked into.
    Sweeps,
}

#[derive(Default)]
pub(super) struct Walked {
    pub(super) runs: Vec<RunPath>,
    pub(super) sweeps: Vec<PathBuf>,
    /// Files that may be logs of others, as they lie in no run and no sweep.
    pub(super) others: Vec<PathBuf>,
}

/// A folder, as the user wrote its path, and where it really is.
pub(super) struct Place {
    shown: PathBuf,
    name: Arc<str>,
    above: Arc<Above>,
}

/// What the folders in one folder share.
struct Above {
    /// Of the folder that they are in.
    name: Arc<str>,
    /// The sweep that this folder is, and the one that it is in, by name.
    is_sweep: Option<Arc<str>>,
    in_sweep: Option<Arc<str>>,
    /// It is a run or a sweep, or lies in one.
    is_ours: bool,
}

impl Place {
    pub(super) fn root(shown: &Path, real: &Path) -> Place {
        let sweep =
            |folder: Option<&Path>| folder.filter(|folder| is_sweep(folder)).map(|it| name_of(Some(it)));
        let mut above = real.ancestors().skip(1);
        let (parent, grandparent) = (above.next(), above.next());
        let (is_sweep, in_sweep) = (sweep(parent), sweep(grandparent));
        let is_ours = is_sweep.is_some() || in_sweep.is_some();
        let above = Above { name: name_of(parent), is_sweep, in_sweep, is_ours };
        Place { shown: shown.to_owned(), name: name_of(Some(real)), above: Arc::new(above) }
    }
}

fn name_of(path: Option<&Path>) -> Arc<str> {
    let name = path.and_then(Path::file_name).map(|name| on_one_line(&name.to_string_lossy()));
    name.map_or_else(|| "logs".into(), Arc::from)
}

/// What a folder holds.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) run: Option<RunPath>,
    sweep: Option<PathBuf>,
    others: Vec<PathBuf>,
    pub(super) folders: Vec<Place>,
}

/// The files of a run's folder.
pub(super) struct Beside {
    /// In the order of their machines.
    pub(super) logs: Vec<PathBuf>,
    pub(super) seen: Option<Seen>,
    pub(super) has_manifest: bool,
    pub(super) has_spec: bool,
    pub(super) passed_over: Vec<PathBuf>,
}

impl Listed {
    pub(super) fn of(place: &Place, wanted: Wanted) -> Result<Listed, FindError> {
        let shown = &place.shown;
        let failed = |source| FindError::Read { path: shown.clone(), source };
        let (mut folders, mut logs, mut passed_over) = (Vec::new(), Vec::new(), Vec::new());
        let mut others = Vec::new();
        let (mut has_plan, mut has_metrics, mut has_manifest, mut has_spec) = (false, false, false, false);
        for entry in fs::read_dir(shown).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = entry.file_name();
            has_plan |= name == PLAN_FILE;
            has_metrics |= name == METRICS_FILE;
            has_manifest |= name == MANIFEST_FILE;
            has_spec |= name == SPEC_FILE;
            if kind.is_dir() {
                if !is_hidden(&name) {
                    folders.push(name);
                }
            } else if wanted == Wanted::Sweeps {
            } else if let Some(machine) = machine_of_file(name.as_ref()).filter(|_| may_be_file(kind, &entry))
            {
                logs.push((machine, name, seen_at(kind, &entry)));
            } else if is_log_passed_over(name.as_ref()) {
                passed_over.push(below(shown, &name));
            } else if kind.is_file() && !is_hidden(&name) && looks_like_a_log(name.as_ref()) {
                others.push(below(shown, &name));
            }
        }
        let is_sweep = has_plan && is_sweep(shown);
        if wanted == Wanted::Sweeps && is_sweep {
            return Ok(Listed { sweep: Some(shown.clone()), ..Listed::default() });
        }
        let is_there = |name: &str| shown.join(name).is_file();
        let is_run = !logs.is_empty() || has_metrics && is_there(METRICS_FILE);
        let run = (wanted == Wanted::Runs && is_run).then(|| {
            logs.sort_by_key(|(machine, ..)| *machine);
            passed_over.sort();
            let seen = Seen::all(logs.iter().map(|(_, _, seen)| *seen));
            let logs = logs.iter().map(|(_, name, _)| below(shown, name)).collect();
            let has_spec = has_spec && is_there(SPEC_FILE);
            from_zero(run_at(
                place,
                Beside { logs, seen, has_manifest, has_spec, passed_over: passed_over.clone() },
            ))
        });
        folders.sort();
        let is_ours = place.above.is_ours || has_plan || run.is_some();
        if is_ours {
            others.clear();
        } else {
            others.extend(passed_over);
        }
        Ok(Listed { run, sweep: None, others, folders: place.below(folders, is_sweep, is_ours) })
    }
}

impl Place {
    fn below(&self, folders: Vec<OsString>, is_sweep: bool, is_ours: bool) -> Vec<Place> {
        let above = Arc::new(Above {
            name: Arc::clone(&self.name),
            is_sweep: is_sweep.then(|| Arc::clone(&self.name)),
            in_sweep: self.above.is_sweep.clone(),
            is_ours,
        });
        let place = |name: OsString| {
            let shown = below(&self.shown, &name);
            Place { name: name_of(Some(&shown)), shown, above: Arc::clone(&above) }
        };
        folders.into_iter().map(place).collect()
    }
}

/// A path that takes no more room than it needs, as there may be very many.
fn below(folder: &Path, name: &OsStr) -> PathBuf {
    let mut path = PathBuf::with_capacity(folder.as_os_str().len() + 1 + name.len());
    path.push(folder);
    path.push(name);
    path
}

/// A log as it is, also where a link leads to it.
fn seen_at(kind: fs::FileType, entry: &fs::DirEntry) -> Option<Seen> {
    let found = if kind.is_symlink() { fs::metadata(entry.path()) } else { entry.metadata() };
    Seen::one(&found.ok()?)
}

/// The same run, read with its machines numbered from 0 where its logs are:
/// `log_0.txt`, `log_1.txt`, …, of which the first is machine 1 here.
fn from_zero(mut run: RunPath) -> RunPath {
    let first = run.folder.join("log_0.txt");
    let numbers = run.logs.iter().filter_map(|log| machine_of_file(log)).map(|machine| machine.0);
    let without_gaps = numbers.eq(1..=run.logs.len() as u32);
    if run.manifest.is_none() && without_gaps && run.passed_over.contains(&first) && first.is_file() {
        run.passed_over.retain(|path| *path != first);
        run.logs.insert(0, first);
        run.seen = Seen::of(&run.logs);
        run.dialect = Some(DialectRuns::from_zero(run.logs.len() as u32));
    }
    run
}

/// Not a pipe or a device, which might never end. A link that leads nowhere is
/// reported when it is read.
fn may_be_file(kind: fs::FileType, entry: &fs::DirEntry) -> bool {
    let leads_to_file = || fs::metadata(entry.path()).map_or(true, |metadata| metadata.is_file());
    kind.is_file() || kind.is_symlink() && leads_to_file()
}

/// Whether a folder is that of a sweep of which a run was begun; a file of a
/// plan's name alone may be anybody's.
fn is_sweep(folder: &Path) -> bool {
    let has_runs = || folder.join(RUNS_FILE).is_file() || folder.join(JOURNAL_FOLDER).is_dir();
    folder.join(PLAN_FILE).is_file() && has_runs()
}

pub(super) fn run_at(place: &Place, beside: Beside) -> RunPath {
    let Place { shown, name, above } = place;
    let Beside { logs, seen, has_manifest, has_spec: is_ours, passed_over } = beside;
    let manifest = has_manifest.then(|| Manifest::read(&shown.join(MANIFEST_FILE)).ok()).flatten();
    // Names that lead elsewhere were not written by labctl, and are not believed.
    let is_name = |name: &str| file_name(name) == name;
    let reported =
        manifest.as_ref().filter(|reported| is_name(&reported.experiment) && is_name(&reported.run));
    // Foreign logs lie in one folder a run, which names both.
    let experiment = if is_ours { &above.name } else { name };
    let one_of_them = |reported: &str| [&above.name, name].into_iter().find(|name| ***name == *reported);
    let shared = |reported: &str| one_of_them(reported).map_or_else(|| reported.into(), Arc::clone);
    let (experiment, run) = match reported {
        Some(Manifest { experiment, run, .. }) => (shared(experiment), shared(run)),
        None => (Arc::clone(experiment), shared(name.trim_end_matches(PARTIAL_SUFFIX))),
    };
    let state = match name.ends_with(PARTIAL_SUFFIX) {
        true if lock::is_held(shown) => RunState::GoingOn,
        true => RunState::CutShort,
        false => RunState::InPlace,
    };
    // A sweep keeps its runs at <sweep>/<experiment>/<run>.
    let (sweep, folder) = (above.in_sweep.clone(), shown.clone());
    let manifest = manifest.as_ref().map(|manifest| ManifestHead::of(manifest, &logs));
    RunPath { experiment, run, folder, sweep, logs, seen, manifest, state, passed_over, dialect: None }
}
