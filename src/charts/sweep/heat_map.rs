//! The chart of a metric over two axes of a sweep, with theory's border of
//! overload.

use super::overload_border;
use crate::charts::draw::axis::{Axis, can_show};
use crate::charts::draw::canvas::{self, Canvas, Font, Point};
use crate::charts::draw::heading::Heading;
use crate::charts::draw::labels::{Column, Row};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, INK, PAPER, Stroke};
use crate::charts::draw::{color_scale, key, number, wording};
use crate::charts::{Chart, ChartError, Look};
use crate::text::capital::capitalised;

/// The colour bar: its width, and what lies between it and the cells.
const BAR: f64 = 24.0;
const GUTTER: f64 = 36.0;
/// Strips of one colour in the bar.
const STRIPS: u32 = 256;
/// Sizes of the values in the cells, the first that fits being taken.
const FONTS: [f64; 5] = [24.0, 19.0, style::TICK, 13.0, 12.0];
/// Larger letters than those of an axis fill no more than this share of a cell's height.
const LARGE: f64 = 0.2;
/// The most pixels of a cell, across and up: few of them do not fill the page.
const LARGEST: (f64, f64) = (400.0, 240.0);
/// What the key needs above the cells.
const KEY: f64 = 26.0;
/// Pixels that a cell reaches into those drawn after it.
const OVERLAP: f64 = 1.0;
/// Pixels between the strokes of a hatched cell.
const HATCH: f64 = 12.0;

/// A metric over two axes of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    pub title: String,
    pub x: AxisValues,
    pub y: AxisValues,
    /// The metric with its unit.
    pub metric: String,
    /// How many runs a cell has, and what of them is shown.
    pub caption: String,
    /// Rows of `y`, in each the cells of `x`; `None` where there is no value.
    pub cells: Vec<Vec<Option<f64>>>,
    /// Whether by theory any machine is overloaded, in the same order.
    pub overloaded: Vec<Vec<Option<bool>>>,
}

/// What one axis of a sweep takes on.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValues {
    /// What is swept, such as `internal_prob`.
    pub label: String,
    /// From the left to the right, or from below upwards.
    pub values: Vec<String>,
}

/// Draws a metric over two axes. Cells that are missing, or no finite numbers,
/// are hatched.
pub fn heat_map(name: &str, map: &HeatMap, look: Look) -> Result<Chart, ChartError> {
    canvas::draw(name, look, |canvas| Drawing::new(map).paint(canvas))
}

struct Drawing<'a> {
    map: &'a HeatMap,
    columns: usize,
    rows: usize,
    /// Over the values of all cells.
    scale: Axis,
}

impl<'a> Drawing<'a> {
    fn new(map: &'a HeatMap) -> Drawing<'a> {
        let mut drawing = Drawing {
            map,
            columns: map.x.values.len(),
            rows: map.y.values.len(),
            scale: Axis::range(0.0, 1.0),
        };
        let values = drawing.places().filter_map(|(column, row)| drawing.value(column, row));
        drawing.scale = Axis::colors(&values.collect::<Vec<_>>());
        drawing
    }

    fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let columns = self.columns;
        (0..self.rows).flat_map(move |row| (0..columns).map(move |column| (column, row)))
    }

    fn value(&self, column: usize, row: usize) -> Option<f64> {
        let cell = self.map.cells.get(row)?.get(column)?;
        cell.filter(|value| can_show(*value))
    }

    fn overloaded(&self, column: usize, row: usize) -> Option<bool> {
        *self.map.overloaded.get(row)?.get(column)?
    }

    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let edges: Vec<_> = overload_border::edges(self.columns, self.rows, |x, y| self.overloaded(x, y));
        let key = if edges.is_empty() { 0.0 } else { KEY };
        let top = self.heading().draw(canvas)? + key;
        let mut plot = self.plot(canvas, top)?;
        let names =
            Row::new(canvas, &self.map.x.values, (plot.right - plot.left) / self.columns.max(1) as f64)?;
        let lowest = names.bottom(canvas);
        plot.bottom = lowest.min((top + LARGEST.1 * self.rows.max(1) as f64).round());
        let height = (plot.bottom - plot.top) / self.rows.max(1) as f64;
        let column = Column::new(canvas, &self.map.y.values, height)?;
        let [x, y] = [&self.map.x, &self.map.y].map(|axis| capitalised(&wording::name(&axis.label)));
        plot.draw_titles_at(canvas, &x, &y, canvas.page.x_title() - (lowest - plot.bottom))?;
        if self.columns == 0 || self.rows == 0 {
            plot.draw_axes(canvas)?;
            return plot.say(canvas, "no cells");
        }
        names.draw(canvas, |index| plot.x(index as f64), plot.bottom)?;
        column.draw(canvas, plot.left, |index| plot.y(index as f64))?;
        for (column, row) in self.places() {
            self.draw_cell(canvas, &plot, column, row)?;
        }
        if !edges.is_empty() {
            key::draw(canvas, (plot.left, top - KEY + 2.0), [overload_border::KEY].into_iter())?;
        }
        let border = if edges.is_empty() { 0.0 } else { overload_border::ACROSS };
        self.draw_values(canvas, &plot, border)?;
        overload_border::draw(canvas, &plot, &edges)?;
        self.draw_bar(canvas, &plot)
    }

    /// The plot, with room for the names of its rows and for the colour bar.
    fn plot(&self, canvas: &Canvas<'_>, top: f64) -> Result<Plot, ChartError> {
        let bottom = canvas.page.bottom();
        let column = Column::new(canvas, &self.map.y.values, bottom - top)?;
        let mut widest = 0.0_f64;
        for tick in &self.scale.ticks {
            widest = widest.max(canvas.width(&tick.label, Font::size(style::TICK))?);
        }
        let left = canvas.page.margin() + style::AXIS_TITLE + 26.0 + column.width;
        let right = canvas.page.right() - style::AXIS_TITLE - 16.0 - widest - 12.0 - BAR - GUTTER;
        let right = right.min(left.round() + LARGEST.0 * self.columns.max(1) as f64);
        let (x, y) = (Axis::names(self.columns), Axis::names(self.rows));
        Ok(Plot { left: left.round(), right: right.floor(), top, bottom, x, y })
    }

    /// Two corners of a cell, in whole pixels so that cells meet without a seam.
    fn corners(&self, plot: &Plot, column: usize, row: usize) -> (Point, Point) {
        let (x, y) = (column as f64, row as f64);
        let (left, right) = (plot.x(x - 0.5).round(), plot.x(x + 0.5).round());
        ((left, plot.y(y + 0.5).round()), (right, plot.y(y - 0.5).round()))
    }

    fn draw_cell(
        &self,
        canvas: &Canvas<'_>,
        plot: &Plot,
        column: usize,
        row: usize,
    ) -> Result<(), ChartError> {
        let (from, to) = self.corners(plot, column, row);
        match self.value(column, row) {
            // A little into its neighbours above and at its right, which are drawn
            // later: where the picture's pixels are no whole ones, paper would shine through.
            Some(value) => canvas.fill(
                (from.0, (from.1 - OVERLAP).max(plot.top)),
                ((to.0 + OVERLAP).min(plot.right), to.1),
                color_scale::color(self.scale.share(value)),
            ),
            None => hatch(canvas, from, to),
        }
    }

    /// Writes each cell's value into it, where all have room beside a `border` of
    /// so many pixels.
    fn draw_values(&self, canvas: &Canvas<'_>, plot: &Plot, border: f64) -> Result<(), ChartError> {
        let all = || self.places().filter_map(|place| Some((place, self.value(place.0, place.1)?)));
        let whole = all().all(|(_, value)| value.fract() == 0.0);
        let text = |value: f64| if whole { number::plain(value) } else { number::measured(value) };
        let (from, to) = self.corners(plot, 0, self.rows - 1);
        let (width, height) = (to.0 - from.0, to.1 - from.1);
        let has_room = |size: f64| size + border.max(5.0) <= height;
        let mut fonts = FONTS
            .iter()
            .filter(|size| has_room(**size) && (**size <= style::TICK || **size <= LARGE * height));
        let longest = all().map(|(_, value)| text(value)).max_by_key(|text| text.chars().count());
        let Some(longest) = longest else { return Ok(()) };
        let size = loop {
            let Some(size) = fonts.next() else { return Ok(()) };
            if canvas.width(&longest, Font::size(*size))? + 8.0 <= width {
                break *size;
            }
        };
        for ((column, row), value) in all() {
            let color = color_scale::text_on(self.scale.share(value));
            let middle = (plot.x(column as f64), plot.y(row as f64));
            canvas.text(&text(value), middle, Font::size(size).centred().color(color))?;
        }
        Ok(())
    }

    /// The colours and what they stand for.
    fn draw_bar(&self, canvas: &Canvas<'_>, plot: &Plot) -> Result<(), ChartError> {
        let left = plot.right + GUTTER;
        let y = |share: f64| (plot.bottom - share * (plot.bottom - plot.top)).round();
        for strip in 0..STRIPS {
            let [low, high] = [strip, strip + 1].map(|edge| f64::from(edge) / f64::from(STRIPS));
            let color = color_scale::color((low + high) / 2.0);
            canvas.fill((left, y(low)), (left + BAR, (y(high) - OVERLAP).max(plot.top)), color)?;
        }
        let (mut widest, mut free) = (0.0_f64, f64::INFINITY);
        for tick in &self.scale.ticks {
            let y = canvas.page.sharp(y(self.scale.share(tick.at)));
            canvas.line(&[(left + BAR, y), (left + BAR + 6.0, y)], Stroke::new(INK, 1.0))?;
            if y <= free {
                let font = Font::size(style::TICK);
                canvas.text(&tick.label, (left + BAR + 12.0, y), font)?;
                widest = widest.max(canvas.width(&tick.label, font)?);
                free = y - style::TICK - 3.0;
            }
        }
        let title = wording::name(&self.map.metric) + &self.scale.scale.note();
        plot.draw_upright_title(canvas, &title, left + BAR + 12.0 + widest + 12.0 + style::AXIS_TITLE / 2.0)
    }

    fn heading(&self) -> Heading {
        let mut notes = Vec::new();
        let known: Vec<bool> = self.places().filter_map(|(x, y)| self.overloaded(x, y)).collect();
        if !known.is_empty() && known.iter().all(|one| *one == known[0]) {
            let every = if known[0] { "every" } else { "no" };
            notes.push(format!("theory: {every} cell has an overloaded machine"));
        }
        let empty = self.places().filter(|(x, y)| self.value(*x, *y).is_none()).count();
        if empty > 0 {
            notes.push(format!("hatched: {} without a value", wording::many(empty, "cell", "cells")));
        }
        let subject = wording::subject(&self.map.title, &self.map.caption);
        Heading { title: self.title(), subject, notes }
    }

    /// The metric, and between which values it lies.
    fn title(&self) -> String {
        let metric = wording::brief(wording::without_unit(&self.map.metric));
        let values = || self.places().filter_map(|(column, row)| self.value(column, row));
        let (least, most) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let [x, y] =
            [&self.map.x, &self.map.y].map(|axis| wording::brief(wording::without_unit(&axis.label)));
        let axes = format!("{x} and {y}");
        if least > most {
            return format!("{metric} over {axes}");
        }
        format!("{metric} from {} to {} over {axes}", number::plain(least), number::plain(most))
    }
}

/// An empty cell: strokes that rise to the right, in step over all cells.
fn hatch(canvas: &Canvas<'_>, from: Point, to: Point) -> Result<(), ChartError> {
    canvas.fill(from, to, PAPER)?;
    let stroke = Stroke::new(style::OTHERS, 1.0);
    // On a stroke x + y is the same everywhere.
    let mut sum = ((from.0 + from.1) / HATCH).ceil() * HATCH;
    while sum < to.0 + to.1 {
        let (left, right) = (from.0.max(sum - to.1), to.0.min(sum - from.1));
        if left < right {
            canvas.line(&[(left, sum - left), (right, sum - right)], stroke)?;
        }
        sum += HATCH;
    }
    canvas.frame(from, to, Stroke::new(style::GRID, 1.0))
}
