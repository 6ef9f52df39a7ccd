//! Stored runs as theory needs them: measured, and with the spec they ran by.

use std::path::PathBuf;

use crate::model::event::MachineId;
use crate::plan::Run;
use crate::predict::residual::Measured;
use crate::read::run_path::RunPath;
use crate::read::{ReadError, run_metrics};
use crate::spec::{self, SpecError};
use crate::store::{SPEC_FILE, Word};

/// A stored run cannot be checked against theory.
#[derive(Debug, thiserror::Error)]
pub enum MeasuredError {
    #[error(
        "{run} has no {SPEC_FILE}, so theory cannot know what it should have done; only runs of labctl keep one"
    )]
    NoSpec { run: PathBuf },
    #[error("{run} was {status}; theory speaks of whole runs only")]
    NotCompleted { run: PathBuf, status: String },
    #[error("{run}: machine {machine} was written by someone else, and theory knows nothing of it")]
    Foreign { run: PathBuf, machine: MachineId },
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Reads a stored run and its spec.
pub fn measured(stored: &RunPath) -> Result<Measured, MeasuredError> {
    let run = planned(stored)?;
    Ok(Measured { run: run.name, spec: run.spec, rows: run_metrics(stored)? })
}

/// How a stored run was planned, if theory can speak of it.
pub fn planned(stored: &RunPath) -> Result<Run, MeasuredError> {
    let folder = || stored.folder.clone();
    let path = stored.folder.join(SPEC_FILE);
    if !path.is_file() {
        return Err(MeasuredError::NoSpec { run: folder() });
    }
    let status = stored.manifest.as_ref().map(|manifest| &manifest.status);
    if !status.is_some_and(Word::came_to_its_end) {
        let status = status.map_or("never finished".to_owned(), Word::to_string);
        return Err(MeasuredError::NotCompleted { run: folder(), status });
    }
    let run = Run::single(spec::load(&path, &[])?, stored.run.to_string());
    if let Some(machine) = run.machines().find(|id| run.is_foreign(*id)) {
        return Err(MeasuredError::Foreign { run: folder(), machine });
    }
    Ok(run)
}
