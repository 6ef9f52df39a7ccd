//! Samples drawn from known distributions, to check the methods against.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Draws of one seed.
pub struct Source(ChaCha8Rng);

impl Source {
    pub fn new(seed: u64) -> Source {
        Source(ChaCha8Rng::seed_from_u64(seed))
    }

    /// In (0, 1).
    pub fn unit(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Mean 0, standard deviation 1 (Box and Muller, 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }

    /// A whole number with mean 30 and standard deviation 8, as a queue may have.
    pub fn queue(&mut self) -> f64 {
        (30.0 + 8.0 * self.normal()).round()
    }

    pub fn sample(&mut self, n: usize, mut draw: impl FnMut(&mut Source) -> f64) -> Vec<f64> {
        (0..n).map(|_| draw(self)).collect()
    }
}
