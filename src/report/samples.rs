//! Experiments over their runs: replicates in a few numbers, with intervals.

use super::document::{Block, Remark, Section, Table};
use super::expected;
use super::subject::{Group, RunSubject, Subjects};
use super::wording::{UNKNOWN, headings, known, machines, name, over_runs, value};
use crate::metrics::summary::SummaryRow;
use crate::metrics::{MAIN_METRICS, MachineMetrics, Metric};
use crate::model::event::MachineId;
use crate::statistics::rounding::{self, Rounding};
use crate::text::numbers::counted;

/// Metrics that are reported for every machine; `labctl metrics` has all of them.
const TOLD: [&str; 12] = [
    "max_queue",
    "end_queue",
    "clock_diff",
    "final_clock",
    "clock_drift",
    "jump_mean",
    "wait_mean",
    "wait_p95",
    "wait_max",
    "utilisation",
    "fidelity",
    "late_share",
];
/// Experiments whose tables are reported; the first table has all of them.
const EXPERIMENTS_TOLD: usize = 30;

/// The section on the experiments; `None` of a single run.
pub fn section(subjects: &Subjects) -> Option<Section> {
    if subjects.groups.is_empty() || subjects.runs.len() < 2 {
        return None;
    }
    let mut blocks = vec![Block::Table(overview(subjects))];
    let several = subjects.groups.iter().enumerate().filter(|(_, group)| group.outline.runs > 1);
    let parts: Vec<Section> =
        several.take(EXPERIMENTS_TOLD).map(|(at, group)| experiment(subjects, at, group)).collect();
    let is_one = parts.len() == 1;
    blocks.extend(parts.into_iter().map(|part| if is_one { Block::Part(part) } else { Block::Folded(part) }));
    Some(Section::new("experiments", "Experiments", blocks))
}

/// A row an experiment.
fn overview(subjects: &Subjects) -> Table {
    let place = ["Experiment", "Clock rates (ticks/s)", "#INTERNAL", "#Runs", "Overloaded, by theory"];
    let headings = [place.map(str::to_owned).to_vec(), headings(&MAIN_METRICS)].concat();
    let row = |group: &Group| {
        let first = &subjects.runs[group.members[0]];
        let place = [
            name(&group.experiment),
            rates(&first.rows),
            known(first.setting(), |setting| setting.internal_prob.to_string()),
            group.outline.runs.to_string(),
            overloaded(first),
        ];
        place
            .into_iter()
            .chain(
                MAIN_METRICS
                    .iter()
                    .zip(&group.outline.whole)
                    .map(|(metric, summary)| over_runs(*metric, summary.as_ref())),
            )
            .collect()
    };
    Table::new("Experiments, and what their runs came to", &headings)
        .with(subjects.groups.iter().map(row))
        .noted(
            "Runs are those that came to their end and differ in nothing but the seed, as far as is known. What is \
             measured is of each run the largest over its machines; over several runs the mean, and in brackets \
             its 95 % interval (Student's t). A single run has no interval, nor have runs with equal values. \
             INTERNAL is the chance that an idle tick is.",
        )
}

fn rates(rows: &[MachineMetrics]) -> String {
    let rate =
        |row: &MachineMetrics| row.clock_rate.map_or_else(|| UNKNOWN.to_owned(), |rate| rate.to_string());
    rows.iter().map(rate).collect::<Vec<_>>().join(", ")
}

fn overloaded(run: &RunSubject) -> String {
    let predictions = run.predictions();
    if predictions.is_empty() {
        return UNKNOWN.to_owned();
    }
    let all = MachineId::all(predictions.len() as u32).zip(&predictions);
    let overloaded = all.filter(|(_, theory)| theory.is_overloaded());
    let ids: Vec<MachineId> = overloaded.map(|(machine, _)| machine).collect();
    if ids.is_empty() { "none".to_owned() } else { machines(&ids) }
}

fn experiment(subjects: &Subjects, at: usize, group: &Group) -> Section {
    let id = format!("experiment-{}", at + 1);
    let mut blocks = Vec::new();
    if !group.caveats.is_empty() {
        let odd = group.caveats.iter().map(|caveat| Remark::warning(format!("Look again: {caveat}.")));
        blocks.push(Block::Remarks(odd.collect()));
    }
    blocks.push(Block::Table(summary(group)));
    if !group.mean.is_empty() {
        blocks.push(Block::Table(expected::beside(
            "The mean beside what is expected",
            &group.mean,
            "standard error",
        )));
    }
    let predictions = subjects.runs[group.members[0]].predictions();
    if !predictions.is_empty() {
        blocks.push(Block::Table(expected::loads(&predictions)));
    }
    let runs = counted(group.outline.runs, "run");
    Section::new(id, format!("{}: {runs}", name(&group.experiment)), blocks)
}

fn summary(group: &Group) -> Table {
    let headings = ["#Machine", "Metric", "#n", "#Mean [95 %]", "#sd", "#Median [95 %]", "#Min", "#Max"];
    let is_told = |row: &&SummaryRow| TOLD.contains(&row.metric);
    let row = |row: &SummaryRow| {
        let rounding = Rounding::to(row.mean_low, row.mean_high);
        let metric = Metric::named(row.metric);
        let label = metric.map_or(row.metric, |metric| metric.label);
        let extreme =
            |of: f64| metric.map_or_else(|| Rounding::Brief.number(of), |metric| value(*metric, Some(of)));
        vec![
            row.machine.to_string(),
            label.to_owned(),
            row.n.to_string(),
            rounding::estimate(rounding, row.mean, row.mean_low, row.mean_high, row.mean_method),
            row.sd.map_or_else(|| UNKNOWN.to_owned(), |sd| rounding.number(sd)),
            rounding::estimate(rounding, row.median, row.median_low, row.median_high, row.median_method),
            extreme(row.min),
            extreme(row.max),
        ]
    };
    Table::new("Over the runs, machine by machine", &headings)
        .with(group.summary.iter().filter(is_told).map(row))
        .noted(
            "95 % intervals: Student's t for means, the calibrated bootstrap for medians; of fewer than six runs none of the \
             median, and where all runs gave the same value, none at all.",
        )
}
