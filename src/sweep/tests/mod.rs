//! Tests of sweeps as a whole.

mod promises;
