//! How every chart looks: the page, the font, sizes, colours, lines and marks.

use plotters::style::RGBColor;

/// The page in pixels.
pub(super) const WIDTH: u32 = 1600;
pub(super) const HEIGHT: u32 = 1000;

/// Plotters knows whole units only, so a pixel is drawn as this many of them.
pub(super) const UNITS_A_PIXEL: u32 = 4;

/// DejaVu is embedded for measuring and for PNG; a browser without it falls
/// back on a font of like widths.
pub(super) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Sizes of text in pixels.
pub(super) const TITLE: f64 = 28.0;
pub(super) const MESSAGE: f64 = 24.0;
pub(super) const AXIS_TITLE: f64 = 18.0;
pub(super) const SUBTITLE: f64 = 16.0;
pub(super) const TICK: f64 = 15.0;
pub(super) const LABEL: f64 = 14.0;

/// The empty border around the page.
pub(super) const MARGIN: f64 = 40.0;

pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
pub(super) const MUTED: RGBColor = RGBColor(0x5E, 0x5E, 0x5E);
pub(super) const GRID: RGBColor = RGBColor(0xE4, 0xE4, 0xE4);
/// For what is shown but not singled out.
pub(super) const OTHERS: RGBColor = RGBColor(0xC2, 0xC2, 0xC2);
pub(super) const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);

/// Okabe and Ito's colours, which colour-blind readers tell apart. Their yellow
/// cannot be seen as a line on white; a dark red of the same kind stands in.
pub(super) const PALETTE: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0x00, 0x00, 0x00),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x88, 0x22, 0x55),
];

/// How many lines can be told apart: each colour solid, then each dashed.
pub(super) const LINES: usize = 2 * PALETTE.len();

/// How many are singled out when there are more lines than that.
pub(super) const HIGHLIGHTED: usize = 7;

/// How many marks can be told apart.
pub(super) const MARKS: usize = PALETTE.len() * Shape::ALL.len();

/// A stroke of a pen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub color: RGBColor,
    /// In pixels.
    pub width: f64,
}

impl Stroke {
    pub(super) const fn new(color: RGBColor, width: f64) -> Stroke {
        Stroke { color, width }
    }

    pub(super) fn faint(self, strength: f64) -> Stroke {
        Stroke { color: faint(self.color, strength), ..self }
    }
}

/// How one of several lines is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineStyle {
    pub stroke: Stroke,
    pub dashed: bool,
}

impl LineStyle {
    pub(super) const OTHERS: LineStyle = LineStyle { stroke: Stroke::new(OTHERS, 1.0), dashed: false };

    pub(super) fn nth(index: usize, width: f64) -> LineStyle {
        LineStyle { stroke: Stroke::new(color(index), width), dashed: (index / PALETTE.len()) % 2 == 1 }
    }
}

/// Pixels along the x axis: drawn, then left out.
pub(super) const DASH: (f64, f64) = (14.0, 8.0);

/// The form of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    TriangleDown,
    Cross,
    Plus,
}

impl Shape {
    /// Seven forms and eight colours share no factor, so counting both up
    /// together meets every pair once.
    pub(super) const ALL: [Shape; 7] = [
        Shape::Circle,
        Shape::Square,
        Shape::TriangleUp,
        Shape::Diamond,
        Shape::TriangleDown,
        Shape::Cross,
        Shape::Plus,
    ];
}

/// How the marks of one of several experiments are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct MarkStyle {
    pub shape: Shape,
    pub color: RGBColor,
}

impl MarkStyle {
    pub(super) fn nth(index: usize) -> MarkStyle {
        if index >= MARKS {
            return MarkStyle { shape: Shape::Circle, color: OTHERS };
        }
        MarkStyle { shape: Shape::ALL[index % Shape::ALL.len()], color: color(index) }
    }

    pub(super) fn faint(self, strength: f64) -> MarkStyle {
        MarkStyle { color: faint(self.color, strength), ..self }
    }
}

pub(super) fn color(index: usize) -> RGBColor {
    PALETTE[index % PALETTE.len()]
}

/// A colour as it looks on white when it is let through in part. True opacity
/// would give every line a layer of its own, and make PNG a hundred times slower.
pub(super) fn faint(color: RGBColor, strength: f64) -> RGBColor {
    let mix = |part: u8| (255.0 - (255.0 - f64::from(part)) * strength).round() as u8;
    RGBColor(mix(color.0), mix(color.1), mix(color.2))
}
