//! What a chart finds, in the words of its title.

use super::timeline::{self, Line};
use crate::charts::draw::number;
use crate::metrics::series::RunSeries;
use crate::model::event::MachineId;

/// The machine whose line ends highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::charts) struct Highest {
    pub machine: MachineId,
    pub at_end: f64,
    /// What it rose by in a second, from 0 at the beginning of the run.
    pub per_s: f64,
    /// The same as expected, where that is known.
    pub expected_per_s: Option<f64>,
    /// Whether its queue grows for good by the law, where that applies.
    pub is_overloaded: Option<bool>,
}

impl Highest {
    /// Of the lines of a run, one a machine; `None` where no line rises, and in
    /// less than a second, in which nothing is found.
    pub(in crate::charts) fn of(series: &RunSeries, lines: &[Line]) -> Option<Highest> {
        let (_, last_s) = timeline::span(series).filter(|(from, to)| *from >= 0.0 && *to >= 1.0)?;
        let (machine, line) =
            series.machines.iter().zip(lines).max_by(|a, b| a.1.at_end.total_cmp(&b.1.at_end))?;
        (line.at_end > 0.0).then_some(Highest {
            machine: machine.machine,
            at_end: line.at_end,
            per_s: line.at_end / last_s,
            expected_per_s: line.theory.last().filter(|(time, _)| *time > 0.0).map(|(time, end)| end / time),
            is_overloaded: line.is_overloaded,
        })
    }

    /// "0.58 messages/s; expected 0.52", where something is.
    pub(in crate::charts) fn rate(&self, unit: &str) -> String {
        let expected = self.expected_per_s.filter(|rate| rate.is_finite());
        let expected =
            expected.map_or(String::new(), |rate| format!("; expected {}", number::measured(rate)));
        format!("{} {unit}/s{expected}", number::measured(self.per_s))
    }
}

/// How the rate in a title was found.
pub(in crate::charts) const RATE: &str = "rate in the title: at the end ÷ time";

#[cfg(test)]
mod tests {
    use super::*;

    fn highest(per_s: f64, expected_per_s: Option<f64>) -> Highest {
        let at_end = 60.0 * per_s;
        Highest { machine: MachineId(1), at_end, per_s, expected_per_s, is_overloaded: None }
    }

    #[test]
    fn a_rate_is_told_with_its_unit_and_with_what_is_expected() {
        assert_eq!(highest(0.583, Some(0.5)).rate("messages"), "0.58 messages/s; expected 0.50");
        assert_eq!(highest(2.5, None).rate("clock units"), "2.50 clock units/s");
        assert_eq!(highest(2.5, Some(f64::NAN)).rate("clock units"), "2.50 clock units/s");
    }
}
