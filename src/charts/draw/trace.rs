//! A value over time as a line of steps, thinned to what its pixels can show.

use super::canvas::{Canvas, Point};
use super::plot::Plot;
use super::style::{DASH, LineStyle, Stroke};
use crate::charts::ChartError;

/// Differences smaller than this, in pixels, are not drawn.
const VISIBLE: f64 = 0.25;

/// A stretch of time within which a value moved between `low` and `high`, to
/// end at `last` and stay there until the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::charts) struct Step {
    pub from_s: f64,
    pub to_s: f64,
    pub low: f64,
    pub high: f64,
    pub last: f64,
}

impl Step {
    /// A value taken on at one instant.
    pub(in crate::charts) fn at(time_s: f64, value: f64) -> Step {
        Step { from_s: time_s, to_s: time_s, low: value, high: value, last: value }
    }
}

/// The steps without what happened within each of them; `None` where nothing did.
pub(in crate::charts) fn without_ranges(steps: &[Step]) -> Option<Vec<Step>> {
    let ranges = steps.iter().any(|step| step.low < step.high);
    ranges.then(|| steps.iter().map(|step| Step::at(step.to_s, step.last)).collect())
}

/// The line through the steps, in pixels. All that happens within `column_px`
/// becomes one upright stroke over the values met there, so no peak is lost.
pub(in crate::charts) fn path(steps: &[Step], plot: &Plot, column_px: f64) -> Vec<Point> {
    let mut pen = Pen { path: Vec::new(), column: None, column_px };
    for step in steps {
        // Upwards on the page is downwards in numbers: the high end has the smaller y.
        let (upper, lower, last) = (plot.y(step.high), plot.y(step.low), plot.y(step.last));
        pen.visit(Column { x: plot.x(step.from_s), upper, lower, last });
        pen.visit(Column { x: plot.x(step.to_s), upper, lower, last });
    }
    pen.finish()
}

/// What happened within one column of pixels.
#[derive(Clone, Copy)]
struct Column {
    x: f64,
    upper: f64,
    lower: f64,
    last: f64,
}

struct Pen {
    path: Vec<Point>,
    column: Option<Column>,
    column_px: f64,
}

impl Pen {
    fn visit(&mut self, new: Column) {
        match &mut self.column {
            Some(open) if new.x < (open.x / self.column_px).floor() * self.column_px + self.column_px => {
                open.upper = open.upper.min(new.upper);
                open.lower = open.lower.max(new.lower);
                open.last = new.last;
            }
            open => {
                let done = open.replace(new);
                self.draw(done);
            }
        }
    }

    fn draw(&mut self, column: Option<Column>) {
        let Some(Column { x, upper, lower, last }) = column else { return };
        let before = self.path.last().map_or(last, |point| point.1);
        let all_near = [upper, lower, last].iter().all(|y| (y - before).abs() < VISIBLE);
        if all_near && !self.path.is_empty() {
            return;
        }
        // Between where the line was and where it goes on, an extreme needs no visit.
        let (top, foot) = (before.min(last), before.max(last));
        let beyond = [(lower > foot + VISIBLE).then_some(lower), (upper < top - VISIBLE).then_some(upper)];
        let heights = [Some(before)].into_iter().chain(beyond).chain([Some(last)]);
        self.path.extend(heights.flatten().map(|y| (x, y)));
    }

    fn finish(mut self) -> Vec<Point> {
        let end = self.column.map(|column| (column.x, column.last));
        self.draw(self.column);
        if let (Some((x, _)), Some(&(_, y))) = (end, self.path.last()) {
            self.path.push((x, y));
        }
        self.path.dedup();
        self.path
    }
}

/// Draws the line: dashes lie over a thin line without clock_gaps, which keeps what
/// a gap would hide.
pub(in crate::charts) fn draw(
    canvas: &Canvas<'_>,
    path: &[Point],
    style: LineStyle,
) -> Result<(), ChartError> {
    if !style.dashed {
        return canvas.line(path, style.stroke);
    }
    let thin = Stroke { width: 1.0, ..style.stroke };
    canvas.line(path, thin.faint(70))?;
    let thick = Stroke { width: style.stroke.width * 1.6, ..style.stroke };
    dashes(path).iter().try_for_each(|dash| canvas.line(dash, thick))
}

/// Cuts a line into dashes by its x alone: a line full of upright strokes does
/// not make thousands of them.
fn dashes(path: &[Point]) -> Vec<Vec<Point>> {
    let Some(&(start, _)) = path.first() else { return Vec::new() };
    let period = DASH.0 + DASH.1;
    let drawn = |x: f64| (x - start).rem_euclid(period) < DASH.0;
    let mut dashes = vec![Vec::new()];
    for pair in path.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        for (a, b) in cut(from, to, start, period) {
            if !drawn((a.0 + b.0) / 2.0) {
                dashes.push(Vec::new());
            } else if let Some(dash) = dashes.last_mut() {
                if dash.is_empty() {
                    dash.push(a);
                }
                dash.push(b);
            }
        }
    }
    dashes.retain(|dash| dash.len() > 1);
    dashes
}

/// The pieces of a stroke between the places where dashes begin and end.
fn cut(from: Point, to: Point, start: f64, period: f64) -> Vec<(Point, Point)> {
    let mut pieces = Vec::new();
    let mut here = from;
    while here.0 < to.0 {
        let within = (here.0 - start).rem_euclid(period);
        let left = if within < DASH.0 { DASH.0 - within } else { period - within };
        let x = (here.0 + left.max(0.01)).min(to.0);
        let y = from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0);
        pieces.push((here, (x, y)));
        here = (x, y);
    }
    if pieces.is_empty() {
        pieces.push((from, to));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::draw::axis::Axis;

    fn plot() -> Plot {
        let (x, y) = (Axis::seconds(0.0, 100.0), Axis::range(0.0, 100.0));
        Plot { left: 0.0, right: 100.0, top: 0.0, bottom: 100.0, x, y }
    }

    #[test]
    fn a_value_stays_until_the_next_one() {
        let steps = [Step::at(0.0, 0.0), Step::at(50.0, 10.0), Step::at(80.0, 10.0)];
        assert_eq!(path(&steps, &plot(), 1.0), [(0.0, 100.0), (50.0, 100.0), (50.0, 90.0), (80.0, 90.0)]);
    }

    #[test]
    fn a_peak_within_a_column_is_kept() {
        let steps: Vec<Step> = (0..100_000)
            .map(|index| Step::at(f64::from(index) / 1000.0, if index == 43_210 { 70.0 } else { 5.0 }))
            .collect();
        let path = path(&steps, &plot(), 1.0);
        assert!(path.contains(&(43.0, 30.0)), "{path:?}");
        assert!(path.len() < 10);
    }

    #[test]
    fn dashes_leave_gaps_and_go_no_further_than_the_line() {
        let dashes = dashes(&[(0.0, 5.0), (60.0, 5.0)]);
        let ends: Vec<(f64, f64)> = dashes.iter().map(|dash| (dash[0].0, dash[dash.len() - 1].0)).collect();
        assert_eq!(ends, [(0.0, 14.0), (22.0, 36.0), (44.0, 58.0)]);
    }
}
