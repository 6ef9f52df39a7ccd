//! What is known of a chart before it is drawn: its name, what it is of, what draws it.

use super::experiment::experiments::Experiments;
use super::run::run_theory::RunTheory;
use super::space_time::SpaceTime;
use super::sweep::folder::SweepPicture;
use super::{Chart, ChartError, Look};
use crate::metrics::MachineMetrics;
use crate::metrics::series::RunSeries;

/// A chart that can be asked for.
#[derive(Debug)]
pub struct ChartType {
    /// Short, stable, for the command line.
    pub name: &'static str,
    /// What it shows, in a line.
    pub shows: &'static str,
    pub draw: Draw,
}

/// What a chart is of, and what draws it.
#[derive(Clone, Copy, Debug)]
pub enum Draw {
    /// Of one run.
    Run(RunChart),
    /// Of one run with all its events, which take memory: drawn where it is asked for.
    Events(fn(&SpaceTime<'_>, Look) -> Result<Chart, ChartError>),
    /// Of experiments, set side by side.
    Experiments(fn(&Experiments<'_>, Look) -> Result<Vec<Chart>, ChartError>),
    /// Of a sweep as a whole.
    Sweep(fn(&SweepPicture<'_>, Look) -> Result<Vec<Chart>, ChartError>),
}

/// A chart of one run, and what its caption reads off it.
#[derive(Clone, Copy, Debug)]
pub struct RunChart {
    /// Draws it, with what theory says of each machine as dashed lines.
    pub draw: fn(&RunSeries, &RunTheory, Look) -> Result<Chart, ChartError>,
    /// Ends with what `of_machine` is.
    pub caption: &'static str,
    /// `None` where it cannot be known.
    pub of_machine: fn(&MachineMetrics) -> Option<String>,
}

impl ChartType {
    /// Whether it is left out where nobody asks for it.
    pub fn is_on_demand(&self) -> bool {
        matches!(self.draw, Draw::Events(_))
    }
}
