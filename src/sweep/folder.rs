//! Where a sweep lies: `results/<sweep>/`, with its plan, its journals and what
//! they amount to.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error_kind::{ErrorKind, HasKind};
use crate::files::atomic::make_folder;
use crate::files::regular::read_regular;
use crate::files::suggest_path;
use crate::plan::{Plan, PlanError};
use crate::store::version::VERSION;
use crate::store::{JOURNAL_FOLDER, PLAN_FILE, RUNS_FILE, StoreError, write_file};

const SUMMARY_FILE: &str = "summary.csv";
const LOCK_FILE: &str = "lock";
const SLURM_FOLDER: &str = "slurm";
const JOBS_FILE: &str = "jobs";
pub(super) const SCRIPT_FILE: &str = "task.sh";

/// A sweep's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "{path} exists already; go on with it by --resume, or choose another --name: results are never overwritten"
    )]
    Exists { path: PathBuf },
    #[error("{path} holds something else, such as {other}; choose another --name")]
    ReadStats { path: PathBuf, other: String },
    #[error("there is no sweep in {path}: it has no {PLAN_FILE}{advice}")]
    NoPlan { path: PathBuf, advice: String },
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Plan { path: PathBuf, source: PlanError },
    #[error("{path} holds another plan; the stored one is `there`:\n  {}", differences.join("\n  "))]
    OtherPlan { path: PathBuf, differences: Vec<String> },
    #[error("{path} is in use by another labctl; wait for its end")]
    InUse { path: PathBuf },
}

impl HasKind for FolderError {
    fn kind(&self) -> ErrorKind {
        match self {
            FolderError::NoPlan { .. } => ErrorKind::Usage,
            _ => ErrorKind::Failed,
        }
    }
}

/// The folder of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepFolder {
    path: PathBuf,
}

/// Keeps others out of a sweep until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl SweepFolder {
    /// The folder at `path`, whether it is there or not.
    pub fn at(path: impl Into<PathBuf>) -> SweepFolder {
        SweepFolder { path: path.into() }
    }

    /// The folder that a plan's file lies in; its path may be given as well.
    pub fn of_plan_file(path: &Path) -> SweepFolder {
        match path.parent() {
            Some(folder) if path.file_name().is_some_and(|name| name == PLAN_FILE) => SweepFolder::at(folder),
            _ => SweepFolder::at(path),
        }
    }

    /// Makes the folder, with its plan in it.
    ///
    /// # Errors
    ///
    /// There is something in it already, or it cannot be made.
    pub fn create(&self, plan: &Plan) -> Result<Lock, FolderError> {
        self.check_free()?;
        make_folder(&self.path).map_err(|source| StoreError::write(&self.path, source))?;
        let lock = self.lock()?;
        // Another process may have been here in the meantime.
        self.check_free()?;
        write_file(&self.plan_file(), plan.to_json(VERSION).as_bytes())?;
        Ok(lock)
    }

    /// What was interrupted before the plan was written leaves a lock and no more.
    fn check_free(&self) -> Result<(), FolderError> {
        if self.plan_file().exists() {
            return Err(FolderError::Exists { path: self.path.clone() });
        }
        let names = fs::read_dir(&self.path).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let mut names = names.map(|name| name.to_string_lossy().into_owned());
        // A lock is empty; what is not is somebody's.
        let is_lock = |name: &str| {
            let lock = self.path.join(LOCK_FILE).symlink_metadata();
            name == LOCK_FILE && lock.is_ok_and(|lock| lock.is_file() && lock.len() == 0)
        };
        match names.find(|name| !is_lock(name) && !name.starts_with('.')) {
            Some(other) => Err(FolderError::ReadStats { path: self.path.clone(), other }),
            None => Ok(()),
        }
    }

    /// Opens a sweep to go on with it.
    ///
    /// # Errors
    ///
    /// There is none, or one of another plan.
    pub fn resume(&self, plan: &Plan) -> Result<Lock, FolderError> {
        self.check(plan)?;
        self.lock()
    }

    /// Takes back what [`SweepFolder::create`] made, and all that prepares runs.
    /// What else is in the folder stays, and whatever cannot be removed.
    pub fn discard(&self) {
        for file in [self.slurm().join(SCRIPT_FILE), self.plan_file(), self.path.join(LOCK_FILE)] {
            let _ = fs::remove_file(file);
        }
        for folder in [&self.slurm(), &self.path] {
            let _ = fs::remove_dir(folder);
        }
    }

    /// Whether any run was begun, here or by a job.
    pub fn has_begun(&self) -> bool {
        self.journals().exists() || self.jobs_file().exists()
    }

    /// Reads the plan.
    pub fn plan(&self) -> Result<Plan, FolderError> {
        read_plan(&self.plan_file())
    }

    pub fn plan_file(&self) -> PathBuf {
        self.path.join(PLAN_FILE)
    }

    /// Refuses any plan but the stored one.
    fn check(&self, plan: &Plan) -> Result<(), FolderError> {
        let differences = plan.differences(&self.plan()?);
        if differences.is_empty() {
            return Ok(());
        }
        /// A sweep over another grid differs in every cell.
        const SHOWN: usize = 8;
        let more = differences.len().saturating_sub(SHOWN);
        let mut shown: Vec<String> = differences.into_iter().take(SHOWN).collect();
        if more > 0 {
            shown.push(format!("and {more} more"));
        }
        Err(FolderError::OtherPlan { path: self.path.clone(), differences: shown })
    }

    /// Keeps every other process of this host out.
    fn lock(&self) -> Result<Lock, FolderError> {
        let path = self.path.join(LOCK_FILE);
        let file = open_lock(&path).map_err(|source| StoreError::write(&path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: self.path.clone() }),
            // Some shared file systems have no locks; runs done twice count once.
            Err(TryLockError::Error(_)) => Ok(Lock { _file: file }),
        }
    }

    /// The sweep's name, which is that of its folder, however its path is written.
    pub fn name(&self) -> String {
        let real = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        real.file_name().map_or_else(|| "sweep".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn journals(&self) -> PathBuf {
        self.path.join(JOURNAL_FOLDER)
    }

    /// What was submitted to Slurm, and what its tasks said.
    pub fn slurm(&self) -> PathBuf {
        self.path.join(SLURM_FOLDER)
    }

    /// The jobs that nobody has waited for to their end.
    pub fn jobs_file(&self) -> PathBuf {
        self.slurm().join(JOBS_FILE)
    }

    /// A row a machine and run.
    pub fn runs_file(&self) -> PathBuf {
        self.path.join(RUNS_FILE)
    }

    /// A row a metric, machine and cell.
    pub fn summary_file(&self) -> PathBuf {
        self.path.join(SUMMARY_FILE)
    }

    /// Where the folder of a single run lies, if its engine makes one.
    pub fn run_folder(&self, experiment: &str, run: &str) -> PathBuf {
        self.path.join(experiment).join(run)
    }
}

/// Opens the lock, made where it is missing; whatever is in it stays.
fn open_lock(path: &Path) -> io::Result<File> {
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other("it is no file"));
    }
    File::options().write(true).create(true).truncate(false).open(path)
}

/// Reads a plan from its file.
fn read_plan(path: &Path) -> Result<Plan, FolderError> {
    /// A plan of a million cells has a few hundred megabytes.
    const BYTES_MAX: u64 = 1 << 30;
    let bytes = read_regular(path, BYTES_MAX);
    let text = bytes.and_then(|bytes| {
        String::from_utf8(bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
    });
    let text = text.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            let path = path.parent().unwrap_or(Path::new("."));
            let meant = if path.exists() { None } else { suggest_path::meant(path) };
            let advice =
                meant.map_or_else(String::new, |meant| format!("; {}", suggest_path::did_you_mean(&meant)));
            FolderError::NoPlan { path: path.to_owned(), advice }
        }
        _ => FolderError::Read { path: path.to_owned(), source },
    })?;
    Plan::from_json(&text, VERSION).map_err(|source| FolderError::Plan { path: path.to_owned(), source })
}
