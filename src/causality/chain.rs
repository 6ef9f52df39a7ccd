//! The longest chain of events behind each event.

use std::collections::BTreeSet;

use super::in_flight::InFlight;
use super::{CausalOrder, Dropped};
use crate::history::{EventId, History};

/// For every event of a run the length of the longest causal chain that ends
/// with it: of events each of which happened before the next, itself counted.
///
/// Where every event adds at least one to the clock before it, and a RECEIVE
/// has exactly one more than the larger of its own clock and its message's, the
/// length is the Lamport clock: the chain proves the value (Lamport, 1978).
///
/// Four bytes an event.
#[derive(Clone, Debug)]
pub struct Chains {
    /// For each machine, by its events.
    lengths: Vec<Vec<u32>>,
    dropped: Vec<Dropped>,
    /// The RECEIVEs of the dropped matches.
    cut: BTreeSet<EventId>,
}

/// One event of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub event: EventId,
    /// The SEND that comes before it on the chain, where it came by a message;
    /// otherwise its machine's last event does.
    pub by_message: Option<EventId>,
}

impl Chains {
    /// Finds the longest chain behind every event of a run.
    pub fn of(history: &History) -> Chains {
        let mut lengths: Vec<Vec<u32>> =
            history.machines().iter().map(|machine| Vec::with_capacity(machine.len())).collect();
        let mut in_flight = InFlight::new();
        let mut order = CausalOrder::of(history);
        while let Some(step) = order.next() {
            let own = &mut lengths[step.place];
            let mut longest = own.last().copied().unwrap_or(0);
            in_flight.receive(&step, |sent: &u32| longest = longest.max(*sent));
            // No chain is longer than there are lines to number.
            let length = longest.saturating_add(1);
            own.push(length);
            in_flight.send(history, &order, &step, || length);
        }
        let dropped = order.dropped().to_vec();
        let cut = dropped.iter().map(|dropped| dropped.receive).collect();
        Chains { lengths, dropped, cut }
    }

    /// For each machine, in the order of [`History::machines`], and each of its
    /// events.
    pub fn lengths(&self) -> &[Vec<u32>] {
        &self.lengths
    }

    /// The matches that had to be left out, since they closed a circle.
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    /// How long the chain behind this event is; `None` if there is no such event.
    pub fn length(&self, history: &History, event: EventId) -> Option<u32> {
        self.lengths.get(history.place(event.machine)?)?.get(event.index as usize).copied()
    }

    /// The SEND that this event comes after, if its match was not left out.
    pub fn source(&self, history: &History, event: EventId) -> Option<EventId> {
        history.source_of(event).map(|found| found.send).filter(|_| !self.cut.contains(&event))
    }

    /// The longest chain that ends with this event, the first one first. Of two
    /// of one length, the one that stays at the machine.
    pub fn behind(&self, history: &History, event: EventId) -> Vec<Link> {
        let mut chain = Vec::new();
        let mut next = Some(event);
        while let Some(event) = next {
            let own = event.index.checked_sub(1).map(|index| EventId { index, ..event });
            let length = |of: Option<EventId>| of.and_then(|of| self.length(history, of)).unwrap_or(0);
            let send = self.source(history, event);
            let by_message = send.filter(|_| length(send) > length(own));
            chain.push(Link { event, by_message });
            next = by_message.or(own);
        }
        chain.reverse();
        chain
    }
}
