//! The lab: a run from its plan to its results on disk. Each stage saves what
//! it made before the next begins.

pub mod check;
pub mod declared;
pub mod foreign_logs;
mod line_ends;
pub mod measured;
pub mod recovery;
pub mod simulation;
pub mod twin;

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::limits::TooManyFiles;
use crate::engine::sockets::{self, EngineError, Epoch, LogPlace, MonotonicTime, Setup};
use crate::engine::{Gauge, Gauges, Observer, StopSwitch, Token};
use crate::log::EndReason;
use crate::metrics;
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::read::find::find_runs;
use crate::read::run_path::{RunPath, RunState};
use crate::read::{Purpose, ReadError, Reading, read_run};
use crate::spec::{Spec, to_toml};
use crate::store::manifest::{Host, checksums};
use crate::store::version::{COMMIT, VERSION};
use crate::store::{
    self, EVENTS_FILE, Isolation, MANIFEST_FILE, METRICS_FILE, Manifest, NewFile, RunFolder, SPEC_FILE,
    Status, StoreError,
};
use crate::table::{CsvSink, EventTable};

/// How a run is to be made.
pub struct Order {
    pub spec: Spec,
    /// The folder of all results.
    pub results: PathBuf,
    /// The run's name; without one it is named after its time and seed.
    pub run_name: Option<String>,
    pub hosting: Hosting,
    /// What machines must know to be let in by each other.
    pub token: Token,
    pub stop: StopSwitch,
    pub gauges: Gauges,
    pub observer: Observer,
    /// When the run is asked for.
    pub now: Timestamp,
    /// Keep the run's history, for an audit, if its logs are no larger than this.
    pub history_bytes_max: u64,
}

/// What drives the machines of a run, and where they live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosting {
    pub engine: Engine,
    /// Each machine on sockets is a process of its own, made from this program;
    /// without one, all of them live in this process.
    pub program: Option<PathBuf>,
}

impl From<Engine> for Hosting {
    fn from(engine: Engine) -> Hosting {
        Hosting { engine, program: None }
    }
}

impl Hosting {
    fn isolation(&self) -> Isolation {
        match (self.engine, &self.program) {
            (Engine::Sockets, Some(_)) => Isolation::Processes,
            _ => Isolation::Tasks,
        }
    }
}

/// An engine could not bring a run to its end.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    #[error(transparent)]
    Sockets(#[from] EngineError),
    #[error("cannot write the log of machine {machine}: {source}")]
    Log { machine: MachineId, source: io::Error },
    #[error(
        "machine {machine} is written by someone else, and only real sockets can reach it; leave --engine out"
    )]
    Foreign { machine: MachineId },
    #[error(transparent)]
    TooManyFiles(#[from] TooManyFiles),
}

/// A run that left results, however it ended.
#[derive(Debug)]
pub struct Done {
    pub folder: PathBuf,
    pub reason: EndReason,
    /// Why it failed, if it did.
    pub failure: Option<DriveError>,
    pub reading: Reading,
}

/// A run that left no results in their place.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing had been logged, so nothing is kept.
    #[error(transparent)]
    NeverStarted(DriveError),
    #[error("stopped before the first tick; nothing was logged")]
    StoppedBeforeStart,
    #[error(
        "the run's results could not be completed: {source}; what was written is kept in {kept}, and labctl check --recover completes what it can"
    )]
    Incomplete { kept: PathBuf, source: Box<IncompleteCause> },
    #[error(
        "{folder} is no longer there: it was moved or removed while the run went on; what was logged is where it is now, and labctl check --recover completes what it can{after}"
    )]
    Gone { folder: PathBuf, after: String },
}

/// Why results could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum IncompleteCause {
    #[error("{engine}, and then: {then}")]
    After { engine: DriveError, then: Box<IncompleteCause> },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot find the logs: {0}")]
    Find(#[from] crate::read::find_error::FindError),
    #[error("cannot look for the logs: {0}")]
    Look(io::Error),
    #[error("it ended, and there is no log of it")]
    NoLogs,
}

/// Runs the model on the engine asked for and keeps everything about it. Blocks
/// until the run has ended.
pub fn run(order: &Order) -> Result<Done, LabError> {
    let asked = MonotonicTime::now();
    let name = order.run_name.clone();
    let folder = match &name {
        Some(name) => RunFolder::create(&order.results, &order.spec.name, name)?,
        None => RunFolder::create_numbered(&order.results, &order.spec.name, &run_name(order))?,
    };
    let run = Run::single(order.spec.clone(), folder.name());
    order.gauges.log_into(folder.path());
    if let Err(error) = store::write_file_soon(&folder.path().join(SPEC_FILE), to_toml(&run.spec).as_bytes())
    {
        folder.discard();
        return Err(error.into());
    }
    let outcome = drive(order, &run, folder.path());
    match (folder.has_log(), outcome) {
        (Ok(true), outcome) => keep(order, asked, &run, folder, outcome),
        (Ok(false), outcome) => Err(without_logs(order, &folder, outcome)),
        (Err(error), outcome) => Err(out_of_sight(&folder, error, outcome.err())),
    }
}

/// There is no log in the run's folder. Whether nothing was ever logged is known
/// by the machines, which have not ticked then.
fn without_logs(order: &Order, folder: &RunFolder, outcome: Result<EndReason, DriveError>) -> LabError {
    let has_ticked = order.gauges.machines().iter().any(Gauge::has_ticked);
    let error = match outcome {
        Err(engine) if !has_ticked => LabError::NeverStarted(engine),
        Ok(EndReason::Interrupted) if !has_ticked => LabError::StoppedBeforeStart,
        outcome => return incomplete(folder, outcome.err(), IncompleteCause::NoLogs),
    };
    folder.discard();
    error
}

/// The run's folder cannot be looked into, so nothing is known of its logs.
fn out_of_sight(folder: &RunFolder, error: io::Error, engine: Option<DriveError>) -> LabError {
    if error.kind() == io::ErrorKind::NotFound {
        let after = engine.map_or_else(String::new, |engine| format!("; before that, {engine}"));
        return LabError::Gone { folder: folder.path().to_owned(), after };
    }
    incomplete(folder, engine, IncompleteCause::Look(error))
}

fn incomplete(folder: &RunFolder, engine: Option<DriveError>, cause: IncompleteCause) -> LabError {
    kept_incomplete(folder.path().to_owned(), engine, cause)
}

fn kept_incomplete(kept: PathBuf, engine: Option<DriveError>, cause: IncompleteCause) -> LabError {
    let source = Box::new(match engine {
        Some(engine) => IncompleteCause::After { engine, then: Box::new(cause) },
        None => cause,
    });
    LabError::Incomplete { kept, source }
}

/// Simulated runs are not named by their time, which is not theirs.
fn run_name(order: &Order) -> String {
    let seed = order.spec.seed;
    match order.hosting.engine {
        Engine::Simulator => format!("sim_seed-{seed}"),
        Engine::Sockets => format!("{}_seed-{seed}", order.now.strftime("%Y-%m-%dT%H-%M-%SZ")),
    }
}

fn drive(order: &Order, run: &Run, folder: &Path) -> Result<EndReason, DriveError> {
    if order.hosting.engine == Engine::Simulator {
        return simulation::simulate_into(folder, run, &order.stop, &order.gauges);
    }
    let setup = Setup {
        run: run.clone().into(),
        logs: LogPlace::Folder(folder.to_owned()),
        token: order.token.clone(),
        gauges: order.gauges.clone(),
        stop: order.stop.clone(),
        observer: order.observer.clone(),
        epoch: Epoch::now(),
    };
    Ok(match &order.hosting.program {
        Some(program) => sockets::run_as_processes(&setup, program, &folder.join(SPEC_FILE))?,
        None => sockets::run_as_tasks(&setup)?,
    })
}

fn keep(
    order: &Order,
    asked: MonotonicTime,
    run: &Run,
    folder: RunFolder,
    outcome: Result<EndReason, DriveError>,
) -> Result<Done, LabError> {
    let kept = folder.path().to_owned();
    let reason = *outcome.as_ref().unwrap_or(&EndReason::Failed);
    let failure = outcome.err();
    let completed = digest(&kept, order.history_bytes_max).and_then(|reading| {
        let errors = reading.errors();
        let ending =
            Ending { reason, failure: failure.as_ref(), errors, took: MonotonicTime::now().since(asked) };
        write_manifest(manifest(order, run, &ending, &kept)?, &kept)?;
        Ok((reading, folder.put_into_place()?))
    });
    match (completed, failure) {
        (Ok((reading, folder)), failure) => Ok(Done { folder, reason, failure, reading }),
        (Err(cause), failure) => Err(kept_incomplete(kept, failure, cause)),
    }
}

fn write_manifest(manifest: Manifest, folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(MANIFEST_FILE);
    let json = manifest.to_bytes().map_err(|source| StoreError::write(&path, source))?;
    store::write_file_soon(&path, &json)
}

/// From the logs to `events.csv` and `metrics.csv`.
fn digest(folder: &Path, history_bytes_max: u64) -> Result<Reading, IncompleteCause> {
    let runs = find_runs(folder)?;
    let events = folder.join(EVENTS_FILE);
    let mut file = NewFile::begin(&events)?;
    let mut table = EventTable::new(CsvSink::new(BufWriter::new(&mut file)));
    // It is this process that holds the run, and its machines have ended.
    let run = &RunPath { state: RunState::InPlace, ..runs[0].clone() };
    let purpose = Purpose { series: true, history: run.log_bytes() <= history_bytes_max };
    let reading = read_run(run, purpose, Some(&mut table))?;
    table.finish().map_err(ReadError::Table)?;
    file.finish_soon()?;
    let mut rows = Vec::new();
    let path = folder.join(METRICS_FILE);
    metrics::file::write(&mut rows, &reading.rows)
        .map_err(|source| StoreError::write(&path, source.into()))?;
    store::write_file_soon(&path, &rows)?;
    Ok(reading)
}

/// How a run ended.
struct Ending<'a> {
    reason: EndReason,
    failure: Option<&'a DriveError>,
    /// ERROR lines in its logs.
    errors: u64,
    took: Duration,
}

fn manifest(order: &Order, run: &Run, ending: &Ending<'_>, folder: &Path) -> Result<Manifest, StoreError> {
    Ok(Manifest {
        labctl_version: VERSION.to_owned(),
        labctl_commit: COMMIT.to_owned(),
        experiment: run.spec.name.clone(),
        run: run.name.clone(),
        seed: run.spec.seed,
        engine: order.hosting.engine.into(),
        isolation: order.hosting.isolation().into(),
        speedup: run.spec.speedup,
        clock_rates: run.clock_rates().to_vec(),
        status: Status::from(ending.reason).into(),
        failure: ending.failure.map(DriveError::to_string),
        errors: ending.errors,
        host: Host::this(),
        started: order.now.to_string(),
        ended: ended(order.now, ending.took).to_string(),
        sha256: checksums(folder).map_err(|source| StoreError::write(folder, source))?,
    })
}

/// The wall clock may be set while a run goes on.
fn ended(started: Timestamp, took: Duration) -> Timestamp {
    SignedDuration::try_from(took).ok().and_then(|took| started.checked_add(took).ok()).unwrap_or(started)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::spec::parse;

    /// A wall clock that is set back while the run goes on, as seen from its start.
    #[test]
    fn a_run_ends_after_it_started_whatever_the_wall_clock_says() {
        let results = tempfile::tempdir().unwrap();
        let spec =
            parse("test", "name = \"t\"\nduration = \"5s\"\n[[machine]]\nclock_rate = 4\ncount = 2\n", &[])
                .unwrap();
        let now = "2222-02-22T22:22:22Z".parse::<Timestamp>().unwrap();
        let order = Order {
            gauges: Gauges::new(spec.machine_count()),
            spec,
            results: results.path().to_owned(),
            run_name: Some("one".to_owned()),
            hosting: Engine::Simulator.into(),
            token: Token::of([7; 16]),
            stop: StopSwitch::default(),
            observer: Arc::new(|_| {}),
            now,
            history_bytes_max: 0,
        };
        let done = run(&order).unwrap();
        let manifest = Manifest::read(&done.folder.join(MANIFEST_FILE)).unwrap();
        let ended = manifest.ended.parse::<Timestamp>().unwrap();
        assert_eq!(manifest.started, now.to_string());
        assert!(ended > now && ended.duration_since(now) < SignedDuration::from_mins(10), "{ended}");
        assert_eq!(manifest.errors, 0);
    }
}
