//! Two samples of one quantity, compared with each other.

use std::fmt;

use serde::Serialize;

use super::ALPHA;
use super::holm::Family;
use super::interval::Interval;
use super::moments::Moments;
use super::student::{critical_t, two_sided_p};

/// Two samples, A and B.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Pairs, of A and of B, that share their seed: common random numbers.
    Paired(Vec<(f64, f64)>),
    Independent {
        a: Vec<f64>,
        b: Vec<f64>,
    },
}

/// What two samples say of the difference of their means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Mean of B − mean of A; `None` where a sample is empty or not finite.
    pub difference: Option<f64>,
    /// 95 %, by Student's t, not corrected for other comparisons. `None` where
    /// a sample has fewer than two values, or nothing varies.
    pub interval: Option<Interval>,
    /// Two-sided, corrected for all comparisons of the family. `None` where
    /// nothing was tested: a sample has fewer than two values, or nothing varies
    /// and nothing differs.
    pub p: Option<f64>,
    pub verdict: Verdict,
}

/// Whether B differs from A.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// B is higher.
    Higher,
    /// B is lower.
    Lower,
    NoDifferenceSeen,
    /// Not even a difference as large as the runs' own standard deviation could
    /// have been seen.
    TooFewRuns,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Higher => "B is higher",
            Verdict::Lower => "B is lower",
            Verdict::NoDifferenceSeen => "no difference seen",
            Verdict::TooFewRuns => "too few runs",
        })
    }
}

/// Compares each two samples; all of them are one family, whose p-values are
/// corrected after Holm.
///
/// Pairs are compared by the t-test of their differences, independent samples
/// by Welch's (1947). Where nothing varies there is no t: then the p-value is
/// that of the randomisation test (Fisher, 1935), the share of all ways to
/// swap A and B that part them as far as they are parted.
///
/// Samples in which nothing varies and nothing differs, as where a spec fixes
/// a number, are no test and do not count in the correction. They would have
/// shown nothing however A and B had been swapped, so that leaving them out
/// says nothing about the others.
pub fn compare(samples: &[Samples]) -> Vec<Comparison> {
    let tests: Vec<Option<Test>> = samples.iter().map(Samples::test).collect();
    let family = Family::of(&tests.iter().flatten().filter_map(Test::p).collect::<Vec<f64>>());
    let mut corrected = family.corrected.iter().copied();
    let mut conclude = |(samples, test): (&Samples, Option<Test>)| match test {
        Some(test) => test.conclude(test.p().and_then(|_| corrected.next()), family.alpha_left),
        None => Comparison {
            difference: samples.difference(),
            interval: None,
            p: None,
            verdict: Verdict::TooFewRuns,
        },
    };
    samples.iter().zip(tests).map(&mut conclude).collect()
}

impl Samples {
    fn differences(pairs: &[(f64, f64)]) -> Vec<f64> {
        pairs.iter().map(|(a, b)| b - a).collect()
    }

    /// How many values of each sample are compared, of the smaller one.
    pub fn size(&self) -> usize {
        match self {
            Samples::Paired(pairs) => pairs.len(),
            Samples::Independent { a, b } => a.len().min(b.len()),
        }
    }

    /// The interval of the difference of the means, by Student's t or after Welch,
    /// which misses it in a share of `alpha`; `None` as in [`Comparison::interval`].
    pub fn interval_at(&self, alpha: f64) -> Option<Interval> {
        let test = self.test().filter(Test::varies)?;
        Some(Interval::t_at(test.difference, test.standard_error, test.degrees_of_freedom, alpha))
    }

    /// Mean of B − mean of A; `None` where a sample is empty or not finite.
    pub fn difference(&self) -> Option<f64> {
        match self {
            Samples::Paired(pairs) => Moments::of(&Samples::differences(pairs)).map(|moments| moments.mean),
            Samples::Independent { a, b } => Some(Moments::of(b)?.mean - Moments::of(a)?.mean),
        }
    }

    fn test(&self) -> Option<Test> {
        let test = match self {
            Samples::Paired(pairs) => {
                let moments = Moments::of(&Samples::differences(pairs))?;
                Test {
                    difference: moments.mean,
                    standard_error: moments.standard_error(),
                    degrees_of_freedom: moments.degrees_of_freedom(),
                    sd: moments.sd,
                    ln_swaps: pairs.len() as f64 * std::f64::consts::LN_2,
                }
            }
            Samples::Independent { a, b } => Test::welch(Moments::of(a)?, Moments::of(b)?),
        };
        (test.degrees_of_freedom > 0.0 && test.difference.is_finite()).then_some(test)
    }
}

/// A difference, and what a t-test of it needs.
#[derive(Clone, Copy, Debug)]
struct Test {
    difference: f64,
    standard_error: f64,
    degrees_of_freedom: f64,
    /// Of the differences of pairs, or pooled over both samples.
    sd: f64,
    /// Logarithm of the number of ways to swap A and B.
    ln_swaps: f64,
}

impl Test {
    fn welch(a: Moments, b: Moments) -> Test {
        let (error_a, error_b) = (a.standard_error().powi(2), b.standard_error().powi(2));
        let (freedom_a, freedom_b) = (a.degrees_of_freedom(), b.degrees_of_freedom());
        let both_vary_freely = freedom_a > 0.0 && freedom_b > 0.0;
        let error = error_a + error_b;
        let freedom = match error > 0.0 {
            // After Welch and Satterthwaite; shares first, so that nothing overflows.
            true => 1.0 / ((error_a / error).powi(2) / freedom_a + (error_b / error).powi(2) / freedom_b),
            false => freedom_a + freedom_b,
        };
        let squares = freedom_a * a.sd.powi(2) + freedom_b * b.sd.powi(2);
        Test {
            difference: b.mean - a.mean,
            standard_error: error.sqrt(),
            degrees_of_freedom: if both_vary_freely { freedom } else { 0.0 },
            sd: (squares / (freedom_a + freedom_b)).sqrt(),
            ln_swaps: statrs::function::factorial::ln_binomial(a.n + b.n, a.n),
        }
    }

    fn varies(&self) -> bool {
        self.standard_error > 0.0
    }

    /// Two-sided, of this test alone; `None` where there is nothing to test.
    fn p(&self) -> Option<f64> {
        if self.varies() {
            return Some(two_sided_p(self.difference / self.standard_error, self.degrees_of_freedom));
        }
        // Two of all swaps part A and B as far: none at all, and every one.
        (self.difference != 0.0).then(|| (2.0 * (-self.ln_swaps).exp()).min(1.0))
    }

    /// `p` is corrected; `alpha_left` is what the test's own had to stay below
    /// where it saw nothing.
    fn conclude(&self, p: Option<f64>, alpha_left: f64) -> Comparison {
        let in_sight = match self.varies() {
            true => critical_t(self.degrees_of_freedom, alpha_left) * self.standard_error <= self.sd,
            false => self.difference == 0.0,
        };
        let verdict = match (p.is_some_and(|p| p < ALPHA), in_sight) {
            (true, _) if self.difference > 0.0 => Verdict::Higher,
            (true, _) => Verdict::Lower,
            (false, true) => Verdict::NoDifferenceSeen,
            (false, false) => Verdict::TooFewRuns,
        };
        let interval =
            self.varies().then(|| Interval::t(self.difference, self.standard_error, self.degrees_of_freedom));
        Comparison { difference: Some(self.difference), interval, p, verdict }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(differences: &[f64]) -> Samples {
        Samples::Paired(differences.iter().enumerate().map(|(at, d)| (at as f64, at as f64 + d)).collect())
    }

    fn one(samples: Samples) -> Comparison {
        compare(&[samples])[0]
    }

    #[test]
    fn pairs_are_compared_as_the_textbook_does() {
        // Differences of mean 2 and standard deviation 2: t = √5.
        let found = one(paired(&[0.0, 4.0, 0.0, 4.0, 2.0, 2.0]));
        assert_eq!(found.difference, Some(2.0));
        let (interval, p) = (found.interval.unwrap(), found.p.unwrap());
        assert!((interval.half_width() - 2.570_582 * (3.2f64 / 6.0).sqrt()).abs() < 1e-5, "{interval:?}");
        assert!((p - 0.040_7).abs() < 1e-3, "{p}");
        assert_eq!(found.verdict, Verdict::Higher);
    }

    #[test]
    fn independent_samples_are_compared_after_welch() {
        let a = vec![17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8];
        let b = vec![21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8];
        let found = one(Samples::Independent { a, b });
        // Computed apart: t = 1.57512 at 11.00714 degrees of freedom.
        let (difference, p) = (found.difference.unwrap(), found.p.unwrap());
        assert!((difference - 1.58).abs() < 1e-9, "{difference}");
        assert!((p - 0.143_512_8).abs() < 1e-6, "{p}");
        assert!(found.interval.unwrap().contains(0.0));
        assert_eq!(found.verdict, Verdict::NoDifferenceSeen);
    }

    #[test]
    fn without_spread_nothing_is_divided_by_zero() {
        assert_eq!(one(paired(&[0.0; 2])).verdict, Verdict::NoDifferenceSeen);
        assert_eq!(one(paired(&[0.5; 5])).verdict, Verdict::TooFewRuns, "1 in 16 happens by chance");
        let six = one(paired(&[-0.5; 6]));
        assert_eq!((six.verdict, six.interval, six.difference), (Verdict::Lower, None, Some(-0.5)));
        assert!((six.p.unwrap() - 1.0 / 32.0).abs() < 1e-12);
        let apart = |n| Samples::Independent { a: vec![1.0; n], b: vec![2.0; n] };
        assert_eq!(one(apart(3)).verdict, Verdict::TooFewRuns, "1 in 10 happens by chance");
        assert_eq!(one(apart(4)).verdict, Verdict::Higher);
        let same = Samples::Independent { a: vec![1.0; 2], b: vec![1.0; 9] };
        assert_eq!(one(same).verdict, Verdict::NoDifferenceSeen);
    }

    #[test]
    fn too_few_runs_are_told_from_no_difference() {
        let alternating = |n: usize| paired(&(0..n).map(|at| (at % 2) as f64 - 0.5).collect::<Vec<_>>());
        assert_eq!(one(alternating(6)).verdict, Verdict::TooFewRuns);
        assert_eq!(one(alternating(8)).verdict, Verdict::NoDifferenceSeen);
        // Eight are too few where ten comparisons are made.
        let many = compare(&vec![alternating(8); 10]);
        assert!(many.iter().all(|found| found.verdict == Verdict::TooFewRuns));
    }

    #[test]
    fn what_cannot_be_compared_is_too_few() {
        for samples in [
            Samples::Paired(vec![]),
            Samples::Paired(vec![(1.0, 2.0)]),
            Samples::Paired(vec![(1.0, f64::NAN); 9]),
            Samples::Independent { a: vec![], b: vec![1.0; 9] },
            Samples::Independent { a: vec![1.0], b: vec![1.0, 2.0, 3.0] },
            Samples::Independent { a: vec![f64::INFINITY; 9], b: vec![1.0, 2.0] },
        ] {
            let found = one(samples.clone());
            assert_eq!((found.verdict, found.p), (Verdict::TooFewRuns, None), "{samples:?}");
        }
        // Nor do they, or what nobody could tell apart, take part in the correction.
        let four = paired(&[1.0, 2.0, 3.0, 4.0]);
        let with_others = compare(&[Samples::Paired(vec![]), paired(&[0.0; 9]), four.clone()]);
        assert_eq!((with_others[1].p, with_others[2]), (None, one(four)));
    }
}
