//! Marks on a plot: those that fall together are fanned out, and each group
//! gets a label where there is room.

use super::canvas::{Canvas, Font, Point};
use super::plot::Plot;
use super::style::{self, MUTED, MarkStyle, Stroke};
use super::wording;
use crate::charts::ChartError;
use crate::model::event::MachineId;

/// How far a mark reaches from its place.
const RADIUS: f64 = 8.0;
/// The same for the mark of a range.
const RANGE_RADIUS: f64 = 5.0;
/// Marks nearer to each other than this, across and up, are fanned out.
const TOGETHER: (f64, f64) = (3.0, 14.0);
/// Between fanned-out marks, and across a whole fan at most.
const APART: f64 = 15.0;
const WIDEST_FAN: f64 = 96.0;
/// With more groups than this, labels would only be noise.
const MOST_LABELS: usize = 300;
const FONT: f64 = 13.0;

/// One mark, before it is fanned out.
#[derive(Clone, Copy)]
pub(in crate::charts) struct Mark {
    pub at: Point,
    pub style: MarkStyle,
    pub machine: MachineId,
    /// What it marks a value of, if that is more than a place; such a mark stays
    /// where it is, and no label covers what it marks.
    pub of_range: Option<Range>,
}

/// The upper and the lower end of a range, and half of its width.
#[derive(Clone, Copy)]
pub(in crate::charts) struct Range {
    pub upper: f64,
    pub lower: f64,
    pub half: f64,
}

impl Mark {
    fn radius(&self) -> f64 {
        if self.of_range.is_some() { RANGE_RADIUS } else { RADIUS }
    }
}

/// Draws the marks and their labels, which keep off the obstacles too; says how many groups have none.
pub(in crate::charts) fn draw(
    canvas: &Canvas<'_>,
    plot: &Plot,
    marks: &[Mark],
    obstacles: &[Area],
) -> Result<usize, ChartError> {
    let fans = fans(marks, plot.x(1.0));
    for fan in &fans {
        fan.draw(canvas)?;
    }
    if fans.len() > MOST_LABELS {
        return Ok(fans.len());
    }
    let mut taken: Vec<Area> = fans.iter().map(Fan::area).chain(obstacles.iter().copied()).collect();
    let mut unlabelled = 0;
    for fan in &fans {
        let text = fan.label();
        let font = Font::size(FONT).centred();
        let size = (canvas.width(&text, font)?, FONT + 2.0);
        match fan.area().around(size, fan.marks[0].at.1).find(|area| area.is_free(plot, &taken)) {
            Some(area) => {
                canvas.text(&text, area.middle(), font)?;
                taken.push(area);
            }
            None => unlabelled += 1,
        }
    }
    Ok(unlabelled)
}

/// Marks that fall together, in the order they are fanned out.
struct Fan {
    /// Where they belong.
    x: f64,
    /// Where the first of them may be drawn.
    least: f64,
    marks: Vec<Mark>,
}

/// The fans, none of which reaches below `least`.
fn fans(marks: &[Mark], least: f64) -> Vec<Fan> {
    let mut fans: Vec<Fan> = Vec::new();
    for mark in marks {
        let near = |fan: &&mut Fan| {
            let first = fan.marks[0].at;
            let are_free = mark.of_range.is_none() && fan.marks[0].of_range.is_none();
            are_free && (first.0 - mark.at.0).abs() < TOGETHER.0 && (first.1 - mark.at.1).abs() < TOGETHER.1
        };
        match fans.iter_mut().find(near) {
            Some(fan) => fan.marks.push(*mark),
            None => fans.push(Fan { x: mark.at.0, least: least.min(mark.at.0), marks: vec![*mark] }),
        }
    }
    fans
}

impl Fan {
    fn apart(&self) -> f64 {
        let clock_gaps = self.marks.len().max(2) - 1;
        APART.min(WIDEST_FAN / clock_gaps as f64)
    }

    /// Where its first and its last mark are drawn: around their place, or to the
    /// right of it where there is none at the left.
    fn ends(&self) -> (f64, f64) {
        let width = self.apart() * (self.marks.len() - 1) as f64;
        let first = (self.x - width / 2.0).max(self.least);
        (first, first + width)
    }

    fn draw(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        if self.marks.len() > 1 {
            // A stem shows where the marks belong, and that they belong together.
            let area = self.area();
            let (y, ends) = (self.marks[0].at.1, self.ends());
            canvas.line(&[(ends.0, y), (ends.1, y)], Stroke::new(MUTED, 1.0))?;
            canvas.line(&[(self.x, area.top - 3.0), (self.x, area.bottom + 3.0)], Stroke::new(MUTED, 1.0))?;
        }
        for (index, mark) in self.marks.iter().enumerate() {
            let x = self.ends().0 + self.apart() * index as f64;
            let white = MarkStyle { color: style::PAPER, ..mark.style };
            let radius = mark.radius();
            canvas.mark((x, mark.at.1), radius + 1.5, white)?;
            canvas.mark((x, mark.at.1), radius, mark.style)?;
        }
        Ok(())
    }

    fn area(&self) -> Area {
        let radius = self.marks[0].radius();
        let ends = |mark: &Mark| {
            let (upper, lower) =
                mark.of_range.map_or((mark.at.1, mark.at.1), |range| (range.upper, range.lower));
            (upper.min(mark.at.1 - radius), lower.max(mark.at.1 + radius))
        };
        let half = self.marks[0].of_range.map_or(0.0, |range| range.half).max(radius);
        let (first, last) = self.ends();
        Area {
            left: first - half,
            right: last + half,
            top: self.marks.iter().map(|mark| ends(mark).0).fold(f64::INFINITY, f64::min),
            bottom: self.marks.iter().map(|mark| ends(mark).1).fold(f64::NEG_INFINITY, f64::max),
        }
    }

    fn label(&self) -> String {
        let mut ids: Vec<MachineId> = self.marks.iter().map(|mark| mark.machine).collect();
        ids.sort_unstable();
        ids.dedup();
        const NAMED: usize = 6;
        if ids.len() > NAMED {
            wording::many(ids.len(), "machine", "machines")
        } else {
            wording::machines(&ids)
        }
    }
}

/// A box on the page.
#[derive(Clone, Copy, Debug)]
pub(in crate::charts) struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Area {
    fn middle(self) -> Point {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_free(&self, plot: &Plot, taken: &[Area]) -> bool {
        plot.holds((self.left, self.top))
            && plot.holds((self.right, self.bottom))
            && !taken.iter().any(|other| self.overlaps(other))
    }

    /// The places for a label around this, the best first; beside it, it stands at
    /// the height of the mark.
    fn around(self, (width, height): (f64, f64), of_mark: f64) -> impl Iterator<Item = Area> {
        let (x, y) = self.middle();
        let level = of_mark - y;
        let (aside, above) =
            ((self.right - self.left + width) / 2.0, (self.bottom - self.top + height) / 2.0);
        let (aside, above) = (aside + 4.0, above + 2.0);
        let near = [(aside, level), (0.0, -above), (-aside, level), (0.0, above)];
        let corners = [(aside, -above), (-aside, -above), (aside, above), (-aside, above)];
        near.into_iter().chain(corners).map(move |(dx, dy)| Area {
            left: x + dx - width / 2.0,
            right: x + dx + width / 2.0,
            top: y + dy - height / 2.0,
            bottom: y + dy + height / 2.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_at_one_place_are_fanned_out_where_they_can_be_and_others_stay() {
        let mark = |x: f64, y: f64| Mark {
            at: (x, y),
            style: MarkStyle::nth(0),
            machine: MachineId(1),
            of_range: None,
        };
        let marks = [
            mark(50.0, 9.0),
            mark(50.0, 9.0),
            mark(50.0, 9.0),
            mark(58.0, 9.0),
            mark(90.0, 5.0),
            mark(90.0, 6.0),
        ];
        let fans = fans(&marks, 50.0);
        let ends: Vec<_> = fans.iter().map(Fan::ends).collect();
        assert_eq!(ends, [(50.0, 80.0), (58.0, 58.0), (82.5, 97.5)]);
    }
}
