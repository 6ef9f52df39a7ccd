//! How large a chart is, and how it is coloured.

use crate::charts::Theme;

/// How a chart looks: its size and its theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    width: u32,
    height: u32,
    scale: f64,
    theme: Theme,
    place: Place,
}

/// Where a chart stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::charts) enum Place {
    /// By itself.
    Alone,
    /// On a page that says its heading.
    OnPage,
    /// The same on a page as wide as a phone: what stands beside the data stands
    /// above them.
    OnPhone,
}

/// A size that no chart can have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LookError {
    #[error(
        "a chart of {width} × {height} pixels cannot be drawn; its width lies between {} and {}, its height between {} and {}",
        Look::LEAST.0, Look::MOST, Look::LEAST.1, Look::MOST
    )]
    Size { width: u32, height: u32 },
    #[error("a scale of {scale} cannot be drawn; it lies between {} and {}", Look::SCALES.0, Look::SCALES.1)]
    Scale { scale: f64 },
    #[error(
        "a picture of {megapixels} million pixels is too large; with width, height and scale it has {} million at most",
        Look::MEGAPIXELS
    )]
    Pixels { megapixels: u64 },
}

impl Default for Look {
    fn default() -> Look {
        Look { width: 1600, height: 1000, scale: 1.0, theme: Theme::Light, place: Place::Alone }
    }
}

impl Look {
    /// The least width and height in pixels: less has no room for what a chart says.
    pub const LEAST: (u32, u32) = (640, 400);
    /// The most pixels to a side.
    pub const MOST: u32 = 8000;
    /// The least and the largest scale.
    pub const SCALES: (f64, f64) = (0.25, 8.0);
    /// The most that a picture may have.
    const MEGAPIXELS: u64 = 100;

    /// A chart of `width` × `height` pixels, of which a picture has `scale` times
    /// as many to each side.
    ///
    /// # Errors
    ///
    /// The size is one that cannot be drawn.
    pub fn new(width: u32, height: u32, scale: f64, theme: Theme) -> Result<Look, LookError> {
        let fits = |side: u32, least: u32| (least..=Look::MOST).contains(&side);
        if !fits(width, Look::LEAST.0) || !fits(height, Look::LEAST.1) {
            return Err(LookError::Size { width, height });
        }
        if !(Look::SCALES.0..=Look::SCALES.1).contains(&scale) {
            return Err(LookError::Scale { scale });
        }
        let look = Look { width, height, scale, theme, place: Place::Alone };
        let (across, down) = look.picture_size();
        let megapixels = (u64::from(across) * u64::from(down)).div_ceil(1_000_000);
        if megapixels > Look::MEGAPIXELS { Err(LookError::Pixels { megapixels }) } else { Ok(look) }
    }

    /// For a column of a page that says the heading itself, and may be as narrow as
    /// a tablet.
    pub fn on_page() -> Look {
        Look { width: 820, height: 460, place: Place::OnPage, ..Look::default() }
    }

    /// The same for a phone: shown 340 pixels wide, its letters have ten pixels.
    pub fn on_phone() -> Look {
        Look { width: 360, height: 340, place: Place::OnPhone, ..Look::default() }
    }

    pub(in crate::charts) fn place(self) -> Place {
        self.place
    }

    pub fn theme(self) -> Theme {
        self.theme
    }

    pub(in crate::charts) fn size(self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The pixels of a picture.
    pub(in crate::charts) fn picture_size(self) -> (u32, u32) {
        let scaled = |side: u32| (f64::from(side) * self.scale).round() as u32;
        (scaled(self.width), scaled(self.height))
    }

    /// How large texts and strokes are, 1 on a page of the usual size: smaller on
    /// a smaller page, but less so than the page, and never too small to read.
    pub(in crate::charts) fn zoom(self) -> f64 {
        if self.place == Place::OnPhone {
            return 0.75;
        }
        let usual = Look::default();
        let share = |side: u32, usual: u32| f64::from(side) / f64::from(usual);
        share(self.width, usual.width).min(share(self.height, usual.height)).sqrt().clamp(0.8, 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(width: u32, height: u32, scale: f64) -> Result<Look, LookError> {
        Look::new(width, height, scale, Theme::Light)
    }

    #[test]
    fn sizes_that_cannot_be_drawn_are_refused_with_what_can() {
        assert_eq!(new(1600, 1000, 1.0), Ok(Look::default()));
        for (width, height, scale, says) in [
            (100, 1000, 1.0, "width lies between 640 and 8000"),
            (1600, 9000, 1.0, "height between 400 and 8000"),
            (1600, 1000, 0.0, "scale of 0"),
            (1600, 1000, f64::NAN, "scale of NaN"),
            (8000, 8000, 8.0, "100 million at most"),
        ] {
            let error = new(width, height, scale).expect_err("no such size").to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn text_shrinks_less_than_its_page() {
        let zoom = |width, height| new(width, height, 1.0).expect("a size").zoom();
        assert_eq!(zoom(1600, 1000), 1.0);
        assert_eq!(zoom(640, 400), 0.8);
        assert!(zoom(3200, 2000) > 1.4 && zoom(3200, 2000) < 1.5);
    }
}
