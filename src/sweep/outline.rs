//! The outline of a cell: what is kept of its runs once they are gathered.

use crate::metrics::{MachineMetrics, Metric, main_metrics};
use crate::statistics::Summary;

/// One cell's runs in a few numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct CellOutline {
    /// Counted from 0.
    pub cell: usize,
    /// How many runs of it are done.
    pub runs: u64,
    /// One for each of the [`main_metrics`], of each run's own value: the largest
    /// over its machines.
    pub whole: Vec<Option<Summary>>,
    /// The same for each machine, in their order.
    pub machines: Vec<Vec<Option<Summary>>>,
}

impl CellOutline {
    /// The outline of these runs, given a row a machine, the rows of each run
    /// together and in the order of its machines.
    pub fn of(cell: usize, rows: &[MachineMetrics]) -> CellOutline {
        let runs: Vec<&[MachineMetrics]> = rows.chunk_by(|one, next| one.run == next.run).collect();
        let machines = runs.first().map_or(0, |run| run.len());
        let summary = |of: &dyn Fn(&Metric, &[MachineMetrics]) -> Option<f64>| -> Vec<Option<Summary>> {
            main_metrics()
                .map(|metric| {
                    metric.summary(&runs.iter().filter_map(|run| of(metric, run)).collect::<Vec<_>>())
                })
                .collect()
        };
        CellOutline {
            cell,
            runs: runs.len() as u64,
            whole: summary(&|metric, run| metric.of_run(run)),
            machines: (0..machines).map(|at| summary(&|metric, run| metric.of(run.get(at)?))).collect(),
        }
    }
}
