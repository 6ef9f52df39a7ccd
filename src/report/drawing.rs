//! A chart of a page: drawn for a screen, and once more for a phone.

use crate::charts::{Chart, ChartError, Look};

/// A chart in both sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    pub wide: Chart,
    pub narrow: Chart,
}

impl Drawing {
    /// A chart, drawn by `draw`.
    pub fn of(draw: impl Fn(Look) -> Result<Chart, ChartError>) -> Result<Drawing, ChartError> {
        Ok(Drawing { wide: draw(Look::on_page())?, narrow: draw(Look::on_phone())? })
    }

    /// Several, of which `draw` makes the same in any size.
    pub fn all(draw: impl Fn(Look) -> Result<Vec<Chart>, ChartError>) -> Result<Vec<Drawing>, ChartError> {
        let (wide, narrow) = (draw(Look::on_page())?, draw(Look::on_phone())?);
        Ok(wide.into_iter().zip(narrow).map(|(wide, narrow)| Drawing { wide, narrow }).collect())
    }

    /// The elements of both, to stand in an HTML page.
    pub fn inline(&self) -> Result<String, ChartError> {
        let part = |class: &str, chart: &Chart| {
            Ok::<String, ChartError>(format!("<div class=\"{class}\">{}</div>", chart.inline(&chart.name)?))
        };
        Ok(part("wide", &self.wide)? + &part("narrow", &self.narrow)?)
    }
}
