//! The rate of a machine by the stamps of its events, where its ticks have no
//! numbers.

use super::trust::pace_tolerance;
use crate::log::{Header, Record, Stamp};
use crate::model::event::{Kind, MachineId, Recipients};

/// Fewer events say nothing about a rate.
pub const EVENTS_ENOUGH: u64 = 20;

/// Counts the lines that may belong to the tick of the line before, as those of a
/// send to all do: SENDs within half a period of each other, to ever later machines
/// or, where the log does not say to whom, no more of them than there are peers.
#[derive(Debug)]
pub struct SameTickLines {
    near_us: i64,
    peers: u32,
    before: Option<(SendLine, i64)>,
    pub count: u32,
}

impl SameTickLines {
    /// Of a log whose stamps are no finer than `resolution_us`.
    pub fn new(clock_rate: f64, resolution_us: i64, peers: u32) -> SameTickLines {
        let near_us = ((0.5e6 / clock_rate) as i64).saturating_add(resolution_us);
        SameTickLines { near_us, peers, before: None, count: 0 }
    }

    /// Takes in the next event.
    pub fn see(&mut self, kind: Kind, to: Option<Recipients>, stamp: Stamp) {
        let line = match (kind, to) {
            (Kind::Send, Some(Recipients::One(to))) => SendLine::To(to),
            (Kind::Send, None) => SendLine::ToSomebody { nth: 1 },
            _ => {
                self.before = None;
                return;
            }
        };
        let near = self.before.filter(|(_, last_us)| stamp.0.saturating_sub(*last_us) <= self.near_us);
        let joined = near.and_then(|(last, _)| line.joined_to(last, self.peers));
        self.count += u32::from(joined.is_some());
        self.before = Some((joined.unwrap_or(line), stamp.0));
    }
}

/// A line of a SEND that may be one of several of its tick.
#[derive(Clone, Copy, Debug)]
enum SendLine {
    To(MachineId),
    /// The log does not say to whom; which line of the tick it may be.
    ToSomebody {
        nth: u32,
    },
}

impl SendLine {
    /// This line as a further one of the tick of `last`, if it can be that.
    fn joined_to(self, last: SendLine, peers: u32) -> Option<SendLine> {
        match (last, self) {
            (SendLine::To(first), SendLine::To(second)) if first < second => Some(self),
            (SendLine::ToSomebody { nth }, SendLine::ToSomebody { .. }) if nth < peers => {
                Some(SendLine::ToSomebody { nth: nth + 1 })
            }
            _ => None,
        }
    }
}

/// The rate of one machine, while its log is read.
#[derive(Debug, Default)]
pub struct StampedRate {
    lines: Option<SameTickLines>,
    ends: Option<(Stamp, Stamp)>,
    events: u64,
    is_finer_than_seconds: bool,
}

impl StampedRate {
    /// Takes in the next event, under the header that holds.
    #[inline]
    pub fn see(&mut self, record: &Record, header: Option<&Header>) {
        const US_PER_S: i64 = 1_000_000;
        // Numbered ticks show it better.
        let (Some(header), None) = (header, record.tick) else { return };
        self.events += 1;
        self.is_finer_than_seconds |= record.stamp.0 % US_PER_S != 0;
        self.ends = Some((self.ends.map_or(record.stamp, |(first, _)| first), record.stamp));
        let lines = self.lines.get_or_insert_with(|| SameTickLines::new(header.clock_rate, 1, u32::MAX));
        lines.see(record.kind, record.to, record.stamp);
    }

    /// Ticks per second from the first event to the last, where lines leave them in
    /// no doubt: none may share its tick with another, unless that hardly counts.
    pub fn ticks_per_s(&self, clock_rate: Option<f64>) -> Option<f64> {
        let (lines, (first, last), rate) = (self.lines.as_ref()?, self.ends?, clock_rate?);
        let span_s = last.seconds_since(first);
        if self.events < EVENTS_ENOUGH || !self.is_finer_than_seconds || span_s <= 0.0 {
            return None;
        }
        let most = (self.events - 1) as f64 / span_s;
        let least = (self.events - 1 - u64::from(lines.count)) as f64 / span_s;
        let is_narrow = most - least <= rate * pace_tolerance(rate * span_s);
        is_narrow.then_some((least + most) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a log shows whose events come at these times, of these recipients.
    fn shown(events: impl Iterator<Item = (f64, Option<u32>)>) -> Option<f64> {
        let header = Header { clock_rate: 5.0, machines: None, phase: None, speedup: None };
        let mut rate = StampedRate::default();
        for (time_s, to) in events {
            let kind = if to.is_some() { Kind::Send } else { Kind::Internal };
            let to = to.map(|to| Recipients::One(MachineId(to)));
            let stamp = Stamp((time_s * 1e6) as i64);
            rate.see(&Record { stamp, kind, to, ..Record::BLANK }, Some(&header));
        }
        rate.ticks_per_s(Some(5.0))
    }

    #[test]
    fn a_rate_shows_in_the_stamps_where_each_line_is_a_tick() {
        let every = |period_s: f64| shown((1..=300).map(|tick| (f64::from(tick) * period_s, None)));
        assert!(every(0.202).is_some_and(|rate| (rate - 4.950).abs() < 0.001));
        assert!(every(0.32).is_some_and(|rate| (rate - 3.125).abs() < 0.001));
        assert_eq!(every(1.0), None, "whole seconds");
        assert_eq!(shown((1..=19).map(|tick| (f64::from(tick) * 0.3, None))), None, "too few");
        let line_each = (1..=300).map(|line| (f64::from(line / 2) * 0.21, Some(2 + line % 2)));
        assert_eq!(shown(line_each), None, "two lines may be one tick");
    }
}
