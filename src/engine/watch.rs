//! How a run is watched and stopped from outside.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use crate::log::EndReason;
use crate::model::event::MachineId;

/// What a machine looks like at this moment.
#[derive(Debug, Default)]
pub struct Gauge {
    pub clock: AtomicU64,
    pub queue_length: AtomicU64,
    /// Ticks served.
    pub ticks: AtomicU64,
}

impl Gauge {
    pub fn set(&self, clock: u64, queue_length: u64, ticks: u64) {
        self.clock.store(clock, Relaxed);
        self.queue_length.store(queue_length, Relaxed);
        self.ticks.store(ticks, Relaxed);
    }

    pub fn has_ticked(&self) -> bool {
        self.ticks.load(Relaxed) > 0
    }
}

/// The gauges of a run and the lab time it has reached; readers look when
/// they please and cost the machines nothing.
#[derive(Clone, Debug)]
pub struct Gauges {
    machines: Arc<[Gauge]>,
    lab_time_ns: Arc<AtomicU64>,
    /// Where the logs are written, from when that is known.
    logs: Arc<OnceLock<PathBuf>>,
}

impl Gauges {
    pub fn new(machines: u32) -> Gauges {
        Gauges {
            machines: (0..machines).map(|_| Gauge::default()).collect(),
            lab_time_ns: Arc::default(),
            logs: Arc::default(),
        }
    }

    pub fn machine(&self, id: MachineId) -> Option<&Gauge> {
        self.machines.get(id.index())
    }

    pub fn machines(&self) -> &[Gauge] {
        &self.machines
    }

    /// The furthest lab time that any machine has reached, in nanoseconds.
    pub fn lab_time_ns(&self) -> u64 {
        self.lab_time_ns.load(Relaxed)
    }

    pub fn reach(&self, lab_time_ns: u64) {
        self.lab_time_ns.fetch_max(lab_time_ns, Relaxed);
    }

    /// The folder that the run's logs are written into, once it is made.
    pub fn logs(&self) -> Option<&Path> {
        self.logs.get().map(PathBuf::as_path)
    }

    /// The logs are written into `folder`; the first folder named holds.
    pub fn log_into(&self, folder: &Path) {
        self.logs.get_or_init(|| folder.to_owned());
    }
}

/// Something a person should hear while the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub machine: MachineId,
    pub text: String,
}

/// Hears notices; called from any thread.
pub type Observer = Arc<dyn Fn(Notice) + Send + Sync>;

/// Ends a run before its time. The first reason given holds.
#[derive(Clone, Debug, Default)]
pub struct StopSwitch {
    own: Arc<AtomicU8>,
    /// What stops more than this run.
    above: Option<Arc<AtomicU8>>,
}

const RUNNING: u8 = 0;
const INTERRUPTED: u8 = 1;
const FAILED: u8 = 2;

impl StopSwitch {
    /// Somebody asks the run to end now.
    pub fn interrupt(&self) {
        self.stop(INTERRUPTED);
    }

    /// A part of the run failed; the rest ends in order.
    pub fn fail(&self) {
        self.stop(FAILED);
    }

    fn stop(&self, reason: u8) {
        // An earlier reason stays; both outcomes are right.
        let _ = self.own.compare_exchange(RUNNING, reason, Relaxed, Relaxed);
    }

    /// A switch for one run of several: this one stops it too, but what stops it
    /// does not stop the others.
    pub fn below(&self) -> StopSwitch {
        StopSwitch { own: Arc::default(), above: Some(Arc::clone(&self.own)) }
    }

    /// Why to stop, if at all.
    #[inline]
    pub fn reason(&self) -> Option<EndReason> {
        let reason = |switch: &AtomicU8| match switch.load(Relaxed) {
            RUNNING => None,
            INTERRUPTED => Some(EndReason::Interrupted),
            _ => Some(EndReason::Failed),
        };
        reason(&self.own).or_else(|| reason(self.above.as_ref()?))
    }
}
