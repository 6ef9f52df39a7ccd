//! Which events of a run come before which: an order that no message
//! contradicts, and clocks replayed over it.
//!
//! An event happens before another if it is earlier in the log of the same
//! machine, or the SEND of a message that the other receives, or before one that
//! is before the other (Lamport, *Time, Clocks, and the Ordering of Events in a
//! Distributed System*, 1978). Messages are matched by the history; what could
//! not be matched orders nothing.

pub mod address;
mod chain;
mod clock_gap;
mod document;
mod explanation;
mod hybrid;
mod in_flight;
mod order;
mod pairs;
mod past_and_future;
mod relation;
mod stamp_size;
#[cfg(test)]
mod tests;
mod vector;

pub use chain::{Chains, Link};
pub use clock_gap::{ClockGap, Why, clock_gaps};
pub use document::CausalityDocument;
pub use explanation::{Explanation, ExplanationDocument};
pub use hybrid::{Hybrid, HybridBound, hybrid_clocks};
pub use order::{CausalOrder, Dropped, Step};
pub use pairs::Pairs;
pub use past_and_future::PastAndFuture;
pub use relation::Relation;
pub use stamp_size::{Encoding, StampSize};
pub use vector::vector_clocks;
