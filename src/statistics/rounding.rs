//! Rounding: figures with as many digits as their interval is worth.

use crate::statistics::Summary;
use crate::statistics::summary::ALL_EQUAL;

/// To how many decimals figures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// All of them, so that figures of one row line up.
    Decimals(usize),
    /// At most four, as no interval tells better.
    Brief,
}

impl Rounding {
    /// To two digits of half the interval's width, where it has a width.
    pub fn to(low: Option<f64>, high: Option<f64>) -> Rounding {
        const DECIMALS_MOST: f64 = 6.0;
        let half_width = low.zip(high).map_or(0.0, |(low, high)| (high - low) / 2.0);
        if half_width > 0.0 && half_width.is_finite() {
            Rounding::Decimals((1.0 - half_width.log10().floor()).clamp(0.0, DECIMALS_MOST) as usize)
        } else {
            Rounding::Brief
        }
    }

    pub fn number(self, value: f64) -> String {
        let text = match self {
            Rounding::Decimals(decimals) => format!("{value:.decimals$}"),
            Rounding::Brief => format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        };
        let is_zero = text.starts_with('-') && text.chars().all(|c| "-0.".contains(c));
        if is_zero { text[1..].to_owned() } else { text }
    }

    /// `31.1 [29.6, 32.7]`, or the figure alone where its interval is not known.
    pub fn estimate(self, value: f64, low: Option<f64>, high: Option<f64>) -> String {
        match low.zip(high) {
            Some((low, high)) => {
                format!("{} [{}, {}]", self.number(value), self.number(low), self.number(high))
            }
            None => self.number(value),
        }
    }
}

/// The mean of a sample: `31.1 [29.6, 32.7]`, `7 (all equal)`, or of a single
/// value that alone.
pub fn mean(summary: &Summary) -> String {
    let (low, high) = summary.mean_interval.map(|interval| (interval.low, interval.high)).unzip();
    estimate(Rounding::to(low, high), summary.mean, low, high, summary.mean_method())
}

/// A figure with its interval, or with the word that says why there is none.
pub fn estimate(rounding: Rounding, value: f64, low: Option<f64>, high: Option<f64>, method: &str) -> String {
    let figure = rounding.estimate(value, low, high);
    if method == ALL_EQUAL { format!("{figure} ({ALL_EQUAL})") } else { figure }
}

/// A number with as few digits as tell it.
pub fn brief(value: f64) -> String {
    if value.abs() >= 100.0 {
        format!("{value:.0}")
    } else {
        Rounding::Brief.number((value * 100.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_digits_that_their_interval_is_worth() {
        for (value, half_width, shown) in [
            (31.1234, 1.5, "31.1 [29.6, 32.6]"),
            (40.0, 5.0, "40.0 [35.0, 45.0]"),
            (1.000_004, 0.000_01, "1.000004 [0.999994, 1.000014]"),
            (123_456.7, 2000.0, "123457 [121457, 125457]"),
            (0.02, 0.1, "0.02 [-0.08, 0.12]"),
            (0.0, 1e-30, "0.000000 [0.000000, 0.000000]"),
            (7.0, 0.0, "7 [7, 7]"),
        ] {
            let (low, high) = (Some(value - half_width), Some(value + half_width));
            assert_eq!(Rounding::to(low, high).estimate(value, low, high), shown);
        }
    }

    #[test]
    fn a_mean_of_equal_values_says_so_and_has_no_interval() {
        let reported = |values: &[f64]| mean(&Summary::of(values).unwrap());
        assert_eq!(reported(&[0.0; 10]), "0 (all equal)");
        assert_eq!(
            (reported(&[7.0]), reported(&[1.0, 2.0, 3.0])),
            ("7".to_owned(), "2.0 [-0.5, 4.5]".to_owned())
        );
    }

    #[test]
    fn a_figure_without_an_interval_stands_alone() {
        let none = Rounding::to(None, None);
        assert_eq!(none.estimate(1.0 / 3.0, None, None), "0.3333");
        assert_eq!(none.number(-1e-9), "0");
        assert_eq!(none.number(120.0), "120");
        assert_eq!(Rounding::to(Some(f64::NEG_INFINITY), Some(f64::INFINITY)).number(1.5), "1.5");
    }
}
