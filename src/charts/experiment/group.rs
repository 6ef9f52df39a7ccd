//! One distribution on its place: its runs as dots where they are few, its
//! outline where they are many, median and quartiles, and what they are checked
//! against.

use super::list::published_mark;
use super::outline;
use super::spread::Spread;
use crate::charts::ChartError;
use crate::charts::draw::axis::can_show;
use crate::charts::draw::canvas::Canvas;
use crate::charts::draw::color::Color;
use crate::charts::draw::key::Item;
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, INK, MarkStyle, PAPER, Shape};
use crate::charts::draw::theory_line;

/// Up to how many runs each is a dot, and from how many on they have an outline.
const MOST_DOTS: usize = 60;
const LEAST_OUTLINE: usize = 20;
/// Fewer runs than this have no quartiles worth drawing.
const LEAST_QUARTILES: usize = 5;
/// Radii of dots, the first with which all fit side by side being taken.
const RADII: [f64; 4] = [3.5, 3.0, 2.4, 1.8];

const DATA: Color = style::color(0);
/// How far beside the middle values of others stand, as a share of half the width.
const BESIDE: f64 = 0.7;
/// Half of the stroke at what is published.
const PUBLISHED: f64 = 9.0;
const LOGGED: MarkStyle = MarkStyle { shape: Shape::Square, color: style::color(2) };
const THEORY: Color = style::color(7);

/// What a reader may meet, in the order of the key.
pub(in crate::charts) const KEY: [Item; 7] = [
    Item::Dot("one run", DATA),
    Item::Patch("how many runs (own scale)", DATA),
    Item::Bar("quartiles"),
    Item::Ring("median"),
    Item::Border("published", |canvas, at| published_mark(canvas, at, PUBLISHED)),
    Item::Mark("in the published logs", LOGGED),
    Item::Dashes("expected: the mean of simulated runs", THEORY),
];

/// The replicates of one machine or cell, and what they are checked against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    pub name: String,
    /// One a run, in any order.
    pub values: Vec<f64>,
    /// What a publication states.
    pub published: Option<f64>,
    /// What the logs of that publication say.
    pub logged: Option<f64>,
    /// The mean that theory expects.
    pub theory: Option<f64>,
}

/// A distribution, as it can be shown.
pub(in crate::charts) struct Group {
    /// In order of size.
    values: Vec<f64>,
    published: Option<f64>,
    logged: Option<f64>,
    theory: Option<f64>,
}

impl Group {
    pub(in crate::charts) fn new(of: &Distribution) -> Group {
        let mut values: Vec<f64> = of.values.iter().copied().filter(|value| can_show(*value)).collect();
        values.sort_by(f64::total_cmp);
        let shown = |value: Option<f64>| value.filter(|value| can_show(*value));
        Group { values, published: shown(of.published), logged: shown(of.logged), theory: shown(of.theory) }
    }

    pub(in crate::charts) fn len(&self) -> usize {
        self.values.len()
    }

    pub(in crate::charts) fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    pub(in crate::charts) fn spread(&self) -> Option<Spread> {
        Spread::of(&self.values)
    }

    /// Everything that needs a place on the axis.
    pub(in crate::charts) fn all(&self) -> impl Iterator<Item = f64> {
        let others = [self.published, self.logged, self.theory];
        self.values.iter().copied().chain(others.into_iter().flatten())
    }

    /// Whether runs and publications have whole numbers only.
    pub(in crate::charts) fn is_whole(&self) -> bool {
        let published = [self.published, self.logged].into_iter().flatten();
        self.values.iter().copied().chain(published).all(|value| value.fract() == 0.0)
    }

    /// Whether an item of the key is drawn here.
    pub(in crate::charts) fn has(&self, item: Item) -> bool {
        match item {
            Item::Dot(..) => (1..=MOST_DOTS).contains(&self.len()),
            Item::Patch(..) => self.len() >= LEAST_OUTLINE,
            Item::Bar(_) | Item::Ring(_) => self.len() >= LEAST_QUARTILES,
            Item::Border(..) => self.published.is_some(),
            Item::Mark(..) => self.logged.is_some(),
            Item::Dashes(..) => self.theory.is_some(),
            Item::Open(..) | Item::Arrow(..) | Item::Stroke(..) => false,
        }
    }

    /// Draws it around `x`, reaching `half` pixels to both sides.
    pub(in crate::charts) fn draw(
        &self,
        canvas: &Canvas<'_>,
        plot: &Plot,
        x: f64,
        half: f64,
    ) -> Result<(), ChartError> {
        if self.len() >= LEAST_OUTLINE {
            outline::draw(canvas, plot, &self.values, x, half, DATA.faint(30))?;
        }
        if self.len() <= MOST_DOTS {
            self.draw_dots(canvas, plot, x, half)?;
        }
        if let Some(theory) = self.theory {
            theory_line::tick(canvas, (x, plot.y(theory)), half + 3.0, THEORY)?;
        }
        if let Some(spread) = self.spread().filter(|_| self.len() >= LEAST_QUARTILES) {
            draw_quartiles(canvas, plot, x, half, &spread)?;
        }
        if let Some(logged) = self.logged {
            let (at, radius) = ((x - BESIDE * half, plot.y(logged)), (half / 2.5).clamp(3.5, 7.5));
            canvas.mark(at, radius + 1.5, MarkStyle { color: PAPER, ..LOGGED })?;
            canvas.mark(at, radius, LOGGED)?;
        }
        let Some(published) = self.published else { return Ok(()) };
        published_mark(canvas, (x + BESIDE * half, plot.y(published)), PUBLISHED.min(half))
    }

    fn draw_dots(&self, canvas: &Canvas<'_>, plot: &Plot, x: f64, half: f64) -> Result<(), ChartError> {
        let heights: Vec<f64> = self.values.iter().map(|value| plot.y(*value)).collect();
        let (mut swarm, mut radius) = (Vec::new(), 0.0);
        for smaller in RADII {
            radius = smaller;
            swarm = side_by_side(&heights, 2.0 * radius + 0.6);
            if swarm.iter().all(|aside| aside.abs() + radius <= half) {
                break;
            }
        }
        let color = DATA.faint(75);
        for (y, aside) in heights.iter().zip(swarm) {
            let room = (half - radius).max(0.0);
            canvas.dot((x + aside.clamp(-room, room), *y), radius, color)?;
        }
        Ok(())
    }
}

/// How far aside each dot goes so that none lies on another: as near to the
/// middle as those before it let it, to the right and to the left in turn.
fn side_by_side(heights: &[f64], apart: f64) -> Vec<f64> {
    let mut placed: Vec<(f64, f64)> = Vec::with_capacity(heights.len());
    for &y in heights {
        let is_free =
            |aside: &f64| placed.iter().all(|(x, other)| (x - aside).hypot(other - y) >= apart * 0.999);
        let places = (0..=2 * heights.len()).map(|nth| {
            let away = nth.div_ceil(2) as f64 * apart;
            if nth % 2 == 1 { away } else { -away }
        });
        let aside = places.into_iter().find(is_free).unwrap_or(0.0);
        placed.push((aside, y));
    }
    placed.into_iter().map(|(aside, _)| aside + 0.0).collect()
}

fn draw_quartiles(
    canvas: &Canvas<'_>,
    plot: &Plot,
    x: f64,
    half: f64,
    spread: &Spread,
) -> Result<(), ChartError> {
    let (low, middle, high) = (plot.y(spread.lower), plot.y(spread.median), plot.y(spread.upper));
    let width = (half / 4.0).clamp(1.5, 2.5);
    canvas.fill((x - width, high), (x + width, low), INK)?;
    canvas.ring((x, middle), width + 2.0, INK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_one_height_go_aside_in_turn() {
        assert_eq!(side_by_side(&[5.0, 5.0, 5.0, 50.0], 4.0), [0.0, 4.0, -4.0, 0.0]);
        assert_eq!(side_by_side(&[], 4.0), [0.0; 0]);
    }
}
