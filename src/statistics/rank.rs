//! Rank correlation: how far two quantities rise together, whatever their scales.

use super::student;

/// Spearman's rank correlation (1904): Pearson's of the ranks, equal values
/// having the mean of theirs. From −1 to 1; `None` of fewer than two pairs, of
/// values that are not finite, and where one side is all equal.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    if x.iter().chain(&y).any(|value| !value.is_finite()) {
        return None;
    }
    let (x, y) = (ranks(&x), ranks(&y));
    // Of n ranks the mean is always the same.
    let middle = (pairs.len() as f64 + 1.0) / 2.0;
    let product =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    let spread = (product(&x, &x) * product(&y, &y)).sqrt();
    (spread > 0.0).then(|| product(&x, &y) / spread)
}

/// How probable a rank correlation at least as far from 0 is where two quantities
/// of `n` pairs have nothing to do with each other: by Student's t with n − 2
/// degrees of freedom. `None` of fewer than ten pairs, for which that is no good
/// approximation.
pub fn two_sided_p(correlation: f64, n: usize) -> Option<f64> {
    const PAIRS_LEAST: usize = 10;
    if n < PAIRS_LEAST {
        return None;
    }
    let freedom = n as f64 - 2.0;
    let t = correlation * (freedom / (1.0 - correlation * correlation).max(0.0)).sqrt();
    Some(student::two_sided_p(t, freedom))
}

/// The place of each value in order, from 1.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let equal = sorted.partition_point(|other| other <= value) - below;
        below as f64 + (equal as f64 + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_together_has_1_and_what_parts_has_minus_1() {
        let rising: Vec<(f64, f64)> = (0..9).map(|at| (f64::from(at), f64::from(at * at))).collect();
        let falling: Vec<(f64, f64)> = rising.iter().map(|(x, y)| (*x, -y)).collect();
        assert_eq!((correlation(&rising), correlation(&falling)), (Some(1.0), Some(-1.0)));
    }

    #[test]
    fn equal_values_share_their_ranks() {
        // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 ÷ √(4.5 × 5).
        let found = correlation(&[(1.0, 1.0), (2.0, 2.0), (2.0, 3.0), (3.0, 9.0)]).unwrap();
        assert!((found - 4.5 / 22.5f64.sqrt()).abs() < 1e-12, "{found}");
    }

    #[test]
    fn a_correlation_has_the_chance_that_tables_give_it() {
        // The critical values of r at 8 and 28 degrees of freedom.
        for (correlation, n, p) in [(0.632, 10, 0.05), (-0.765, 10, 0.01), (0.361, 30, 0.05)] {
            let found = two_sided_p(correlation, n).unwrap();
            assert!((found - p).abs() < 2e-4, "{correlation} of {n}: {found}");
        }
        assert_eq!(
            [two_sided_p(1.0, 12), two_sided_p(0.0, 12), two_sided_p(1.0, 9)],
            [Some(0.0), Some(1.0), None]
        );
    }

    #[test]
    fn what_has_no_order_has_no_correlation() {
        for pairs in [&[][..], &[(1.0, 2.0)], &[(1.0, 2.0), (1.0, 3.0)], &[(1.0, f64::NAN), (2.0, 3.0)]] {
            assert_eq!(correlation(pairs), None, "{pairs:?}");
        }
    }
}
