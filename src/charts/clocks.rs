//! The chart of logical clocks over time.

use super::timeline::{self, Line, Timeline};
use super::trace::Step;
use super::{Chart, ChartError, Look, RunTheory, number};
use crate::metrics::series::{MachineSeries, RunSeries};

/// Draws each machine's logical clock. Clocks that agree lie on each other, so
/// the lines differ in width.
pub(super) fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let timeline = Timeline {
        name: "clocks",
        title: "Logical clocks over time",
        y_title: "Logical clock (ticks)",
        notes: Vec::new(),
        heads: &["final clock"],
        widest: if series.machines.len() <= 4 { 5.0 } else { 3.0 },
        lines: series.machines.iter().map(|machine| line(machine, theory)).collect(),
        flat_theory: "theory: no clock rises",
        empty: "no events",
    };
    timeline.draw(series, theory, look)
}

fn line(machine: &MachineSeries, theory: &RunTheory) -> Line {
    let last = machine.samples.last().map(|sample| sample.clock_last);
    Line {
        steps: steps(machine),
        at_end: last.unwrap_or(0) as f64,
        cells: vec![last.map_or("–".to_owned(), number::count)],
        theory: theory.of_machine(machine.machine).map(|prediction| prediction.clock_slope),
    }
}

/// The clock of a machine as it rose.
fn steps(machine: &MachineSeries) -> Vec<Step> {
    let timed = machine.samples.iter().filter(|sample| timeline::has_times(sample));
    timed.map(|sample| Step::at(sample.to_s, sample.clock_last as f64)).collect()
}
