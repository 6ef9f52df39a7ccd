//! When events happened, and which of them are shown.

use std::collections::BTreeMap;

use super::Span;
use crate::history::{History, MachineHistory};
use crate::log::Stamp;
use crate::model::event::Kind;

const US_PER_S: i64 = 1_000_000;

/// The times of a run's events in seconds of lab time.
pub(super) struct Times<'a> {
    history: &'a History,
    origin: Stamp,
    /// Whether all stamps are whole seconds, and too coarse to tell a machine's
    /// events apart; those of one second are spread over it in their order.
    pub is_spread: bool,
}

impl<'a> Times<'a> {
    pub(super) fn new(history: &'a History, origin: Stamp) -> Times<'a> {
        let stamps =
            |machine: &'a MachineHistory| (0..machine.len() as u32).map(|index| machine.stamp(index));
        let machines = history.machines().iter();
        let is_whole = |stamp: Stamp| stamp.0.rem_euclid(US_PER_S) == 0;
        let repeats = |machine| stamps(machine).zip(stamps(machine).skip(1)).any(|(one, next)| one == next);
        let is_spread = machines.clone().flat_map(stamps).all(is_whole) && machines.clone().any(repeats);
        Times { history, origin, is_spread }
    }

    /// When the event `index` of the machine at `place` happened.
    pub(super) fn at(&self, place: usize, index: u32) -> f64 {
        let machine = &self.history.machines()[place];
        let stamp = machine.stamp(index);
        let second = stamp.seconds_since(self.origin);
        if !self.is_spread {
            return second;
        }
        let same = |other: &u32| machine.stamp(*other) == stamp;
        let before = (0..index).rev().take_while(same).count();
        let after = (index + 1..machine.len() as u32).take_while(same).count();
        second + (before as f64 + 0.5) / (before + 1 + after) as f64
    }
}

/// An event within the stretch that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shown {
    pub index: u32,
    pub time_s: f64,
    pub kind: Kind,
    pub clock: u64,
}

/// The events of a machine within a stretch, in the order of its log.
pub(super) fn within(times: &Times<'_>, place: usize, span: Span) -> Vec<Shown> {
    let machine = &times.history.machines()[place];
    let shown = |index: u32| Shown {
        index,
        time_s: times.at(place, index),
        kind: machine.kind(index),
        clock: machine.clock(index),
    };
    let is_within = |event: &Shown| (span.from_s..=span.to_s).contains(&event.time_s);
    (0..machine.len() as u32).map(shown).filter(is_within).collect()
}

/// One event of each kind within each `apart` seconds: marks nearer to each other
/// than a mark is wide show no more.
pub(super) fn thinned(events: &[Shown], span: Span, apart: f64) -> Vec<Shown> {
    let mut kept: BTreeMap<(i64, Kind), Shown> = BTreeMap::new();
    for event in events {
        let column = ((event.time_s - span.from_s) / apart).floor() as i64;
        kept.entry((column, event.kind)).or_insert(*event);
    }
    kept.into_values().collect()
}
