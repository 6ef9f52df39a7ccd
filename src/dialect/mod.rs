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
mod nearest;
pub(crate) mod parts;
mod pattern;
mod pattern_table;
mod prefilter;
mod reader;
mod records;
mod runs;
mod shipped;
mod starts;
mod stated_rates;
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
pub use file::{load, load_all, text};
pub use inference::{Inference, infer};
pub use interpreter::{DryRun, LogContext};
pub use matcher::Match;
pub use naming::Naming;
pub use parts::{Accounts, Part};
pub use pattern::Role;
pub use runs::DialectRuns;
pub use shipped::{shipped, shipped_names, shipped_text};
pub use starts::Starts;
pub use stated_rates::StatedRate;
pub use timestamp::TimeFormat;
pub use vector::Vector;

use file_names::FileNames;
use pattern::{Pattern, RoleRule};
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
    /// Clock rates are ticks a minute.
    per_minute: bool,
    send_to_all: SendToAll,
    /// The clock before the first event; it is taken off every clock.
    clocks_begin: u64,
    pub(crate) machines: Naming,
    /// What lines call the machines, where files call them otherwise.
    peers: Naming,
    /// What a RECEIVE calls its sender, where it calls others otherwise.
    senders: Naming,
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

    /// A rule as its author counts it: `[[event]] 2 (receive)`, `[[header]] 1`.
    fn rule_name(&self, rule: &Pattern) -> String {
        let is_header = |pattern: &Pattern| matches!(pattern.role, RoleRule::Fixed(Role::Header));
        let of_its_kind = self.patterns.iter().filter(|other| is_header(other) == is_header(rule));
        let number = of_its_kind.take_while(|other| !std::ptr::eq(*other, rule)).count() + 1;
        match &rule.role {
            RoleRule::Fixed(Role::Header) => format!("[[header]] {number}"),
            RoleRule::Fixed(role) => format!("[[event]] {number} ({})", role.word()),
            RoleRule::ByKind(..) => format!("[[event]] {number}"),
        }
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
