//! The charts of a sweep as a whole.

use std::path::Path;

use super::{Order, PlotError, Plotted, write};
use crate::charts::{Draw, SweepPicture};
use crate::sweep::stored::StoredError;
use crate::sweep::{SweepFolder, read_stored};

/// A sweep that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlottedSweep {
    pub plotted: Plotted,
    /// Those that its charts show.
    pub runs: u64,
    /// All that are planned; `None` where a rule decides how many there will be.
    pub planned: Option<u64>,
}

/// Draws the sweep at `path` into `folder`, from the runs that are there.
pub fn plot_sweep(order: &Order, path: &Path, folder: &Path) -> Result<PlottedSweep, PlotError> {
    let sweep = SweepFolder::at(path);
    let plan = sweep.plan().map_err(StoredError::from)?;
    let mut picture = SweepPicture::new(&sweep, &plan);
    read_stored(&sweep, &plan, |result| picture.take(&result))?;
    let mut charts = Vec::new();
    for chart in order.wanted() {
        if let Draw::Sweep(draw) = chart.draw {
            charts.extend(draw(&picture, order.look)?);
        }
    }
    if charts.is_empty() {
        return Err(PlotError::NothingDone { sweep: path.to_owned() });
    }
    let planned = plan.until.is_none().then(|| plan.run_count());
    Ok(PlottedSweep { plotted: write(&charts, folder, order)?, runs: picture.runs(), planned })
}
