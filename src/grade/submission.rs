//! One submission: its runs read, audited, measured and checked against theory.

use std::fmt;

use crate::audit::source_lines::short_place;
use crate::audit::{Audit, Finding, RULES, Rule, RuleResult, Verdict};
use crate::engine::StopSwitch;
use crate::lab::check::CheckedRun;
use crate::lab::measured::planned;
use crate::log::ReadStats;
use crate::metrics::MachineMetrics;
use crate::metrics::Metric;
use crate::metrics::catalogue;
use crate::model::event::MachineId;
use crate::model::machine::Broadcast;
use crate::plan::Run;
use crate::plan::budget::EVENTS_MAX;
use crate::predict::expected::{Expected, RUNS};
use crate::predict::residual::{HARDLY_CHANCE_SD, Measured, Residual, residuals};
use crate::read::run_path::{RunPath, RunState};
use crate::read::{Purpose, ReadError, measure_run};

use super::Assignment;

/// What somebody handed in: a folder of logs.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its folder's name.
    pub name: String,
    pub reading: Reading,
}

/// Whether a submission could be read.
#[derive(Clone, Debug)]
pub enum Reading {
    Read {
        /// How its logs are written.
        dialect: String,
        /// How that was found out, and how sure it is.
        detection: Option<String>,
        /// At least one.
        runs: Vec<GradedRun>,
    },
    /// And why not.
    Unreadable(String),
}

/// The verdict on a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Sound,
    /// No rule is broken, but some could not be decided.
    SoundAsShown,
    Unsound,
    Unreadable,
}

impl Grade {
    /// From the best to the worst.
    pub const ALL: [Grade; 4] = [Grade::Sound, Grade::SoundAsShown, Grade::Unsound, Grade::Unreadable];

    /// As pages and tables tell it.
    pub fn words(self) -> &'static str {
        match self {
            Grade::Sound => "sound",
            Grade::SoundAsShown => "sound as far as shown",
            Grade::Unsound => "unsound",
            Grade::Unreadable => "unreadable",
        }
    }
}

/// One run of a submission.
#[derive(Clone, Debug)]
pub struct GradedRun {
    pub name: String,
    pub state: RunState,
    pub rows: Vec<MachineMetrics>,
    pub audit: Audit,
    /// What the audit found that contradicts the model, in the order of its rules.
    pub findings: Vec<RuleFindings>,
    /// Habits of logging, which contradict nothing.
    pub habits: Vec<RuleFindings>,
    /// How a send to all counts in what theory says.
    pub broadcast: Option<Broadcast>,
    /// The chance that an idle tick is INTERNAL for which that was computed.
    pub internal_prob: f64,
    /// Or why theory has nothing to say.
    pub residuals: Result<Vec<Residual>, String>,
    /// The reader's account of each log.
    pub stats: Vec<ReadStats>,
}

/// A rule that is broken, by its first findings, or of which there are remarks.
#[derive(Clone, Debug)]
pub struct RuleFindings {
    pub rule: &'static Rule,
    /// How many are not among these.
    pub more: u64,
    /// Each as `file:line: text`, with the lines that prove it.
    pub findings: Vec<(String, Vec<String>)>,
}

/// Findings of a rule that are shown.
const FINDINGS_SHOWN: usize = 3;

impl RuleFindings {
    fn of(result: &RuleResult, checked: &CheckedRun<'_>) -> RuleFindings {
        let shown = &result.findings[..result.findings.len().min(FINDINGS_SHOWN)];
        let more = result.count_beyond(shown);
        RuleFindings { more, ..RuleFindings::shown(result.rule, shown, checked) }
    }

    fn shown(rule: &'static Rule, findings: &[Finding], checked: &CheckedRun<'_>) -> RuleFindings {
        let CheckedRun { history, source_lines, .. } = checked;
        let line =
            |place| Some(format!("{}: {}", short_place(history, place), source_lines.text(history, place)?));
        let finding = |finding: &Finding| {
            let lines = source_lines.beside(history, finding).filter_map(line).collect();
            (format!("{}: {}", short_place(history, finding.place), finding.text), lines)
        };
        RuleFindings { rule, more: 0, findings: findings.iter().map(finding).collect() }
    }
}

impl Submission {
    /// The worst of its runs decides.
    pub fn grade(&self) -> Grade {
        let runs = self.runs();
        if runs.is_empty() {
            Grade::Unreadable
        } else if runs.iter().any(|run| !run.audit.is_sound()) {
            Grade::Unsound
        } else if runs.iter().any(|run| run.audit.unknown().next().is_some()) {
            Grade::SoundAsShown
        } else {
            Grade::Sound
        }
    }

    /// None where it cannot be read.
    pub fn runs(&self) -> &[GradedRun] {
        match &self.reading {
            Reading::Read { runs, .. } => runs,
            Reading::Unreadable(_) => &[],
        }
    }

    /// The rules that any of its runs breaks, in the order of all rules.
    pub fn broken(&self) -> impl Iterator<Item = &'static Rule> {
        let reported = |rule: &&Rule| {
            self.runs().iter().flat_map(|run| &run.findings).any(|reported| reported.rule.id == rule.id)
        };
        RULES.into_iter().filter(reported)
    }

    /// Their ids.
    pub fn broken_ids(&self) -> Vec<&'static str> {
        self.broken().map(|rule| rule.id).collect()
    }

    /// The rules of which any run has a habit of logging, in the order of all rules.
    pub fn habit_ids(&self) -> Vec<&'static str> {
        let runs = || self.runs().iter().flat_map(|run| &run.habits);
        let is_told = |id: &&str| runs().any(|habit| habit.rule.id == *id);
        RULES.iter().map(|rule| rule.id).filter(is_told).collect()
    }

    /// The rules of which some run cannot tell whether they are kept.
    pub fn unknown_ids(&self) -> Vec<&'static str> {
        let runs = || self.runs().iter().flat_map(|run| run.audit.unknown());
        let is_told = |id: &&str| runs().any(|(rule, _)| rule.id == *id);
        RULES.iter().map(|rule| rule.id).filter(is_told).collect()
    }

    /// Why theory has nothing to say of any of its runs, by the first of them.
    pub fn no_theory(&self) -> Option<&str> {
        self.runs().iter().find_map(|run| run.residuals.as_ref().err()).map(String::as_str)
    }

    /// How many logs are missing of the first of its runs that is not whole.
    pub fn missing_logs(&self) -> Option<String> {
        self.runs().iter().find_map(|run| {
            let missing = run.missing_logs()?;
            Some(if self.runs().len() > 1 { format!("{}: {missing}", run.name) } else { missing })
        })
    }

    /// Of all its runs what lies furthest from theory.
    pub fn furthest(&self) -> Option<Off> {
        Off::furthest(self.runs().iter().filter_map(GradedRun::furthest))
    }
}

impl GradedRun {
    /// How many machines' logs are missing, if any.
    pub fn missing_logs(&self) -> Option<String> {
        let (all, here) = (self.rows.first()?.machines, self.rows.len() as u32);
        let are = if all == here + 1 { "is" } else { "are" };
        (all > here).then(|| format!("{} of {all} logs {are} not here", all - here))
    }

    /// What lies furthest from theory, where anything is known.
    pub fn furthest(&self) -> Option<Off> {
        Off::furthest(self.residuals.iter().flatten().filter_map(Off::of))
    }
}

/// How far a quantity of a machine lies from what its clock rates let expect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Off {
    pub machine: MachineId,
    pub metric: Metric,
    /// The residual, in standard deviations.
    pub by_sd: f64,
}

impl Off {
    /// `None` where a figure is unknown.
    pub fn of(residual: &Residual) -> Option<Off> {
        Some(Off { machine: residual.machine, metric: residual.metric, by_sd: residual.value? })
    }

    /// Whether chance alone hardly does this.
    pub fn is_hardly_chance(self) -> bool {
        self.by_sd.abs() > HARDLY_CHANCE_SD
    }

    fn furthest(all: impl Iterator<Item = Off>) -> Option<Off> {
        all.max_by(|a, b| a.by_sd.abs().total_cmp(&b.by_sd.abs()))
    }
}

impl fmt::Display for Off {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Off { machine, metric, by_sd } = self;
        let mark = if self.is_hardly_chance() { "hardly chance" } else { "within chance" };
        write!(f, "{} of machine {machine}: {by_sd:+.1} sd, {mark}", metric.words())
    }
}

/// Reads a run and judges it. A run of labctl's own is checked against the spec
/// it keeps; any other against the assignment.
///
/// # Errors
///
/// Its logs cannot be read.
pub fn grade_run(run: &RunPath, assignment: &Assignment, stop: &StopSwitch) -> Result<GradedRun, ReadError> {
    let reading = measure_run(run, Purpose { series: false, history: true })?;
    let history = reading.history.unwrap_or_default();
    // A spec that cannot be read leaves a run to be judged by its logs alone.
    let checked = CheckedRun::of(run, &history, &RULES, |_| {})?;
    let broken = checked.audit.results.iter().filter(|result| result.verdict == Verdict::Unsound);
    let findings = broken.map(|result| RuleFindings::of(result, &checked)).collect();
    let remarked = checked.audit.results.iter().filter(|result| !result.remarks.is_empty());
    let habits = remarked.map(|result| RuleFindings::shown(result.rule, &result.remarks, &checked)).collect();
    let spec = planned(run).map_or_else(
        |_| assignment.spec(&history, &reading.rows).map_err(|none| none.to_string()),
        |planned| Ok(planned.spec),
    );
    Ok(GradedRun {
        name: if run.experiment == run.run {
            run.run.to_string()
        } else {
            format!("{} / {}", run.experiment, run.run)
        },
        state: run.state,
        broadcast: spec.as_ref().ok().map(|spec| spec.broadcast),
        internal_prob: spec.as_ref().map_or(assignment.internal_prob, |spec| spec.internal_prob),
        residuals: spec.and_then(|spec| {
            against_theory(Measured { run: run.run.to_string(), spec, rows: reading.rows.clone() }, stop)
        }),
        rows: reading.rows,
        findings,
        habits,
        audit: checked.audit,
        stats: reading.logs.into_iter().map(|log| log.stats).collect(),
    })
}

fn against_theory(run: Measured, stop: &StopSwitch) -> Result<Vec<Residual>, String> {
    let planned = Run::single(run.spec.clone(), String::new());
    let expected = Expected::of(&planned, RUNS, EVENTS_MAX, stop).map_err(|none| none.to_string())?;
    let found = residuals(&[run], &expected).into_iter().flat_map(|found| found.runs);
    Ok(found.flat_map(|(_, residuals)| residuals).filter(is_comparable).collect())
}

/// Programs of others start their machines as they please, and what hangs on
/// the last moment, or on the longest moment, would be checked against them.
fn is_comparable(residual: &Residual) -> bool {
    [catalogue::UTILISATION, catalogue::END_QUEUE, catalogue::FINAL_CLOCK].contains(&residual.metric)
}
