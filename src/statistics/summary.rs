//! A sample in a few numbers.

use serde::Serialize;

use super::interval::{Interval, of_mean, of_median};
use super::moments::Moments;

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
    /// 95 %, by Student's t; a single value has none.
    pub mean_interval: Option<Interval>,
    /// 95 %, by the bootstrap; fewer than six values have none.
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
    fn equal_values_are_known_for_certain() {
        let equal = Summary::of(&[7.0; 30]).unwrap();
        assert_eq!(equal.sd, Some(0.0));
        for interval in [equal.mean_interval.unwrap(), equal.median_interval.unwrap()] {
            assert_eq!((interval.low, interval.high), (7.0, 7.0));
        }
    }

    #[test]
    fn what_cannot_be_summarised_is_not() {
        for values in [&[] as &[f64], &[1.0, f64::NAN], &[f64::INFINITY; 3]] {
            assert_eq!(Summary::of(values), None, "{values:?}");
        }
    }
}
