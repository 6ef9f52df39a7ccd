//! The outline of a cell: what is kept of its runs once they are collected.

use crate::metrics::summary::same_rates;
use crate::metrics::{MAIN_METRICS, MachineMetrics, Metric};
use crate::statistics::Summary;

/// Runs of one cell in a few numbers: all of them, or, where clock rates are
/// drawn, those of the same rates.
#[derive(Clone, Debug, PartialEq)]
pub struct CellOutline {
    /// Counted from 0.
    pub cell: usize,
    /// Of the machines, as `4,5,6`; empty where there are no runs.
    pub clock_rates: String,
    /// How many runs of it are done.
    pub runs: u64,
    /// One for each of the [`MAIN_METRICS`], of each run's own value: the largest
    /// over its machines.
    pub whole: Vec<Option<Summary>>,
    /// The same for each machine, in their order.
    pub machines: Vec<Vec<Option<Summary>>>,
}

impl CellOutline {
    /// The outlines of a cell's runs, given a row a machine, the rows of each run
    /// together and in the order of its machines; one without runs where there
    /// are none.
    pub fn all<'a>(cell: usize, rows: impl IntoIterator<Item = &'a [MachineMetrics]>) -> Vec<CellOutline> {
        match &same_rates(rows)[..] {
            [] => vec![CellOutline::of(cell, String::new(), &[])],
            alike => alike.iter().map(|alike| CellOutline::of(cell, alike.reported(), &alike.runs)).collect(),
        }
    }

    fn of(cell: usize, clock_rates: String, runs: &[&[MachineMetrics]]) -> CellOutline {
        let machines = runs.first().map_or(0, |run| run.len());
        let summary = |of: &dyn Fn(&Metric, &[MachineMetrics]) -> Option<f64>| -> Vec<Option<Summary>> {
            MAIN_METRICS
                .iter()
                .map(|metric| {
                    metric.summary(&runs.iter().filter_map(|run| of(metric, run)).collect::<Vec<_>>())
                })
                .collect()
        };
        CellOutline {
            cell,
            clock_rates,
            runs: runs.len() as u64,
            whole: summary(&|metric, run| metric.of_run(run)),
            machines: (0..machines).map(|at| summary(&|metric, run| metric.of(run.get(at)?))).collect(),
        }
    }
}
