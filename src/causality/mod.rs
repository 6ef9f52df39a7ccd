//! Which events of a run come before which: an order that no message
//! contradicts, and clocks replayed over it.
//!
//! An event happens before another if it is earlier in the log of the same
//! machine, or the SEND of a message that the other receives, or before one that
//! is before the other (Lamport, *Time, Clocks, and the Ordering of Events in a
//! Distributed System*, 1978). Messages are matched by the history; what could
//! not be matched orders nothing.

mod flight;
mod order;
#[cfg(test)]
mod tests;
mod vector;

pub use order::{CausalOrder, Dropped, Step};
pub use vector::vector_clocks;
