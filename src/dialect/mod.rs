//! Foreign logs: dialects, as data, of programs that do the same as ours and
//! log it in their own words.
//!
//! A [`Dialect`] is read from TOML; `docs/dialects.md` describes the language.
//! What it reads comes out as [`Line`](crate::log::Line)s like those of our own
//! logs: the queue after the pop, the clock after the update, events in the
//! order of the file, and `None` for what a log does not say.

pub(crate) mod detection;
mod document;
mod field;
mod file;
pub(crate) mod file_names;
pub(crate) mod inference;
pub(crate) mod interpreter;
mod json;
mod matcher;
pub(crate) mod naming;
pub(crate) mod parts;
mod pattern;
mod pattern_table;
mod prefilter;
mod reader;
mod records;
mod runs;
mod shipped;
#[cfg(test)]
mod tests;
mod timestamp;
mod values;
mod vector;

use regex::bytes::Regex;

use crate::model::event::MachineId;

pub use detection::{Detection, Refusal, Sample, detect};
pub use document::parse;
pub use field::Field;
pub use file::{load, text};
pub use inference::{Inference, infer};
pub use interpreter::{DryRun, LogContext};
pub use matcher::Match;
pub use naming::Naming;
pub use parts::{Accounts, Part};
pub use pattern::Role;
pub use runs::DialectRuns;
pub use shipped::{shipped, shipped_names, shipped_text};
pub use timestamp::TimeFormat;
pub use vector::Vector;

use file_names::FileNames;
use pattern::Pattern;
use records::Bounds;

/// How one program logs.
#[derive(Clone, Debug)]
pub struct Dialect {
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    pub(crate) files: FileNames,
    shape: Shape,
    /// Where records of several lines begin and end.
    bounds: Bounds,
    time: TimeFormat,
    /// The queue was counted before the pop.
    queue_before_pop: bool,
    vector: Option<Vector>,
    send_to_all: SendToAll,
    /// The clock before the first event; it is taken off every clock.
    clocks_begin: u64,
    pub(crate) machines: Naming,
    /// What lines call the machines, where files call them otherwise.
    peers: Naming,
    patterns: Vec<Pattern>,
    ignore: Vec<Regex>,
}

/// How a send to all, or to several, is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SendToAll {
    OneLine,
    /// A line for each recipient, all with one clock.
    LineEach,
    /// The same, the first with the clock before the update and the last with the one after it.
    LineEachRising,
}

/// How lines are taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// By regular expressions.
    Text,
    /// Into columns.
    Delimited { delimiter: String },
    /// Each is a JSON object.
    Json,
}

impl Dialect {
    /// The machine that a line calls so.
    pub(crate) fn peer(&self, name: &[u8], machine_names: &[String]) -> Option<MachineId> {
        let mut found = Vec::new();
        self.peers.all_in(name, machine_names, &mut found);
        found.first().copied()
    }

    /// How it writes times.
    pub fn time_format(&self) -> &TimeFormat {
        &self.time
    }
}

/// Dialects are distinguished by their names.
impl PartialEq for Dialect {
    fn eq(&self, other: &Dialect) -> bool {
        self.name == other.name
    }
}
