//! What happened before an event, and what happened after it.

use super::vector_clocks;
use crate::history::{EventId, History};

/// An event's causal past and future; an entry a machine, in the order of
/// [`History::machines`]. All else is concurrent with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastAndFuture {
    /// How many of the machine's events happened before it: always the first
    /// ones. It is not in its own past.
    pub past: Vec<u32>,
    /// The index of the first of the machine's events that it happened before;
    /// all later ones are in its future too. `None`: there is none.
    pub future: Vec<Option<u32>>,
}

impl PastAndFuture {
    pub fn of(history: &History, event: EventId) -> PastAndFuture {
        let mut past_and_future =
            PastAndFuture { past: Vec::new(), future: vec![None; history.machines().len()] };
        let own_place = history.place(event.machine);
        vector_clocks(history, |step, clock| {
            let seen = own_place.and_then(|place| clock.get(place));
            if step.event == event {
                past_and_future.past = clock.to_vec();
                past_and_future.past[step.place] -= 1;
            } else if seen.is_some_and(|seen| *seen > event.index) {
                past_and_future.future[step.place].get_or_insert(step.event.index);
            }
        });
        past_and_future
    }
}
