//! The chart of waits over time: how long each message had waited in its queue
//! when it was popped.

use super::timeline::{self, Line, Timeline};
use crate::charts::draw::axis::Axis;
use crate::charts::draw::trace::Step;
use crate::charts::draw::{number, wording};
use crate::charts::{Chart, ChartError, ChartType, Draw, Look, RunChart, RunTheory};
use crate::metrics::series::{MachineSeries, RunSeries, Sample, Waited};
use crate::metrics::{WaitSource, WaitSummary};
use crate::text::numbers::seconds;

const US_PER_S: f64 = 1e6;

/// How long messages wait in each queue.
pub const WAIT: ChartType = ChartType {
    name: "wait",
    shows: "How long messages wait in each queue",
    draw: Draw::Run(RunChart {
        draw,
        caption: "A line that keeps rising means that each message waits longer than the one before, as the queue \
                  grows. Mean wait",
        of_machine: |row| row.wait_mean.map(seconds),
    }),
};

/// Draws for each machine the wait of the message that it popped last; where a
/// sample covers several, the whole range between the shortest and the longest.
fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let tell = series.machines.iter().any(|machine| machine.waits.is_some());
    let column = |of: fn(&WaitSummary) -> f64| {
        let values = series.machines.iter().map(|machine| machine.waits.as_ref().map(of));
        number::measured_alike(&values.collect::<Vec<_>>())
    };
    let cells = column(|waits| waits.mean_s).into_iter().zip(column(|waits| waits.max_s));
    let lines = series
        .machines
        .iter()
        .zip(cells)
        .map(|(machine, (mean, max))| line(machine, theory, vec![mean, max]));
    let receive = series.machines.iter().any(|machine| !machine.jumps.is_empty());
    let timeline = Timeline {
        name: WAIT.name,
        title: title(series),
        y_title: "Wait in the queue (s)",
        y_axis: |longest| Axis::measured(0.0, longest),
        notes: notes(series),
        heads: &["mean, s", "max, s"],
        widest: 2.2,
        lines: lines.collect(),
        flat_theory: "by the law, no machine is overloaded",
        empty: if receive && !tell {
            "these logs do not tell how long messages waited"
        } else {
            "no messages received"
        },
    };
    timeline.draw(series, theory, look)
}

/// On which machine messages wait longest.
fn title(series: &RunSeries) -> String {
    let mean = |machine: &MachineSeries| Some((machine.waits?.mean_s, machine.machine));
    let longest = series.machines.iter().filter_map(mean);
    match longest.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))) {
        Some((mean_s, machine)) => {
            format!("Messages wait longest on machine {machine}: {} s on average", number::measured(mean_s))
        }
        None => "Wait in the queue".to_owned(),
    }
}

/// What is measured, and where the waits are upper bounds.
fn notes(series: &RunSeries) -> Vec<String> {
    let reported = || series.machines.iter().filter(|machine| machine.waits.is_some());
    let from_sends = reported().filter(|machine| machine.wait_source == WaitSource::FromSends).count();
    let from_arrival = "of each message from its arrival to its pop".to_owned();
    if from_sends == 0 {
        return vec![from_arrival];
    }
    const BOUND: &str = "so that the time on the way counts too";
    if from_sends == reported().count() {
        return vec![format!("of each message from its SEND to its pop, {BOUND}: no log tells arrivals")];
    }
    let machines = wording::many(from_sends, "machine", "machines");
    vec![from_arrival, format!("of {machines} from the SEND, {BOUND}")]
}

fn line(machine: &MachineSeries, theory: &RunTheory, cells: Vec<String>) -> Line {
    if machine.waits.is_none() {
        return Line { steps: Vec::new(), at_end: 0.0, cells, theory: Vec::new(), is_overloaded: None };
    }
    let timed = machine.samples.iter().filter(|sample| timeline::has_times(sample));
    let steps: Vec<Step> = timed.filter_map(step).collect();
    let expected = theory.of_machine(machine.machine);
    Line {
        at_end: steps.last().map_or(0.0, |step| step.last),
        cells,
        theory: expected.map_or_else(Vec::new, |of| of.line(|course| &course.wait)),
        is_overloaded: expected.and_then(|of| of.is_overloaded),
        steps,
    }
}

fn step(sample: &Sample) -> Option<Step> {
    let Waited { min_us, max_us, last_us } = sample.waited?;
    let [low, high, last] = [min_us, max_us, last_us].map(|us| us as f64 / US_PER_S);
    Some(Step { from_s: sample.from_s, to_s: sample.to_s, low, high, last })
}
