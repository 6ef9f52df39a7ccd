//! Lab time by the stamps of a log, some of which run backwards.

use crate::log::Stamp;

/// That the stamps of a log ran backwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetBack {
    /// Where it came first, in seconds of lab time.
    pub at_s: f64,
    /// The farthest that a stamp lay before the one above it, in seconds.
    pub by_s: f64,
}

/// Time that goes on where stamps run backwards: after a step back it goes on
/// from where it was, as a clock does that is set back; what is only out of
/// order waits for the stamps to catch up.
#[derive(Debug)]
pub struct LabClock {
    origin: Stamp,
    last: Option<Stamp>,
    time_us: i64,
    /// What all steps back took away.
    taken_us: i64,
    set_back: Option<SetBack>,
}

impl LabClock {
    /// No thread or network is so late that its line is this much out of order.
    const STEP_US: i64 = 1_000_000;

    pub fn new(origin: Stamp) -> LabClock {
        LabClock { origin, last: None, time_us: 0, taken_us: 0, set_back: None }
    }

    /// Takes in the stamp of the next event.
    #[inline]
    pub fn advance(&mut self, stamp: Stamp) {
        if self.last.is_some_and(|last| stamp < last) {
            self.run_back(stamp);
        }
        self.last = Some(stamp);
        let time_us = stamp.0.saturating_sub(self.origin.0).saturating_add(self.taken_us);
        self.time_us = self.time_us.max(time_us);
    }

    #[cold]
    fn run_back(&mut self, stamp: Stamp) {
        let last = self.last.unwrap_or(stamp);
        let by_us = last.0.saturating_sub(stamp.0);
        let by_s = by_us as f64 / 1e6;
        let found = self.set_back.get_or_insert(SetBack { at_s: self.time_us as f64 / 1e6, by_s });
        found.by_s = found.by_s.max(by_s);
        if by_us >= LabClock::STEP_US {
            self.taken_us = self.taken_us.saturating_add(by_us);
        }
    }

    /// Seconds since the origin, 0 or more.
    pub fn time_s(&self) -> f64 {
        self.time_us as f64 / 1e6
    }

    pub fn set_back(&self) -> Option<SetBack> {
        self.set_back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(stamps_s: &[f64]) -> (Vec<f64>, Option<SetBack>) {
        let mut clock = LabClock::new(Stamp(0));
        let time = |seconds: &f64| {
            clock.advance(Stamp((seconds * 1e6) as i64));
            clock.time_s()
        };
        (stamps_s.iter().map(time).collect(), clock.set_back())
    }

    #[test]
    fn time_goes_on_after_a_step_back() {
        let (reported, set_back) = times(&[1.0, 60.0, -3539.0, -3538.0, -3500.0]);
        assert_eq!(reported, [1.0, 60.0, 60.0, 61.0, 99.0]);
        assert_eq!(set_back, Some(SetBack { at_s: 60.0, by_s: 3599.0 }));
    }

    #[test]
    fn what_is_out_of_order_waits() {
        let (reported, set_back) = times(&[1.0, 2.0, 1.5, 1.9, 2.5]);
        assert_eq!(reported, [1.0, 2.0, 2.0, 2.0, 2.5]);
        assert_eq!(set_back, Some(SetBack { at_s: 2.0, by_s: 0.5 }));
        assert_eq!(times(&[1.0, 1.0, 2.0]).1, None);
    }
}
