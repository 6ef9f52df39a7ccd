//! The chart of logical clocks over time.

use super::timeline::{self, Line, Timeline};
use crate::charts::draw::axis::Axis;
use crate::charts::draw::number;
use crate::charts::draw::trace::Step;
use crate::charts::{Chart, ChartError, ChartType, Draw, Look, RunChart, RunTheory};
use crate::metrics::series::{MachineSeries, RunSeries};

/// Logical clock of each machine over lab time.
pub const CLOCKS: ChartType = ChartType {
    name: "clocks",
    shows: "Logical clock of each machine over lab time",
    draw: Draw::Run(RunChart {
        draw,
        caption: "Lines that run together are clocks that messages keep in step; one that falls away belongs to a \
                  machine that reads its messages too late. Clock at the end",
        of_machine: |row| Some(row.final_clock.to_string()),
    }),
};

/// Draws each machine's logical clock. Clocks that agree lie on each other, so
/// the lines differ in width.
fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let timeline = Timeline {
        name: CLOCKS.name,
        title: title(series),
        y_title: "Logical clock (clock units)",
        y_axis: Axis::counts,
        notes: Vec::new(),
        heads: &["final clock"],
        widest: if series.machines.len() <= 4 { 5.0 } else { 3.0 },
        lines: series.machines.iter().map(|machine| line(machine, theory)).collect(),
        flat_theory: "",
        empty: "no events",
    };
    timeline.draw(series, theory, look)
}

/// Between which values the clocks end, and whose is last.
fn title(series: &RunSeries) -> String {
    let last = |machine: &MachineSeries| Some((machine.samples.last()?.clock_last, machine.machine));
    let ends: Vec<_> = series.machines.iter().filter_map(last).collect();
    let (Some(least), Some(most)) = (ends.iter().min(), ends.iter().max()) else {
        return "Logical clocks over time".to_owned();
    };
    let (low, high) = (number::count(least.0), number::count(most.0));
    if least.0 == most.0 {
        return format!(
            "All logical clocks end together: at {low} {}",
            if least.0 == 1 { "clock unit" } else { "clock units" }
        );
    }
    if least.0 >= most.0 - most.0 / 20 {
        return format!("All logical clocks end together: at {low} to {high} clock units");
    }
    format!("Logical clocks end at {low} to {high} clock units; the slowest is machine {}'s", least.1)
}

fn line(machine: &MachineSeries, theory: &RunTheory) -> Line {
    let last = machine.samples.last().map(|sample| sample.clock_last);
    Line {
        steps: steps(machine),
        at_end: last.unwrap_or(0) as f64,
        cells: vec![last.map_or("–".to_owned(), number::count)],
        theory: theory
            .of_machine(machine.machine)
            .map_or_else(Vec::new, |of| of.line(|course| &course.clock)),
        is_overloaded: None,
    }
}

/// The clock of a machine as it rose.
fn steps(machine: &MachineSeries) -> Vec<Step> {
    let timed = machine.samples.iter().filter(|sample| timeline::has_times(sample));
    let start = timeline::start([machine]).map(|time_s| Step::at(time_s, 0.0));
    start.into_iter().chain(timed.map(|sample| Step::at(sample.to_s, sample.clock_last as f64))).collect()
}
