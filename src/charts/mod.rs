//! Charts: from metrics and series to SVG and PNG. The one door to plotters.
//!
//! Every chart is drawn once, as SVG; its PNG is a picture of that same SVG, so
//! the two always agree. The font is embedded: a bare machine draws text. The
//! same data give the same bytes.

mod axis;
mod bins;
mod canvas;
mod chart;
mod clip;
mod clocks;
mod color;
mod color_scale;
mod distribution;
mod drift;
mod experiment_list;
mod finding;
mod group;
mod heat_map;
mod jumps;
mod key;
mod labels;
mod legend;
mod look;
mod number;
mod overload_border;
mod page;
mod png;
mod published;
mod queue;
mod replicates;
mod run_theory;
mod scatter;
mod side_by_side;
mod space_time;
mod speed_ratio;
mod spread;
mod style;
mod swept;
mod swept_data;
#[cfg(test)]
mod tests;
mod theme;
mod theory_line;
mod timeline;
mod trace;
mod wait;
mod wording;

use std::io;
use std::path::PathBuf;

pub use chart::Chart;
pub use distribution::{Distribution, Distributions, distribution_chart};
pub use heat_map::{AxisValues, HeatMap, heat_map};
pub use look::{Look, LookError};
use plotters::drawing::DrawingAreaErrorKind;
pub use published::{Published, PublishedValues, logged_values, published_values};
pub use run_theory::{MachineTheory, RunTheory};
pub use side_by_side::{SideBySide, side_by_side};
pub use space_time::{SpaceTime, space_time};
pub use swept::{Swept, SweptAxis, SweptLine, SweptPoint, swept_chart};
pub use theme::{Theme, theme_css};

use crate::metrics::series::RunSeries;
use crate::metrics::{MachineMetrics, main_metrics};

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
    let runs = speed_ratio::Runs::new(by_experiment.map(|rows| (rows[0].experiment.as_str(), rows)));
    main_metrics().map(|measure| speed_ratio::draw(measure, &runs, published, look)).collect()
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
            RunChart::Queue => queue::draw(series, theory, look),
            RunChart::Clocks => clocks::draw(series, theory, look),
            RunChart::Drift => drift::draw(series, theory, look),
            RunChart::Jumps => jumps::draw(series, look),
            RunChart::Wait => wait::draw(series, theory, look),
        }
    }
}

/// The charts of one run over time, of its clock jumps and of its waits.
pub fn run_charts(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Vec<Chart>, ChartError> {
    RunChart::ALL.into_iter().map(|chart| chart.draw(series, theory, look)).collect()
}
