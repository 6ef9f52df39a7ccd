//! A publication, reproduced and judged: its experiments run again, its values
//! checked against the runs, and its claims tested.

pub mod cells;
pub mod claims;
pub mod claims_file;
pub mod expectation;
pub mod illustrated;
pub mod judge;
pub mod judged;
pub mod kind;
pub mod notebook;
pub mod outcome;
pub mod page;
pub mod picture;
pub mod published_metric;
pub mod rows;
pub mod setup;
pub mod tally;
#[cfg(test)]
mod tests;
mod verdict;
mod wording;

pub use cells::{Cells, Replicates};
pub use claims::Claims;
pub use illustrated::illustrated;
pub use judged::{JudgedClaim, judge_all};
pub use page::{Making, RunsMade};
pub use published_metric::{PublishedMetric, published_metrics};
pub use tally::Tally;

/// What a publication says, and what our runs say of that.
#[derive(Clone, Debug, PartialEq)]
pub struct Reproduction<'a> {
    pub claims: &'a Claims,
    pub judged: Vec<JudgedClaim<'a>>,
    pub published_metrics: Vec<PublishedMetric>,
}

impl<'a> Reproduction<'a> {
    /// Judges the claims, and places what was published among the runs.
    pub fn of(claims: &'a Claims, replicates: &Replicates<'_>) -> Reproduction<'a> {
        Reproduction {
            claims,
            judged: judge_all(&claims.claims, replicates),
            published_metrics: published_metrics(&claims.published, replicates),
        }
    }
}
