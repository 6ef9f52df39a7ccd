//! What is known of a run at one moment, as plain data.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::Happening;
use crate::engine::Gauges;
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// A run at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub about: About,
    pub progress: Progress,
    /// The furthest that any machine has reported.
    pub lab_time: LabTime,
    /// In the order of their ids.
    pub machines: Vec<MachineState>,
}

/// Which run it is. What is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    pub experiment: String,
    pub run: String,
    pub seed: Option<u64>,
    /// Lab time per real time; a simulation has none.
    pub speedup: Option<f64>,
    pub duration: Option<LabTime>,
}

/// How far a run has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// No machine has begun its log.
    Waiting,
    Running,
    /// The logs have stood still for longer than those of a living run do.
    Quiet {
        quiet: Duration,
    },
    /// Every machine has ended, and the results are being written; the logs
    /// have stood still for this long.
    Closing {
        quiet: Duration,
    },
    /// `completed`, `interrupted` or `failed`.
    Ended {
        status: String,
    },
    /// The run's folder is there no more.
    Gone,
}

/// One machine at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineState {
    pub id: MachineId,
    /// Written by someone else: its log is not here.
    pub foreign: bool,
    pub has_log: bool,
    /// Nominal ticks per second of lab time.
    pub clock_rate: Option<f64>,
    /// Ticks served per second of lab time, up to its last event.
    pub achieved_rate: Option<f64>,
    pub clock: u64,
    /// How far its clock is behind the leader's.
    pub behind: u64,
    pub queue_length: u64,
    /// 99 % of its ticks were served no later than this, in real time.
    pub lateness_p99_us: Option<u64>,
    /// The largest queue length in equal stretches of lab time, from the start
    /// to the run's last event; at most [`MachineState::TRACE_LENGTH`].
    pub queue_trace: Vec<u64>,
    /// The last lines of its log, the newest last.
    pub last: Vec<Happening>,
    /// Lines of its log that fit nothing.
    pub unmatched: u64,
    pub ended: bool,
}

impl MachineState {
    /// More than a terminal has columns for.
    pub const TRACE_LENGTH: usize = 120;
    /// How many lines are kept.
    pub const LAST_LENGTH: usize = 60;
}

impl Snapshot {
    /// Takes from a run of this process what its logs tell half a second later.
    pub fn refresh(&mut self, gauges: &Gauges) {
        self.lab_time = self.lab_time.max(LabTime(gauges.lab_time_ns()));
        if let Some(duration) = self.about.duration {
            self.lab_time = self.lab_time.min(duration);
        }
        for machine in &mut self.machines {
            if let Some(gauge) = gauges.machine(machine.id).filter(|_| !machine.foreign) {
                machine.clock = machine.clock.max(gauge.clock.load(Relaxed));
                machine.queue_length = gauge.queue_length.load(Relaxed);
            }
        }
        let leader = self.machines.iter().map(|machine| machine.clock).max().unwrap_or_default();
        for machine in &mut self.machines {
            machine.behind = leader - machine.clock;
        }
    }

    /// The last lines of all machines, in the order of their time.
    pub fn last_of_all(&self) -> Vec<&Happening> {
        let mut last: Vec<&Happening> = self.machines.iter().flat_map(|machine| &machine.last).collect();
        last.sort_by_key(|happening| happening.time);
        last
    }

    /// Lab time that is left, where the end is known.
    pub fn remaining(&self) -> Option<LabTime> {
        self.about.duration.map(|duration| duration.saturating_sub(self.lab_time))
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        matches!(self.progress, Progress::Ended { .. } | Progress::Gone)
    }
}
