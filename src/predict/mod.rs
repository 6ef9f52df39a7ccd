//! TODO

pub mod expected;
pub mod residual;
pub mod simulated;
