//! TODO

pub mod markdown;
pub mod numbers;
pub mod sanitize;
pub mod spreadsheet;
pub mod suggest;
