//! Names beside the places of an axis: flat where they fit, upright where they
//! do not, and only every second or third where there are too many.

use super::canvas::{Canvas, Font};
use super::style;
use crate::charts::ChartError;

/// What a line of text takes across its reading direction.
const LINE: f64 = 17.0;
/// Between two flat names, and between names and their axis.
const GAP: f64 = 10.0;
/// The longest that a name may be, unless it is flat and has more room.
const LONGEST: f64 = 230.0;

/// Names below an x axis.
pub(in crate::charts) struct Row {
    names: Vec<String>,
    upright: bool,
    /// 1 where all are shown.
    every: usize,
    height: f64,
}

impl Row {
    /// For places that are `spacing` pixels apart.
    pub(in crate::charts) fn new(
        canvas: &Canvas<'_>,
        names: &[String],
        spacing: f64,
    ) -> Result<Row, ChartError> {
        let font = Font::size(style::TICK);
        let names = || names.iter().map(String::as_str);
        let upright = canvas.names(names(), LONGEST, font)?;
        let longest = widest(canvas, &upright, font)?;
        if longest + GAP <= spacing {
            let names = canvas.names(names(), spacing - GAP, font)?;
            return Ok(Row { names, upright: false, every: 1, height: LINE });
        }
        Ok(Row { names: upright, upright: true, every: every(spacing), height: longest })
    }

    /// Where the plot above must end.
    pub(in crate::charts) fn bottom(&self, canvas: &Canvas<'_>) -> f64 {
        let page = canvas.page;
        (page.x_title() - 24.0 - self.height - GAP).min(page.bottom()).floor()
    }

    /// Draws the names; `x` tells the middle of each place.
    pub(in crate::charts) fn draw(
        &self,
        canvas: &Canvas<'_>,
        x: impl Fn(usize) -> f64,
        bottom: f64,
    ) -> Result<(), ChartError> {
        let font = Font::size(style::TICK);
        for (index, name) in self.names.iter().enumerate().step_by(self.every) {
            if self.upright {
                canvas.text(name, (x(index), bottom + GAP), font.upwards().ending())?;
            } else {
                canvas.text(name, (x(index), bottom + 22.0), font.centred())?;
            }
        }
        Ok(())
    }
}

/// Names at the left of a y axis.
pub(in crate::charts) struct Column {
    names: Vec<String>,
    every: usize,
    pub width: f64,
}

impl Column {
    /// For places that are `spacing` pixels apart.
    pub(in crate::charts) fn new(
        canvas: &Canvas<'_>,
        names: &[String],
        spacing: f64,
    ) -> Result<Column, ChartError> {
        let font = Font::size(style::TICK);
        let names = canvas.names(names.iter().map(String::as_str), LONGEST, font)?;
        let width = widest(canvas, &names, font)?;
        Ok(Column { names, every: every(spacing), width })
    }

    /// Draws the names; `y` tells the middle of each place.
    pub(in crate::charts) fn draw(
        &self,
        canvas: &Canvas<'_>,
        left: f64,
        y: impl Fn(usize) -> f64,
    ) -> Result<(), ChartError> {
        let font = Font::size(style::TICK).ending();
        let shown = self.names.iter().enumerate().step_by(self.every);
        shown.into_iter().try_for_each(|(index, name)| canvas.text(name, (left - GAP, y(index)), font))
    }
}

fn every(spacing: f64) -> usize {
    (LINE / spacing.max(0.01)).ceil().max(1.0) as usize
}

fn widest(canvas: &Canvas<'_>, names: &[String], font: Font) -> Result<f64, ChartError> {
    names.iter().try_fold(0.0_f64, |widest, name| Ok(widest.max(canvas.width(name, font)?)))
}
