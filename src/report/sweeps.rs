//! Sweeps: what their cells came to.

use std::path::Path;

use super::document::{Block, Remark, Section, Table};
use super::drawing::Drawing;
use super::figures::of_many;
use super::subject::{Subjects, SweepSubject};
use super::wording::{self, headings, known, listed, name, over_runs};
use crate::metrics::MAIN_METRICS;
use crate::metrics::catalogue::END_QUEUE;
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::plan::{Cell, Run};
use crate::statistics::Summary;
use crate::sweep::plan_axis::label_of;
use crate::sweep::{CellOutline, DrawnRates, SweepFolder};
use crate::text::numbers::{counted, grouped};

/// How charts are called that show the replicates of a metric,
const REPLICATES: &str = "_replicates";
/// and its values against speed ratio.
const AGAINST_SPEED_RATIO: &str = "_vs_speed_ratio";
/// Rows of a table; the sweep's `summary.csv` has all of them.
const ROWS_TOLD: usize = 24;
/// More rows than this are shown to those who ask.
const ROWS_SHOWN: usize = 12;

/// A section a sweep; of the only subject a section for each of its parts.
pub fn sections(subjects: &Subjects) -> Vec<Section> {
    if let ([sweep], []) = (&subjects.sweeps[..], &subjects.runs[..]) {
        return parts(sweep, "sweep");
    }
    let section = |(at, sweep): (usize, &SweepSubject)| {
        let id = format!("sweep-{}", at + 1);
        let parts = parts(sweep, &id).into_iter().map(Block::Part).collect();
        Section::new(id, format!("Sweep {}", name(&sweep.name)), parts)
    };
    subjects.sweeps.iter().enumerate().map(section).collect()
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

/// The charts, the cells behind them, and how they came to be.
fn parts(sweep: &SweepSubject, id: &str) -> Vec<Section> {
    let charts = of_many(id, &once(&sweep.charts));
    let cells = vec![
        folded_if_long(cells(sweep), format!("{id}-all-cells"), "Cell by cell"),
        folded_if_long(machines(sweep), format!("{id}-machines"), "Machine by machine"),
    ];
    let parts = [
        ("charts", "Charts", charts),
        ("cells", "Cells", cells),
        ("setup", "What was run", vec![made(sweep)]),
    ];
    let with_blocks = parts.into_iter().filter(|(_, _, blocks)| !blocks.is_empty());
    with_blocks.map(|(part, heading, blocks)| Section::new(format!("{id}-{part}"), heading, blocks)).collect()
}

/// The charts without those that show the same runs a second time: beside the
/// replicates of a metric, machine by machine, its values against speed ratio.
fn once(charts: &[Drawing]) -> Vec<Drawing> {
    let has_replicates =
        |metric: &str| charts.iter().any(|other| other.wide.name == format!("{metric}{REPLICATES}"));
    let is_second =
        |chart: &&Drawing| chart.wide.name.strip_suffix(AGAINST_SPEED_RATIO).is_some_and(has_replicates);
    charts.iter().filter(|chart| !is_second(chart)).cloned().collect()
}

fn folded_if_long(table: Table, id: String, heading: &str) -> Block {
    if table.rows.len() <= ROWS_SHOWN {
        return Block::Table(table);
    }
    Block::Folded(Section::new(id, heading, vec![Block::Table(table)]))
}

fn made(sweep: &SweepSubject) -> Block {
    let plan = &sweep.plan;
    let axes: Vec<String> = plan.axes().into_iter().map(str::to_owned).collect();
    let over = if axes.is_empty() { "nothing but the seed".to_owned() } else { listed(&axes) };
    Block::Prose(format!(
        "{} in {}, over {over}; engine {}. The folder {} holds every run in runs.csv and every metric in summary.csv.",
        counted(runs(sweep), "run"),
        counted(plan.cells().len() as u64, "cell"),
        plan.engine,
        name(&sweep.folder)
    ))
}

fn runs(sweep: &SweepSubject) -> u64 {
    sweep.outlines.iter().map(|outline| outline.runs).sum()
}

/// What a reader should take away from a sweep; `is_only` where the page is about
/// nothing else.
pub fn findings(sweep: &SweepSubject, is_only: bool) -> Vec<Remark> {
    let mut found = Vec::new();
    let (there, planned) = (runs(sweep), sweep.plan.run_count());
    if there < planned && sweep.plan.until.is_none() {
        found.push(Remark::warning(format!(
            "The sweep is not complete: {} of {} are there.",
            grouped(there),
            counted(planned, "run")
        )));
    }
    found.extend(clocks(sweep));
    found.extend(
        DrawnRates::all(&sweep.plan, &sweep.outlines)
            .into_iter()
            .map(|drawn| DrawnRates { experiment: name(&drawn.experiment), ..drawn })
            .map(|drawn| Remark::finding(format!("{drawn}."))),
    );
    found.extend(sweep.trends.iter().map(Remark::finding));
    found.extend(overloads(sweep));
    // Along a single axis its trend says where queues are longest.
    let is_said = !sweep.trends.is_empty() && sweep.plan.axes().len() == 1;
    found.extend(longest_queue(sweep).filter(|_| !is_said));
    if is_only {
        return found;
    }
    let title = name(&sweep.name);
    found
        .into_iter()
        .map(|remark| Remark { text: format!("Sweep {title}: {}", remark.text), ..remark })
        .collect()
}

fn clocks(sweep: &SweepSubject) -> Option<Remark> {
    if sweep.doubted > 0 {
        let of = counted(sweep.doubted, "run");
        return Some(Remark::warning(format!(
            "The measurements of {of} are to be doubted: runs.csv has the fidelity and the late ticks of each."
        )));
    }
    let fidelity = sweep.fidelity_min.filter(|_| sweep.plan.engine != Engine::Simulator)?;
    Some(Remark::good(format!(
        "The clocks kept their pace: of the ticks due the hosts served {fidelity:.4} at worst."
    )))
}

fn overloads(sweep: &SweepSubject) -> Option<Remark> {
    let known: Vec<Vec<MachineId>> =
        sweep.outlines.iter().filter_map(|outline| overloaded(&sweep.plan.cells()[outline.cell])).collect();
    let cells = known.iter().filter(|overloaded| !overloaded.is_empty()).count();
    Some(Remark::finding(match (&known[..], cells) {
        ([], _) => return None,
        ([only], 0) if only.is_empty() => "Theory expects no overloaded machine.".to_owned(),
        ([only], _) => {
            format!("Theory expects {} to be overloaded.", wording::machines(only))
        }
        (all, cells) => format!(
            "Theory expects an overloaded machine in {} of {}.",
            grouped(cells as u64),
            counted(all.len() as u64, "cell")
        ),
    }))
}

fn longest_queue(sweep: &SweepSubject) -> Option<Remark> {
    let at = MAIN_METRICS.iter().position(|metric| *metric == END_QUEUE)?;
    let end_queue = |outline: &CellOutline| outline.whole.get(at)?.as_ref().map(|summary| summary.mean);
    let known = sweep.outlines.iter().filter_map(|outline| Some((outline, end_queue(outline)?)));
    let (outline, _) = known.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let queue = over_runs(END_QUEUE, outline.whole[at].as_ref());
    let runs = counted(outline.runs, "run");
    Some(Remark::finding(if sweep.outlines.len() == 1 {
        format!("The longest end queue of a run is {queue} messages on average, over {runs}.")
    } else {
        let cell = name(&setting(sweep, outline));
        format!("The longest end queues are those of {cell}: on average {queue} messages over {runs}.")
    }))
}

/// The machines that theory expects to be overloaded; `None` where it says
/// nothing.
pub fn overloaded(cell: &Cell) -> Option<Vec<MachineId>> {
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
    let keys = keys(sweep);
    let place = match &keys {
        Some(keys) => keys.iter().map(|key| format!("#{}", label_of(key))).collect(),
        None => vec!["Setting".to_owned()],
    };
    let headings = [
        vec!["#Cell".to_owned()],
        place,
        ["#Runs", "Overloaded, by theory"].map(str::to_owned).to_vec(),
        headings(&MAIN_METRICS),
    ];
    let row = |outline: &CellOutline| {
        let cell = &sweep.plan.cells()[outline.cell];
        let overloaded = known(overloaded(cell), |ids| match ids.len() {
            0 => "none".to_owned(),
            _ => wording::machines(&ids),
        });
        let place = match &keys {
            Some(_) => cell.settings.iter().map(|(_, value)| name(value)).collect(),
            None => vec![name(&setting(sweep, outline))],
        };
        let counts = vec![outline.runs.to_string(), overloaded];
        [vec![(outline.cell + 1).to_string()], place, counts, means(&outline.whole)].concat()
    };
    let rows = sweep.outlines.iter().map(row).collect();
    table(sweep, "The cells", &headings.concat(), rows, "cell", ", of each the largest over its machines")
}

/// The axes that all cells have, where these tell them apart.
fn keys(sweep: &SweepSubject) -> Option<Vec<&str>> {
    let cells = sweep.plan.cells();
    let first = cells.first()?;
    let keys = |cell: &'_ Cell| cell.settings.iter().map(|(key, _)| key.clone()).collect::<Vec<String>>();
    let is_alike = |cell: &Cell| {
        cell.spec.name == first.spec.name && !cell.spec.has_random_rates() && keys(cell) == keys(first)
    };
    (!first.settings.is_empty() && cells.iter().all(is_alike))
        .then(|| first.settings.iter().map(|(key, _)| key.as_str()).collect())
}

fn means(summaries: &[Option<Summary>]) -> Vec<String> {
    MAIN_METRICS.iter().zip(summaries).map(|(metric, summary)| over_runs(*metric, summary.as_ref())).collect()
}

fn machines(sweep: &SweepSubject) -> Table {
    let headings =
        [["#Cell", "#Machine", "#n"].map(str::to_owned).to_vec(), headings(&MAIN_METRICS)].concat();
    let rows = sweep.outlines.iter().flat_map(|outline| {
        outline.machines.iter().enumerate().map(move |(at, summaries)| {
            let n = summaries.iter().flatten().map(|summary| summary.n).max();
            let place =
                vec![(outline.cell + 1).to_string(), (at + 1).to_string(), known(n, |n| n.to_string())];
            [place, means(summaries)].concat()
        })
    });
    table(sweep, "The cells, machine by machine", &headings, rows.collect(), "row", "")
}

/// The first of these rows, and how many are left out.
fn table(
    sweep: &SweepSubject,
    caption: &str,
    headings: &[String],
    mut rows: Vec<Vec<String>>,
    thing: &str,
    of_run: &str,
) -> Table {
    let more = rows.len().saturating_sub(ROWS_TOLD);
    rows.truncate(ROWS_TOLD);
    let mut note = format!("Means over the runs{of_run}; in brackets their 95 % intervals (Student's t).");
    if more > 0 {
        let all = SweepFolder::at(Path::new(&sweep.folder)).summary_file().display().to_string();
        note += &format!(
            " {} more are left out here; {} has all of them.",
            counted(more as u64, thing),
            name(&all)
        );
    }
    Table::new(caption, headings).with(rows).noted(note)
}
