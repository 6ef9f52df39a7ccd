//! Files in which several machines log, or several runs one after the other:
//! what parts they have, and which line is of which.

use std::io::{self, Read};

use super::field::{Captured, Field};
use super::matcher::LineMatcher;
use super::pattern::{Pattern, Role};
use super::records::read_records;
use super::{Dialect, Match};
use crate::model::event::MachineId;

/// The lines of one machine in one run, among others in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Empty where no line of the file tells runs apart.
    pub run: String,
    /// `None` where the whole file is one machine's.
    pub machine: Option<MachineId>,
    pub accounts: Accounts,
}

/// Which lines a part accounts for, so that each is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accounts {
    /// The machine's own.
    Own,
    /// And those of its run that name no machine.
    Run,
    /// And those that say nothing, or that fit nothing.
    Whole,
}

/// A part as the lines of a file tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPart {
    pub run: String,
    /// What lines call the machine.
    pub machine: Option<Vec<u8>>,
}

/// More parts than any file has: every one is a reading of the file.
pub const PARTS_MAX: usize = 256;

impl Dialect {
    /// Whether lines tell which machine's they are.
    pub fn tells_machines(&self) -> bool {
        self.captures(Field::Machine)
    }

    /// Whether lines tell which machine's or which run's they are.
    pub fn has_parts(&self) -> bool {
        self.tells_machines()
            || self.captures(Field::Run)
            || self.patterns.iter().any(|pattern| pattern.starts_run)
    }

    fn captures(&self, field: Field) -> bool {
        self.patterns.iter().any(|pattern| pattern.fields().contains(&field))
    }

    /// The parts of a file in the order of their first events, and one more
    /// than 256 at most.
    pub fn parts(&self, input: impl Read) -> io::Result<Vec<NamedPart>> {
        let mut matcher = LineMatcher::new(self);
        let mut tracker = RunTracker::default();
        let mut found: Vec<NamedPart> = Vec::new();
        read_records(&self.bounds, input, |chunk| {
            if chunk.too_long || found.len() > PARTS_MAX {
                return;
            }
            let mut seen = None;
            let outcome = matcher.look(chunk.text, |pattern, role, captured| {
                let machine = captured.get(Field::Machine).map(<[u8]>::to_vec);
                seen = Some((tracker.run(pattern, role, captured).to_owned(), machine));
                true
            });
            if let (Match::Said(Role::Event(_) | Role::SendToAll), Some((run, machine))) = (outcome, seen) {
                let part = NamedPart { run, machine };
                if !found.contains(&part) {
                    found.push(part);
                }
            }
        })?;
        Ok(found)
    }
}

/// Tells of each line which run of its file it is of.
#[derive(Clone, Debug, Default)]
pub struct RunTracker {
    /// The run's name as it was captured last.
    captured: Vec<u8>,
    run: String,
    /// Runs that were begun by a line without a name.
    begun: u64,
    has_events: bool,
}

impl RunTracker {
    /// The run of this line, and of those after it.
    pub fn run(&mut self, pattern: &Pattern, role: Role, captured: &Captured<'_>) -> &str {
        match captured.get(Field::Run) {
            Some(name) if name != self.captured => {
                self.captured = name.to_vec();
                self.run = file_name(name);
            }
            // Machines may each log that a run begins, before any event.
            None if pattern.starts_run && (self.begun == 0 || self.has_events) => {
                self.begun += 1;
                self.run = self.begun.to_string();
                self.has_events = false;
            }
            _ => {}
        }
        self.has_events |= matches!(role, Role::Event(_) | Role::SendToAll);
        &self.run
    }
}

/// A captured name as one that a folder can have; charts are kept under it.
fn file_name(name: &[u8]) -> String {
    const CHARS_MAX: usize = 64;
    let text = String::from_utf8_lossy(name);
    let fits = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.');
    let text: String = text.trim().chars().map(|char| if fits(char) { char } else { '_' }).collect();
    let text: String = text.trim_start_matches('.').chars().take(CHARS_MAX).collect();
    if text.is_empty() { "run".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_logs_are_harmless_names_of_folders() {
        for (name, expected) in
            [("3", "3"), ("../../etc", "_.._etc"), ("", "run"), ("..", "run"), ("a b/<c>", "a_b__c_")]
        {
            assert_eq!(file_name(name.as_bytes()), expected);
        }
        assert_eq!(file_name(&[b'x'; 500]).len(), 64);
    }
}
