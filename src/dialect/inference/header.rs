//! Lines that tell a machine's clock rate: the number that the pace of its events
//! confirms, or else the one that stands by a telling word.

use std::collections::BTreeMap;

use super::group::Group;
use super::reading::Reading;
use super::scan::Variable;
use super::words;
use crate::dialect::timestamp::{TimeFormat, TimeParser};

/// A slot of a group that holds a clock rate, or the seconds that a tick takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub slot: usize,
    pub is_interval: bool,
}

/// How many events a second each log has, by the times that its events have.
pub fn paces(groups: &[Group<'_>], reading: &Reading) -> BTreeMap<usize, f64> {
    let Some(format) = reading.time.as_deref().and_then(TimeFormat::named) else { return BTreeMap::new() };
    let mut times: BTreeMap<usize, Vec<(usize, &str)>> = BTreeMap::new();
    for (group, event) in groups.iter().zip(&reading.events) {
        let Some(slot) = event.as_ref().and_then(|event| event.time) else { continue };
        for (record, text) in group.values(slot) {
            times.entry(record.log).or_default().push((record.nth, text));
        }
    }
    let pace = |mut times: Vec<(usize, &str)>| -> Option<f64> {
        times.sort_unstable();
        let mut parser = TimeParser::new(format.clone());
        let stamps: Vec<i64> = times.iter().filter_map(|(_, text)| parser.parse(text.as_bytes())).collect();
        let span_us = stamps.last()?.checked_sub(*stamps.first()?)?;
        (span_us > 0).then(|| (stamps.len() - 1) as f64 * 1e6 / span_us as f64)
    };
    times.into_iter().filter_map(|(log, times)| Some((log, pace(times)?))).collect()
}

/// Where the clock rate is in the lines of a group that are no events.
pub fn rate(group: &Group<'_>, paces: &BTreeMap<usize, f64>) -> Option<Rate> {
    let logs: std::collections::BTreeSet<usize> = group.records.iter().map(|record| record.log).collect();
    if group.records.len() > 3 * logs.len() {
        return None;
    }
    let mut best: Option<(Rate, f64)> = None;
    for (slot, part) in group.slots.iter().enumerate().filter(|(_, slot)| slot.kind == Variable::Number) {
        let near = |label: &str| words::is_rate(label);
        let label = part.before.rsplit([',', '.', ';']).next().unwrap_or_default();
        let says = near(label) || near(&part.after);
        let mut fits = [0u32; 2];
        let mut tested = 0;
        for (record, text) in group.values(slot) {
            let (Ok(value), Some(pace)) = (text.parse::<f64>(), paces.get(&record.log)) else { continue };
            tested += 1;
            let is_near = |rate: f64| (0.6..=1.4).contains(&(pace / rate));
            fits[0] += u32::from(value > 0.0 && is_near(value));
            fits[1] += u32::from(value > 0.0 && is_near(1.0 / value));
        }
        let share = |fits: u32| f64::from(fits) / f64::from(tested.max(1));
        let words_value = if says { 1.0 } else { 0.0 };
        let is_interval_word = ["interval", "period", "seconds per", "tick length", "sleep"]
            .iter()
            .any(|word| part.before.contains(word));
        let as_rate = share(fits[0]) + words_value - if is_interval_word { 0.5 } else { 0.0 };
        let as_interval = share(fits[1]) + if is_interval_word { 0.9 } else { -0.5 };
        let (is_interval, value) = if as_interval > as_rate { (true, as_interval) } else { (false, as_rate) };
        if value >= 0.9 && best.is_none_or(|(_, known)| value > known) {
            best = Some((Rate { slot, is_interval }, value));
        }
    }
    best.map(|(rate, _)| rate)
}
