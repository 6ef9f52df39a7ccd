//! Habits of logging: what programs write otherwise than labctl does, or not at
//! all, without breaking the model.

use super::Place;
use crate::history::{History, MachineHistory};
use crate::model::event::{Kind, Recipients};

/// What the logs of a run show of how they are written.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// The clock before the first event of each machine.
    pub first_clock: u64,
    pub never_logged: Option<NeverLogged>,
}

/// A kind of event that happened, by the clocks, and that no log of the run has.
#[derive(Debug, PartialEq)]
pub(super) struct NeverLogged {
    pub kind: Kind,
    /// Events before which clocks rose without a line.
    pub gaps: u64,
    pub first_gap: Place,
}

impl NeverLogged {
    /// Why what rests on such events cannot be decided.
    pub fn why(&self) -> String {
        let article = if self.kind == Kind::Internal { "an" } else { "a" };
        format!("no log of the run has {article} {}", self.kind)
    }
}

impl Habits {
    pub fn of(history: &History) -> Habits {
        // Who numbers the ticks logs each, from the first on.
        if history.machines().iter().any(|machine| machine.stats().numbers_ticks) {
            return Habits::default();
        }
        Habits { first_clock: u64::from(begin_at_one(history)), never_logged: never_logged(history) }
    }
}

/// Whether every first event says that clocks begin at 1, and one that is no
/// RECEIVE does.
fn begin_at_one(history: &History) -> bool {
    let mut firsts = history.machines().iter().filter(|machine| !machine.is_empty());
    let shows = |machine: &MachineHistory| machine.kind(0) != Kind::Receive;
    let fits = |machine: &MachineHistory| match (machine.kind(0), machine.record(0).message_clock) {
        (Kind::Receive, None) => machine.clock(0) >= 2,
        (Kind::Receive, Some(message)) => machine.clock(0) == message.max(1).saturating_add(1),
        _ => machine.clock(0) == 2,
    };
    firsts.clone().any(shows) && firsts.all(fits)
}

fn never_logged(history: &History) -> Option<NeverLogged> {
    /// A line or two may be lost; where a kind is never logged, there is a gap before
    /// far more of the others.
    const GAPS_LEAST: u64 = 2;
    const GAPS_SHARE: u64 = 10;
    let mut count = [0u64; 3];
    let (mut gaps, mut first_gap) = (0, None);
    for machine in history.machines() {
        for index in 0..machine.len() as u32 {
            count[machine.kind(index) as usize] += 1;
            if index > 0 && has_gap(machine, index) {
                gaps += 1;
                first_gap.get_or_insert(Place { machine: machine.id(), line: machine.line(index) });
            }
        }
    }
    let [internal, sends, receives] = count;
    let kind = match (internal, receives) {
        (0, _) => Kind::Internal,
        (_, 0) if sends > 0 => Kind::Receive,
        _ => return None,
    };
    let is_shown = gaps >= GAPS_LEAST && gaps * GAPS_SHARE >= internal + sends + receives;
    let first_gap = first_gap.filter(|_| is_shown)?;
    Some(NeverLogged { kind, gaps, first_gap })
}

/// Whether the clock rose by more than this event and its message explain.
fn has_gap(machine: &MachineHistory, index: u32) -> bool {
    let before = machine.clock(index - 1);
    let message_clock = match machine.kind(index) {
        Kind::Receive => machine.record(index).message_clock,
        Kind::Internal | Kind::Send => Some(0),
    };
    message_clock.is_some_and(|message| machine.clock(index) > before.max(message).saturating_add(1))
}

/// How a send to several is logged in a line for each recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEach {
    /// All lines have the clock after the update.
    OneClock,
    /// All but the last have the clock before it, or all but the first the one after it.
    Rising,
}

impl LineEach {
    /// As dialects say it.
    pub fn name(self) -> &'static str {
        match self {
            LineEach::OneClock => "line-each",
            LineEach::Rising => "line-each-rising",
        }
    }
}

/// Whether a SEND whose clock does not rise is one of several lines of a send to
/// several, each to another machine and all within a tick.
pub(super) fn line_each(machine: &MachineHistory, index: u32, resolution_us: i64) -> Option<LineEach> {
    let before = index.checked_sub(1).map_or(0, |before| machine.clock(before));
    let near_us = half_period_us(machine).max(resolution_us);
    let goes_on = |first: u32| is_next_line(machine, first, near_us);
    if machine.clock(index) != before {
        return None;
    }
    let mut last = index;
    while goes_on(last) && machine.clock(last + 1) == before {
        last += 1;
    }
    if goes_on(last) && machine.clock(last + 1).checked_sub(1) == Some(before) {
        return Some(LineEach::Rising);
    }
    index.checked_sub(1).filter(|first| goes_on(*first)).map(|_| LineEach::OneClock)
}

/// Whether this SEND and the line after it go to two machines, within a tick.
fn is_next_line(machine: &MachineHistory, first: u32, near_us: i64) -> bool {
    let to = |index: u32| match machine.to(index) {
        Some(Recipients::One(to)) => Some(to),
        _ => None,
    };
    if first as usize + 1 >= machine.len() {
        return false;
    }
    let are_two = to(first).zip(to(first + 1)).is_some_and(|(one, other)| one != other);
    let apart_us = machine.stamp(first + 1).0.saturating_sub(machine.stamp(first).0);
    are_two && apart_us <= near_us
}

/// By the header, or else by the pace of the log.
fn half_period_us(machine: &MachineHistory) -> i64 {
    if let Some(header) = machine.header() {
        return (0.5e6 / header.clock_rate) as i64;
    }
    let last = machine.len() as u32 - 1;
    let span_us = machine.stamp(last).0.saturating_sub(machine.stamp(0).0).max(0);
    span_us / 2 / i64::from(last.max(1))
}
