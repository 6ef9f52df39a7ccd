//! The table at the right of a plot: one row for each line, beside the line's end.

use super::canvas::{Canvas, Font, Point};
use super::key_above as key;
use super::plot::Plot;
use super::style::{self, LineStyle, MUTED, MarkStyle, Stroke};
use super::trace;
use crate::charts::ChartError;

const ROW_HEIGHT: f64 = 22.0;
/// Between the plot and the sample of the line.
const GUTTER: f64 = 56.0;
const SAMPLE: f64 = 36.0;
const GAP: f64 = 16.0;
const FONT: f64 = style::LABEL;

/// The table of a legend.
pub(in crate::charts) struct Legend {
    pub heads: Vec<&'static str>,
    pub rows: Vec<Row>,
}

/// One row: what stands in it, and which line it tells of.
pub(in crate::charts) struct Row {
    pub style: LineStyle,
    /// Drawn on the sample of the line.
    pub mark: Option<MarkStyle>,
    pub cells: Vec<String>,
}

impl Legend {
    /// How many rows a page has room for, under the tallest heading.
    pub(in crate::charts) fn room(canvas: &Canvas<'_>) -> usize {
        const HEADING: f64 = 240.0;
        ((canvas.page.bottom() - HEADING) / ROW_HEIGHT).max(1.0) as usize
    }

    /// How much the whole table needs at the right, with the gutter before it.
    pub(in crate::charts) fn width(&self, canvas: &Canvas<'_>) -> Result<f64, ChartError> {
        if canvas.page.is_narrow() || self.rows.is_empty() {
            return Ok(0.0);
        }
        let columns = self.columns(canvas)?;
        let row = GUTTER + SAMPLE + columns.iter().map(|width| GAP + width).sum::<f64>();
        // A row of one cell alone, for all the others, may be wider than the columns.
        let mut widest = row;
        for alone in self.rows.iter().filter(|row| row.cells.len() == 1) {
            widest = widest.max(GUTTER + SAMPLE + GAP + canvas.width(&alone.cells[0], Font::size(FONT))?);
        }
        Ok(widest)
    }

    /// How much it needs above the plot, where there is no room beside it.
    pub(in crate::charts) fn height(&self, canvas: &Canvas<'_>) -> Result<f64, ChartError> {
        let words: Vec<&str> = self.rows.iter().map(|row| row.cells[0].as_str()).collect();
        if canvas.page.is_narrow() { key::height_above(canvas, &words) } else { Ok(0.0) }
    }

    fn draw_above(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let words: Vec<&str> = self.rows.iter().map(|row| row.cells[0].as_str()).collect();
        for (row, (x, y)) in self.rows.iter().zip(key::places_above(canvas, &words)?) {
            trace::draw(canvas, &[(x, y), (x + key::SAMPLE, y)], row.style)?;
            if let Some(mark) = row.mark {
                canvas.mark((x + key::SAMPLE / 2.0, y), 6.0, mark)?;
            }
            canvas.text(&row.cells[0], (x + key::BEFORE_WORD, y), Font::size(FONT))?;
        }
        Ok(())
    }

    fn columns(&self, canvas: &Canvas<'_>) -> Result<Vec<f64>, ChartError> {
        let mut widths = Vec::new();
        for (index, head) in self.heads.iter().enumerate() {
            let mut width = canvas.width(head, Font::size(FONT))?;
            for row in self.rows.iter().filter(|row| row.cells.len() == self.heads.len()) {
                width = width.max(canvas.width(&row.cells[index], Font::size(FONT).bold())?);
            }
            widths.push(width);
        }
        Ok(widths)
    }

    /// Draws the table; `ends` are the ends of the lines in the order of the
    /// rows, `None` where a row tells of no single line.
    pub(in crate::charts) fn draw(
        &self,
        canvas: &Canvas<'_>,
        plot: &Plot,
        ends: &[Option<Point>],
    ) -> Result<(), ChartError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if canvas.page.is_narrow() {
            return self.draw_above(canvas);
        }
        let left = canvas.page.right() - self.width(canvas)? + GUTTER;
        let columns = self.columns(canvas)?;
        let head = Font::size(FONT).color(MUTED);
        for (index, text) in self.heads.iter().enumerate() {
            place(canvas, (left + SAMPLE, plot.top + 4.0), &columns, index, text, head)?;
        }
        for (index, y) in heights(ends, plot.top, plot.bottom).into_iter().enumerate() {
            let row = &self.rows[index];
            if let Some(end) = ends[index] {
                leader(canvas, end, (left - 6.0, y), row.style)?;
            }
            trace::draw(canvas, &[(left, y), (left + SAMPLE, y)], row.style)?;
            if let Some(mark) = row.mark {
                canvas.mark((left + SAMPLE / 2.0, y), 6.0, mark)?;
            }
            for (column, cell) in row.cells.iter().enumerate() {
                let font = if column == 0 && row.cells.len() > 1 {
                    Font::size(FONT).bold()
                } else {
                    Font::size(FONT)
                };
                place(canvas, (left + SAMPLE, y), &columns, column, cell, font)?;
            }
        }
        Ok(())
    }
}

/// A cell: names begin at the left of their column, numbers end at its right.
fn place(
    canvas: &Canvas<'_>,
    at: Point,
    columns: &[f64],
    index: usize,
    text: &str,
    font: Font,
) -> Result<(), ChartError> {
    let before: f64 = columns[..index].iter().map(|width| width + GAP).sum();
    match index {
        0 => canvas.text(text, (at.0 + GAP, at.1), font),
        _ => canvas.text(text, (at.0 + GAP + before + columns[index], at.1), font.ending()),
    }
}

/// A thin line from where the data end to the row that tells of them.
fn leader(canvas: &Canvas<'_>, end: Point, row: Point, style: LineStyle) -> Result<(), ChartError> {
    let knee = row.0 - GUTTER + 14.0;
    let path = [(end.0 + 5.0, end.1), (knee.max(end.0 + 5.0), end.1), (row.0 - 10.0, row.1), row];
    canvas.line(&path, Stroke { width: 1.0, ..style.stroke }.faint(55))
}

/// The heights of the rows: each as near to its line's end as the others let it.
fn heights(ends: &[Option<Point>], top: f64, bottom: f64) -> Vec<f64> {
    let wanted = |index: usize| ends[index].map_or(f64::INFINITY, |end| end.1);
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|a, b| wanted(*a).total_cmp(&wanted(*b)));
    let mut heights = vec![0.0; ends.len()];
    let mut next = top + ROW_HEIGHT + 6.0;
    for &index in &order {
        let end = ends[index].map_or(next, |end| end.1);
        heights[index] = end.max(next);
        next = heights[index] + ROW_HEIGHT;
    }
    let mut limit = bottom;
    for &index in order.iter().rev() {
        heights[index] = heights[index].min(limit);
        limit = heights[index] - ROW_HEIGHT;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_pushed_apart_and_stay_on_the_page() {
        let ends = [Some((0.0, 900.0)); 16];
        let heights = heights(&ends, 140.0, 900.0);
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= ROW_HEIGHT - 1e-9));
        assert!(heights.iter().all(|&y| y > 140.0 && y <= 900.0));
    }

    #[test]
    fn rows_far_apart_stay_beside_their_lines() {
        assert_eq!(heights(&[Some((0.0, 700.0)), Some((0.0, 300.0))], 140.0, 900.0), [700.0, 300.0]);
    }
}
