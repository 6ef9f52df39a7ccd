//! Replicates as slim boxes that stand beside each other, each as near to its
//! place as the others let it.

use super::spread::Spread;
use crate::charts::ChartError;
use crate::charts::draw::canvas::Canvas;
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{MarkStyle, Stroke};

/// From how many runs on replicates are a box instead of single marks.
pub(in crate::charts) const LEAST: usize = 5;
/// Half of a box' width.
const HALF: f64 = 4.5;
/// Between the middles of two boxes: the first that keeps all near their places.
const APART: [f64; 4] = [14.0, 11.0, 8.0, 5.0];
/// How far a box may stand from its place.
const FARTHEST: f64 = 45.0;

/// Draws a box between the quartiles around `x`, and a stroke from the smallest
/// to the largest.
pub(in crate::charts) fn draw(
    canvas: &Canvas<'_>,
    plot: &Plot,
    x: f64,
    spread: &Spread,
    style: MarkStyle,
) -> Result<(), ChartError> {
    let stroke = Stroke::new(style.color, 1.5);
    let [least, lower, upper, most] =
        [spread.least, spread.lower, spread.upper, spread.most].map(|value| plot.y(value));
    canvas.line(&[(x, least), (x, most)], stroke)?;
    for end in [least, most] {
        canvas.line(&[(x - HALF, end), (x + HALF, end)], stroke)?;
    }
    canvas.fill((x - HALF, upper), (x + HALF, lower), style.faint(35).color)?;
    canvas.frame((x - HALF, upper), (x + HALF, lower), stroke)
}

/// Where boxes stand whose places, in order, are `wanted`: none below a ratio of 1,
/// which cannot be.
pub(in crate::charts) fn side_by_side(wanted: &[f64], plot: &Plot) -> Vec<f64> {
    let mut found = Vec::new();
    for apart in APART {
        found = moved(wanted, apart, plot.x(1.0), plot.right - 2.0 * HALF);
        if found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() <= FARTHEST) {
            break;
        }
    }
    found
}

/// The least moves, by their squares, after which neighbours are `apart`: pool
/// adjacent violators (Ayer and others, 1955) on what remains of each place
/// when the boxes before it are taken away.
fn moved(wanted: &[f64], apart: f64, from: f64, to: f64) -> Vec<f64> {
    // The sum and the count of places that stand together.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (index, place) in wanted.iter().enumerate() {
        let mut pool = (place - index as f64 * apart, 1);
        while let Some(before) = pools.pop_if(|(sum, count)| *sum / *count as f64 > pool.0 / pool.1 as f64) {
            pool = (pool.0 + before.0, pool.1 + before.1);
        }
        pools.push(pool);
    }
    let to = (to - apart * (wanted.len().max(1) - 1) as f64).max(from);
    let remains = pools
        .iter()
        .flat_map(|(sum, count)| std::iter::repeat_n((sum / *count as f64).clamp(from, to), *count));
    remains.enumerate().map(|(index, remains)| remains + index as f64 * apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_move_no_more_than_they_must() {
        assert_eq!(moved(&[50.0, 50.0, 50.0, 90.0], 10.0, 0.0, 100.0), [40.0, 50.0, 60.0, 90.0]);
        assert_eq!(moved(&[50.0, 52.0], 10.0, 0.0, 100.0), [46.0, 56.0]);
        assert_eq!(moved(&[0.0, 0.0], 10.0, 0.0, 100.0), [0.0, 10.0]);
        assert_eq!(moved(&[100.0, 100.0], 10.0, 0.0, 100.0), [90.0, 100.0]);
        assert_eq!(moved(&[], 10.0, 0.0, 100.0), [0.0; 0]);
    }
}
