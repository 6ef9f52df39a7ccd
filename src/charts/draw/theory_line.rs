//! A line of what is expected over the data: short dashes with a light edge, cut off
//! where the plot ends.

use super::color::Color;

use super::canvas::{Canvas, Point};
use super::clip;
use super::plot::Plot;
use super::style::{PAPER, Stroke};
use crate::charts::ChartError;

/// Pixels along the line: drawn, then left out.
const DASH: (f64, f64) = (8.0, 5.0);
const WIDTH: f64 = 2.0;
const EDGE: f64 = 1.25;

/// What a chart says of such lines.
pub(in crate::charts) const NOTE: &str = "short dashes: expected, the mean of simulated runs";

/// Draws the line through points in the units of the plot's axes.
pub(in crate::charts) fn draw(
    canvas: &Canvas<'_>,
    plot: &Plot,
    points: &[(f64, f64)],
    color: Color,
) -> Result<(), ChartError> {
    let pixels: Vec<Point> = points.iter().map(|(x, y)| plot.beyond(*x, *y)).collect();
    stroke(canvas, &clip::dashes(&pixels, plot, DASH), color)
}

/// Draws what is expected at one place: a level stroke of at least two dashes
/// that reaches `half` pixels to both sides.
pub(in crate::charts) fn tick(
    canvas: &Canvas<'_>,
    at: Point,
    half: f64,
    color: Color,
) -> Result<(), ChartError> {
    let pairs = (half / (DASH.0 + DASH.1)).round().max(1.0);
    let period = 2.0 * half / (2.0 * pairs - DASH.1 / (DASH.0 + DASH.1));
    let dash = |nth: u32| {
        let left = at.0 - half + f64::from(nth) * period;
        [(left, at.1), (left + period * DASH.0 / (DASH.0 + DASH.1), at.1)]
    };
    let dashes: Vec<[Point; 2]> = (0..2 * pairs as u32).map(dash).collect();
    stroke(canvas, &dashes, color)
}

fn stroke(canvas: &Canvas<'_>, dashes: &[[Point; 2]], color: Color) -> Result<(), ChartError> {
    // The data are often of the same colour; a light edge parts the two.
    for [from, to] in dashes {
        canvas.line(&[*from, *to], Stroke::new(PAPER, WIDTH + 2.0 * EDGE))?;
    }
    for [from, to] in dashes {
        canvas.line(&[*from, *to], Stroke::new(color, WIDTH))?;
    }
    Ok(())
}
