//! One submission's page, as Markdown.

use minijinja::Error;
use serde::Serialize;

use super::submission::{GradedRun, Off, Reading, RuleFindings, Submission};
use crate::audit::{Rule, Verdict};
use crate::metrics::{EndQueueSource, MachineMetrics};
use crate::model::machine::Broadcast;
use crate::predict::residual::Residual;
use crate::statistics::rounding::Rounding;
use crate::store::version::VERSION;
use crate::text::markdown;

const TEMPLATE: &str = include_str!("page.md");
const UNKNOWN: &str = "?";

#[derive(Serialize)]
struct Page<'a> {
    name: &'a str,
    grade: &'static str,
    why: Option<&'a str>,
    dialect: Option<&'a str>,
    detection: Option<&'a str>,
    furthest: Option<String>,
    broken: Vec<BrokenRule>,
    runs: Vec<RunSection<'a>>,
    version: &'static str,
}

/// A rule that a run breaks, and what its page says to whoever broke it.
#[derive(Serialize)]
struct BrokenRule {
    id: &'static str,
    reason: &'static str,
    why: &'static str,
    causes: Option<&'static str>,
}

#[derive(Serialize)]
struct RunSection<'a> {
    name: &'a str,
    state: Option<&'static str>,
    /// Whether an end queue is the last length that was logged.
    is_last_logged: bool,
    /// Cells of numbers, joined.
    machines: Vec<String>,
    unmatched: u64,
    broadcast: &'static str,
    internal_prob: f64,
    no_theory: Option<&'a str>,
    theory: Vec<String>,
    findings: Vec<RuleSection<'a>>,
    habits: Vec<RuleSection<'a>>,
    sound: String,
    unknown: Vec<(&'static str, &'a str)>,
}

#[derive(Serialize)]
struct RuleSection<'a> {
    rule: &'static str,
    reason: &'static str,
    more: u64,
    findings: &'a [(String, Vec<String>)],
}

/// Writes the page of a submission.
///
/// # Errors
///
/// The template does not fit.
pub fn page(submission: &Submission) -> Result<String, Error> {
    let (dialect, detection, why) = match &submission.reading {
        Reading::Read { dialect, detection, .. } => (Some(dialect.as_str()), detection.as_deref(), None),
        Reading::Unreadable(why) => (None, None, Some(why.as_str())),
    };
    let page = Page {
        name: &submission.name,
        grade: submission.grade().words(),
        why,
        dialect,
        detection,
        furthest: submission.furthest().map(|off| off.to_string()),
        broken: submission.broken().map(broken_rule).collect(),
        runs: submission.runs().iter().map(run_section).collect(),
        version: VERSION,
    };
    markdown::render(TEMPLATE, &page)
}

fn broken_rule(rule: &'static Rule) -> BrokenRule {
    BrokenRule { id: rule.id, reason: rule.reason, why: rule.why(), causes: rule.causes() }
}

fn run_section(run: &GradedRun) -> RunSection<'_> {
    let kept = run.audit.results.iter().filter(|result| result.verdict == Verdict::Sound);
    RunSection {
        name: &run.name,
        state: run.state.words(),
        is_last_logged: run.rows.iter().any(is_last_logged),
        machines: run.rows.iter().map(machine_row).collect(),
        unmatched: run.stats.iter().map(|log| log.unmatched).sum(),
        broadcast: run.broadcast.map_or("", Broadcast::as_str),
        internal_prob: run.internal_prob,
        no_theory: run.residuals.as_ref().err().map(String::as_str),
        theory: run.residuals.iter().flatten().map(theory_row).collect(),
        findings: run.findings.iter().map(rule_section).collect(),
        habits: run.habits.iter().map(rule_section).collect(),
        sound: kept.map(|result| result.rule.id).collect::<Vec<_>>().join(", "),
        unknown: run.audit.unknown().map(|(rule, why)| (rule.id, why)).collect(),
    }
}

fn rule_section(found: &RuleFindings) -> RuleSection<'_> {
    RuleSection {
        rule: found.rule.id,
        reason: found.rule.reason,
        more: found.more,
        findings: &found.findings,
    }
}

fn is_last_logged(row: &MachineMetrics) -> bool {
    row.end_queue_source == EndQueueSource::LastLogged
}

fn machine_row(row: &MachineMetrics) -> String {
    let count = |value: Option<u64>| value.map_or(UNKNOWN.to_owned(), |value| value.to_string());
    let number = |value: Option<f64>| value.map_or(UNKNOWN.to_owned(), |value| Rounding::Brief.number(value));
    [
        row.machine.to_string(),
        number(row.clock_rate),
        row.events.to_string(),
        row.internal.to_string(),
        row.sends.to_string(),
        row.receives.to_string(),
        count(row.max_queue),
        count(row.end_queue) + if is_last_logged(row) { "\\*" } else { "" },
        row.final_clock.to_string(),
        count(row.clock_diff),
        number(row.clock_drift),
    ]
    .join(" | ")
}

fn theory_row(residual: &Residual) -> String {
    let digits = residual.metric.decimals;
    let shown = |value: Option<f64>, digits: usize| {
        value.map_or(UNKNOWN.to_owned(), |value| format!("{value:.digits$}"))
    };
    let off = Off::of(residual);
    let verdict = match off {
        Some(off) if off.is_hardly_chance() => "hardly chance",
        Some(_) => "within chance",
        None => "",
    };
    [
        residual.machine.to_string(),
        residual.metric.label.to_owned(),
        shown(residual.expected, digits),
        shown(residual.measured, digits),
        shown(residual.chance, digits + 1),
        off.map_or("-".to_owned(), |off| format!("{:+.1}", off.by_sd)),
        verdict.to_owned(),
    ]
    .join(" | ")
}
