//! The chart of how far each clock is behind the leader's.

use super::finding::{self, Highest};
use super::timeline::{self, Line, Timeline};
use crate::charts::draw::axis::Axis;
use crate::charts::draw::number;
use crate::charts::draw::trace::Step;
use crate::charts::{Chart, ChartError, ChartType, Draw, Look, RunChart, RunTheory};
use crate::metrics::series::{MachineSeries, RunSeries, Sample};

/// The most times at which all clocks are compared.
const TIMES: usize = 1500;
/// Clock units a second by which a clock falls behind for good, at least.
const LEAST_RATE: f64 = 0.2;

/// How far each logical clock is behind the leading one.
pub const DRIFT: ChartType = ChartType {
    name: "drift",
    shows: "How far each logical clock is behind the leading one",
    draw: Draw::Run(RunChart {
        draw,
        caption: "A line at 0 is the leading clock; one that keeps rising falls behind and does not catch up. Distance \
                  behind the leader at the end",
        of_machine: |row| row.clock_diff.map(|behind| behind.to_string()),
    }),
};

/// Draws the largest clock of the run at each time − the machine's own. A clock
/// stays as it is between two events, and is 0 before the first.
fn draw(series: &RunSeries, theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    let times = times(series);
    let clocks: Vec<Vec<u64>> = series.machines.iter().map(|machine| clocks_at(machine, &times)).collect();
    let leader: Vec<u64> =
        (0..times.len()).map(|at| clocks.iter().map(|clock| clock[at]).max().unwrap_or(0)).collect();
    let behind = |(machine, clock): (&MachineSeries, &Vec<u64>)| Line {
        theory: theory
            .of_machine(machine.machine)
            .map_or_else(Vec::new, |of| of.line(|course| &course.behind)),
        ..line(&times, &leader, clock)
    };
    let lines: Vec<Line> = series.machines.iter().zip(&clocks).map(behind).collect();
    let behind = Highest::of(series, &lines).filter(|behind| behind.per_s >= LEAST_RATE);
    let mut notes = vec!["the leader is whichever clock is largest at the time".to_owned()];
    notes.extend(behind.map(|_| finding::RATE.to_owned()));
    let timeline = Timeline {
        name: DRIFT.name,
        title: title(&lines, behind),
        y_title: "Clock difference, leader − own (clock units)",
        y_axis: Axis::counts,
        notes,
        heads: &["max", "at end"],
        widest: 2.2,
        lines,
        flat_theory: "",
        empty: "no events",
    };
    timeline.draw(series, theory, look)
}

/// Which clock falls behind, or how far clocks are apart at most.
fn title(lines: &[Line], behind: Option<Highest>) -> String {
    if let Some(behind) = behind {
        return format!("Machine {} falls behind by {}", behind.machine, behind.rate("clock units"));
    }
    let steps = lines.iter().flat_map(|line| &line.steps);
    match steps.map(|step| step.high).max_by(f64::total_cmp) {
        Some(most) => {
            format!("No clock falls behind for good: at most {} clock units", number::count(most as u64))
        }
        None => "Drift behind the leader over time".to_owned(),
    }
}

/// Every time at which a clock rose, or as many evenly spaced ones as can be shown.
fn times(series: &RunSeries) -> Vec<f64> {
    let samples = series.machines.iter().flat_map(|machine| &machine.samples);
    let mut times: Vec<f64> =
        samples.filter(|sample| timeline::has_times(sample)).map(|sample| sample.to_s).collect();
    times.extend(timeline::start(series.machines.iter()));
    times.sort_by(f64::total_cmp);
    times.dedup();
    match timeline::span(series) {
        Some((from, to)) if times.len() > TIMES => {
            let step = (to - from) / (TIMES - 1) as f64;
            (0..TIMES - 1).map(|index| from + step * index as f64).chain([to]).collect()
        }
        _ => times,
    }
}

fn clocks_at(machine: &MachineSeries, times: &[f64]) -> Vec<u64> {
    let mut samples = machine.samples.iter().filter(|sample| timeline::has_times(sample)).peekable();
    let mut clock = 0;
    let at = |&time: &f64| {
        while let Some(Sample { clock_last, .. }) = samples.next_if(|sample| sample.to_s <= time) {
            clock = *clock_last;
        }
        clock
    };
    times.iter().map(at).collect()
}

fn line(times: &[f64], leader: &[u64], clock: &[u64]) -> Line {
    let behind: Vec<u64> =
        leader.iter().zip(clock).map(|(leader, own)| leader.saturating_sub(*own)).collect();
    let last = behind.last().copied();
    let most = behind.iter().max().copied();
    let steps = times.iter().zip(&behind).map(|(&time, &behind)| Step::at(time, behind as f64));
    Line::of_counts(steps.collect(), most, last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::metrics::WaitSource;
    use crate::model::event::MachineId;

    fn machine(id: u32, clocks: &[(f64, u64)]) -> MachineSeries {
        let sample = |&(time, clock): &(f64, u64)| Sample {
            from_s: time,
            to_s: time,
            queue_min: 0,
            queue_max: 0,
            queue_last: 0,
            clock_last: clock,
            waited: None,
        };
        let samples = clocks.iter().map(sample).collect();
        MachineSeries {
            machine: MachineId(id),
            clock_rate: None,
            knows_queue: true,
            from_start: false,
            samples,
            jumps: BTreeMap::new(),
            waits: None,
            wait_source: WaitSource::Unknown,
            clock_set: None,
        }
    }

    #[test]
    fn a_clock_is_held_between_its_events_and_compared_with_the_largest() {
        let machines = vec![machine(1, &[(1.0, 1), (3.0, 9)]), machine(2, &[(0.5, 2), (2.0, 4)])];
        let series = RunSeries { experiment: String::new(), run: String::new(), machines };
        let times = times(&series);
        assert_eq!(times, [0.5, 1.0, 2.0, 3.0]);
        assert_eq!(clocks_at(&series.machines[0], &times), [0, 1, 1, 9]);
        assert_eq!(line(&times, &[2, 2, 4, 9], &[0, 1, 1, 9]).cells, ["3", "0"]);
        assert_eq!(line(&times, &[2, 2, 4, 9], &[2, 2, 4, 4]).cells, ["5", "5"]);
    }
}
