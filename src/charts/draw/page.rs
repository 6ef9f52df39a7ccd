//! A page: its size in pixels, and where its parts lie.

use super::look::{Look, Place};
use super::style::{self, MARGIN};

/// A page, in pixels that are as large as its texts ask for.
#[derive(Clone, Copy, Debug)]
pub(in crate::charts) struct Page {
    pub width: f64,
    pub height: f64,
    zoom: f64,
    place: Place,
}

impl Page {
    pub(in crate::charts) fn of(look: Look) -> Page {
        let ((width, height), zoom) = (look.size(), look.zoom());
        Page { width: f64::from(width) / zoom, height: f64::from(height) / zoom, zoom, place: look.place() }
    }

    /// What Plotters counts in.
    pub(in crate::charts) fn units_a_pixel(self) -> f64 {
        f64::from(style::UNITS_A_PIXEL) * self.zoom
    }

    /// Whether the words at the top are drawn, or said by the page around.
    pub(in crate::charts) fn has_heading(self) -> bool {
        self.place == Place::Alone
    }

    /// Whether what usually stands beside the data stands above them.
    pub(in crate::charts) fn is_narrow(self) -> bool {
        self.place == Place::OnPhone
    }

    /// The empty border at both sides.
    pub(in crate::charts) fn margin(self) -> f64 {
        const NARROW: f64 = 10.0;
        if self.is_narrow() { NARROW } else { MARGIN }
    }

    /// The right end of everything.
    pub(in crate::charts) fn right(self) -> f64 {
        self.width - self.margin()
    }

    /// Where the data area ends, above the labels of the x axis.
    pub(in crate::charts) fn bottom(self) -> f64 {
        let below = if self.is_narrow() { 76.0 } else { 104.0 };
        self.height - below
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
