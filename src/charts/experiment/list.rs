//! The list of experiments beside a plot, and the mark of what is published.

use crate::charts::ChartError;
use crate::charts::draw::canvas::{Canvas, Font, Point};
use crate::charts::draw::key_above::{BEFORE_WORD, height_above, places_above};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, MUTED, MarkStyle, Stroke};
use crate::charts::draw::wording;

/// The width before a name, with its mark.
const SAMPLE: f64 = 26.0;
const ROW_HEIGHT: f64 = 24.0;
/// The most rows, where the page is that high.
const ROWS: usize = 30;
/// Where the list begins under the tallest heading.
const HEADING: f64 = 200.0;
const PUBLISHED: &str = "published";

/// The list of experiments at the right of the plot.
pub(in crate::charts) struct ExperimentList {
    names: Vec<String>,
    more: Option<String>,
    published: bool,
    widest: f64,
}

impl ExperimentList {
    pub(in crate::charts) fn new(
        canvas: &Canvas<'_>,
        experiments: &[String],
        published: bool,
    ) -> Result<ExperimentList, ChartError> {
        let font = Font::size(style::LABEL);
        // The head, what more there is and the mark of what is published are rows too.
        let rows = ((canvas.page.bottom() - HEADING) / ROW_HEIGHT - 3.0).max(1.0) as usize;
        let shown = experiments.iter().take(rows.min(ROWS));
        let names = shown.map(|name| canvas.line_name(name)).collect::<Result<Vec<String>, ChartError>>()?;
        let more = match experiments.len() - names.len() {
            0 => None,
            more => Some(format!("and {}", wording::many(more, "more", "more"))),
        };
        let words =
            names.iter().map(String::as_str).chain(["experiment"]).chain(published.then_some(PUBLISHED));
        let widest = words
            .map(|word| canvas.width(word, font))
            .try_fold(0.0_f64, |widest, width| Ok::<f64, ChartError>(widest.max(width?)))?;
        Ok(ExperimentList { names, more, published, widest })
    }

    /// What it needs beside the plot.
    pub(in crate::charts) fn width(&self, canvas: &Canvas<'_>) -> f64 {
        let is_beside = !self.names.is_empty() && !canvas.page.is_narrow();
        if is_beside { self.widest + SAMPLE + 36.0 } else { 0.0 }
    }

    /// What it needs above the plot, where there is no room beside it.
    pub(in crate::charts) fn height(&self, canvas: &Canvas<'_>) -> Result<f64, ChartError> {
        if canvas.page.is_narrow() { height_above(canvas, &self.words()) } else { Ok(0.0) }
    }

    /// The names, what is published, and what more there is.
    fn words(&self) -> Vec<&str> {
        let published = self.published.then_some(PUBLISHED);
        self.names.iter().map(String::as_str).chain(published).chain(self.more.as_deref()).collect()
    }

    fn draw_above(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let words = self.words();
        for (index, (word, (x, y))) in words.iter().zip(places_above(canvas, &words)?).enumerate() {
            let middle = (x + SAMPLE / 2.0, y);
            if index < self.names.len() {
                canvas.mark(middle, 7.0, MarkStyle::nth(index))?;
            } else if self.published && index == self.names.len() {
                published_mark(canvas, middle, 8.0)?;
            }
            canvas.text(word, (x + BEFORE_WORD, y), Font::size(style::LABEL))?;
        }
        Ok(())
    }

    pub(in crate::charts) fn draw(&self, canvas: &Canvas<'_>, plot: &Plot) -> Result<(), ChartError> {
        if self.names.is_empty() {
            return Ok(());
        }
        if canvas.page.is_narrow() {
            return self.draw_above(canvas);
        }
        let left = canvas.page.right() - self.widest - SAMPLE;
        let font = Font::size(style::LABEL);
        canvas.text("experiment", (left, plot.top + 4.0), font.color(MUTED))?;
        let y = |row: usize| plot.top + 4.0 + ROW_HEIGHT * (row + 1) as f64;
        for (index, name) in self.names.iter().enumerate() {
            canvas.mark((left + 8.0, y(index)), 7.0, MarkStyle::nth(index))?;
            canvas.text(name, (left + SAMPLE, y(index)), font)?;
        }
        if self.published {
            let y = y(self.names.len() + usize::from(self.more.is_some())) + 8.0;
            published_mark(canvas, (left + 8.0, y), 8.0)?;
            canvas.text(PUBLISHED, (left + SAMPLE, y), font)?;
        }
        self.more
            .iter()
            .try_for_each(|more| canvas.text(more, (left, y(self.names.len())), font.color(MUTED)))
    }
}

/// The mark of a published value: a level stroke, longer than any mark is wide: both are seen at one place.
pub(in crate::charts) fn published_mark(canvas: &Canvas<'_>, at: Point, half: f64) -> Result<(), ChartError> {
    let line = [(at.0 - half, at.1), (at.0 + half, at.1)];
    canvas.line(&line, Stroke::new(style::PAPER, 5.0))?;
    canvas.line(&line, Stroke::new(style::INK, 2.5))
}
