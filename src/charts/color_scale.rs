//! From a share to a colour: even steps of a value look like even steps.

use plotters::style::RGBColor;

use super::style::{INK, PAPER};

/// The colours of Viridis by van der Walt and Smith (2015), evenly spaced: their
/// lightness rises evenly, and colour-blind readers tell them apart.
const VIRIDIS: [RGBColor; 9] = [
    RGBColor(0x44, 0x01, 0x54),
    RGBColor(0x47, 0x2D, 0x7B),
    RGBColor(0x3B, 0x52, 0x8B),
    RGBColor(0x2C, 0x72, 0x8E),
    RGBColor(0x21, 0x91, 0x8C),
    RGBColor(0x28, 0xAE, 0x80),
    RGBColor(0x5E, 0xC9, 0x62),
    RGBColor(0xAD, 0xDC, 0x30),
    RGBColor(0xFD, 0xE7, 0x25),
];

/// The colour of a share from 0 to 1.
pub(super) fn color(share: f64) -> RGBColor {
    let place = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = (place as usize).min(VIRIDIS.len() - 2);
    let (from, to, part) = (VIRIDIS[below], VIRIDIS[below + 1], place - below as f64);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// The colour of text that can be read on `ground`: the one of more contrast.
pub(super) fn text_on(ground: RGBColor) -> RGBColor {
    if contrast(ground, PAPER) >= contrast(ground, INK) { PAPER } else { INK }
}

/// The contrast ratio of two colours as WCAG 2.2 defines it, from 1 to 21.
fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The relative luminance of sRGB (IEC 61966-2-1).
fn luminance(color: RGBColor) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_rises_all_the_way() {
        let colors: Vec<f64> = (0..=100).map(|share| luminance(color(f64::from(share) / 100.0))).collect();
        assert!(colors.windows(2).all(|pair| pair[0] < pair[1]), "{colors:?}");
        assert_eq!((color(-1.0), color(2.0)), (VIRIDIS[0], VIRIDIS[8]));
        assert_eq!(color(f64::NAN), color(f64::NAN));
    }

    #[test]
    fn text_can_be_read_on_every_colour() {
        for share in 0..=100 {
            let ground = color(f64::from(share) / 100.0);
            assert!(contrast(ground, text_on(ground)) >= 3.9, "{share} %: {ground:?}");
        }
    }
}
