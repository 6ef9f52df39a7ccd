//! Sweeps: the runs of a plan, made here or elsewhere, kept in journals and
//! gathered into one result.

mod bench;
pub mod demand;
pub mod drawn_rates;
pub mod execution;
pub mod folder;
pub mod gate;
pub mod gathering;
pub mod journal;
pub mod journals;
pub mod outline;
pub mod piece;
pub mod plan_axis;
pub mod slurm;
pub mod stored;
#[cfg(test)]
mod tests;
mod work;

pub use bench::{is_on_bench, left_alone};
pub use demand::Demand;
pub use drawn_rates::DrawnRates;
pub use execution::{Execution, SweepError};
pub use folder::{FolderError, SweepFolder};
pub use gathering::{CellResult, Gathered, gather};
pub use journal::{Entry, Journal};
pub use journals::Journals;
pub use outline::CellOutline;
pub use piece::Piece;
pub use plan_axis::label_of;
pub use stored::read_stored;
