//! One line of a log, as a view shows it.

use crate::log::{EndReason, Record};
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// What happened at a machine, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    pub machine: MachineId,
    pub time: LabTime,
    pub what: What,
}

/// What a line of a log tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Event(Record),
    /// Something went wrong; in the words of the log.
    Error(String),
    End(EndReason),
}
