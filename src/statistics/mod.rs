//! Statistics over replicates: what a sample says of the runs it was drawn
//! from, and how sure that is. Pure.
//!
//! Replicates differ in their seed alone, so they are independent draws from
//! one distribution. Every interval and every test is at 95 %, unless it is asked
//! for at another level.

pub mod assurance;
pub mod comparison;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod errors;
pub mod half_width;
pub mod holm;
pub mod interval;
pub mod moments;
pub mod rank;
pub mod rounding;
pub mod share;
pub mod skewness;
pub mod stopping;
mod student;
pub mod summary;
#[cfg(test)]
pub(crate) mod synthetic;

pub use assurance::{NoNumber, RunsNeeded};
pub use comparison::{Comparison, Samples, Verdict, compare};
pub use interval::{Interval, Method};
pub use stopping::Unmet;
pub use summary::Summary;

/// How often an interval is to hold what it is an interval of.
pub const LEVEL: f64 = 0.95;

/// How often a test may see what is not there.
pub const ALPHA: f64 = 0.05;
