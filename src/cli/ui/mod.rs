//! What a person sees and what reaches a command from outside: the terminal,
//! progress, the live view and signals.

pub mod audits;
pub mod live;
pub mod many;
pub mod output;
pub mod progress;
pub mod reading;
pub mod run_missing;
pub mod run_with_progress;
pub mod signals;
pub mod sweep_progress;
pub mod sweep_summary;
pub mod table;
pub mod terminal;
pub mod view;
