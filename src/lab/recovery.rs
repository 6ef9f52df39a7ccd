//! Completing a run whose process was killed, as far as its logs go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use super::{COMMIT, IncompleteCause, VERSION, digest, write_manifest};
use crate::engine::simulator::START;
use crate::log::{EndReason, ReadStats};
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::read::Reading;
use crate::spec::{self, SpecError};
use crate::store::manifest::{Host, checksum, checksums};
use crate::store::{
    Isolation, MANIFEST_FILE, Manifest, RunFolder, SPEC_FILE, Status, StoreError, TakeOverError, Word,
};

/// A run that was put into its place.
#[derive(Debug)]
pub struct Recovered {
    pub folder: PathBuf,
    pub status: Word<Status>,
    /// What is known to be lost.
    pub lost: Vec<String>,
}

/// A run cannot be recovered; it is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    #[error(transparent)]
    TakeOver(#[from] TakeOverError),
    #[error("{path} has no log in it; there is nothing to recover, and it can be removed")]
    NothingLogged { path: PathBuf },
    #[error("cannot look into {path}: {source}")]
    Look { path: PathBuf, source: io::Error },
    #[error("{path} cannot be recovered without the spec that it ran by: {source}")]
    Spec { path: PathBuf, source: SpecError },
    #[error("{path} cannot be completed: {source}")]
    Incomplete { path: PathBuf, source: IncompleteCause },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Completes the run in `partial`: its tables, and a manifest that says how
/// whole it is. Never touches a run that is going on. `now` is reported in the
/// manifest.
pub fn recover(partial: &Path, now: Timestamp) -> Result<Recovered, RecoveryError> {
    let folder = RunFolder::take_over(partial)?;
    let look = |source| RecoveryError::Look { path: partial.to_owned(), source };
    if !folder.has_log().map_err(look)? {
        return Err(RecoveryError::NothingLogged { path: partial.to_owned() });
    }
    if let Some(manifest) = whole_manifest(partial) {
        let status = manifest.status;
        return Ok(Recovered { folder: folder.put_behind_others()?, status, lost: Vec::new() });
    }
    let spec = spec::load(&partial.join(SPEC_FILE), &[])
        .map_err(|source| RecoveryError::Spec { path: partial.to_owned(), source })?;
    let run = Run::single(spec, folder.name());
    // Before anything else is written into it.
    let written = Written::of(partial).map_err(look)?;
    let incomplete = |source| RecoveryError::Incomplete { path: partial.to_owned(), source };
    let reading = digest(partial, 0).map_err(incomplete)?;
    let lost = lost(&run, &reading);
    let status = status(&reading, lost.is_empty());
    let manifest = manifest(&run, &reading, (status, &lost), written, now, partial).map_err(look)?;
    write_manifest(manifest, partial)?;
    Ok(Recovered { folder: folder.put_behind_others()?, status: status.into(), lost })
}

/// The manifest of a run that was complete but for its place.
fn whole_manifest(folder: &Path) -> Option<Manifest> {
    let path = folder.join(MANIFEST_FILE);
    let manifest = Manifest::read(&path).ok()?;
    let is_unchanged = manifest.is_unchanged(&path).ok()? == Some(true);
    let mut others = manifest.sha256.iter().filter(|(name, _)| *name != MANIFEST_FILE);
    let is_whole = others.all(|(name, sum)| checksum(&folder.join(name)).is_ok_and(|found| found == *sum));
    (is_unchanged && is_whole).then_some(manifest)
}

/// When the files of a run were written, as far as the file system knows.
struct Written {
    first: String,
    last: String,
}

impl Written {
    fn of(folder: &Path) -> io::Result<Written> {
        let mut times: Vec<SystemTime> = Vec::new();
        for entry in fs::read_dir(folder)? {
            times.push(entry?.metadata()?.modified()?);
        }
        let reported = |time: Option<&SystemTime>| {
            let time = time.and_then(|time| Timestamp::try_from(*time).ok());
            time.map_or_else(String::new, |time| time.to_string())
        };
        Ok(Written { first: reported(times.iter().min()), last: reported(times.iter().max()) })
    }
}

/// What is known to be missing of a run.
fn lost(run: &Run, reading: &Reading) -> Vec<String> {
    let reported = |machine: MachineId| match taken_of(reading, machine) {
        None => Some(format!("the log of machine {machine} is missing")),
        Some(stats) if stats.end.is_none() => Some(format!(
            "the log of machine {machine} is cut after {} events; the last ones before the kill and the record of its end are lost",
            stats.events
        )),
        Some(_) => None,
    };
    run.machines().filter_map(reported).collect()
}

fn taken_of(reading: &Reading, machine: MachineId) -> Option<&ReadStats> {
    reading.logs.iter().map(|log| &log.stats).find(|stats| stats.machine == Some(machine))
}

/// Whole logs say themselves how the run ended.
fn status(reading: &Reading, is_whole: bool) -> Status {
    let ended = |reason| reading.logs.iter().any(|log| log.stats.end.is_some_and(|end| end.reason == reason));
    match is_whole {
        false => Status::Killed,
        true if ended(EndReason::Failed) => Status::Failed,
        true if ended(EndReason::Interrupted) => Status::Interrupted,
        true => Status::Recovered,
    }
}

fn manifest(
    run: &Run,
    reading: &Reading,
    (status, lost): (Status, &[String]),
    written: Written,
    now: Timestamp,
    folder: &Path,
) -> io::Result<Manifest> {
    let host = Host::this();
    let recovered = format!(
        "its process was killed; recovered at {now} on {}, whose host and version stand here; the times are those of its files",
        host.name
    );
    let mut sha256 = checksums(folder)?;
    // An older one, if there was any, is replaced.
    sha256.remove(MANIFEST_FILE);
    Ok(Manifest {
        labctl_version: VERSION.to_owned(),
        labctl_commit: COMMIT.to_owned(),
        experiment: run.spec.name.clone(),
        run: run.name.clone(),
        seed: run.spec.seed,
        engine: if reading.origin == START { Engine::Simulator } else { Engine::Sockets }.into(),
        isolation: Isolation::Unknown.into(),
        speedup: run.spec.speedup,
        clock_rates: run.clock_rates().to_vec(),
        status: status.into(),
        failure: Some([lost, &[recovered]].concat().join("; ")),
        host,
        errors: reading.errors(),
        started: written.first,
        ended: written.last,
        sha256,
    })
}
