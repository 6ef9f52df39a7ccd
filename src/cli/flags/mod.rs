//! Flags that several commands share.

pub mod dialect;
pub mod engine;
pub mod look;
pub mod name;
pub mod output_format;
pub mod plan;
pub mod space_time;
pub mod spec;
pub mod token;
