//! Several tests at once: Holm's correction.

use super::ALPHA;

/// The tests of one family after Holm's correction (1979): the chance that any
/// of them sees what is not there is 5 % at most, however they depend on each
/// other.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// In the order of the tests.
    pub corrected: Vec<f64>,
    /// What the p-value of a test had to stay below that saw nothing.
    pub alpha_left: f64,
}

impl Family {
    /// From p-values, one a test.
    pub fn of(p_values: &[f64]) -> Family {
        let tests = p_values.len();
        let mut order: Vec<usize> = (0..tests).collect();
        order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
        let mut corrected = vec![1.0; tests];
        let mut largest: f64 = 0.0;
        for (rank, test) in order.into_iter().enumerate() {
            largest = largest.max(p_values[test] * (tests - rank) as f64).min(1.0);
            corrected[test] = largest;
        }
        let left = corrected.iter().filter(|p| **p >= ALPHA).count();
        Family { corrected, alpha_left: ALPHA / left.max(1) as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_corrected_step_by_step() {
        let family = Family::of(&[0.04, 0.01, 0.03, 0.005]);
        let expected = [0.06, 0.03, 0.06, 0.02];
        let near = |(a, b): (&f64, f64)| (a - b).abs() < 1e-12;
        assert!(family.corrected.iter().zip(expected).all(near), "{family:?}");
        assert_eq!(family.alpha_left, 0.025);
    }

    #[test]
    fn small_families_need_little_correction() {
        assert!(Family::of(&[]).corrected.is_empty());
        assert_eq!(Family::of(&[0.3]), Family { corrected: vec![0.3], alpha_left: 0.05 });
        assert_eq!(Family::of(&[1.0, 0.9]).corrected, [1.0, 1.0]);
    }
}
