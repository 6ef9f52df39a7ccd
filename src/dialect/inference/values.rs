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

/// The numbers that a text holds, with anything between them.
pub fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// A logical clock: a whole number, or of a vector the sum of its entries, which
/// rises as Lamport's clock does.
pub fn clock(text: &str) -> Option<u64> {
    whole(text).or_else(|| {
        let list = text.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?;
        numbers(list).map(|part| part.parse::<u64>().ok()).try_fold(0u64, |sum, part| sum.checked_add(part?))
    })
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
