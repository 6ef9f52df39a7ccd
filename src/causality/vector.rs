//! Vector clocks, replayed over a run.

use super::in_flight::InFlight;
use super::{CausalOrder, Dropped, Step};
use crate::history::History;

/// Shows every event in causal order with its vector clock, and gives the
/// matches that had to be dropped.
///
/// An entry a machine, in the order of [`History::machines`]. Entry `p` is the
/// number of machine `p`'s events that happened before this one, which counts
/// itself: its own entry is 1 at its machine's first event and rises by one an
/// event. A RECEIVE takes of each entry the larger of its own and its SEND's
/// (Fidge, *Timestamps in Message-Passing Systems That Preserve the Partial
/// Ordering*, 1988; Mattern, *Virtual Time and Global States of Distributed
/// Systems*, 1989). One event happened before another exactly if its own entry
/// is no larger than the other's entry for its machine.
///
/// In memory there is a clock a machine, and one for each SEND of which a
/// message is still to be received.
pub fn vector_clocks(history: &History, mut see: impl FnMut(&Step, &[u32])) -> Vec<Dropped> {
    let count = history.machines().len();
    let mut clocks: Vec<Vec<u32>> = vec![vec![0; count]; count];
    let mut in_flight = InFlight::new();
    let mut spare: Vec<Vec<u32>> = Vec::new();
    let mut order = CausalOrder::of(history);
    while let Some(step) = order.next() {
        let clock = &mut clocks[step.place];
        spare.extend(in_flight.receive(&step, |sent: &Vec<u32>| {
            clock.iter_mut().zip(sent).for_each(|(own, sent)| *own = (*own).max(*sent));
        }));
        clock[step.place] += 1;
        in_flight.send(history, &order, &step, || {
            let mut sent = spare.pop().unwrap_or_default();
            sent.clone_from(clock);
            sent
        });
        see(&step, clock);
    }
    order.dropped().to_vec()
}
