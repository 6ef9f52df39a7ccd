//! The lab: a run from its plan to its results on disk. Each stage saves what
//! it made before the next begins.

pub mod measured;
pub mod simulation;
pub mod stated;
pub mod twin;

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::engine::limits::TooManyFiles;
use crate::engine::sockets::{self, EngineError, Epoch, LogPlace, Setup};
use crate::engine::{Gauges, Observer, StopSwitch, Token};
use crate::event::MachineId;
use crate::log::EndReason;
use crate::metrics;
use crate::plan::Run;
use crate::reading::{Purpose, ReadError, Reading, read_run};
use crate::spec::{Spec, to_toml};
use crate::store::manifest::{Host, checksums};
use crate::store::{
    self, EVENTS_FILE, MANIFEST_FILE, METRICS_FILE, Manifest, RunFolder, RunPath, RunState, SPEC_FILE,
    StoreError, find_runs,
};
use crate::table::{CsvSink, EventTable};

/// This program's version and the commit it was built from.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
pub const COMMIT: &str =
    git_version::git_version!(args = ["--always", "--dirty=-modified", "--abbrev=12"], fallback = "unknown");

/// How a run is to be made.
pub struct Order {
    pub spec: Spec,
    /// The folder of all results.
    pub results: PathBuf,
    /// The run's name; without one it is named after its time and seed.
    pub run_name: Option<String>,
    pub engine: Engine,
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

/// What drives the machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Real sockets in real time, all machines in this process.
    Sockets,
    /// Real sockets in real time, each machine in a process of its own, made
    /// from this program.
    SocketProcesses { program: PathBuf },
    /// Virtual time: the same bytes for the same spec on every host.
    Simulator,
}

impl Engine {
    /// What the manifest says: the engine, and where the machines live.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Engine::Sockets => ("sockets", "tasks"),
            Engine::SocketProcesses { .. } => ("sockets", "processes"),
            Engine::Simulator => (SIMULATOR, "tasks"),
        }
    }
}

/// The simulator's name in manifests.
pub const SIMULATOR: &str = "simulator";

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
    #[error("the run's results could not be completed: {source}; what was written is kept in {kept}")]
    Incomplete { kept: PathBuf, source: Box<IncompleteCause> },
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
    Find(#[from] store::find::FindError),
}

/// Runs the model on the engine asked for and keeps everything about it. Blocks
/// until the run has ended.
pub fn run(order: &Order) -> Result<Done, LabError> {
    let name = order.run_name.clone();
    let folder = match &name {
        Some(name) => RunFolder::create(&order.results, &order.spec.name, name)?,
        None => RunFolder::create_numbered(&order.results, &order.spec.name, &run_name(order))?,
    };
    let run = Run::single(order.spec.clone(), folder.name());
    order.gauges.log_into(folder.path());
    let outcome = store::write_file(&folder.path().join(SPEC_FILE), to_toml(&run.spec).as_bytes())
        .map_err(LabError::Store)
        .map(|()| drive(order, &run, folder.path()));
    let outcome = match outcome {
        Ok(outcome) if has_logs(folder.path()) => outcome,
        Ok(Err(engine)) => return Err(give_up(&folder, LabError::NeverStarted(engine))),
        Ok(Ok(_)) => return Err(give_up(&folder, LabError::StoppedBeforeStart)),
        Err(error) => return Err(give_up(&folder, error)),
    };
    keep(order, &run, folder, outcome)
}

/// Simulated runs are not named by their time, which is not theirs.
fn run_name(order: &Order) -> String {
    let seed = order.spec.seed;
    match order.engine {
        Engine::Simulator => format!("sim_seed-{seed}"),
        _ => format!("{}_seed-{seed}", order.now.strftime("%Y-%m-%dT%H-%M-%SZ")),
    }
}

fn drive(order: &Order, run: &Run, folder: &Path) -> Result<EndReason, DriveError> {
    if order.engine == Engine::Simulator {
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
    Ok(match &order.engine {
        Engine::SocketProcesses { program } => {
            sockets::run_as_processes(&setup, program, &folder.join(SPEC_FILE))?
        }
        _ => sockets::run_as_tasks(&setup)?,
    })
}

fn has_logs(folder: &Path) -> bool {
    find_runs(folder).is_ok()
}

/// Nothing was logged: the folder would only mislead.
fn give_up(folder: &RunFolder, error: LabError) -> LabError {
    if !has_logs(folder.path()) {
        // Whatever stands in the way of this is told by the error itself.
        let _ = fs::remove_dir_all(folder.path());
    }
    error
}

fn keep(
    order: &Order,
    run: &Run,
    folder: RunFolder,
    outcome: Result<EndReason, DriveError>,
) -> Result<Done, LabError> {
    let kept = folder.path().to_owned();
    let reason = *outcome.as_ref().unwrap_or(&EndReason::Failed);
    let failure = outcome.err();
    let completed = digest(&kept, order.history_bytes_max).and_then(|reading| {
        let manifest = manifest(order, run, reason, failure.as_ref(), &kept)?;
        let mut json = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| StoreError::write(&kept.join(MANIFEST_FILE), io::Error::from(error)))?;
        json.push(b'\n');
        store::write_file(&kept.join(MANIFEST_FILE), &json)?;
        Ok((reading, folder.put_into_place()?))
    });
    match (completed, failure) {
        (Ok((reading, folder)), failure) => Ok(Done { folder, reason, failure, reading }),
        (Err(cause), None) => Err(LabError::Incomplete { kept, source: Box::new(cause) }),
        (Err(then), Some(engine)) => {
            let source = Box::new(IncompleteCause::After { engine, then: Box::new(then) });
            Err(LabError::Incomplete { kept, source })
        }
    }
}

/// From the logs to `events.csv` and `metrics.csv`.
fn digest(folder: &Path, history_bytes_max: u64) -> Result<Reading, IncompleteCause> {
    let runs = find_runs(folder)?;
    let events = folder.join(EVENTS_FILE);
    let file = File::create(&events).map_err(|source| StoreError::write(&events, source))?;
    let mut table = EventTable::new(CsvSink::new(BufWriter::new(file)));
    // It is this process that holds the run, and its machines have ended.
    let run = &RunPath { state: RunState::InPlace, ..runs[0].clone() };
    let purpose = Purpose { series: true, history: run.log_bytes() <= history_bytes_max };
    let reading = read_run(run, purpose, Some(&mut table))?;
    table.finish().map_err(ReadError::Table)?;
    let mut rows = Vec::new();
    let path = folder.join(METRICS_FILE);
    metrics::file::write(&mut rows, &reading.rows)
        .map_err(|source| StoreError::write(&path, source.into()))?;
    store::write_file(&path, &rows)?;
    Ok(reading)
}

fn manifest(
    order: &Order,
    run: &Run,
    reason: EndReason,
    failure: Option<&DriveError>,
    folder: &Path,
) -> Result<Manifest, StoreError> {
    Ok(Manifest {
        labctl_version: VERSION.to_owned(),
        labctl_commit: COMMIT.to_owned(),
        experiment: run.spec.name.clone(),
        run: run.name.clone(),
        seed: run.spec.seed,
        engine: order.engine.words().0.to_owned(),
        isolation: order.engine.words().1.to_owned(),
        speedup: run.spec.speedup,
        clock_rates: run.clock_rates().to_vec(),
        status: reason.word().to_owned(),
        failure: failure.map(DriveError::to_string),
        host: Host::this(),
        started: order.now.to_string(),
        ended: Timestamp::now().to_string(),
        sha256: checksums(folder).map_err(|source| StoreError::write(folder, source))?,
    })
}
