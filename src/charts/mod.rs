//! Charts: from metrics and series to SVG and PNG. The one door to plotters.
//!
//! Every chart is drawn once, as SVG; its PNG is a picture of that same SVG, so
//! the two always agree. The font is embedded: a bare machine draws text. The
//! same data give the same bytes.

mod chart_type;
pub mod draw;
pub mod experiment;
mod page_error;
pub mod run;
mod space_time;
pub mod sweep;
mod table;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;

pub use chart_type::{ChartType, Draw, RunChart};
pub use draw::chart::{Chart, write};
pub use draw::look::{Look, LookError};
pub use draw::theme::{Theme, theme_css};
pub use experiment::distribution::{Distributions, distribution_chart};
pub use experiment::experiments::Experiments;
pub use experiment::group::Distribution;
pub use experiment::published::{Published, PublishedValues, logged_values, published_values};
pub use experiment::side_by_side::SideBySide;
pub use page_error::PageError;
use plotters::drawing::DrawingAreaErrorKind;
pub use run::run_theory::{MachineTheory, RunTheory};
pub use space_time::SpaceTime;
pub use sweep::folder::SweepPicture;
pub use sweep::heat_map::{AxisValues, HeatMap, heat_map};
pub use sweep::swept::swept_chart;
pub use sweep::swept_data::{Swept, SweptAxis, SweptLine, SweptPoint};
pub use table::{CHARTS, experiment_charts, of_run, run_charts, sweep_charts};

/// The file formats a chart can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Png,
    Svg,
}

impl Format {
    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Svg => "svg",
        }
    }
}

/// Why there is no chart.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    #[error("the embedded font cannot be read")]
    Font,
    #[error("the chart cannot be drawn: {0}")]
    Drawing(String),
    #[error("the chart cannot be turned into a PNG: {0}")]
    Picture(String),
    #[error("cannot write the chart {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl From<DrawingAreaErrorKind<io::Error>> for ChartError {
    fn from(error: DrawingAreaErrorKind<io::Error>) -> ChartError {
        ChartError::Drawing(error.to_string())
    }
}
