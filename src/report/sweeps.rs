//! Sweeps: what their cells came to.

use super::document::{Block, Figure, Remark, Section, Table};
use super::figures::of_many;
use super::subject::{Subjects, SweepSubject};
use super::wording::{self, MAIN_HEADINGS, known, listed, name};
use crate::model::event::MachineId;
use crate::plan::{Cell, Run};
use crate::statistics::rounding::mean;
use crate::sweep::{CellOutline, DrawnRates};
use crate::text::numbers::{counted, grouped};

/// Rows of a table; `summary.csv` has all of them.
const ROWS_TOLD: usize = 60;

/// A section a sweep.
pub fn sections(subjects: &Subjects) -> Vec<Section> {
    subjects
        .sweeps
        .iter()
        .enumerate()
        .map(|(at, sweep)| section(sweep, &format!("sweep-{}", at + 1)))
        .collect()
}

/// Names sweeps of one name after their folders.
pub fn name_apart(sweeps: &mut [SweepSubject]) {
    let names: Vec<String> = sweeps.iter().map(|sweep| sweep.name.clone()).collect();
    for sweep in sweeps {
        if names.iter().filter(|name| **name == sweep.name).count() > 1 {
            sweep.name.clone_from(&sweep.folder);
        }
    }
}

fn section(sweep: &SweepSubject, id: &str) -> Section {
    let mut blocks = vec![Block::Prose(made(sweep)), Block::Table(cells(sweep))];
    let figure = |chart| Block::Figure(Figure::new(id, chart, of_many(chart)));
    blocks.extend(sweep.charts.iter().map(figure));
    let by_machine =
        Section::new(format!("{id}-machines"), "Machine by machine", vec![Block::Table(machines(sweep))]);
    blocks.push(Block::Folded(by_machine));
    Section::new(id, format!("Sweep {}", name(&sweep.name)), blocks)
}

fn made(sweep: &SweepSubject) -> String {
    let plan = &sweep.plan;
    let axes: Vec<String> = plan.axes().into_iter().map(str::to_owned).collect();
    let over = if axes.is_empty() { "nothing but the seed".to_owned() } else { listed(&axes) };
    format!(
        "{} in {}, over {over}; engine {}. The folder {} holds every run in runs.csv and every metric in summary.csv.",
        counted(runs(sweep), "run"),
        counted(plan.cells().len() as u64, "cell"),
        plan.engine,
        name(&sweep.folder)
    )
}

fn runs(sweep: &SweepSubject) -> u64 {
    sweep.outlines.iter().map(|outline| outline.runs).sum()
}

/// What a reader should take away from a sweep.
pub fn findings(sweep: &SweepSubject) -> Vec<Remark> {
    let mut found = Vec::new();
    let title = name(&sweep.name);
    let (there, planned) = (runs(sweep), sweep.plan.run_count());
    if there < planned && sweep.plan.until.is_none() {
        found.push(Remark::warning(format!(
            "Sweep {title} is not complete: {} of {} are there.",
            grouped(there),
            counted(planned, "run")
        )));
    }
    found.extend(
        DrawnRates::all(&sweep.plan, &sweep.outlines)
            .into_iter()
            .map(|drawn| DrawnRates { experiment: name(&drawn.experiment), ..drawn })
            .map(|drawn| Remark::finding(format!("Sweep {title}: {drawn}."))),
    );
    let of_cell =
        |outline: &CellOutline| Some((overloaded(&sweep.plan.cells()[outline.cell])?, outline.cell));
    let known: Vec<(Vec<MachineId>, usize)> = sweep.outlines.iter().filter_map(of_cell).collect();
    let cells = known.iter().filter(|(overloaded, _)| !overloaded.is_empty()).count() as u64;
    if !known.is_empty() {
        found.push(Remark::finding(format!(
            "Sweep {title}: in {} of {} theory expects an overloaded machine.",
            grouped(cells),
            counted(known.len() as u64, "cell")
        )));
    }
    let end_queue = |outline: &CellOutline| outline.whole.get(1)?.as_ref().map(|summary| summary.mean);
    let longest = sweep.outlines.iter().filter_map(|outline| Some((outline, end_queue(outline)?)));
    if let Some((outline, _)) = longest.max_by(|(_, a), (_, b)| a.total_cmp(b)) {
        let cell = name(&setting(sweep, outline));
        let queue = known_mean(outline, 1);
        found.push(Remark::finding(format!(
            "Sweep {title}: the longest end queues are those of {cell}, on average {queue} messages over {}.",
            counted(outline.runs, "run")
        )));
    }
    found
}

fn known_mean(outline: &CellOutline, metric: usize) -> String {
    known(outline.whole.get(metric).and_then(Option::as_ref), mean)
}

/// The machines that theory expects to be overloaded; `None` where it says
/// nothing.
fn overloaded(cell: &Cell) -> Option<Vec<MachineId>> {
    let run = Run::single(cell.spec.clone(), String::new());
    if cell.spec.has_random_rates() || run.delays_senders() {
        return None;
    }
    let machines = run.machines().zip(run.predictions());
    Some(machines.filter(|(_, theory)| theory.is_overloaded()).map(|(machine, _)| machine).collect())
}

/// A cell, with the clock rates that were drawn if they were.
fn setting(sweep: &SweepSubject, outline: &CellOutline) -> String {
    let cell = &sweep.plan.cells()[outline.cell];
    let drawn = cell.spec.has_random_rates() && !outline.clock_rates.is_empty();
    let drawn = if drawn { format!(", drew rates {}", outline.clock_rates) } else { String::new() };
    cell.full_title() + &drawn
}

fn cells(sweep: &SweepSubject) -> Table {
    let headings = ["Cell", "Setting", "#Runs", "Overloaded, by theory"];
    let headings = [&headings[..], &MAIN_HEADINGS].concat();
    let row = |outline: &CellOutline| {
        let cell = &sweep.plan.cells()[outline.cell];
        let overloaded = known(overloaded(cell), |ids| match ids.len() {
            0 => "none".to_owned(),
            _ => wording::machines(&ids),
        });
        let place = [
            (outline.cell + 1).to_string(),
            name(&setting(sweep, outline)),
            outline.runs.to_string(),
            overloaded,
        ];
        place.into_iter().chain((0..outline.whole.len()).map(|metric| known_mean(outline, metric))).collect()
    };
    let note = "Means over the runs, of each the largest over its machines; in brackets their 95 % intervals (Student's t).";
    Table::new("The cells", &headings)
        .with(sweep.outlines.iter().take(ROWS_TOLD).map(row))
        .noted(note.to_owned() + &left_out(sweep.outlines.len()))
}

fn machines(sweep: &SweepSubject) -> Table {
    let headings = [&["Cell", "#Machine", "#n"][..], &MAIN_HEADINGS].concat();
    let rows = sweep.outlines.iter().flat_map(|outline| {
        outline.machines.iter().enumerate().map(move |(at, summaries)| {
            let n = summaries.iter().flatten().map(|summary| summary.n).max();
            let place = [(outline.cell + 1).to_string(), (at + 1).to_string(), known(n, |n| n.to_string())];
            place.into_iter().chain(summaries.iter().map(|summary| known(summary.as_ref(), mean))).collect()
        })
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let count = rows.len();
    Table::new("The cells, machine by machine", &headings).with(rows.into_iter().take(ROWS_TOLD)).noted(
        "Means over the runs; in brackets their 95 % intervals (Student's t).".to_owned() + &left_out(count),
    )
}

fn left_out(rows: usize) -> String {
    let more = rows.saturating_sub(ROWS_TOLD);
    if more > 0 { format!(" {} more are in summary.csv.", grouped(more as u64)) } else { String::new() }
}
