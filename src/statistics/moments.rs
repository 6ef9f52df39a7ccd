//! Mean and standard deviation of a sample.

/// Size, mean and spread of a sample of finite values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub n: u64,
    pub mean: f64,
    /// Of the sample, with n − 1; 0 for a single value.
    pub sd: f64,
}

impl Moments {
    /// `None` where there are no values, where one is not finite, and where
    /// they are so large that their spread is not.
    pub fn of(values: &[f64]) -> Option<Moments> {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        // By running means, which lose no digits to a large mean (Welford, 1962).
        for value in values {
            count += 1.0;
            let from_mean = value - mean;
            mean += from_mean / count;
            squares += from_mean * (value - mean);
        }
        let sd = if count > 1.0 { (squares / (count - 1.0)).sqrt() } else { 0.0 };
        let known = count > 0.0 && mean.is_finite() && sd.is_finite();
        known.then_some(Moments { n: values.len() as u64, mean, sd })
    }

    /// n − 1.
    pub fn degrees_of_freedom(&self) -> f64 {
        self.n.saturating_sub(1) as f64
    }

    /// Of the mean.
    pub fn standard_error(&self) -> f64 {
        self.sd / (self.n as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_sd_are_those_of_the_textbook() {
        let moments = Moments::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((moments.n, moments.mean), (8, 5.0));
        assert!((moments.sd - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_large_mean_hides_no_spread_and_equal_values_have_none() {
        let far: Vec<f64> = (0..1000).map(|at| 1e9 + f64::from(at % 2)).collect();
        assert!((Moments::of(&far).unwrap().sd - 0.500_250_2).abs() < 1e-6);
        assert_eq!(Moments::of(&[0.1; 77]).unwrap(), Moments { n: 77, mean: 0.1, sd: 0.0 });
    }

    #[test]
    fn what_has_no_moments_gives_none() {
        for values in [&[] as &[f64], &[f64::NAN], &[1.0, f64::INFINITY], &[f64::MAX, f64::MIN]] {
            assert_eq!(Moments::of(values), None, "{values:?}");
        }
        assert_eq!(Moments::of(&[3.0]), Some(Moments { n: 1, mean: 3.0, sd: 0.0 }));
    }
}
