//! How numbers, machines and names are put into words.

use crate::metrics::{MachineMetrics, Metric};
use crate::model::event::MachineId;
use crate::statistics::Summary;
use crate::statistics::rounding::{brief, mean};
use crate::text::sanitize::{ISOLATE, ISOLATE_END, by_number};

/// What cannot be known, in a cell of a table.
pub const UNKNOWN: &str = "?";

/// What cannot be known is shown as such, never as 0.
pub fn known<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), show)
}

/// A whole number, or that it cannot be known.
pub fn whole<T: ToString>(value: Option<T>) -> String {
    known(value, |value| value.to_string())
}

/// `a`, `a and b`, `a, b and c`; of many the first and how many more there are.
pub fn listed(words: &[String]) -> String {
    const LISTED: usize = 6;
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if words.len() <= LISTED => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", words[..LISTED].join(", "), words.len() - LISTED),
    }
}

/// `machine 2`, `machines 1 and 3`.
pub fn machines(ids: &[MachineId]) -> String {
    let ids: Vec<String> = ids.iter().map(MachineId::to_string).collect();
    format!("{} {}", if ids.len() == 1 { "machine" } else { "machines" }, listed(&ids))
}

/// A machine, and how fast it ticks.
pub fn machine(row: &MachineMetrics) -> String {
    let rate = row.clock_rate.map_or_else(|| "clock rate unknown".to_owned(), ticks_a_second);
    format!("Machine {} ({rate})", row.machine)
}

fn ticks_a_second(rate: f64) -> String {
    format!("{rate} {}/s", if rate == 1.0 { "tick" } else { "ticks" })
}

/// A time in µs, in the unit that suits it.
pub fn micros(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", brief(us as f64 / 1e3)),
        _ => format!("{} s", brief(us as f64 / 1e6)),
    }
}

/// The headings of columns of numbers, named as everywhere.
pub fn headings(metrics: &[Metric]) -> Vec<String> {
    metrics.iter().map(|metric| format!("#{}", metric.label)).collect()
}

/// A machine's or a run's own value of a metric, rounded as everywhere.
pub fn value(metric: Metric, value: Option<f64>) -> String {
    known(value, |value| {
        let text = format!("{value:.*}", metric.decimals);
        if metric.decimals == 1 { text.trim_end_matches(".0").to_owned() } else { text }
    })
}

/// A metric over several runs as a mean with its interval, or the value of a
/// single run.
pub fn over_runs(metric: Metric, summary: Option<&Summary>) -> String {
    match summary {
        Some(summary) if summary.n == 1 => value(metric, Some(summary.mean)),
        several => known(several, mean),
    }
}

/// A name that others chose, kept from turning the text around it: one that
/// reads from right to left stays within its own place, and cannot leave it.
pub fn name(text: &str) -> String {
    let held = |c: char| if matches!(c, '\u{2066}'..=ISOLATE_END) { by_number(c) } else { c.to_string() };
    if text.is_ascii() {
        return text.to_owned();
    }
    format!("{ISOLATE}{}{ISOLATE_END}", text.chars().map(held).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_and_times_read_well() {
        let ids: Vec<MachineId> = MachineId::all(9).collect();
        assert_eq!(machines(&ids[..1]), "machine 1");
        assert_eq!(machines(&ids[..3]), "machines 1, 2 and 3");
        assert_eq!(machines(&ids), "machines 1, 2, 3, 4, 5, 6 and 3 more");
        assert_eq!([micros(7), micros(1500), micros(2_500_000)], ["7 µs", "1.5 ms", "2.5 s"]);
    }

    #[test]
    fn names_from_right_to_left_stay_in_their_place() {
        assert_eq!(name("exp4"), "exp4");
        assert_eq!(name("ניסוי"), "\u{2068}ניסוי\u{2069}");
        assert_eq!(name("a\u{2069}\u{2067}b"), "\u{2068}a\\u{2069}\\u{2067}b\u{2069}");
    }
}
