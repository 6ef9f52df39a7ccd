//! Charts: from metrics and series to SVG and PNG. The one door to plotters.
//!
//! Every chart is drawn once, as SVG; its PNG is a picture of that same SVG, so
//! the two always agree. The font is embedded: a bare machine draws text. The
//! same data give the same bytes.

mod axis;
mod bins;
mod canvas;
mod clocks;
mod color_scale;
mod distribution;
mod drift;
mod experiment_list;
mod group;
mod heat_map;
mod jumps;
mod key;
mod labels;
mod legend;
mod number;
mod overload_border;
mod page;
mod png;
mod published;
mod queue;
mod replicates;
mod scatter;
mod speed_ratio;
mod spread;
mod style;
mod swept;
mod swept_data;
#[cfg(test)]
mod tests;
mod theory_line;
mod timeline;
mod trace;
mod wording;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use distribution::{Distribution, Distributions, distribution_chart};
pub use heat_map::{AxisValues, HeatMap, heat_map};
use plotters::drawing::DrawingAreaErrorKind;
pub use published::{Published, PublishedValues, logged_values, published_values};
pub use swept::{Swept, SweptAxis, SweptLine, SweptPoint, swept_chart};

use crate::metrics::MachineMetrics;
use crate::metrics::series::RunSeries;
use crate::theory::Prediction;

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

/// A chart, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What its file is called, without the extension.
    pub name: String,
    /// The drawing, a whole SVG document.
    pub svg: String,
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

impl Chart {
    /// The chart as the bytes of a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        png::encode(&self.svg)
    }

    /// Writes the chart into `folder`, made where it is missing, and says where.
    /// An older chart of the same name is replaced, all at once or not at all.
    pub fn write(&self, folder: &Path, format: Format) -> Result<PathBuf, ChartError> {
        // A name may come from a spec; it never leads into another folder.
        let name = self.name.replace(|c: char| c.is_control() || "/\\:".contains(c), "_");
        let path = folder.join(format!("{name}.{}", format.extension()));
        let written = match format {
            Format::Svg => replace(&path, self.svg.as_bytes()),
            Format::Png => replace(&path, &self.png()?),
        };
        match written {
            Ok(()) => Ok(path),
            Err(source) => Err(ChartError::Write { path, source }),
        }
    }
}

/// Writes beside `path` and renames into place.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to tell of.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The charts that set experiments side by side: each metric against the speed
/// ratio, from the rows of any number of experiments and runs, and beside them
/// what is published of them.
pub fn experiment_charts(rows: &[MachineMetrics], published: &Published) -> Result<Vec<Chart>, ChartError> {
    speed_ratio::Measure::ALL.iter().map(|&measure| speed_ratio::draw(measure, rows, published)).collect()
}

/// The charts of one run over time, with what theory says of each machine as
/// dashed lines (machine 1 first; empty where it says nothing), and of its
/// clock jumps.
pub fn run_charts(series: &RunSeries, theory: &[Prediction]) -> Result<Vec<Chart>, ChartError> {
    let over_time = [queue::draw, clocks::draw, drift::draw].into_iter().map(|draw| draw(series, theory));
    over_time.chain([jumps::draw(series)]).collect()
}
