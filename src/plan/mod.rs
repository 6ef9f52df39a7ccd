//! From specs to the runs they ask for: every seed, rate and name is decided
//! here. Pure.

mod cells;
mod overlap;
mod run;
mod sweep;

pub use cells::{CellsError, Source, cells};
pub use run::Run;
pub use sweep::{Cell, EngineKind, Plan, PlanError};
