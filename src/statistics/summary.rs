//! A sample in a few numbers.

use serde::Serialize;

use super::interval::{Interval, of_mean, of_median};
use super::moments::Moments;

/// Stands where the method of an interval would, of values that are all equal.
pub const ALL_EQUAL: &str = "all equal";

/// What a sample says of what it was drawn from.
///
/// Spread and outer quantiles have no interval: none was found that holds them
/// in 95 % of samples whatever their distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub n: u64,
    pub mean: f64,
    /// Of the sample; a single value has none.
    pub sd: Option<f64>,
    pub median: f64,
    pub p05: f64,
    pub p95: f64,
    pub min: f64,
    pub max: f64,
    /// 95 %, by Student's t; a single value has none, nor have equal ones.
    pub mean_interval: Option<Interval>,
    /// 95 %, by the bootstrap; fewer than six values have none, nor have equal ones.
    pub median_interval: Option<Interval>,
}

impl Summary {
    /// `None` where there are no values, or one is not finite.
    pub fn of(values: &[f64]) -> Option<Summary> {
        let moments = Moments::of(values)?;
        let mut ordered = values.to_vec();
        ordered.sort_by(f64::total_cmp);
        Some(Summary {
            n: moments.n,
            mean: moments.mean,
            sd: (moments.n > 1).then_some(moments.sd),
            median: quantile(&ordered, 0.5),
            p05: quantile(&ordered, 0.05),
            p95: quantile(&ordered, 0.95),
            min: quantile(&ordered, 0.0),
            max: quantile(&ordered, 1.0),
            mean_interval: of_mean(&moments),
            median_interval: of_median(&ordered),
        })
    }

    /// Of values that cannot lie below 0, as counts: nor do the intervals then.
    pub fn not_negative(self) -> Summary {
        let cut = |interval: Option<Interval>| interval.map(|interval| interval.not_below(0.0));
        Summary { mean_interval: cut(self.mean_interval), median_interval: cut(self.median_interval), ..self }
    }

    /// Whether there are several values, all of them equal: there is no interval
    /// then, as no spread was seen.
    pub fn is_all_equal(&self) -> bool {
        self.n > 1 && self.min == self.max
    }

    /// How the interval of the mean was found, or why there is none: [`ALL_EQUAL`],
    /// or nothing of a single value.
    pub fn mean_method(&self) -> &'static str {
        self.method(self.mean_interval)
    }

    /// The same of the median; fewer than six values say nothing.
    pub fn median_method(&self) -> &'static str {
        self.method(self.median_interval)
    }

    fn method(&self, interval: Option<Interval>) -> &'static str {
        let without = if self.is_all_equal() { ALL_EQUAL } else { "" };
        interval.map_or(without, |interval| interval.method.word())
    }
}

/// The value that a share of a sample, in order and not empty, does not
/// exceed; between two values interpolated (type 7 of Hyndman and Fan, 1996).
fn quantile(ordered: &[f64], share: f64) -> f64 {
    let place = share * (ordered.len() - 1) as f64;
    let (below, above) = (ordered[place.floor() as usize], ordered[place.ceil() as usize]);
    below + (place - place.floor()) * (above - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let values: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        let summary = Summary::of(&values).unwrap();
        assert_eq!((summary.n, summary.mean, summary.median), (10, 5.5, 5.5));
        assert!((summary.p05 - 1.45).abs() < 1e-12 && (summary.p95 - 9.55).abs() < 1e-12);
        assert_eq!((summary.min, summary.max), (1.0, 10.0));
    }

    #[test]
    fn one_value_has_neither_spread_nor_interval() {
        let one = Summary::of(&[3.0]).unwrap();
        assert_eq!((one.n, one.mean, one.median, one.p05, one.p95), (1, 3.0, 3.0, 3.0, 3.0));
        assert_eq!((one.sd, one.mean_interval, one.median_interval), (None, None, None));
    }

    #[test]
    fn equal_values_have_no_interval_and_say_so() {
        for n in [2, 10, 30, 1000] {
            let equal = Summary::of(&vec![0.1; n]).unwrap();
            assert_eq!(
                (equal.sd, equal.mean_interval, equal.median_interval),
                (Some(0.0), None, None),
                "{n}"
            );
            assert_eq!((equal.mean_method(), equal.median_method()), (ALL_EQUAL, ALL_EQUAL), "{n}");
        }
        let one = Summary::of(&[7.0]).unwrap();
        assert_eq!((one.is_all_equal(), one.mean_method(), one.median_method()), (false, "", ""));
        let few = Summary::of(&[7.0, 8.0]).unwrap();
        assert_eq!((few.mean_method(), few.median_method()), ("t", ""));
    }

    #[test]
    fn intervals_of_counts_do_not_reach_below_zero() {
        let rare = Summary::of(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]).unwrap();
        assert!(rare.mean_interval.unwrap().low < 0.0);
        let cut = rare.not_negative().mean_interval.unwrap();
        assert_eq!((cut.low, cut.high), (0.0, rare.mean_interval.unwrap().high));
    }

    #[test]
    fn what_cannot_be_summarised_is_not() {
        for values in [&[] as &[f64], &[1.0, f64::NAN], &[f64::INFINITY; 3]] {
            assert_eq!(Summary::of(values), None, "{values:?}");
        }
    }
}
