//! What surrounds the data: titles, axes and their grid, and the words for no data.

use super::axis::Axis;
use super::canvas::{Canvas, Font, Point};
use super::look::Look;
use super::style::{self, GRID, INK, MARGIN, MUTED, Stroke};
use crate::charts::ChartError;

/// Where the data area begins below a heading of the usual height.
const TOP: f64 = 140.0;
/// Between two lines of notes.
const LINE: f64 = 23.0;
/// The most lines of a subject, and the most of notes.
const MOST_LINES: usize = 3;
/// The least between a label and the edge of the page.
const EDGE: f64 = 8.0;
/// The smallest that a title becomes before it takes a second line.
const LEAST_TITLE: f64 = 20.0;
/// Between the two lines of a title.
const TITLE_LINE: f64 = 27.0;
/// Between the two lines of a y axis's title.
const Y_TITLE_LINE: f64 = 17.0;
/// Between the parts of a subject, and between notes.
const BETWEEN: &str = " · ";

/// A page, in pixels that are as large as its texts ask for.
#[derive(Clone, Copy, Debug)]
pub(in crate::charts) struct Page {
    pub width: f64,
    pub height: f64,
    zoom: f64,
}

impl Page {
    pub(in crate::charts) fn of(look: Look) -> Page {
        let ((width, height), zoom) = (look.size(), look.zoom());
        Page { width: f64::from(width) / zoom, height: f64::from(height) / zoom, zoom }
    }

    /// What Plotters counts in.
    pub(in crate::charts) fn units_a_pixel(self) -> f64 {
        f64::from(style::UNITS_A_PIXEL) * self.zoom
    }

    /// The right end of everything.
    pub(in crate::charts) fn right(self) -> f64 {
        self.width - MARGIN
    }

    /// Where the data area ends, above the labels of the x axis.
    pub(in crate::charts) fn bottom(self) -> f64 {
        self.height - 104.0
    }

    /// The height of what the x axis measures.
    pub(in crate::charts) fn x_title(self) -> f64 {
        self.bottom() + 62.0
    }

    /// The middle of a pixel of the picture, where a line of one pixel is drawn
    /// sharp.
    pub(in crate::charts) fn sharp(self, pixels: f64) -> f64 {
        ((pixels * self.zoom).floor() + 0.5) / self.zoom
    }
}

/// The words at the top of a page.
pub(in crate::charts) struct Heading {
    /// What the chart shows, or what is found in it.
    pub title: String,
    /// Of what: the experiment, the run, how many machines.
    pub subject: String,
    /// What a reader must know to read it aright; may be empty.
    pub notes: Vec<String>,
}

impl Heading {
    /// Draws it, and says where the data may begin.
    pub(in crate::charts) fn draw(&self, canvas: &Canvas<'_>) -> Result<f64, ChartError> {
        canvas.say(&self.title, &self.description());
        let (room, mut y) = (canvas.page.right() - MARGIN, 46.0);
        let (titles, font) = self.titles(canvas)?;
        for title in &titles {
            canvas.text(title, (MARGIN, y), font)?;
            y += TITLE_LINE;
        }
        let font = Font::size(style::SUBTITLE).color(MUTED);
        let lines = self.lines(canvas)?;
        for (nth, line) in lines.iter().enumerate() {
            let line = canvas.shortened(line, room, font)?;
            canvas.text(&line, (MARGIN, y + 34.0 - TITLE_LINE + nth as f64 * LINE), font)?;
        }
        Ok(top(&titles, &lines))
    }

    /// Where the data may begin.
    pub(in crate::charts) fn top(&self, canvas: &Canvas<'_>) -> Result<f64, ChartError> {
        Ok(top(&self.titles(canvas)?.0, &self.lines(canvas)?))
    }

    /// The title on one line, or on two where that is too narrow for its smallest
    /// font.
    fn titles(&self, canvas: &Canvas<'_>) -> Result<(Vec<String>, Font), ChartError> {
        let room = canvas.page.right() - MARGIN;
        let (title, font) = canvas.fitted(&self.title, room, Font::size(style::TITLE).bold(), LEAST_TITLE)?;
        if title == self.title {
            return Ok((vec![title], font));
        }
        Ok((on_two_lines(canvas, &self.title, room, font)?, font))
    }

    /// The subject, and the notes, on as many lines as they need.
    fn lines(&self, canvas: &Canvas<'_>) -> Result<Vec<String>, ChartError> {
        let mut lines = joined(canvas, self.subject.split(BETWEEN))?;
        lines.retain(|line| !line.is_empty());
        lines.extend(joined(canvas, self.notes.iter().map(String::as_str))?);
        Ok(lines)
    }

    fn description(&self) -> String {
        let said = [&self.subject].into_iter().chain(&self.notes).filter(|words| !words.is_empty());
        said.map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

/// A text on two lines, broken where the longer of them is shortest, or on one
/// if it is one word; shortened where that is not enough.
fn on_two_lines(canvas: &Canvas<'_>, text: &str, room: f64, font: Font) -> Result<Vec<String>, ChartError> {
    let mut best: (f64, Vec<&str>) = (f64::INFINITY, vec![text]);
    for (at, _) in text.match_indices(' ') {
        let lines = vec![&text[..at], &text[at + 1..]];
        let longer = canvas.width(lines[0], font)?.max(canvas.width(lines[1], font)?);
        if longer < best.0 {
            best = (longer, lines);
        }
    }
    best.1.into_iter().map(|line| canvas.shortened(line, room, font)).collect()
}

fn top(titles: &[String], lines: &[String]) -> f64 {
    let more = |lines: &[String], usual: usize| lines.len().saturating_sub(usual) as f64;
    TOP + TITLE_LINE * more(titles, 1) + LINE * more(lines, 2)
}

/// Parts side by side, as many on a line as fit.
fn joined<'a>(canvas: &Canvas<'_>, parts: impl Iterator<Item = &'a str>) -> Result<Vec<String>, ChartError> {
    let (font, room) = (Font::size(style::SUBTITLE), canvas.page.right() - MARGIN);
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let count = lines.len();
        match lines.last_mut() {
            Some(line)
                if count == MOST_LINES || canvas.width(&format!("{line}{BETWEEN}{part}"), font)? <= room =>
            {
                line.push_str(BETWEEN);
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    Ok(lines)
}

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
        let left = MARGIN + style::AXIS_TITLE + 26.0 + widest;
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

    /// The grid, both axes with their labels, and what they measure.
    pub(in crate::charts) fn draw(
        &self,
        canvas: &Canvas<'_>,
        x_title: &str,
        y_title: &str,
    ) -> Result<(), ChartError> {
        self.draw_y_ticks(canvas)?;
        self.draw_x_ticks(canvas)?;
        self.draw_axes(canvas)?;
        self.draw_titles(canvas, x_title, y_title)
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
        let font = Font::size(style::AXIS_TITLE).centred();
        let (x, x_font) = canvas.fitted(x, self.right - self.left, font, style::LABEL)?;
        canvas.text(&x, ((self.left + self.right) / 2.0, canvas.page.x_title()), x_font)?;
        // Beside the labels below the plot there is room for the end of a long one.
        let height = self.bottom - self.top;
        let (_, font) = canvas.fitted(y, height, font, style::LABEL)?;
        let room = canvas.page.height - EDGE - self.top;
        let lines = match canvas.width(y, font)? <= room {
            true => vec![y.to_owned()],
            false => on_two_lines(canvas, y, room, font)?,
        };
        let first = MARGIN + 4.0 - Y_TITLE_LINE / 2.0 * (lines.len() - 1) as f64;
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
