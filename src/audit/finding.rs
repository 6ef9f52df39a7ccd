//! What a rule has to say: findings, each with its lines, and a verdict.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Rule;
use crate::event::MachineId;

/// A line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    pub machine: MachineId,
    /// Counted from 1; 0 is the log as a whole.
    pub line: u64,
}

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    #[serde(flatten)]
    pub place: Place,
    pub text: String,
    /// Further lines that prove it.
    pub proof: Vec<Place>,
}

/// What a rule says of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "lowercase")]
pub enum Verdict {
    Sound,
    Unsound,
    /// It cannot be decided from such logs, and why.
    Unknown(String),
}

impl Verdict {
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Sound => "sound",
            Verdict::Unsound => "unsound",
            Verdict::Unknown(_) => "unknown",
        }
    }
}

/// A rule's verdict and what it rests on.
#[derive(Clone, Debug)]
pub struct Ruling {
    pub rule: &'static Rule,
    pub verdict: Verdict,
    /// At most [`Ruling::FINDINGS_KEPT`] a machine, in the order of its log.
    pub findings: Vec<Finding>,
    /// All findings, kept or not, by machine.
    pub counts: BTreeMap<MachineId, u64>,
}

impl Ruling {
    /// How many findings of one rule are kept of one machine.
    pub const FINDINGS_KEPT: u64 = 20;

    /// How many findings of one rule are shown to a person.
    const FINDINGS_SHOWN: usize = 5;

    /// All findings, kept or not.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The findings that a person is shown.
    pub fn shown(&self) -> &[Finding] {
        &self.findings[..self.findings.len().min(Ruling::FINDINGS_SHOWN)]
    }
}

/// Why what is not in the logs may still come.
pub(super) const GOING_ON: &str = "the run is going on, and its logs are written a little late";

/// Gathers what a rule finds.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<MachineId, u64>,
    unknown: Option<String>,
}

impl Findings {
    /// Books a finding; `tell` gives its text and the lines that prove it, and
    /// is asked only for those that are kept.
    pub fn add(&mut self, machine: MachineId, line: u64, tell: impl FnOnce() -> (String, Vec<Place>)) {
        let count = self.counts.entry(machine).or_default();
        *count += 1;
        if *count <= Ruling::FINDINGS_KEPT {
            let (text, proof) = tell();
            self.kept.push(Finding { place: Place { machine, line }, text, proof });
        }
    }

    /// Findings that were counted elsewhere, and of which none is kept.
    pub fn add_uncounted(&mut self, machine: MachineId, count: u64) {
        if count > 0 {
            *self.counts.entry(machine).or_default() += count;
        }
    }

    /// Part of the question cannot be decided; the first reason stands.
    pub fn unknown(&mut self, why: impl Into<String>) {
        self.unknown.get_or_insert_with(|| why.into());
    }

    pub fn ruling(self, rule: &'static Rule) -> Ruling {
        let verdict = match self.unknown {
            _ if !self.counts.is_empty() => Verdict::Unsound,
            Some(why) => Verdict::Unknown(why),
            None => Verdict::Sound,
        };
        Ruling { rule, verdict, findings: self.kept, counts: self.counts }
    }
}
