//! When something happened, as logs write it, in microseconds.

use std::sync::Arc;

use jiff::fmt::strtime::BrokenDownTime;
use jiff::{civil, tz::Offset};

const US_PER_S: i64 = 1_000_000;
const US_PER_DAY: i64 = 24 * 3600 * US_PER_S;

/// How a dialect writes times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// `2025-03-05 12:46:04.25`, with `-` or `/`, a space, `T` or `:` before
    /// the hour, and `.` or `,` before decimals.
    DateTime,
    /// `Mar  4 22:17:35` or `03-04 22:17:35`: no year.
    MonthDay,
    /// `22:17:35.422`: no day.
    TimeOfDay,
    /// A number, counted since 1970.
    Epoch(Unit),
    /// A number, counted since the start of the run.
    Elapsed(Unit),
    /// In the notation of `strptime`: `%d/%m/%Y %H:%M:%S%.f`.
    Strptime(Arc<str>),
    /// Logs tell no time: their lines stand in their order, and no more is known.
    None,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl TimeFormat {
    /// All that a dialect can ask for, by name.
    pub const NAMES: [(&'static str, TimeFormat); 12] = [
        ("date-time", TimeFormat::DateTime),
        ("month-day", TimeFormat::MonthDay),
        ("time-of-day", TimeFormat::TimeOfDay),
        ("epoch-s", TimeFormat::Epoch(Unit::Seconds)),
        ("epoch-ms", TimeFormat::Epoch(Unit::Milliseconds)),
        ("epoch-us", TimeFormat::Epoch(Unit::Microseconds)),
        ("epoch-ns", TimeFormat::Epoch(Unit::Nanoseconds)),
        ("elapsed-s", TimeFormat::Elapsed(Unit::Seconds)),
        ("elapsed-ms", TimeFormat::Elapsed(Unit::Milliseconds)),
        ("elapsed-us", TimeFormat::Elapsed(Unit::Microseconds)),
        ("elapsed-ns", TimeFormat::Elapsed(Unit::Nanoseconds)),
        ("none", TimeFormat::None),
    ];

    /// By its name, or in the notation of `strptime`.
    pub fn named(name: &str) -> Option<TimeFormat> {
        if name.contains('%') {
            return strptime_format(name).map(TimeFormat::Strptime);
        }
        TimeFormat::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, format)| format)
    }

    /// As a dialect asks for it.
    pub fn name(&self) -> &str {
        match self {
            TimeFormat::Strptime(format) => format,
            other => {
                TimeFormat::NAMES.iter().find(|(_, known)| known == other).map_or("time", |(name, _)| name)
            }
        }
    }

    /// Whether it tells the day, so that stamps are dates and not only spans.
    pub fn tells_the_date(&self) -> bool {
        match self {
            TimeFormat::Strptime(format) => {
                ["%Y", "%y", "%F", "%D", "%s"].iter().any(|part| format.contains(part))
            }
            other => matches!(other, TimeFormat::DateTime | TimeFormat::Epoch(_)),
        }
    }

    /// Whether its numbers begin with the run.
    pub fn begins_with_the_run(&self) -> bool {
        matches!(self, TimeFormat::Elapsed(_) | TimeFormat::None)
    }
}

/// Reads times of one log in order: what is missing of the day follows from the
/// line before. Keeps the last second's value for the lines that share it.
#[derive(Clone, Debug)]
pub struct TimeParser {
    format: TimeFormat,
    second_text: Vec<u8>,
    second_us: i64,
    last_us: Option<i64>,
    has_leap_day: bool,
}

impl TimeParser {
    pub fn new(format: TimeFormat) -> TimeParser {
        TimeParser { format, second_text: Vec::new(), second_us: 0, last_us: None, has_leap_day: false }
    }

    /// The timestamp in microseconds: since 1970 where the format tells the date,
    /// and since some other moment that all logs of a run share where not.
    #[inline]
    pub fn parse(&mut self, text: &[u8]) -> Option<i64> {
        match &self.format {
            TimeFormat::None => Some(0),
            TimeFormat::Epoch(unit) | TimeFormat::Elapsed(unit) => count(text.trim_ascii(), *unit),
            TimeFormat::Strptime(format) => {
                let format = Arc::clone(format);
                self.strptime(&format, text)
            }
            TimeFormat::DateTime => self.with_second(text, date_time),
            TimeFormat::MonthDay => {
                let within_leap_year = self.with_second(text, month_day)?;
                let within_year = self.without_leap_day(within_leap_year);
                self.after_the_last(within_year, 365 * US_PER_DAY)
            }
            TimeFormat::TimeOfDay => {
                let within_day = self.with_second(text, time_of_day)?;
                self.after_the_last(within_day, US_PER_DAY)
            }
        }
    }

    #[cold]
    fn strptime(&mut self, format: &str, text: &[u8]) -> Option<i64> {
        let text = str::from_utf8(text.trim_ascii()).ok()?;
        let found = BrokenDownTime::parse(format, text.replace(',', ".")).ok()?;
        if let Ok(timestamp) = found.to_timestamp() {
            return Some(timestamp.as_microsecond());
        }
        let part = |part: Option<i8>| i64::from(part.unwrap_or(0));
        let of_day = found.to_time().ok();
        let hour = of_day.map_or(0, |time| i64::from(time.hour()));
        let seconds = (hour * 60 + part(found.minute())) * 60 + part(found.second());
        let within_us = seconds * US_PER_S + i64::from(found.subsec_nanosecond().unwrap_or(0) / 1000);
        match (found.year(), found.month(), found.day()) {
            (Some(year), Some(month), Some(day)) => {
                let midnight_s = timestamp(year.into(), month.into(), day.into(), [0; 3])?;
                midnight_s.checked_mul(US_PER_S)?.checked_add(within_us)
            }
            (None, Some(month), Some(day)) => {
                let midnight_s = timestamp(LEAP_YEAR, month.into(), day.into(), [0; 3])?;
                let day_us = (midnight_s - timestamp(LEAP_YEAR, 1, 1, [0; 3])?) * US_PER_S;
                let within_year = self.without_leap_day(day_us + within_us);
                self.after_the_last(within_year, 365 * US_PER_DAY)
            }
            _ if found.hour().is_some() => self.after_the_last(within_us, US_PER_DAY),
            _ => self.after_the_last(within_us, US_PER_DAY / 24),
        }
    }

    #[inline]
    fn with_second(&mut self, text: &[u8], second: fn(&[u8]) -> Option<i64>) -> Option<i64> {
        let (text, half) = without_half(text.trim_ascii());
        let (whole, fraction_us, offset_us) = split(text)?;
        if self.second_text.is_empty() || whole != self.second_text {
            self.second_us = second(whole)?.checked_mul(US_PER_S)?;
            self.second_text.clear();
            self.second_text.extend_from_slice(whole);
        }
        let half_us = half.map_or(Some(0), |half| half.shift_us(self.second_us))?;
        self.second_us.checked_add(half_us)?.checked_add(fraction_us)?.checked_sub(offset_us)
    }

    /// A year has no 29 February before one is seen.
    fn without_leap_day(&mut self, within_leap_year_us: i64) -> i64 {
        /// Of 29 February, counted from 0.
        const LEAP_DAY: i64 = 59;
        let day = within_leap_year_us.div_euclid(US_PER_DAY);
        self.has_leap_day |= day == LEAP_DAY;
        let is_later = day > LEAP_DAY && !self.has_leap_day;
        within_leap_year_us - if is_later { US_PER_DAY } else { 0 }
    }

    /// A time that falls by more than half a turn belongs to the next one.
    fn after_the_last(&mut self, within_us: i64, turn_us: i64) -> Option<i64> {
        let mut timestamp = within_us;
        if let Some(last) = self.last_us {
            let turns =
                last.div_euclid(turn_us) + i64::from(within_us < last.rem_euclid(turn_us) - turn_us / 2);
            timestamp = turns.checked_mul(turn_us)?.checked_add(within_us)?;
        }
        self.last_us = Some(timestamp);
        Some(timestamp)
    }
}

/// The half of the day that a clock of twelve hours is in.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

impl Half {
    /// From the time as it reads to the one meant; `None` of an hour that such
    /// clocks have not.
    fn shift_us(self, read_us: i64) -> Option<i64> {
        match (self, read_us.rem_euclid(US_PER_DAY) / (US_PER_DAY / 24)) {
            (_, 0 | 13..) => None,
            (Half::Morning, 12) => Some(-US_PER_DAY / 2),
            (Half::Afternoon, ..=11) => Some(US_PER_DAY / 2),
            _ => Some(0),
        }
    }
}

/// A format in which the decimals of a second may be missing, with a point before
/// them; `None` of one that asks for what no time has.
fn strptime_format(format: &str) -> Option<Arc<str>> {
    let format = format.replace(',', ".").replace(".%f", "%.f");
    let some_day = civil::date(2000, 1, 1).at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    let is_known = BrokenDownTime::from(&some_day).to_string(&format).is_ok();
    is_known.then(|| format.into())
}

/// Takes `AM` or `PM` off the end.
#[inline]
fn without_half(text: &[u8]) -> (&[u8], Option<Half>) {
    match text.split_last_chunk::<2>() {
        Some((before, b"AM" | b"am")) => (before.trim_ascii_end(), Some(Half::Morning)),
        Some((before, b"PM" | b"pm")) => (before.trim_ascii_end(), Some(Half::Afternoon)),
        _ => (text, None),
    }
}

/// The text up to the second, the fraction, and the offset from UTC.
#[inline]
fn split(text: &[u8]) -> Option<(&[u8], i64, i64)> {
    let (text, offset_us) = without_offset(text);
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (whole, fraction) = text.split_at(text.len() - digits);
    match whole.split_last() {
        Some((b'.' | b',', second)) if second.contains(&b':') => {
            Some((second, decimals(fraction), offset_us))
        }
        _ => Some((text, 0, offset_us)),
    }
}

/// Takes `Z` or `+01:00` off the end.
fn without_offset(text: &[u8]) -> (&[u8], i64) {
    if let Some(text) = text.strip_suffix(b"Z") {
        return (text, 0);
    }
    let Some((text_before, [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2])) = text.split_last_chunk::<6>()
    else {
        return (text, 0);
    };
    if !text_before.contains(&b':') || ![h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit) {
        return (text, 0);
    }
    let pair = |tens: &u8, ones: &u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let seconds = pair(h1, h2) * 3600 + pair(m1, m2) * 60;
    (text_before, if *sign == b'-' { -seconds } else { seconds } * US_PER_S)
}

/// The first six digits, as microseconds.
fn decimals(digits: &[u8]) -> i64 {
    let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
    padded.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'))
}

/// A number, whole or with decimals, in a unit.
fn count(text: &[u8], unit: Unit) -> Option<i64> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[][..]),
    };
    if whole.is_empty() || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return exponential(text, unit).map(|micros| if negative { -micros } else { micros });
    }
    let whole = whole
        .iter()
        .try_fold(0i64, |value, digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')))?;
    let micros = match unit {
        Unit::Seconds => whole.checked_mul(US_PER_S)?.checked_add(decimals(fraction))?,
        Unit::Milliseconds => whole.checked_mul(1000)?.checked_add(decimals(fraction) / 1000)?,
        Unit::Microseconds => whole,
        Unit::Nanoseconds => whole / 1000,
    };
    Some(if negative { -micros } else { micros })
}

/// A number such as `1.5e-05`.
#[cold]
fn exponential(text: &[u8], unit: Unit) -> Option<i64> {
    let number: f64 = str::from_utf8(text).ok()?.parse().ok()?;
    let micros = number
        * match unit {
            Unit::Seconds => 1e6,
            Unit::Milliseconds => 1e3,
            Unit::Microseconds => 1.0,
            Unit::Nanoseconds => 1e-3,
        };
    (micros.is_finite() && micros.abs() < i64::MAX as f64).then_some(micros as i64)
}

/// The numbers of a text, which has nothing else but `separators`.
fn numbers<const N: usize>(text: &[u8], separators: &[u8]) -> Option<[i64; N]> {
    let mut found = [0; N];
    let mut parts = text.split(|byte| separators.contains(byte)).filter(|part| !part.is_empty());
    for number in &mut found {
        let part = parts.next().filter(|part| part.len() <= 4 && part.iter().all(u8::is_ascii_digit))?;
        *number = part.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    }
    parts.next().is_none().then_some(found)
}

fn date_time(text: &[u8]) -> Option<i64> {
    let [year, month, day, hour, minute, second] = numbers(text, b"-/. T:")?;
    timestamp(year, month, day, [hour, minute, second])
}

fn timestamp(year: i64, month: i64, day: i64, [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let small = |value: i64| i8::try_from(value).ok();
    let date = civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let time = civil::Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok().map(|timestamp| timestamp.as_second())
}

/// The months up to any day fit it whatever the year.
const LEAP_YEAR: i64 = 2000;

/// Seconds since the beginning of a leap year.
fn month_day(text: &[u8]) -> Option<i64> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let named =
        text.get(..3).and_then(|name| MONTHS.iter().position(|month| name.eq_ignore_ascii_case(*month)));
    let (month, [day, hour, minute, second]) = match named {
        Some(month) => (month as i64 + 1, numbers(text[3..].trim_ascii_start(), b" :")?),
        None => {
            let [month, rest @ ..] = numbers::<5>(text, b"-/. T:")?;
            (month, rest)
        }
    };
    let start = timestamp(LEAP_YEAR, 1, 1, [0; 3])?;
    Some(timestamp(LEAP_YEAR, month, day, [hour, minute, second])? - start)
}

fn time_of_day(text: &[u8]) -> Option<i64> {
    let [hour, minute, second] = numbers(text, b":")?;
    (hour < 24 && minute < 60 && second < 61).then_some((hour * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(format: &str, text: &str) -> Option<i64> {
        TimeParser::new(TimeFormat::named(format).unwrap()).parse(text.as_bytes())
    }

    #[test]
    fn one_moment_in_every_way_of_writing_dates() {
        for text in [
            "2025-03-05 12:46:04.25",
            "2025/03/05 12:46:04.250",
            "2025-03-05T12:46:04.250000Z",
            "2025-03-05 12:46:04,25",
            "2025-03-05:12:46:04,25",
            "2025.03.05 12:46:04.25",
            "2025-03-05T14:46:04.25+02:00",
            "2025-03-05T07:16:04.25-05:30",
            "2025-03-05 12:46:04.25 PM",
        ] {
            assert_eq!(parsed("date-time", text), Some(1_741_178_764_250_000), "{text}");
        }
        assert_eq!(parsed("date-time", "2025.03.05 12:46:04"), Some(1_741_178_764_000_000));
    }

    #[test]
    fn numbers_count_in_every_unit() {
        for (format, text, micros) in [
            ("epoch-s", "1740950560.1724", 1_740_950_560_172_400),
            ("epoch-s", "1678040273", 1_678_040_273_000_000),
            ("epoch-ms", "1740950560172", 1_740_950_560_172_000),
            ("epoch-ms", "1740950560172.5", 1_740_950_560_172_500),
            ("epoch-us", "1740950560172400", 1_740_950_560_172_400),
            ("epoch-ns", "1678248893585993873", 1_678_248_893_585_993),
            ("elapsed-s", "5.333452207967639", 5_333_452),
            ("elapsed-s", "-0.5", -500_000),
            ("elapsed-s", "1.5e-05", 15),
            ("elapsed-ms", "295", 295_000),
        ] {
            assert_eq!(parsed(format, text), Some(micros), "{format} {text}");
        }
    }

    #[test]
    fn what_is_missing_of_a_day_goes_on_from_line_to_line() {
        let mut day = TimeParser::new(TimeFormat::TimeOfDay);
        let times = ["23:59:59.5", "00:00:00.5", "12:00:00", "11:59:59", "20:00:00", "00:00:01"];
        let times: Vec<_> = times.iter().map(|text| day.parse(text.as_bytes()).unwrap()).collect();
        let from_first: Vec<_> = times.iter().map(|time| (time - times[0]) / US_PER_S).collect();
        assert_eq!(from_first, [0, 1, 43_200, 43_199, 72_000, 86_401]);
        let mut year = TimeParser::new(TimeFormat::MonthDay);
        let eve = year.parse(b"Dec 31 23:59:59").unwrap();
        assert_eq!(year.parse(b"01-01 00:00:00").map(|time| time - eve), Some(US_PER_S));
        for (before, after) in
            [("02-28", "03-01"), ("02-29", "03-01"), ("02-28", "02-29"), ("Dec 31", "Jan 1")]
        {
            let mut night = TimeParser::new(TimeFormat::MonthDay);
            let eve = night.parse(format!("{before} 23:59:59").as_bytes()).unwrap();
            let morning = night.parse(format!("{after} 00:00:00").as_bytes()).unwrap();
            assert_eq!(morning - eve, US_PER_S, "{before}");
        }
        assert_eq!(parsed("month-day", "Mar  4 22:17:35.422"), parsed("month-day", "03-04 22:17:35.422"));
    }

    #[test]
    fn clocks_of_twelve_hours_tell_the_half_of_the_day() {
        for (text, same) in [
            ("12:00:01 AM", "00:00:01"),
            ("1:02:03.5am", "01:02:03.5"),
            ("11:59:59 AM", "11:59:59"),
            ("12:00:00 PM", "12:00:00"),
            ("03:04:05,25 pm", "15:04:05.25"),
            ("11:59:59PM", "23:59:59"),
        ] {
            assert_eq!(parsed("time-of-day", text), parsed("time-of-day", same), "{text}");
            assert!(parsed("time-of-day", text).is_some(), "{text}");
        }
        assert_eq!(parsed("month-day", "Mar 4 10:17:35 PM"), parsed("month-day", "03-04 22:17:35"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for (format, text) in [
            ("date-time", "2025-02-30 12:00:00"),
            ("date-time", "2025-02-03"),
            ("date-time", ""),
            ("month-day", "Foo 3 12:00:00"),
            ("time-of-day", "24:00:00"),
            ("time-of-day", "12:00"),
            ("time-of-day", "13:00:00 PM"),
            ("time-of-day", "00:00:00 AM"),
            ("time-of-day", "PM"),
            ("epoch-s", "soon"),
            ("epoch-s", "nan"),
            ("epoch-s", "1e300"),
            ("epoch-s", "99999999999999999999"),
            ("elapsed-ms", "."),
        ] {
            assert_eq!(parsed(format, text), None, "{format} {text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(texts in prop::collection::vec("[-0-9:., TZ/+a-zé]{0,30}", 1..5)) {
            for (_, format) in TimeFormat::NAMES {
                let mut parser = TimeParser::new(format);
                texts.iter().for_each(|text| { parser.parse(text.as_bytes()); });
            }
        }
    }
}
