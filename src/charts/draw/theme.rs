//! Light and dark: how every colour looks, in a picture and in a page that may
//! be read in either.

use std::fmt::Write;

use super::color::{Color, Hue, Rgb};
use super::color_scale;
use super::style;
use crate::charts::ChartError;

/// How a chart is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// Okabe and Ito's colours, which colour-blind readers tell apart. Their yellow
/// cannot be seen as a line on white; a dark red of the same kind stands in.
const LINES_ON_LIGHT: [u32; style::COLORS] =
    [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x000000, 0xE69F00, 0x56B4E9, 0x882255];
/// For dark paper, found by moving each of those above until no two look more
/// alike than they do, to readers of any colour vision, and all stand out.
const LINES_ON_DARK: [u32; style::COLORS] =
    [0x8B72F2, 0xE5492A, 0x00A099, 0xD6A5FF, 0xFFFFFF, 0xFE9200, 0x7CDCBC, 0xFFE246];

/// How much of a colour may be let through, in percent.
pub(in crate::charts) const STRENGTHS: [u8; 8] = [15, 30, 35, 40, 55, 60, 70, 75];

impl Theme {
    pub const ALL: [Theme; 2] = [Theme::Light, Theme::Dark];

    /// The word for it in flags.
    pub fn word(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// How a colour looks.
    pub(in crate::charts) fn rgb(self, color: Color) -> Rgb {
        let (full, paper) = (self.hue(color.hue), self.hue(Hue::Paper));
        let share = f64::from(color.strength.min(100)) / 100.0;
        let mix = |part: usize| {
            let (ground, own) = (f64::from(paper[part]), f64::from(full[part]));
            (ground + (own - ground) * share).round() as u8
        };
        [mix(0), mix(1), mix(2)]
    }

    fn hue(self, hue: Hue) -> Rgb {
        let (on_light, on_dark) = match hue {
            Hue::Paper => (0xFFFFFF, 0x15181D),
            Hue::Ink => (0x222222, 0xE8EAED),
            Hue::Muted => (0x5E5E5E, 0xA9AFB8),
            Hue::Grid => (0xE4E4E4, 0x2E333B),
            Hue::Others => (0xC2C2C2, 0x565D68),
            Hue::Line(index) => {
                let index = usize::from(index) % style::COLORS;
                (LINES_ON_LIGHT[index], LINES_ON_DARK[index])
            }
            Hue::Scale(share) => return color_scale::rgb(f64::from(share) / 255.0),
            Hue::OnDark => return color_scale::LIGHT,
            Hue::OnLight => return color_scale::DARK,
        };
        let [_, red, green, blue] = match self {
            Theme::Light => u32::to_be_bytes(on_light),
            Theme::Dark => u32::to_be_bytes(on_dark),
        };
        [red, green, blue]
    }
}

/// The drawing with each colour as `look` writes it; it is written anew wherever
/// an attribute names a colour, which no text can do, as its quotes are escaped.
pub(in crate::charts) fn colored(
    drawing: &str,
    look: impl Fn(Color) -> String,
) -> Result<String, ChartError> {
    const BEFORE: &str = "=\"#";
    let mut svg = String::with_capacity(drawing.len());
    let mut pieces = drawing.split(BEFORE);
    svg.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let code = piece.get(..6).unwrap_or_default();
        let color = Color::of_code(code)
            .ok_or_else(|| ChartError::Drawing(format!("no colour has the code {code}")))?;
        svg.push_str("=\"");
        svg.push_str(&look(color));
        svg.push_str(&piece[6..]);
    }
    Ok(svg)
}

/// A colour as a picture has it.
pub(in crate::charts) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// A colour as a page has it: by name, where a theme decides.
pub(in crate::charts) fn variable(color: Color) -> String {
    let look = hex(Theme::Light.rgb(color));
    name(color).map_or(look.clone(), |name| format!("var({name},{look})"))
}

fn name(color: Color) -> Option<String> {
    let hue = match color.hue {
        Hue::Paper => "paper".to_owned(),
        Hue::Ink => "ink".to_owned(),
        Hue::Muted => "muted".to_owned(),
        Hue::Grid => "grid".to_owned(),
        Hue::Others => "others".to_owned(),
        Hue::Line(index) => (usize::from(index) % style::COLORS + 1).to_string(),
        Hue::Scale(_) | Hue::OnDark | Hue::OnLight => return None,
    };
    let strength = if color.strength < 100 { format!("-{}", color.strength) } else { String::new() };
    Some(format!("--chart-{hue}{strength}"))
}

/// The declarations of a theme's colours, `--chart-ink: #222222;` and so on, to
/// stand in a rule of a style sheet. [`Chart::inline`](crate::charts::Chart::inline)
/// names these colours.
pub fn theme_css(theme: Theme) -> String {
    let lines = (0..style::COLORS as u8).map(Hue::Line);
    let fixed = [Hue::Paper, Hue::Ink, Hue::Muted, Hue::Grid, Hue::Others];
    let mut css = String::new();
    for hue in fixed.into_iter().chain(lines) {
        let faint = STRENGTHS.map(|strength| Color::full(hue).faint(strength));
        for color in [Color::full(hue)].into_iter().chain(faint) {
            let Some(name) = name(color) else { continue };
            let _ = writeln!(css, "{name}:{};", hex(theme.rgb(color)));
        }
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_drawn_stands_out_from_the_paper() {
        for theme in Theme::ALL {
            let contrast = |hue| {
                let [own, paper] = [hue, Hue::Paper].map(|hue| theme.rgb(Color::full(hue)));
                color_scale::contrast(own, paper)
            };
            assert!(contrast(Hue::Ink) > 12.0 && contrast(Hue::Muted) > 4.5, "{theme:?}");
            let least = if theme == Theme::Light { 2.2 } else { 4.0 };
            (0..style::COLORS as u8).for_each(|index| assert!(contrast(Hue::Line(index)) > least, "{index}"));
            assert!(contrast(Hue::Others) > contrast(Hue::Grid) && contrast(Hue::Grid) > 1.2);
        }
    }

    /// What readers without one of the three cones see, in linear sRGB, after
    /// Machado, Oliveira and Fernandes, "A physiologically-based model for
    /// simulation of color vision deficiency" (2009), at severity 1.
    const VISIONS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    fn times(matrix: &[[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
    }

    /// A colour in Oklab (Ottosson, 2020), as such a reader sees it.
    fn oklab(color: Rgb, vision: &[[f64; 3]; 3]) -> [f64; 3] {
        const CONES: [[f64; 3]; 3] = [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ];
        const LAB: [[f64; 3]; 3] = [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ];
        let seen = times(vision, color.map(color_scale::linear)).map(|part| part.clamp(0.0, 1.0));
        times(&LAB, times(&CONES, seen).map(f64::cbrt))
    }

    /// How far the two lines lie apart that look most alike.
    fn least_difference(theme: Theme, vision: &[[f64; 3]; 3]) -> f64 {
        let look = |index| oklab(theme.rgb(Color::full(Hue::Line(index))), vision);
        let pairs = (0..style::COLORS as u8).flat_map(|one| (0..one).map(move |other| (one, other)));
        let apart = |(one, other): (u8, u8)| {
            look(one).iter().zip(look(other)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        pairs.map(apart).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn lines_on_dark_paper_are_told_apart_as_well_as_okabe_and_itos_on_light() {
        for vision in &VISIONS {
            let [light, dark] = Theme::ALL.map(|theme| least_difference(theme, vision));
            assert!(light > 0.07 && dark >= light, "{light} {dark}");
        }
    }

    #[test]
    fn a_faint_colour_lies_between_the_paper_and_itself() {
        let faint = Theme::Light.rgb(Color::full(Hue::Ink).faint(50));
        assert_eq!(faint, [0x91, 0x91, 0x91]);
        assert!(Theme::Dark.rgb(Color::full(Hue::Ink).faint(15))[0] < 0x40);
    }

    #[test]
    fn a_page_names_the_colours_that_a_theme_decides() {
        assert_eq!(variable(Color::full(Hue::Line(0))), "var(--chart-1,#0072B2)");
        assert_eq!(variable(Color::full(Hue::Line(0)).faint(30)), "var(--chart-1-30,#B3D5E8)");
        assert_eq!(variable(Color::full(Hue::OnDark)), "#FFFFFF");
        for theme in Theme::ALL {
            assert!(theme_css(theme).lines().all(|line| line.starts_with("--chart-") && line.ends_with(';')));
        }
        assert!(theme_css(Theme::Dark).contains("--chart-paper:#15181D;"));
    }

    #[test]
    fn a_code_that_means_nothing_is_no_colour() {
        let look = |color| hex(Theme::Light.rgb(color));
        assert_eq!(colored("<a fill=\"#020064\"/>", look).unwrap(), "<a fill=\"#222222\"/>");
        assert!(colored("<a fill=\"#FF0064\"/>", look).is_err());
        assert!(colored("<a fill=\"#é", look).is_err());
    }
}
