//! Skewness, and how many values Student's t needs of it.

use super::moments::Moments;

/// As few values as are ever enough.
pub const RUNS_LEAST: u64 = 50;

/// How many values a 95 % interval by Student's t needs, given their skewness
/// γ: 25 γ² (Cochran, 1977, section 2.15), and [`RUNS_LEAST`] beside them, where
/// Sugden, Smith and Jones (2000) add 28 for a sample of a fixed size. Of what
/// happens in few runs and is 0 in the others that asks for about 25 runs in which
/// it happens.
pub fn runs_least(values: &[f64]) -> u64 {
    let asked = 25.0 * skewness(values).unwrap_or(0.0).powi(2);
    RUNS_LEAST + asked.round() as u64
}

/// Third central moment ÷ the second's power of 3/2; unknown where nothing varies.
fn skewness(values: &[f64]) -> Option<f64> {
    standardised(values, 3)
}

/// Fourth central moment ÷ the square of the second: 3 of the normal law.
pub fn kurtosis(values: &[f64]) -> Option<f64> {
    standardised(values, 4)
}

fn standardised(values: &[f64], power: i32) -> Option<f64> {
    let moments = Moments::of(values).filter(|moments| moments.sd > 0.0)?;
    let n = values.len() as f64;
    let sd = moments.sd * ((n - 1.0) / n).sqrt();
    Some(values.iter().map(|value| ((value - moments.mean) / sd).powi(power)).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_textbook() {
        // Of a share p: skewness (1 − 2p) ÷ √(pq), kurtosis 1 ÷ (pq) − 3.
        let rare: Vec<f64> = (0..100).map(|at| if at < 10 { 1.0 } else { 0.0 }).collect();
        assert!((skewness(&rare).unwrap() - 0.8 / 0.3).abs() < 1e-9);
        assert!((kurtosis(&rare).unwrap() - (1.0 / 0.09 - 3.0)).abs() < 1e-9);
        assert_eq!((skewness(&[2.0; 9]), kurtosis(&[2.0])), (None, None));
        let even: Vec<f64> = (0..99).map(f64::from).collect();
        assert_eq!(runs_least(&even), RUNS_LEAST);
    }

    #[test]
    fn what_is_rare_has_to_be_seen_about_25_times() {
        let seen = |times: usize, n: usize| -> Vec<f64> {
            (0..n).map(|at| if at < times { 1.0 } else { 0.0 }).collect()
        };
        assert!(runs_least(&seen(20, 1000)) > 1000);
        assert!(runs_least(&seen(65, 1000)) < 1000);
    }
}
