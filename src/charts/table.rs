//! The charts that can be asked for, one line each.

use super::experiment::speed_ratio::SPEED_RATIO;
use super::run::clocks::CLOCKS;
use super::run::drift::DRIFT;
use super::run::jumps::JUMPS;
use super::run::queue::QUEUE;
use super::run::wait::WAIT;
use super::space_time::SPACE_TIME;
use super::sweep::SWEEP;
use super::{Chart, ChartError, ChartType, Draw, Experiments, Look, RunChart, RunTheory, SweepPicture};
use crate::metrics::series::RunSeries;

/// All charts, in the order in which they are drawn.
pub static CHARTS: [&ChartType; 8] =
    [&QUEUE, &CLOCKS, &DRIFT, &JUMPS, &WAIT, &SPACE_TIME, &SPEED_RATIO, &SWEEP];

impl ChartType {
    /// The chart of this name.
    pub fn named(name: &str) -> Option<&'static ChartType> {
        CHARTS.into_iter().find(|chart| chart.name == name)
    }
}

/// The charts that every run has.
pub fn of_run() -> impl Iterator<Item = RunChart> {
    CHARTS.into_iter().filter_map(|chart| match chart.draw {
        Draw::Run(chart) => Some(chart),
        _ => None,
    })
}

/// The charts that every run has, drawn.
pub fn run_charts(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Vec<Chart>, ChartError> {
    of_run().map(|chart| (chart.draw)(series, theory, look)).collect()
}

/// All charts of experiments side by side.
pub fn experiment_charts(of: &Experiments<'_>, look: Look) -> Result<Vec<Chart>, ChartError> {
    let mut charts = Vec::new();
    for chart in CHARTS {
        if let Draw::Experiments(draw) = chart.draw {
            charts.extend(draw(of, look)?);
        }
    }
    Ok(charts)
}

/// All charts of a sweep as a whole; nothing where there are no runs.
pub fn sweep_charts(of: &SweepPicture<'_>, look: Look) -> Result<Vec<Chart>, ChartError> {
    let mut charts = Vec::new();
    for chart in CHARTS {
        if let Draw::Sweep(draw) = chart.draw {
            charts.extend(draw(of, look)?);
        }
    }
    Ok(charts)
}
