//! The slope of a line through points, in one pass.

/// Slope of a least-squares line, by running means (Welford, 1962; the update
/// for two variables as in Chan, Golub and LeVeque, 1979).
#[derive(Debug, Default)]
pub struct Slope {
    count: f64,
    mean_x: f64,
    mean_y: f64,
    sum_xx: f64,
    sum_xy: f64,
}

impl Slope {
    #[inline]
    pub fn add(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let share = 1.0 / self.count;
        let from_mean_x = x - self.mean_x;
        self.mean_x += from_mean_x * share;
        self.mean_y += (y - self.mean_y) * share;
        self.sum_xx += from_mean_x * (x - self.mean_x);
        self.sum_xy += from_mean_x * (y - self.mean_y);
    }

    /// `None` for fewer than two moments.
    pub fn value(&self) -> Option<f64> {
        (self.sum_xx > 0.0).then(|| self.sum_xy / self.sum_xx)
    }
}
