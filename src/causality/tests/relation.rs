//! The happened-before relation by brute force.

use super::*;

/// For each event, all that happened before it.
pub struct Relation(BTreeMap<EventId, BTreeSet<EventId>>);

impl Relation {
    /// By the definition: the event before it, the SEND it comes from, and all
    /// that happened before those. Dropped matches count for nothing.
    pub fn of(history: &History) -> Relation {
        let mut order = CausalOrder::of(history);
        let steps: Vec<_> = order.by_ref().collect();
        let dropped: BTreeSet<EventId> = order.dropped().iter().map(|dropped| dropped.receive).collect();
        let mut past: BTreeMap<EventId, BTreeSet<EventId>> = BTreeMap::new();
        for step in steps {
            let own = step.event;
            let previous = own.index.checked_sub(1).map(|index| EventId { index, ..own });
            let send = history.source_of(own).map(|found| found.send).filter(|_| !dropped.contains(&own));
            let mut before = BTreeSet::new();
            for cause in previous.into_iter().chain(send) {
                before.insert(cause);
                before.extend(&past[&cause]);
            }
            past.insert(own, before);
        }
        Relation(past)
    }

    pub fn past(&self, event: EventId) -> &BTreeSet<EventId> {
        &self.0[&event]
    }

    pub fn is_before(&self, first: EventId, second: EventId) -> bool {
        self.past(second).contains(&first)
    }

    pub fn events(&self) -> impl Iterator<Item = EventId> + Clone {
        self.0.keys().copied()
    }

    /// Every two events, once.
    pub fn pairs(&self) -> impl Iterator<Item = (EventId, EventId)> {
        self.events().flat_map(|first| {
            self.events().filter(move |second| first < *second).map(move |second| (first, second))
        })
    }
}
