//! The words of a manifest: those that this version knows, and others.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::log::EndReason;

/// A word of a manifest. One that this version does not know, as a later one may
/// write, stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Word<T> {
    Known(T),
    Other(Box<str>),
}

impl<T> From<T> for Word<T> {
    fn from(known: T) -> Word<T> {
        Word::Known(known)
    }
}

impl<T: PartialEq> PartialEq<T> for Word<T> {
    fn eq(&self, other: &T) -> bool {
        matches!(self, Word::Known(known) if known == other)
    }
}

impl<T: Serialize> fmt::Display for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Where the machines of a run lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// All in one process.
    Tasks,
    /// Each in a process of its own.
    Processes,
    /// A recovered run does not tell.
    Unknown,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Completed,
    Interrupted,
    Failed,
    /// Its process was killed, and its logs are all whole.
    Recovered,
    /// Its process was killed, and some log is cut or missing.
    Killed,
}

impl Status {
    /// What its logs say of it; `None` where some are cut.
    pub fn end_reason(self) -> Option<EndReason> {
        match self {
            Status::Completed | Status::Recovered => Some(EndReason::Completed),
            Status::Interrupted => Some(EndReason::Interrupted),
            Status::Failed => Some(EndReason::Failed),
            Status::Killed => None,
        }
    }
}

impl From<EndReason> for Status {
    fn from(reason: EndReason) -> Status {
        match reason {
            EndReason::Completed => Status::Completed,
            EndReason::Interrupted => Status::Interrupted,
            EndReason::Failed => Status::Failed,
        }
    }
}

impl Word<Status> {
    /// What its logs say of it, as far as this version knows the word.
    pub fn end_reason(&self) -> Option<EndReason> {
        match self {
            Word::Known(status) => status.end_reason(),
            Word::Other(_) => None,
        }
    }

    /// Whether the run came to its end: every log is whole, and says so.
    pub fn came_to_its_end(&self) -> bool {
        self.end_reason() == Some(EndReason::Completed)
    }
}
