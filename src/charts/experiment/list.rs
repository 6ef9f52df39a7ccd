//! The list of experiments beside a plot, and the mark of what is published.

use crate::charts::ChartError;
use crate::charts::draw::canvas::{Canvas, Font, Point};
use crate::charts::draw::color::Color;
use crate::charts::draw::key_above::{BEFORE_WORD, height_above, places_above};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, MUTED, MarkStyle, OTHERS, Stroke};
use crate::charts::draw::wording;

/// The width before a name, with its mark.
const SAMPLE: f64 = 26.0;
const ROW_HEIGHT: f64 = 24.0;
/// The most rows, where the page is that high.
const ROWS: usize = 30;
/// Where the list begins under the tallest heading.
const HEADING: f64 = 200.0;
/// Between the lines of one meaning.
const LINE: f64 = 17.0;

/// What else a plot shows.
#[derive(Clone, Copy)]
enum Other {
    Simulated,
    Published,
}

/// The list of experiments at the right of the plot.
pub(in crate::charts) struct ExperimentList {
    names: Vec<String>,
    more: Option<String>,
    /// Meanings below the names, each on as many lines as it needs.
    others: Vec<(Other, Vec<String>)>,
    widest: f64,
}

impl ExperimentList {
    pub(in crate::charts) fn new(
        canvas: &Canvas<'_>,
        experiments: &[String],
        simulated: usize,
        published: bool,
    ) -> Result<ExperimentList, ChartError> {
        let font = Font::size(style::LABEL);
        let others = others(simulated, published);
        // The head, what more there is and the other meanings are rows too.
        let taken = 2.0 + 2.0 * others.len() as f64;
        let rows = ((canvas.page.bottom() - HEADING) / ROW_HEIGHT - taken).max(1.0) as usize;
        let shown = experiments.iter().take(rows.min(ROWS));
        let names = canvas.line_names(shown.map(String::as_str))?;
        let more = match experiments.len() - names.len() {
            0 => None,
            more => Some(format!("and {}", wording::many(more, "more", "more"))),
        };
        let meanings = others.iter().flat_map(|(_, lines)| lines).map(String::as_str);
        let words = names.iter().map(String::as_str).chain(["experiment"]).chain(meanings);
        let widest = words
            .map(|word| canvas.width(word, font))
            .try_fold(0.0_f64, |widest, width| Ok::<f64, ChartError>(widest.max(width?)))?;
        Ok(ExperimentList { names, more, others, widest })
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

    /// The names, what else is shown, and what more there is.
    fn words(&self) -> Vec<String> {
        let others = self.others.iter().map(|(_, lines)| lines.join(" "));
        self.names.iter().cloned().chain(others).chain(self.more.clone()).collect()
    }

    fn draw_above(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let words = self.words();
        for (index, (word, (x, y))) in words.iter().zip(places_above(canvas, &words)?).enumerate() {
            let middle = (x + SAMPLE / 2.0, y);
            let other = index.checked_sub(self.names.len()).and_then(|nth| self.others.get(nth));
            match other {
                Some((other, _)) => sample(canvas, *other, middle)?,
                None if index < self.names.len() => canvas.mark(middle, 7.0, MarkStyle::nth(index))?,
                None => {}
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
        let mut other_y = y(self.names.len() + usize::from(self.more.is_some())) + 8.0;
        for (other, lines) in &self.others {
            let middle = other_y + LINE * (lines.len() - 1) as f64 / 2.0;
            sample(canvas, *other, (left + 8.0, middle))?;
            for line in lines {
                canvas.text(line, (left + SAMPLE, other_y), font)?;
                other_y += LINE;
            }
            other_y += ROW_HEIGHT - LINE;
        }
        self.more
            .iter()
            .try_for_each(|more| canvas.text(more, (left, y(self.names.len())), font.color(MUTED)))
    }
}

/// What such a meaning looks like, around a place.
fn sample(canvas: &Canvas<'_>, other: Other, (x, y): Point) -> Result<(), ChartError> {
    match other {
        Other::Published => published_mark(canvas, (x, y), 8.0),
        Other::Simulated => canvas.fill((x - 8.0, y - 8.0), (x + 8.0, y + 8.0), SIMULATED),
    }
}

fn others(simulated: usize, published: bool) -> Vec<(Other, Vec<String>)> {
    let runs = wording::many(simulated, "simulated run", "simulated runs");
    let simulated = (simulated > 0).then(|| (Other::Simulated, vec![runs, "of this spec".to_owned()]));
    let published = published.then(|| (Other::Published, vec!["published".to_owned()]));
    [simulated, published].into_iter().flatten().collect()
}

/// The colour of simulated runs behind others.
pub(in crate::charts) const SIMULATED: Color = OTHERS.faint(70);

/// The mark of a published value: a level stroke, longer than any mark is wide: both are seen at one place.
pub(in crate::charts) fn published_mark(canvas: &Canvas<'_>, at: Point, half: f64) -> Result<(), ChartError> {
    let line = [(at.0 - half, at.1), (at.0 + half, at.1)];
    canvas.line(&line, Stroke::new(style::PAPER, 5.0))?;
    canvas.line(&line, Stroke::new(style::INK, 2.5))
}
