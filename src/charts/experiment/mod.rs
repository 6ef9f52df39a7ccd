//! The charts of several runs of experiments: distributions, and metrics against
//! the speed ratio.

pub mod distribution;
pub mod experiments;
pub mod group;
pub mod list;
pub mod outline;
pub mod published;
pub mod replicates;
pub mod side_by_side;
pub mod speed_ratio;
pub mod spread;
