//! Why nothing can be read at a path.

use std::io;
use std::path::PathBuf;

use crate::error_kind::{ErrorKind, HasKind};
use crate::store::PLAN_FILE;

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
    #[error("{path} is a spec; run it first: labctl run {path}")]
    Spec { path: PathBuf },
    #[error("{path} is a spec; run it again: labctl run {path}; what its runs left is in {results}")]
    SpecOfRuns { path: PathBuf, results: PathBuf },
    #[error("{path} is the spec of a run; name the run's folder: {folder}")]
    SpecOfRun { path: PathBuf, folder: PathBuf },
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

impl FindError {
    /// Whether there may be logs under other names.
    pub fn is_of_names(&self) -> bool {
        use FindError::{Empty, NoLog, Nothing, Packed};
        matches!(self, Nothing { .. } | Empty { .. } | Packed { .. } | NoLog { .. })
    }
}
