//! The 95 % interval of a share, such as that of runs in which a queue stayed
//! empty.

use statrs::distribution::{Beta, ContinuousCDF};

use super::ALPHA;

/// From where to where the share lies of which `count` of `n` were seen; `None`
/// where there were none to see.
///
/// Exact, after Clopper and Pearson (1934): it holds the share in at least 95 %
/// of samples, whatever it is.
pub fn interval(count: u64, n: u64) -> Option<(f64, f64)> {
    interval_at(count, n, ALPHA)
}

/// The same, which misses the share in at most `alpha` of samples.
pub fn interval_at(count: u64, n: u64, alpha: f64) -> Option<(f64, f64)> {
    if n == 0 || count > n {
        return None;
    }
    let (count, others) = (count as f64, (n - count) as f64);
    let low = match count > 0.0 {
        true => Beta::new(count, others + 1.0).ok()?.inverse_cdf(alpha / 2.0),
        false => 0.0,
    };
    let high = match others > 0.0 {
        true => Beta::new(count + 1.0, others).ok()?.inverse_cdf(1.0 - alpha / 2.0),
        false => 1.0,
    };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial, DiscreteCDF};

    use super::*;

    #[test]
    fn at_its_ends_what_was_seen_would_be_seen_once_in_forty_times() {
        for (count, n) in [(1, 2), (3, 10), (29, 30), (5, 200), (199, 200), (4000, 10_000)] {
            let (low, high) = interval(count, n).unwrap();
            let at_least = Binomial::new(low, n).unwrap().sf(count - 1);
            let at_most = Binomial::new(high, n).unwrap().cdf(count);
            assert!((at_least - 0.025).abs() < 1e-6, "{count} of {n}: {low} {at_least}");
            assert!((at_most - 0.025).abs() < 1e-6, "{count} of {n}: {high} {at_most}");
        }
    }

    #[test]
    fn a_surer_interval_is_wider() {
        let (low, high) = interval_at(0, 200, 0.001).unwrap();
        assert_eq!(low, 0.0);
        assert!((high - (1.0 - 0.0005f64.powf(1.0 / 200.0))).abs() < 1e-9, "{high}");
        assert!(high > interval(0, 200).unwrap().1);
    }

    #[test]
    fn none_and_all_leave_room_to_one_side() {
        let (low, high) = interval(0, 200).unwrap();
        assert_eq!(low, 0.0);
        assert!((high - (1.0 - 0.025f64.powf(1.0 / 200.0))).abs() < 1e-9, "{high}");
        let (low, high) = interval(30, 30).unwrap();
        assert_eq!(high, 1.0);
        assert!((low - 0.025f64.powf(1.0 / 30.0)).abs() < 1e-9, "{low}");
        assert_eq!((interval(0, 0), interval(2, 1)), (None, None));
    }
}
