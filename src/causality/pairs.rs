//! Pairs of events: which are ordered, which are concurrent, and which of those
//! Lamport's clocks put in an order all the same.

use super::Step;
use crate::history::History;

/// The pairs of a run's events, counted.
///
/// Where the clock condition holds, equal clocks are always of concurrent
/// events, so that no pair needs to be looked at: the ordered pairs are the sum
/// of all entries of all vector clocks, each event itself left out, and the
/// ties follow from how many events have each clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    pub events: u64,
    /// One of the two happened before the other.
    pub ordered: u128,
    /// Concurrent, and of one clock; `None` where the clock condition fails.
    pub ties: Option<u128>,
    /// Events with no larger clock than what came just before them: the event
    /// before in their log, or their SEND.
    pub out_of_order: u64,
}

impl Pairs {
    /// All pairs of events, n (n − 1) ÷ 2 of n.
    pub fn all(&self) -> u128 {
        pairs_of(self.events)
    }

    /// Neither happened before the other.
    pub fn concurrent(&self) -> u128 {
        self.all() - self.ordered
    }

    /// Concurrent, and yet of different clocks; `None` where the clock condition
    /// fails.
    pub fn concurrent_in_clock_order(&self) -> Option<u128> {
        self.ties.map(|ties| self.concurrent() - ties)
    }
}

fn pairs_of(count: u64) -> u128 {
    u128::from(count) * u128::from(count.saturating_sub(1)) / 2
}

/// Counts pairs while vector clocks are replayed. Eight bytes an event.
#[derive(Debug)]
pub(super) struct PairCounter<'a> {
    history: &'a History,
    clocks: Vec<u64>,
    pairs: Pairs,
}

impl<'a> PairCounter<'a> {
    pub fn new(history: &'a History) -> PairCounter<'a> {
        let clocks = Vec::with_capacity(history.events() as usize);
        PairCounter { history, clocks, pairs: Pairs::default() }
    }

    pub fn see(&mut self, step: &Step, vector: &[u32]) {
        let machine = &self.history.machines()[step.place];
        let clock = machine.clock(step.event.index);
        let last = step.event.index.checked_sub(1).map(|index| machine.clock(index));
        let sent = step.source.map(|send| self.history.record(send).clock);
        let before = last.max(sent);
        self.pairs.out_of_order += u64::from(before.is_some_and(|before| clock <= before));
        let past: u64 = vector.iter().map(|entry| u64::from(*entry)).sum();
        self.pairs.ordered += u128::from(past) - 1;
        self.pairs.events += 1;
        self.clocks.push(clock);
    }

    pub fn finish(mut self) -> Pairs {
        if self.pairs.out_of_order == 0 {
            self.clocks.sort_unstable();
            let alike = self.clocks.chunk_by(|one, other| one == other);
            self.pairs.ties = Some(alike.map(|events| pairs_of(events.len() as u64)).sum());
        }
        self.pairs
    }
}
