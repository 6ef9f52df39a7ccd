//! What is drawn of runs and sweeps, and where each picture goes. Runs → charts
//! in folders.

mod beside;
mod error;
mod folders;
mod order;
mod runs;
mod sweep;
#[cfg(test)]
mod tests;

pub use beside::side_by_side;
pub use error::PlotError;
pub use folders::{sweep_folder, sweep_folders};
pub use order::Order;
pub use runs::{PlottedRun, RUNS_DRAWN, RunPlotter};
pub use sweep::{PlottedSweep, plot_sweep};

use std::path::{Path, PathBuf};

use crate::charts::{self, Chart};

/// Charts that were drawn into a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plotted {
    pub folder: PathBuf,
    pub charts: u64,
}

fn write(charts: &[Chart], folder: &Path, order: &Order) -> Result<Plotted, PlotError> {
    charts::write(charts, folder, order.format)?;
    Ok(Plotted { folder: folder.to_owned(), charts: charts.len() as u64 })
}
