//! TODO

pub mod atomic;
pub mod digest;
pub mod file_name;
pub mod regular;
pub mod suggest_path;
