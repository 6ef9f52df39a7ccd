//! A wanted precision, and how many runs it needs.

use std::fmt;
use std::str::FromStr;

use super::ALPHA;
use super::moments::Moments;
use super::student::critical_t;
use crate::metrics::Quantity;
use crate::metrics::quantity::QuantityError;

/// How narrow the 95 % interval of a mean is to be: `end_queue ci95 < 10%`,
/// `m2.end_queue ci95 < 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    pub quantity: Quantity,
    /// What half the interval's width is to stay below.
    pub half_width: HalfWidth,
}

/// Half the width of an interval; above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HalfWidth {
    /// In the quantity's own unit.
    Absolute(f64),
    /// Of the mean's absolute value.
    Percent(f64),
}

/// Text that is no precision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrecisionError {
    #[error("`{text}` is no precision; write it like `end_queue ci95 < 10%` or `m2.end_queue ci95 < 2`")]
    Form { text: String },
    #[error("`{text}` is no width; write a number above 0, such as `10%` of the mean or `2` messages")]
    Width { text: String },
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

impl Precision {
    /// Whether these values know their mean so precisely; fewer than two never do.
    pub fn is_met(&self, values: &[f64]) -> bool {
        Moments::of(values).is_some_and(|moments| self.is_met_by(&moments, moments.n))
    }

    /// How many runs would know the mean so precisely, if all were like those
    /// of the pilot: the smallest n with t × sd ÷ √n below the wanted half
    /// width. `None` for a pilot of fewer than two values, where no number is
    /// enough, as with a share of a mean of 0, and beyond 2⁵³.
    pub fn runs_needed(&self, pilot: &[f64]) -> Option<u64> {
        const MOST: u64 = 1 << 53;
        let moments = Moments::of(pilot).filter(|moments| moments.n > 1)?;
        let met = |n: u64| self.is_met_by(&moments, n);
        let mut enough = 2;
        while !met(enough) {
            enough = Some(enough * 2).filter(|enough| *enough <= MOST)?;
        }
        // The interval narrows with every run, so halving finds the first.
        let mut too_few = enough / 2;
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            if met(middle) { enough = middle } else { too_few = middle }
        }
        Some(enough)
    }

    /// As if so many runs had these moments.
    fn is_met_by(&self, moments: &Moments, n: u64) -> bool {
        let wanted = match self.half_width {
            HalfWidth::Absolute(width) => width,
            HalfWidth::Percent(percent) => percent / 100.0 * moments.mean.abs(),
        };
        let error = Moments { n, ..*moments }.standard_error();
        // What does not vary is known, whatever its mean.
        n > 1 && (error == 0.0 || critical_t((n - 1) as f64, ALPHA) * error < wanted)
    }
}

impl FromStr for Precision {
    type Err = PrecisionError;

    fn from_str(text: &str) -> Result<Precision, PrecisionError> {
        let form = || PrecisionError::Form { text: text.to_owned() };
        let (left, width) = text.split_once('<').ok_or_else(form)?;
        let quantity = left.trim_end().strip_suffix("ci95").ok_or_else(form)?;
        if quantity.trim().is_empty() || !quantity.ends_with(char::is_whitespace) {
            return Err(form());
        }
        Ok(Precision { quantity: quantity.parse()?, half_width: width.parse()? })
    }
}

impl FromStr for HalfWidth {
    type Err = PrecisionError;

    fn from_str(text: &str) -> Result<HalfWidth, PrecisionError> {
        let text = text.trim();
        let (number, is_percent) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text, false),
        };
        let width = number.parse::<f64>().ok().filter(|width| *width > 0.0 && width.is_finite());
        match width {
            Some(percent) if is_percent => Ok(HalfWidth::Percent(percent)),
            Some(width) => Ok(HalfWidth::Absolute(width)),
            None => Err(PrecisionError::Width { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ci95 < {}", self.quantity, self.half_width)
    }
}

impl fmt::Display for HalfWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HalfWidth::Absolute(width) => width.fmt(f),
            HalfWidth::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::synthetic::Source;

    fn precision(text: &str) -> Precision {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        for text in [
            "end_queue ci95 < 10%",
            "m2.end_queue ci95 < 2",
            "fidelity ci95 < 0.001",
            "jump_mean ci95 < 0.5%",
        ] {
            assert_eq!(precision(text).to_string(), text);
        }
        assert_eq!(precision("  m12.max_queue  ci95<7 % ").to_string(), "m12.max_queue ci95 < 7%");
    }

    #[test]
    fn what_is_no_precision_is_answered_with_its_form() {
        let told = |text: &str| text.parse::<Precision>().unwrap_err().to_string();
        for text in [
            "",
            "end_queue",
            "end_queue < 10%",
            "ci95 < 2",
            "end_queueci95 < 2",
            "end_queue ci95 > 2",
            "end_queue ci90 < 2",
        ] {
            assert!(told(text).contains("like `end_queue ci95 < 10%`"), "{text}");
        }
        for width in ["", "0", "-1", "NaN", "inf", "ten", "0%", "%", "2%%"] {
            assert!(told(&format!("end_queue ci95 < {width}")).contains("above 0"), "{width}");
        }
        assert!(told("end_queu ci95 < 2").contains("did you mean `end_queue`"));
    }

    #[test]
    fn the_number_needed_is_the_smallest_that_is_enough() {
        let mut source = Source::new(3);
        let pilot = source.sample(30, Source::queue);
        for text in
            ["end_queue ci95 < 10%", "end_queue ci95 < 2", "end_queue ci95 < 0.01", "end_queue ci95 < 40%"]
        {
            let wanted = precision(text);
            let moments = Moments::of(&pilot).unwrap();
            let needed = wanted.runs_needed(&pilot).unwrap();
            assert!(wanted.is_met_by(&moments, needed), "{text}: {needed}");
            assert!(needed == 2 || !wanted.is_met_by(&moments, needed - 1), "{text}: {needed}");
        }
        // z² sd²/h² for a large number.
        let sd = Moments::of(&pilot).unwrap().sd;
        let needed = precision("end_queue ci95 < 0.01").runs_needed(&pilot).unwrap() as f64;
        assert!((needed / (1.959_964 * sd / 0.01).powi(2) - 1.0).abs() < 1e-4, "{needed}");
    }

    #[test]
    fn so_many_runs_are_about_enough() {
        let wanted = precision("end_queue ci95 < 5%");
        let mut source = Source::new(4);
        let pilot = source.sample(100, Source::queue);
        let needed = wanted.runs_needed(&pilot).unwrap() as usize;
        assert!(wanted.is_met(&source.sample(needed * 3 / 2, Source::queue)));
        assert!(!wanted.is_met(&source.sample(needed / 2, Source::queue)));
    }

    #[test]
    fn odd_pilots_have_an_answer_or_none() {
        let (percent, absolute) = (precision("end_queue ci95 < 10%"), precision("end_queue ci95 < 1e-300"));
        for (pilot, needed) in [
            (&[] as &[f64], None),
            (&[3.0], None),
            (&[f64::NAN, 1.0], None),
            (&[0.0, 0.0], Some(2)),
            (&[5.0, 5.0, 5.0], Some(2)),
            (&[-1.0, 1.0], None),
        ] {
            assert_eq!(percent.runs_needed(pilot), needed, "{pilot:?}");
            assert_eq!(percent.is_met(pilot), needed.is_some(), "{pilot:?}");
        }
        assert_eq!(absolute.runs_needed(&[1.0, 2.0]), None);
    }
}
