//! The key above a plot: what each kind of mark means, in one line.

use super::color::Color;

use super::ChartError;
use super::canvas::{Canvas, Font, Point};
use super::style::{self, INK, MUTED, MarkStyle, PAPER};
use super::theory_line;

const SAMPLE: f64 = 26.0;
const GAP: f64 = 26.0;

/// A kind of mark, and its meaning.
#[derive(Clone, Copy)]
pub(super) enum Item {
    Dot(&'static str, Color),
    /// A light patch.
    Patch(&'static str, Color),
    /// A short thick stroke.
    Bar(&'static str),
    Ring(&'static str),
    Mark(&'static str, MarkStyle),
    Dashes(&'static str, Color),
}

impl Item {
    fn meaning(self) -> &'static str {
        match self {
            Item::Dot(meaning, _)
            | Item::Patch(meaning, _)
            | Item::Bar(meaning)
            | Item::Ring(meaning)
            | Item::Mark(meaning, _)
            | Item::Dashes(meaning, _) => meaning,
        }
    }

    fn draw(self, canvas: &Canvas<'_>, at: Point) -> Result<(), ChartError> {
        let (x, y) = at;
        match self {
            Item::Dot(_, color) => canvas.dot(at, 3.5, color.faint(75)),
            Item::Patch(_, color) => canvas.fill((x - 8.0, y - 6.0), (x + 8.0, y + 6.0), color.faint(30)),
            Item::Bar(_) => canvas.fill((x - 3.0, y - 8.0), (x + 3.0, y + 8.0), INK),
            Item::Ring(_) => {
                canvas.dot(at, 5.5, INK)?;
                canvas.dot(at, 4.0, PAPER)
            }
            Item::Mark(_, mark) => canvas.mark(at, 7.0, mark),
            Item::Dashes(_, color) => theory_line::tick(canvas, at, 11.0, color),
        }
    }
}

/// Draws the items in a line from `at` on.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    at: Point,
    items: impl Iterator<Item = Item>,
) -> Result<(), ChartError> {
    let font = Font::size(style::LABEL).color(MUTED);
    let mut left = at.0;
    for item in items {
        item.draw(canvas, (left + SAMPLE / 2.0, at.1))?;
        canvas.text(item.meaning(), (left + SAMPLE + 4.0, at.1), font)?;
        left += SAMPLE + 4.0 + canvas.width(item.meaning(), font)? + GAP;
    }
    Ok(())
}
