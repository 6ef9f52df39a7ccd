//! From a share to a colour: even steps of a value look like even steps.

use super::color::{Color, Hue, Rgb};

/// The colours of Viridis by van der Walt and Smith (2015), evenly spaced: their
/// lightness rises evenly, and colour-blind readers tell them apart.
const VIRIDIS: [Rgb; 9] = [
    [0x44, 0x01, 0x54],
    [0x47, 0x2D, 0x7B],
    [0x3B, 0x52, 0x8B],
    [0x2C, 0x72, 0x8E],
    [0x21, 0x91, 0x8C],
    [0x28, 0xAE, 0x80],
    [0x5E, 0xC9, 0x62],
    [0xAD, 0xDC, 0x30],
    [0xFD, 0xE7, 0x25],
];

/// The colour of a share from 0 to 1.
pub(in crate::charts) fn color(share: f64) -> Color {
    Color::full(Hue::Scale((share.clamp(0.0, 1.0) * 255.0).round() as u8))
}

/// How the colour of a share looks.
pub(in crate::charts) fn rgb(share: f64) -> Rgb {
    let place = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = (place as usize).min(VIRIDIS.len() - 2);
    let (from, to, part) = (VIRIDIS[below], VIRIDIS[below + 1], place - below as f64);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])]
}

/// The colour of text that can be read on that of a share: the one of more contrast.
pub(in crate::charts) fn text_on(share: f64) -> Color {
    let [dark, light] = [DARK, LIGHT].map(|text| contrast(rgb(share), text));
    Color::full(if light >= dark { Hue::OnDark } else { Hue::OnLight })
}

/// What is written on light and on dark colours.
pub(in crate::charts) const DARK: Rgb = [0x22, 0x22, 0x22];
pub(in crate::charts) const LIGHT: Rgb = [0xFF, 0xFF, 0xFF];

/// The contrast ratio of two colours as WCAG 2.2 defines it, from 1 to 21.
pub(in crate::charts) fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The relative luminance of sRGB (IEC 61966-2-1).
fn luminance([red, green, blue]: Rgb) -> f64 {
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// A part of a colour in proportion to its light.
pub(in crate::charts) fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_rises_all_the_way() {
        let colors: Vec<f64> = (0..=100).map(|share| luminance(rgb(f64::from(share) / 100.0))).collect();
        assert!(colors.windows(2).all(|pair| pair[0] < pair[1]), "{colors:?}");
        assert_eq!((rgb(-1.0), rgb(2.0)), (VIRIDIS[0], VIRIDIS[8]));
        assert_eq!(color(f64::NAN), color(0.0));
    }

    #[test]
    fn text_can_be_read_on_every_colour() {
        for share in (0..=100).map(|percent| f64::from(percent) / 100.0) {
            let text = if text_on(share).hue == Hue::OnDark { LIGHT } else { DARK };
            assert!(contrast(rgb(share), text) >= 3.9, "{share}");
        }
    }
}
