//! A page: its size in pixels, and where its parts lie.

use super::look::Look;
use super::style::{self, MARGIN};

/// A page, in pixels that are as large as its texts ask for.
#[derive(Clone, Copy, Debug)]
pub(in crate::charts) struct Page {
    pub width: f64,
    pub height: f64,
    zoom: f64,
}

impl Page {
    pub(in crate::charts) fn of(look: Look) -> Page {
        let ((width, height), zoom) = (look.size(), look.zoom());
        Page { width: f64::from(width) / zoom, height: f64::from(height) / zoom, zoom }
    }

    /// What Plotters counts in.
    pub(in crate::charts) fn units_a_pixel(self) -> f64 {
        f64::from(style::UNITS_A_PIXEL) * self.zoom
    }

    /// The right end of everything.
    pub(in crate::charts) fn right(self) -> f64 {
        self.width - MARGIN
    }

    /// Where the data area ends, above the labels of the x axis.
    pub(in crate::charts) fn bottom(self) -> f64 {
        self.height - 104.0
    }

    /// The height of what the x axis measures.
    pub(in crate::charts) fn x_title(self) -> f64 {
        self.bottom() + 62.0
    }

    /// The middle of a pixel of the picture, where a line of one pixel is drawn
    /// sharp.
    pub(in crate::charts) fn sharp(self, pixels: f64) -> f64 {
        ((pixels * self.zoom).floor() + 0.5) / self.zoom
    }
}
