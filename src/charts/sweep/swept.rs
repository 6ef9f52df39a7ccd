//! The chart of a metric over one axis of a sweep, with its intervals and what
//! theory says.

use super::swept_data::{Shown, Swept, SweptAxis, SweptPoint, interval};
use crate::charts::draw::axis::Axis;
use crate::charts::draw::canvas::{self, Canvas, Point};
use crate::charts::draw::heading::Heading;
use crate::charts::draw::labels::Row as Names;
use crate::charts::draw::legend::{Legend, Row};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, LineStyle, MarkStyle, Stroke};
use crate::charts::draw::{number, theory_line, wording};
use crate::charts::{Chart, ChartError, Look};

/// How far a mark reaches from its place, where there is room.
const RADIUS: f64 = 6.0;
/// Half of the stroke across the end of an interval.
const CAP: f64 = 4.0;
const WIDTH: f64 = 2.0;
/// Half of the stroke that theory has over a name.
const TICK: f64 = 15.0;

/// Draws a metric over one axis of a sweep. Points that are no finite numbers
/// are left out, and counted on the chart.
pub fn swept_chart(name: &str, swept: &Swept, look: Look) -> Result<Chart, ChartError> {
    canvas::draw(name, look, |canvas| Drawing { swept, shown: Shown::new(swept) }.paint(canvas))
}

struct Drawing<'a> {
    swept: &'a Swept,
    shown: Shown,
}

impl Drawing<'_> {
    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let top = self.heading().draw(canvas)?;
        let legend = self.legend(canvas)?;
        let (room, top) = (legend.width(canvas)?, top + legend.height(canvas)?);
        let mut plot = Plot::new(canvas, top, self.x_axis(), self.y_axis(), room)?;
        if let SweptAxis::Names(names) = &self.swept.places {
            let spacing = (plot.right - plot.left) / names.len().max(1) as f64;
            let names = Names::new(canvas, names, spacing)?;
            plot.bottom = names.bottom(canvas);
            names.draw(canvas, |index| plot.x(index as f64), plot.bottom)?;
        }
        plot.draw(canvas, &wording::name(&self.swept.axis), &wording::name(&self.swept.metric))?;
        if self.shown.is_empty() {
            return plot.say(canvas, "no values");
        }
        self.draw_others(canvas, &plot)?;
        for nth in 0..self.shown.chosen.len() {
            self.draw_intervals(canvas, &plot, nth)?;
        }
        for nth in 0..self.shown.chosen.len() {
            self.draw_lines(canvas, &plot, nth)?;
        }
        for nth in 0..self.shown.chosen.len() {
            self.draw_marks(canvas, &plot, nth)?;
        }
        // From far within the plot, a leader would look like data.
        let near = plot.right - 0.2 * (plot.right - plot.left);
        let end =
            |nth: usize| self.path(&plot, nth).last().copied().filter(|end| self.joins() && end.0 > near);
        let mut ends: Vec<Option<Point>> = (0..self.shown.chosen.len()).map(end).collect();
        ends.resize(legend.rows.len(), None);
        legend.draw(canvas, &plot, &ends)
    }

    fn x_axis(&self) -> Axis {
        match &self.swept.places {
            SweptAxis::Names(names) => Axis::names(names.len()),
            SweptAxis::Numbers(values) => Axis::places(&self.shown.places(values)),
        }
    }

    fn y_axis(&self) -> Axis {
        let (from, to) = self.shown.y_range();
        Axis::measured(from, to)
    }

    /// Where a line's points lie.
    fn path(&self, plot: &Plot, nth: usize) -> Vec<Point> {
        let aside = self.apart(plot) * (nth as f64 - (self.shown.chosen.len() - 1) as f64 / 2.0);
        let points = &self.shown.points[self.shown.chosen[nth]];
        points.iter().map(|point| (plot.x(point.x) + aside, plot.y(point.mean))).collect()
    }

    /// Pixels between the points of two lines at one place: over a name they
    /// stand side by side, so that no interval lies on another.
    fn apart(&self, plot: &Plot) -> f64 {
        match &self.swept.places {
            SweptAxis::Numbers(_) => 0.0,
            SweptAxis::Names(names) => {
                let spacing = (plot.right - plot.left) / names.len().max(1) as f64;
                (spacing * 0.8 / self.shown.chosen.len() as f64).min(34.0)
            }
        }
    }

    /// Numbers are joined by lines; between two names there is nothing to join.
    fn joins(&self) -> bool {
        matches!(self.swept.places, SweptAxis::Numbers(_))
    }

    fn draw_lines(&self, canvas: &Canvas<'_>, plot: &Plot, nth: usize) -> Result<(), ChartError> {
        let (theory, color) = (&self.shown.theory[self.shown.chosen[nth]], style::color(nth));
        if self.joins() {
            canvas.line(&self.path(plot, nth), line_style(nth).stroke)?;
            return match theory[..] {
                [(x, y)] => theory_line::tick(canvas, plot.beyond(x, y), TICK, color),
                _ => theory_line::draw(canvas, plot, theory, color),
            };
        }
        let apart = self.apart(plot);
        let aside = apart * (nth as f64 - (self.shown.chosen.len() - 1) as f64 / 2.0);
        let half = (apart * 0.46).clamp(TICK / 2.0, TICK);
        theory
            .iter()
            .try_for_each(|(x, y)| theory_line::tick(canvas, (plot.x(*x) + aside, plot.y(*y)), half, color))
    }

    fn draw_others(&self, canvas: &Canvas<'_>, plot: &Plot) -> Result<(), ChartError> {
        for (index, points) in self.shown.points.iter().enumerate() {
            if self.shown.chosen.binary_search(&index).is_err() {
                let path: Vec<Point> =
                    points.iter().map(|point| (plot.x(point.x), plot.y(point.mean))).collect();
                if self.joins() {
                    canvas.line(&path, LineStyle::OTHERS.stroke)?;
                }
                path.iter().try_for_each(|at| canvas.dot(*at, 2.0, style::OTHERS))?;
            }
        }
        Ok(())
    }

    fn draw_intervals(&self, canvas: &Canvas<'_>, plot: &Plot, nth: usize) -> Result<(), ChartError> {
        let stroke = Stroke::new(style::color(nth), 1.5).faint(60);
        let path = self.path(plot, nth);
        let cap = CAP.min(spacing(&path) / 4.0);
        for (point, (x, _)) in self.shown.points[self.shown.chosen[nth]].iter().zip(path) {
            let Some((low, high)) = interval(point) else { continue };
            let (low, high) = (plot.y(low), plot.y(high));
            canvas.line(&[(x, low), (x, high)], stroke)?;
            for end in [low, high] {
                canvas.line(&[(x - cap, end), (x + cap, end)], stroke)?;
            }
        }
        Ok(())
    }

    fn draw_marks(&self, canvas: &Canvas<'_>, plot: &Plot, nth: usize) -> Result<(), ChartError> {
        let path = self.path(plot, nth);
        let radius = RADIUS.min((spacing(&path) / 3.0).max(2.5));
        let mark = MarkStyle::nth(nth);
        for at in path {
            canvas.mark(at, radius + 1.0, MarkStyle { color: style::PAPER, ..mark })?;
            canvas.mark(at, radius, mark)?;
        }
        Ok(())
    }

    fn legend(&self, canvas: &Canvas<'_>) -> Result<Legend, ChartError> {
        let chosen = self.shown.chosen.iter().map(|index| self.swept.lines[*index].name.as_str());
        let row =
            |(nth, name)| Row { style: line_style(nth), mark: Some(MarkStyle::nth(nth)), cells: vec![name] };
        let mut rows: Vec<Row> = canvas.line_names(chosen)?.into_iter().enumerate().map(row).collect();
        if rows.len() == 1 {
            // There is nothing to tell it from.
            rows.clear();
        }
        let others = self.shown.points.len() - self.shown.chosen.len();
        if others > 0 {
            let cells = vec![wording::many(others, "other", "others")];
            rows.push(Row { style: LineStyle::OTHERS, mark: None, cells });
        }
        Ok(Legend { heads: vec![""], rows })
    }

    fn heading(&self) -> Heading {
        let mut notes = Vec::new();
        let mut points = self.shown.points.iter().flatten();
        if points.any(|point| interval(point).is_some()) {
            notes.push("bars: interval of the mean".to_owned());
        }
        if self.shown.chosen.iter().any(|index| !self.shown.theory[*index].is_empty()) {
            notes.push(theory_line::NOTE.to_owned());
        }
        if self.shown.chosen.len() < self.shown.points.len() {
            notes.push(format!("in colour: the {} largest", self.shown.chosen.len()));
        }
        if self.shown.left_out > 0 {
            let points = wording::many(self.shown.left_out, "point", "points");
            notes.push(format!("{points} without a number left out"));
        }
        let subject = wording::subject(&self.swept.title, &self.swept.caption);
        Heading { title: self.title(), subject, notes }
    }

    /// The metric, and between which values it goes on the line on which it
    /// changes most; where nothing is joined to a line, the largest.
    fn title(&self) -> String {
        let metric = wording::brief(wording::without_unit(&self.swept.metric));
        let axis = wording::brief(wording::without_unit(&self.swept.axis));
        let ends = |index: &usize| {
            let points = &self.shown.points[*index];
            let (first, last) = (points.first()?, points.last()?);
            (points.len() > 1).then(|| (*first, *last, &self.swept.lines[*index].name))
        };
        let change = |ends: &(SweptPoint, SweptPoint, _)| (ends.1.mean - ends.0.mean).abs();
        let most = self.shown.chosen.iter().filter_map(ends);
        match most.max_by(|a, b| change(a).total_cmp(&change(b))).filter(|_| self.joins()) {
            Some((first, last, line)) => {
                let (from, to) = (number::plain(first.mean), number::plain(last.mean));
                let (start, end) = (number::plain(first.x), number::plain(last.x));
                let (of, unit) = (wording::brief(line), self.unit());
                format!("{metric} of {of}: {from} at {axis} {start}{unit}, {to} at {end}{unit}")
            }
            None => self.largest().map_or_else(
                || format!("{metric} over {axis}"),
                |(point, line)| {
                    let most = number::plain(point.mean);
                    let of = if self.swept.lines.len() > 1 {
                        format!(" of {}", wording::brief(line))
                    } else {
                        String::new()
                    };
                    let place = match &self.swept.places {
                        SweptAxis::Numbers(_) => {
                            format!("{axis} {}{}", number::plain(point.x), self.unit())
                        }
                        SweptAxis::Names(names) => wording::brief(&names[point.x as usize]),
                    };
                    format!("{metric}{of}: {most} at most, at {place}")
                },
            ),
        }
    }

    /// The unit of what is swept, to stand after a number.
    fn unit(&self) -> String {
        let unit = wording::caption(wording::unit(&self.swept.axis));
        if unit.is_empty() { unit } else { format!(" {unit}") }
    }

    /// The point of the largest mean above 0, and its line's name.
    fn largest(&self) -> Option<(SweptPoint, &str)> {
        let of_line = |index: &usize| {
            let name = self.swept.lines[*index].name.as_str();
            self.shown.points[*index].iter().map(move |point| (*point, name))
        };
        let points = self.shown.chosen.iter().flat_map(of_line);
        points.filter(|(point, _)| point.mean > 0.0).max_by(|a, b| a.0.mean.total_cmp(&b.0.mean))
    }
}

/// The least distance across between two neighbouring points.
fn spacing(path: &[Point]) -> f64 {
    let clock_gaps = path.windows(2).map(|pair| pair[1].0 - pair[0].0).filter(|gap| *gap > 0.5);
    clock_gaps.fold(f64::INFINITY, f64::min)
}

/// Marks tell apart what shares a colour, so that dashes are left to theory.
fn line_style(nth: usize) -> LineStyle {
    LineStyle { stroke: Stroke::new(style::color(nth), WIDTH), dashed: false }
}
