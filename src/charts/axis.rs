//! An axis: its range, its ticks at round numbers, and their labels.

use super::number;

/// Ticks wanted on an axis; round steps make it a few more or less.
const TICKS: f64 = 8.0;

/// One axis, from where it begins to where it ends.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub from: f64,
    pub to: f64,
    pub ticks: Vec<Tick>,
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub at: f64,
    pub label: String,
}

impl Axis {
    /// Counts from 0 to at least `largest`, with ticks at whole numbers only.
    pub(super) fn counts(largest: f64) -> Axis {
        let largest = largest.max(1.0);
        let step = round_step(largest / TICKS).max(1.0);
        // Room above the largest, so that it does not touch the edge.
        let to = if largest < 2.0 { largest } else { largest * 1.05 };
        Axis { from: 0.0, to, ticks: ticks(0.0, to, step, true) }
    }

    /// Lab time in seconds, between the first and the last of a run.
    pub(super) fn seconds(first: f64, last: f64) -> Axis {
        // A run begins at 0; logs of others may count from elsewhere.
        let from = if first > last / 2.0 && last > 1000.0 { first } else { first.min(0.0) };
        let to = if last - from > 1e-6 { last } else { from + 1.0 };
        let step = round_step((to - from) / TICKS);
        // A run of 60 s has its last event a little earlier.
        let next = (to / step).ceil() * step;
        let to = if next - to < 0.03 * (to - from) { next } else { to };
        Axis { from, to, ticks: ticks(from, to, step, false) }
    }

    /// Any range, with a little room at both ends.
    pub(super) fn around(smallest: f64, largest: f64) -> Axis {
        let span = if largest > smallest { largest - smallest } else { largest.abs().max(1.0) };
        let (from, to) = (smallest - 0.06 * span, largest + 0.06 * span);
        Axis { from, to, ticks: ticks(from, to, round_step(span / TICKS), true) }
    }

    /// Where a value lies, from 0 at the axis' beginning to 1 at its end.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// The smallest of 1, 2, 5, 10, 20, … that is no smaller than the rough step.
fn round_step(rough: f64) -> f64 {
    let rough = rough.clamp(1e-12, 1e300);
    let decade = 10.0_f64.powf(rough.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * decade >= rough * 0.999_999);
    digit.unwrap_or(10.0) * decade
}

fn ticks(from: f64, to: f64, step: f64, shorten: bool) -> Vec<Tick> {
    let first = (from / step - 1e-6).ceil();
    let count = ((to / step + 1e-6).floor() - first).clamp(0.0, 4.0 * TICKS) as usize;
    // Adding 0 turns the negative zero that rounding can leave into a plain one.
    let values: Vec<f64> = (0..=count).map(|index| (first + index as f64) * step + 0.0).collect();
    let labels = number::ticks(&values, step, shorten);
    values.into_iter().zip(labels).map(|(at, label)| Tick { at, label }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn counts_begin_at_zero_and_are_whole() {
        assert_eq!(labels(&Axis::counts(0.0)), ["0", "1"]);
        assert_eq!(labels(&Axis::counts(3.0)), ["0", "1", "2", "3"]);
        assert_eq!(labels(&Axis::counts(31.0)), ["0", "5", "10", "15", "20", "25", "30"]);
        assert_eq!(labels(&Axis::counts(1.1e9))[1], "0.2 G");
        assert!(Axis::counts(u64::MAX as f64).ticks.len() > 3);
    }

    #[test]
    fn a_run_that_ends_just_before_a_round_time_is_drawn_up_to_it() {
        assert_eq!(Axis::seconds(0.2, 59.8).to, 60.0);
        assert_eq!(Axis::seconds(0.2, 52.0).to, 52.0);
    }

    #[test]
    fn a_single_time_still_makes_an_axis() {
        for time in [0.0, 3.0, -2.0, 1.7e9, 1e-15] {
            let axis = Axis::seconds(time, time);
            assert!(axis.to > axis.from && axis.ticks.len() > 1, "{time}: {axis:?}");
        }
    }
}
