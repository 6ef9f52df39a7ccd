//! A laboratory for the scale model of distributed systems: machines, each
//! with its own clock rate, a message queue and a Lamport clock.
//!
//! Data goes one way: [`spec`] → plan → engine, driving [`machine`] → event log
//! → events table → [`metrics`] → charts. Nothing here knows of command lines,
//! terminals or progress bars.

pub mod audit;
pub mod budget;
pub mod causality;
pub mod charts;
pub mod closest;
pub mod count;
pub mod dialect;
pub mod digest;
pub mod engine;
pub mod event;
pub mod expected;
pub mod export;
pub mod file_name;
pub mod follow;
pub mod grade;
pub mod history;
pub mod lab;
pub mod log;
pub mod machine;
pub mod markdown;
pub mod metrics;
pub mod missing;
pub mod nearest;
pub mod parallel;
pub mod plan;
pub mod quotes;
pub mod random;
pub mod reading;
pub mod regular;
pub mod report;
pub mod reproduce;
pub mod residual;
pub mod rounding;
pub mod sample;
pub mod settings;
pub mod spec;
pub mod spreadsheet;
pub mod statistics;
pub mod store;
pub mod sweep;
pub mod table;
pub mod theory;
pub mod time;
pub mod visible;
pub mod whole_file;
