//! What runs come to before they are made: by simulated runs, and how far what
//! was measured lies from it.

pub mod expected;
pub mod replicates;
pub mod residual;
pub mod simulated;
