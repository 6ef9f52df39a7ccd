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

/// Some of the first 64 machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MachineSet(u64);

impl MachineSet {
    /// `None` where one of them is not among the first 64.
    pub fn of(machines: impl IntoIterator<Item = MachineId>) -> Option<MachineSet> {
        let bit = |id: MachineId| 1u64.checked_shl(id.0.checked_sub(1)?);
        let add = |set: u64, id| Some(set | bit(id)?);
        machines.into_iter().try_fold(0, add).map(MachineSet)
    }

    pub fn contains(self, id: MachineId) -> bool {
        MachineSet::of([id]).is_some_and(|one| self.0 & one.0 != 0)
    }

    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// In their order.
    pub fn ids(self) -> impl Iterator<Item = MachineId> {
        MachineId::all(u64::BITS).filter(move |id| self.contains(*id))
    }
}

/// Whom a SEND reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipients {
    One(MachineId),
    /// Some, and not all others.
    Several(MachineSet),
    /// Every machine but the sender.
    All,
}

impl Recipients {
    /// How many messages such a SEND makes in a system of `machines`.
    pub fn count(self, machines: u32) -> u64 {
        match self {
            Recipients::One(_) => 1,
            Recipients::Several(some) => u64::from(some.count()),
            Recipients::All => u64::from(machines.saturating_sub(1)),
        }
    }

    /// The machines reached when `sender` sends in a system of `machines`.
    pub fn ids(self, sender: MachineId, machines: u32) -> impl Iterator<Item = MachineId> {
        let (first, last) = match self {
            Recipients::One(only) => (only.0.max(1), only.0.min(machines)),
            Recipients::Several(_) | Recipients::All => (1, machines),
        };
        let is_reached = move |id: &MachineId| match self {
            Recipients::One(_) => true,
            Recipients::Several(some) => some.contains(*id),
            Recipients::All => *id != sender,
        };
        (first..=last).map(MachineId).filter(is_reached)
    }
}

/// `3`, `2 3` or `all`.
impl fmt::Display for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Recipients::One(only) => only.fmt(f),
            Recipients::Several(some) => some.ids().enumerate().try_for_each(|(at, id)| {
                let space = if at == 0 { "" } else { " " };
                write!(f, "{space}{id}")
            }),
            Recipients::All => f.write_str("all"),
        }
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
        let some = MachineSet::of([4, 1].map(MachineId)).map(Recipients::Several).unwrap();
        assert_eq!((reached(some), some.count(4), some.to_string()), (vec![1, 4], 2, "1 4".to_owned()));
        for far in [0, 65, u32::MAX] {
            assert_eq!(MachineSet::of([MachineId(far)]), None, "{far}");
        }
        for nobody in [0, 5, u32::MAX] {
            assert_eq!(reached(Recipients::One(MachineId(nobody))), [0; 0], "{nobody}");
        }
    }
}
