//! The charts of a sweep: a metric over one axis, or over two.

pub mod folder;
pub mod heat_map;
pub mod overload_border;
pub mod swept;
pub mod swept_data;

use crate::charts::{ChartType, Draw};

/// The charts of a sweep as a whole, each experiment apart.
pub const SWEEP: ChartType = ChartType {
    name: "sweep",
    shows: "A sweep: lines over one axis, maps over two, else distributions",
    draw: Draw::Sweep(|picture, look| picture.draw(look)),
};
