//! The charts that set a metric of each machine against its speed ratio.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::Axis;
use super::canvas::{self, Canvas, Font};
use super::page::{Heading, Plot, RIGHT, TOP};
use super::scatter::{self, Mark};
use super::style::{self, MUTED, MarkStyle};
use super::{Chart, ChartError, wording};
use crate::event::MachineId;
use crate::metrics::{EndQueueSource, MachineMetrics};

/// The list of experiments: the mark before a name, and its rows.
const SAMPLE: f64 = 26.0;
const ROW_HEIGHT: f64 = 24.0;
const ROWS: usize = 30;

/// The metric on the y axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    MaxQueue,
    EndQueue,
    ClockDiff,
}

impl Measure {
    pub(super) const ALL: [Measure; 3] = [Measure::MaxQueue, Measure::EndQueue, Measure::ClockDiff];

    fn name(self) -> &'static str {
        match self {
            Measure::MaxQueue => "max_queue_vs_speed_ratio",
            Measure::EndQueue => "end_queue_vs_speed_ratio",
            Measure::ClockDiff => "clock_diff_vs_speed_ratio",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Measure::MaxQueue => "Max queue against speed ratio",
            Measure::EndQueue => "End queue against speed ratio",
            Measure::ClockDiff => "Internal clock difference against speed ratio",
        }
    }

    fn axis_title(self) -> &'static str {
        match self {
            Measure::MaxQueue => "Max queue length (messages)",
            Measure::EndQueue => "Queue length at the end (messages)",
            Measure::ClockDiff => "Internal clock difference (ticks of the logical clock)",
        }
    }

    fn value(self, row: &MachineMetrics) -> u64 {
        match self {
            Measure::MaxQueue => row.max_queue,
            Measure::EndQueue => row.end_queue,
            Measure::ClockDiff => row.clock_diff,
        }
    }
}

/// Draws one metric of every row against its speed ratio.
pub(super) fn draw(measure: Measure, rows: &[MachineMetrics]) -> Result<Chart, ChartError> {
    canvas::draw(measure.name(), |canvas| Scatter::new(measure, rows).paint(canvas))
}

/// One machine of one experiment at one speed ratio, over all runs.
struct Group {
    experiment: usize,
    machine: MachineId,
    ratio: f64,
    /// In order of size.
    values: Vec<u64>,
}

impl Group {
    fn median(&self) -> f64 {
        let middle = self.values.len() / 2;
        match self.values.len() % 2 {
            0 => (self.values[middle - 1] as f64 + self.values[middle] as f64) / 2.0,
            _ => self.values[middle] as f64,
        }
    }
}

struct Scatter<'a> {
    measure: Measure,
    rows: &'a [MachineMetrics],
    /// In the order they were met.
    experiments: Vec<&'a str>,
    groups: Vec<Group>,
}

impl<'a> Scatter<'a> {
    fn new(measure: Measure, rows: &'a [MachineMetrics]) -> Scatter<'a> {
        let mut numbers = BTreeMap::new();
        let mut experiments = Vec::new();
        let mut groups: BTreeMap<(MachineId, u64, usize), Vec<u64>> = BTreeMap::new();
        for row in rows {
            let experiment = *numbers.entry(row.experiment.as_str()).or_insert_with(|| {
                experiments.push(row.experiment.as_str());
                experiments.len() - 1
            });
            if let Some(ratio) = ratio(row) {
                let key = (row.machine, ratio.to_bits(), experiment);
                groups.entry(key).or_default().push(measure.value(row));
            }
        }
        let group = |((machine, ratio, experiment), mut values): (_, Vec<u64>)| {
            values.sort_unstable();
            Group { experiment, machine, ratio: f64::from_bits(ratio), values }
        };
        Scatter { measure, rows, experiments, groups: groups.into_iter().map(group).collect() }
    }

    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let ratios = || self.groups.iter().map(|group| group.ratio);
        let smallest = ratios().fold(1.0, f64::min);
        let x = Axis::around(smallest, ratios().fold(smallest.max(2.0), f64::max));
        let largest = self.groups.iter().flat_map(|group| &group.values).max().copied().unwrap_or(0);
        let legend = self.legend(canvas)?;
        let plot = Plot::new(canvas, x, Axis::counts(largest as f64), legend.width())?;
        plot.draw(canvas, "Speed ratio (largest clock rate ÷ own clock rate)", self.measure.axis_title())?;
        legend.draw(canvas)?;
        let mut notes = self.notes();
        if self.groups.is_empty() {
            plot.say(canvas, if self.rows.is_empty() { "no runs" } else { "no clock rate is known" })?;
        } else {
            self.draw_single_runs(canvas, &plot)?;
            let unlabelled = scatter::draw(canvas, &plot, &self.marks(&plot))?;
            if unlabelled > 0 {
                notes.push(format!("no room for {}", wording::many(unlabelled, "label", "labels")));
            }
        }
        Heading { title: self.measure.title().to_owned(), subject: self.subject(), notes }.draw(canvas)
    }

    /// The marks that are labelled: the value, or the median of several.
    fn marks(&self, plot: &Plot) -> Vec<Mark> {
        let mark = |group: &Group| Mark {
            at: (plot.x(group.ratio), plot.y(group.median())),
            style: MarkStyle::nth(group.experiment),
            machine: group.machine,
        };
        self.groups.iter().map(mark).collect()
    }

    /// A light mark for each run where a machine has several; experiments of
    /// the same speed ratio stand side by side.
    fn draw_single_runs(&self, canvas: &Canvas<'_>, plot: &Plot) -> Result<(), ChartError> {
        let mut beside: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        let several = || self.groups.iter().filter(|group| group.values.len() > 1);
        for group in several() {
            beside.entry(group.ratio.to_bits()).or_default().insert(group.experiment);
        }
        let mut drawn = BTreeSet::new();
        for group in several() {
            let all = &beside[&group.ratio.to_bits()];
            let before = all.range(..group.experiment).count() as f64;
            let middle = (all.len() - 1) as f64 / 2.0;
            let x = plot.x(group.ratio) + (before - middle) * (60.0 / all.len() as f64).min(11.0);
            for value in &group.values {
                let y = plot.y(*value as f64);
                if drawn.insert((group.experiment, x.round() as i64, y.round() as i64)) {
                    canvas.mark((x, y), 5.0, MarkStyle::nth(group.experiment).faint(0.35))?;
                }
            }
        }
        Ok(())
    }

    fn legend(&self, canvas: &Canvas<'_>) -> Result<Names, ChartError> {
        let font = Font::size(style::LABEL);
        let shown = self.experiments.iter().take(ROWS);
        let names = shown.map(|name| canvas.line_name(name));
        let names = names.collect::<Result<Vec<String>, ChartError>>()?;
        let more = match self.experiments.len() - names.len() {
            0 => None,
            more => Some(format!("and {}", wording::many(more, "more", "more"))),
        };
        let mut widest = canvas.width("experiment", font)?;
        for name in &names {
            widest = widest.max(canvas.width(name, font)?);
        }
        Ok(Names { names, more, widest })
    }

    fn subject(&self) -> String {
        let runs: BTreeSet<_> = self.rows.iter().map(|row| (&row.experiment, &row.run)).collect();
        let machines: BTreeSet<_> = self.rows.iter().map(|row| (&row.experiment, row.machine)).collect();
        let experiments = match self.experiments[..] {
            [only] => format!("experiment {}", wording::brief(only)),
            _ => wording::many(self.experiments.len(), "experiment", "experiments"),
        };
        let runs = wording::many(runs.len(), "run", "runs");
        format!("{experiments} · {runs} · {}", wording::many(machines.len(), "machine", "machines"))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.groups.iter().any(|group| group.values.len() > 1) {
            notes.push("small: each run, large: the median".to_owned());
        }
        if self.groups.len() > 1 {
            notes.push("marks at one place are fanned out sideways".to_owned());
        }
        let machines = |count| wording::many(count, "machine", "machines");
        let unknown = self.rows.iter().filter(|row| ratio(row).is_none()).count();
        if unknown > 0 {
            notes.push(format!("{} of unknown clock rate left out", machines(unknown)));
        }
        let unrecorded = |row: &&MachineMetrics| row.end_queue_source == EndQueueSource::LastLogged;
        let logged = self.rows.iter().filter(unrecorded).count();
        if self.measure == Measure::EndQueue && logged > 0 {
            notes.push(format!("{} without a record of the end: last length logged", machines(logged)));
        }
        notes
    }
}

/// The list of experiments at the right of the plot.
struct Names {
    names: Vec<String>,
    more: Option<String>,
    widest: f64,
}

impl Names {
    fn width(&self) -> f64 {
        if self.names.is_empty() { 0.0 } else { self.widest + SAMPLE + 36.0 }
    }

    fn draw(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        if self.names.is_empty() {
            return Ok(());
        }
        let left = RIGHT - self.widest - SAMPLE;
        let font = Font::size(style::LABEL);
        canvas.text("experiment", (left, TOP + 4.0), font.color(MUTED))?;
        let y = |row: usize| TOP + 4.0 + ROW_HEIGHT * (row + 1) as f64;
        for (index, name) in self.names.iter().enumerate() {
            canvas.mark((left + 8.0, y(index)), 7.0, MarkStyle::nth(index))?;
            canvas.text(name, (left + SAMPLE, y(index)), font)?;
        }
        self.more.iter().try_for_each(|more| canvas.text(more, (left, y(ROWS)), font.color(MUTED)))
    }
}

/// The speed ratio where it is known, and a number.
fn ratio(row: &MachineMetrics) -> Option<f64> {
    row.speed_ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0)
}
