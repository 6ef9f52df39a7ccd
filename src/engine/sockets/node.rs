//! A node: everything from a listening socket to the record of a machine's
//! end. The same whether its neighbours live in this process or elsewhere.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};

use super::context::ConnectionContext;
use super::drive::drive;
use super::driver::{Driver, Loss, Parts};
use super::inbox::Strangers;
use super::link::Link;
use super::mesh::{self, Met};
use super::mesh_error::MeshError;
use super::pace::{Epoch, LabClock, MonotonicTime};
use super::peers::Peers;
use crate::engine::wire;
use crate::engine::{Gauges, Notice, Observer, StopSwitch, Token};
use crate::log::{self, End, Header, LogWriter, Stamp};
use crate::model::delay::Delay;
use crate::model::event::MachineId;
use crate::model::machine::Machine;
use crate::model::random::Delays;
use crate::model::schedule::Schedule;
use crate::plan::Run;

/// A start further away than this comes from a clock that is not ours.
const START_DISTANCE_MAX: Duration = Duration::from_secs(5);
/// What all nodes of a run in this process share.
#[derive(Clone)]
pub struct Setup {
    pub run: Arc<Run>,
    pub logs: LogPlace,
    /// What machines of this run must know to be let in by each other.
    pub token: Token,
    pub gauges: Gauges,
    pub stop: StopSwitch,
    pub observer: Observer,
    pub epoch: Epoch,
}

/// Where the logs go.
#[derive(Clone, Debug)]
pub enum LogPlace {
    /// Into this folder.
    Folder(PathBuf),
    /// Into a folder below this one, named by the start that the machines
    /// agree on, so that machines started one by one meet there too.
    ByStart(PathBuf),
}

/// A node cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error(transparent)]
    Mesh(#[from] MeshError),
    #[error("cannot write {path}: {source}")]
    Log { path: PathBuf, source: io::Error },
    #[error("stopped before the first tick")]
    Stopped,
    #[error("{} into the run, {}", .0.at, .0.why)]
    Lost(Loss),
    #[error("its thread panicked; its log is kept up to there")]
    Panicked,
}

/// One machine, about to meet the others.
pub struct Node {
    pub machine: MachineId,
    pub setup: Setup,
    pub listener: TcpListener,
    /// Where every other machine listens.
    pub addresses: BTreeMap<MachineId, SocketAddr>,
    /// How many connections may be silent here at once.
    pub strangers: usize,
}

impl Node {
    /// Meets the others, ticks to the end, and gives the record of it and the
    /// path of the log.
    pub async fn run(self) -> Result<(End, PathBuf), NodeError> {
        let (machine, setup, known_peers) = (self.machine, self.setup.clone(), self.known_peers());
        let context =
            ConnectionContext::new(&known_peers, strangers(&setup.run), Arc::clone(&setup.observer));
        let (stop, epoch) = (setup.stop.clone(), setup.epoch);
        let met =
            mesh::meet(known_peers.clone(), self.listener, &context, stop, epoch, self.strangers).await?;
        let Met { links, start_ns } = met.ok_or(NodeError::Stopped)?;
        let start = start_instant(start_ns, &setup, machine);
        // The readers may stamp arrivals from now on; nobody else sets it.
        let lab_clock = *context.clock.get_or_init(|| LabClock::new(start, setup.run.spec.speedup));
        let seated = SeatedNode { machine, setup, context, start_ns, lab_clock };
        seated.serve(links, &known_peers).await
    }

    fn known_peers(&self) -> Peers {
        let run = &self.setup.run;
        let spec = &run.spec;
        Peers {
            own: self.machine,
            run: run.name.clone(),
            token: self.setup.token.clone(),
            addresses: self.addresses.clone(),
            foreign: run.machines().filter(|id| run.is_foreign(*id)).collect(),
            open: spec.network.open,
            patience: Duration::from_nanos(spec.network.connect_timeout.0),
        }
    }
}

type Links = Vec<Link<Arc<TcpStream>>>;

/// A node whose connections stand and whose start is known.
struct SeatedNode {
    machine: MachineId,
    setup: Setup,
    context: ConnectionContext,
    start_ns: i64,
    lab_clock: LabClock,
}

impl SeatedNode {
    /// Runs the machine on a thread of its own, for it paces better than any
    /// task: a task wakes to the millisecond, a thread to tens of microseconds.
    async fn serve(self, links: Links, known_peers: &Peers) -> Result<(End, PathBuf), NodeError> {
        let path = self.setup.logs.folder(self.start_ns).join(log::file_name(self.machine));
        let failed = |source| NodeError::Log { path: path.clone(), source };
        let driver = self.prepare(links, known_peers, &path).map_err(failed)?;
        let stop = self.setup.stop.clone();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name(format!("machine-{}", self.machine));
        thread
            .spawn(move || {
                let outcome = drive(driver);
                if outcome.is_err() {
                    stop.fail();
                }
                // Nobody waits any more when the whole run was given up.
                let _ = sender.send(outcome);
            })
            .map_err(failed)?;
        match receiver.await {
            Ok(outcome) => match outcome.map_err(failed)? {
                (end, None) => Ok((end, path)),
                (_, Some(loss)) => Err(NodeError::Lost(loss)),
            },
            Err(_) => {
                self.setup.stop.fail();
                Err(NodeError::Panicked)
            }
        }
    }

    fn prepare(
        &self,
        links: Links,
        known_peers: &Peers,
        path: &Path,
    ) -> io::Result<Driver<Arc<TcpStream>, File>> {
        let Setup { run, gauges, stop, observer, .. } = self.setup.clone();
        let spec = &run.spec;
        let clock_rate = run.clock_rates()[self.machine.index()];
        let phase = spec.phase(self.machine);
        let start = Stamp(self.start_ns / 1000);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut log = LogWriter::new(File::create_new(path)?, start);
        let header = Header {
            clock_rate,
            machines: Some(spec.machine_count()),
            phase: Some(phase),
            speedup: Some(spec.speedup),
        };
        log.header(self.machine, &header)?;
        log.flush()?;
        Ok(Driver::new(Parts {
            machine: Machine::new(self.machine, spec.rules(), spec.seed),
            links,
            inbox: Arc::clone(&self.context.inbox),
            log,
            start,
            clock: self.lab_clock,
            schedule: Schedule { clock_rate, phase, duration: spec.duration },
            delays: Delays::new(spec.seed, self.machine, spec.network.delay),
            delay_at: spec.network.delay_at,
            delayed: spec.network.delay != Delay::None,
            gauges,
            stop,
            observer,
            labctl_peers: known_peers.labctl_peers(),
            has_foreign_peers: !known_peers.foreign.is_empty(),
        }))
    }
}

fn strangers(run: &Run) -> Strangers {
    let spec = &run.spec;
    Strangers {
        machines: run.machines().filter(|id| run.is_foreign(*id)).collect(),
        backlog: spec.network.foreign_backlog,
        clock_max: wire::foreign_clock_max(run.increments_max()),
    }
}

impl LogPlace {
    /// The folder of a run that starts at this time, in nanoseconds since the
    /// Unix epoch.
    pub fn folder(&self, start_ns: i64) -> PathBuf {
        match self {
            LogPlace::Folder(folder) => folder.clone(),
            LogPlace::ByStart(below) => {
                let start = Timestamp::from_nanosecond(i128::from(start_ns)).unwrap_or_default();
                below.join(start.strftime("%Y-%m-%dT%H-%M-%S.%6fZ").to_string())
            }
        }
    }
}

/// The start as a moment of this host. A time that is far off was named by a
/// host whose clock differs; then the start is now.
fn start_instant(start_ns: i64, setup: &Setup, machine: MachineId) -> MonotonicTime {
    let now = MonotonicTime::now();
    let start = setup.epoch.instant(start_ns);
    let distance = start.since(now).max(now.since(start));
    if distance <= START_DISTANCE_MAX {
        return start;
    }
    let text = format!(
        "the start named by the first machine is {distance:?} away: the hosts' clocks differ, starting now"
    );
    (setup.observer)(Notice { machine, text });
    now
}
