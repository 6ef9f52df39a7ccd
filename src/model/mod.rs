//! TODO

pub mod delay;
pub mod event;
pub mod machine;
pub mod random;
pub mod schedule;
pub mod theory;
pub mod time;
