//! The charts of a sweep: lines over one axis, maps over two, and distributions
//! of the replicates where nothing but the seed varies.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::SweepFolder;
use super::gathering::CellResult;
use super::outline::CellOutline;
use crate::budget::{EVENTS_MAX, events};
use crate::charts::{
    AxisValues, Chart, ChartError, Distribution, Distributions, HeatMap, Look, Published, PublishedValues,
    Swept, SweptAxis, SweptLine, SweptPoint, distribution_chart, experiment_charts, heat_map,
    published_values, swept_chart,
};
use crate::count::{counted, grouped};
use crate::engine::StopSwitch;
use crate::event::MachineId;
use crate::expected::{Expected, Quantity};
use crate::metrics::{MachineMetrics, Metric, main_metrics};
use crate::plan::{Cell, Plan, Run};
use crate::rounding::brief;
use crate::spec::Spec;

/// Rows kept to draw distributions of; a chart cannot show more.
const ROWS_KEPT: usize = 100_000;

/// A sweep on its way to its charts.
pub struct SweepPicture<'a> {
    title: String,
    plan: &'a Plan,
    has_axes: bool,
    outlines: Vec<CellOutline>,
    /// Of sweeps without axes.
    rows: Vec<MachineMetrics>,
}

impl<'a> SweepPicture<'a> {
    /// A picture of the sweep of this plan, still without its cells.
    pub fn new(folder: &SweepFolder, plan: &'a Plan) -> SweepPicture<'a> {
        let title = format!("sweep {}", folder.name());
        let has_axes = !plan.axes().is_empty();
        SweepPicture { title, plan, has_axes, outlines: Vec::new(), rows: Vec::new() }
    }

    /// Takes in the next cell.
    pub fn take(&mut self, result: &CellResult<'_>) {
        self.outlines.push(CellOutline::of(result.cell, result.rows));
        if !self.has_axes {
            let room = ROWS_KEPT - self.rows.len();
            self.rows.extend(result.rows.iter().take(room).cloned());
        }
    }

    /// The cells taken in, in order.
    pub fn outlines(&self) -> &[CellOutline] {
        &self.outlines
    }

    /// How many runs were taken in.
    pub fn runs(&self) -> u64 {
        self.outlines.iter().map(|outline| outline.runs).sum()
    }

    /// Draws what the cells came to, each experiment apart; nothing where there
    /// are no runs.
    pub fn draw(&self, look: Look) -> Result<Vec<Chart>, ChartError> {
        if !self.has_axes {
            return self.draw_replicates(look);
        }
        let mut by_experiment: BTreeMap<&str, Vec<Point<'_>>> = BTreeMap::new();
        for outline in &self.outlines {
            let cell = &self.plan.cells()[outline.cell];
            by_experiment.entry(&cell.spec.name).or_default().push(Point { cell, outline });
        }
        by_experiment.retain(|_, points| points.iter().any(|point| point.outline.runs > 0));
        let several = by_experiment.len() > 1;
        let mut charts = Vec::new();
        for (experiment, points) in by_experiment {
            let prefix = if several { format!("{experiment}_") } else { String::new() };
            let title = format!("{} · experiment {experiment}", self.title);
            let axes = axes(&points);
            charts.extend(Panel { title, prefix, axes, points }.draw(look)?);
        }
        Ok(charts)
    }

    /// Against speed ratio, and side by side.
    fn draw_replicates(&self, look: Look) -> Result<Vec<Chart>, ChartError> {
        if self.rows.is_empty() {
            return Ok(Vec::new());
        }
        let published: Published =
            self.plan.cells().iter().flat_map(|cell| published_values(&cell.spec.name, &cell.spec)).collect();
        let mut charts = experiment_charts(&self.rows, &published, look)?;
        let expected = expectations(self.plan.cells().iter().map(|cell| &cell.spec));
        for metric in main_metrics() {
            let groups = self.groups(metric, &published, &expected);
            let caption = if self.outlines.iter().all(|outline| outline.runs <= 1) {
                "one run of each experiment".to_owned()
            } else {
                "each group: the runs of a machine, which differ in the seed alone".to_owned()
            };
            let of =
                Distributions { title: self.title.clone(), metric: metric.label.to_owned(), caption, groups };
            charts.push(distribution_chart(&format!("{}_replicates", metric.name), &of, look)?);
        }
        Ok(charts)
    }

    /// The replicates of every machine of every cell.
    fn groups(
        &self,
        metric: &Metric,
        published: &Published,
        expected: &[Option<Expected>],
    ) -> Vec<Distribution> {
        let mut groups = Vec::new();
        for (cell, expected) in self.plan.cells().iter().zip(expected) {
            let experiment = &cell.spec.name;
            for machine in MachineId::all(cell.spec.machine_count()) {
                let rows = self.rows.iter();
                let own = rows.filter(|row| row.machine == machine && row.experiment == *experiment);
                let values = published.get(&(experiment.clone(), machine));
                groups.push(Distribution {
                    name: format!("{experiment} m{machine}"),
                    values: own.filter_map(|row| metric.of(row)).collect(),
                    published: values.and_then(|values| stated(values, metric.name)),
                    logged: None,
                    theory: expected.as_ref().and_then(|expected| mean_of(expected, machine, metric.name)),
                });
            }
        }
        groups
    }
}

/// What was published of a metric.
fn stated(values: &PublishedValues, metric: &str) -> Option<f64> {
    let value = match metric {
        "max_queue" => values.max_queue,
        "end_queue" => values.end_queue,
        "clock_diff" => values.clock_diff,
        _ => None,
    };
    value.map(|value| value as f64)
}

/// Simulated runs whose mean a chart shows, and events of all of them.
const EXPECTED_RUNS: u32 = 200;
const EXPECTED_EVENTS: f64 = EVENTS_MAX / 2.0;

/// What is expected of each of these specs, as far as there is room to simulate
/// them; nothing of one whose clock rates are left to chance.
pub(crate) fn expectations<'a>(specs: impl Iterator<Item = &'a Spec>) -> Vec<Option<Expected>> {
    let mut left = EXPECTED_EVENTS;
    let one = |spec: &Spec| {
        let run = Run::single(spec.clone(), String::new());
        let is_fixed = !spec.has_random_rates();
        let expected = is_fixed.then(|| Expected::of(&run, EXPECTED_RUNS, left, &StopSwitch::default()));
        let expected = expected?.ok()?;
        left -= events(spec) * f64::from(expected.runs());
        Some(expected)
    };
    specs.map(one).collect()
}

/// What is expected of a machine's metric, if that is one that is simulated for.
pub(crate) fn mean_of(expected: &Expected, machine: MachineId, metric: &str) -> Option<f64> {
    Some(expected.moments(machine, Quantity::named(metric)?)?.mean)
}

/// Whether any machine of a cell is overloaded by the law; `None` where its
/// clock rates are left to chance or the law does not apply.
fn is_overloaded(cell: &Cell) -> Option<bool> {
    let run = Run::single(cell.spec.clone(), String::new());
    if cell.spec.has_random_rates() || run.delays_senders() {
        return None;
    }
    Some(run.predictions().iter().any(|prediction| prediction.is_overloaded()))
}

/// A cell and what it came to.
struct Point<'a> {
    cell: &'a Cell,
    outline: &'a CellOutline,
}

/// What varies from cell to cell: a key, or several that step together.
struct PlanAxis<'a> {
    keys: Vec<&'a str>,
    /// Where they stand in the settings of a cell.
    places: Vec<usize>,
}

impl PlanAxis<'_> {
    /// What it is called on a chart, with its unit.
    fn label(&self) -> String {
        let label = |key: &&str| match key.rsplit('.').next() {
            Some("clock_rate" | "clock_rates") => format!("{key} (ticks/s)"),
            _ => (*key).to_owned(),
        };
        self.keys.iter().map(label).collect::<Vec<_>>().join(BETWEEN)
    }

    /// What it is called in a file's name.
    fn file_word(&self) -> String {
        self.keys.iter().map(|key| file_word(key)).collect::<Vec<_>>().join("_with_")
    }

    fn value(&self, point: &Point<'_>) -> String {
        let value = |place: &usize| point.cell.settings.get(*place).map_or("", |(_, value)| value);
        self.places.iter().map(value).collect::<Vec<_>>().join(BETWEEN)
    }
}

/// The method of the intervals on a chart.
const INTERVALS: &str = ", 95 % intervals (t)";
/// What a run counts with where its machines are not told apart.
const LARGEST: &str = " · of each run the largest over its machines";
/// Between the values, and the names, of keys that stand side by side.
const BETWEEN: &str = " · ";

/// The axes of an experiment's cells. Two keys step together where each value of
/// the one goes with one value of the other.
fn axes<'a>(points: &[Point<'a>]) -> Vec<PlanAxis<'a>> {
    let settings = points.first().map_or(&[][..], |point| &point.cell.settings);
    let pairs = |a: usize, b: usize| -> BTreeSet<(&str, &str)> {
        let value = |point: &Point<'a>, at: usize| -> &'a str { &point.cell.settings[at].1 };
        points.iter().map(|point| (value(point, a), value(point, b))).collect()
    };
    let mut axes: Vec<PlanAxis<'a>> = Vec::new();
    for (at, (key, _)) in settings.iter().enumerate() {
        let own = pairs(at, at).len();
        let together = |axis: &&mut PlanAxis<'a>| {
            let other = axis.places[0];
            own > 1 && own == pairs(other, other).len() && own == pairs(other, at).len()
        };
        match axes.iter_mut().find(together) {
            Some(axis) => {
                axis.keys.push(key);
                axis.places.push(at);
            }
            None => axes.push(PlanAxis { keys: vec![key], places: vec![at] }),
        }
    }
    axes
}

/// The cells of one experiment.
struct Panel<'a> {
    title: String,
    /// Stands before the names of its charts.
    prefix: String,
    axes: Vec<PlanAxis<'a>>,
    /// Also those that have no runs yet.
    points: Vec<Point<'a>>,
}

impl Panel<'_> {
    fn draw(&self, look: Look) -> Result<Vec<Chart>, ChartError> {
        let expected = match &self.axes[..] {
            [_] => expectations(self.points.iter().map(|point| &point.cell.spec)),
            _ => Vec::new(),
        };
        let charts = main_metrics().enumerate().map(|(at, metric)| match &self.axes[..] {
            [axis] => self.line(at, metric, axis, &expected, look),
            [y, x] => self.map(at, metric, x, y, look),
            _ => self.side_by_side(at, metric, look),
        });
        charts.collect()
    }

    /// How many runs are shown, by which method, and what of them.
    fn caption(&self, intervals: &str, of_run: &str) -> String {
        let counts = || self.points.iter().map(|point| point.outline.runs).filter(|runs| *runs > 0);
        let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
        let runs = match (least, most) {
            (1, 1) => "1 run a cell".to_owned(),
            _ if least == most => format!("mean of {} a cell", counted(most, "run")),
            _ => format!("mean of {} to {} a cell", grouped(least), counted(most, "run")),
        };
        let intervals = if most > 1 { intervals } else { "" };
        format!("{runs}{intervals}{of_run}")
    }

    /// What is still to come, where that cannot be seen on a chart.
    fn without_runs(&self) -> String {
        let without = self.points.iter().filter(|point| point.outline.runs == 0).count() as u64;
        let all = counted(self.points.len() as u64, "cell");
        if without == 0 {
            String::new()
        } else {
            format!("{BETWEEN}{} of {all} without a run yet", grouped(without))
        }
    }

    fn line(
        &self,
        at: usize,
        metric: &Metric,
        axis: &PlanAxis<'_>,
        expected: &[Option<Expected>],
        look: Look,
    ) -> Result<Chart, ChartError> {
        let values: Vec<String> = self.points.iter().map(|point| axis.value(point)).collect();
        let numbers: Option<Vec<f64>> = values.iter().map(|value| number(value)).collect();
        let places = numbers.clone().map_or(SweptAxis::Names(values), SweptAxis::Numbers);
        let xs = numbers.unwrap_or_else(|| (0..self.points.len()).map(|index| index as f64).collect());
        let machines = self.points.iter().map(|point| point.outline.machines.len()).max().unwrap_or(0);
        let line = |machine: usize| SweptLine {
            name: format!("machine {}", machine + 1),
            points: xs
                .iter()
                .zip(&self.points)
                .filter_map(|(x, point)| swept_point(*x, point, machine, at))
                .collect(),
            theory: xs
                .iter()
                .zip(expected)
                .filter_map(|(x, expected)| {
                    let machine = MachineId::all(machine as u32 + 1).last()?;
                    Some((*x, mean_of(expected.as_ref()?, machine, metric.name)?))
                })
                .collect(),
        };
        let swept = Swept {
            title: self.title.clone(),
            axis: axis.label(),
            places,
            metric: metric.label.to_owned(),
            caption: self.caption(INTERVALS, "") + &self.without_runs(),
            lines: (0..machines).map(line).collect(),
        };
        swept_chart(&format!("{}{}_over_{}", self.prefix, metric.name, axis.file_word()), &swept, look)
    }

    fn map(
        &self,
        at: usize,
        metric: &Metric,
        x: &PlanAxis<'_>,
        y: &PlanAxis<'_>,
        look: Look,
    ) -> Result<Chart, ChartError> {
        let (columns, rows) = (self.values(x), self.values(y));
        let mut cells = vec![vec![None; columns.len()]; rows.len()];
        let mut overloaded = vec![vec![None; columns.len()]; rows.len()];
        for point in &self.points {
            let place = |values: &[String], axis: &PlanAxis<'_>| {
                let value = axis.value(point);
                values.iter().position(|other| *other == value)
            };
            let (Some(row), Some(column)) = (place(&rows, y), place(&columns, x)) else { continue };
            cells[row][column] = point.outline.whole[at].as_ref().map(|summary| summary.mean);
            overloaded[row][column] = is_overloaded(point.cell);
        }
        let map = HeatMap {
            title: self.title.clone(),
            x: AxisValues { label: x.label(), values: columns },
            y: AxisValues { label: y.label(), values: rows },
            metric: metric.label.to_owned(),
            caption: self.caption(&self.widest(at), LARGEST),
            cells,
            overloaded,
        };
        let name = format!("{}{}_over_{}_and_{}", self.prefix, metric.name, x.file_word(), y.file_word());
        heat_map(&name, &map, look)
    }

    /// The values of an axis, each once, in the order of the cells.
    fn values(&self, axis: &PlanAxis<'_>) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for value in self.points.iter().map(|point| axis.value(point)) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// How wide the intervals are that a map has no room for.
    fn widest(&self, metric: usize) -> String {
        let summaries = self.points.iter().filter_map(|point| point.outline.whole[metric].as_ref());
        let halves = summaries.filter_map(|summary| Some(summary.mean_interval?.high - summary.mean));
        let widest = halves.fold(0.0, f64::max);
        format!(", {} of ± {} at most", &INTERVALS[2..], brief(widest))
    }

    /// With many axes there is no plane to draw on: a point a cell.
    fn side_by_side(&self, at: usize, metric: &Metric, look: Look) -> Result<Chart, ChartError> {
        let point = |(index, point): (usize, &Point<'_>)| {
            let summary = point.outline.whole[at].as_ref()?;
            let interval = summary.mean_interval;
            Some(SweptPoint {
                x: index as f64,
                mean: summary.mean,
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
            })
        };
        let name = |point: &Point<'_>| {
            self.axes.iter().map(|axis| axis.value(point)).collect::<Vec<_>>().join(BETWEEN)
        };
        let line = SweptLine {
            name: "largest over the machines".to_owned(),
            points: self.points.iter().enumerate().filter_map(point).collect(),
            theory: Vec::new(),
        };
        let swept = Swept {
            title: self.title.clone(),
            axis: self.axes.iter().map(PlanAxis::label).collect::<Vec<_>>().join(BETWEEN),
            places: SweptAxis::Names(self.points.iter().map(name).collect()),
            metric: metric.label.to_owned(),
            caption: self.caption(INTERVALS, LARGEST) + &self.without_runs(),
            lines: vec![line],
        };
        swept_chart(&format!("{}{}_over_cells", self.prefix, metric.name), &swept, look)
    }
}

fn swept_point(x: f64, point: &Point<'_>, machine: usize, metric: usize) -> Option<SweptPoint> {
    let summary = point.outline.machines.get(machine)?[metric].as_ref()?;
    let interval = summary.mean_interval;
    Some(SweptPoint {
        x,
        mean: summary.mean,
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
    })
}

/// A value that can be a place on an axis of numbers.
fn number(value: &str) -> Option<f64> {
    value.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A key as part of a file's name.
fn file_word(key: &str) -> String {
    key.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}
