//! Text for people and for spreadsheets: counts, suggestions, Markdown, and
//! nothing that could harm a terminal or a page. Pure.

pub mod capital;
pub mod markdown;
pub mod numbers;
pub mod sanitize;
pub mod spreadsheet;
pub mod suggest;
pub mod wrap;
