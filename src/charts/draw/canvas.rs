//! A page to draw on: pixels in, SVG out. Knows plotters, and no chart.

use std::cell::RefCell;
use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, FontTransform, register_font};

use super::color::Color;
use super::font::FACES;
use super::look::Look;
use super::page::Page;
use super::style::{self, INK, MarkStyle, PAPER, Shape, Stroke, UNITS_A_PIXEL};
use super::wording;
use crate::charts::{Chart, ChartError};

/// A place on the page in its pixels, from its upper left.
pub(in crate::charts) type Point = (f64, f64);

/// What is drawn on.
pub(in crate::charts) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    pub page: Page,
    /// The chart's title, its description, and the notes that this ends with.
    words: RefCell<(String, String, String)>,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(in crate::charts) struct Font {
    size: f64,
    color: Color,
    bold: bool,
    side: HPos,
    upwards: bool,
}

impl Font {
    pub(in crate::charts) fn size(size: f64) -> Font {
        Font { size, color: INK, bold: false, side: HPos::Left, upwards: false }
    }

    pub(in crate::charts) fn bold(self) -> Font {
        Font { bold: true, ..self }
    }

    pub(in crate::charts) fn color(self, color: Color) -> Font {
        Font { color, ..self }
    }

    /// Ends at its place instead of beginning there.
    pub(in crate::charts) fn ending(self) -> Font {
        Font { side: HPos::Right, ..self }
    }

    pub(in crate::charts) fn centred(self) -> Font {
        Font { side: HPos::Center, ..self }
    }

    /// Reads from the bottom of the page to the top.
    pub(in crate::charts) fn upwards(self) -> Font {
        Font { upwards: true, ..self }
    }

    fn style(self, page: Page) -> TextStyle<'static> {
        let weight = if self.bold { FontStyle::Bold } else { FontStyle::Normal };
        // Plotters writes a font size of 1/1.24 of what it is given.
        let size = self.size * 1.24 * page.units_a_pixel();
        let font = FontDesc::new(FontFamily::Name(style::FONT), size, weight);
        let turn = if self.upwards { FontTransform::Rotate270 } else { FontTransform::None };
        font.transform(turn).color(&self.color.code()).pos(Pos::new(self.side, VPos::Center))
    }
}

/// Draws a chart: an empty page, handed to `paint`.
pub(in crate::charts) fn draw(
    name: &str,
    look: Look,
    paint: impl FnOnce(&Canvas<'_>) -> Result<(), ChartError>,
) -> Result<Chart, ChartError> {
    register_fonts()?;
    let mut drawing = String::new();
    let page = Page::of(look);
    let (title, description, notes);
    {
        let (width, height) = look.size();
        let size = (width * UNITS_A_PIXEL, height * UNITS_A_PIXEL);
        let area = SVGBackend::with_string(&mut drawing, size).into_drawing_area();
        let canvas = Canvas { area, page, words: RefCell::default() };
        canvas.area.fill(&PAPER.code())?;
        paint(&canvas)?;
        canvas.area.present()?;
        (title, description, notes) = canvas.words.take();
    }
    // The first line opens the document; a chart writes its own.
    let shapes = drawing.split_once('\n').map_or("", |(_, shapes)| shapes);
    let shapes = shapes.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "");
    Ok(Chart { name: name.to_owned(), title, description, notes, look, shapes })
}

fn register_fonts() -> Result<(), ChartError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = REGISTERED.get_or_init(|| {
        let styles = [FontStyle::Normal, FontStyle::Bold];
        styles.into_iter().zip(FACES).all(|(style, face)| register_font(style::FONT, style, face()).is_ok())
    });
    if *registered { Ok(()) } else { Err(ChartError::Font) }
}

impl Canvas<'_> {
    fn units(&self, pixels: f64) -> i32 {
        (pixels * self.page.units_a_pixel()).round() as i32
    }

    fn place(&self, (x, y): Point) -> (i32, i32) {
        (self.units(x), self.units(y))
    }

    fn places(&self, points: &[Point]) -> Vec<(i32, i32)> {
        points.iter().map(|point| self.place(*point)).collect()
    }

    fn pen(&self, stroke: Stroke) -> ShapeStyle {
        stroke.color.code().stroke_width(self.units(stroke.width).max(1) as u32)
    }

    /// Sets down what those hear who do not see the chart.
    pub(in crate::charts) fn say(&self, title: &str, description: &str, notes: &str) {
        self.words.replace((title.to_owned(), description.to_owned(), notes.to_owned()));
    }

    pub(in crate::charts) fn line(&self, points: &[Point], stroke: Stroke) -> Result<(), ChartError> {
        if points.len() < 2 {
            return Ok(());
        }
        Ok(self.area.draw(&PathElement::new(self.places(points), self.pen(stroke)))?)
    }

    /// The edge of a box between two of its corners.
    pub(in crate::charts) fn frame(&self, from: Point, to: Point, stroke: Stroke) -> Result<(), ChartError> {
        // Plotters gives the edge of its own rectangles no width.
        self.line(&[from, (to.0, from.1), to, (from.0, to.1), from], stroke)
    }

    /// A filled shape.
    pub(in crate::charts) fn shape(&self, corners: &[Point], color: Color) -> Result<(), ChartError> {
        Ok(self.area.draw(&Polygon::new(self.places(corners), color.code().filled()))?)
    }

    /// A filled box between two of its corners.
    pub(in crate::charts) fn fill(&self, from: Point, to: Point, color: Color) -> Result<(), ChartError> {
        Ok(self.area.draw(&Rectangle::new([self.place(from), self.place(to)], color.code().filled()))?)
    }

    pub(in crate::charts) fn dot(&self, at: Point, radius: f64, color: Color) -> Result<(), ChartError> {
        Ok(self.area.draw(&Circle::new(self.place(at), self.units(radius).max(1), color.code().filled()))?)
    }

    /// An open circle.
    pub(in crate::charts) fn ring(&self, at: Point, radius: f64, color: Color) -> Result<(), ChartError> {
        self.dot(at, radius, color)?;
        self.dot(at, radius - 1.5, PAPER)
    }

    /// A line with a head at its end.
    pub(in crate::charts) fn arrow(&self, from: Point, to: Point, stroke: Stroke) -> Result<(), ChartError> {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        if length <= 0.0 {
            return Ok(());
        }
        let head = (4.0 + 3.0 * stroke.width).min(length);
        let (along, aside) = (((to.0 - from.0) / length, (to.1 - from.1) / length), 0.36 * head);
        let neck = (to.0 - along.0 * head, to.1 - along.1 * head);
        self.line(&[from, neck], stroke)?;
        let side = |sign: f64| (neck.0 - sign * along.1 * aside, neck.1 + sign * along.0 * aside);
        self.shape(&[to, side(1.0), side(-1.0)], stroke.color)
    }

    /// A mark of an experiment; its radius says how far it reaches from its place.
    pub(in crate::charts) fn mark(&self, at: Point, radius: f64, mark: MarkStyle) -> Result<(), ChartError> {
        if mark.shape == Shape::Circle {
            return self.dot(at, radius * 0.9, mark.color);
        }
        let corners = corners(mark.shape).iter().map(|(x, y)| (at.0 + x * radius, at.1 + y * radius));
        self.shape(&corners.collect::<Vec<_>>(), mark.color)
    }

    /// A text whose middle lies at the height of `at`.
    pub(in crate::charts) fn text(&self, text: &str, at: Point, font: Font) -> Result<(), ChartError> {
        if text.is_empty() {
            return Ok(());
        }
        // Plotters sets the middle of small letters there; digits stand higher.
        let down = 0.11 * font.size;
        let at = if font.upwards { (at.0 + down, at.1) } else { (at.0, at.1 + down) };
        Ok(self.area.draw_text(text, &font.style(self.page), self.place(at))?)
    }

    /// The width of a text in pixels, or a little more.
    pub(in crate::charts) fn width(&self, text: &str, font: Font) -> Result<f64, ChartError> {
        let (width, _) = self.area.estimate_text_size(text, &font.style(self.page))?;
        Ok(f64::from(width) / self.page.units_a_pixel())
    }

    /// The names of lines or experiments, as long as a legend has room for.
    pub(in crate::charts) fn line_names<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Vec<String>, ChartError> {
        const LONGEST: f64 = 270.0;
        self.names(names, LONGEST, Font::size(style::LABEL))
    }

    /// Names as they can be shown, none wider than `room`; different ones that come to
    /// look the same when they are shortened are numbered.
    pub(in crate::charts) fn names<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
        room: f64,
        font: Font,
    ) -> Result<Vec<String>, ChartError> {
        let names: Vec<String> = names.into_iter().map(wording::name).collect();
        let shorten = |room| -> Result<Vec<String>, ChartError> {
            names.iter().map(|name| self.shortened(name, room, font)).collect()
        };
        let shown = shorten(room)?;
        let numbers = wording::numbers(&names, &shown);
        let Some(most) = numbers.iter().flatten().max() else { return Ok(shown) };
        let shorter = shorten(room - self.width(&format!(" ({most})"), font)?)?;
        let numbers = wording::numbers(&names, &shorter);
        let numbered = |(name, number): (String, &Option<usize>)| match number {
            Some(number) => format!("{name} ({number})"),
            None => name,
        };
        Ok(shorter.into_iter().zip(&numbers).map(numbered).collect())
    }

    /// The text in a font as small as it must be, down to `least`, to be no wider
    /// than `room`; shortened where that is not enough.
    pub(in crate::charts) fn fitted(
        &self,
        text: &str,
        room: f64,
        font: Font,
        least: f64,
    ) -> Result<(String, Font), ChartError> {
        let width = self.width(text, font)?.max(room);
        let font = Font { size: (font.size * room / width).floor().max(least), ..font };
        Ok((self.shortened(text, room, font)?, font))
    }

    /// The text, or its two ends around an ellipsis where it is wider than `room`.
    pub(in crate::charts) fn shortened(
        &self,
        text: &str,
        room: f64,
        font: Font,
    ) -> Result<String, ChartError> {
        if self.width(text, font)? <= room {
            return Ok(text.to_owned());
        }
        let chars: Vec<char> = text.chars().collect();
        let ends = |kept: usize| -> String {
            let (head, tail) = (kept.div_ceil(2), kept / 2);
            chars[..head].iter().chain(&['…']).chain(&chars[chars.len() - tail..]).collect()
        };
        let (mut fits, mut too_wide) = (0, chars.len());
        while too_wide - fits > 1 {
            let kept = (fits + too_wide) / 2;
            if self.width(&ends(kept), font)? <= room { fits = kept } else { too_wide = kept }
        }
        Ok(ends(fits))
    }

    /// A text on two lines, broken where the longer of them is shortest, or on one
    /// if it is one word; shortened where that is not enough.
    pub(in crate::charts) fn on_two_lines(
        &self,
        text: &str,
        room: f64,
        font: Font,
    ) -> Result<Vec<String>, ChartError> {
        let mut best: (f64, Vec<&str>) = (f64::INFINITY, vec![text]);
        for (at, _) in text.match_indices(' ') {
            let lines = vec![&text[..at], &text[at + 1..]];
            let longer = self.width(lines[0], font)?.max(self.width(lines[1], font)?);
            if longer < best.0 {
                best = (longer, lines);
            }
        }
        best.1.into_iter().map(|line| self.shortened(line, room, font)).collect()
    }
}

/// The corners of a mark whose radius is 1.
fn corners(shape: Shape) -> &'static [(f64, f64)] {
    match shape {
        Shape::Circle | Shape::Square => &[(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)],
        Shape::TriangleUp => &[(0.0, -1.0), (1.0, 0.8), (-1.0, 0.8)],
        Shape::TriangleDown => &[(0.0, 1.0), (1.0, -0.8), (-1.0, -0.8)],
        Shape::Diamond => &[(0.0, -1.1), (1.0, 0.0), (0.0, 1.1), (-1.0, 0.0)],
        Shape::Cross => &[
            (-1.0, -0.6),
            (-0.6, -1.0),
            (0.0, -0.4),
            (0.6, -1.0),
            (1.0, -0.6),
            (0.4, 0.0),
            (1.0, 0.6),
            (0.6, 1.0),
            (0.0, 0.4),
            (-0.6, 1.0),
            (-1.0, 0.6),
            (-0.4, 0.0),
        ],
        Shape::Plus => &[
            (-0.28, -1.0),
            (0.28, -1.0),
            (0.28, -0.28),
            (1.0, -0.28),
            (1.0, 0.28),
            (0.28, 0.28),
            (0.28, 1.0),
            (-0.28, 1.0),
            (-0.28, 0.28),
            (-1.0, 0.28),
            (-1.0, -0.28),
            (-0.28, -0.28),
        ],
    }
}
