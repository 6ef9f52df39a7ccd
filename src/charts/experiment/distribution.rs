//! The chart of replicates as distributions, side by side.

use super::group::{self, Distribution, Group};
use super::published;
use crate::charts::draw::axis::Axis;
use crate::charts::draw::canvas::{self, Canvas};
use crate::charts::draw::heading::Heading;
use crate::charts::draw::labels::Row;
use crate::charts::draw::plot::Plot;
use crate::charts::draw::{key, number, wording};
use crate::charts::{Chart, ChartError, Look};

/// What the key needs above the plot.
const KEY: f64 = 26.0;
/// The share of its place that a group fills, to each side, and the most pixels.
const FILLED: f64 = 0.42;
const WIDEST: f64 = 90.0;

/// Distributions of one metric, side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Distributions {
    pub title: String,
    /// The metric with its unit.
    pub metric: String,
    /// Which runs these are, and how many.
    pub caption: String,
    pub groups: Vec<Distribution>,
}

/// Draws distributions side by side. Values that are no finite numbers are left
/// out, and counted on the chart.
pub fn distribution_chart(name: &str, of: &Distributions, look: Look) -> Result<Chart, ChartError> {
    canvas::draw(name, look, |canvas| Drawing::new(of).paint(canvas))
}

struct Drawing<'a> {
    of: &'a Distributions,
    groups: Vec<Group>,
}

impl<'a> Drawing<'a> {
    fn new(of: &'a Distributions) -> Drawing<'a> {
        Drawing { of, groups: of.groups.iter().map(Group::new).collect() }
    }

    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let axis = self.y_axis();
        let top = self.heading().draw(canvas)?;
        let mut plot = Plot::new(canvas, top + KEY, Axis::names(self.groups.len()), axis, 0.0)?;
        plot.top += (key::height(canvas, plot.left, self.key())? - key::LINE).max(0.0);
        let spacing = (plot.right - plot.left) / self.groups.len().max(1) as f64;
        let names: Vec<String> = self.of.groups.iter().map(|group| group.name.clone()).collect();
        let names = Row::new(canvas, &names, spacing)?;
        plot.bottom = names.bottom(canvas);
        plot.draw(canvas, "Experiment and machine", &wording::brief(&self.of.metric))?;
        names.draw(canvas, |index| plot.x(index as f64), plot.bottom)?;
        if self.groups.iter().all(Group::is_empty) {
            return plot.say(canvas, "no values");
        }
        let half = (spacing * FILLED).min(WIDEST);
        for (index, group) in self.groups.iter().enumerate() {
            group.draw(canvas, &plot, plot.x(index as f64), half)?;
        }
        key::draw(canvas, (plot.left, top + 2.0), self.key())
    }

    /// The kinds of marks that are drawn.
    fn key(&self) -> impl Iterator<Item = key::Item> {
        group::KEY.into_iter().filter(|item| self.groups.iter().any(|group| group.has(*item)))
    }

    fn y_axis(&self) -> Axis {
        let all = || self.groups.iter().flat_map(Group::all);
        let largest = all().fold(f64::NEG_INFINITY, f64::max);
        let smallest = all().fold(f64::INFINITY, f64::min);
        if smallest > largest {
            return Axis::measured(0.0, 1.0);
        }
        let medians: Vec<f64> = self.groups.iter().filter_map(|group| Some(group.spread()?.median)).collect();
        if Axis::needs_symlog(smallest, largest, &medians) {
            return Axis::symlog(smallest, largest, 1.0).with_room_below();
        }
        let near_zero = smallest >= 0.0 && smallest <= largest * 0.5;
        let counts = near_zero && self.groups.iter().all(Group::is_whole);
        let axis = if counts { Axis::counts(largest) } else { Axis::measured(smallest, largest) };
        axis.with_room_below()
    }

    fn heading(&self) -> Heading {
        let mut notes = Vec::new();
        let counts = || self.groups.iter().map(Group::len);
        if let (Some(least), Some(most)) = (counts().min(), counts().max()) {
            let most = wording::many(most, "run", "runs");
            let least_is_most = counts().all(|count| Some(count) == counts().max());
            let range =
                if least_is_most { most } else { format!("{} to {most}", number::count(least as u64)) };
            let what = if counts().all(|count| count <= 1) { "each" } else { "a distribution" };
            notes.push(format!("n = {range} {what}"));
        }
        let left_out: usize =
            self.of.groups.iter().map(|group| group.values.len()).sum::<usize>() - counts().sum::<usize>();
        if left_out > 0 {
            notes.push(format!("{} without a number left out", wording::many(left_out, "run", "runs")));
        }
        if self.of.groups.iter().any(|group| group.published.is_some()) {
            notes.push(published::NOTE.to_owned());
        }
        let subject = wording::subject(&self.of.title, &self.of.caption);
        Heading { title: self.title(), subject, notes }
    }

    /// The metric, and between which values its medians lie; of single runs, their values.
    fn title(&self) -> String {
        let metric = wording::brief(wording::without_unit(&self.of.metric));
        let mut medians: Vec<f64> =
            self.groups.iter().filter_map(|group| Some(group.spread()?.median)).collect();
        medians.sort_by(f64::total_cmp);
        let single = self.groups.iter().all(|group| group.len() <= 1);
        match (&medians[..], medians.first() == medians.last()) {
            ([], _) => metric,
            ([only], _) if single => format!("{metric}: {}", number::plain(*only)),
            ([only], _) => format!("{metric}: the median is {}", number::plain(*only)),
            ([one, ..], true) if single => format!("{metric}: {} in each", number::plain(*one)),
            ([one, ..], true) => format!("{metric}: every median is {}", number::plain(*one)),
            ([least, .., most], false) => {
                let of = if single { "" } else { "medians " };
                format!("{metric}: {of}from {} to {}", number::plain(*least), number::plain(*most))
            }
        }
    }
}
