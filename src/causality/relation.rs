//! The happened-before relation of a run in numbers, and what it costs to know.

use super::pairs::PairCounter;
use super::stamp_size::StampSizes;
use super::{Dropped, Encoding, HybridBound, Pairs, StampSize, vector_clocks};
use crate::history::History;
use crate::parallel;

/// Fewer are replayed by one thread.
const ALONE_EVENTS_MAX: u64 = 1 << 16;

/// What orders the events of a run, counted.
#[derive(Clone, Debug)]
pub struct Relation {
    pub pairs: Pairs,
    /// Matches that closed a circle and order nothing.
    pub dropped: Vec<Dropped>,
    /// By [`Encoding::ALL`].
    sizes: StampSizes,
    /// `None` where the stamps are too coarse to tell.
    pub hybrid: Option<HybridBound>,
}

impl Relation {
    /// Replays vector clocks over a run, and hybrid ones.
    pub fn of(history: &History) -> Relation {
        let (mut relation, hybrid) = if history.events() > ALONE_EVENTS_MAX {
            parallel::both(|| Relation::by_vectors(history), || HybridBound::of(history))
        } else {
            (Relation::by_vectors(history), HybridBound::of(history))
        };
        relation.hybrid = hybrid;
        relation
    }

    fn by_vectors(history: &History) -> Relation {
        let mut pairs = PairCounter::new(history);
        let mut sizes = StampSizes::default();
        let dropped = vector_clocks(history, |step, vector| {
            pairs.see(step, vector);
            sizes.see(history, step, vector);
        });
        Relation { pairs: pairs.finish(), dropped, sizes, hybrid: None }
    }

    /// What a clock costs in each encoding.
    pub fn sizes(&self) -> impl Iterator<Item = (Encoding, StampSize)> {
        Encoding::ALL.into_iter().zip(self.sizes.0)
    }
}
