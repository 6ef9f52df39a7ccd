//! All events of a history, each after what happened before it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::history::{Certainty, EventId, History};
use crate::log::Stamp;

/// One event, and the SEND it comes after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub event: EventId,
    /// Its machine's place in [`History::machines`].
    pub place: usize,
    /// Of a RECEIVE the SEND of its message, where it is matched and the match
    /// was not [`Dropped`].
    pub source: Option<EventId>,
}

/// A match that would close a cycle, so that an event came before itself; the
/// logs contradict each other, or the match is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub send: EventId,
    pub receive: EventId,
    pub certainty: Certainty,
}

/// The events of a history in causal order: those of a machine as its log has
/// them, and each RECEIVE after its SEND. Otherwise the earlier stamp comes
/// first, and of equal ones the lower machine.
///
/// Every event comes exactly once, whatever the logs say: where they go round
/// in a circle, one match of it is dropped, an ambiguous one if there is one,
/// and next one whose RECEIVE has no larger clock than its SEND. It holds a few
/// words a machine and a dropped match, however many events there are.
#[derive(Debug)]
pub struct CausalOrder<'a> {
    history: &'a History,
    /// For each machine its next event.
    next: Vec<u32>,
    ready: BinaryHeap<Reverse<(Stamp, usize)>>,
    /// For each machine the SEND that its next event waits for.
    awaited: Vec<Option<EventId>>,
    /// For each machine who waits for which of its SENDs; the first may be
    /// machines that wait no longer.
    waiters: Vec<BinaryHeap<Reverse<(u32, usize)>>>,
    /// For each machine whether its next event's match was dropped.
    is_freed: Vec<bool>,
    dropped: Vec<Dropped>,
    dropped_pairs: BTreeSet<(EventId, EventId)>,
}

impl<'a> CausalOrder<'a> {
    pub fn of(history: &'a History) -> CausalOrder<'a> {
        let count = history.machines().len();
        let mut order = CausalOrder {
            history,
            next: vec![0; count],
            ready: BinaryHeap::with_capacity(count),
            awaited: vec![None; count],
            waiters: vec![BinaryHeap::new(); count],
            is_freed: vec![false; count],
            dropped: Vec::new(),
            dropped_pairs: BTreeSet::new(),
        };
        (0..count).for_each(|place| order.make_ready(place));
        order
    }

    /// The matches that were dropped so far.
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    /// The RECEIVEs that come after this SEND. Right once the SEND had its turn.
    pub fn receives_of(&self, send: EventId) -> impl Iterator<Item = EventId> {
        let is_kept = move |receive: &EventId| !self.dropped_pairs.contains(&(send, *receive));
        self.history.receives_of(send).filter(is_kept)
    }

    fn make_ready(&mut self, place: usize) {
        let machine = &self.history.machines()[place];
        let next = self.next[place];
        if (next as usize) < machine.len() {
            self.ready.push(Reverse((machine.stamp(next), place)));
        }
    }

    fn event(&self, place: usize) -> EventId {
        EventId { machine: self.history.machines()[place].id(), index: self.next[place] }
    }

    /// The place of the machine that has yet to come to this SEND.
    fn holder(&self, send: EventId) -> Option<usize> {
        let place = self.history.place(send.machine)?;
        (self.next[place] <= send.index).then_some(place)
    }

    fn take(&mut self, place: usize, source: Option<EventId>) -> Step {
        let event = self.event(place);
        self.next[place] += 1;
        self.is_freed[place] = false;
        self.make_ready(place);
        self.wake(event, place);
        Step { event, place, source }
    }

    fn wake(&mut self, send: EventId, place: usize) {
        while let Some(Reverse((index, waiter))) = self.waiters[place].peek().copied()
            && index <= send.index
        {
            self.waiters[place].pop();
            if self.awaited[waiter] == Some(send) {
                self.awaited[waiter] = None;
                self.make_ready(waiter);
            }
        }
    }

    /// Frees one machine of those that wait for each other; false if none waits.
    fn break_cycle(&mut self) -> bool {
        let edges = self.circle();
        let Some((place, dropped)) = edges.into_iter().min_by_key(|(place, edge)| {
            let clock = |event| self.history.record(event).clock;
            let keeps_condition = clock(edge.receive) > clock(edge.send);
            (Reverse(edge.certainty), keeps_condition, *place)
        }) else {
            return false;
        };
        self.awaited[place] = None;
        self.is_freed[place] = true;
        self.dropped.push(dropped);
        self.dropped_pairs.insert((dropped.send, dropped.receive));
        self.make_ready(place);
        true
    }

    /// Matches that go round in a circle, each with the place of its receiver.
    /// Nobody is ready, so whoever is waited for waits too.
    fn circle(&self) -> Vec<(usize, Dropped)> {
        let mut path: Vec<(usize, Dropped)> = Vec::new();
        // Where on the path each machine lies.
        let mut places: Vec<Option<usize>> = vec![None; self.next.len()];
        let mut at = self.awaited.iter().position(Option::is_some);
        while let Some(place) = at {
            if let Some(start) = places[place].replace(path.len()) {
                return path.split_off(start);
            }
            let receive = self.event(place);
            let found = self.history.source_of(receive).filter(|_| self.awaited[place].is_some());
            let Some(found) = found else { break };
            path.push((place, Dropped { send: found.send, receive, certainty: found.certainty }));
            at = self.history.place(found.send.machine);
        }
        path
    }
}

impl Iterator for CausalOrder<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        loop {
            let Some(Reverse((_, place))) = self.ready.pop() else {
                if self.break_cycle() {
                    continue;
                }
                return None;
            };
            let found = self.history.source_of(self.event(place)).filter(|_| !self.is_freed[place]);
            let source = found.map(|found| found.send);
            match source.and_then(|send| Some((send, self.holder(send)?))) {
                Some((send, sender)) => {
                    self.awaited[place] = Some(send);
                    self.waiters[sender].push(Reverse((send.index, place)));
                }
                None => return Some(self.take(place, source)),
            }
        }
    }
}
