//! Whole numbers sorted into bins that a chart has room for.

use std::collections::BTreeMap;

use super::axis::{Axis, Scale, Tick};
use super::number;

/// How many bins of one width are drawn side by side.
const BINS: u64 = 120;

/// The rule by which jumps are sorted into bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::charts) enum Bins {
    /// Bins of one width, the first from 0.
    Even { width: u64 },
    /// 0, 1, 2–3, 4–7, …: each as wide as all before it.
    Doubling,
}

/// How many of each value there are.
pub(in crate::charts) type Counts = BTreeMap<u64, u64>;

impl Bins {
    /// Bins of one width show most distributions best; one whose tail is far
    /// longer than its bulk is wide needs doubling ones to show both.
    pub(in crate::charts) fn for_all<'a>(distributions: impl Iterator<Item = &'a Counts> + Clone) -> Bins {
        let largest = distributions.clone().filter_map(largest).max().unwrap_or(0);
        let mut all = Counts::new();
        for (value, count) in distributions.flatten().filter(|(_, count)| **count > 0) {
            let sum = all.entry(*value).or_default();
            *sum = count.saturating_add(*sum);
        }
        if largest > 2 * BINS && largest / 20 > median(&all) {
            return Bins::Doubling;
        }
        Bins::Even { width: round_width(largest / BINS + 1) }
    }

    /// Which bin a value falls into.
    fn index(self, value: u64) -> u32 {
        match self {
            Bins::Even { width } => u32::try_from(value / width).unwrap_or(u32::MAX),
            Bins::Doubling => u64::BITS - value.leading_zeros(),
        }
    }

    /// The counts in each bin that has any.
    pub(in crate::charts) fn sort(self, counts: &Counts) -> BTreeMap<u32, u64> {
        let mut bins = BTreeMap::new();
        for (value, count) in counts.iter().filter(|(_, count)| **count > 0) {
            let sum: &mut u64 = bins.entry(self.index(*value)).or_default();
            *sum = sum.saturating_add(*count);
        }
        bins
    }

    /// The axis all bins up to that of `largest` lie on, in units of bins.
    pub(in crate::charts) fn axis(self, largest: u64) -> Axis {
        let to = f64::from(self.index(largest)) + 1.0;
        match self {
            Bins::Even { width } => {
                let values = Axis::counts(largest as f64);
                let place = |tick: Tick| Tick { at: self.place(tick.at, width), ..tick };
                let ticks = values.ticks.into_iter().map(place).filter(|tick| tick.at <= to);
                // One empty bin at the left keeps the first bar off the axis.
                Axis { from: -0.5, to: to + 0.5, ticks: ticks.collect(), scale: Scale::Linear }
            }
            Bins::Doubling => {
                let every = (self.index(largest) / 14 + 1) as usize;
                let tick = |bin: u32| Tick { at: f64::from(bin), label: first_of(bin) };
                let ticks = (0..=self.index(largest)).step_by(every).map(tick).collect();
                Axis { from: 0.0, to, ticks, scale: Scale::Linear }
            }
        }
    }

    /// Where a value lies among bins of one width; a bin of one value stands
    /// over its value, a wider one over all of its values.
    fn place(self, value: f64, width: u64) -> f64 {
        if width == 1 { value + 0.5 } else { value / width as f64 }
    }

    /// Where a measured value, such as a mean, lies on the axis.
    pub(in crate::charts) fn place_of(self, value: f64) -> f64 {
        match self {
            Bins::Even { width } => self.place(value, width),
            Bins::Doubling if value < 1.0 => value,
            Bins::Doubling => {
                let octave = value.log2().floor();
                octave + 1.0 + (value / octave.exp2() - 1.0)
            }
        }
    }

    /// The rule in words, where it needs any.
    pub(in crate::charts) fn note(self) -> Option<String> {
        match self {
            Bins::Even { width: 1 } => None,
            Bins::Even { width } => Some(format!("bins of {} clock units", number::count(width))),
            Bins::Doubling => Some("bins that double in width: 0, 1, 2–3, 4–7, …".to_owned()),
        }
    }
}

/// The first value of a doubling bin, as a power of two where it is large.
fn first_of(bin: u32) -> String {
    match bin {
        0 => "0".to_owned(),
        1..18 => number::count(1 << (bin - 1)),
        _ => format!("2{}", number::raised(bin - 1)),
    }
}

pub(in crate::charts) fn largest(counts: &Counts) -> Option<u64> {
    counts.iter().rev().find(|(_, count)| **count > 0).map(|(value, _)| *value)
}

pub(in crate::charts) fn total(counts: &Counts) -> u64 {
    counts.values().fold(0, |sum, count| sum.saturating_add(*count))
}

pub(in crate::charts) fn mean(counts: &Counts) -> Option<f64> {
    let total = total(counts);
    let sum: f64 = counts.iter().map(|(value, count)| *value as f64 * *count as f64).sum();
    (total > 0).then(|| sum / total as f64)
}

fn median(counts: &Counts) -> u64 {
    let half = total(counts) / 2;
    let mut seen = 0_u64;
    let middle = counts.iter().find(|(_, count)| {
        seen = seen.saturating_add(**count);
        seen > half
    });
    middle.map_or(0, |(value, _)| *value)
}

/// The smallest of 1, 2, 5, 10, 20, … that is no smaller.
fn round_width(rough: u64) -> u64 {
    let mut decade = 1_u64;
    loop {
        for digit in [1, 2, 5] {
            let width = decade.saturating_mul(digit);
            if width >= rough {
                return width;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_range_has_a_bin_for_each_value() {
        let counts = Counts::from([(1, 5), (31, 1)]);
        assert_eq!(Bins::for_all([&counts].into_iter()), Bins::Even { width: 1 });
    }

    #[test]
    fn a_wide_range_has_round_bins() {
        let counts: Counts = (900..1100).map(|value| (value, 1)).collect();
        let bins = Bins::for_all([&counts].into_iter());
        assert_eq!(bins, Bins::Even { width: 10 });
        assert_eq!(bins.sort(&counts).get(&90), Some(&10));
    }

    #[test]
    fn a_tail_far_beyond_the_bulk_doubles_the_bins() {
        let counts = Counts::from([(1, 500), (2, 300), (1_000_000_000, 1)]);
        let bins = Bins::for_all([&counts].into_iter());
        assert_eq!(bins, Bins::Doubling);
        assert_eq!(bins.sort(&counts), BTreeMap::from([(1, 500), (2, 300), (30, 1)]));
        assert_eq!([bins.place_of(0.5), bins.place_of(1.0), bins.place_of(3.0)], [0.5, 1.0, 2.5]);
    }

    #[test]
    fn no_value_is_too_large() {
        let counts = Counts::from([(u64::MAX, u64::MAX), (u64::MAX - 1, 3)]);
        let bins = Bins::for_all([&counts].into_iter());
        assert!(bins.sort(&counts).len() <= 2 && bins.axis(u64::MAX).ticks.len() > 2, "{bins:?}");
    }
}
