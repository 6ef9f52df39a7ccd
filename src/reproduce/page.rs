//! The page of a reproduction, as Markdown: verdicts first, and the numbers
//! and the theory behind them. Pure.

use minijinja::Error;
use serde::Serialize;

use super::judge::RUNS_LEAST;
use super::judged::{self, JudgedClaim};
use super::kind::Kind;
use super::outcome::HoldsIn;
use super::published_metric::{Placed, PublishedMetric};
use super::tally::Tally;
use super::wording::{self, brief};
use crate::plan::Plan;
use crate::reproduce::Reproduction;
use crate::statistics::rounding::Rounding;
use crate::store::version::VERSION;
use crate::text::markdown;
use crate::text::numbers::percent;

const TEMPLATE: &str = include_str!("page.md");

/// A chart, and what is to be seen on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageChart {
    /// Relative to the page.
    pub file: String,
    /// In place of the picture.
    pub alt: String,
    /// Empty for the charts that set the experiments side by side.
    pub says: String,
}

/// How the runs came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Making {
    /// In a sentence: engine, replicates, seeds.
    pub ran: String,
    /// What is missing, if anything is.
    pub missing: Option<String>,
    /// That makes the same page again.
    pub command: String,
    /// The plan's hash, or its beginning.
    pub plan: String,
}

/// What was run for a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunsMade {
    pub runs: u64,
    /// Of each setting.
    pub replicates: u32,
    /// On sockets, how much faster than real time; `None` in the simulator.
    pub speedup: Option<f64>,
}

impl Making {
    /// Of the runs of a plan.
    pub fn of(plan: &Plan, done: &RunsMade, command: String, hash: &str) -> Making {
        let (runs, cells, each) = (plan.run_count(), plan.cells().len(), done.replicates);
        let engine = match done.speedup {
            None => "in the simulator".to_owned(),
            Some(speedup) => format!("on real sockets, {speedup} times faster than real time"),
        };
        let first: Vec<u64> = plan.cells().iter().map(|cell| cell.spec.seed).collect();
        let seeds = match first.first() {
            Some(seed) if first.iter().all(|other| other == seed) => {
                format!("each with the seeds {seed} to {}", seed.wrapping_add(u64::from(each) - 1))
            }
            _ => "each, from its spec's seed on".to_owned(),
        };
        let missing = runs - done.runs;
        Making {
            ran: format!("{cells} settings were run {engine}, {each} times {seeds}: {runs} runs in all."),
            missing: (missing > 0).then(|| format!("{missing} of {runs} runs are missing here.")),
            command,
            plan: hash.to_owned(),
        }
    }
}

#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    about: &'a str,
    ran: &'a str,
    missing: Option<&'a str>,
    groups: Vec<Group>,
    claims: Vec<ClaimSection<'a>>,
    expectations: usize,
    percent: String,
    charts: Vec<&'a PageChart>,
    published_metrics: Vec<PublishedGroup>,
    outside: String,
    notes: Vec<String>,
    theory: Vec<TheoryRow>,
    runs_least: usize,
    command: &'a str,
    version: &'a str,
    plan: &'a str,
}

/// The claims of one kind.
#[derive(Serialize)]
struct Group {
    title: String,
    tally: String,
    has_quotes: bool,
    rows: Vec<GroupRow>,
}

#[derive(Serialize)]
struct GroupRow {
    number: usize,
    quote: String,
    says: String,
    source: String,
    verdict: String,
}

#[derive(Serialize)]
struct ClaimSection<'a> {
    says: &'a str,
    quote: String,
    bounds: &'a str,
    to_be_met: &'static str,
    source: &'a str,
    why: &'a str,
    verdict: String,
    has_when: bool,
    rows: Vec<ClaimRow>,
}

#[derive(Serialize)]
struct ClaimRow {
    when: String,
    runs_of: String,
    theory: String,
    expected: String,
    measured: String,
    met: &'static str,
}

#[derive(Serialize)]
struct PublishedGroup {
    metric: &'static str,
    /// Of its chart.
    file: Option<String>,
    rows: Vec<StatedRow>,
}

#[derive(Serialize)]
struct StatedRow {
    experiment: String,
    machine: String,
    rate: String,
    printed: String,
    logs: String,
    median: String,
    range: String,
    n: usize,
}

#[derive(Serialize)]
struct TheoryRow {
    experiment: String,
    machine: usize,
    rate: String,
    load: String,
    regime: String,
    threshold: String,
    growth: String,
}

/// Writes the page. `charts` are those of the claims and of the experiments
/// side by side; `replicates` names the chart of a metric's distributions.
pub fn write(
    of: &Reproduction<'_>,
    making: &Making,
    charts: &[PageChart],
    replicates: impl Fn(&str) -> Option<String>,
) -> Result<String, Error> {
    let page = Page {
        title: &of.claims.title,
        about: &of.claims.about,
        ran: &making.ran,
        missing: making.missing.as_deref(),
        groups: groups(of),
        claims: of.judged.iter().map(claim_section).collect(),
        expectations: of.judged.iter().flat_map(|judged| &judged.cases).map(|case| case.findings.len()).sum(),
        percent: Rounding::Brief.number(judged::level(&of.claims.claims).percent()),
        charts: charts.iter().collect(),
        published_metrics: published_groups(&of.published_metrics, replicates),
        outside: outside(&of.published_metrics),
        notes: notes(of),
        theory: of.claims.published.iter().flat_map(theory_rows).collect(),
        runs_least: RUNS_LEAST,
        command: &making.command,
        version: VERSION,
        plan: &making.plan,
    };
    markdown::render(TEMPLATE, &page)
}

fn groups(of: &Reproduction<'_>) -> Vec<Group> {
    let publication = &of.claims.publication;
    let group = |tally: Tally| {
        let numbered = of.judged.iter().enumerate().filter(|(_, judged)| judged.claim.kind == tally.kind);
        Group {
            title: match tally.kind {
                Kind::Published => format!("What {publication} says"),
                Kind::Reading => format!("How we read {publication}"),
                Kind::Theory => "What our theory says".to_owned(),
            },
            tally: tally.words(publication),
            has_quotes: numbered.clone().any(|(_, judged)| !judged.claim.quote.is_empty()),
            rows: numbered.map(|(at, judged)| group_row(at + 1, judged)).collect(),
        }
    };
    Tally::of(&of.judged).into_iter().map(group).collect()
}

fn group_row(number: usize, judged: &JudgedClaim<'_>) -> GroupRow {
    let claim = judged.claim;
    GroupRow {
        number,
        quote: quoted(&claim.quote),
        says: claim.says.clone(),
        source: claim.source.clone(),
        verdict: judged.words(),
    }
}

fn quoted(quote: &str) -> String {
    if quote.is_empty() { String::new() } else { format!("“{quote}”") }
}

fn claim_section<'a>(judged: &'a JudgedClaim<'_>) -> ClaimSection<'a> {
    let claim = judged.claim;
    ClaimSection {
        says: &claim.says,
        quote: quoted(&claim.quote),
        bounds: &claim.bounds,
        to_be_met: match claim.holds_in {
            _ if judged.cases.len() == 1 => "",
            HoldsIn::All => "To be met in all cases.",
            HoldsIn::Most => "To be met in most cases.",
            HoldsIn::Some => "One case that is met proves it.",
        },
        source: &claim.source,
        why: &claim.why,
        verdict: judged.words(),
        has_when: judged.cases.len() > 1,
        rows: claim_rows(judged),
    }
}

/// A row an expectation; what a case says of itself stands in its first.
fn claim_rows(judged: &JudgedClaim<'_>) -> Vec<ClaimRow> {
    let mut rows = Vec::new();
    for judged in &judged.cases {
        let case = judged.case;
        for (at, (expectation, finding)) in case.expectations.iter().zip(&judged.findings).enumerate() {
            let in_first = |text: String| if at == 0 { text } else { String::new() };
            rows.push(ClaimRow {
                when: in_first(case.when.clone()),
                runs_of: in_first(case.title()),
                theory: in_first(wording::loads(&case.setups)),
                expected: expectation.to_string(),
                measured: wording::finding(expectation, finding),
                met: finding.outcome.word(),
            });
        }
    }
    rows
}

fn published_groups(
    published_metrics: &[PublishedMetric],
    replicates: impl Fn(&str) -> Option<String>,
) -> Vec<PublishedGroup> {
    let same_metric = |one: &PublishedMetric, next: &PublishedMetric| one.metric == next.metric;
    let group = |rows: &[PublishedMetric]| PublishedGroup {
        metric: rows[0].metric.label,
        file: replicates(rows[0].metric.name),
        rows: rows.iter().map(stated_row).collect(),
    };
    published_metrics.chunk_by(same_metric).map(group).collect()
}

fn stated_row(of: &PublishedMetric) -> StatedRow {
    let summary = of.summary.as_ref();
    StatedRow {
        experiment: of.experiment.clone(),
        machine: of.machine.to_string(),
        rate: of.clock_rate.to_string(),
        printed: placed(of.published),
        logs: placed(of.logged),
        median: summary.map_or_else(String::new, |summary| brief(summary.median)),
        range: summary
            .map_or_else(String::new, |summary| format!("{} to {}", brief(summary.p05), brief(summary.p95))),
        n: of.values.len(),
    }
}

/// Markdown already: numbers only.
fn placed(placed: Option<Placed>) -> String {
    let Some(placed) = placed else { return String::new() };
    let value = placed.value;
    let Some(percentile) = placed.percentile else { return value.to_string() };
    let text = format!("{value} ({})", percent(percentile / 100.0));
    if placed.is_outside() { format!("**{text}**") } else { text }
}

fn outside(published_metrics: &[PublishedMetric]) -> String {
    let of = |value: fn(&PublishedMetric) -> Option<Placed>| -> (usize, usize) {
        let placed: Vec<Placed> = published_metrics.iter().filter_map(value).collect();
        (placed.iter().filter(|placed| placed.is_outside()).count(), placed.len())
    };
    let ((printed, all_printed), (logged, all_logged)) = (of(|one| one.published), of(|one| one.logged));
    format!(
        "That is {printed} of {all_printed} printed values and {logged} of {all_logged} from the logs; \
         one in ten would be no surprise."
    )
}

fn notes(of: &Reproduction<'_>) -> Vec<String> {
    let note = |setup: &super::setup::Setup| {
        let note = &setup.spec.published.as_ref()?.logs.as_ref()?.note;
        (!note.is_empty()).then(|| format!("Logs of {}: {note}", setup.experiment))
    };
    of.claims.published.iter().filter_map(note).collect()
}

fn theory_rows(setup: &super::setup::Setup) -> Vec<TheoryRow> {
    let Some(predictions) = wording::predictions(setup) else { return Vec::new() };
    let row = |(at, machine): (usize, &crate::model::theory::Prediction)| TheoryRow {
        experiment: setup.experiment.clone(),
        machine: at + 1,
        rate: machine.clock_rate.to_string(),
        load: format!("{:.2}", machine.load),
        regime: machine.regime.to_string(),
        threshold: format!("{:.2}", machine.overloaded_below),
        growth: format!("{:.2}", machine.queue_growth),
    };
    predictions.iter().enumerate().map(row).collect()
}
