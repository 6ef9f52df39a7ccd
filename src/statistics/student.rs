//! Student's t distribution, two-sided.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Beyond this many degrees of freedom t and the normal law agree to more
/// digits than the inversion of t keeps.
const LIKE_NORMAL: f64 = 1e6;

/// How far from 0 a t value lies with a chance of `alpha`. Infinite without
/// degrees of freedom.
pub fn critical_t(degrees_of_freedom: f64, alpha: f64) -> f64 {
    if degrees_of_freedom > LIKE_NORMAL {
        return -Normal::standard().inverse_cdf(alpha / 2.0);
    }
    let Ok(law) = StudentsT::new(0.0, 1.0, degrees_of_freedom) else { return f64::INFINITY };
    let t = -law.inverse_cdf(alpha / 2.0);
    let has_converged = (two_sided_p(t, degrees_of_freedom) / alpha - 1.0).abs() < 1e-9;
    if has_converged { t } else { by_halving(degrees_of_freedom, alpha) }
}

/// The same, for the far tails of few degrees of freedom, where the inversion
/// does not reach its end.
fn by_halving(degrees_of_freedom: f64, alpha: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while two_sided_p(high, degrees_of_freedom) > alpha && high < f64::MAX / 2.0 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..f64::MANTISSA_DIGITS {
        let middle = low + (high - low) / 2.0;
        let is_too_near = two_sided_p(middle, degrees_of_freedom) > alpha;
        if is_too_near { low = middle } else { high = middle }
    }
    high
}

/// The chance of a t value at least as far from 0 as this one.
pub fn two_sided_p(t: f64, degrees_of_freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees_of_freedom).map_or(1.0, |law| (2.0 * law.sf(t.abs())).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_those_of_the_tables() {
        for (freedom, alpha, t) in [
            (1.0, 0.05, 12.7062),
            (2.0, 0.05, 4.3027),
            (4.0, 0.05, 2.7764),
            (9.0, 0.05, 2.2622),
            (29.0, 0.05, 2.0452),
            (10.0, 0.001, 4.5869),
            (120.0, 0.01, 2.6174),
            (1e9, 0.05, 1.9600),
        ] {
            let found = critical_t(freedom, alpha);
            assert!((found - t).abs() < 5e-5, "t({freedom}, {alpha}) = {found}, not {t}");
        }
        assert_eq!(critical_t(0.0, 0.05), f64::INFINITY);
        assert_eq!(critical_t(f64::NAN, 0.05), f64::INFINITY);
    }

    #[test]
    fn a_critical_value_has_the_chance_that_it_was_made_for() {
        for freedom in [1.0, 1.3, 2.7, 5.0, 29.0, 333.3, 9999.0, 1e6] {
            for alpha in [0.5, 0.05, 1e-3, 1e-6, 1e-9] {
                let p = two_sided_p(critical_t(freedom, alpha), freedom);
                assert!((p / alpha - 1.0).abs() < 1e-8, "{freedom} {alpha}: {p}");
            }
        }
    }

    #[test]
    fn any_t_has_a_chance() {
        assert_eq!(two_sided_p(0.0, 5.0), 1.0);
        assert_eq!(two_sided_p(f64::INFINITY, 5.0), 0.0);
        assert!(two_sided_p(1e300, 5.0) < 1e-100);
        assert_eq!(two_sided_p(3.0, 0.0), 1.0);
    }
}
