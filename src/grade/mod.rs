//! Submissions checked against the model: can their logs be read, are they true,
//! and how far do they lie from what theory says of their clock rates.

mod assignment;
mod page;
mod submission;
mod table;
#[cfg(test)]
mod tests;

pub use assignment::{Assignment, NoTheory};
pub use page::page;
pub use submission::{Grade, GradedRun, Reading, Submission, grade_run};
pub use table::{csv, summary};
