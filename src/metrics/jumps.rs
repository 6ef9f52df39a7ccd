//! Counts of clock increases.

use std::collections::BTreeMap;

/// By how much RECEIVE events raised a clock; exact, and no larger than their
/// variety.
#[derive(Clone, Debug, Default)]
pub struct Jumps {
    small: Vec<u64>,
    large: BTreeMap<u64, u64>,
}

impl Jumps {
    const SMALL: u64 = 1024;

    #[inline]
    pub fn add(&mut self, jump: u64) {
        if jump >= Jumps::SMALL {
            *self.large.entry(jump).or_default() += 1;
            return;
        }
        if self.small.is_empty() {
            self.small = vec![0; Jumps::SMALL as usize];
        }
        self.small[jump as usize] += 1;
    }

    pub fn counts(&self) -> BTreeMap<u64, u64> {
        let small = self.small.iter().enumerate().map(|(jump, count)| (jump as u64, *count));
        let large = self.large.iter().map(|(jump, count)| (*jump, *count));
        small.chain(large).filter(|(_, count)| *count > 0).collect()
    }

    pub fn mean(&self) -> Option<f64> {
        let counts = self.counts();
        let total: u64 = counts.values().sum();
        let sum: f64 = counts.iter().map(|(jump, count)| *jump as f64 * *count as f64).sum();
        (total > 0).then(|| sum / total as f64)
    }

    /// The smallest jump that at least `share` of all do not exceed.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let counts = self.counts();
        let total: u64 = counts.values().sum();
        let wanted = (share * total as f64).ceil() as u64;
        let mut seen = 0;
        counts.into_iter().find_map(|(jump, count)| {
            seen += count;
            (seen >= wanted).then_some(jump)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_of_any_size_have_exact_quantiles() {
        let mut jumps = Jumps::default();
        (1..=100).for_each(|jump| jumps.add(jump * 100));
        assert_eq!(
            (jumps.quantile(0.95), jumps.quantile(1.0), jumps.mean()),
            (Some(9500), Some(10_000), Some(5050.0))
        );
        assert_eq!(Jumps::default().quantile(0.5), None);
    }
}
