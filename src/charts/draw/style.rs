//! How every chart looks: the font, sizes, colours, lines and marks.

use super::color::{Color, Hue};

/// Plotters knows whole units only, so a pixel is drawn as this many of them.
pub(in crate::charts) const UNITS_A_PIXEL: u32 = 4;

/// DejaVu is embedded for measuring and for PNG; a browser without it falls
/// back on a font of like widths.
pub(in crate::charts) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Sizes of text in pixels.
pub(in crate::charts) const TITLE: f64 = 28.0;
pub(in crate::charts) const MESSAGE: f64 = 24.0;
pub(in crate::charts) const AXIS_TITLE: f64 = 18.0;
pub(in crate::charts) const SUBTITLE: f64 = 16.0;
pub(in crate::charts) const TICK: f64 = 15.0;
pub(in crate::charts) const LABEL: f64 = 14.0;

/// The empty border around the page.
pub(in crate::charts) const MARGIN: f64 = 40.0;

pub(in crate::charts) const INK: Color = Color::full(Hue::Ink);
pub(in crate::charts) const MUTED: Color = Color::full(Hue::Muted);
pub(in crate::charts) const GRID: Color = Color::full(Hue::Grid);
/// For what is shown but not singled out.
pub(in crate::charts) const OTHERS: Color = Color::full(Hue::Others);
pub(in crate::charts) const PAPER: Color = Color::full(Hue::Paper);

/// How many colours lines and marks have.
pub(in crate::charts) const COLORS: usize = 8;

/// How many lines can be distinguished: each colour solid, then each dashed.
pub(in crate::charts) const LINES: usize = 2 * COLORS;

/// How many are singled out when there are more lines than that.
pub(in crate::charts) const HIGHLIGHTED: usize = 7;

/// How many marks can be distinguished.
pub(in crate::charts) const MARKS: usize = COLORS * Shape::ALL.len();

/// A stroke of a pen.
#[derive(Clone, Copy, Debug)]
pub(in crate::charts) struct Stroke {
    pub color: Color,
    /// In pixels.
    pub width: f64,
}

impl Stroke {
    pub(in crate::charts) const fn new(color: Color, width: f64) -> Stroke {
        Stroke { color, width }
    }

    pub(in crate::charts) fn faint(self, percent: u8) -> Stroke {
        Stroke { color: self.color.faint(percent), ..self }
    }
}

/// How one of several lines is drawn.
#[derive(Clone, Copy, Debug)]
pub(in crate::charts) struct LineStyle {
    pub stroke: Stroke,
    pub dashed: bool,
}

impl LineStyle {
    pub(in crate::charts) const OTHERS: LineStyle =
        LineStyle { stroke: Stroke::new(OTHERS, 1.0), dashed: false };

    pub(in crate::charts) fn nth(index: usize, width: f64) -> LineStyle {
        LineStyle { stroke: Stroke::new(color(index), width), dashed: (index / COLORS) % 2 == 1 }
    }
}

/// Pixels along the x axis: drawn, then left out.
pub(in crate::charts) const DASH: (f64, f64) = (14.0, 8.0);

/// The form of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::charts) enum Shape {
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
    pub(in crate::charts) const ALL: [Shape; 7] = [
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
pub(in crate::charts) struct MarkStyle {
    pub shape: Shape,
    pub color: Color,
}

impl MarkStyle {
    pub(in crate::charts) fn nth(index: usize) -> MarkStyle {
        if index >= MARKS {
            return MarkStyle { shape: Shape::Circle, color: OTHERS };
        }
        MarkStyle { shape: Shape::ALL[index % Shape::ALL.len()], color: color(index) }
    }

    pub(in crate::charts) fn faint(self, percent: u8) -> MarkStyle {
        MarkStyle { color: self.color.faint(percent), ..self }
    }
}

pub(in crate::charts) const fn color(index: usize) -> Color {
    Color::full(Hue::Line((index % COLORS) as u8))
}
