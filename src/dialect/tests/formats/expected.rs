//! What must be read of an event's line.

use crate::model::event::Kind;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Counted from 1, as all machines here.
    pub machine: u32,
    pub kind: Kind,
    pub clock: u64,
    /// After the pop, of a RECEIVE that says it.
    pub queue: Option<u64>,
    pub from: Option<u32>,
    /// In ascending order; `None` where the line does not tell.
    pub to: Option<Vec<u32>>,
}

impl Expected {
    /// The first thing that is not the same in `other`.
    pub fn difference(&self, other: &Expected) -> Option<&'static str> {
        let pairs = [
            ("kind", self.kind != other.kind),
            ("clock", self.clock != other.clock),
            ("queue", self.queue != other.queue),
            ("machine", self.machine != other.machine),
            ("sender", self.from != other.from),
            ("recipients", self.to != other.to),
        ];
        pairs.into_iter().find(|(_, differs)| *differs).map(|(name, _)| name)
    }
}
