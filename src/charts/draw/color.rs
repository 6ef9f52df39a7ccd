//! A colour by what it is for, such as ink or the third line; a theme says later
//! how it looks.
//!
//! Plotters knows red, green and blue only, so a colour travels through it as a
//! code in these three: what it is for, which one of these, and how strong.

use plotters::style::RGBColor;

/// Red, green and blue.
pub(in crate::charts) type Rgb = [u8; 3];

/// What is drawn in a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::charts) enum Hue {
    Paper,
    Ink,
    Muted,
    Grid,
    /// What is shown but not singled out.
    Others,
    /// One of the colours of lines and marks, counted from 0.
    Line(u8),
    /// A share of 255 on the colour scale, the same in every theme.
    Scale(u8),
    /// What is written on the dark and on the light colours of that scale.
    OnDark,
    OnLight,
}

/// A colour, before a theme says how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::charts) struct Color {
    pub hue: Hue,
    /// How much of it is let through to the paper, in percent. True opacity would
    /// give every line a layer of its own, and make PNG a hundred times slower.
    pub strength: u8,
}

impl Color {
    pub(in crate::charts) const fn full(hue: Hue) -> Color {
        Color { hue, strength: 100 }
    }

    /// The same, let through in part.
    pub(in crate::charts) const fn faint(self, percent: u8) -> Color {
        Color { strength: percent, ..self }
    }

    pub(in crate::charts) fn code(self) -> RGBColor {
        let (hue, index) = match self.hue {
            Hue::Paper => (1, 0),
            Hue::Ink => (2, 0),
            Hue::Muted => (3, 0),
            Hue::Grid => (4, 0),
            Hue::Others => (5, 0),
            Hue::Line(index) => (6, index),
            Hue::Scale(share) => (7, share),
            Hue::OnDark => (8, 0),
            Hue::OnLight => (9, 0),
        };
        RGBColor(hue, index, self.strength)
    }

    /// The colour of a code as SVG has it, six hexadecimal digits.
    pub(in crate::charts) fn of_code(digits: &str) -> Option<Color> {
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let hue = match (part(0)?, part(2)?) {
            (1, 0) => Hue::Paper,
            (2, 0) => Hue::Ink,
            (3, 0) => Hue::Muted,
            (4, 0) => Hue::Grid,
            (5, 0) => Hue::Others,
            (6, index) => Hue::Line(index),
            (7, share) => Hue::Scale(share),
            (8, 0) => Hue::OnDark,
            (9, 0) => Hue::OnLight,
            _ => return None,
        };
        Some(Color { hue, strength: part(4)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_survives_its_code() {
        let fixed = [Hue::Paper, Hue::Ink, Hue::Muted, Hue::Grid, Hue::Others, Hue::OnDark, Hue::OnLight];
        let counted = (0..=255).flat_map(|index| [Hue::Line(index), Hue::Scale(index)]);
        for color in fixed.into_iter().chain(counted).map(|hue| Color::full(hue).faint(35)) {
            let RGBColor(red, green, blue) = color.code();
            assert_eq!(Color::of_code(&format!("{red:02X}{green:02X}{blue:02X}")), Some(color));
        }
        assert_eq!(Color::of_code("000064"), None);
        assert_eq!(Color::of_code("é"), None);
    }
}
