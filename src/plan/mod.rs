//! From specs to the runs they ask for: every seed, rate and name is decided
//! here. Pure.

pub mod budget;
mod cells;
mod overlap;
pub mod precision;
mod run;
mod sweep;

pub use cells::{CellsError, Source, cells};
pub use run::Run;
pub use sweep::{Cell, Plan, PlanError};
