//! What varies from cell to cell of a sweep, and the order and scale of its
//! values.

use std::collections::BTreeSet;

use crate::model::delay::Delay;
use crate::model::time::LabTime;
use crate::plan::Cell;
use crate::spec::Title;

/// Between the values, and the names, of keys that stand side by side.
pub const BETWEEN: &str = " · ";

/// A key, or several that step together.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanAxis<'a> {
    keys: Vec<&'a str>,
    /// Where they stand in the settings of a cell.
    places: Vec<usize>,
    /// Each once, in order.
    values: Vec<AxisValue>,
    scale: Scale,
}

#[derive(Clone, Debug, PartialEq)]
struct AxisValue {
    text: String,
    /// Where it stands among numbers: a number, or a time in seconds.
    number: Option<f64>,
}

/// What the values of an axis are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Numbers,
    Times(TimeUnit),
    /// Not all of them are numbers, or they are those of several keys.
    Names,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct TimeUnit {
    word: &'static str,
    seconds: f64,
}

/// From the largest; the first that is no longer than the longest time.
const UNITS: [TimeUnit; 4] = [
    TimeUnit { word: "s", seconds: 1.0 },
    TimeUnit { word: "ms", seconds: 1e-3 },
    TimeUnit { word: "µs", seconds: 1e-6 },
    TimeUnit { word: "ns", seconds: 1e-9 },
];

impl<'a> PlanAxis<'a> {
    /// The axes of an experiment's cells. Two keys step together where each value
    /// of the one goes with one value of the other.
    pub fn all(cells: &[&'a Cell]) -> Vec<PlanAxis<'a>> {
        let settings = cells.first().map_or(&[][..], |cell| &cell.settings);
        let pairs = |a: usize, b: usize| -> BTreeSet<(&str, &str)> {
            let value = |cell: &&'a Cell, at: usize| -> &'a str { &cell.settings[at].1 };
            cells.iter().map(|cell| (value(cell, a), value(cell, b))).collect()
        };
        let mut axes: Vec<PlanAxis<'a>> = Vec::new();
        for (at, (key, _)) in settings.iter().enumerate() {
            let own = pairs(at, at).len();
            let together = |axis: &&mut PlanAxis<'a>| {
                let other = axis.places[0];
                own > 1 && own == pairs(other, other).len() && own == pairs(other, at).len()
            };
            match axes.iter_mut().find(together) {
                Some(axis) => {
                    axis.keys.push(key);
                    axis.places.push(at);
                }
                None => axes.push(PlanAxis {
                    keys: vec![key],
                    places: vec![at],
                    values: Vec::new(),
                    scale: Scale::Names,
                }),
            }
        }
        axes.iter_mut().for_each(|axis| axis.order(cells));
        axes
    }

    /// Finds the values, their order and their scale: numbers and times from the
    /// smallest on; delays, which may be of several laws, by their mean; others
    /// as the sweep names them.
    fn order(&mut self, cells: &[&Cell]) {
        let mut places: Vec<(AxisValue, Option<f64>)> = Vec::new();
        for cell in cells {
            let text = self.text(cell);
            if places.iter().all(|(other, _)| other.text != text) {
                let (number, rank) = self.number(&text);
                places.push((AxisValue { text, number }, rank));
            }
        }
        if places.iter().all(|(_, rank)| rank.is_some()) {
            let rank = |place: &(AxisValue, Option<f64>)| place.1.unwrap_or_default();
            places.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
        }
        self.values = places.into_iter().map(|(value, _)| value).collect();
        let numbers: Option<Vec<f64>> = self.values.iter().map(|value| value.number).collect();
        self.scale = match numbers {
            None => Scale::Names,
            Some(_) if self.values.iter().all(|value| value.text.parse::<f64>().is_ok()) => Scale::Numbers,
            Some(times) => Scale::Times(unit(&times)),
        };
    }

    /// The number of a value, and what it is sorted by.
    fn number(&self, text: &str) -> (Option<f64>, Option<f64>) {
        if self.keys.len() > 1 {
            return (None, None);
        }
        let same = |number: f64| (Some(number), Some(number));
        // As in an override, a text may have quotes.
        let text = text.trim_matches(['"', '\'']);
        if let Ok(number) = text.parse::<f64>() {
            return if number.is_finite() { same(number) } else { (None, None) };
        }
        let delay = || text.parse::<Delay>().ok();
        match LabTime::parse(text).ok().map(Delay::Constant).or_else(delay) {
            None => (None, None),
            Some(Delay::None) => same(0.0),
            Some(Delay::Constant(time)) => same(time.as_secs_f64()),
            Some(Delay::Uniform { low, high }) => (None, Some((low + high).as_secs_f64() / 2.0)),
            Some(Delay::Exponential { mean }) => (None, Some(mean.as_secs_f64())),
        }
    }

    /// What it is called beside [`Self::names`], which have their own units if any.
    pub fn label(&self) -> String {
        self.keys.iter().map(|key| label_of(key)).collect::<Vec<_>>().join(BETWEEN)
    }

    /// What it is called beside [`Self::numbers`], with their unit.
    pub fn label_of_numbers(&self) -> String {
        match self.scale {
            Scale::Times(unit) => format!("{} ({})", self.label(), unit.word),
            Scale::Numbers | Scale::Names => self.label(),
        }
    }

    /// What it is called in a file's name.
    pub fn file_word(&self) -> String {
        let word = |key: &&str| key.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        self.keys.iter().map(word).collect::<Vec<_>>().join("_with_")
    }

    /// The value of a cell, as the sweep names it.
    pub fn text(&self, cell: &Cell) -> String {
        let value = |place: &usize| cell.settings.get(*place).map_or("", |(_, value)| value);
        self.places.iter().map(value).collect::<Vec<_>>().join(BETWEEN)
    }

    /// The place of a cell's value among all of them, from 0.
    pub fn place(&self, cell: &Cell) -> Option<usize> {
        let text = self.text(cell);
        self.values.iter().position(|value| value.text == text)
    }

    /// All values as the sweep names them, in order.
    pub fn names(&self) -> Vec<String> {
        self.values.iter().map(|value| value.text.clone()).collect()
    }

    /// All values to scale, in order and in the unit of [`Self::label_of_numbers`]; `None`
    /// where not all of them are numbers.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        let seconds = match self.scale {
            Scale::Names => return None,
            Scale::Numbers => 1.0,
            Scale::Times(unit) => unit.seconds,
        };
        self.values.iter().map(|value| Some(value.number? / seconds)).collect()
    }
}

/// What a key is called along an axis, with its unit where that is always the same.
pub fn label_of(key: &str) -> String {
    let Title { words, unit } = Title::of(key);
    unit.map_or(words.clone(), |unit| format!("{words} ({unit})"))
}

fn unit(times_s: &[f64]) -> TimeUnit {
    let longest = times_s.iter().copied().fold(0.0, f64::max);
    let nanosecond = LabTime(1).as_secs_f64();
    let fits = |unit: &&TimeUnit| longest >= unit.seconds || longest < nanosecond;
    UNITS.iter().find(fits).copied().unwrap_or(UNITS[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cells;
    use crate::spec::Override;
    use crate::spec::SpecText;

    fn cells_over(key: &str, values: &str) -> Vec<Cell> {
        let text =
            "name = \"x\"\nduration = \"60s\"\n[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 2\n";
        let source = SpecText { name: "x.toml".to_owned(), text: text.to_owned() };
        cells(&[source], &[Override::new(format!("--set {key}={values}"), key, values)], Some(1)).unwrap()
    }

    fn axis(cells: &[Cell]) -> PlanAxis<'_> {
        PlanAxis::all(&cells.iter().collect::<Vec<_>>()).remove(0)
    }

    #[test]
    fn times_and_numbers_are_in_order_and_to_scale() {
        for (key, values, label, names, numbers) in [
            (
                "duration",
                "100s,1s,2m,.5s",
                ["duration", "duration (s)"],
                &[".5s", "1s", "100s", "2m"][..],
                &[0.5, 1.0, 100.0, 120.0][..],
            ),
            (
                "duration",
                "1000s,1s,100s,10s",
                ["duration", "duration (s)"],
                &["1s", "10s", "100s", "1000s"],
                &[1.0, 10.0, 100.0, 1000.0],
            ),
            (
                "network.delay",
                "constant:100ms,none,constant:5ms",
                ["network delay", "network delay (ms)"],
                &["none", "constant:5ms", "constant:100ms"],
                &[0.0, 5.0, 100.0],
            ),
            (
                "internal_prob",
                "0.7,1e-2,0.5",
                ["internal-event probability"; 2],
                &["1e-2", "0.5", "0.7"],
                &[0.01, 0.5, 0.7],
            ),
            (
                "machine.1.count",
                "100,8,20",
                ["number of machines like machine 1"; 2],
                &["8", "20", "100"],
                &[8.0, 20.0, 100.0],
            ),
            (
                "machine.2.clock_rate",
                "2.5,10,1",
                ["clock rate of machine 2 (ticks/s)"; 2],
                &["1", "2.5", "10"],
                &[1.0, 2.5, 10.0],
            ),
        ] {
            let cells = cells_over(key, values);
            let axis = axis(&cells);
            assert_eq!([axis.label(), axis.label_of_numbers()], label);
            assert_eq!(axis.names(), names);
            let found = axis.numbers().unwrap();
            assert!(
                found.iter().zip(numbers).all(|(found, right)| (found - right).abs() < 1e-9),
                "{found:?}"
            );
            assert_eq!(axis.place(&cells[0]), names.iter().position(|name| values.starts_with(name)));
        }
    }

    #[test]
    fn delays_of_several_laws_are_names_in_the_order_of_their_means() {
        let cells = cells_over(
            "network.delay",
            "exponential:50ms;uniform:100ms..500ms;none;constant:100ms;exponential:2s",
        );
        let axis = axis(&cells);
        let sorted = ["none", "exponential:50ms", "constant:100ms", "uniform:100ms..500ms", "exponential:2s"];
        assert_eq!((axis.names(), axis.numbers()), (sorted.map(str::to_owned).to_vec(), None));
        assert_eq!(axis.label(), "network delay");
    }

    #[test]
    fn other_names_keep_the_order_of_the_sweep() {
        let cells = cells_over("clock_rates", "4,5;1,2;3,1");
        assert_eq!(
            (axis(&cells).names(), axis(&cells).numbers()),
            (vec!["4,5".into(), "1,2".into(), "3,1".into()], None)
        );
    }
}
