//! The part of a run that is shown: a span of lab time, and some machines.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::history::{Certainty, EventId, History, MachineHistory, Source};
use crate::log::Stamp;
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// What of a run is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Events before this moment of lab time are left out.
    pub from: Option<LabTime>,
    /// Events at this moment and after it are left out.
    pub until: Option<LabTime>,
    /// Only these machines.
    pub machines: Option<BTreeSet<MachineId>>,
}

impl Window {
    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        *self == Window::default()
    }

    /// Whether the machine is wanted.
    pub fn takes(&self, machine: MachineId) -> bool {
        self.machines.as_ref().is_none_or(|machines| machines.contains(&machine))
    }

    /// What lets through the events of one log of a run that began at `origin`.
    pub fn filter(&self, origin: Stamp) -> WindowFilter {
        let stamp = |time: Option<LabTime>| time.map(|time| origin.at(time));
        WindowFilter { from: stamp(self.from), until: stamp(self.until) }
    }
}

/// Lets through the events of one log, in their order: from the first at or
/// after `from` to the last before `until` is first reached. What comes through
/// is one piece of the log, even where its time runs backwards.
#[derive(Clone, Copy, Debug)]
pub struct WindowFilter {
    from: Option<Stamp>,
    until: Option<Stamp>,
}

impl WindowFilter {
    /// Whether the log's next event comes through.
    #[inline]
    pub fn admits(&mut self, stamp: Stamp) -> bool {
        if self.from.is_some_and(|from| stamp < from) {
            return false;
        }
        self.from = None;
        if self.until.is_some_and(|until| stamp >= until) {
            self.until = Some(Stamp(i64::MIN));
            return false;
        }
        true
    }
}

/// A run, and what a window shows of it.
#[derive(Clone, Debug)]
pub struct Excerpt<'a> {
    pub experiment: &'a str,
    pub run: &'a str,
    pub history: &'a History,
    /// When the run's lab time began.
    pub origin: Stamp,
    /// For each machine of the history the events that are shown; `None` where
    /// the machine is not.
    ranges: Vec<Option<Range<u32>>>,
}

/// How the messages of an excerpt's RECEIVEs are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// RECEIVEs of which the SEND is not in the window.
    pub outside: u64,
    /// RECEIVEs of which no SEND is in the logs, or none is known.
    pub unmatched: u64,
    /// RECEIVEs of which the SEND is the likeliest of several.
    pub ambiguous: u64,
}

impl<'a> Excerpt<'a> {
    /// What the window shows of a run, whose lab time began at `origin`.
    pub fn of(
        (experiment, run): (&'a str, &'a str),
        history: &'a History,
        origin: Stamp,
        window: &Window,
    ) -> Excerpt<'a> {
        let range = |machine: &MachineHistory| {
            let mut filter = window.filter(origin);
            let mut shown = (0..machine.len() as u32).filter(|index| filter.admits(machine.stamp(*index)));
            let first = shown.next();
            first.map_or(0..0, |first| first..shown.last().unwrap_or(first) + 1)
        };
        let ranges =
            history.machines().iter().map(|machine| window.takes(machine.id()).then(|| range(machine)));
        Excerpt { experiment, run, history, origin, ranges: ranges.collect() }
    }

    /// What the run is called.
    pub fn name(&self) -> String {
        // Foreign logs lie in one folder, which names both.
        if self.experiment == self.run {
            self.run.to_owned()
        } else {
            format!("{}/{}", self.experiment, self.run)
        }
    }

    /// The machines that are shown: place in the history, and events.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &'a MachineHistory, Range<u32>)> {
        let machines = self.history.machines().iter().zip(&self.ranges).enumerate();
        machines.filter_map(|(place, (machine, range))| Some((place, machine, range.clone()?)))
    }

    /// How many events are shown.
    pub fn events(&self) -> u64 {
        self.ranges.iter().flatten().map(|range| range.len() as u64).sum()
    }

    /// The events shown of the machine at this place of the history.
    #[inline]
    pub fn range(&self, place: usize) -> Range<u32> {
        self.ranges[place].clone().unwrap_or(0..0)
    }

    /// Whether the machine at this place of the history is shown.
    pub fn has_machine(&self, place: usize) -> bool {
        self.ranges[place].is_some()
    }

    /// Whether an event is shown.
    #[inline]
    pub fn holds(&self, event: EventId) -> bool {
        self.history.place(event.machine).is_some_and(|place| self.range(place).contains(&event.index))
    }

    /// Lab time of a stamp, in microseconds.
    #[inline]
    pub fn time_us(&self, stamp: Stamp) -> i64 {
        stamp.0.saturating_sub(self.origin.0)
    }

    /// How the messages of the RECEIVEs that are shown are known.
    pub fn arrivals(&self) -> Arrivals {
        let mut arrivals = Arrivals::default();
        for (_, machine, range) in self.shown() {
            for receive in machine.receive_ids().filter(|receive| range.contains(&receive.index)) {
                match self.history.source(receive) {
                    Some(Source::Matched(found)) if self.holds(found.send) => {
                        arrivals.ambiguous += u64::from(found.certainty == Certainty::Ambiguous);
                    }
                    Some(Source::Matched(_)) => arrivals.outside += 1,
                    _ => arrivals.unmatched += 1,
                }
            }
        }
        arrivals
    }
}

/// The queue as it stands after each event of one machine, where its log tells:
/// the length after the last RECEIVE, as the charts draw it.
#[derive(Clone, Copy, Debug)]
pub struct QueueGauge {
    length: Option<u64>,
}

impl QueueGauge {
    /// A queue before the machine's first event. It is unknown for good where
    /// messages were received and their log never tells of a queue.
    pub fn new(machine: &MachineHistory) -> QueueGauge {
        let mut receives = machine.receive_ids().peekable();
        let is_known = receives.peek().is_none()
            || receives.any(|receive| machine.record(receive.index).queue_length.is_some());
        QueueGauge { length: is_known.then_some(0) }
    }

    /// The length after the machine's next event.
    #[inline]
    pub fn after(&mut self, queue_length: Option<u64>) -> Option<u64> {
        self.length = queue_length.or(self.length);
        self.length
    }
}
