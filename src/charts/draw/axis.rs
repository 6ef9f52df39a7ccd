//! An axis: its range, its ticks at round numbers, and their labels.

use super::number;

/// Ticks wanted on an axis; round steps make it a few more or less.
const TICKS: f64 = 8.0;
/// Labels cannot tell values apart that are nearer to each other than this
/// share of their size.
const LEAST_SPAN: f64 = 1e-9;
/// Beyond this, a label has no prefix for a value; it is more than any count.
const LARGEST: f64 = 1e21;

/// One axis, from where it begins to where it ends.
#[derive(Clone, Debug)]
pub(in crate::charts) struct Axis {
    pub from: f64,
    pub to: f64,
    pub ticks: Vec<Tick>,
    pub scale: Scale,
}

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::charts) enum Scale {
    #[default]
    Linear,
    /// Linear from −unit to unit and logarithmic beyond, joined without a kink, so
    /// that 0 has a place and so have hundreds of units.
    Symlog { unit: f64 },
    /// Logarithmic, of values above 0.
    Log,
}

impl Scale {
    fn place(self, value: f64) -> f64 {
        match self {
            Scale::Symlog { unit } if value.abs() > unit => {
                value.signum() * (1.0 + (value.abs() / unit).ln())
            }
            Scale::Symlog { unit } => value / unit,
            Scale::Log => value.max(f64::MIN_POSITIVE).ln(),
            Scale::Linear => value,
        }
    }

    /// What the title of an axis says of it.
    pub(in crate::charts) fn note(self) -> String {
        match self {
            Scale::Linear => String::new(),
            Scale::Log => ", logarithmic".to_owned(),
            Scale::Symlog { unit } => format!(", logarithmic above {}", number::plain(unit)),
        }
    }
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::charts) struct Tick {
    pub at: f64,
    pub label: String,
}

impl Axis {
    /// Counts from 0 to at least `largest`, with ticks at whole numbers only.
    pub(in crate::charts) fn counts(largest: f64) -> Axis {
        let largest = largest.max(1.0);
        let step = round_step(largest / TICKS).max(1.0);
        // Room above the largest, so that it does not touch the edge.
        let to = if largest < 2.0 { largest } else { largest * 1.05 };
        Axis { from: 0.0, to, ticks: ticks(0.0, to, step, true), scale: Scale::Linear }
    }

    /// Lab time in seconds, between the first and the last of a run.
    pub(in crate::charts) fn seconds(first: f64, last: f64) -> Axis {
        // A run begins at 0; foreign logs may count from elsewhere.
        let from = if first > last / 2.0 && last > 1000.0 { first } else { first.min(0.0) };
        let to = if last - from > 1e-6 { last } else { from + 1.0 };
        let step = round_step((to - from) / TICKS);
        // A run of 60 s has its last event a little earlier.
        let next = (to / step).ceil() * step;
        let to = if next - to < 0.03 * (to - from) { next } else { to };
        Axis { from, to, ticks: ticks(from, to, step, false), scale: Scale::Linear }
    }

    /// Any range, with a little room at both ends.
    pub(in crate::charts) fn around(smallest: f64, largest: f64) -> Axis {
        let size = smallest.abs().max(largest.abs());
        if largest - smallest <= size * LEAST_SPAN {
            let half = size.max(1.0) / 2.0;
            return Axis::around(smallest - half, largest + half);
        }
        let span = largest - smallest;
        Axis::exactly(smallest - 0.06 * span, largest + 0.06 * span, span / TICKS)
    }

    /// Measured values, from 0 where they are not all far from it.
    pub(in crate::charts) fn measured(smallest: f64, largest: f64) -> Axis {
        if largest - smallest < LEAST_SPAN && smallest.abs() < LEAST_SPAN {
            return Axis::exactly(0.0, 1.0, 1.0 / TICKS);
        }
        let differ = largest - smallest > largest * LEAST_SPAN;
        if smallest < 0.0 || (smallest > largest * 0.5 && differ) {
            return Axis::around(smallest, largest);
        }
        Axis::exactly(0.0, largest * 1.05, largest / TICKS)
    }

    /// No more and no less than a range, as a colour bar has it.
    pub(in crate::charts) fn range(smallest: f64, largest: f64) -> Axis {
        Axis::exactly(smallest, largest, (largest - smallest) / TICKS)
    }

    fn exactly(from: f64, to: f64, rough_step: f64) -> Axis {
        Axis { from, to, ticks: ticks(from, to, round_step(rough_step), true), scale: Scale::Linear }
    }

    /// Whether so many of the medians are so much smaller than the largest value
    /// that only a symlog axis shows both.
    pub(in crate::charts) fn needs_symlog(smallest: f64, largest: f64, medians: &[f64]) -> bool {
        const LARGE: f64 = 50.0;
        const TIMES: f64 = 20.0;
        let small = medians.iter().filter(|median| **median * TIMES <= largest).count();
        smallest >= 0.0 && largest >= LARGE && small > 0 && 2 * small >= medians.len()
    }

    /// Values of which some are hundreds of units and others none.
    pub(in crate::charts) fn symlog(smallest: f64, largest: f64, unit: f64) -> Axis {
        let beyond = |value: f64| if value.abs() < unit { value } else { value * 1.25 };
        Axis::symlog_range(beyond(smallest.min(0.0)), beyond(largest.max(unit)), unit)
    }

    /// The same with no room beyond the values.
    pub(in crate::charts) fn symlog_range(from: f64, to: f64, unit: f64) -> Axis {
        let ends = (from.abs().max(to.abs()) / unit).max(1.0);
        let digits: &[f64] = if ends > 1e4 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let every = (ends.log10() / TICKS).ceil().max(1.0);
        let decades = (0..).map(|power| 10.0_f64.powf(every * f64::from(power)));
        let decades: Vec<f64> = decades.take_while(|decade| *decade <= ends).collect();
        let above: Vec<f64> =
            decades.iter().flat_map(|decade| digits.iter().map(move |digit| digit * decade * unit)).collect();
        let values = above.iter().rev().map(|value| -value).chain([0.0]).chain(above.iter().copied());
        Axis { from, to, ticks: plain_ticks(from, to, values), scale: Scale::Symlog { unit } }
    }

    /// Places of what is swept: logarithmic where they lie decades apart.
    pub(in crate::charts) fn places(places: &[f64]) -> Axis {
        let above: Vec<f64> = places.iter().copied().filter(|place| *place > 0.0).collect();
        if places.is_empty() {
            return Axis::around(0.0, 1.0);
        }
        let (from, to) = (smallest_of(places), largest_of(places));
        if from < 0.0 || !Axis::needs_log(&above) {
            return Axis::around(from, to);
        }
        if from > 0.0 {
            Axis::log(from, to)
        } else {
            Axis::symlog(0.0, to, smallest_of(&above)).with_room_below()
        }
    }

    /// Ratios, the least of which is 1: logarithmic where they span a decade, or
    /// where many of them crowd at their beginning.
    pub(in crate::charts) fn ratios(ratios: &[f64]) -> Axis {
        const CORNER: f64 = 0.2;
        const MANY: usize = 6;
        let (from, to) = (smallest_of(ratios).min(1.0), largest_of(ratios).max(2.0));
        let mut distinct = ratios.to_vec();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let in_corner = distinct.iter().filter(|ratio| **ratio <= from + CORNER * (to - from)).count();
        let is_crowded = distinct.len() >= MANY && 2 * in_corner >= distinct.len();
        if from > 0.0 && (to >= 10.0 * from || is_crowded) {
            return Axis::log(from, to);
        }
        let mut axis = Axis::around(from, to);
        axis.ticks.retain(|tick| tick.at >= from);
        axis
    }

    /// The scale of colours: logarithmic where many values are so much smaller
    /// than the largest that their colours would be all alike.
    pub(in crate::charts) fn colors(values: &[f64]) -> Axis {
        const TIMES: f64 = 20.0;
        const MANY: usize = 5;
        /// Beyond so many units the largest is a count rather than a fraction.
        const COUNTS: f64 = 50.0;
        let (from, to) = (smallest_of(values), largest_of(values));
        if from > to {
            return Axis::range(0.0, 1.0);
        }
        if from == to {
            return Axis::around(from, to);
        }
        let small = values.iter().filter(|value| **value * TIMES <= to).count();
        if from < 0.0 || MANY * small < values.len() {
            return Axis::range(from, to);
        }
        let unit = if to >= COUNTS { 1.0 } else { 10.0_f64.powf((to / 1000.0).log10().ceil()) };
        Axis::symlog_range(from, to, unit)
    }

    /// Whether places lie so unevenly that on a linear axis most would be in one
    /// corner, as 1, 10, 100 and 1,000 are.
    fn needs_log(places: &[f64]) -> bool {
        const TIMES: f64 = 50.0;
        const CORNER: f64 = 0.2;
        let (smallest, largest) = (smallest_of(places), largest_of(places));
        let in_corner = places.iter().filter(|place| **place <= CORNER * largest).count();
        smallest > 0.0 && largest >= TIMES * smallest && 2 * in_corner >= places.len()
    }

    /// A range above 0, with a little room at both ends, and ticks at powers of ten
    /// or, where these are few, at 1, 2 and 5 of each.
    pub(in crate::charts) fn log(smallest: f64, largest: f64) -> Axis {
        const ROOM: f64 = 0.06;
        const FEW: f64 = 3.0;
        let room = (largest / smallest).powf(ROOM);
        let (from, to) = (smallest / room, largest * room);
        let decades = (to / from).log10();
        let digits: &[f64] = if decades > FEW { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let every = (decades / TICKS).ceil().max(1.0) as usize;
        let powers = (from.log10().floor() as i32..=to.log10().ceil() as i32).step_by(every);
        let values = powers.flat_map(|power| digits.iter().map(move |digit| digit * 10.0_f64.powi(power)));
        Axis { from, to, ticks: plain_ticks(from, to, values), scale: Scale::Log }
    }

    /// The same axis, with a little room below 0 for the marks of what is 0.
    pub(in crate::charts) fn with_room_below(self) -> Axis {
        const ROOM: f64 = 0.03;
        let unit = if let Scale::Symlog { unit } = self.scale { unit } else { 1.0 };
        let height = self.scale.place(self.to) * unit;
        if self.from == 0.0 { Axis { from: -ROOM * height, ..self } } else { self }
    }

    /// Places with names, the first at 0; a name has a width of 1.
    pub(in crate::charts) fn names(count: usize) -> Axis {
        Axis { from: -0.5, to: count.max(1) as f64 - 0.5, ticks: Vec::new(), scale: Scale::Linear }
    }

    /// Where a value lies, from 0 at the axis' beginning to 1 at its end.
    pub(in crate::charts) fn share(&self, value: f64) -> f64 {
        self.share_beyond(value).clamp(0.0, 1.0)
    }

    /// The same, below 0 and above 1 where the value lies beyond the axis.
    pub(in crate::charts) fn share_beyond(&self, value: f64) -> f64 {
        let [value, from, to] = [value, self.from, self.to].map(|value| self.scale.place(value));
        (value - from) / (to - from)
    }
}

fn smallest_of(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn largest_of(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Ticks at those of the values that lie on the axis.
fn plain_ticks(from: f64, to: f64, values: impl Iterator<Item = f64>) -> Vec<Tick> {
    values.filter(|at| (from..=to).contains(at)).map(|at| Tick { at, label: number::plain(at) }).collect()
}

/// Whether a chart has a place for a value: others are left out, and counted.
pub(in crate::charts) fn can_show(value: f64) -> bool {
    value.abs() < LARGEST
}

/// The smallest of 1, 2, 5, 10, 20, … that is no smaller than the rough step.
fn round_step(rough: f64) -> f64 {
    let rough = rough.clamp(1e-12, 1e300);
    let decade = 10.0_f64.powf(rough.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * decade >= rough * 0.999_999);
    digit.unwrap_or(10.0) * decade
}

fn ticks(from: f64, to: f64, step: f64, shorten: bool) -> Vec<Tick> {
    let first = (from / step - 1e-6).ceil();
    let count = ((to / step + 1e-6).floor() - first).clamp(0.0, 4.0 * TICKS) as usize;
    // Adding 0 turns the negative zero that rounding can leave into a plain one.
    let values: Vec<f64> = (0..=count).map(|index| (first + index as f64) * step + 0.0).collect();
    let labels = number::ticks(&values, step, shorten);
    values.into_iter().zip(labels).map(|(at, label)| Tick { at, label }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn counts_begin_at_zero_and_are_whole() {
        assert_eq!(labels(&Axis::counts(0.0)), ["0", "1"]);
        assert_eq!(labels(&Axis::counts(3.0)), ["0", "1", "2", "3"]);
        assert_eq!(labels(&Axis::counts(31.0)), ["0", "5", "10", "15", "20", "25", "30"]);
        assert_eq!(labels(&Axis::counts(1.1e9))[1], "0.2 G");
        assert!(Axis::counts(u64::MAX as f64).ticks.len() > 3);
    }

    #[test]
    fn a_run_that_ends_just_before_a_round_time_is_drawn_up_to_it() {
        assert_eq!(Axis::seconds(0.2, 59.8).to, 60.0);
        assert_eq!(Axis::seconds(0.2, 52.0).to, 52.0);
    }

    #[test]
    fn measured_values_begin_at_zero_unless_far_from_it() {
        assert_eq!(labels(&Axis::measured(0.02, 0.5))[..3], ["0.0", "0.1", "0.2"]);
        assert!(Axis::measured(350.0, 360.0).from > 340.0);
        assert!(Axis::measured(-1.0, 9.0).from < -1.0);
        assert_eq!(Axis::measured(0.0, 0.0).to, 1.0);
        for value in [0.0, 1e-30, -1e-30, 5.0, -5.0, 1e20, -1e20] {
            let axis = Axis::measured(value, value);
            assert!(axis.ticks.len() > 1 && axis.share(value).is_finite(), "{value}: {axis:?}");
        }
    }

    #[test]
    fn a_symlog_axis_shows_zero_and_hundreds() {
        let axis = Axis::symlog(0.0, 218.0, 1.0);
        assert_eq!(labels(&axis), ["0", "1", "2", "5", "10", "20", "50", "100", "200"]);
        assert_eq!(axis.share(0.0), 0.0);
        assert!(axis.share(218.0) < 1.0 && axis.share(1.0) > 0.1);
        assert!(Axis::symlog(-300.0, 1e20, 1.0).ticks.len() < 30);
        let fine = Axis::symlog(0.0, 1.0, 0.01);
        assert_eq!((fine.share(0.0), fine.scale.note()), (0.0, ", logarithmic above 0.01".to_owned()));
        assert!(fine.share(0.01) > 0.1 && fine.share(0.1) - fine.share(0.01) > 0.3);
    }

    #[test]
    fn an_axis_over_decades_is_logarithmic_and_one_of_even_steps_is_not() {
        for (places, scale) in [
            (&[1.0, 10.0, 100.0, 1000.0][..], Scale::Log),
            (&[0.001, 0.1, 10.0], Scale::Log),
            (&[0.0, 10.0, 1000.0], Scale::Symlog { unit: 10.0 }),
            (&[0.0, 0.001, 0.01, 0.1, 1.0], Scale::Symlog { unit: 0.001 }),
            (&[-100.0, 10.0, 1000.0], Scale::Linear),
            (&[1.0, 2.0, 3.0, 4.0, 100.0], Scale::Log),
            (&[1.0, 25.0, 50.0, 75.0, 100.0], Scale::Linear),
            (&[1.0, 10.0], Scale::Linear),
        ] {
            let axis = Axis::places(places);
            assert_eq!(axis.scale, scale, "{places:?}");
            let shares: Vec<f64> = places.iter().map(|place| axis.share(*place)).collect();
            assert!(shares.windows(2).all(|pair| pair[1] - pair[0] > 0.02), "{places:?}: {shares:?}");
        }
        let axis = Axis::log(1.0, 1000.0);
        assert_eq!(labels(&axis), ["1", "10", "100", "1,000"]);
        let shares = [1.0, 10.0, 100.0, 1000.0].map(|value| axis.share(value));
        assert!(shares.windows(2).all(|pair| (pair[1] - pair[0] - (shares[1] - shares[0])).abs() < 1e-9));
        assert_eq!(labels(&Axis::log(1.0, 100.0)), ["1", "2", "5", "10", "20", "50", "100"]);
        assert!(Axis::log(1e-9, 1e12).ticks.len() <= 12);
    }

    #[test]
    fn ratios_begin_at_one_and_are_logarithmic_where_they_crowd() {
        let few = Axis::ratios(&[1.0, 2.0, 6.0]);
        assert_eq!((labels(&few), few.scale), (vec!["1", "2", "3", "4", "5", "6"], Scale::Linear));
        let decade = Axis::ratios(&[1.0, 4.0, 64.0]);
        assert_eq!((labels(&decade), decade.scale), (vec!["1", "2", "5", "10", "20", "50"], Scale::Log));
        assert_eq!(Axis::ratios(&[1.0, 1.1, 1.2, 1.3, 1.4, 6.0]).scale, Scale::Log);
        assert_eq!(Axis::ratios(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).scale, Scale::Linear);
        for axis in [few, decade, Axis::ratios(&[]), Axis::ratios(&[1.0; 9])] {
            assert!(axis.ticks.iter().all(|tick| tick.at >= 1.0), "{axis:?}");
        }
    }

    #[test]
    fn colours_tell_small_counts_apart_beside_hundreds() {
        let counts = Axis::colors(&[0.0, 2.0, 8.0, 20.0, 130.0, 470.0]);
        assert_eq!(counts.scale, Scale::Symlog { unit: 1.0 });
        assert!(counts.share(8.0) - counts.share(2.0) > 0.15 && counts.share(470.0) == 1.0);
        assert_eq!(Axis::colors(&[0.002, 0.004, 0.5, 3.0]).scale, Scale::Symlog { unit: 0.01 });
        for even in [&[1.0, 2.0, 3.0, 4.0][..], &[-0.1, 0.001, 1.0], &[3.0], &[]] {
            assert_eq!(Axis::colors(even).scale, Scale::Linear, "{even:?}");
        }
    }

    #[test]
    fn a_single_time_still_makes_an_axis() {
        for time in [0.0, 3.0, -2.0, 1.7e9, 1e-15] {
            let axis = Axis::seconds(time, time);
            assert!(axis.to > axis.from && axis.ticks.len() > 1, "{time}: {axis:?}");
        }
    }
}
