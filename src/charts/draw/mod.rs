//! What every chart is made of: a page, axes, legends, colours, and the picture
//! at the end.

pub mod axis;
pub mod bins;
pub mod canvas;
pub mod chart;
pub mod clip;
pub mod color;
pub mod color_scale;
pub mod font;
pub mod heading;
pub mod key;
pub mod key_above;
pub mod labels;
pub mod legend;
pub mod look;
pub mod number;
pub mod page;
pub mod plot;
pub mod png;
pub mod scatter;
pub mod style;
pub mod theme;
pub mod theory_line;
pub mod trace;
pub mod wording;
