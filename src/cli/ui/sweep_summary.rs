//! A sweep's result as a person reads it: a row a cell, and what is wrong.

use std::path::{Path, PathBuf};

use labctl::charts::{self, Format, Look, SweepPicture, sweep_charts};
use labctl::plan::Plan;
use labctl::plot::sweep_folder;
use labctl::sweep::{CellOutline, DrawnRates, SweepFolder, SweepSummary, collect};
use labctl::text::numbers::by_count;

use super::sweep_progress::name;
use super::view;
use super::view::counted;
use crate::cli::Terminal;

/// Lines reported for each kind of trouble; the files have all of them.
const SHOWN: usize = 5;
/// Rows in the table; `summary.csv` has all of them.
const CELLS_SHOWN: usize = 40;

/// Collects a sweep, and shows it.
pub fn collect_and_show(
    folder: &SweepFolder,
    plan: &Plan,
    elsewhere: &[PathBuf],
    plots: &Path,
    terminal: &Terminal,
) -> anyhow::Result<SweepSummary> {
    let mut picture = SweepPicture::new(folder, plan);
    let summary = collect(folder, plan, elsewhere, |result| picture.take(&result))?;
    show(plan, picture.outlines(), terminal)?;
    tell(&summary, plan, terminal);
    terminal.say(format!("results: {}, {}", folder.runs_file().display(), folder.summary_file().display()));
    let charts = sweep_charts(&picture, Look::default())?;
    if charts.is_empty() {
        return Ok(summary);
    }
    let plots = sweep_folder(plots, &folder.name());
    charts::write(&charts, &plots, Format::Png)?;
    terminal.say(format!("charts:  {} ({})", plots.display(), counted(charts.len() as u64, "file")));
    Ok(summary)
}

fn show(plan: &Plan, outlines: &[CellOutline], terminal: &Terminal) -> anyhow::Result<()> {
    let shown = &outlines[..outlines.len().min(CELLS_SHOWN)];
    let mut text = view::cells(plan, shown);
    if outlines.len() > CELLS_SHOWN {
        text.push_str(&format!("… and {} more\n", outlines.len() - CELLS_SHOWN));
    }
    if shown.iter().any(|outline| outline.runs > 1) {
        text.push_str("means over the runs, of each the largest over its machines; 95 % intervals (t)\n");
    }
    terminal.data(&text)?;
    DrawnRates::all(plan, outlines).iter().for_each(|drawn| terminal.say(drawn));
    Ok(())
}

pub fn tell(summary: &SweepSummary, plan: &Plan, terminal: &Terminal) {
    for damage in summary.damages.iter().filter(|damage| !damage.cut) {
        let path = damage.path.display();
        terminal.warn(format!("{path}:{}: this line was changed; its run does not count", damage.line));
    }
    for double in summary.doubles.iter().filter(|double| !double.same) {
        let (path, line, run) = (double.path.display(), double.line, name(plan, double.run));
        terminal
            .warn(format!("{path}:{line}: {run} came in twice and measures differently; the first counts"));
    }
    let twice = summary.doubles.iter().filter(|double| double.same).count();
    if twice > 0 {
        terminal.say(format!("{} came in twice, the same; each counts once", counted(twice as u64, "run")));
    }
    if summary.strangers > 0 {
        terminal
            .warn(format!("of runs that the plan does not have: {}", counted(summary.strangers, "entry")));
    }
    reported(&summary.doubted, terminal, "more runs are to be doubted", |(run, reason)| {
        format!("{}: {reason}", name(plan, *run))
    });
    reported(&by_reason(&summary.failed), terminal, "more reasons of failure", |(reason, runs)| {
        let spans = runs.chunk_by(|run, next| run + 1 == *next).map(|span| (span[0], span[span.len() - 1]));
        format!("{} failed: {}: {reason}", counted(runs.len() as u64, "run"), spans_text(plan, spans))
    });
    tell_unmet(summary, plan, terminal);
    let missing: u64 = summary.missing.iter().map(|(first, last)| last - first + 1).sum();
    if missing > 0 {
        let spans = spans_text(plan, summary.missing.iter().copied());
        let are = by_count(missing, "is", "are");
        terminal.warn(format!("{} {are} missing: {spans}", counted(missing, "run")));
    }
}

/// Names the cells that a rule does not stop, as no number of runs met it.
fn tell_unmet(summary: &SweepSummary, plan: &Plan, terminal: &Terminal) {
    let Some(rule) = plan.until else { return };
    reported(&summary.unmet, terminal, "more cells do not meet it", |(at, unmet)| {
        let cell = &plan.cells()[*at];
        let (title, runs) = (cell.full_title(), counted(u64::from(cell.replicates), "run"));
        format!("cell {} ({title}) does not meet {rule} after {runs}: {unmet}", at + 1)
    });
}

/// Runs that failed alike together, in the order of the first of each.
fn by_reason(failed: &[(u64, String)]) -> Vec<(&str, Vec<u64>)> {
    let mut reasons: Vec<(&str, Vec<u64>)> = Vec::new();
    for (run, reason) in failed {
        match reasons.iter_mut().find(|(other, _)| other == reason) {
            Some((_, runs)) => runs.push(*run),
            None => reasons.push((reason, vec![*run])),
        }
    }
    reasons
}

/// Runs from the first to the last of each span.
fn spans_text(plan: &Plan, spans: impl Iterator<Item = (u64, u64)>) -> String {
    let mut reported: Vec<String> = spans
        .take(SHOWN + 1)
        .map(|(first, last)| match last - first {
            0 => name(plan, first),
            _ => format!("{} to {}", name(plan, first), name(plan, last)),
        })
        .collect();
    if reported.len() > SHOWN {
        reported[SHOWN] = "…".to_owned();
    }
    reported.join(", ")
}

fn reported<T>(troubles: &[T], terminal: &Terminal, more: &str, text: impl Fn(&T) -> String) {
    troubles.iter().take(SHOWN).for_each(|trouble| terminal.warn(text(trouble)));
    if troubles.len() > SHOWN {
        terminal.warn(format!("{} {more}", troubles.len() - SHOWN));
    }
}
