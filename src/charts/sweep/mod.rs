//! The charts of a sweep: a metric over one axis, or over two.

pub mod folder;
pub mod heat_map;
pub mod overload_border;
pub mod swept;
pub mod swept_data;
