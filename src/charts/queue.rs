//! The chart of queue lengths over time.

use super::axis::Axis;
use super::finding::{self, Highest};
use super::timeline::{self, Line, Timeline};
use super::trace::Step;
use super::{Chart, ChartError, Look, RunTheory, number};
use crate::metrics::series::{MachineSeries, RunSeries, Sample};

/// Draws each machine's queue length; where a sample covers several events, the
/// whole range between the shortest and the longest queue.
pub(super) fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let lines: Vec<Line> = series.machines.iter().map(|machine| line(machine, theory)).collect();
    let mut notes = vec!["counted after each event".to_owned()];
    let growing = Highest::of(series, &lines).filter(Highest::is_growing);
    notes.extend(growing.map(|_| finding::RATE.to_owned()));
    let timeline = Timeline {
        name: "queue",
        title: title(series, growing),
        y_title: "Queue length (messages)",
        y_axis: Axis::counts,
        notes,
        heads: &["max", "last logged"],
        widest: 2.2,
        lines,
        flat_theory: "theory: no machine is overloaded",
        empty: if series.machines.iter().all(|machine| machine.knows_queue) {
            "no events"
        } else {
            "these logs do not tell the queue"
        },
    };
    timeline.draw(series, theory, look)
}

impl Highest {
    /// Whether the queue is one that grows, rather than one that has just come
    /// to some length: theory says so, or else its length.
    fn is_growing(&self) -> bool {
        const MANY: f64 = 10.0;
        self.theory_per_s.map_or(self.at_end >= MANY, |rate| rate > 0.0)
    }
}

/// Which queue grows, or how long queues are at most.
fn title(series: &RunSeries, growing: Option<Highest>) -> String {
    if let Some(growing) = growing {
        return format!("Machine {}'s queue grows by {}", growing.machine, growing.rate("messages"));
    }
    let longest = |machine: &MachineSeries| {
        let queues = machine.samples.iter().filter(|_| machine.knows_queue).map(|sample| sample.queue_max);
        Some((queues.max()?, machine.machine))
    };
    let longest = series.machines.iter().filter_map(longest).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    match longest {
        Some((0, _)) => "No queue forms".to_owned(),
        Some((queue, machine)) => {
            let queue = number::count(queue);
            format!("No queue keeps growing: the longest has {queue}, on machine {machine}")
        }
        None => "Queue length over time".to_owned(),
    }
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
    let timed = machine.samples.iter().filter(|sample| timeline::has_times(sample));
    Line {
        theory: theory.of_machine(machine.machine).map(|prediction| prediction.queue_growth),
        ..Line::of_counts(timed.map(step).collect(), longest, last)
    }
}
