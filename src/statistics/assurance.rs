//! How many runs a wanted precision needs.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal};

use super::ALPHA;
use super::half_width::HalfWidth;
use super::moments::Moments;
use super::skewness::{kurtosis, runs_least};
use super::student::critical_t;

/// How many of the experiments of the stated size are to reach the precision.
#[cfg(test)]
const ASSURANCE: f64 = 0.9;

/// The quantile that gives it: a little more, as the kurtosis of most pilots is
/// below that of what they were drawn from.
const QUANTILE: f64 = 0.95;

/// How many runs are needed, as far as a pilot tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunsNeeded {
    /// Of experiments of this size nine in ten reach the precision.
    pub assured: u64,
    /// Enough if the pilot's mean and spread were exact: about half of the
    /// experiments of this size reach it.
    pub likely: u64,
}

/// Why a pilot tells no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    #[error("one run tells no spread; give at least 2 with different seeds, or a spec to simulate")]
    TooFew,
    #[error(
        "all {n} values of the pilot are equal, which tells no spread: what is rare may not have come up in it; \
         give a larger pilot, or ask for another quantity"
    )]
    AllEqual { n: u64 },
    #[error(
        "no number of runs is enough, as far as the pilot tells: of a mean near 0 no share is known; \
         name a width in the quantity's own unit, or give a larger pilot"
    )]
    NeverEnough,
}

/// What a pilot says of experiments to come.
struct Pilot {
    moments: Moments,
    /// How much more the sd of a sample varies than that of a normal one.
    excess: f64,
}

impl HalfWidth {
    /// How many runs a pilot says are needed.
    ///
    /// Half an interval's width hangs on the sd of runs to come, which is not
    /// the pilot's. For normal values the ratio of their squares follows F with
    /// n − 1 and m − 1 degrees of freedom, m the pilot's runs (Hahn, 1972); the
    /// smallest n that counts with its upper quantile is the one that Kupper and
    /// Hafner (1989) find where the sd is known, and Stein's (1945) bound on it
    /// where n is large. It is widened for values with longer tails by their
    /// kurtosis, and for a width that is a share of the mean by the mean's own
    /// error. Below [`runs_least`] no interval is to be trusted.
    ///
    /// # Errors
    ///
    /// A pilot that tells no spread, and a width that no number below 2⁵³ reaches.
    pub fn runs_needed(&self, values: &[f64]) -> Result<RunsNeeded, NoNumber> {
        let moments = Moments::of(values).filter(|moments| moments.n > 1).ok_or(NoNumber::TooFew)?;
        if moments.sd == 0.0 {
            return Err(NoNumber::AllEqual { n: moments.n });
        }
        let kurtosis = kurtosis(values).unwrap_or(3.0);
        let pilot = Pilot { moments, excess: ((kurtosis - 1.0) / 2.0).max(1.0) };
        let least = runs_least(values);
        let smallest = |margin: &dyn Fn(u64) -> f64| {
            smallest(|n| half_width(&moments, n) * margin(n) < self.wanted(moments.mean))
        };
        let likely = smallest(&|_| 1.0).ok_or(NoNumber::NeverEnough)?;
        let assured = smallest(&|n| self.margin(&pilot, n)).ok_or(NoNumber::NeverEnough)?;
        Ok(RunsNeeded { assured: assured.max(least), likely: likely.max(least) })
    }

    /// How many times wider than the pilot predicts the interval of `n` runs,
    /// against what is wanted, is in one of ten experiments.
    fn margin(&self, pilot: &Pilot, n: u64) -> f64 {
        let Moments { n: m, mean, sd } = pilot.moments;
        let Ok(law) = FisherSnedecor::new((n - 1) as f64, (m - 1) as f64) else { return f64::INFINITY };
        let of_sd = law.inverse_cdf(QUANTILE).ln() / 2.0 * pilot.excess.sqrt();
        let of_mean = match *self {
            HalfWidth::Absolute(_) => 0.0,
            HalfWidth::Percent(_) => {
                let z = Normal::standard().inverse_cdf(QUANTILE);
                z * sd / mean.abs() * (1.0 / n as f64 + 1.0 / m as f64).sqrt()
            }
        };
        of_sd.hypot(of_mean).exp()
    }
}

/// Half the width of the interval of `n` values that spread like these.
fn half_width(moments: &Moments, n: u64) -> f64 {
    critical_t((n - 1) as f64, ALPHA) * Moments { n, ..*moments }.standard_error()
}

/// The smallest n from 2 on for which `is_enough`, which stays true from there.
fn smallest(is_enough: impl Fn(u64) -> bool) -> Option<u64> {
    const MOST: u64 = 1 << 53;
    let mut enough = 2;
    while !is_enough(enough) {
        enough = Some(enough * 2).filter(|enough| *enough <= MOST)?;
    }
    let mut too_few = enough / 2;
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if is_enough(middle) { enough = middle } else { too_few = middle }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::super::skewness::RUNS_LEAST;
    use super::super::synthetic::Source;
    use super::*;

    fn width(text: &str) -> HalfWidth {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The share of experiments of the size that their own pilot gave which
    /// reach the precision.
    fn reached(rule: &str, pilot_runs: usize, draw: fn(&mut Source) -> f64) -> f64 {
        const EXPERIMENTS: usize = 600;
        let (rule, mut source) = (width(rule), Source::new(11));
        let reaches = |_: &usize| {
            let needed = rule.runs_needed(&source.sample(pilot_runs, draw)).unwrap();
            let found = Moments::of(&source.sample(needed.assured as usize, draw)).unwrap();
            half_width(&found, found.n) < rule.wanted(found.mean)
        };
        (0..EXPERIMENTS).filter(reaches).count() as f64 / EXPERIMENTS as f64
    }

    #[test]
    fn nine_in_ten_experiments_of_the_stated_size_reach_the_width() {
        /// Two standard errors of a share of 90 % of 600.
        const TOLERANCE: f64 = 0.025;
        let rare: fn(&mut Source) -> f64 = |source| if source.unit() < 0.2 { 1.0 } else { 0.0 };
        for (rule, pilot, draw) in [
            ("5%", 30, Source::queue as fn(&mut Source) -> f64),
            ("5%", 200, Source::queue),
            ("1", 10, Source::queue),
            ("20%", 200, Source::exponential),
            ("0.1", 200, Source::exponential),
            ("20%", 200, rare),
        ] {
            let share = reached(rule, pilot, draw);
            assert!(share >= ASSURANCE - TOLERANCE, "{rule}, pilot of {pilot}: {share}");
        }
    }

    #[test]
    fn a_large_pilot_leaves_little_between_the_two_numbers() {
        let mut source = Source::new(3);
        let rule = width("2%");
        let needed =
            |runs: usize, source: &mut Source| rule.runs_needed(&source.sample(runs, Source::queue)).unwrap();
        // z² sd²/h² for a large number.
        let exact = (1.959_964f64 * 8.0 / 0.6).powi(2);
        let large = needed(20_000, &mut source);
        assert!((large.likely as f64 / exact - 1.0).abs() < 0.05, "{large:?} {exact}");
        assert!(large.assured > large.likely && (large.assured as f64) < 1.15 * exact, "{large:?} {exact}");
        let small = needed(10, &mut source);
        assert!(small.assured as f64 > 1.5 * small.likely as f64, "{small:?}");
    }

    #[test]
    fn odd_pilots_have_an_answer_or_a_reason() {
        let rule = width("10%");
        for (pilot, reported) in [
            (&[] as &[f64], NoNumber::TooFew),
            (&[3.0], NoNumber::TooFew),
            (&[f64::NAN, 1.0], NoNumber::TooFew),
            (&[0.0, 0.0], NoNumber::AllEqual { n: 2 }),
            (&[5.0, 5.0, 5.0], NoNumber::AllEqual { n: 3 }),
            (&[-1.0, 1.0], NoNumber::NeverEnough),
        ] {
            assert_eq!(rule.runs_needed(pilot), Err(reported), "{pilot:?}");
        }
        assert_eq!(width("1e-300").runs_needed(&[1.0, 2.0]), Err(NoNumber::NeverEnough));
        let easy = width("100").runs_needed(&[1.0, 2.0, 3.0]).unwrap();
        assert_eq!(easy.likely, RUNS_LEAST, "fewer runs make no interval to be trusted");
    }
}
