//! How long messages waited in a queue, from their arrival to their pop.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Where the waits of a machine were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitSource {
    /// From the log, which tells of each RECEIVE how long its message waited.
    Logged,
    /// From the matched SENDs, as the log tells no arrivals: an upper bound, as
    /// far as the stamps resolve, since the time on the way counts too.
    FromSends,
    /// Neither tells, or nothing was received.
    #[default]
    Unknown,
}

impl WaitSource {
    /// As in `metrics.csv`.
    pub fn word(self) -> &'static str {
        match self {
            WaitSource::Logged => "logged",
            WaitSource::FromSends => "from_sends",
            WaitSource::Unknown => "unknown",
        }
    }
}

/// The waits of one machine, in seconds of lab time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitSummary {
    pub mean_s: f64,
    pub p95_s: f64,
    pub max_s: f64,
}

/// Collects waits in bounded memory: their mean and their largest are exact,
/// and so are quantiles of the first [`Waits::EXACT`]; beyond they are exact to
/// a thousandth.
#[derive(Debug, Default)]
pub struct Waits {
    count: u64,
    sum_us: u128,
    max_us: u64,
    first_us: Vec<u64>,
    rest: Option<Histogram<u64>>,
}

impl Waits {
    /// Half a megabyte a machine.
    const EXACT: usize = 1 << 16;

    #[inline]
    pub fn add(&mut self, wait_us: u64) {
        self.count += 1;
        self.sum_us += u128::from(wait_us);
        self.max_us = self.max_us.max(wait_us);
        if self.rest.is_none() && self.first_us.len() < Waits::EXACT {
            self.first_us.push(wait_us);
        } else {
            self.add_to_rest(wait_us);
        }
    }

    #[cold]
    fn add_to_rest(&mut self, wait_us: u64) {
        const DIGITS: u8 = 3;
        let new = || Histogram::new(DIGITS).unwrap_or_else(|_| unreachable!("three digits are allowed"));
        let rest = self.rest.get_or_insert_with(new);
        // The histogram grows as it must; only a wait beyond all range is refused.
        for wait_us in self.first_us.drain(..).chain([wait_us]) {
            let _ = rest.record(wait_us);
        }
    }

    /// How many were added.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// `None` where there are none.
    pub fn summary(&self) -> Option<WaitSummary> {
        const US_PER_S: f64 = 1e6;
        let p95_us = self.quantile_us(0.95)?;
        Some(WaitSummary {
            mean_s: self.sum_us as f64 / self.count as f64 / US_PER_S,
            p95_s: p95_us as f64 / US_PER_S,
            max_s: self.max_us as f64 / US_PER_S,
        })
    }

    /// The smallest wait that at least `share` of all do not exceed.
    fn quantile_us(&self, share: f64) -> Option<u64> {
        if let Some(rest) = &self.rest {
            // An edge of the histogram may lie beyond the largest.
            return Some(rest.value_at_quantile(share).min(self.max_us));
        }
        let at = ((share * self.first_us.len() as f64).ceil() as usize).max(1) - 1;
        let mut waits = self.first_us.clone();
        (at < waits.len()).then(|| *waits.select_nth_unstable(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(waits_us: impl IntoIterator<Item = u64>) -> Option<WaitSummary> {
        let mut waits = Waits::default();
        waits_us.into_iter().for_each(|wait| waits.add(wait));
        waits.summary()
    }

    #[test]
    fn few_waits_have_exact_quantiles() {
        let hundred = summary((1..=100).rev().map(|wait| wait * 10_001));
        assert_eq!(hundred, Some(WaitSummary { mean_s: 0.505_050_5, p95_s: 0.950_095, max_s: 1.000_1 }));
        assert_eq!(summary([7_000_000]).map(|one| (one.p95_s, one.max_s)), Some((7.0, 7.0)));
        assert_eq!(summary([]), None);
    }

    #[test]
    fn many_waits_have_an_exact_mean_and_largest_and_quantiles_to_a_thousandth() {
        let count = 3 * Waits::EXACT as u64;
        let many = summary((0..count).rev().map(|wait| wait * 100)).unwrap();
        assert!((many.mean_s - (count - 1) as f64 * 5e-5).abs() < 1e-9, "{many:?}");
        assert_eq!(many.max_s, ((count - 1) * 100) as f64 / 1e6);
        assert!((many.p95_s / (0.95 * count as f64 * 1e-4) - 1.0).abs() < 2e-3, "{many:?}");
        let alike = summary(std::iter::repeat_n(1_000_001, 2 * Waits::EXACT)).unwrap();
        assert!(alike.p95_s <= alike.max_s, "{alike:?}");
    }

    #[test]
    fn waits_that_a_log_only_claims_do_not_overflow() {
        let claimed = summary([u64::MAX; 3]).unwrap();
        assert!(claimed.mean_s.is_finite() && claimed.mean_s == claimed.max_s, "{claimed:?}");
        assert!(summary(std::iter::repeat_n(u64::MAX, Waits::EXACT + 9)).is_some());
    }
}
