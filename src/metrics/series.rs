//! A run over time, thinned to what a chart can show.

use std::collections::BTreeMap;

use super::{ClockSet, WaitSource, WaitSummary};
use crate::model::event::MachineId;

/// A run as its charts need it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSeries {
    pub experiment: String,
    pub run: String,
    /// In the order of their ids.
    pub machines: Vec<MachineSeries>,
}

/// One machine over time.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineSeries {
    pub machine: MachineId,
    /// Nominal ticks per second of lab time, where known.
    pub clock_rate: Option<f64>,
    /// Whether the log tells the queue; samples have 0 where not.
    pub knows_queue: bool,
    /// Whether the log tells that it begins with the run, at 0 s, when queue and
    /// clock are 0.
    pub from_start: bool,
    /// In the order of the log, at most [`Thinned::CAPACITY`].
    pub samples: Vec<Sample>,
    /// How many RECEIVE events raised the clock by how much.
    pub jumps: BTreeMap<u64, u64>,
    /// How long messages waited, where it is known.
    pub waits: Option<WaitSummary>,
    pub wait_source: WaitSource,
    /// That the log's stamps ran backwards; its samples do not.
    pub clock_set: Option<ClockSet>,
}

impl MachineSeries {
    /// Says of all the log's `events` how long the message had waited that each
    /// of some received: its place among them, from 0 on, and microseconds.
    pub(super) fn tell_waits(&mut self, events: u64, waits: impl IntoIterator<Item = (usize, u64)>) {
        let events_a_sample = events.div_ceil(Thinned::CAPACITY as u64).next_power_of_two() as usize;
        for (event, us) in waits {
            if let Some(sample) = self.samples.get_mut(event / events_a_sample) {
                let waited = Waited { min_us: us, max_us: us, last_us: us };
                sample.waited = Some(sample.waited.map_or(waited, |before| before.merge(waited)));
            }
        }
    }
}

/// One event, or several neighbouring ones thinned into one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Lab time of the earliest and the latest event within, in seconds.
    pub from_s: f64,
    pub to_s: f64,
    pub queue_min: u64,
    pub queue_max: u64,
    /// After the last event within.
    pub queue_last: u64,
    pub clock_last: u64,
    /// How long messages had waited that were received within.
    pub waited: Option<Waited>,
}

/// The waits of messages, in microseconds of lab time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waited {
    pub min_us: u64,
    pub max_us: u64,
    pub last_us: u64,
}

impl Waited {
    fn merge(self, later: Waited) -> Waited {
        Waited { min_us: self.min_us.min(later.min_us), max_us: self.max_us.max(later.max_us), ..later }
    }
}

impl Sample {
    /// The event at `time_s` after which the queue and the clock were these; of
    /// a RECEIVE with how long its message had waited, where known.
    pub fn of_event(time_s: f64, queue: u64, clock: u64, waited_us: Option<u64>) -> Sample {
        Sample {
            from_s: time_s,
            to_s: time_s,
            queue_min: queue,
            queue_max: queue,
            queue_last: queue,
            clock_last: clock,
            waited: waited_us.map(|us| Waited { min_us: us, max_us: us, last_us: us }),
        }
    }

    fn merge(self, later: Sample) -> Sample {
        Sample {
            // Stamps of a log may run backwards.
            from_s: self.from_s.min(later.from_s),
            to_s: self.to_s.max(later.to_s),
            queue_min: self.queue_min.min(later.queue_min),
            queue_max: self.queue_max.max(later.queue_max),
            waited: match (self.waited, later.waited) {
                (Some(own), Some(later)) => Some(own.merge(later)),
                (own, later) => later.or(own),
            },
            ..later
        }
    }
}

/// Collects samples in bounded memory: when full, neighbours are joined in
/// pairs, and from then on each sample covers twice as many events.
#[derive(Clone, Debug)]
pub struct Thinned {
    samples: Vec<Sample>,
    events_a_sample: u64,
    in_last: u64,
}

impl Default for Thinned {
    fn default() -> Thinned {
        Thinned { samples: Vec::new(), events_a_sample: 1, in_last: 0 }
    }
}

impl Thinned {
    /// More samples than any chart has pixels across.
    pub const CAPACITY: usize = 8192;

    /// Adds the next event.
    pub fn push(&mut self, sample: Sample) {
        match self.samples.last_mut() {
            Some(last) if self.in_last < self.events_a_sample => *last = last.merge(sample),
            _ => {
                if self.samples.len() == Thinned::CAPACITY {
                    self.halve();
                }
                self.samples.push(sample);
                self.in_last = 0;
            }
        }
        self.in_last += 1;
    }

    fn halve(&mut self) {
        self.samples =
            self.samples.chunks(2).map(|pair| pair[0].merge(*pair.last().unwrap_or(&pair[0]))).collect();
        self.events_a_sample *= 2;
    }

    /// What was collected so far.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub fn into_samples(self) -> Vec<Sample> {
        self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_events_are_kept_one_by_one() {
        let mut thinned = Thinned::default();
        (0..100u64).for_each(|event| thinned.push(Sample::of_event(event as f64, event, event * 2, None)));
        let samples = thinned.into_samples();
        assert_eq!(samples.len(), 100);
        assert!(samples.iter().all(|sample| sample.from_s == sample.to_s));
    }

    #[test]
    fn many_events_are_thinned_and_no_extreme_is_lost() {
        let mut thinned = Thinned::default();
        for event in 0..1_000_000u64 {
            let queue = if event == 765_432 { 999 } else { 5 };
            let waited_us = event.is_multiple_of(2).then_some(queue);
            thinned.push(Sample::of_event(event as f64, queue, event, waited_us));
        }
        let samples = thinned.into_samples();
        assert!(samples.len() <= Thinned::CAPACITY && samples.len() > Thinned::CAPACITY / 4);
        assert_eq!(samples.iter().map(|sample| sample.queue_max).max(), Some(999));
        let waits = || samples.iter().filter_map(|sample| sample.waited);
        assert_eq!(waits().map(|waited| waited.max_us).max(), Some(999));
        assert!(waits().all(|waited| waited.min_us == 5 && waited.last_us == 5), "765,432 is not the last");
        assert!(samples.windows(2).all(|pair| pair[0].to_s < pair[1].from_s));
        assert_eq!(samples.last().map(|sample| sample.clock_last), Some(999_999));
    }
    #[test]
    fn waits_told_afterwards_stand_where_they_would_have_been_pushed() {
        for events in [1, 100, 8192, 8193, 40_000] {
            let wait = |event: u64| event.is_multiple_of(3).then_some(event * 7 % 1000);
            let thinned = |waits: &dyn Fn(u64) -> Option<u64>| {
                let mut thinned = Thinned::default();
                (0..events).for_each(|at| thinned.push(Sample::of_event(at as f64, at, at, waits(at))));
                thinned.into_samples()
            };
            let mut machine = MachineSeries {
                machine: MachineId(1),
                clock_rate: None,
                knows_queue: true,
                from_start: true,
                samples: thinned(&|_| None),
                jumps: BTreeMap::new(),
                waits: None,
                wait_source: WaitSource::Unknown,
                clock_set: None,
            };
            machine.tell_waits(events, (0..events).filter_map(|at| Some((at as usize, wait(at)?))));
            assert_eq!(machine.samples, thinned(&wait), "{events}");
        }
    }
}
