//! Many runs, each in short, and its detail for who asks.

use super::document::{Block, Section, Table};
use super::subject::{Audited, RunSubject, Subjects};
use super::wording::{UNKNOWN, headings, known, name, value};
use super::{expected, fidelity, figures, findings, measured, setup, verdicts};
use crate::metrics::MAIN_METRICS;
use crate::metrics::summary::RunMetrics;
use crate::metrics::trust::fidelity_words;
use crate::text::numbers::grouped;

/// Runs in the table; `labctl metrics` has all of them.
const RUNS_TOLD: usize = 200;
/// Runs of which there is detail.
pub const RUNS_DETAILED: usize = 24;

/// The sections of a run, each with an id of its own.
pub fn sections(run: &RunSubject, prefix: &str) -> Vec<Section> {
    let id = |part: &str| format!("{prefix}{part}");
    [
        figures::section(run, &id("charts")),
        run.player.as_ref().map(|_| Section::new(id("events"), "Event by event", vec![Block::Player])),
        Some(measured::section(run, &id("metrics"))),
        Some(fidelity::section(run, &id("clocks"))),
        Some(verdicts::section(run, &id("audit"))),
        expected::section(run, &id("theory")),
        Some(setup::section(run, &id("setup"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The section on all runs, where there are several.
pub fn section(subjects: &Subjects) -> Option<Section> {
    let runs = &subjects.runs;
    if runs.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Table(table(runs))];
    let detailed = runs.iter().take(RUNS_DETAILED).enumerate();
    blocks.extend(detailed.map(|(at, run)| Block::Folded(detail(run, at + 1))));
    let undrawn = runs.iter().filter(|run| run.drawn.is_none() && !run.stored.logs.is_empty()).count();
    let mut missing = Vec::new();
    if runs.len() > RUNS_DETAILED {
        missing.push(format!("The detail of {} further runs", grouped((runs.len() - RUNS_DETAILED) as u64)));
    }
    if undrawn > 0 {
        missing.push(format!("the charts of {} runs", grouped(undrawn as u64)));
    }
    if !missing.is_empty() {
        let missing =
            missing.join(" and ").replacen("the charts", "The charts", usize::from(missing.len() == 1));
        blocks.push(Block::Prose(format!(
            "{missing} are left out, to keep this file small; labctl report RUN shows all of one run."
        )));
    }
    Some(Section::new("runs", "The runs", blocks))
}

fn detail(run: &RunSubject, number: usize) -> Section {
    let prefix = format!("run-{number}-");
    let found = Block::Remarks(findings::findings(run));
    let parts = sections(run, &prefix).into_iter().map(Block::Part);
    Section::new(format!("run-{number}"), name(&run.name()), [found].into_iter().chain(parts).collect())
}

fn table(runs: &[RunSubject]) -> Table {
    let headings = [
        ["Run", "#Seed", "Ended", "#Events"].map(str::to_owned).to_vec(),
        headings(&MAIN_METRICS),
        ["#Clock fidelity", "Audit"].map(str::to_owned).to_vec(),
    ];
    let row = |run: &RunSubject| {
        let manifest = run.stored.manifest.as_ref();
        let of_run = run.whole();
        let of = of_run.as_ref();
        let place = vec![
            name(&run.name()),
            known(manifest, |manifest| manifest.seed.to_string()),
            known(manifest, |manifest| manifest.status.to_string()),
            known(of, |of| of.events.to_string()),
        ];
        let values = MAIN_METRICS.iter().map(|metric| value(*metric, metric.of_run(&run.rows))).collect();
        let fidelity =
            |of: &RunMetrics| known(of.fidelity_min, |fidelity| fidelity_words(fidelity, of.late_share));
        [place, values, vec![known(of, fidelity), audited(run, of)]].concat()
    };
    let more = runs.len().saturating_sub(RUNS_TOLD);
    let more = if more > 0 {
        format!(" {} more runs: labctl metrics --format csv has them.", grouped(more as u64))
    } else {
        String::new()
    };
    Table::new("All runs", &headings.concat()).with(runs.iter().take(RUNS_TOLD).map(row)).noted(format!(
        "Queues, differences, drifts, jumps and waits: the largest over the machines; clock fidelity: the worst. Audit: \
         unknown are rules of which such logs cannot show whether they are kept.{more}"
    ))
}

fn audited(run: &RunSubject, of: Option<&RunMetrics>) -> String {
    match &run.audited {
        Audited::Held { audit, .. } => match (audit.is_sound(), audit.unknown().count()) {
            (false, _) => "unsound".to_owned(),
            (true, 0) => "sound".to_owned(),
            (true, _) if of.is_none_or(|of| of.events == 0) => UNKNOWN.to_owned(),
            (true, unknown) => format!("sound, {unknown} unknown"),
        },
        Audited::LeftOut(_) => UNKNOWN.to_owned(),
    }
}
