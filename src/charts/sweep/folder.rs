//! The charts of a sweep: lines over one axis, maps over two, and distributions
//! of the replicates where nothing but the seed varies.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::charts::{
    AxisValues, Chart, ChartError, Distribution, Distributions, Experiments, HeatMap, Look, Published, Swept,
    SweptAxis, SweptLine, SweptPoint, distribution_chart, experiment_charts, heat_map, published_values,
    swept_chart,
};
use crate::engine::StopSwitch;
use crate::metrics::{MAIN_METRICS, MachineMetrics, Metric};
use crate::model::event::MachineId;
use crate::plan::budget::{EVENTS_MAX, events};
use crate::plan::{Cell, Plan, Run};
use crate::predict::expected::Expected;
use crate::spec::Spec;
use crate::statistics::Summary;
use crate::statistics::rounding::brief;
use crate::sweep::folder::SweepFolder;
use crate::sweep::outline::CellOutline;
use crate::sweep::plan_axis::{BETWEEN, PlanAxis};
use crate::sweep::summary::CellResult;
use crate::text::numbers::{counted, grouped};

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
    simulated: Simulated,
}

/// What is expected of the cells of each panel, simulated once for all looks.
#[derive(Default)]
struct Simulated(RefCell<HashMap<String, Rc<Vec<Option<Expected>>>>>);

impl Simulated {
    fn of<'a>(&self, panel: &str, specs: impl Iterator<Item = &'a Spec>) -> Rc<Vec<Option<Expected>>> {
        let mut known = self.0.borrow_mut();
        Rc::clone(known.entry(panel.to_owned()).or_insert_with(|| Rc::new(expectations(specs))))
    }
}

impl<'a> SweepPicture<'a> {
    /// A picture of the sweep of this plan, still without its cells.
    pub fn new(folder: &SweepFolder, plan: &'a Plan) -> SweepPicture<'a> {
        let title = format!("sweep {}", folder.name());
        let has_axes = !plan.axes().is_empty();
        SweepPicture {
            title,
            plan,
            has_axes,
            outlines: Vec::new(),
            rows: Vec::new(),
            simulated: Simulated::default(),
        }
    }

    /// Takes in the next cell.
    pub fn take(&mut self, result: &CellResult<'_>) {
        self.outlines.extend(CellOutline::all(result.cell, [result.rows]));
        if !self.has_axes {
            let room = ROWS_KEPT - self.rows.len();
            self.rows.extend(result.rows.iter().take(room).cloned());
        }
    }

    /// The cells taken in, in order; of a cell that draws its clock rates one for
    /// each draw.
    pub fn outlines(&self) -> &[CellOutline] {
        &self.outlines
    }

    /// How many runs were taken in.
    pub fn runs(&self) -> u64 {
        self.outlines.iter().map(|outline| outline.runs).sum()
    }

    /// Draws what the cells came to, each experiment apart; nothing where there
    /// are no runs.
    pub(super) fn draw(&self, look: Look) -> Result<Vec<Chart>, ChartError> {
        if !self.has_axes {
            return self.draw_replicates(look);
        }
        let charts = self
            .panels(|_| true)
            .iter()
            .map(|panel| panel.draw(look, &self.simulated))
            .collect::<Result<Vec<_>, _>>();
        Ok(charts?.into_iter().flatten().collect())
    }

    /// The experiments that have runs, of the cells that are `wanted`.
    fn panels(&self, wanted: impl Fn(&Cell) -> bool) -> Vec<Panel<'_>> {
        let mut by_experiment: BTreeMap<&str, Vec<Point<'_>>> = BTreeMap::new();
        for outline in &self.outlines {
            let cell = &self.plan.cells()[outline.cell];
            if wanted(cell) {
                by_experiment.entry(&cell.spec.name).or_default().push(Point { cell, outline });
            }
        }
        by_experiment.retain(|_, points| points.iter().any(|point| point.outline.runs > 0));
        let all = self.plan.cells().iter().map(|cell| &cell.spec.name).collect::<BTreeSet<_>>();
        let mut panels = Vec::new();
        for (experiment, points) in by_experiment {
            let prefix = if all.len() > 1 { format!("{experiment}_") } else { String::new() };
            panels.push(Panel::new(format!("{} · experiment {experiment}", self.title), prefix, points));
        }
        panels
    }

    /// Against speed ratio, and side by side.
    fn draw_replicates(&self, look: Look) -> Result<Vec<Chart>, ChartError> {
        if self.rows.is_empty() {
            return Ok(Vec::new());
        }
        let published: Published =
            self.plan.cells().iter().flat_map(|cell| published_values(&cell.spec.name, &cell.spec)).collect();
        let mut charts = experiment_charts(&Experiments::of(&self.rows, published.clone()), look)?;
        let fixed: Vec<&Cell> = self.plan.cells().iter().filter(|cell| !draws_rates(cell)).collect();
        let expected = self.simulated.of("", fixed.iter().map(|cell| &cell.spec));
        for panel in self.panels(draws_rates) {
            charts.extend(panel.draw(look, &self.simulated)?);
        }
        for metric in MAIN_METRICS.iter().filter(|_| !fixed.is_empty()) {
            let groups = self.groups(metric, &fixed, &published, &expected);
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

    /// The replicates of every machine of these cells.
    fn groups(
        &self,
        metric: &Metric,
        cells: &[&Cell],
        published: &Published,
        expected: &[Option<Expected>],
    ) -> Vec<Distribution> {
        let mut groups = Vec::new();
        for (cell, expected) in cells.iter().zip(expected) {
            let experiment = &cell.spec.name;
            for machine in MachineId::all(cell.spec.machine_count()) {
                let rows = self.rows.iter();
                let own = rows.filter(|row| row.machine == machine && *row.experiment == **experiment);
                let values = published.get(&(experiment.clone(), machine));
                groups.push(Distribution {
                    name: format!("{experiment} m{machine}"),
                    values: own.filter_map(|row| metric.of(row)).collect(),
                    published: values.and_then(|values| values.of(metric.name)).map(|value| value as f64),
                    logged: None,
                    theory: expected.as_ref().and_then(|expected| mean_of(expected, machine, metric.name)),
                });
            }
        }
        groups
    }
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
    Some(expected.moments(machine, *Metric::named(metric)?)?.mean)
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

fn draws_rates(cell: &Cell) -> bool {
    cell.spec.has_random_rates()
}

/// A cell and what it came to.
struct Point<'a> {
    cell: &'a Cell,
    outline: &'a CellOutline,
}

/// The method of the intervals on a chart.
const INTERVALS: &str = ", 95 % intervals (t)";
/// The axis of the draws of an experiment that nothing else varies in.
const DRAWN: &str = "drawn clock rates (ticks/s)";
/// What a run counts with where its machines are not distinguished.
const LARGEST: &str = " · of each run the largest over its machines";
/// The cells of one experiment.
struct Panel<'a> {
    title: String,
    /// Stands before the names of its charts.
    prefix: String,
    axes: Vec<PlanAxis<'a>>,
    /// Also those that have no runs yet; in the order of the axes.
    points: Vec<Point<'a>>,
    /// Whether clock rates are drawn: a point then is of those runs of a cell
    /// that drew the same, and no machine is the same in all.
    is_drawn: bool,
}

impl<'a> Panel<'a> {
    fn new(title: String, prefix: String, mut points: Vec<Point<'a>>) -> Panel<'a> {
        let axes = PlanAxis::all(&points.iter().map(|point| point.cell).collect::<Vec<_>>());
        points.sort_by_cached_key(|point| axes.iter().map(|axis| axis.place(point.cell)).collect::<Vec<_>>());
        let is_drawn = points.iter().any(|point| draws_rates(point.cell));
        Panel { title, prefix, axes, points, is_drawn }
    }

    fn draw(&self, look: Look, simulated: &Simulated) -> Result<Vec<Chart>, ChartError> {
        let expected = match &self.axes[..] {
            [_] => simulated.of(&self.title, self.points.iter().map(|point| &point.cell.spec)),
            _ => Rc::default(),
        };
        let charts = MAIN_METRICS.iter().enumerate().map(|(at, metric)| match &self.axes[..] {
            [axis] => self.line(at, metric, axis, &expected, look),
            [y, x] if !self.is_drawn => self.map(at, metric, x, y, look),
            _ => self.side_by_side(at, metric, look),
        });
        charts.collect()
    }

    /// How many runs are shown, by which method, and what of them.
    fn caption(&self, intervals: &str, of_run: &str) -> String {
        let counts = || self.points.iter().map(|point| point.outline.runs).filter(|runs| *runs > 0);
        let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
        let of = if self.is_drawn { "for each draw of clock rates" } else { "a cell" };
        let runs = match (least, most) {
            (1, 1) => format!("1 run {of}"),
            _ if least == most => format!("mean of {} {of}", counted(most, "run")),
            _ => format!("mean of {} to {} {of}", grouped(least), counted(most, "run")),
        };
        let intervals = if most > 1 { intervals } else { "" };
        format!("{runs}{intervals}{of_run}")
    }

    /// What is still to come, where that cannot be seen on a chart.
    fn without_runs(&self) -> String {
        let without = self.points.iter().filter(|point| point.outline.runs == 0).count() as u64;
        let cells: BTreeSet<usize> = self.points.iter().map(|point| point.outline.cell).collect();
        let all = counted(cells.len() as u64, "cell");
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
        let (places, xs) = places(axis);
        let x = |point: &Point<'_>| axis.place(point.cell).map_or(f64::NAN, |place| xs[place]);
        let lines = if self.is_drawn { self.lines_of_draws(at, &x) } else { self.lines(at, &x, expected) };
        let of_run = if self.is_drawn { LARGEST } else { "" };
        let swept = Swept {
            title: self.title.clone(),
            axis: axis.label_of_numbers(),
            places,
            metric: metric.label.to_owned(),
            caption: self.caption(INTERVALS, of_run) + &self.without_runs(),
            lines,
        };
        swept_chart(&format!("{}{}_over_{}", self.prefix, metric.name, axis.file_word()), &swept, look)
    }

    /// A line a machine.
    fn lines(
        &self,
        at: usize,
        x: &impl Fn(&Point<'_>) -> f64,
        expected: &[Option<Expected>],
    ) -> Vec<SweptLine> {
        let machines = self.points.iter().map(|point| point.outline.machines.len()).max().unwrap_or(0);
        let expected = || self.points.iter().zip(expected);
        let line = |machine: MachineId| SweptLine {
            name: format!("machine {machine}"),
            points: self
                .points
                .iter()
                .filter_map(|point| {
                    let summary = point.outline.machines.get(machine.index())?[at].as_ref()?;
                    Some(swept_point(x(point), summary))
                })
                .collect(),
            theory: expected()
                .filter_map(|(point, expected)| {
                    Some((x(point), mean_of(expected.as_ref()?, machine, MAIN_METRICS.get(at)?.name)?))
                })
                .collect(),
        };
        MachineId::all(machines as u32).map(line).collect()
    }

    /// A line for each draw of clock rates: runs of the same seed draw the same in
    /// every cell.
    fn lines_of_draws(&self, at: usize, x: &impl Fn(&Point<'_>) -> f64) -> Vec<SweptLine> {
        let mut lines: BTreeMap<&str, Vec<SweptPoint>> = BTreeMap::new();
        for point in &self.points {
            let found = point.outline.whole[at].as_ref().map(|summary| swept_point(x(point), summary));
            lines.entry(&point.outline.clock_rates).or_default().extend(found);
        }
        lines.retain(|_, points| !points.is_empty());
        let line = |(rates, points): (&str, Vec<SweptPoint>)| SweptLine {
            name: format!("rates {rates}"),
            points,
            theory: Vec::new(),
        };
        lines.into_iter().map(line).collect()
    }

    fn map(
        &self,
        at: usize,
        metric: &Metric,
        x: &PlanAxis<'_>,
        y: &PlanAxis<'_>,
        look: Look,
    ) -> Result<Chart, ChartError> {
        let (columns, rows) = (x.names(), y.names());
        let mut cells = vec![vec![None; columns.len()]; rows.len()];
        let mut overloaded = vec![vec![None; columns.len()]; rows.len()];
        for point in &self.points {
            let (Some(row), Some(column)) = (y.place(point.cell), x.place(point.cell)) else { continue };
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

    /// How wide the intervals are that a map has no room for.
    fn widest(&self, metric: usize) -> String {
        let summaries = self.points.iter().filter_map(|point| point.outline.whole[metric].as_ref());
        let halves = summaries.filter_map(|summary| Some(summary.mean_interval?.high - summary.mean));
        let widest = halves.fold(0.0, f64::max);
        format!(", {} of ± {} at most", &INTERVALS[2..], brief(widest))
    }

    /// With many axes there is no plane to draw on: a place a cell. Without one,
    /// a place a draw of clock rates.
    fn side_by_side(&self, at: usize, metric: &Metric, look: Look) -> Result<Chart, ChartError> {
        let name = |point: &Point<'_>| match &self.axes[..] {
            [] => point.outline.clock_rates.clone(),
            axes => axes.iter().map(|axis| axis.text(point.cell)).collect::<Vec<_>>().join(BETWEEN),
        };
        let mut names: Vec<String> = self.points.iter().map(name).collect();
        names.dedup();
        let point = |point: &Point<'_>| {
            let place = names.iter().position(|other| *other == name(point))?;
            Some(swept_point(place as f64, point.outline.whole[at].as_ref()?))
        };
        let line = SweptLine {
            name: "largest over the machines".to_owned(),
            points: self.points.iter().filter_map(point).collect(),
            theory: Vec::new(),
        };
        let (axis, over) = match &self.axes[..] {
            [] => (DRAWN.to_owned(), "drawn_rates"),
            axes => (axes.iter().map(PlanAxis::label).collect::<Vec<_>>().join(BETWEEN), "cells"),
        };
        let swept = Swept {
            title: self.title.clone(),
            axis,
            places: SweptAxis::Names(names),
            metric: metric.label.to_owned(),
            caption: self.caption(INTERVALS, LARGEST) + &self.without_runs(),
            lines: vec![line],
        };
        swept_chart(&format!("{}{}_over_{over}", self.prefix, metric.name), &swept, look)
    }
}

fn swept_point(x: f64, summary: &Summary) -> SweptPoint {
    let interval = summary.mean_interval;
    SweptPoint {
        x,
        mean: summary.mean,
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
    }
}

/// The axis of a chart, and where on it each of the axis' values lies.
fn places(axis: &PlanAxis<'_>) -> (SweptAxis, Vec<f64>) {
    match axis.numbers() {
        Some(numbers) => (SweptAxis::Numbers(numbers.clone()), numbers),
        None => {
            let names = axis.names();
            let xs = (0..names.len()).map(|place| place as f64).collect();
            (SweptAxis::Names(names), xs)
        }
    }
}
