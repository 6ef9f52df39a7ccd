//! One machine of the world, from its absence to its end.

use std::sync::Arc;

use super::dice::Shared;
use super::disk::{Disk, Written};
use super::pipe::Wire;
use crate::engine::StopSwitch;
use crate::engine::sockets::context::ConnectionContext;
use crate::engine::sockets::dialer::Dialer;
use crate::engine::sockets::driver::{Driver, Loss};
use crate::engine::sockets::meeting::Meeting;
use crate::engine::sockets::pace::MonotonicTime;
use crate::engine::sockets::peers::Peers;
use crate::engine::sockets::unheard::Unheard;
use crate::log::End;

pub struct SimulatedNode {
    pub stage: Stage,
    pub outcome: Outcome,
    pub context: ConnectionContext,
    pub known_peers: Arc<Peers>,
    pub stop: StopSwitch,
    /// Pipes whose visitors were not heard yet.
    pub unheard: Unheard<usize>,
    pub dialing: Vec<Dialing>,
    pub disk: Shared<Disk>,
    pub wake: MonotonicTime,
    pub begin: MonotonicTime,
    /// When its clock showed zero.
    pub start: MonotonicTime,
    pub over_at: MonotonicTime,
    /// When each tick was served.
    pub ticks: Vec<MonotonicTime>,
    pub loss: Option<Loss>,
}

pub enum Stage {
    Absent,
    Meeting(Box<Meeting<Wire>>),
    Hosting(Box<Driver<Wire, Written>>),
    Over,
}

/// What became of a machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Unknown,
    Ended(End),
    /// It says why it did not begin.
    NotBegun(String),
    Stopped,
    /// Its log could not be written.
    NoLog,
    Killed,
}

/// A call in the world.
pub struct Dialing {
    pub dialer: Dialer,
    pub state: Try,
}

pub enum Try {
    /// The next one begins then.
    Waits(MonotonicTime),
    /// On this pipe, and so much of the hello is not said yet.
    Goes {
        pipe: usize,
        unsaid: Vec<u8>,
    },
    Done,
}

impl SimulatedNode {
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// Whether it takes connections.
    pub fn listens(&self) -> bool {
        matches!(self.stage, Stage::Meeting(_) | Stage::Hosting(_))
    }

    pub fn end(&self) -> Option<End> {
        if let Outcome::Ended(end) = self.outcome { Some(end) } else { None }
    }
}
