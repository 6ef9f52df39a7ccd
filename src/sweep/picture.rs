//! The charts of a sweep: lines over one axis, maps over two, and distributions
//! of the replicates where nothing but the seed varies.

use std::collections::BTreeMap;

use super::folder::SweepFolder;
use super::gathering::CellResult;
use super::outline::{CellOutline, MAIN_METRICS};
use crate::charts::{
    AxisValues, Chart, ChartError, Distribution, Distributions, HeatMap, Look, Published, PublishedValues,
    Swept, SweptAxis, SweptLine, SweptPoint, distribution_chart, experiment_charts, heat_map,
    published_values, swept_chart,
};
use crate::event::MachineId;
use crate::metrics::{MachineMetrics, Metric};
use crate::plan::{Cell, Plan, Run};
use crate::theory::{Prediction, Regime};

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
        for outline in self.outlines.iter().filter(|outline| outline.runs > 0) {
            let cell = &self.plan.cells()[outline.cell];
            by_experiment.entry(&cell.spec.name).or_default().push(Point { cell, outline });
        }
        let several = by_experiment.len() > 1;
        let mut charts = Vec::new();
        for (experiment, points) in by_experiment {
            let prefix = if several { format!("{experiment}_") } else { String::new() };
            let panel = Panel { title: format!("{} · experiment {experiment}", self.title), prefix, points };
            charts.extend(panel.draw(look)?);
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
        for metric in main_metrics() {
            let groups = self.groups(metric, &published);
            let caption = "each group: the runs of a machine, which differ in the seed alone".to_owned();
            let of =
                Distributions { title: self.title.clone(), metric: metric.label.to_owned(), caption, groups };
            charts.push(distribution_chart(&format!("{}_replicates", metric.name), &of, look)?);
        }
        Ok(charts)
    }

    /// The replicates of every machine of every cell.
    fn groups(&self, metric: &Metric, published: &Published) -> Vec<Distribution> {
        let mut groups = Vec::new();
        for cell in self.plan.cells() {
            let experiment = &cell.spec.name;
            let theory = theory(cell, metric.name);
            for machine in MachineId::all(cell.spec.machine_count()) {
                let rows = self.rows.iter();
                let own = rows.filter(|row| row.machine == machine && row.experiment == *experiment);
                let values = published.get(&(experiment.clone(), machine));
                groups.push(Distribution {
                    name: format!("{experiment} m{machine}"),
                    values: own.filter_map(|row| metric.of(row)).collect(),
                    published: values.and_then(|values| stated(values, metric.name)),
                    logged: None,
                    theory: theory.as_ref().and_then(|theory| theory.get(machine.index()).copied().flatten()),
                });
            }
        }
        groups
    }
}

fn main_metrics() -> impl Iterator<Item = &'static Metric> {
    MAIN_METRICS.iter().filter_map(|name| Metric::named(name))
}

/// What was published of a metric.
fn stated(values: &PublishedValues, metric: &str) -> Option<f64> {
    let value = match metric {
        "max_queue" => values.max_queue,
        "end_queue" => values.end_queue,
        _ => values.clock_diff,
    };
    value.map(|value| value as f64)
}

/// What theory says of a metric at the end of a cell's runs, machine by machine;
/// `None` where its clock rates are left to chance or the theory does not apply.
pub(crate) fn theory(cell: &Cell, metric: &str) -> Option<Vec<Option<f64>>> {
    let run = Run::single(cell.spec.clone(), String::new());
    if cell.spec.has_random_rates() || run.delays_senders() {
        return None;
    }
    let predictions = run.predictions();
    let seconds = cell.spec.duration.as_secs_f64();
    let fastest = predictions.iter().map(|prediction| prediction.clock_slope).fold(0.0, f64::max);
    let value = |prediction: &Prediction| match metric {
        "clock_diff" => Some((fastest - prediction.clock_slope) * seconds),
        // Of a stable queue it says how long it is on average, not at its longest or last.
        _ => (prediction.regime == Regime::Overloaded).then_some(prediction.queue_growth * seconds),
    };
    Some(predictions.iter().map(value).collect())
}

/// Whether theory expects any machine of a cell to be overloaded.
fn is_overloaded(cell: &Cell) -> Option<bool> {
    let run = Run::single(cell.spec.clone(), String::new());
    if cell.spec.has_random_rates() || run.delays_senders() {
        return None;
    }
    Some(run.predictions().iter().any(|prediction| prediction.regime == Regime::Overloaded))
}

/// A cell and what it came to.
struct Point<'a> {
    cell: &'a Cell,
    outline: &'a CellOutline,
}

impl Point<'_> {
    /// Its value on an axis; keys that step together make one axis.
    fn value(&self, axis: usize) -> &str {
        self.cell.settings.get(axis).map_or("", |(_, value)| value)
    }
}

/// The cells of one experiment.
struct Panel<'a> {
    title: String,
    /// Stands before the names of its charts.
    prefix: String,
    points: Vec<Point<'a>>,
}

impl Panel<'_> {
    fn draw(&self, look: Look) -> Result<Vec<Chart>, ChartError> {
        let axes: Vec<&str> = self.points[0].cell.settings.iter().map(|(key, _)| key.as_str()).collect();
        let charts = main_metrics().enumerate().map(|(at, metric)| match axes[..] {
            [axis] => self.line(at, metric, axis, look),
            [y, x] => self.map(at, metric, x, y, look),
            _ => self.side_by_side(at, metric, look),
        });
        charts.collect()
    }

    fn caption(&self, what: &str) -> String {
        let counts = || self.points.iter().map(|point| point.outline.runs);
        let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
        let runs = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let interval = if least > 1 { ", 95 % intervals (t)" } else { "" };
        format!("{what} of {runs} runs a cell{interval}")
    }

    fn line(&self, at: usize, metric: &Metric, axis: &str, look: Look) -> Result<Chart, ChartError> {
        let numbers: Option<Vec<f64>> = self.points.iter().map(|point| number(point.value(0))).collect();
        let places = match &numbers {
            Some(_) => SweptAxis::Numbers,
            None => SweptAxis::Names(self.points.iter().map(|point| point.value(0).to_owned()).collect()),
        };
        let xs = numbers.unwrap_or_else(|| (0..self.points.len()).map(|index| index as f64).collect());
        let theories: Vec<_> = self.points.iter().map(|point| theory(point.cell, metric.name)).collect();
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
                .zip(&theories)
                .filter_map(|(x, theory)| Some((*x, theory.as_ref()?.get(machine).copied().flatten()?)))
                .collect(),
        };
        let swept = Swept {
            title: self.title.clone(),
            axis: axis.to_owned(),
            places,
            metric: metric.label.to_owned(),
            caption: self.caption("mean"),
            lines: (0..machines).map(line).collect(),
        };
        swept_chart(&format!("{}{}_over_{}", self.prefix, metric.name, file_word(axis)), &swept, look)
    }

    fn map(&self, at: usize, metric: &Metric, x: &str, y: &str, look: Look) -> Result<Chart, ChartError> {
        let (columns, rows) = (self.values(1), self.values(0));
        let mut cells = vec![vec![None; columns.len()]; rows.len()];
        let mut overloaded = vec![vec![None; columns.len()]; rows.len()];
        for point in &self.points {
            let place = |values: &[String], value: &str| values.iter().position(|other| other == value);
            let (Some(row), Some(column)) = (place(&rows, point.value(0)), place(&columns, point.value(1)))
            else {
                continue;
            };
            cells[row][column] = point.outline.whole[at].as_ref().map(|summary| summary.mean);
            overloaded[row][column] = is_overloaded(point.cell);
        }
        let map = HeatMap {
            title: self.title.clone(),
            x: AxisValues { label: x.to_owned(), values: columns },
            y: AxisValues { label: y.to_owned(), values: rows },
            metric: metric.label.to_owned(),
            caption: format!("{}; of each run the largest over its machines", self.caption("mean")),
            cells,
            overloaded,
        };
        let name = format!("{}{}_over_{}_and_{}", self.prefix, metric.name, file_word(x), file_word(y));
        heat_map(&name, &map, look)
    }

    /// The values of an axis, each once, in the order of the cells.
    fn values(&self, axis: usize) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for point in &self.points {
            if !values.iter().any(|value| value == point.value(axis)) {
                values.push(point.value(axis).to_owned());
            }
        }
        values
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
                n: summary.n as u32,
            })
        };
        let line = SweptLine {
            name: "largest over the machines".to_owned(),
            points: self.points.iter().enumerate().filter_map(point).collect(),
            theory: Vec::new(),
        };
        let swept = Swept {
            title: self.title.clone(),
            axis: "cell".to_owned(),
            places: SweptAxis::Names(self.points.iter().map(|point| point.cell.title()).collect()),
            metric: metric.label.to_owned(),
            caption: self.caption("mean"),
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
        n: summary.n as u32,
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
