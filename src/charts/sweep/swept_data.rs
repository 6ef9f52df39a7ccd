//! A metric over one axis of a sweep, and what of it can be shown: its points from
//! left to right, and the lines that are singled out.

use crate::charts::draw::axis::can_show;
use crate::charts::draw::style;

/// A metric over one axis of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// Of which sweep and experiment.
    pub title: String,
    /// What is swept, such as `internal_prob`.
    pub axis: String,
    pub places: SweptAxis,
    /// The metric with its unit.
    pub metric: String,
    /// How many runs a point has, and the method of the interval.
    pub caption: String,
    pub lines: Vec<SweptLine>,
}

/// What the `x` of a point means.
#[derive(Clone, Debug, PartialEq)]
pub enum SweptAxis {
    /// The value of the swept parameter, which is to take on these.
    Numbers(Vec<f64>),
    /// The place in this list of values that are no numbers, from 0.
    Names(Vec<String>),
}

/// One line of the chart, such as a machine's.
#[derive(Clone, Debug, PartialEq)]
pub struct SweptLine {
    pub name: String,
    /// In any order.
    pub points: Vec<SweptPoint>,
    /// Places and values, in the order in which they are joined.
    pub theory: Vec<(f64, f64)>,
}

/// The runs of one cell of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SweptPoint {
    pub x: f64,
    pub mean: f64,
    /// The ends of the interval; one run has none.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// The data without what has no place on a chart.
pub(in crate::charts) struct Shown {
    /// The points of each line, from left to right.
    pub points: Vec<Vec<SweptPoint>>,
    /// The theory of each line.
    pub theory: Vec<Vec<(f64, f64)>>,
    /// How many points have no place.
    pub left_out: usize,
    /// The lines in colour.
    pub chosen: Vec<usize>,
}

impl Shown {
    pub(in crate::charts) fn new(swept: &Swept) -> Shown {
        let has_place = |x: f64| match &swept.places {
            SweptAxis::Numbers(_) => can_show(x),
            SweptAxis::Names(names) => (0.0..names.len() as f64).contains(&x),
        };
        let shown = |line: &SweptLine| {
            let shown = line.points.iter().filter(|point| has_place(point.x) && can_show(point.mean));
            let mut points: Vec<SweptPoint> = shown.copied().collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            points
        };
        let theory = |line: &SweptLine| {
            line.theory.iter().copied().filter(|(x, y)| has_place(*x) && can_show(*y)).collect()
        };
        let points: Vec<Vec<SweptPoint>> = swept.lines.iter().map(shown).collect();
        let all: usize = swept.lines.iter().map(|line| line.points.len()).sum();
        Shown {
            left_out: all - points.iter().map(Vec::len).sum::<usize>(),
            chosen: chosen(&points),
            theory: swept.lines.iter().map(theory).collect(),
            points,
        }
    }

    pub(in crate::charts) fn is_empty(&self) -> bool {
        self.points.iter().all(Vec::is_empty) && self.theory.iter().all(Vec::is_empty)
    }

    /// Where anything has a place on the axis: what is shown, and `places`.
    pub(in crate::charts) fn places(&self, places: &[f64]) -> Vec<f64> {
        let points = self.points.iter().flatten().map(|point| point.x);
        let places = places.iter().copied().filter(|x| can_show(*x));
        let all = points.chain(places).chain(self.theory.iter().flatten().map(|(x, _)| *x));
        let mut all: Vec<f64> = all.collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    }

    pub(in crate::charts) fn y_range(&self) -> (f64, f64) {
        let ends = |point: &SweptPoint| [Some(point.mean), point.low, point.high].into_iter().flatten();
        let measured = self.points.iter().flatten().flat_map(ends).filter(|value| can_show(*value));
        range(measured.chain(self.theory.iter().flatten().map(|(_, y)| *y)))
    }
}

/// The lines to single out: all, or where there are too many to tell apart,
/// those that reach highest.
fn chosen(lines: &[Vec<SweptPoint>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    if order.len() > style::LINES {
        let highest = |index: usize| lines[index].iter().map(|point| point.mean).fold(f64::MIN, f64::max);
        order.sort_by(|a, b| highest(*b).total_cmp(&highest(*a)));
        order.truncate(style::HIGHLIGHTED);
        order.sort_unstable();
    }
    order
}

/// Both ends of an interval, or the mean for the end that is missing.
pub(in crate::charts) fn interval(point: &SweptPoint) -> Option<(f64, f64)> {
    let shown = |end: Option<f64>| end.filter(|value| can_show(*value));
    let (low, high) = (shown(point.low), shown(point.high));
    (low.is_some() || high.is_some()).then(|| (low.unwrap_or(point.mean), high.unwrap_or(point.mean)))
}

/// The smallest and the largest, or 0 and 1 where there are none.
fn range(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let smallest = values.fold(f64::INFINITY, f64::min);
    if smallest <= largest { (smallest, largest) } else { (0.0, 1.0) }
}
