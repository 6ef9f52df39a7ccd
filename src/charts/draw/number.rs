//! Numbers as a reader wants them: grouped digits, few decimals, large ones shortened.

use crate::text::numbers::{grouped, grouped_digits};

const PREFIXES: [(f64, &str); 5] = [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")];

/// From here on an axis counts in millions or more.
const LARGE: f64 = 1e7;

/// A count in full, or to four digits where it is beyond a billion thousands.
pub(in crate::charts) fn count(value: u64) -> String {
    if value < 1_000_000_000_000 {
        return grouped(value);
    }
    let value = value as f64;
    let (unit, prefix) = prefix_of(value).unwrap_or((1.0, ""));
    let scaled = value / unit;
    let decimals = if scaled >= 100.0 { 1 } else { 2 };
    format!("{scaled:.decimals$} {prefix}")
}

/// A measured value to about three digits.
pub(in crate::charts) fn measured(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() >= LARGE {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", count(value.abs().round() as u64));
    }
    decimal(value, decimals_for(value))
}

/// Measured values of one column, all with the same decimals: as many as those need
/// that are not far smaller than the largest.
pub(in crate::charts) fn measured_alike(values: &[Option<f64>]) -> Vec<String> {
    const FAR: f64 = 100.0;
    let all = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let largest = all().map(f64::abs).fold(0.0, f64::max);
    let least = all().map(f64::abs).filter(|value| *value * FAR >= largest).fold(largest, f64::min);
    let shown = |value: &Option<f64>| match value {
        Some(value) if value.is_finite() && largest < LARGE => decimal(*value, decimals_for(least)),
        Some(value) => measured(*value),
        None => "–".to_owned(),
    };
    values.iter().map(shown).collect()
}

/// Decimals that make about three digits.
fn decimals_for(value: f64) -> usize {
    match value.abs() {
        large if large >= 100.0 => 0,
        middling if middling >= 10.0 => 1,
        small if small >= 0.1 || small == 0.0 => 2,
        _ => 4,
    }
}

/// A clock rate or another number somebody chose: no more decimals than it has.
pub(in crate::charts) fn plain(value: f64) -> String {
    let text = measured(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The labels of the ticks of an axis, all in one unit and with the same decimals.
pub(in crate::charts) fn ticks(values: &[f64], step: f64, shorten: bool) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let (unit, prefix) = match prefix_of(largest) {
        Some(found) if shorten && largest >= LARGE => found,
        _ => (1.0, ""),
    };
    let decimals = decimals_of(step / unit);
    let label = |value: &f64| match (*value, prefix) {
        (_, "") => decimal(*value, decimals),
        (0.0, _) => "0".to_owned(),
        _ => format!("{} {prefix}", decimal(value / unit, decimals)),
    };
    values.iter().map(label).collect()
}

/// The ends of a range, with as many decimals as tell them apart well.
pub(in crate::charts) fn ends(from: f64, to: f64) -> [String; 2] {
    let labels = ticks(&[from, to], (to - from) / 20.0, false);
    let trimmed = |label: &String| match label.contains('.') {
        true => label.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => label.clone(),
    };
    [trimmed(&labels[0]), trimmed(&labels[1])]
}

/// A number as an exponent.
pub(in crate::charts) fn raised(exponent: u32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.to_string();
    digits.chars().filter_map(|c| DIGITS.get(c.to_digit(10)? as usize)).collect()
}

fn prefix_of(value: f64) -> Option<(f64, &'static str)> {
    PREFIXES.into_iter().find(|(unit, _)| value >= *unit)
}

fn decimals_of(step: f64) -> usize {
    if step >= 1.0 { 0 } else { (-step.log10() - 1e-9).ceil().clamp(0.0, 12.0) as usize }
}

fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped_digits(whole)),
        None => grouped_digits(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_the_largest_are_shortened() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(u64::MAX), "18.45 E");
        assert_eq!(raised(20), "²⁰");
    }

    #[test]
    fn measured_values_keep_about_three_digits() {
        assert_eq!(measured(1234.56), "1,235");
        assert_eq!(measured(12.345), "12.3");
        assert_eq!(measured(0.0123), "0.0123");
        assert_eq!((measured(-1234.56), measured(-2.5e7)), ("-1,235".to_owned(), "-25,000,000".to_owned()));
        assert_eq!(plain(6.0), "6");
        assert_eq!(plain(2.5), "2.5");
        assert_eq!(plain(1000.0), "1,000");
    }

    #[test]
    fn the_values_of_a_column_share_their_decimals() {
        let column = |values: &[f64]| measured_alike(&values.iter().copied().map(Some).collect::<Vec<_>>());
        assert_eq!(column(&[10.12, 8.789, 0.0273]), ["10.12", "8.79", "0.03"]);
        assert_eq!(column(&[48.94, 36.5]), ["48.9", "36.5"]);
        assert_eq!(column(&[0.0273, 0.0843]), ["0.0273", "0.0843"]);
        assert_eq!(column(&[25_000.4, 3.2, 0.0]), ["25,000", "3", "0"]);
        assert_eq!(column(&[2.5e7, f64::NAN, 1.0]), ["25,000,000", "–", "1.00"]);
        assert_eq!(measured_alike(&[None, Some(2.0)]), ["–", "2.00"]);
        assert_eq!(measured_alike(&[]), Vec::<String>::new());
    }

    #[test]
    fn the_ticks_of_an_axis_share_unit_and_decimals() {
        assert_eq!(ticks(&[0.0, 0.5, 1.0], 0.5, true), ["0.0", "0.5", "1.0"]);
        assert_eq!(ticks(&[0.0, 2e8, 4e8, 1.2e9], 2e8, true), ["0", "0.2 G", "0.4 G", "1.2 G"]);
        assert_eq!(ticks(&[0.0, 5e6], 5e6, true), ["0", "5,000,000"]);
        assert_eq!(ticks(&[1.7e9], 10.0, false), ["1,700,000,000"]);
        assert_eq!(ends(0.0, 5.0), ["0", "5"]);
        assert_eq!(ends(500.0, 500.4), ["500", "500.4"]);
        assert_eq!(ends(10.0, 1000.0), ["10", "1,000"]);
    }
}
