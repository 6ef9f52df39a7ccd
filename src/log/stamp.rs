//! Date and time of a log line, to the microsecond, UTC.

use jiff::{Timestamp, civil, tz::Offset};

use crate::model::time::LabTime;

const US_PER_S: i64 = 1_000_000;

/// Microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub i64);

impl Stamp {
    /// The stamp of a moment of lab time, for a run that began at `self`.
    pub fn at(self, time: LabTime) -> Stamp {
        Stamp(self.0.saturating_add(i64::try_from(time.as_micros()).unwrap_or(i64::MAX)))
    }

    /// Seconds from `origin` to this stamp.
    pub fn seconds_since(self, origin: Stamp) -> f64 {
        self.0.saturating_sub(origin.0) as f64 / US_PER_S as f64
    }
}

impl From<Timestamp> for Stamp {
    fn from(timestamp: Timestamp) -> Stamp {
        Stamp(timestamp.as_microsecond())
    }
}

/// Writes stamps, and keeps the text of the last second, since most lines
/// share it with the line before.
#[derive(Debug)]
pub(super) struct StampWriter {
    second: i64,
    text: Vec<u8>,
}

impl Default for StampWriter {
    fn default() -> StampWriter {
        StampWriter { second: i64::MIN, text: Vec::new() }
    }
}

impl StampWriter {
    /// Appends `2026-03-05 12:46:04.020113`.
    #[inline]
    pub fn write(&mut self, stamp: Stamp, out: &mut Vec<u8>) {
        let second = stamp.0.div_euclid(US_PER_S);
        if second != self.second {
            self.second = second;
            self.text = second_text(second).into_bytes();
        }
        out.extend_from_slice(&self.text);
        let mut micros = stamp.0.rem_euclid(US_PER_S) as u32;
        let mut digits = *b".000000";
        for digit in digits[1..].iter_mut().rev() {
            *digit = b'0' + (micros % 10) as u8;
            micros /= 10;
        }
        out.extend_from_slice(&digits);
    }
}

fn second_text(second: i64) -> String {
    let timestamp = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::UTC.to_datetime(timestamp).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Length of `2026-03-05 12:46:04`.
const SECOND_LENGTH: usize = 19;

/// Reads stamps, and keeps the last second's value for the lines that share it.
#[derive(Debug)]
pub(super) struct StampParser {
    text: [u8; SECOND_LENGTH],
    micros: i64,
}

impl Default for StampParser {
    fn default() -> StampParser {
        StampParser { text: *b"1970-01-01 00:00:00", micros: 0 }
    }
}

impl StampParser {
    /// The stamp at the start of `line`, in whole seconds or with up to six
    /// decimals, and what follows it.
    #[inline]
    pub fn parse<'a>(&mut self, line: &'a [u8]) -> Option<(Stamp, &'a [u8])> {
        let (second, rest) = line.split_first_chunk::<SECOND_LENGTH>()?;
        if *second != self.text {
            self.micros = parse_second(second)?.checked_mul(US_PER_S)?;
            self.text = *second;
        }
        let Some(decimals) = rest.strip_prefix(b".") else {
            return Some((Stamp(self.micros), rest));
        };
        let (fraction, rest) = parse_decimals(decimals)?;
        Some((Stamp(self.micros + fraction), rest))
    }
}

#[inline]
fn parse_decimals(text: &[u8]) -> Option<(i64, &[u8])> {
    if let Some((six, rest)) = text.split_first_chunk::<6>()
        && six.iter().all(u8::is_ascii_digit)
        && !rest.first().is_some_and(u8::is_ascii_digit)
    {
        let micros = six.iter().fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'));
        return Some((micros, rest));
    }
    parse_odd_decimals(text)
}

/// Fewer or more than six digits; what is finer than microseconds is dropped.
#[cold]
fn parse_odd_decimals(text: &[u8]) -> Option<(i64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let kept = text[..digits].iter().chain(std::iter::repeat(&b'0')).take(6);
    let micros = kept.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'));
    (digits > 0).then_some((micros, &text[digits..]))
}

fn parse_second(text: &[u8; SECOND_LENGTH]) -> Option<i64> {
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0i16, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i16::from(byte - b'0')))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let small = |from, to| number(from, to).map(|value| value as i8);
    let date = civil::Date::new(number(0, 4)?, small(5, 7)?, small(8, 10)?).ok()?;
    let time = civil::Time::new(small(11, 13)?, small(14, 16)?, small(17, 19)?, 0).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(stamp: Stamp) -> String {
        let mut out = Vec::new();
        StampWriter::default().write(stamp, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn parsed(text: &str) -> Option<Stamp> {
        StampParser::default().parse(text.as_bytes()).map(|(stamp, _)| stamp)
    }

    #[test]
    fn stamps_survive_writing_and_reading() {
        for micros in [0, 1, 1_772_714_764_020_113, 1_772_714_764_000_000, 4_102_444_799_999_999] {
            assert_eq!(parsed(&written(Stamp(micros))), Some(Stamp(micros)));
        }
        assert_eq!(written(Stamp(1_772_714_764_020_113)), "2026-03-05 12:46:04.020113");
    }

    #[test]
    fn every_microsecond_of_a_second_is_read_as_written() {
        (0..1_000_000).step_by(37).for_each(|micros| {
            assert_eq!(
                parse_decimals(format!("{micros:06} | SEND").as_bytes()).map(|read| read.0),
                Some(micros)
            );
        });
        for (text, micros) in [("12", 120_000), ("1234567 |", 123_456), ("000001x", 1)] {
            assert_eq!(parse_decimals(text.as_bytes()).map(|read| read.0), Some(micros), "{text}");
        }
    }

    #[test]
    fn whole_seconds_and_short_decimals_are_read() {
        assert_eq!(parsed("2026-03-05 12:46:04 |"), Some(Stamp(1_772_714_764_000_000)));
        assert_eq!(parsed("2026-03-05 12:46:04.5 |"), Some(Stamp(1_772_714_764_500_000)));
    }

    #[test]
    fn dates_that_do_not_exist_are_no_stamps() {
        assert_eq!(parsed(&"\0".repeat(40)), None, "what a lost disk leaves is no moment");
        for text in ["2026-02-30 12:46:04", "2026-03-05 25:46:04", "2026-03-05T12:46:04", "2026-03-05 12:46"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
