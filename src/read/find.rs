//! Finding runs: a log, a folder of logs, or a tree of such folders.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::dialect::DialectRuns;
use crate::error_kind::{ErrorKind, HasKind};
use crate::files::file_name::file_name;
use crate::files::suggest_path;
use crate::log::machine_of_file;
use crate::model::event::MachineId;
use crate::parallel;
use crate::store::{
    JOURNAL_FOLDER, MANIFEST_FILE, METRICS_FILE, Manifest, ManifestHead, PARTIAL_SUFFIX, PLAN_FILE,
    RUNS_FILE, SPEC_FILE, lock,
};
use crate::text::sanitize::on_one_line;

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
    fn of(logs: &[PathBuf]) -> Option<Seen> {
        Seen::all(logs.iter().map(|log| Seen::one(&fs::metadata(log).ok()?)))
    }

    fn one(log: &fs::Metadata) -> Option<Seen> {
        Some(Seen { bytes: log.len(), last_written: log.modified().ok()? })
    }

    /// Of all logs together; `None` where one could not be seen.
    fn all(logs: impl Iterator<Item = Option<Seen>>) -> Option<Seen> {
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

/// Nothing can be read at a path.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} holds no runs; a run is a folder with logs named log_1.txt, log_2.txt, …")]
    Nothing { path: PathBuf },
    #[error("{path} is empty; a run is a folder with logs named log_1.txt, log_2.txt, …")]
    Empty { path: PathBuf },
    #[error("{path} holds no runs, but {packed}, which is packed; unpack it first")]
    Packed { path: PathBuf, packed: String },
    #[error(
        "{path} holds no folders of runs, but a sweep whose runs were simulated and have none; its runs.csv and \
         summary.csv have their metrics, labctl plot draws its charts, and labctl report writes a page on it"
    )]
    Simulated { path: PathBuf },
    #[error(
        "{path} is planned as a sweep, and no run of it is begun; make them by labctl sweep exec {path}/{PLAN_FILE}"
    )]
    Planned { path: PathBuf },
    #[error("{path} is not a log; logs are named log_<machine>.txt")]
    NoLog { path: PathBuf },
    #[error("{path} is neither a file nor a folder; logs are read more than once, so they must be files")]
    NoFile { path: PathBuf },
}

impl HasKind for FindError {
    fn kind(&self) -> ErrorKind {
        match self {
            FindError::Read { source, .. } => ErrorKind::of_path(source),
            _ => ErrorKind::Usage,
        }
    }
}

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
    let failed = |source| FindError::Read { path: path.to_owned(), source };
    let metadata = suggest_path::metadata(path).map_err(failed)?;
    if metadata.is_file() {
        return one_log(path).map(|run| vec![run]);
    }
    if !metadata.is_dir() {
        return Err(FindError::NoFile { path: path.to_owned() });
    }
    let runs = walk(path, &path.canonicalize().map_err(failed)?, Wanted::Runs)?.runs;
    if !runs.is_empty() {
        return Ok(runs);
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

impl FindError {
    /// Whether there may be logs under other names.
    pub fn is_of_names(&self) -> bool {
        use FindError::{Empty, NoLog, Nothing, Packed};
        matches!(self, Nothing { .. } | Empty { .. } | Packed { .. } | NoLog { .. })
    }
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

/// Whether a file is an archive, by its name.
pub fn is_packed(path: &Path) -> bool {
    const ARCHIVES: [&str; 9] = ["zip", "gz", "tgz", "bz2", "xz", "zst", "tar", "7z", "rar"];
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| ARCHIVES.contains(&extension.as_str()))
}

/// Whether a file is a log by its name that is not read as one: packed, as
/// `log_3.txt.gz`, or under a number that no machine has, as `log_0.txt` and
/// `log_01.txt`.
fn is_log_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let Some(rest) = name.strip_prefix("log_") else { return false };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < rest.len() && (after == ".txt" || after.starts_with('.') && is_packed(path))
}

fn one_log(path: &Path) -> Result<RunPath, FindError> {
    if machine_of_file(path).is_none() {
        return Err(FindError::NoLog { path: path.to_owned() });
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

/// What is at or below a folder: its runs, and sweeps of which a run was begun,
/// in the order of their paths. Folders are looked into side by side, those of
/// one depth after those of another.
fn walk(root: &Path, real: &Path, wanted: Wanted) -> Result<Walked, FindError> {
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
                let Listed { run, sweep, folders } = listed?;
                walked.runs.extend(run);
                walked.sweeps.extend(sweep);
                below.extend(folders);
                Ok(())
            },
        )?;
        depth = below;
    }
    walked.runs.sort_by(|one, other| one.folder.cmp(&other.folder));
    walked.sweeps.sort();
    Ok(walked)
}

/// What a walk is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Runs,
    /// The folders of a sweep are not walked into.
    Sweeps,
}

#[derive(Default)]
struct Walked {
    runs: Vec<RunPath>,
    sweeps: Vec<PathBuf>,
}

/// A folder, as the user wrote its path, and where it really is.
struct Place {
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
}

impl Place {
    fn root(shown: &Path, real: &Path) -> Place {
        let sweep =
            |folder: Option<&Path>| folder.filter(|folder| is_sweep(folder)).map(|it| name_of(Some(it)));
        let mut above = real.ancestors().skip(1);
        let (parent, grandparent) = (above.next(), above.next());
        let above = Above { name: name_of(parent), is_sweep: sweep(parent), in_sweep: sweep(grandparent) };
        Place { shown: shown.to_owned(), name: name_of(Some(real)), above: Arc::new(above) }
    }
}

fn name_of(path: Option<&Path>) -> Arc<str> {
    let name = path.and_then(Path::file_name).map(|name| on_one_line(&name.to_string_lossy()));
    name.map_or_else(|| "logs".into(), Arc::from)
}

/// What a folder holds.
struct Listed {
    run: Option<RunPath>,
    sweep: Option<PathBuf>,
    folders: Vec<Place>,
}

/// The files of a run's folder.
struct Beside {
    /// In the order of their machines.
    logs: Vec<PathBuf>,
    seen: Option<Seen>,
    has_manifest: bool,
    has_spec: bool,
    passed_over: Vec<PathBuf>,
}

impl Listed {
    fn of(place: &Place, wanted: Wanted) -> Result<Listed, FindError> {
        let shown = &place.shown;
        let failed = |source| FindError::Read { path: shown.clone(), source };
        let (mut folders, mut logs, mut passed_over) = (Vec::new(), Vec::new(), Vec::new());
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
            }
        }
        let is_sweep = has_plan && is_sweep(shown);
        if wanted == Wanted::Sweeps && is_sweep {
            return Ok(Listed { run: None, sweep: Some(shown.clone()), folders: Vec::new() });
        }
        let is_there = |name: &str| shown.join(name).is_file();
        let is_run = !logs.is_empty() || has_metrics && is_there(METRICS_FILE);
        let run = (wanted == Wanted::Runs && is_run).then(|| {
            logs.sort_by_key(|(machine, ..)| *machine);
            passed_over.sort();
            let seen = Seen::all(logs.iter().map(|(_, _, seen)| *seen));
            let logs = logs.iter().map(|(_, name, _)| below(shown, name)).collect();
            let has_spec = has_spec && is_there(SPEC_FILE);
            from_zero(run_at(place, Beside { logs, seen, has_manifest, has_spec, passed_over }))
        });
        folders.sort();
        Ok(Listed { run, sweep: None, folders: place.below(folders, is_sweep) })
    }
}

impl Place {
    fn below(&self, folders: Vec<OsString>, is_sweep: bool) -> Vec<Place> {
        let above = Arc::new(Above {
            name: Arc::clone(&self.name),
            is_sweep: is_sweep.then(|| Arc::clone(&self.name)),
            in_sweep: self.above.is_sweep.clone(),
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

/// Whether a name is passed over: hidden, as the folder in which a sweep makes
/// its runs, or what macOS packs beside the files of an archive.
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "__MACOSX"
}

/// Whether a folder is that of a sweep of which a run was begun; a file of a
/// plan's name alone may be anybody's.
fn is_sweep(folder: &Path) -> bool {
    let has_runs = || folder.join(RUNS_FILE).is_file() || folder.join(JOURNAL_FOLDER).is_dir();
    folder.join(PLAN_FILE).is_file() && has_runs()
}

fn run_at(place: &Place, beside: Beside) -> RunPath {
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
