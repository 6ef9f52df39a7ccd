//! How values are distributed, as a shape: the wider, the more values lie there.

use super::spread::{Spread, densities};
use crate::charts::ChartError;
use crate::charts::draw::canvas::{Canvas, Point};
use crate::charts::draw::color::Color;
use crate::charts::draw::plot::Plot;

/// Whole numbers at least so far apart, with so many runs each, are bars.
const BARS_APART: f64 = 6.0;
const RUNS_A_BAR: f64 = 10.0;
/// Pixels between two places at which density is estimated.
const STEP: f64 = 2.0;
/// What an outline is wide at least, to each side, so that its tails show.
const THIN: f64 = 0.75;

/// Draws values, in order of size, around `x`, reaching `half` pixels to both
/// sides: a bar for each whole number where these are few and lie apart, else a smooth
/// outline.
pub(in crate::charts) fn draw(
    canvas: &Canvas<'_>,
    plot: &Plot,
    values: &[f64],
    x: f64,
    half: f64,
    color: Color,
) -> Result<(), ChartError> {
    let Some(spread) = Spread::of(values) else { return Ok(()) };
    let apart = plot.y(spread.most - 1.0) - plot.y(spread.most);
    let are_few = (spread.most - spread.least) * RUNS_A_BAR <= values.len() as f64;
    if apart >= BARS_APART && are_few && values.iter().all(|value| value.fract() == 0.0) {
        return draw_bars(canvas, plot, values, x, half, color);
    }
    let (top, foot) = (plot.y(spread.most), plot.y(spread.least));
    let places = ((foot - top) / STEP).ceil() as usize + 1;
    let heights: Vec<f64> = values.iter().map(|value| foot - plot.y(*value)).collect();
    let densities = densities(&heights, 0.0, STEP, places);
    let place = |(place, density): (usize, &f64)| {
        (x + (density * half).max(THIN), (foot - place as f64 * STEP).max(top - THIN))
    };
    // All alike, the values are a level stroke.
    let mut corners: Vec<Point> = densities.iter().enumerate().map(place).collect();
    corners.insert(0, (corners[0].0, foot + THIN));
    corners.push((corners[corners.len() - 1].0, top - THIN));
    let left: Vec<Point> = corners.iter().rev().map(|corner| (2.0 * x - corner.0, corner.1)).collect();
    corners.extend(left);
    canvas.shape(&corners, color)
}

fn draw_bars(
    canvas: &Canvas<'_>,
    plot: &Plot,
    values: &[f64],
    x: f64,
    half: f64,
    color: Color,
) -> Result<(), ChartError> {
    let counts: Vec<(f64, usize)> =
        values.chunk_by(|a, b| a == b).map(|alike| (alike[0], alike.len())).collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1) as f64;
    for (value, count) in counts {
        let width = (half * count as f64 / most).max(THIN);
        let height = (0.4 * (plot.y(value - 1.0) - plot.y(value))).min(8.0);
        let y = plot.y(value);
        canvas.fill((x - width, y - height), (x + width, y + height), color)?;
    }
    Ok(())
}
