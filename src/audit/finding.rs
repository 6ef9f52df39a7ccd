//! What a rule has to say: findings, each with its lines, and a verdict.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Rule;
use crate::model::event::MachineId;

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
    /// The file of the run that it is about, where that is none of its logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    pub text: String,
    /// Further lines that prove it.
    pub proof: Vec<Place>,
    /// How many events show it: one fault may show at many.
    pub count: u64,
}

impl Finding {
    fn new(place: Place, count: u64, (text, proof): (String, Vec<Place>)) -> Finding {
        Finding { place, file: None, text, proof, count }
    }
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
pub struct RuleResult {
    pub rule: &'static Rule,
    pub verdict: Verdict,
    /// At most [`RuleResult::FINDINGS_KEPT`] a machine, in the order of its log.
    pub findings: Vec<Finding>,
    /// All findings, kept or not, by machine.
    pub counts: BTreeMap<MachineId, u64>,
    /// Habits of logging: no rule of the model is broken by them.
    pub remarks: Vec<Finding>,
}

impl RuleResult {
    /// How many findings of one rule are kept of one machine.
    pub const FINDINGS_KEPT: u64 = 20;

    /// How many findings of one rule are shown to a person.
    const FINDINGS_SHOWN: usize = 5;

    /// All findings, kept or not.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many findings `shown` leave out.
    pub fn count_beyond(&self, shown: &[Finding]) -> u64 {
        self.count().saturating_sub(shown.iter().map(|finding| finding.count).sum())
    }

    /// The findings that a person is shown.
    pub fn shown(&self) -> &[Finding] {
        &self.findings[..self.findings.len().min(RuleResult::FINDINGS_SHOWN)]
    }
}

/// Why what is not in the logs may still come.
pub(super) const GOING_ON: &str = "the run is going on, and its logs are written a little late";

/// Why what is not in the logs may have happened all the same.
pub(super) const CUT_SHORT: &str = "the run was cut short, and the last lines of its logs are lost";

/// Gathers what a rule finds.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<MachineId, u64>,
    remarks: Vec<Finding>,
    unknown: Option<String>,
    /// The findings leave the rule open: they break nothing by themselves.
    only_tell: bool,
}

impl Findings {
    /// Books a finding; `tell` gives its text and the lines that prove it, and
    /// is asked only for those that are kept.
    pub fn add(&mut self, machine: MachineId, line: u64, tell: impl FnOnce() -> (String, Vec<Place>)) {
        let count = self.counts.entry(machine).or_default();
        *count += 1;
        if *count <= RuleResult::FINDINGS_KEPT {
            self.kept.push(Finding::new(Place { machine, line }, 1, tell()));
        }
    }

    /// Books one fault that shows at `count` events.
    pub fn add_once(&mut self, place: Place, count: u64, told: (String, Vec<Place>)) {
        *self.counts.entry(place.machine).or_default() += count;
        self.kept.push(Finding::new(place, count, told));
    }

    /// Books a habit of logging, which shows at `count` events and breaks nothing.
    pub fn remark(&mut self, place: Place, count: u64, told: (String, Vec<Place>)) {
        self.remarks.push(Finding::new(place, count, told));
    }

    /// Books a finding about a file of the run that is none of its logs; it is
    /// counted to `machine`.
    pub fn add_file(&mut self, machine: MachineId, file: &str, tell: impl FnOnce() -> String) {
        let kept = self.kept.len();
        self.add(machine, 0, || (tell(), Vec::new()));
        if let Some(finding) = self.kept.get_mut(kept) {
            finding.file = Some(file.to_owned());
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

    /// What is found is reported, and leaves the rule open.
    pub fn leave_open(&mut self, why: impl Into<String>) {
        self.unknown(why);
        self.only_tell = true;
    }

    pub fn result(self, rule: &'static Rule) -> RuleResult {
        let verdict = match self.unknown {
            _ if !self.counts.is_empty() && !self.only_tell => Verdict::Unsound,
            Some(why) => Verdict::Unknown(why),
            None => Verdict::Sound,
        };
        RuleResult { rule, verdict, findings: self.kept, counts: self.counts, remarks: self.remarks }
    }
}
