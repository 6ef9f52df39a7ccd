//! Several values in one text, as an axis of a sweep is written: a list or a
//! range. Pure.

use crate::model::time::LabTime;

/// No axis has more steps than this.
pub const MAX_VALUES: usize = 100_000;

/// Text that is no list of values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseValuesError {
    #[error("`{0}` never ends: its step must lead from the first value to the last")]
    Endless(String),
    #[error("`{range}` has {count} values; an axis has at most {MAX_VALUES}")]
    TooMany { range: String, count: u64 },
    #[error("a range between fractions needs a step: write `{range}:{step}`")]
    NoStep { range: String, step: String },
    #[error("`{0}` has an empty value between two separators")]
    Empty(String),
}

/// The values in `text`: separated by `;`, or by `,` unless `commas_belong` to
/// the values themselves, as in the clock rates `1,3,6`; each may be a range
/// such as `0.1..0.9:0.1` or `10s..60s:10s`, with both ends included.
///
/// # Errors
///
/// A range that never ends or has too many values, or an empty value.
pub fn split(text: &str, commas_belong: bool) -> Result<Vec<String>, ParseValuesError> {
    let is_one_list = text.trim_start().starts_with(['[', '{', '"', '\'']);
    let separator = |c: char| !is_one_list && (c == ';' || (c == ',' && !commas_belong));
    let mut values = Vec::new();
    for piece in text.split(separator).map(str::trim) {
        if piece.is_empty() {
            return Err(ParseValuesError::Empty(text.to_owned()));
        }
        match range(piece)? {
            Some(steps) => values.extend(steps),
            None => values.push(piece.to_owned()),
        }
    }
    Ok(values)
}

/// The values of `LOW..HIGH:STEP`; `None` for text of another form, such as
/// the law `uniform:100ms..500ms` or the rate `random 1..6`.
fn range(text: &str) -> Result<Option<Vec<String>>, ParseValuesError> {
    let Some((low, rest)) = text.split_once("..") else { return Ok(None) };
    let (high, step) = rest.split_once(':').unwrap_or((rest, "1"));
    let parts = [low, high, step].map(str::trim);
    if let [Ok(low), Ok(high), Ok(step)] = parts.map(str::parse::<i64>) {
        let [low, high, step] = [low, high, step].map(i128::from);
        // The count alone may be rounded: a seed must not be.
        let steps = steps(text, 0.0, (high - low) as f64, step as f64)?;
        return Ok(Some((0..i128::from(steps)).map(|at| (low + at * step).to_string()).collect()));
    }
    if let [Some(low), Some(high), Some(step)] = parts.map(decimal) {
        if !rest.contains(':') {
            let step = format!(
                "{:.*}",
                low.decimals.max(high.decimals),
                0.1f64.powi(low.decimals.max(high.decimals) as i32)
            );
            return Err(ParseValuesError::NoStep { range: text.to_owned(), step });
        }
        let decimals = low.decimals.max(step.decimals);
        let steps = steps(text, low.value, high.value, step.value)?;
        let value = |at: u64| format!("{:.decimals$}", low.value + at as f64 * step.value);
        return Ok(Some((0..steps).map(value).collect()));
    }
    if let [Ok(low), Ok(high), Ok(step)] = parts.map(LabTime::parse) {
        let steps = steps(text, low.0 as f64, high.0 as f64, step.0 as f64)?;
        return Ok(Some((0..steps).map(|at| LabTime(low.0 + at * step.0).to_string()).collect()));
    }
    Ok(None)
}

struct Decimal {
    value: f64,
    /// Digits after the point.
    decimals: usize,
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    let value: f64 = text.parse().ok().filter(|_| plain)?;
    Some(Decimal { value, decimals: text.split_once('.').map_or(0, |(_, digits)| digits.len()) })
}

/// How many values a range has, both ends included.
fn steps(range: &str, low: f64, high: f64, step: f64) -> Result<u64, ParseValuesError> {
    /// Rounding must not cost a range its last value.
    const SLACK: f64 = 1e-9;
    let steps = (high - low) / step;
    if !steps.is_finite() || steps < 0.0 {
        return Err(ParseValuesError::Endless(range.to_owned()));
    }
    // The cast stops at the largest number there is.
    let count = ((steps + SLACK).floor() as u64).saturating_add(1);
    if count > MAX_VALUES as u64 {
        return Err(ParseValuesError::TooMany { range: range.to_owned(), count });
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        split(text, false).unwrap()
    }

    #[test]
    fn lists_and_ranges_give_their_values_as_a_person_would_write_them() {
        assert_eq!(values("0.1..0.5:0.1"), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(values("1..4"), ["1", "2", "3", "4"]);
        assert_eq!(values("6..2:-2"), ["6", "4", "2"]);
        assert_eq!(values("9007199254740993..9007199254740994"), ["9007199254740993", "9007199254740994"]);
        assert_eq!(values("10s..30s:10s"), ["10s", "20s", "30s"]);
        assert_eq!(values("0, 0.5, 0.8..0.9:0.05"), ["0", "0.5", "0.80", "0.85", "0.90"]);
        assert_eq!(values("link;sender"), ["link", "sender"]);
        assert_eq!(split("1,3,6; 2,4,6", true).unwrap(), ["1,3,6", "2,4,6"]);
        assert_eq!(values("[1, 2]"), ["[1, 2]"]);
    }

    #[test]
    fn a_range_between_fractions_asks_for_its_step() {
        for (text, reported) in
            [("0.1..0.9", "0.1..0.9:0.1"), ("0.25..0.5", "0.25..0.5:0.01"), ("0.5..3", "0.5..3:0.1")]
        {
            let error = split(text, false).unwrap_err().to_string();
            assert_eq!(error, format!("a range between fractions needs a step: write `{reported}`"));
        }
        assert_eq!(values("1..3"), ["1", "2", "3"]);
    }

    #[test]
    fn two_dots_are_not_always_a_range() {
        for text in ["uniform:100ms..500ms", "random 1..6", "a..b:c", "1..x"] {
            assert_eq!(values(text), [text]);
        }
    }

    #[test]
    fn ranges_that_never_end_or_are_too_long_are_refused() {
        for text in ["1..2:0", "2..1:0.1", "1..9:-1", "0s..9s:0s"] {
            assert!(matches!(split(text, false), Err(ParseValuesError::Endless(_))), "{text}");
        }
        assert!(matches!(split("0..1:0.0000001", false), Err(ParseValuesError::TooMany { .. })));
        // More steps than a number can count, as a rule on a file's own words.
        for text in [
            "0.1..18446744073709551615:0.1",
            "0..9223372036854775807",
            "-9223372036854775808..9223372036854775807",
        ] {
            assert!(matches!(split(text, false), Err(ParseValuesError::TooMany { .. })), "{text}");
        }
        for text in ["", "1,,2", "1;"] {
            assert!(matches!(split(text, false), Err(ParseValuesError::Empty(_))), "{text}");
        }
    }
}
