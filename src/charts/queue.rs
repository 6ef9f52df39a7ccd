//! The chart of queue lengths over time.

use super::timeline::{self, Line, Timeline};
use super::trace::Step;
use super::{Chart, ChartError, Look, RunTheory, number};
use crate::metrics::series::{MachineSeries, RunSeries, Sample};

/// Draws each machine's queue length; where a sample covers several events, the
/// whole range between the shortest and the longest queue.
pub(super) fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let timeline = Timeline {
        name: "queue",
        title: "Queue length over time",
        y_title: "Queue length (messages)",
        notes: vec!["counted after each event".to_owned()],
        heads: &["max", "at end"],
        widest: 2.2,
        lines: series.machines.iter().map(|machine| line(machine, theory)).collect(),
        flat_theory: "theory: no machine is overloaded",
        empty: if series.machines.iter().all(|machine| machine.knows_queue) {
            "no events"
        } else {
            "these logs do not tell the queue"
        },
    };
    timeline.draw(series, theory, look)
}

fn line(machine: &MachineSeries, theory: &RunTheory) -> Line {
    let step = |sample: &Sample| Step {
        from_s: sample.from_s,
        to_s: sample.to_s,
        low: sample.queue_min as f64,
        high: sample.queue_max as f64,
        last: sample.queue_last as f64,
    };
    if !machine.knows_queue {
        let cells = ["?", "?"].map(str::to_owned).into();
        return Line { steps: Vec::new(), at_end: 0.0, cells, theory: None };
    }
    let last = machine.samples.last().map(|sample| sample.queue_last);
    let longest = machine.samples.iter().map(|sample| sample.queue_max).max();
    Line {
        steps: machine.samples.iter().filter(|sample| timeline::has_times(sample)).map(step).collect(),
        at_end: last.unwrap_or(0) as f64,
        cells: [longest, last].map(|queue| queue.map_or("–".to_owned(), number::count)).into(),
        theory: theory.of_machine(machine.machine).map(|prediction| prediction.queue_growth),
    }
}
