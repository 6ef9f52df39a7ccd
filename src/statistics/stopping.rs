//! When a sweep that goes on until its mean is precise may stop.

use std::fmt;

use super::half_width::HalfWidth;
use super::interval::of_mean;
use super::moments::Moments;
use super::skewness::runs_least;

/// Why runs do not meet a precision, or not yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unmet {
    /// No run knows the quantity.
    Unknown,
    /// A single run tells no spread.
    OneRun,
    /// Equal values tell no spread: what is rare may not have come up yet.
    AllEqual { n: u64 },
    /// So few runs of so lopsided values do not make an interval that can be
    /// trusted; at least so many would.
    TooFew { n: u64, least: u64 },
    /// Half the interval's width.
    TooWide { half_width: f64, wanted: f64 },
}

impl HalfWidth {
    /// Whether a sweep may stop with these values. It looks again and again,
    /// and stops when the interval happens to be narrow; so the interval holds
    /// the mean less often than it promises, and far less often where the first
    /// values of a rare or lopsided quantity hide its spread (Chow and Robbins,
    /// 1965; Starr, 1966). So the first half has to meet the precision before the
    /// other is looked at: that half is drawn as if nobody had chosen when to stop
    /// (as the second stage of Stein, 1945).
    ///
    /// # Errors
    ///
    /// What the values lack.
    pub fn may_stop(&self, values: &[f64]) -> Result<(), Unmet> {
        self.is_met(&values[..values.len() - values.len() / 2])?;
        self.is_met(values)
    }

    /// Whether values whose number nobody chose by looking at them meet the
    /// precision: they vary, there are so many that Student's t can be trusted
    /// with their skewness ([`runs_least`]), and the interval is narrow enough.
    ///
    /// # Errors
    ///
    /// What the values lack.
    pub fn is_met(&self, values: &[f64]) -> Result<(), Unmet> {
        let moments = Moments::of(values).ok_or(Unmet::Unknown)?;
        let n = moments.n;
        if n < 2 {
            return Err(Unmet::OneRun);
        }
        let Some(interval) = of_mean(&moments) else { return Err(Unmet::AllEqual { n }) };
        let least = runs_least(values);
        if n < least {
            return Err(Unmet::TooFew { n, least });
        }
        let (half_width, wanted) = (interval.half_width(), self.wanted(moments.mean));
        if half_width < wanted { Ok(()) } else { Err(Unmet::TooWide { half_width, wanted }) }
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::statistics::rounding::brief;
        match *self {
            Unmet::Unknown => f.write_str("no run knows the quantity"),
            Unmet::OneRun => f.write_str("one run tells no spread"),
            Unmet::AllEqual { n } => {
                write!(f, "all {n} values are equal, so there is no interval to be narrow enough")
            }
            Unmet::TooFew { n, least } => write!(
                f,
                "{n} runs are too few for an interval that can be trusted: values so rare or lopsided need {least}"
            ),
            Unmet::TooWide { half_width, wanted } => {
                write!(f, "half the interval's width is {}, not below {}", brief(half_width), brief(wanted))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::Source;
    use super::*;
    use crate::statistics::Summary;

    const SWEEPS: usize = 400;
    const LOOK_EVERY: usize = 10;
    const MAX: usize = 500;

    /// The interval that a sweep of this rule ends with; `None` where it does
    /// not stop.
    fn sweep(rule: &HalfWidth, source: &mut Source, draw: fn(&mut Source) -> f64) -> Option<Summary> {
        let mut values = Vec::new();
        while values.len() < MAX {
            values.extend(source.sample(LOOK_EVERY, draw));
            if rule.may_stop(&values).is_ok() {
                return Summary::of(&values);
            }
        }
        None
    }

    /// How many of the sweeps stop, and the share of these whose interval holds
    /// the truth.
    fn stopped(text: &str, draw: fn(&mut Source) -> f64, truth: f64) -> (usize, f64) {
        let (rule, mut source) = (text.parse().unwrap(), Source::new(5));
        let ends: Vec<Summary> = (0..SWEEPS).filter_map(|_| sweep(&rule, &mut source, draw)).collect();
        let holds = |end: &&Summary| end.mean_interval.is_some_and(|interval| interval.contains(truth));
        (ends.len(), ends.iter().filter(holds).count() as f64 / ends.len().max(1) as f64)
    }

    #[test]
    fn a_sweep_that_stops_knows_the_mean_in_93_of_100_cases() {
        /// Two standard errors of a share of 93 % of 400.
        const TOLERANCE: f64 = 0.026;
        let tenth: fn(&mut Source) -> f64 = |source| if source.unit() < 0.2 { 1.0 } else { 0.0 };
        for (rule, draw, truth) in [
            ("10%", Source::queue as fn(&mut Source) -> f64, 30.0),
            ("4%", Source::queue, 30.0),
            ("20%", Source::exponential, 1.0),
            ("30%", tenth, 0.2),
            ("1", tenth, 0.2),
        ] {
            let (stops, share) = stopped(rule, draw, truth);
            assert!(stops > SWEEPS / 2, "{rule}: {stops} stop");
            assert!(share >= 0.93 - TOLERANCE, "{rule}: {share}");
        }
    }

    #[test]
    fn what_is_rare_or_never_varies_does_not_stop() {
        let never: fn(&mut Source) -> f64 = |_| 0.0;
        let rare: fn(&mut Source) -> f64 = |source| if source.unit() < 0.01 { 1.0 } else { 0.0 };
        for draw in [never, rare] {
            for rule in ["10%", "1000"] {
                assert_eq!(stopped(rule, draw, 0.0).0, 0, "{rule}");
            }
        }
    }

    #[test]
    fn what_is_lacking_is_reported() {
        let rule: HalfWidth = "10%".parse().unwrap();
        let reported = |values: &[f64]| rule.is_met(values).unwrap_err().to_string();
        assert_eq!(rule.is_met(&[]), Err(Unmet::Unknown));
        assert_eq!(rule.is_met(&[1.0]), Err(Unmet::OneRun));
        assert!(reported(&[0.0; 400]).starts_with("all 400 values are equal"));
        assert!(reported(&[1.0, 2.0, 3.0]).contains("3 runs are too few"));
        let wide: Vec<f64> = (0..100).map(f64::from).collect();
        assert!(
            reported(&wide).starts_with("half the interval's width is 5.76, not below 4.95"),
            "{}",
            reported(&wide)
        );
    }
}
