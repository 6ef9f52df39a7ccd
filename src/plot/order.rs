//! What is to be drawn, and how.

use std::path::PathBuf;

use crate::charts::{CHARTS, ChartType, Draw, Format, Look};

/// What is to be drawn, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// Those asked for; where there are none, all but those on demand.
    pub charts: Vec<&'static ChartType>,
    /// Where diagrams of events begin and end, in seconds of lab time.
    pub from_s: Option<f64>,
    pub to_s: Option<f64>,
    /// Write the logical clock to each event that has room for it.
    pub clocks: bool,
    pub look: Look,
    pub format: Format,
    /// The folder of all charts.
    pub plots: PathBuf,
}

impl Order {
    /// The charts that are wanted, in the order in which they are drawn.
    pub fn wanted(&self) -> impl Iterator<Item = &'static ChartType> {
        let is_wanted = |chart: &&ChartType| match &self.charts[..] {
            [] => !chart.is_on_demand(),
            asked => asked.iter().any(|asked| asked.name == chart.name),
        };
        CHARTS.into_iter().filter(is_wanted)
    }

    /// Whether a chart is wanted that is drawn from all events of a run.
    pub fn wants_events(&self) -> bool {
        self.wanted().any(|chart| matches!(chart.draw, Draw::Events(_)))
    }

    /// Whether any chart of a run by itself is wanted.
    pub fn wants_runs(&self) -> bool {
        self.wanted().any(|chart| matches!(chart.draw, Draw::Run(_) | Draw::Events(_)))
    }

    /// Whether any chart of a sweep is wanted.
    pub fn wants_sweeps(&self) -> bool {
        self.wanted().any(|chart| matches!(chart.draw, Draw::Sweep(_)))
    }

    /// Whether no chart of runs is wanted, neither by themselves nor side by side.
    pub fn wants_sweeps_alone(&self) -> bool {
        self.wanted().all(|chart| matches!(chart.draw, Draw::Sweep(_)))
    }
}
