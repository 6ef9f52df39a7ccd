//! A laboratory for the scale model of distributed systems: machines, each
//! with its own clock rate, a message queue and a Lamport clock.
//!
//! Data goes one way: [`spec`] → [`plan`] → [`engine`], which drives machines of the
//! [`model`] → event log ([`log`]) → [`read`] → [`metrics`] and [`table`] →
//! [`charts`], [`plot`], [`report`]. Beside the way stand [`history`], [`audit`] and
//! [`causality`], which judge logs, [`predict`] and [`statistics`], which say what
//! is to be expected, and [`dialect`], which reads foreign logs. [`lab`] makes
//! one run, [`sweep`] many. Nothing here knows of command lines, terminals or
//! progress bars.

pub mod audit;
pub mod causality;
pub mod charts;
pub mod dialect;
pub mod engine;
pub mod error_kind;
pub mod export;
pub mod files;
pub mod follow;
pub mod grade;
pub mod history;
pub mod lab;
pub mod log;
pub mod metrics;
pub mod model;
pub mod parallel;
pub mod plan;
pub mod platform;
pub mod plot;
pub mod predict;
pub mod read;
pub mod report;
pub mod reproduce;
pub mod sample;
pub mod spec;
pub mod statistics;
pub mod store;
pub mod sweep;
pub mod table;
pub mod text;
