//! The key above a plot: what each kind of mark means, in one line.

use super::color::Color;

use super::canvas::{Canvas, Font, Point};
use super::style::{self, INK, MUTED, MarkStyle, Stroke};
use super::theory_line;
use crate::charts::ChartError;

const SAMPLE: f64 = 26.0;
const GAP: f64 = 26.0;
/// From one line to the next.
pub(in crate::charts) const LINE: f64 = 24.0;

/// A kind of mark, and its meaning.
#[derive(Clone, Copy)]
pub(in crate::charts) enum Item {
    Dot(&'static str, Color),
    /// A light patch.
    Patch(&'static str, Color),
    /// A short thick stroke.
    Bar(&'static str),
    Ring(&'static str),
    /// An open end.
    Open(&'static str, Color),
    Mark(&'static str, MarkStyle),
    Dashes(&'static str, Color),
    Arrow(&'static str, Stroke),
    Stroke(&'static str, Stroke),
    /// A line that a chart draws in its own way.
    Border(&'static str, fn(&Canvas<'_>, Point) -> Result<(), ChartError>),
}

impl Item {
    fn meaning(self) -> &'static str {
        match self {
            Item::Dot(meaning, _)
            | Item::Patch(meaning, _)
            | Item::Bar(meaning)
            | Item::Ring(meaning)
            | Item::Open(meaning, _)
            | Item::Mark(meaning, _)
            | Item::Dashes(meaning, _)
            | Item::Arrow(meaning, _)
            | Item::Stroke(meaning, _)
            | Item::Border(meaning, _) => meaning,
        }
    }

    fn draw(self, canvas: &Canvas<'_>, at: Point) -> Result<(), ChartError> {
        let (x, y) = at;
        match self {
            Item::Dot(_, color) => canvas.dot(at, 3.5, color.faint(75)),
            Item::Patch(_, color) => canvas.fill((x - 8.0, y - 6.0), (x + 8.0, y + 6.0), color.faint(30)),
            Item::Bar(_) => canvas.fill((x - 3.0, y - 8.0), (x + 3.0, y + 8.0), INK),
            Item::Ring(_) => canvas.ring(at, 5.5, INK),
            Item::Open(_, color) => canvas.ring(at, 4.5, color),
            Item::Mark(_, mark) => canvas.mark(at, 7.0, mark),
            Item::Dashes(_, color) => theory_line::tick(canvas, at, 11.0, color),
            Item::Arrow(_, stroke) => canvas.arrow((x - 11.0, y), (x + 11.0, y), stroke),
            Item::Border(_, draw) => draw(canvas, at),
            Item::Stroke(_, stroke) => canvas.line(&[(x - 11.0, y), (x + 11.0, y)], stroke),
        }
    }
}

/// Draws the items from `at` on, in as many lines as they need.
pub(in crate::charts) fn draw(
    canvas: &Canvas<'_>,
    at: Point,
    items: impl Iterator<Item = Item>,
) -> Result<(), ChartError> {
    let font = Font::size(style::LABEL).color(MUTED);
    for Placed { item, left, line } in places(canvas, at.0, items)? {
        let y = at.1 + line * LINE;
        item.draw(canvas, (left + SAMPLE / 2.0, y))?;
        canvas.text(item.meaning(), (left + SAMPLE + 4.0, y), font)?;
    }
    Ok(())
}

/// The height of the items' lines, from `left` on.
pub(in crate::charts) fn height(
    canvas: &Canvas<'_>,
    left: f64,
    items: impl Iterator<Item = Item>,
) -> Result<f64, ChartError> {
    let last = places(canvas, left, items)?.pop();
    Ok(last.map_or(0.0, |last| (last.line + 1.0) * LINE))
}

/// An item, where it begins, and on which line, counted from 0.
struct Placed {
    item: Item,
    left: f64,
    line: f64,
}

fn places(
    canvas: &Canvas<'_>,
    from: f64,
    items: impl Iterator<Item = Item>,
) -> Result<Vec<Placed>, ChartError> {
    let (mut left, mut line) = (from, 0.0);
    let mut places = Vec::new();
    for item in items {
        let width = SAMPLE + 4.0 + canvas.width(item.meaning(), Font::size(style::LABEL))?;
        if left > from && left + width > canvas.page.right() {
            (left, line) = (from, line + 1.0);
        }
        places.push(Placed { item, left, line });
        left += width + GAP;
    }
    Ok(places)
}
