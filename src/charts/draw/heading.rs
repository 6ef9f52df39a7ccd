//! The words at the top of a page.

use super::canvas::{Canvas, Font};
use super::style::{self, MARGIN, MUTED};
use crate::charts::ChartError;

/// Where the data area begins below a heading of the usual height.
const TOP: f64 = 140.0;
/// Where it begins without a heading.
const TOP_WITHOUT: f64 = 32.0;
/// Between two lines of notes.
const LINE: f64 = 23.0;
/// The most lines of a subject, and the most of notes.
const MOST_LINES: usize = 3;
/// The smallest that a title becomes before it takes a second line.
const LEAST_TITLE: f64 = 20.0;
/// Between the two lines of a title.
const TITLE_LINE: f64 = 27.0;
/// Between the parts of a subject, and between notes.
const BETWEEN: &str = " · ";

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
        canvas.say(&self.title, &self.description(), &self.notes.join("; "));
        if !canvas.page.has_heading() {
            return Ok(TOP_WITHOUT);
        }
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
        if !canvas.page.has_heading() {
            return Ok(TOP_WITHOUT);
        }
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
        Ok((canvas.on_two_lines(&self.title, room, font)?, font))
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
