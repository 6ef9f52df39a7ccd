//! The area of the data: its axes and their grid, and the words for no data.

use super::axis::Axis;
use super::canvas::{Canvas, Font, Point};
use super::style::{self, GRID, INK, MUTED, Stroke};
use crate::charts::ChartError;
use crate::text::capital::capitalised;

/// The least between a label and the edge of the page.
const EDGE: f64 = 8.0;
/// Between the two lines of a y axis's title.
const Y_TITLE_LINE: f64 = 17.0;

/// The area of the data: two axes and where they lie on the page.
pub(in crate::charts) struct Plot {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub x: Axis,
    pub y: Axis,
}

impl Plot {
    /// A plot from `top` down that leaves `legend` pixels free at its right, and
    /// as much at its left as the labels of its y axis need.
    pub(in crate::charts) fn new(
        canvas: &Canvas<'_>,
        top: f64,
        x: Axis,
        y: Axis,
        legend: f64,
    ) -> Result<Plot, ChartError> {
        let mut widest = 0.0_f64;
        for tick in &y.ticks {
            widest = widest.max(canvas.width(&tick.label, Font::size(style::TICK))?);
        }
        let left = canvas.page.margin() + style::AXIS_TITLE + 26.0 + widest;
        let (right, bottom) = (canvas.page.right() - legend, canvas.page.bottom());
        Ok(Plot { left: left.round(), right: right.round(), top, bottom, x, y })
    }

    pub(in crate::charts) fn x(&self, value: f64) -> f64 {
        self.left + self.x.share(value) * (self.right - self.left)
    }

    pub(in crate::charts) fn y(&self, value: f64) -> f64 {
        self.bottom - self.y.share(value) * (self.bottom - self.top)
    }

    /// The pixels of a place that may lie beyond the axes.
    pub(in crate::charts) fn beyond(&self, x: f64, y: f64) -> Point {
        let (x, y) = (self.x.share_beyond(x), self.y.share_beyond(y));
        (self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top))
    }

    /// The grid, both axes with their labels, and what they measure, with the scale
    /// where it is none of even steps.
    pub(in crate::charts) fn draw(
        &self,
        canvas: &Canvas<'_>,
        x_title: &str,
        y_title: &str,
    ) -> Result<(), ChartError> {
        self.draw_y_ticks(canvas)?;
        self.draw_x_ticks(canvas)?;
        self.draw_axes(canvas)?;
        let with_scale = |title: &str, axis: &Axis| match title {
            "" => String::new(),
            _ => capitalised(title) + &axis.scale.note(),
        };
        self.draw_titles(canvas, &with_scale(x_title, &self.x), &with_scale(y_title, &self.y))
    }

    /// Grid lines across the whole width, labelled at their left.
    pub(in crate::charts) fn draw_y_ticks(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let font = Font::size(style::TICK);
        let mut free = f64::INFINITY;
        for tick in &self.y.ticks {
            let y = canvas.page.sharp(self.y(tick.at));
            canvas.line(&[(self.left, y), (self.right, y)], Stroke::new(GRID, 1.0))?;
            if y <= free {
                canvas.text(&tick.label, (self.left - 12.0, y), font.ending())?;
                free = y - style::TICK - 3.0;
            }
        }
        Ok(())
    }

    /// The two axes as lines.
    pub(in crate::charts) fn draw_axes(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let (left, bottom) = (canvas.page.sharp(self.left), canvas.page.sharp(self.bottom));
        canvas.line(&[(left, self.top), (left, bottom), (self.right, bottom)], Stroke::new(INK, 1.0))
    }

    /// Grid lines across the whole height, labelled below where labels do not
    /// touch each other.
    pub(in crate::charts) fn draw_x_ticks(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let font = Font::size(style::TICK).centred();
        let mut free = EDGE;
        for tick in &self.x.ticks {
            let x = canvas.page.sharp(self.x(tick.at));
            canvas.line(&[(x, self.top), (x, self.bottom)], Stroke::new(GRID, 1.0))?;
            canvas.line(&[(x, self.bottom), (x, self.bottom + 6.0)], Stroke::new(INK, 1.0))?;
            let half = canvas.width(&tick.label, font)? / 2.0;
            if x - half >= free && x + half <= canvas.page.width - EDGE {
                canvas.text(&tick.label, (x, self.bottom + 22.0), font)?;
                free = x + half + 10.0;
            }
        }
        Ok(())
    }

    pub(in crate::charts) fn draw_titles(
        &self,
        canvas: &Canvas<'_>,
        x: &str,
        y: &str,
    ) -> Result<(), ChartError> {
        self.draw_titles_at(canvas, x, y, canvas.page.x_title())
    }

    /// The titles of both axes, that of the x axis at a height of the page.
    pub(in crate::charts) fn draw_titles_at(
        &self,
        canvas: &Canvas<'_>,
        x: &str,
        y: &str,
        height: f64,
    ) -> Result<(), ChartError> {
        let font = Font::size(style::AXIS_TITLE).centred();
        // A narrow plot has room at its right for the end of a long one.
        let (_, x_font) = canvas.fitted(x, self.right - self.left, font, style::LABEL)?;
        let x = canvas.shortened(x, canvas.page.right() - self.left, x_font)?;
        let middle = ((self.left + self.right) / 2.0).max(self.left + canvas.width(&x, x_font)? / 2.0);
        canvas.text(&x, (middle, height), x_font)?;
        self.draw_upright_title(canvas, y, canvas.page.margin() + 4.0)
    }

    /// What is measured upwards, beside the plot: around its middle, or down from its
    /// top where it is longer, on two lines where it must be.
    pub(in crate::charts) fn draw_upright_title(
        &self,
        canvas: &Canvas<'_>,
        title: &str,
        x: f64,
    ) -> Result<(), ChartError> {
        let height = self.bottom - self.top;
        let font = Font::size(style::AXIS_TITLE).centred();
        let (_, font) = canvas.fitted(title, height, font, style::LABEL)?;
        // Beside the labels below the plot there is room for the end of a long one.
        let room = canvas.page.height - EDGE - self.top;
        let lines = match canvas.width(title, font)? <= room {
            true => vec![title.to_owned()],
            false => canvas.on_two_lines(title, room, font)?,
        };
        let first = x - Y_TITLE_LINE / 2.0 * (lines.len() - 1) as f64;
        for (nth, line) in lines.iter().enumerate() {
            let half = canvas.width(line, font)?.max(height) / 2.0;
            canvas.text(line, (first + nth as f64 * Y_TITLE_LINE, self.top + half), font.upwards())?;
        }
        Ok(())
    }

    /// Says in the middle of the plot why it is empty.
    pub(in crate::charts) fn say(&self, canvas: &Canvas<'_>, message: &str) -> Result<(), ChartError> {
        let middle = ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0);
        canvas.text(message, middle, Font::size(style::MESSAGE).color(MUTED).centred())
    }

    /// Whether a place lies within the plot.
    pub(in crate::charts) fn holds(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}
