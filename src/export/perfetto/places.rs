//! Where events stand on the time line.

use crate::causality::CausalOrder;
use crate::export::Excerpt;
use crate::history::{EventId, History, MachineHistory};
use crate::model::event::MachineId;

/// The nearest that an event may stand to one it follows, in nanoseconds: its
/// slice needs a length, and its arrow a place within the slice.
const GAP_NS: i64 = 4;
const NS_PER_US: i64 = 1_000;
/// The end of the time line. Viewers hold its microseconds in doubles, which tell
/// single nanoseconds up to 2^43 µs; what begins before half of that ends before it.
pub const LAST_NS: i64 = (1 << 42) * NS_PER_US;
const NS_PER_DAY: i64 = 86_400 * 1_000_000_000;

/// An event that lies beyond the end of the time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} of machine {machine} is stamped more than {} days after the run's start, where Perfetto's time line \
     ends; --until leaves such events out",
    LAST_NS / NS_PER_DAY
)]
pub struct Beyond {
    pub machine: MachineId,
    pub line: u64,
}

/// A place for each event that is shown: as it is stamped, but never before the
/// run's start, what it follows in its log, or the SEND of its message. Where stamps are
/// whole seconds or milliseconds, events of the same stamp are spread over it.
#[derive(Debug)]
pub struct Places {
    /// For each machine of the history, nanoseconds of lab time of the events
    /// that are shown.
    ns: Vec<Vec<i64>>,
    /// Whether some stamps are coarse.
    pub is_spread: bool,
    /// Events that stand later than their stamp allows.
    pub late: u64,
}

impl Places {
    /// # Errors
    ///
    /// An event has no place on the time line.
    pub fn of(excerpt: &Excerpt<'_>) -> Result<Places, Beyond> {
        let machines = excerpt.history.machines();
        let step_ns = step_ns(machines);
        let mut spreads: Vec<Spread> = machines.iter().map(|_| Spread::default()).collect();
        let ns = (0..machines.len()).map(|place| Vec::with_capacity(excerpt.range(place).len())).collect();
        let mut places = Places { ns, is_spread: false, late: 0 };
        for step in CausalOrder::of(excerpt.history) {
            let (place, index) = (step.place, step.event.index);
            let share = spreads[place].next(&machines[place], index);
            if !excerpt.range(place).contains(&index) {
                continue;
            }
            let stamped = excerpt.time_us(machines[place].stamp(index)).saturating_mul(NS_PER_US).max(0);
            let after_stamp = if step_ns > NS_PER_US { (step_ns as f64 * share) as i64 } else { 0 };
            places.is_spread |= after_stamp > 0;
            let before = places.ns[place].last().copied();
            let send = step.source.and_then(|send| places.get(excerpt, send));
            let due = stamped.saturating_add(after_stamp);
            let earliest = before.into_iter().chain(send).max().map_or(due, |ns| ns.saturating_add(GAP_NS));
            let at = due.max(earliest);
            if at > LAST_NS {
                let (machine, line) = (step.event.machine, excerpt.history.line(step.event));
                return Err(Beyond { machine, line });
            }
            places.late += u64::from(at.saturating_sub(stamped) >= step_ns);
            places.ns[place].push(at);
        }
        Ok(places)
    }

    /// The place of an event, if it is shown.
    pub fn get(&self, excerpt: &Excerpt<'_>, event: EventId) -> Option<i64> {
        let place = excerpt.history.place(event.machine)?;
        self.at(excerpt, place, event.index)
    }

    /// The same, by the machine's place in the history.
    #[inline]
    pub fn at(&self, excerpt: &Excerpt<'_>, place: usize, index: u32) -> Option<i64> {
        let row = index.checked_sub(excerpt.range(place).start)?;
        self.ns[place].get(row as usize).copied()
    }
}

/// How fine the stamps of a run are: whole seconds, milliseconds or microseconds.
fn step_ns(machines: &[MachineHistory]) -> i64 {
    let is_whole = |machine: &MachineHistory, step_us: i64| {
        (0..machine.len() as u32).all(|index| machine.stamp(index).0 % step_us == 0)
    };
    let steps_us = [1_000_000, 1_000];
    let step_us =
        steps_us.into_iter().find(|step_us| machines.iter().all(|machine| is_whole(machine, *step_us)));
    step_us.unwrap_or(1) * NS_PER_US
}

/// Counts through the events of one machine that have the same stamp.
#[derive(Default)]
struct Spread {
    nth: u32,
    count: u32,
}

impl Spread {
    /// How much of its stamp's step lies before the machine's next event.
    fn next(&mut self, machine: &MachineHistory, index: u32) -> f64 {
        self.nth += 1;
        if self.nth >= self.count {
            let stamp = machine.stamp(index);
            let alike = (index..machine.len() as u32).take_while(|other| machine.stamp(*other) == stamp);
            (self.nth, self.count) = (0, alike.count() as u32);
        }
        f64::from(self.nth) / f64::from(self.count)
    }
}

/// The longest that a slice may be, in nanoseconds: a bit less than the
/// machine's tick, where its rate is known.
pub fn slice_ns(history: &History, machine: MachineId) -> Option<i64> {
    const SHARE_OF_TICK: f64 = 0.8;
    let rate = history.machine(machine)?.header()?.clock_rate;
    Some((1e9 / rate * SHARE_OF_TICK) as i64).filter(|ns| *ns > GAP_NS).map(|ns| ns.min(LAST_NS))
}
