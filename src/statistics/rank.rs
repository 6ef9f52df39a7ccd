//! Rank correlation: how far two quantities rise together, whatever their scales.

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

/// The place of each value in order, from 1.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count() as f64;
        let equal = values.iter().filter(|other| *other == value).count() as f64;
        below + (equal + 1.0) / 2.0
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
    fn what_has_no_order_has_no_correlation() {
        for pairs in [&[][..], &[(1.0, 2.0)], &[(1.0, 2.0), (1.0, 3.0)], &[(1.0, f64::NAN), (2.0, 3.0)]] {
            assert_eq!(correlation(pairs), None, "{pairs:?}");
        }
    }
}
