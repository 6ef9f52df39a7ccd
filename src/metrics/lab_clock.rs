//! Lab time by the stamps of a log, some of which run backwards or leap ahead.

use crate::log::Stamp;

/// That the stamps of a log ran backwards, or leapt ahead as summer time does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClockSet {
    /// Where it came first, in seconds of lab time.
    pub at_s: f64,
    /// The farthest that a stamp lay before the one above it, in seconds.
    pub back_s: f64,
    /// The farthest that a stamp leapt ahead, in seconds.
    pub ahead_s: f64,
}

/// Time that goes on where stamps run backwards: after a step back, or a leap
/// ahead, it goes on from where it was, as a clock does that is set; what is only
/// out of order waits for the stamps to catch up.
#[derive(Debug)]
pub struct LabClock {
    origin: Stamp,
    last: Option<Stamp>,
    time_us: i64,
    /// What all steps back took away.
    taken_us: i64,
    events: u64,
    /// The longest time from one event to the next, but for leaps.
    longest_us: i64,
    clock_set: Option<ClockSet>,
}

impl LabClock {
    /// No thread or network is so late that its line is this much out of order.
    const STEP_US: i64 = 1_000_000;
    const QUARTER_US: i64 = 15 * 60 * 1_000_000;
    /// Nowhere is summer time set farther.
    const LEAP_QUARTERS: i64 = 8;
    /// So many events show how long a machine says nothing.
    const EVENTS_ENOUGH: u64 = 20;
    /// A leap is longer by this factor.
    const LEAP_PERIODS: i64 = 20;

    pub fn new(origin: Stamp) -> LabClock {
        LabClock { origin, last: None, time_us: 0, taken_us: 0, events: 0, longest_us: 0, clock_set: None }
    }

    /// Takes in the stamp of the next event. Where ticks are numbered, a machine that
    /// says nothing for long is known to have slept, and no leap is looked for.
    #[inline]
    pub fn advance(&mut self, stamp: Stamp, may_leap: bool) {
        let step_us = self.last.map_or(0, |last| stamp.0.saturating_sub(last.0));
        if step_us < 0 {
            self.run_back(stamp);
        } else if step_us > self.longest_us {
            match self.leap_us(step_us).filter(|_| may_leap) {
                Some(leap_us) => self.leap(leap_us),
                None => self.longest_us = step_us,
            }
        }
        (self.last, self.events) = (Some(stamp), self.events + 1);
        let time_us = stamp.0.saturating_sub(self.origin.0).saturating_add(self.taken_us);
        self.time_us = self.time_us.max(time_us);
    }

    #[cold]
    fn run_back(&mut self, stamp: Stamp) {
        let last = self.last.unwrap_or(stamp);
        let by_us = last.0.saturating_sub(stamp.0);
        let found = self.first_set();
        found.back_s = found.back_s.max(by_us as f64 / 1e6);
        if by_us >= LabClock::STEP_US {
            self.taken_us = self.taken_us.saturating_add(by_us);
        }
    }

    fn first_set(&mut self) -> &mut ClockSet {
        let at_s = self.time_us as f64 / 1e6;
        self.clock_set.get_or_insert(ClockSet { at_s, ..ClockSet::default() })
    }

    /// The whole quarters of an hour that a long step is, if it is a leap.
    #[cold]
    fn leap_us(&self, step_us: i64) -> Option<i64> {
        let quarters = step_us.saturating_add(LabClock::QUARTER_US / 2) / LabClock::QUARTER_US;
        let off_us = (step_us - quarters * LabClock::QUARTER_US).abs();
        let near_us = LabClock::STEP_US.saturating_add(self.longest_us.saturating_mul(2));
        let is_leap = (1..=LabClock::LEAP_QUARTERS).contains(&quarters)
            && off_us <= near_us
            && self.events >= LabClock::EVENTS_ENOUGH
            && self.longest_us.saturating_mul(LabClock::LEAP_PERIODS) < step_us;
        is_leap.then_some(quarters * LabClock::QUARTER_US)
    }

    #[cold]
    fn leap(&mut self, leap_us: i64) {
        let found = self.first_set();
        found.ahead_s = found.ahead_s.max(leap_us as f64 / 1e6);
        self.taken_us = self.taken_us.saturating_sub(leap_us);
    }

    /// Seconds since the origin, 0 or more.
    pub fn time_s(&self) -> f64 {
        self.time_us as f64 / 1e6
    }

    pub fn clock_set(&self) -> Option<ClockSet> {
        self.clock_set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(stamps_s: &[f64]) -> (Vec<f64>, Option<ClockSet>) {
        let mut clock = LabClock::new(Stamp(0));
        let time = |seconds: &f64| {
            clock.advance(Stamp((seconds * 1e6) as i64), true);
            clock.time_s()
        };
        (stamps_s.iter().map(time).collect(), clock.clock_set())
    }

    #[test]
    fn time_goes_on_after_a_step_back() {
        let (reported, clock_set) = times(&[1.0, 60.0, -3539.0, -3538.0, -3500.0]);
        assert_eq!(reported, [1.0, 60.0, 60.0, 61.0, 99.0]);
        assert_eq!(clock_set, Some(ClockSet { at_s: 60.0, back_s: 3599.0, ahead_s: 0.0 }));
    }

    #[test]
    fn time_goes_on_after_a_leap_of_summer_time() {
        let ticks =
            |from: f64, to: f64| (0..).map(move |tick| from + f64::from(tick)).take_while(move |at| *at < to);
        let stamps: Vec<f64> = ticks(1.0, 31.0).chain(ticks(3631.0, 3661.0)).collect();
        let (reported, clock_set) = times(&stamps);
        assert_eq!((reported[29], reported[30], reported[59]), (30.0, 31.0, 60.0));
        assert_eq!(clock_set, Some(ClockSet { at_s: 30.0, back_s: 0.0, ahead_s: 3600.0 }));
        let slept: Vec<f64> = ticks(1.0, 31.0).chain(ticks(1131.0, 1161.0)).collect();
        assert_eq!(times(&slept).1, None, "no quarters of an hour");
        let few = [1.0, 2.0, 3602.0, 3603.0];
        assert_eq!(times(&few).1, None, "who is silent for long now and then");
    }

    #[test]
    fn what_is_out_of_order_waits() {
        let (reported, clock_set) = times(&[1.0, 2.0, 1.5, 1.9, 2.5]);
        assert_eq!(reported, [1.0, 2.0, 2.0, 2.0, 2.5]);
        assert_eq!(clock_set, Some(ClockSet { at_s: 2.0, back_s: 0.5, ahead_s: 0.0 }));
        assert_eq!(times(&[1.0, 1.0, 2.0]).1, None);
    }
}
