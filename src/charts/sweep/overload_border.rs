//! The border between cells in which theory sees an overloaded machine and
//! cells in which it sees none.

use crate::charts::ChartError;
use crate::charts::draw::canvas::{Canvas, Point};
use crate::charts::draw::key::Item;
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{INK, PAPER, Stroke};

const WIDTH: f64 = 3.5;
const EDGE: f64 = 1.75;
/// What it takes of a cell that it runs along on both sides.
pub(in crate::charts) const ACROSS: f64 = WIDTH + 2.0 * EDGE + 3.0;
/// How far a tooth reaches into its cell, at most; in small cells it leaves the
/// middle to the value.
const TOOTH: f64 = 9.0;

/// What it is, beside a piece of it.
pub(in crate::charts) const KEY: Item =
    Item::Border("border of overload by theory, teeth towards it", draw_sample);

/// A piece of a border around a place, its tooth below it.
fn draw_sample(canvas: &Canvas<'_>, (x, y): Point) -> Result<(), ChartError> {
    for (stroke, beyond) in strokes() {
        let half = 12.0 + beyond;
        canvas.line(&[(x - half, y), (x + half, y)], stroke)?;
        canvas.line(&[(x, y), (x, y + TOOTH + beyond)], stroke)?;
    }
    Ok(())
}

/// First a light edge under all of it, then the line; and how far each reaches
/// beyond the line's ends.
fn strokes() -> [(Stroke, f64); 2] {
    [(Stroke::new(PAPER, WIDTH + 2.0 * EDGE), EDGE), (Stroke::new(INK, WIDTH), 0.0)]
}

/// A side that two cells share, of which one is overloaded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::charts) struct Edge {
    /// Its ends, the middle of the first cell being 0, 0.
    from: Point,
    to: Point,
    /// A step into the overloaded cell.
    inwards: Point,
}

/// The edges between neighbours of which one is overloaded and the other not.
pub(in crate::charts) fn edges(
    columns: usize,
    rows: usize,
    overloaded: impl Fn(usize, usize) -> Option<bool>,
) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
        let Some(own) = overloaded(column, row) else { continue };
        let (x, y) = (column as f64, row as f64);
        let inwards = if own { -1.0 } else { 1.0 };
        if column + 1 < columns && overloaded(column + 1, row) == Some(!own) {
            edges.push(Edge { from: (x + 0.5, y - 0.5), to: (x + 0.5, y + 0.5), inwards: (inwards, 0.0) });
        }
        if row + 1 < rows && overloaded(column, row + 1) == Some(!own) {
            edges.push(Edge { from: (x - 0.5, y + 0.5), to: (x + 0.5, y + 0.5), inwards: (0.0, inwards) });
        }
    }
    edges
}

/// Draws the border.
pub(in crate::charts) fn draw(canvas: &Canvas<'_>, plot: &Plot, edges: &[Edge]) -> Result<(), ChartError> {
    for (stroke, beyond) in strokes() {
        for edge in edges {
            edge.draw(canvas, plot, stroke, beyond)?;
        }
    }
    Ok(())
}

impl Edge {
    fn draw(&self, canvas: &Canvas<'_>, plot: &Plot, stroke: Stroke, beyond: f64) -> Result<(), ChartError> {
        let pixels = |at: Point| {
            let (x, y) = plot.beyond(at.0, at.1);
            (x.round(), y.round())
        };
        let (from, to) = (pixels(self.from), pixels(self.to));
        // Longer by half its width at both ends, so that corners are filled.
        let (along, half) =
            (if self.inwards.0 == 0.0 { (1.0, 0.0) } else { (0.0, -1.0) }, stroke.width / 2.0);
        let line = [
            (from.0 - half * along.0, from.1 - half * along.1),
            (to.0 + half * along.0, to.1 + half * along.1),
        ];
        canvas.line(&line, stroke)?;
        let deep = plot.beyond(self.from.0 + self.inwards.0, self.from.1 + self.inwards.1);
        let depth = (deep.0 - from.0).abs() + (deep.1 - from.1).abs();
        let reach = TOOTH.min(depth / 5.0) + beyond;
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let tip = (middle.0 + self.inwards.0 * reach, middle.1 - self.inwards.1 * reach);
        canvas.line(&[middle, tip], stroke)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lie_between_cells_that_differ_and_point_to_the_overloaded_one() {
        let cells = [[Some(true), Some(false)], [Some(true), None]];
        let found = edges(2, 2, |column, row| cells[row][column]);
        assert_eq!(found, [Edge { from: (0.5, -0.5), to: (0.5, 0.5), inwards: (-1.0, 0.0) }]);
        assert_eq!(edges(0, 0, |_, _| Some(true)), []);
        assert_eq!(edges(3, 3, |_, _| Some(true)), []);
    }
}
