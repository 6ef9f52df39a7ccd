//! From specs to the runs they ask for: every seed, rate and name is decided
//! here. Pure.

pub mod budget;
mod cell;
mod cells;
mod overlap;
pub mod precision;
mod run;
mod sweep;

pub use cell::Cell;
pub use cells::{CellsError, cells};
pub use run::Run;
pub use sweep::{Plan, PlanError};
