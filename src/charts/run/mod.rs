//! The charts of one run over lab time.

pub mod clocks;
pub mod drift;
pub mod finding;
pub mod jumps;
pub mod queue;
pub mod run_theory;
pub mod timeline;
pub mod wait;
