//! What can happen in one tick of a machine, as plain data.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::time::LabTime;

/// A machine's number, counted from 1 as in the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MachineId(pub u32);

impl MachineId {
    /// The ids of a system of `count` machines, in order.
    pub fn all(count: u32) -> impl Iterator<Item = MachineId> {
        (1..=count).map(MachineId)
    }

    /// Its place in a list of all machines.
    pub fn index(self) -> usize {
        self.0.saturating_sub(1) as usize
    }
}

impl fmt::Display for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for MachineId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<MachineId, Self::Err> {
        text.parse::<std::num::NonZeroU32>().map(|id| MachineId(id.get()))
    }
}

/// A message as it waits in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sender's logical clock, after its increment.
    pub clock: u64,
    /// Unknown when a foreign machine sent it without saying who it is.
    pub from: Option<MachineId>,
    /// When it reached the queue.
    pub arrived: LabTime,
}

/// Whom a SEND reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipients {
    One(MachineId),
    /// Every machine but the sender.
    All,
}

impl Recipients {
    /// How many messages such a SEND makes in a system of `machines`.
    pub fn count(self, machines: u32) -> u64 {
        match self {
            Recipients::One(_) => 1,
            Recipients::All => u64::from(machines.saturating_sub(1)),
        }
    }

    /// The machines reached when `sender` sends in a system of `machines`.
    pub fn ids(self, sender: MachineId, machines: u32) -> impl Iterator<Item = MachineId> {
        let (first, last) = match self {
            Recipients::One(only) => (only.0.max(1), only.0.min(machines)),
            Recipients::All => (1, machines),
        };
        let is_reached = move |id: &MachineId| self != Recipients::All || *id != sender;
        (first..=last).map(MachineId).filter(is_reached)
    }
}

/// What a machine did in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Internal,
    Send(Recipients),
    Receive {
        message: Message,
        /// Messages left in the queue after this one was popped.
        queue_length: u64,
    },
}

/// One event: the action, the tick it belongs to, and the clock after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Counted from 1.
    pub tick: u64,
    pub clock: u64,
    pub action: Action,
}

/// The three kinds of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Internal,
    Send,
    Receive,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Internal, Kind::Send, Kind::Receive];

    /// The word the logs use.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Internal => "INTERNAL",
            Kind::Send => "SEND",
            Kind::Receive => "RECEIVE",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_reaches_its_recipients_and_never_its_sender() {
        let reached = |to: Recipients| to.ids(MachineId(2), 4).map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(reached(Recipients::All), [1, 3, 4]);
        assert_eq!(reached(Recipients::One(MachineId(3))), [3]);
        for nobody in [0, 5, u32::MAX] {
            assert_eq!(reached(Recipients::One(MachineId(nobody))), [0; 0], "{nobody}");
        }
    }
}
