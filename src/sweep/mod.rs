//! Sweeps: the runs of a plan, made here or elsewhere, kept in journals and
//! collected into one result.

mod attempt;
pub mod drawn_rates;
pub mod error;
pub mod execution;
pub mod folder;
pub mod journal;
pub mod journals;
pub mod limiter;
pub mod outline;
pub mod pending;
pub mod plan_axis;
pub mod shard;
pub mod slurm;
mod staging;
pub mod stored;
pub mod summary;
#[cfg(test)]
mod tests;

pub use drawn_rates::DrawnRates;
pub use error::SweepError;
pub use execution::Execution;
pub use folder::{FolderError, SweepFolder};
pub use journal::{Entry, Journal};
pub use journals::Journals;
pub use outline::CellOutline;
pub use pending::Pending;
pub use plan_axis::label_of;
pub use shard::Shard;
pub use staging::{is_in_staging, left_alone};
pub use stored::read_stored;
pub use summary::{CellResult, SweepSummary, collect};
