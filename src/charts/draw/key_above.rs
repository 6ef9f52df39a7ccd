//! Words with their samples above a plot that has no room beside it.

use super::canvas::{Canvas, Font, Point};
use super::style;
use crate::charts::ChartError;

/// How wide a sample is.
pub(in crate::charts) const SAMPLE: f64 = 26.0;
/// From the left end of a sample to its word.
pub(in crate::charts) const BEFORE_WORD: f64 = SAMPLE + 8.0;
/// Between a word and the next sample.
const GAP: f64 = 18.0;
const LINE: f64 = 22.0;

/// Where the samples stand, as many on a line as fit with their words: their left
/// ends, and how far down.
pub(in crate::charts) fn places_above(
    canvas: &Canvas<'_>,
    words: &[impl AsRef<str>],
) -> Result<Vec<Point>, ChartError> {
    let left = canvas.page.margin();
    let (mut x, mut y) = (left, LINE / 2.0 + 4.0);
    let mut places = Vec::new();
    for word in words {
        let width = BEFORE_WORD + canvas.width(word.as_ref(), Font::size(style::LABEL))?;
        if x > left && x + width > canvas.page.right() {
            (x, y) = (left, y + LINE);
        }
        places.push((x, y));
        x += width + GAP;
    }
    Ok(places)
}

/// How much they need above the plot.
pub(in crate::charts) fn height_above(
    canvas: &Canvas<'_>,
    words: &[impl AsRef<str>],
) -> Result<f64, ChartError> {
    Ok(places_above(canvas, words)?.last().map_or(0.0, |(_, y)| *y))
}
