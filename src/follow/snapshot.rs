//! What is known of a run at one moment, as plain data.

use std::cmp::Reverse;
use std::time::Duration;

use super::Happening;
use crate::engine::Gauges;
use crate::model::event::MachineId;
use crate::model::time::LabTime;
use crate::store::{Status, Word};

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
    Ended {
        status: Word<Status>,
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
    /// Takes from a run of this process how far it is, which its logs tell later.
    /// The machines stay as their logs say, so that all that is shown of one is of
    /// one moment.
    pub fn reach(&mut self, gauges: &Gauges) {
        self.lab_time = self.lab_time.max(LabTime(gauges.lab_time_ns()));
        if let Some(duration) = self.about.duration {
            self.lab_time = self.lab_time.min(duration);
        }
    }

    /// At most `count` of the last lines, in the order of their time: of each
    /// machine as many as of any other, as far as it has them.
    pub fn last_of_each(&self, count: usize) -> Vec<&Happening> {
        let by_age = self.machines.iter().flat_map(|machine| machine.last.iter().rev().enumerate());
        let mut last: Vec<(usize, &Happening)> = by_age.collect();
        last.sort_by_key(|(age, happening)| (*age, Reverse(happening.time)));
        last.truncate(count);
        last.sort_by_key(|(age, happening)| (happening.time, happening.machine, Reverse(*age)));
        last.into_iter().map(|(_, happening)| happening).collect()
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
