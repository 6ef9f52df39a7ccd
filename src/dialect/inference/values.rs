//! Numbers as logs write them.

/// A whole number, also written `3.0` or `1e3`.
pub fn whole(text: &str) -> Option<u64> {
    if let Ok(number) = text.parse::<u64>() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    ((0.0..9e15).contains(&number) && number.fract() == 0.0 && !text.starts_with('-'))
        .then_some(number as u64)
}

/// How many values rise, stay and fall from one to the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Course {
    pub rises: usize,
    pub stays: usize,
    pub falls: usize,
}

impl Course {
    /// The share of steps that are not falls; 1 without any step.
    pub fn climbing(self) -> f64 {
        let steps = self.rises + self.stays + self.falls;
        if steps == 0 { 1.0 } else { 1.0 - self.falls as f64 / steps as f64 }
    }

    pub fn step(&mut self, before: f64, after: f64) {
        if after > before {
            self.rises += 1;
        } else if after < before {
            self.falls += 1;
        } else {
            self.stays += 1;
        }
    }
}
