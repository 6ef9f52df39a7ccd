//! Charts: from metrics and series to SVG and PNG. The one door to plotters.
//!
//! Every chart is drawn once, as SVG; its PNG is a picture of that same SVG, so
//! the two always agree. The font is embedded: a bare machine draws text. The
//! same data give the same bytes.

pub mod draw;
pub mod experiment;
pub mod run;
mod space_time;
pub mod sweep;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;

pub use draw::chart::Chart;
pub use draw::look::{Look, LookError};
pub use draw::theme::{Theme, theme_css};
pub use experiment::distribution::{Distribution, Distributions, distribution_chart};
pub use experiment::published::{Published, PublishedValues, logged_values, published_values};
pub use experiment::side_by_side::{SideBySide, side_by_side};
use plotters::drawing::DrawingAreaErrorKind;
pub use run::run_theory::{MachineTheory, RunTheory};
pub use space_time::{SpaceTime, space_time};
pub use sweep::heat_map::{AxisValues, HeatMap, heat_map};
pub use sweep::swept::{Swept, SweptAxis, SweptLine, SweptPoint, swept_chart};

use crate::metrics::series::RunSeries;
use crate::metrics::{MAIN_METRICS, MachineMetrics};

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

/// The charts that set experiments side by side: each metric against the speed
/// ratio, from the rows of any number of experiments and runs, and beside them
/// what is published of them.
pub fn experiment_charts(
    rows: &[MachineMetrics],
    published: &Published,
    look: Look,
) -> Result<Vec<Chart>, ChartError> {
    let by_experiment = rows.chunk_by(|one, next| one.experiment == next.experiment);
    let runs = experiment::speed_ratio::Runs::new(by_experiment.map(|rows| (&*rows[0].experiment, rows)));
    MAIN_METRICS
        .iter()
        .map(|measure| experiment::speed_ratio::draw(measure, &runs, published, look))
        .collect()
}

/// One of the charts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunChart {
    Queue,
    Clocks,
    Drift,
    Jumps,
    Wait,
}

impl RunChart {
    pub const ALL: [RunChart; 5] =
        [RunChart::Queue, RunChart::Clocks, RunChart::Drift, RunChart::Jumps, RunChart::Wait];

    /// Draws it, with what theory says of each machine as dashed lines.
    pub fn draw(self, series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
        match self {
            RunChart::Queue => run::queue::draw(series, theory, look),
            RunChart::Clocks => run::clocks::draw(series, theory, look),
            RunChart::Drift => run::drift::draw(series, theory, look),
            RunChart::Jumps => run::jumps::draw(series, look),
            RunChart::Wait => run::wait::draw(series, theory, look),
        }
    }
}

/// The charts of one run over time, of its clock jumps and of its waits.
pub fn run_charts(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Vec<Chart>, ChartError> {
    RunChart::ALL.into_iter().map(|chart| chart.draw(series, theory, look)).collect()
}
