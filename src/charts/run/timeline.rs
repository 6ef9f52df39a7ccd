//! A chart over lab time: a line of steps for each machine, and its legend.

use crate::charts::draw::axis::{self, Axis};
use crate::charts::draw::canvas::{self, Canvas, Point};
use crate::charts::draw::heading::Heading;
use crate::charts::draw::legend::{Legend, Row};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, LineStyle};
use crate::charts::draw::trace::{self, Step};
use crate::charts::draw::{number, theory_line, wording};
use crate::charts::{Chart, ChartError, Look, RunTheory};
use crate::metrics::ClockSet;
use crate::metrics::series::{MachineSeries, RunSeries, Sample};

/// The pixels within which the lines that are not singled out are thinned.
const OTHERS_COLUMN_PX: f64 = 3.0;
const LINE_WIDTH: f64 = 2.2;
/// How strong the band is that shows what happened within the events of a
/// sample, in percent.
const RANGE_STRENGTH: u8 = 40;

/// What one chart over time shows.
pub(in crate::charts) struct Timeline {
    pub name: &'static str,
    /// What it finds, or what it shows.
    pub title: String,
    pub y_title: &'static str,
    /// The y axis, given the largest value on it.
    pub y_axis: fn(f64) -> Axis,
    pub notes: Vec<String>,
    /// What the legend tells of each machine, besides its name and clock rate.
    pub heads: &'static [&'static str],
    /// The width of the first line; the others narrow down to the usual one, so
    /// that lines which lie on each other are all seen.
    pub widest: f64,
    /// One for each machine of the run, in their order.
    pub lines: Vec<Line>,
    /// What is said where the law lets no queue grow.
    pub flat_theory: &'static str,
    /// What is said where there is no line at all.
    pub empty: &'static str,
}

/// One machine's line.
pub(in crate::charts) struct Line {
    pub steps: Vec<Step>,
    /// The largest at the end are singled out where there are many.
    pub at_end: f64,
    pub cells: Vec<String>,
    /// What is expected of it: points of a line, from the left to the right.
    pub theory: Vec<(f64, f64)>,
    /// Whether the queue behind it grows for good by the law, where that applies.
    pub is_overloaded: Option<bool>,
}

impl Line {
    /// A line of counts whose legend tells the most and the last of them; `None`
    /// where there are none.
    pub(in crate::charts) fn of_counts(steps: Vec<Step>, most: Option<u64>, last: Option<u64>) -> Line {
        let cells = [most, last].map(|count| count.map_or("–".to_owned(), number::count)).into();
        Line { steps, at_end: last.unwrap_or(0) as f64, cells, theory: Vec::new(), is_overloaded: None }
    }
}

impl Timeline {
    pub(in crate::charts) fn draw(
        &self,
        series: &RunSeries,
        theory: &RunTheory,
        look: Look,
    ) -> Result<Chart, ChartError> {
        canvas::draw(self.name, look, |canvas| self.paint(canvas, series, theory))
    }

    fn paint(&self, canvas: &Canvas<'_>, series: &RunSeries, theory: &RunTheory) -> Result<(), ChartError> {
        let chosen = self.chosen(canvas);
        let legend = self.legend(series, &chosen);
        let top = self.heading(series, theory, &chosen).draw(canvas)?;
        let highest = self.steps().map(|step| step.high).fold(0.0, f64::max);
        let span = span(series).unwrap_or((0.0, 1.0));
        let dashed = self.dashed(&chosen);
        // What is expected may be far from logs that somebody else wrote: the data come first.
        let expected = dashed.iter().map(|(_, line)| highest_of(line)).fold(0.0, f64::max);
        let highest = highest.max(expected.min(2.0 * highest));
        let (room, top) = (legend.width(canvas)?, top + legend.height(canvas)?);
        let plot = Plot::new(canvas, top, Axis::seconds(span.0, span.1), (self.y_axis)(highest), room)?;
        plot.draw(canvas, "Lab time (s)", self.y_title)?;
        if self.steps().next().is_none() {
            return plot.say(canvas, self.empty);
        }
        self.draw_others(canvas, &plot, &chosen)?;
        for (row, &index) in legend.rows.iter().zip(&chosen) {
            draw_ranges(canvas, &plot, &self.lines[index], row.style)?;
        }
        let mut ends = Vec::new();
        for (row, &index) in legend.rows.iter().zip(&chosen) {
            ends.push(draw_line(canvas, &plot, &self.lines[index], row.style)?);
        }
        for (nth, line) in dashed {
            theory_line::draw(canvas, &plot, line, legend.rows[nth].style.stroke.color)?;
        }
        ends.resize(legend.rows.len(), None);
        legend.draw(canvas, &plot, &ends)
    }

    /// The lines of what is expected that rise to a whole one at least, each
    /// once, with the first chosen line that it is of: the same line drawn twice
    /// would hide the first.
    fn dashed(&self, chosen: &[usize]) -> Vec<(usize, &[(f64, f64)])> {
        let mut dashed: Vec<(usize, &[(f64, f64)])> = Vec::new();
        for (nth, &index) in chosen.iter().enumerate() {
            let line = &self.lines[index].theory[..];
            let can_show = line.iter().all(|(_, value)| axis::can_show(*value) || *value == 0.0);
            let is_new = dashed.iter().all(|(_, other)| !is_alike(line, other));
            if can_show && highest_of(line) >= 1.0 && is_new {
                dashed.push((nth, line));
            }
        }
        dashed
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.lines.iter().flat_map(|line| &line.steps)
    }

    /// The lines to single out, in the order of their machines.
    fn chosen(&self, canvas: &Canvas<'_>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        if order.len() > style::LINES.min(Legend::room(canvas)) {
            order.sort_by(|a, b| self.lines[*b].at_end.total_cmp(&self.lines[*a].at_end));
            order.truncate(style::HIGHLIGHTED);
            order.sort_unstable();
        }
        order
    }

    fn legend(&self, series: &RunSeries, chosen: &[usize]) -> Legend {
        let mut rows: Vec<Row> =
            chosen.iter().enumerate().map(|(n, &i)| self.row(series, chosen, n, i)).collect();
        let others = self.lines.len() - chosen.len();
        if others > 0 {
            let cells = vec![wording::many(others, "other machine", "other machines")];
            rows.push(Row { style: LineStyle::OTHERS, mark: None, cells });
        }
        let heads = ["machine", "ticks/s"].into_iter().chain(self.heads.iter().copied());
        Legend { heads: heads.collect(), rows }
    }

    fn row(&self, series: &RunSeries, chosen: &[usize], nth: usize, index: usize) -> Row {
        let MachineSeries { machine, clock_rate, .. } = &series.machines[index];
        let rate = clock_rate.map_or("–".to_owned(), number::plain);
        let cells = [wording::machine(*machine), rate].into_iter().chain(self.lines[index].cells.clone());
        let step = (self.widest - LINE_WIDTH) / (chosen.len().max(2) - 1) as f64;
        let style = LineStyle::nth(nth, self.widest - step * nth as f64);
        Row { style, mark: None, cells: cells.collect() }
    }

    fn heading(&self, series: &RunSeries, theory: &RunTheory, chosen: &[usize]) -> Heading {
        let mut notes = self.notes.clone();
        if self.steps().any(|step| step.low < step.high) {
            notes.push("light: between the least and the most of neighbouring events".to_owned());
        }
        if chosen.len() < self.lines.len() {
            let singled_out = format!("in colour: the {} largest at the end", chosen.len());
            notes.push(singled_out);
        }
        if !self.dashed(chosen).is_empty() {
            notes.push(theory_line::NOTE.to_owned());
        }
        let is_calm = |line: &Line| line.is_overloaded == Some(false);
        if !self.flat_theory.is_empty() && !self.lines.is_empty() && self.lines.iter().all(is_calm) {
            notes.push(self.flat_theory.to_owned());
        }
        notes.extend(theory.left_out().map(str::to_owned));
        notes.extend(clock_set(series));
        Heading { title: self.title.clone(), subject: subject(series), notes }
    }

    fn draw_others(&self, canvas: &Canvas<'_>, plot: &Plot, chosen: &[usize]) -> Result<(), ChartError> {
        for (index, line) in self.lines.iter().enumerate() {
            if chosen.binary_search(&index).is_err() {
                let path = trace::path(&line.steps, plot, OTHERS_COLUMN_PX);
                trace::draw(canvas, &path, LineStyle::OTHERS)?;
            }
        }
        Ok(())
    }
}

fn highest_of(line: &[(f64, f64)]) -> f64 {
    line.iter().map(|(_, value)| *value).fold(0.0, f64::max)
}

/// Whether two lines lie on each other, as far as can be seen.
fn is_alike(one: &[(f64, f64)], other: &[(f64, f64)]) -> bool {
    const SEEN: f64 = 0.01;
    let width = SEEN * highest_of(one).max(highest_of(other));
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| (one.1 - other.1).abs() <= width)
}

/// Draws the range of each step as a light band, where steps have any.
fn draw_ranges(canvas: &Canvas<'_>, plot: &Plot, line: &Line, style: LineStyle) -> Result<(), ChartError> {
    if trace::without_ranges(&line.steps).is_none() {
        return Ok(());
    }
    canvas.line(&trace::path(&line.steps, plot, 1.0), style.stroke.faint(RANGE_STRENGTH))
}

/// Draws one line and a dot at its end, and says where that is.
fn draw_line(
    canvas: &Canvas<'_>,
    plot: &Plot,
    line: &Line,
    style: LineStyle,
) -> Result<Option<Point>, ChartError> {
    let lasts = trace::without_ranges(&line.steps);
    let path = trace::path(lasts.as_ref().unwrap_or(&line.steps), plot, 1.0);
    trace::draw(canvas, &path, style)?;
    let end = path.last().copied();
    if let Some(end) = end {
        canvas.dot(end, 3.5, style.stroke.color)?;
    }
    Ok(end)
}

/// Of which run a chart tells.
pub(in crate::charts) fn subject(series: &RunSeries) -> String {
    let machines = wording::many(series.machines.len(), "machine", "machines");
    format!(
        "experiment {} · run {} · {machines}",
        wording::brief(&series.experiment),
        wording::brief(&series.run)
    )
}

/// Whose stamps run backwards or leap ahead, and by how much, where any do.
pub(in crate::charts) fn clock_set(series: &RunSeries) -> Option<String> {
    let told = |by_s: fn(&ClockSet) -> f64, does: &str, moved: &str| {
        let by_s = |machine: &MachineSeries| {
            let by_s = machine.clock_set.as_ref().map(by_s).filter(|by_s| *by_s > 0.0)?;
            Some((machine.machine, by_s))
        };
        let (machines, by_s): (Vec<_>, Vec<f64>) = series.machines.iter().filter_map(by_s).unzip();
        let most = number::measured(by_s.into_iter().reduce(f64::max)?);
        let names = wording::machines(&machines);
        Some(format!("stamps {does} by up to {most} s on {names}: later times are moved {moved}"))
    };
    let back = told(|set| set.back_s, "run back", "on");
    let ahead = told(|set| set.ahead_s, "leap ahead", "back");
    let told: Vec<String> = back.into_iter().chain(ahead).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// The first and the last time of a run; times that are no numbers are left out.
pub(in crate::charts) fn span(series: &RunSeries) -> Option<(f64, f64)> {
    let times = || {
        let samples = series.machines.iter().flat_map(|machine| &machine.samples);
        samples.filter(|sample| has_times(sample)).flat_map(|sample| [sample.from_s, sample.to_s])
    };
    times().next()?;
    Some((times().fold(f64::INFINITY, f64::min), times().fold(f64::NEG_INFINITY, f64::max)))
}

/// The time at which queues and clocks are known to be 0 before any event: where
/// all of these machines' logs begin with the run, and have events.
pub(in crate::charts) fn start<'a>(machines: impl IntoIterator<Item = &'a MachineSeries>) -> Option<f64> {
    let begins = |machine: &MachineSeries| {
        machine.from_start && machine.samples.first().is_some_and(|sample| sample.from_s > 0.0)
    };
    let mut machines = machines.into_iter().peekable();
    machines.peek()?;
    machines.all(begins).then_some(0.0)
}

/// Whether a sample's times are numbers; a broken log of others may have none.
pub(in crate::charts) fn has_times(sample: &Sample) -> bool {
    sample.from_s.is_finite() && sample.to_s.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::tests::samples::run;

    #[test]
    fn a_line_begins_where_the_log_does_and_at_the_start_of_the_run_where_that_is_known() {
        let mut series = run(2, 60.0);
        assert_eq!(start(&series.machines), None, "a foreign log may begin anywhere");
        series.machines.iter_mut().for_each(|machine| machine.from_start = true);
        assert_eq!(start(&series.machines), Some(0.0));
        series.machines[0].from_start = false;
        assert_eq!((start(&series.machines), start([&series.machines[1]])), (None, Some(0.0)));
        series.machines[1].samples.clear();
        assert_eq!((start([&series.machines[1]]), start([])), (None, None));
    }
}
