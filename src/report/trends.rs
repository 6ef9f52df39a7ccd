//! How what was measured goes with what a sweep varies, where that is clear. Pure.

use std::collections::BTreeMap;

use super::sweeps::overloaded;
use super::wording::name;
use crate::metrics::{MachineMetrics, Metric, catalogue};
use crate::model::event::MachineId;
use crate::plan::{Cell, Plan};
use crate::statistics::rank::{correlation, two_sided_p};
use crate::statistics::rounding::mean;
use crate::sweep::plan_axis::PlanAxis;
use crate::text::capital::capitalised;

/// The metrics whose trends are reported.
const METRICS: [Metric; 2] = [catalogue::MAX_QUEUE, catalogue::CLOCK_DIFF];
/// A trend is clear if chance has a rank correlation as far from 0 less often
/// than this,
const P_MAX: f64 = 0.01;
/// and if it is at least this far from 0.
const CORRELATION_MIN: f64 = 0.5;
/// Runs of a sweep that are looked at; of each cell as many.
const RUNS_MAX: usize = 50_000;

/// The values of a sweep's runs that its trends are found in.
#[derive(Debug, Default)]
pub struct Measurements(Vec<Measured>);

#[derive(Debug)]
struct Measured {
    cell: usize,
    /// Of each machine.
    values: Vec<[Option<f64>; METRICS.len()]>,
}

impl Measurements {
    /// Takes in the runs of a cell.
    pub fn take<'a>(&mut self, plan: &Plan, cell: usize, runs: impl Iterator<Item = &'a [MachineMetrics]>) {
        let of_cell = (RUNS_MAX / plan.cells().len().max(1)).max(2);
        let values = |row: &MachineMetrics| METRICS.map(|metric| metric.of(row));
        self.0.extend(
            runs.take(of_cell).map(|rows| Measured { cell, values: rows.iter().map(values).collect() }),
        );
    }

    /// The clear trends of each experiment of a sweep, in sentences.
    pub fn trends(&self, plan: &Plan) -> Vec<String> {
        let mut experiments: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, cell) in plan.cells().iter().enumerate() {
            experiments.entry(&cell.spec.name).or_default().push(at);
        }
        let is_one = experiments.len() == 1;
        let mut trends = Vec::new();
        for (experiment, cells) in experiments {
            let of = Experiment { plan, cells, measured: &self.0 };
            let found = of.trends().into_iter();
            trends.extend(found.map(|trend| match is_one {
                true => trend,
                false => format!("{}: {trend}", name(experiment)),
            }));
        }
        trends
    }
}

/// The cells and runs of one experiment.
struct Experiment<'a> {
    plan: &'a Plan,
    cells: Vec<usize>,
    measured: &'a [Measured],
}

impl Experiment<'_> {
    fn trends(&self) -> Vec<String> {
        let cells: Vec<&Cell> = self.cells.iter().map(|at| &self.plan.cells()[*at]).collect();
        // Machines whose rates are drawn are others in each run.
        if cells.iter().any(|cell| cell.spec.has_random_rates()) {
            return Vec::new();
        }
        let axes = PlanAxis::all(&cells);
        let is_only = axes.len() == 1;
        let along = |axis| (0..METRICS.len()).filter_map(move |metric| self.trend(axis, is_only, metric));
        axes.iter().filter(|axis| axis.numbers().is_some()).flat_map(along).collect()
    }

    /// How a metric of the machine that has most of it goes with an axis.
    fn trend(&self, axis: &PlanAxis<'_>, is_only_axis: bool, metric: usize) -> Option<String> {
        let numbers = axis.numbers()?;
        let machine = self.most(metric)?;
        let points: Vec<(usize, f64)> = self
            .values(machine, metric)
            .filter_map(|(cell, value)| Some((axis.place(&self.plan.cells()[cell])?, value)))
            .collect();
        let pairs: Vec<(f64, f64)> = points.iter().map(|(place, value)| (numbers[*place], *value)).collect();
        let rank = correlation(&pairs)?;
        let p = two_sided_p(rank, pairs.len())?;
        let (first, last) = (0, numbers.len() - 1);
        let at = |wanted: usize| {
            let values = points.iter().filter(|(place, _)| *place == wanted).map(|(_, value)| *value);
            METRICS[metric].summary(&values.collect::<Vec<f64>>())
        };
        let (from, to) = (at(first)?, at(last)?);
        let is_clear = p < P_MAX && rank.abs() >= CORRELATION_MIN && (to.mean - from.mean) * rank > 0.0;
        let names = axis.names();
        is_clear.then(|| {
            format!(
                "{} of {} {} from {} to {} {} as {} rises from {} to {}{} (Spearman's rank correlation {} over {} runs, {}){}.",
                capitalised(&METRICS[metric].words()),
                self.called(machine),
                if rank < 0.0 { "falls" } else { "rises" },
                mean(&from),
                mean(&to),
                METRICS[metric].unit(),
                axis.label(),
                names[first],
                names[last],
                if is_only_axis { "" } else { ", over all values of the other axes" },
                format!("{rank:.2}").replace('-', "−"),
                pairs.len(),
                chance(p),
                if is_only_axis && metric == 0 { self.border(axis, machine) } else { String::new() },
            )
        })
    }

    /// The machine with the largest mean of a metric.
    fn most(&self, metric: usize) -> Option<MachineId> {
        let machines = self.plan.cells()[*self.cells.first()?].spec.machine_count();
        let mean = |machine: MachineId| {
            let (sum, count) = self
                .values(machine, metric)
                .fold((0.0, 0_u32), |(sum, count), (_, value)| (sum + value, count + 1));
            (count > 0).then(|| (machine, sum / f64::from(count)))
        };
        MachineId::all(machines)
            .filter_map(mean)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(machine, _)| machine)
    }

    fn values(&self, machine: MachineId, metric: usize) -> impl Iterator<Item = (usize, f64)> {
        let own = self.measured.iter().filter(|run| self.cells.binary_search(&run.cell).is_ok());
        own.filter_map(move |run| Some((run.cell, run.values.get(machine.index())?[metric]?)))
    }

    /// A machine, with its clock rate where that is the same in all cells.
    fn called(&self, machine: MachineId) -> String {
        let rate = |at: &usize| {
            self.plan.cells()[*at].spec.machines.get(machine.index()).map(|one| one.clock_rate.to_string())
        };
        let first = self.cells.first().and_then(rate);
        match first {
            Some(first) if self.cells.iter().all(|at| rate(at).as_ref() == Some(&first)) => {
                format!("machine {machine} ({first} {}/s)", if first == "1" { "tick" } else { "ticks" })
            }
            _ => format!("machine {machine}"),
        }
    }

    /// Where along the only axis the law has a machine leave overload or come into
    /// it; empty where it does so never, or more than once.
    fn border(&self, axis: &PlanAxis<'_>, machine: MachineId) -> String {
        let mut cells: Vec<&Cell> = self.cells.iter().map(|at| &self.plan.cells()[*at]).collect();
        cells.sort_by_key(|cell| axis.place(cell));
        let is_overloaded = |cell: &&Cell| Some(overloaded(cell)?.contains(&machine));
        let Some(states) = cells.iter().map(is_overloaded).collect::<Option<Vec<bool>>>() else {
            return String::new();
        };
        let changes: Vec<usize> = (1..states.len()).filter(|at| states[*at] != states[at - 1]).collect();
        let [change] = changes[..] else { return String::new() };
        let moves = if states[change] { "comes into" } else { "leaves" };
        let (before, after) = (axis.text(cells[change - 1]), axis.text(cells[change]));
        format!("; by the law it {moves} overload between {before} and {after}")
    }
}

fn chance(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}
