//! The spec: what an experiment is, resolved and checked. Never touches clock
//! or network; [`document`] reads its TOML, and [`file`](mod@file) alone touches disk.
//! Some are [`shipped`] with the program.

mod axes;
mod changes;
mod commented;
pub mod condition;
pub mod document;
pub mod error;
pub(crate) mod fields;
pub mod file;
mod key;
mod keys;
mod kinds;
mod machines;
mod overrides;
pub mod shipped;
pub(crate) mod source;
pub mod sweep;
pub(crate) mod syntax;
#[cfg(test)]
mod tests;
pub mod title;
pub mod values;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use commented::commented;
pub use document::{parse, parse_sweep, schema, to_toml};
pub use error::SpecError;
pub use file::{EXPERIMENTS, SpecPlace, SpecText, files_here, find, load, read};
pub use source::{CLOCK_RATES, Override};
pub use sweep::{Axis, REPLICATES, Sweep};
pub use title::Title;

use crate::model::delay::{Delay, DelayAt};
use crate::model::event::MachineId;
use crate::model::machine::{Broadcast, Rules};
use crate::model::time::LabTime;

/// An experiment as its file means it: every value within its bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Names the folder under `results/`.
    pub name: String,
    /// Why the experiment exists, in prose.
    pub why: String,
    /// Lab time from the first tick's origin to the last deadline.
    pub duration: LabTime,
    pub seed: u64,
    /// Chance that an idle tick is INTERNAL, in 0..=1.
    pub internal_prob: f64,
    pub broadcast: Broadcast,
    /// Lab time between the origins of two neighbouring machines.
    pub start_stagger: LabTime,
    /// Lab time per real time, above 0.
    pub speedup: f64,
    /// At least two; machine 1 is the first.
    pub machines: Vec<MachineSpec>,
    pub network: Network,
    /// What a publication states of this experiment.
    pub published: Option<Published>,
}

/// One machine of the experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineSpec {
    pub clock_rate: ClockRate,
    /// Where it listens; without one the system chooses a port on loopback.
    pub address: Option<SocketAddr>,
    /// Written by someone else: `labctl` connects to it but does not run it.
    pub foreign: bool,
    /// The log that such a machine writes by itself, from the working folder.
    pub log: Option<PathBuf>,
}

/// Ticks per second of lab time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockRate {
    /// Finite and above 0.
    Fixed(f64),
    /// A whole number drawn with the seed, both ends included, low at least 1.
    Random { low: u32, high: u32 },
}

/// The way between the machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub delay: Delay,
    pub delay_at: DelayAt,
    /// Lets in peers that do not shake hands.
    pub open: bool,
    /// Real time to wait for the peers before the first tick.
    pub connect_timeout: LabTime,
    /// Messages of foreign machines that may wait at a machine; then these are
    /// read no further.
    pub foreign_backlog: u64,
}

/// Published results, a value a machine, in the order of the machines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// Where they were published.
    pub source: String,
    /// Empty where nothing was published; `None` for a machine that was passed
    /// over.
    pub max_queue: Vec<Option<u64>>,
    pub end_queue: Vec<Option<u64>>,
    pub clock_diff: Vec<Option<u64>>,
    /// What the logs behind the publication say.
    pub logs: Option<Logged>,
}

/// Results as they were measured from the logs of a publication, a value a
/// machine, in the order of the machines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logged {
    /// What to know of these logs before they are trusted.
    pub note: String,
    /// Empty where the logs do not tell.
    pub max_queue: Vec<Option<u64>>,
    pub end_queue: Vec<Option<u64>>,
    pub clock_diff: Vec<Option<u64>>,
}

/// What [`Network::foreign_backlog`] is by default: a thousand seconds of a
/// hundred messages a second, in a few megabytes.
pub const FOREIGN_BACKLOG: u64 = 100_000;

/// The most machines one spec may have.
pub const MAX_MACHINES: usize = 10_000;

impl Spec {
    pub fn machine_count(&self) -> u32 {
        self.machines.len() as u32
    }

    /// Ticks per second of lab time, all machines together; of rates left to
    /// chance, the mean.
    pub fn tick_rate(&self) -> f64 {
        let rate = |machine: &MachineSpec| match machine.clock_rate {
            ClockRate::Fixed(rate) => rate,
            ClockRate::Random { low, high } => f64::from(low + high) / 2.0,
        };
        self.machines.iter().map(rate).sum()
    }

    /// Whether any clock rate is left to chance.
    pub fn has_random_rates(&self) -> bool {
        self.machines.iter().any(|machine| matches!(machine.clock_rate, ClockRate::Random { .. }))
    }

    /// What every machine of the experiment shares.
    pub fn rules(&self) -> Rules {
        Rules { machines: self.machine_count(), internal_prob: self.internal_prob, broadcast: self.broadcast }
    }

    /// The origin of a machine's ticks: `start_stagger` × (i − 1).
    pub fn phase(&self, machine: MachineId) -> LabTime {
        LabTime(self.start_stagger.0.saturating_mul(machine.index() as u64))
    }

    /// The default stagger, 1/(60 N) s: with it, ticks of whole rates from 1 to
    /// 6 never fall together, so that the seed decides a run and not a race.
    pub fn default_stagger(machines: usize) -> LabTime {
        LabTime(1_000_000_000 / (60 * machines.max(1) as u64))
    }
}

/// What a spec means where it says nothing. Without machines it is none yet.
impl Default for Spec {
    fn default() -> Spec {
        Spec {
            name: String::new(),
            why: String::new(),
            duration: LabTime::ZERO,
            seed: 1,
            internal_prob: 0.7,
            broadcast: Broadcast::default(),
            start_stagger: LabTime::ZERO,
            speedup: 1.0,
            machines: Vec::new(),
            network: Network::default(),
            published: None,
        }
    }
}

impl Default for Network {
    fn default() -> Network {
        Network {
            delay: Delay::None,
            delay_at: DelayAt::Link,
            open: false,
            connect_timeout: LabTime(60_000_000_000),
            foreign_backlog: FOREIGN_BACKLOG,
        }
    }
}

impl fmt::Display for ClockRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClockRate::Fixed(rate) => rate.fmt(f),
            ClockRate::Random { low, high } => write!(f, "random {low}..{high}"),
        }
    }
}
