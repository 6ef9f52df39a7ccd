//! How far a machine's rate is off, and what most likely makes it so.

use std::fmt;

/// Ticks per second: as they come, and as they should.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    pub shown: f64,
    pub nominal: f64,
}

/// What is off by less is called slow, or fast; what is off by more, far off.
const FAR_OFF: f64 = 0.1;

impl Pace {
    /// What is off, relative to what should be.
    fn off(self) -> f64 {
        self.shown / self.nominal - 1.0
    }

    fn grade(self) -> &'static str {
        match self.off() {
            off if off.abs() >= FAR_OFF => "far off",
            off if off < 0.0 => "slow",
            _ => "fast",
        }
    }

    fn cause(self) -> Option<String> {
        /// Two rates that are one but for the work done in ticks.
        const NEAR: f64 = 0.05;
        let is_near = |rate: f64| (self.shown / rate - 1.0).abs() < NEAR;
        let lost_ms = 1e3 * (1.0 / self.shown - 1.0 / self.nominal);
        if is_near(self.nominal / 60.0) {
            Some("is the rate in ticks a minute?".to_owned())
        } else if is_near(1.0 / self.nominal) && self.grade() == "far off" {
            Some("is the rate in seconds a tick?".to_owned())
        } else if self.grade() == "slow" {
            Some(format!(
                "does it sleep 1/{} s after its work? that loses {lost_ms:.1} ms a tick",
                self.nominal
            ))
        } else {
            None
        }
    }
}

/// `-37.5 %: far off`, and a cause where one is likely.
impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.1} %: {}", 100.0 * self.off(), self.grade())?;
        self.cause().map_or(Ok(()), |cause| write!(f, "; {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_told_by_how_much_and_why() {
        for (shown, nominal, words) in [
            (4.95, 5.0, "-1.0 %: slow; does it sleep 1/5 s after its work? that loses 2.0 ms a tick"),
            (3.125, 5.0, "-37.5 %: far off"),
            (5.2, 5.0, "+4.0 %: fast"),
            (0.1, 6.0, "-98.3 %: far off; is the rate in ticks a minute?"),
            (0.25, 4.0, "-93.8 %: far off; is the rate in seconds a tick?"),
            (7.5, 5.0, "+50.0 %: far off"),
        ] {
            assert_eq!(Pace { shown, nominal }.to_string(), words);
        }
    }
}
