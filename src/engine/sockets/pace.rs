//! Real time as moments of the monotonic clock, and lab time in it.

use std::time::Duration;

use crate::model::time::LabTime;
use crate::platform::clock;

pub use clock::wake_this_thread_exactly;

/// A moment of the monotonic clock, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonotonicTime(u64);

impl MonotonicTime {
    /// Now.
    #[inline]
    pub fn now() -> MonotonicTime {
        MonotonicTime(clock::monotonic_ns())
    }

    /// The moment of this reading of the clock, in nanoseconds.
    #[cfg(test)]
    pub const fn at_ns(reading: u64) -> MonotonicTime {
        MonotonicTime(reading)
    }

    pub fn after(self, span: Duration) -> MonotonicTime {
        MonotonicTime(self.0.saturating_add(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)))
    }

    pub fn since(self, earlier: MonotonicTime) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Sleeps until this moment, on Linux by absolute deadline.
    pub fn sleep(self) {
        clock::sleep_until_ns(self.0);
    }
}

/// One reading of both clocks, to turn the time of day into moments.
#[derive(Clone, Copy, Debug)]
pub struct Epoch {
    instant: MonotonicTime,
    unix_ns: i64,
}

impl Epoch {
    /// Reads both clocks.
    pub fn now() -> Epoch {
        Epoch { instant: MonotonicTime::now(), unix_ns: clock::unix_ns() }
    }

    /// An epoch in which this moment has this time of day.
    #[cfg(test)]
    pub fn at(instant: MonotonicTime, unix_ns: i64) -> Epoch {
        Epoch { instant, unix_ns }
    }

    pub fn unix_ns(&self, instant: MonotonicTime) -> i64 {
        self.unix_ns.saturating_add(instant.0 as i64).saturating_sub(self.instant.0 as i64)
    }

    pub fn instant(&self, unix_ns: i64) -> MonotonicTime {
        let ahead = unix_ns.saturating_sub(self.unix_ns);
        MonotonicTime(self.instant.0.saturating_add_signed(ahead))
    }
}

/// Lab time: real time since the start × speedup.
#[derive(Clone, Copy, Debug)]
pub struct LabClock {
    start: MonotonicTime,
    speedup: f64,
}

impl LabClock {
    pub fn new(start: MonotonicTime, speedup: f64) -> LabClock {
        LabClock { start, speedup }
    }

    /// Zero until the start.
    #[inline]
    pub fn now(&self) -> LabTime {
        self.lab_time(MonotonicTime::now())
    }

    #[inline]
    pub fn lab_time(&self, instant: MonotonicTime) -> LabTime {
        let real = instant.0.saturating_sub(self.start.0);
        LabTime((real as f64 * self.speedup) as u64)
    }

    /// The first moment after `instant` that is whole periods of real time after
    /// lab time zero.
    pub fn next_mark(&self, instant: MonotonicTime, period: Duration) -> MonotonicTime {
        let period_ns = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX).max(1);
        let passed = instant.0.saturating_sub(self.start.0) / period_ns;
        MonotonicTime(self.start.0.saturating_add((passed + 1).saturating_mul(period_ns)))
    }

    /// When lab time reaches `time`.
    pub fn instant(&self, time: LabTime) -> MonotonicTime {
        // Rounded up, so that a sleeper never wakes before its deadline.
        MonotonicTime(self.start.0.saturating_add((time.0 as f64 / self.speedup).ceil() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lab_time_runs_faster_by_the_speedup() {
        let start = MonotonicTime::now();
        let clock = LabClock::new(start, 10.0);
        assert_eq!(clock.lab_time(start.after(Duration::from_millis(100))), LabTime(1_000_000_000));
        assert_eq!(clock.instant(LabTime(1_000_000_000)), start.after(Duration::from_millis(100)));
    }

    #[test]
    fn marks_are_whole_periods_after_the_start_whatever_the_speedup() {
        let start = MonotonicTime::at_ns(7_000);
        let clock = LabClock::new(start, 20.0);
        let period = Duration::from_micros(1);
        for (instant, mark) in [(0, 8_000), (7_000, 8_000), (7_999, 8_000), (8_000, 9_000)] {
            assert_eq!(clock.next_mark(MonotonicTime::at_ns(instant), period), MonotonicTime::at_ns(mark));
        }
    }

    #[test]
    fn a_sleeper_never_wakes_before_its_deadline() {
        for micros in [0, 50, 300, 2_000] {
            let deadline = MonotonicTime::now().after(Duration::from_micros(micros));
            deadline.sleep();
            assert!(MonotonicTime::now() >= deadline);
        }
    }

    #[test]
    fn the_time_of_day_turns_into_instants_and_back() {
        let epoch = Epoch::now();
        let instant = MonotonicTime::now().after(Duration::from_secs(5));
        assert_eq!(epoch.instant(epoch.unix_ns(instant)), instant);
    }
}
