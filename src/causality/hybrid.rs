//! Hybrid logical clocks, replayed over a run.

use super::CausalOrder;
use super::in_flight::InFlight;
use crate::history::History;

/// A hybrid logical clock: the largest physical time it has heard of, and a
/// counter of events at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hybrid {
    pub physical_us: i64,
    pub counter: u64,
}

/// How far hybrid clocks of a run got from their machines' own time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HybridBound {
    /// The largest physical part less its machine's own time at the event, in
    /// microseconds. It is never below 0.
    pub drift_max_us: u64,
    /// The largest counter.
    pub counter_max: u64,
}

impl Hybrid {
    /// The clock of an event at this physical time, after the machine's last
    /// event and, for a RECEIVE, what its message carried: figure 5 of Kulkarni,
    /// Demirbas, Madappa, Avva and Leone, *Logical Physical Clocks*, 2014.
    fn advanced(own: Option<Hybrid>, received: Option<Hybrid>, now_us: i64) -> Hybrid {
        let latest = own.max(received);
        match latest {
            Some(latest) if latest.physical_us >= now_us => Hybrid { counter: latest.counter + 1, ..latest },
            _ => Hybrid { physical_us: now_us, counter: 0 },
        }
    }
}

/// Shows every event in causal order with its hybrid clock, physical time being
/// its log's stamps.
pub fn hybrid_clocks(history: &History, mut see: impl FnMut(&super::Step, Hybrid)) {
    let mut clocks: Vec<Option<Hybrid>> = vec![None; history.machines().len()];
    let mut in_flight = InFlight::new();
    let mut order = CausalOrder::of(history);
    while let Some(step) = order.next() {
        let now_us = history.machines()[step.place].stamp(step.event.index).0;
        let mut received = None;
        in_flight.receive(&step, |sent: &Hybrid| received = Some(*sent));
        let clock = Hybrid::advanced(clocks[step.place], received, now_us);
        clocks[step.place] = Some(clock);
        in_flight.send(history, &order, &step, || clock);
        see(&step, clock);
    }
}

impl HybridBound {
    /// `None` where all stamps are whole seconds, which tell nothing of what is
    /// smaller, and where there are no events.
    pub fn of(history: &History) -> Option<HybridBound> {
        if history.events() == 0 || history.is_in_whole_seconds() {
            return None;
        }
        let mut bound = HybridBound::default();
        hybrid_clocks(history, |step, clock| {
            let now_us = history.machines()[step.place].stamp(step.event.index).0;
            bound.drift_max_us = bound.drift_max_us.max(clock.physical_us.abs_diff(now_us));
            bound.counter_max = bound.counter_max.max(clock.counter);
        });
        Some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hybrid(physical_us: i64, counter: u64) -> Option<Hybrid> {
        Some(Hybrid { physical_us, counter })
    }

    #[test]
    fn a_hybrid_clock_takes_the_latest_time_and_counts_within_it() {
        for (own, received, now, expected) in [
            (None, None, 10, hybrid(10, 0)),
            (hybrid(10, 3), None, 11, hybrid(11, 0)),
            (hybrid(10, 3), None, 10, hybrid(10, 4)),
            (hybrid(10, 3), None, 9, hybrid(10, 4)),
            (hybrid(10, 0), hybrid(1, 9), 11, hybrid(11, 0)),
            (hybrid(10, 3), hybrid(10, 5), 10, hybrid(10, 6)),
            (hybrid(10, 3), hybrid(9, 5), 10, hybrid(10, 4)),
            (hybrid(10, 3), hybrid(12, 5), 11, hybrid(12, 6)),
            (None, hybrid(12, 0), 11, hybrid(12, 1)),
        ] {
            assert_eq!(Some(Hybrid::advanced(own, received, now)), expected, "{own:?} {received:?} {now}");
        }
    }
}
