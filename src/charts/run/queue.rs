//! The chart of queue lengths over time.

use super::finding::{self, Highest};
use super::timeline::{self, Line, Timeline};
use crate::charts::draw::axis::Axis;
use crate::charts::draw::number;
use crate::charts::draw::trace::Step;
use crate::charts::{Chart, ChartError, ChartType, Draw, Look, RunChart, RunTheory};
use crate::metrics::series::{MachineSeries, RunSeries, Sample};

/// Queue length of each machine over lab time.
pub const QUEUE: ChartType = ChartType {
    name: "queue",
    shows: "Queue length of each machine over lab time",
    draw: Draw::Run(RunChart {
        draw,
        caption: "A line that keeps rising is a machine that gets more messages than it has ticks to read; a flat one \
                  keeps up. Longest queue, counted after each event and at the end",
        of_machine: |row| row.max_queue.map(|queue| queue.to_string()),
    }),
};

/// Draws each machine's queue length; where a sample covers several events, the
/// whole range between the shortest and the longest queue.
fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let lines: Vec<Line> = series.machines.iter().map(|machine| line(machine, theory)).collect();
    let mut notes = vec!["counted after each event".to_owned()];
    let growing = Highest::of(series, &lines).filter(Highest::is_growing);
    notes.extend(growing.map(|_| finding::RATE.to_owned()));
    let timeline = Timeline {
        name: QUEUE.name,
        title: title(series, growing),
        y_title: "Queue length (messages)",
        y_axis: Axis::counts,
        notes,
        heads: &["max", "last logged"],
        widest: 2.2,
        lines,
        flat_theory: "by the law, no machine is overloaded",
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
    /// to some length: the law says so, or else its length.
    fn is_growing(&self) -> bool {
        const MANY: f64 = 10.0;
        self.is_overloaded.unwrap_or(self.at_end >= MANY)
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
        return Line { steps: Vec::new(), at_end: 0.0, cells, theory: Vec::new(), is_overloaded: None };
    }
    let last = machine.samples.last().map(|sample| sample.queue_last);
    let longest = machine.samples.iter().map(|sample| sample.queue_max).max();
    let timed = machine.samples.iter().filter(|sample| timeline::has_times(sample));
    let start = timeline::start([machine]).map(|time_s| Step::at(time_s, 0.0));
    let expected = theory.of_machine(machine.machine);
    Line {
        theory: expected.map_or_else(Vec::new, |of| of.line(|course| &course.queue)),
        is_overloaded: expected.and_then(|of| of.is_overloaded),
        ..Line::of_counts(start.into_iter().chain(timed.map(step)).collect(), longest, last)
    }
}
