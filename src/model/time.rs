//! Lab time: nanoseconds of the experiment since its start. Reads no clock.

use std::fmt;
use std::ops::{Add, Sub};

use jiff::SignedDuration;
use jiff::fmt::friendly::{Designator, Spacing, SpanParser, SpanPrinter};

const NS_PER_US: u64 = 1_000;
const NS_PER_S: f64 = 1e9;

/// A moment or a span of lab time, in whole nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabTime(pub u64);

impl LabTime {
    pub const ZERO: LabTime = LabTime(0);

    /// The nearest nanosecond; what is negative or not a number becomes zero.
    pub fn from_secs_f64(seconds: f64) -> LabTime {
        LabTime((seconds * NS_PER_S).round() as u64)
    }

    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S
    }

    /// Whole microseconds, rounded down.
    pub fn as_micros(self) -> u64 {
        self.0 / NS_PER_US
    }

    pub fn saturating_sub(self, other: LabTime) -> LabTime {
        LabTime(self.0.saturating_sub(other.0))
    }

    /// Reads a duration as people write it: `60s`, `1m 30s`, `100ms`.
    pub fn parse(text: &str) -> Result<LabTime, ParseDurationError> {
        let refuse = || ParseDurationError(text.to_owned());
        let text = with_digits_before_points(&text.trim().replace(GREEK_MU, MICRO_SIGN));
        let span: SignedDuration = SpanParser::new().parse_duration(&text).map_err(|_| refuse())?;
        u64::try_from(span.as_nanos()).map(LabTime).map_err(|_| refuse())
    }
}

/// Two letters that look alike, and the one that the parser knows.
const GREEK_MU: &str = "\u{3bc}";
const MICRO_SIGN: &str = "\u{b5}";

/// `.5` as `0.5`.
fn with_digits_before_points(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        let before = written.chars().next_back();
        let after = text[at..].chars().nth(1);
        if c == '.'
            && after.is_some_and(|c| c.is_ascii_digit())
            && !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
        {
            written.push('0');
        }
        written.push(c);
    }
    written
}

/// Text that is no duration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a duration; write it like `60s`, `1m 30s` or `100ms`")]
pub struct ParseDurationError(pub String);

impl fmt::Display for LabTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i64::try_from(self.0).unwrap_or(i64::MAX);
        let printer = SpanPrinter::new().designator(Designator::Compact).spacing(Spacing::BetweenUnits);
        let span = SignedDuration::from_nanos(nanos);
        f.write_str(&printer.duration_to_string(&span))
    }
}

impl Add for LabTime {
    type Output = LabTime;

    fn add(self, other: LabTime) -> LabTime {
        LabTime(self.0.saturating_add(other.0))
    }
}

impl Sub for LabTime {
    type Output = LabTime;

    fn sub(self, other: LabTime) -> LabTime {
        self.saturating_sub(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them_and_print_back() {
        for (text, nanos, printed) in [
            ("60s", 60_000_000_000, "1m"),
            ("1m 30s", 90_000_000_000, "1m 30s"),
            ("100ms", 100_000_000, "100ms"),
            ("0.5s", 500_000_000, "500ms"),
            (".5s", 500_000_000, "500ms"),
            ("1m .5s", 60_500_000_000, "1m 500ms"),
            ("500\u{3bc}s", 500_000, "500µs"),
            ("500\u{b5}s", 500_000, "500µs"),
        ] {
            let time = LabTime::parse(text).unwrap();
            assert_eq!(time, LabTime(nanos), "{text}");
            assert_eq!(time.to_string(), printed);
            assert_eq!(LabTime::parse(printed), Ok(time));
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_an_example() {
        for text in ["", "60", "-3s", "soon", "1e9y"] {
            assert!(LabTime::parse(text).is_err(), "{text}");
        }
    }
}
