//! What surrounds the data: titles, axes and their grid, and the words for no data.

use super::ChartError;
use super::axis::Axis;
use super::canvas::{Canvas, Font, Point};
use super::style::{self, GRID, INK, MARGIN, MUTED, Stroke};

/// Where the data area begins, below the titles.
pub(super) const TOP: f64 = 140.0;
/// Where it ends, above the labels of the x axis.
pub(super) const BOTTOM: f64 = style::HEIGHT as f64 - 104.0;
/// The height of what the x axis measures.
pub(super) const X_TITLE: f64 = BOTTOM + 62.0;
/// The right end of everything.
pub(super) const RIGHT: f64 = style::WIDTH as f64 - MARGIN;

/// The words at the top of a page.
pub(super) struct Heading {
    pub title: String,
    /// Of what: the experiment, the run, how many machines.
    pub subject: String,
    /// What a reader must know to read it aright; may be empty.
    pub notes: Vec<String>,
}

impl Heading {
    pub(super) fn draw(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let room = RIGHT - MARGIN;
        let font = Font::size(style::TITLE).bold();
        canvas.text(&canvas.shortened(&self.title, room, font)?, (MARGIN, 46.0), font)?;
        let font = Font::size(style::SUBTITLE).color(MUTED);
        let notes = self.notes.join(" · ");
        for (text, y) in [(&self.subject, 80.0), (&notes, 105.0)] {
            if !text.is_empty() {
                canvas.text(&canvas.shortened(text, room, font)?, (MARGIN, y), font)?;
            }
        }
        Ok(())
    }
}

/// The area of the data: two axes and where they lie on the page.
pub(super) struct Plot {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub x: Axis,
    pub y: Axis,
}

impl Plot {
    /// A plot that leaves `legend` pixels free at its right, and as much at its
    /// left as the labels of its y axis need.
    pub(super) fn new(canvas: &Canvas<'_>, x: Axis, y: Axis, legend: f64) -> Result<Plot, ChartError> {
        let mut widest = 0.0_f64;
        for tick in &y.ticks {
            widest = widest.max(canvas.width(&tick.label, Font::size(style::TICK))?);
        }
        let left = MARGIN + style::AXIS_TITLE + 26.0 + widest;
        Ok(Plot { left: left.round(), right: (RIGHT - legend).round(), top: TOP, bottom: BOTTOM, x, y })
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        self.left + self.x.share(value) * (self.right - self.left)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - self.y.share(value) * (self.bottom - self.top)
    }

    /// The pixels of a place that may lie beyond the axes.
    pub(super) fn beyond(&self, x: f64, y: f64) -> Point {
        let (x, y) = (self.x.share_beyond(x), self.y.share_beyond(y));
        (self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top))
    }

    /// The grid, both axes with their labels, and what they measure.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, x_title: &str, y_title: &str) -> Result<(), ChartError> {
        self.draw_y_ticks(canvas)?;
        self.draw_x_ticks(canvas)?;
        self.draw_axes(canvas)?;
        self.draw_titles(canvas, x_title, y_title)
    }

    /// Grid lines across the whole width, labelled at their left.
    pub(super) fn draw_y_ticks(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let font = Font::size(style::TICK);
        for tick in &self.y.ticks {
            let y = sharp(self.y(tick.at));
            canvas.line(&[(self.left, y), (self.right, y)], Stroke::new(GRID, 1.0))?;
            canvas.text(&tick.label, (self.left - 12.0, y), font.ending())?;
        }
        Ok(())
    }

    /// The two axes as lines.
    pub(super) fn draw_axes(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let (left, bottom) = (sharp(self.left), sharp(self.bottom));
        canvas.line(&[(left, self.top), (left, bottom), (self.right, bottom)], Stroke::new(INK, 1.0))
    }

    /// Grid lines across the whole height, labelled below.
    pub(super) fn draw_x_ticks(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        for tick in &self.x.ticks {
            let x = sharp(self.x(tick.at));
            canvas.line(&[(x, self.top), (x, self.bottom)], Stroke::new(GRID, 1.0))?;
            canvas.line(&[(x, self.bottom), (x, self.bottom + 6.0)], Stroke::new(INK, 1.0))?;
            canvas.text(&tick.label, (x, self.bottom + 22.0), Font::size(style::TICK).centred())?;
        }
        Ok(())
    }

    pub(super) fn draw_titles(&self, canvas: &Canvas<'_>, x: &str, y: &str) -> Result<(), ChartError> {
        let font = Font::size(style::AXIS_TITLE).centred();
        let x = canvas.shortened(x, self.right - self.left, font)?;
        canvas.text(&x, ((self.left + self.right) / 2.0, X_TITLE), font)?;
        let y = canvas.shortened(y, self.bottom - self.top, font)?;
        canvas.text(&y, (MARGIN + 4.0, (self.top + self.bottom) / 2.0), font.upwards())
    }

    /// Leaves the labels of some x ticks out where they would touch each other.
    pub(super) fn thin_x_labels(&mut self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let mut free = f64::NEG_INFINITY;
        for index in 0..self.x.ticks.len() {
            let middle = self.x(self.x.ticks[index].at);
            let width = canvas.width(&self.x.ticks[index].label, Font::size(style::TICK))?;
            if middle - width / 2.0 < free {
                self.x.ticks[index].label.clear();
            } else {
                free = middle + width / 2.0 + 10.0;
            }
        }
        Ok(())
    }

    /// Says in the middle of the plot why it is empty.
    pub(super) fn say(&self, canvas: &Canvas<'_>, message: &str) -> Result<(), ChartError> {
        let middle = ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0);
        canvas.text(message, middle, Font::size(style::MESSAGE).color(MUTED).centred())
    }

    /// Whether a place lies within the plot.
    pub(super) fn holds(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

/// The middle of a pixel, where a line of one pixel is drawn sharp.
pub(super) fn sharp(pixels: f64) -> f64 {
    pixels.floor() + 0.5
}
