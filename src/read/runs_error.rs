//! Why foreign logs cannot be put in order.

use std::io;
use std::path::PathBuf;

use crate::dialect::parts::PARTS_MAX;
use crate::error_kind::{ErrorKind, HasKind};
use crate::model::event::MachineId;

/// Foreign logs cannot be put in order.
#[derive(Debug, thiserror::Error)]
pub enum RunsError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is neither a file nor a folder; logs are read more than once, so they must be files")]
    NoFile { path: PathBuf },
    #[error(
        "{path} holds no logs that are named as those of the dialect {dialect} are; name the logs themselves"
    )]
    Nothing { path: PathBuf, dialect: String },
    #[error(
        "{first} and {second} are both of machine {machine} of one run; keep each run's logs in a folder of \
         their own, or let `files` of the dialect capture `run`"
    )]
    Twice { machine: MachineId, first: PathBuf, second: PathBuf },
    #[error("{path} has more than {PARTS_MAX} machines and runs; cut it into a file for each run")]
    Parts { path: PathBuf },
    #[error(
        "a machine in {path} has no name that the dialect {dialect} knows: `{name}`; `machines` of the dialect says how they are called"
    )]
    NoMachineInside { path: PathBuf, dialect: String, name: String },
    #[error(
        "{path} has no name that the dialect {dialect} knows; `machines` of the dialect says how they are called"
    )]
    NoMachine { path: PathBuf, dialect: String },
}

impl HasKind for RunsError {
    fn kind(&self) -> ErrorKind {
        match self {
            RunsError::Read { source, .. } => ErrorKind::of_path(source),
            RunsError::NoFile { .. } | RunsError::Nothing { .. } => ErrorKind::Usage,
            _ => ErrorKind::Failed,
        }
    }
}
