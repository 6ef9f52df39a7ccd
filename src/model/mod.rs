//! The model itself: events, machines, time, chance, delays, and the theory of
//! loads and queues. Pure.

pub mod delay;
pub mod engine;
pub mod event;
pub mod machine;
pub mod random;
pub mod schedule;
pub mod theory;
pub mod time;
