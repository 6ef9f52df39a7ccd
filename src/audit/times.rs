//! When events happened by one clock: the stamps of all logs without the leaps
//! of their clock, and without a constant offset of one host's.

use std::collections::BTreeMap;

use crate::history::{Certainty, EventId, History, MachineHistory, Source};
use crate::model::schedule::Schedule;

/// A forward gap is no leap of a clock below this.
const LEAP_LEAST_US: i64 = 60 * US_PER_S;
/// Nor below so many ticks of its machine.
const LEAP_LEAST_TICKS: f64 = 20.0;
const US_PER_S: i64 = 1_000_000;
const QUARTER_US: i64 = 15 * 60 * US_PER_S;

/// How far stamps may be trusted against each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    /// Two stamps within this may stand for either order, in microseconds.
    pub slack_us: i64,
    /// The same where one clock stamped both a SEND and the arrival.
    pub exact_us: Option<i64>,
    /// How much finer than this no stamp is.
    pub resolution_us: i64,
}

impl Trust {
    /// The same against the stamps of a machine that another clock may have stamped.
    pub fn against(self, other: Trust) -> Trust {
        Trust { exact_us: self.exact_us.filter(|_| other.exact_us.is_some()), ..self }
    }
}

/// What the stamps of a run tell of the clocks that made them.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Leaps that all logs share, in their order, or else that single logs have.
    pub leaps: Vec<Leap>,
    /// By place; empty where no clock is off.
    offsets: Vec<Option<Offset>>,
    /// The machines, by place, to which some message went there and back.
    pub answered: Vec<bool>,
    /// The machines, by place, that the offsets are against.
    pub reference: Vec<usize>,
}

/// A step of the clock that all logs were stamped by, or one of them.
#[derive(Debug, PartialEq)]
pub(super) struct Leap {
    /// The first event after it, by place; none of a log that has too few events.
    pub firsts: Vec<Option<u32>>,
    /// By how much the clock was set ahead, or back if negative.
    pub size_us: i64,
}

/// By how much a machine's stamps lie ahead of the others', or behind if
/// negative: not less than `least_us` and not more than `most_us`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Offset {
    pub least_us: i64,
    pub most_us: i64,
    /// The RECEIVEs that say so.
    pub proof: [EventId; 2],
}

impl Leap {
    /// How many lines prove it.
    pub const PROOFS_MAX: usize = 4;

    /// Whether so many logs all have it.
    pub fn is_shared(&self, logs: usize) -> bool {
        self.firsts.iter().flatten().count() >= logs
    }

    /// Whether it may be one between summer and winter time.
    pub fn is_whole_quarters(&self) -> bool {
        self.size_us % QUARTER_US == 0
    }
}

impl Offset {
    pub fn middle_us(&self) -> i64 {
        self.least_us.saturating_add(self.width_us() / 2)
    }

    pub fn width_us(&self) -> i64 {
        self.most_us.saturating_sub(self.least_us)
    }

    /// Whether it is larger than it is uncertain: one odd line among slow
    /// messages is no constant offset.
    fn is_reported(&self) -> bool {
        let away_us = self.least_us.max(self.most_us.saturating_neg());
        self.least_us <= self.most_us && away_us > 0 && away_us >= self.width_us()
    }
}

impl Times {
    /// `trusts` is how far the stamps of each machine may be trusted, by place.
    pub fn of(history: &History, trusts: &[Trust]) -> Times {
        let mut times = Times { leaps: leaps(history, trusts), ..Times::default() };
        let bounds = bounds(history, trusts, &times);
        let back = |from: usize, to: usize| bounds.contains_key(&(to, from));
        times.answered = vec![false; history.machines().len()];
        for (from, to) in bounds.keys().filter(|(from, to)| back(*from, *to)) {
            (times.answered[*from], times.answered[*to]) = (true, true);
        }
        if bounds.values().any(|bound| bound.most_us < 0) {
            times.reference = largest_group(history.machines().len(), &bounds);
            let offset = |place| offset(place, &times.reference, &bounds);
            times.offsets = (0..history.machines().len()).map(offset).collect();
        }
        times
    }

    /// The constant offset of a machine's stamps, if they show one.
    pub fn offset(&self, place: usize) -> Option<&Offset> {
        self.offsets.get(place)?.as_ref()
    }

    /// How many leaps the log of a machine has.
    pub fn leaps_of(&self, place: usize) -> usize {
        self.leaps.iter().filter(|leap| leap.firsts[place].is_some()).count()
    }

    /// How far the time of a machine's events may be off for its offset.
    pub fn blur_us(&self, place: usize) -> i64 {
        self.offset(place).map_or(0, Offset::width_us)
    }

    /// What is to be taken off the stamp of a machine's event.
    #[inline]
    pub fn off_us(&self, place: usize, index: u32) -> i64 {
        let leapt = |leap: &&Leap| leap.firsts[place].is_some_and(|first| first <= index);
        let leaps_us =
            self.leaps.iter().filter(leapt).fold(0, |sum: i64, leap| sum.saturating_add(leap.size_us));
        leaps_us.saturating_add(self.offset(place).map_or(0, Offset::middle_us))
    }
}

/// How much later than its SEND, at least, any message from one machine arrived
/// at another by their stamps.
#[derive(Clone, Copy, Debug)]
struct Bound {
    most_us: i64,
    receive: EventId,
}

/// By sender and receiver, both by place.
type Bounds = BTreeMap<(usize, usize), Bound>;

/// Only matches that leave no doubt bound anything.
fn bounds(history: &History, trusts: &[Trust], times: &Times) -> Bounds {
    let mut bounds = Bounds::new();
    for (to, machine) in history.machines().iter().enumerate() {
        for receive in machine.receive_ids() {
            let Some(Source::Matched(found)) = history.source(receive) else { continue };
            let Some(from) = history.place(found.send.machine) else { continue };
            if found.certainty != Certainty::Certain {
                continue;
            }
            let sender = &history.machines()[from];
            let sent_us =
                sender.stamp(found.send.index).0.saturating_sub(times.off_us(from, found.send.index));
            let (stamp_us, slack_us) = arrival(machine, receive.index, trusts[to].against(trusts[from]));
            let arrived_us = stamp_us.saturating_sub(times.off_us(to, receive.index));
            let most_us = arrived_us.saturating_add(slack_us).saturating_sub(sent_us);
            let bound = bounds.entry((from, to)).or_insert(Bound { most_us, receive });
            if most_us < bound.most_us {
                *bound = Bound { most_us, receive };
            }
        }
    }
    bounds
}

/// The stamp of a message's arrival, or of its pop where the log tells no
/// arrival, and by how much it may lie before the stamp of its SEND. A message
/// that waited for no time may have come after its RECEIVE's stamp was taken.
pub(super) fn arrival(machine: &MachineHistory, receive: u32, trust: Trust) -> (i64, i64) {
    let stamp_us = machine.stamp(receive).0;
    match machine.waited_us(receive).and_then(|waited| i64::try_from(waited).ok()) {
        None => (stamp_us, trust.slack_us),
        Some(0) => (stamp_us, trust.slack_us),
        Some(waited) => (stamp_us.saturating_sub(waited), trust.exact_us.unwrap_or(trust.slack_us)),
    }
}

/// The most machines whose stamps agree, as far as messages go there and back
/// between them; of two groups alike, the one with the first machine.
fn largest_group(machines: usize, bounds: &Bounds) -> Vec<usize> {
    let mut group: Vec<usize> = (0..machines).collect();
    for ((from, to), bound) in bounds {
        let agree = bounds.get(&(*to, *from)).is_some_and(|back| bound.most_us >= 0 && back.most_us >= 0);
        let (one, other) = (group[*from], group[*to]);
        if agree && one != other {
            let (low, high) = (one.min(other), one.max(other));
            group.iter_mut().filter(|of| **of == high).for_each(|of| *of = low);
        }
    }
    let size = |name: &usize| group.iter().filter(|of| *of == name).count();
    let largest = (0..machines).rev().max_by_key(size).unwrap_or(0);
    (0..machines).filter(|place| group[*place] == largest).collect()
}

fn offset(place: usize, reference: &[usize], bounds: &Bounds) -> Option<Offset> {
    if reference.contains(&place) {
        return None;
    }
    let to = reference.iter().filter_map(|other| bounds.get(&(*other, place)));
    let back = reference.iter().filter_map(|other| bounds.get(&(place, *other)));
    let (to, back) = (to.min_by_key(|bound| bound.most_us)?, back.min_by_key(|bound| bound.most_us)?);
    let (least_us, most_us) = (back.most_us.saturating_neg(), to.most_us);
    let offset = Offset { least_us, most_us, proof: [to.receive, back.receive] };
    Some(offset).filter(Offset::is_reported)
}

/// The steps of one log's stamps that its clock may have made.
struct Steps {
    place: usize,
    /// The event after each, and its size.
    odd: Vec<(u32, i64)>,
    /// The longest of all other times from one event to the next.
    usual_us: i64,
}

/// Steps that all logs make at one place, by one size, or else those of summer
/// time in one log. Any other step of a log on its own may be one of lines that
/// were moved.
fn leaps(history: &History, trusts: &[Trust]) -> Vec<Leap> {
    let machines = history.machines();
    let reported = machines.iter().enumerate().filter(|(_, machine)| machine.len() > 1);
    let steps = |(place, machine)| steps(place, machine, trusts[place].resolution_us);
    let logs: Vec<Steps> = reported.map(steps).collect();
    shared_leaps(machines, &logs)
        .unwrap_or_else(|| logs.iter().filter_map(|log| own_leap(machines, log)).collect())
}

fn shared_leaps(machines: &[MachineHistory], logs: &[Steps]) -> Option<Vec<Leap>> {
    let first = logs.first().filter(|_| logs.len() > 1)?;
    if first.odd.is_empty() || logs.iter().any(|log| log.odd.len() != first.odd.len()) {
        return None;
    }
    (0..first.odd.len()).map(|nth| leap(machines, logs, nth)).collect()
}

/// The only odd step of one log, where it is one between summer and winter time:
/// a whole number of quarters of an hour, after which the log ends with the others.
fn own_leap(machines: &[MachineHistory], log: &Steps) -> Option<Leap> {
    /// Nowhere is summer time set farther.
    const SUMMER_MOST_US: i64 = 8 * QUARTER_US;
    let [(first, step_us)] = log.odd[..] else { return None };
    let machine = &machines[log.place];
    let period_us = machine.header().map_or(log.usual_us, |header| period_us(header.clock_rate));
    let size_us = whole_quarters(step_us.saturating_sub(period_us), log.usual_us);
    let is_summer = size_us % QUARTER_US == 0 && (1..=SUMMER_MOST_US).contains(&size_us.saturating_abs());
    let end_us = |machine: &MachineHistory| Some(machine.stamp((machine.len() as u32).checked_sub(1)?).0);
    let others = machines.iter().filter(|other| other.id() != machine.id());
    let latest_us = others.filter_map(end_us).max();
    let off_us =
        |by_us: i64| Some(end_us(machine)?.saturating_sub(by_us).saturating_sub(latest_us?).saturating_abs());
    // A machine that slept so long ends with the others by its own stamps.
    let ends_with_others = latest_us.is_none() || off_us(size_us) < off_us(0);
    let mut firsts = vec![None; machines.len()];
    firsts[log.place] = Some(first);
    (is_summer && ends_with_others).then_some(Leap { firsts, size_us })
}

fn leap(machines: &[MachineHistory], logs: &[Steps], nth: usize) -> Option<Leap> {
    let usual_us = logs.iter().map(|log| log.usual_us).max()?;
    /// Stamps may be whole seconds, each cut.
    const CUT_US: i64 = 2 * US_PER_S;
    let tolerance_us = usual_us.saturating_add(CUT_US);
    let spread_of = |value: &dyn Fn(&Steps) -> i64| {
        let values = logs.iter().map(value);
        Some(values.clone().max()?.saturating_sub(values.min()?))
    };
    let size = |log: &Steps| log.odd[nth].1;
    let before = |log: &Steps| machines[log.place].stamp(log.odd[nth].0 - 1).0;
    let one_size = spread_of(&size)? <= tolerance_us;
    let one_place = spread_of(&before)? <= tolerance_us;
    // The log with the shortest ticks shows the size best.
    let finest = logs.iter().min_by_key(|log| log.usual_us)?;
    let period_us = machines[finest.place].header().map_or(0, |header| period_us(header.clock_rate));
    let size_us = whole_quarters(size(finest).saturating_sub(period_us), finest.usual_us);
    let mut firsts = vec![None; machines.len()];
    for log in logs {
        firsts[log.place] = Some(log.odd[nth].0);
    }
    (one_size && one_place && size_us.saturating_abs() > usual_us).then_some(Leap { firsts, size_us })
}

/// What is near a whole number of quarters of an hour, as summer time is, is one.
fn whole_quarters(us: i64, near_us: i64) -> i64 {
    let quarters = us.saturating_add(QUARTER_US / 2 * us.signum()) / QUARTER_US * QUARTER_US;
    let is_near = us.saturating_sub(quarters).saturating_abs() <= near_us.saturating_add(US_PER_S);
    if quarters != 0 && is_near { quarters } else { us }
}

fn period_us(clock_rate: f64) -> i64 {
    (1e6 / clock_rate) as i64
}

fn steps(place: usize, machine: &MachineHistory, resolution_us: i64) -> Steps {
    let step = |index: u32| machine.stamp(index).0.saturating_sub(machine.stamp(index - 1).0);
    let all = || (1..machine.len() as u32).map(|index| (index, step(index)));
    let ahead_us = all().map(|(_, step)| step.max(0)).fold(0i64, i64::saturating_add);
    let mean_us = ahead_us / machine.len() as i64;
    let period_us = machine.header().map_or(mean_us, |header| period_us(header.clock_rate));
    let least_us = LEAP_LEAST_US.max((LEAP_LEAST_TICKS * period_us as f64) as i64);
    let stays_late = stays_late(machine, least_us);
    let is_odd = |step: i64| step < -resolution_us || (step >= least_us && stays_late);
    let usual_us = all().map(|(_, step)| step).filter(|step| !is_odd(*step)).max().unwrap_or(0);
    Steps { place, odd: all().filter(|(_, step)| is_odd(*step)).collect(), usual_us }
}

/// Whether the last tick, where ticks are numbered, comes late by half of a
/// leap: who only slept has caught up, or counts his ticks as lost.
fn stays_late(machine: &MachineHistory, leap_us: i64) -> bool {
    let numbered = machine.records().next_back().and_then(|(_, record)| Some((record.stamp, record.tick?)));
    let header = machine.header().and_then(|header| Some((header, header.phase?)));
    let (Some((stamp, tick)), Some((header, phase)), Some(started)) = (numbered, header, machine.started())
    else {
        return true;
    };
    let schedule = Schedule { clock_rate: header.clock_rate, phase, duration: phase };
    stamp.0.saturating_sub(started.at(schedule.deadline(tick)).0) >= leap_us / 2
}
