//! When a machine ticks: at `phase + k/r`, k = 1, 2, …, by absolute deadline.
//! Pure arithmetic, the same for every engine.

use crate::model::time::LabTime;

/// One machine's deadlines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Ticks per second of lab time.
    pub clock_rate: f64,
    /// The origin of the ticks.
    pub phase: LabTime,
    /// Nothing is due after this.
    pub duration: LabTime,
}

impl Schedule {
    /// The deadline of the k-th tick, counted from 1.
    #[inline]
    pub fn deadline(&self, tick: u64) -> LabTime {
        self.phase + LabTime::from_secs_f64(tick as f64 / self.clock_rate)
    }

    /// Lab time between two ticks.
    pub fn period(&self) -> LabTime {
        LabTime::from_secs_f64(1.0 / self.clock_rate)
    }

    /// How many deadlines lie at or before `time`.
    pub fn due(&self, time: LabTime) -> u64 {
        if time <= self.phase {
            return 0;
        }
        // The product may round to either side of a deadline; the deadline decides.
        let near = ((time - self.phase).as_secs_f64() * self.clock_rate).round() as u64;
        // Of more ticks than nanoseconds, which only a log can claim, none can be distinguished.
        if self.clock_rate > 1e9 {
            return near;
        }
        let mut due = near.saturating_sub(2);
        while due < u64::MAX && self.deadline(due + 1) <= time {
            due += 1;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_tick_is_due_from_its_deadline_on(
            clock_rate in 0.01f64..1e6,
            phase in 0u64..1 << 32,
            tick in 1u64..1_000_000,
        ) {
            let schedule = Schedule { clock_rate, phase: LabTime(phase), duration: LabTime(u64::MAX) };
            let deadline = schedule.deadline(tick);
            prop_assert_eq!(schedule.due(deadline), tick);
            prop_assert_eq!(schedule.due(LabTime(deadline.0 - 1)), tick - 1);
        }
    }

    #[test]
    fn a_rate_that_only_a_log_can_claim_has_ticks_due() {
        for clock_rate in [3.1e17, 1e20, 1e308, f64::MAX] {
            let schedule = Schedule { clock_rate, phase: LabTime::ZERO, duration: LabTime(u64::MAX) };
            let due = (60.0 * clock_rate) as u64;
            assert_eq!(schedule.due(LabTime(60_000_000_000)), due, "{clock_rate}");
        }
    }

    #[test]
    fn the_last_tick_of_a_run_falls_on_its_end() {
        let minute = LabTime(60_000_000_000);
        let schedule = Schedule { clock_rate: 6.0, phase: LabTime::ZERO, duration: minute };
        assert_eq!(schedule.due(minute), 360);
        assert_eq!(Schedule { phase: LabTime(5_555_555), ..schedule }.due(minute), 359);
    }
}
