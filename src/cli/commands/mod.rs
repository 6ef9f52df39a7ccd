//! The commands, one a file or folder.

pub mod causality;
pub mod check;
pub mod compare;
pub mod completions;
pub mod dialect;
pub mod export;
pub mod grade;
pub mod list;
pub mod machine;
pub mod man;
pub mod metrics;
pub mod parse;
pub mod plot;
pub mod predict;
pub mod report;
pub mod reproduce;
pub mod run;
pub mod schema;
pub mod sweep;
pub mod twin;
pub mod watch;
