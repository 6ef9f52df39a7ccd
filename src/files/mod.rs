//! The disk, as every room sees it: plain files are opened, whole files written,
//! names that others chose become names of files.

pub mod atomic;
pub mod digest;
pub mod file_name;
pub mod regular;
pub mod suggest_path;
