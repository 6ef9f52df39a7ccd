//! The chart of waits over time: how long each message had waited in its queue
//! when it was popped.

use super::axis::Axis;
use super::timeline::{self, Line, Timeline};
use super::trace::Step;
use super::{Chart, ChartError, Look, RunTheory, number};
use crate::metrics::series::{MachineSeries, RunSeries, Sample, Waited};
use crate::theory::Prediction;

const US_PER_S: f64 = 1e6;

/// Draws for each machine the wait of the message that it popped last; where a
/// sample covers several, the whole range between the shortest and the longest.
pub(super) fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let tell = series.machines.iter().any(|machine| machine.waits.is_some());
    let receive = series.machines.iter().any(|machine| !machine.jumps.is_empty());
    let timeline = Timeline {
        name: "wait",
        title: title(series),
        y_title: "Wait in the queue (s)",
        y_axis: |longest| Axis::measured(0.0, longest),
        notes: vec!["of each message from its arrival to its pop".to_owned()],
        heads: &["mean, s", "max, s"],
        widest: 2.2,
        lines: series.machines.iter().map(|machine| line(machine, theory)).collect(),
        flat_theory: "theory: no machine is overloaded",
        empty: if receive && !tell {
            "these logs do not tell when messages arrived"
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

fn line(machine: &MachineSeries, theory: &RunTheory) -> Line {
    let Some(waits) = machine.waits else {
        let cells = ["–", "–"].map(str::to_owned).into();
        return Line { steps: Vec::new(), at_end: 0.0, cells, theory: None };
    };
    let timed = machine.samples.iter().filter(|sample| timeline::has_times(sample));
    let steps: Vec<Step> = timed.filter_map(step).collect();
    Line {
        at_end: steps.last().map_or(0.0, |step| step.last),
        cells: [waits.mean_s, waits.max_s].map(number::measured).into(),
        theory: theory.of_machine(machine.machine).map(growth),
        steps,
    }
}

fn step(sample: &Sample) -> Option<Step> {
    let Waited { min_us, max_us, last_us } = sample.waited?;
    let [low, high, last] = [min_us, max_us, last_us].map(|us| us as f64 / US_PER_S);
    Some(Step { from_s: sample.from_s, to_s: sample.to_s, low, high, last })
}

/// By how much waits grow in a second: the message popped at t is the r·t-th,
/// and arrived at r·t ÷ λ.
fn growth(theory: &Prediction) -> f64 {
    if theory.queue_growth > 0.0 { 1.0 - 1.0 / theory.load } else { 0.0 }
}
