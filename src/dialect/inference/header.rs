//! Lines that tell a machine's clock rate: the number that the pace of its events
//! confirms, or else the one that stands by a telling word.

use std::collections::BTreeMap;

use super::group::Group;
use super::reading::Reading;
use super::scan::Variable;
use super::words;
use crate::dialect::timestamp::{TimeFormat, TimeParser};

/// A slot of a group that tells a clock rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub slot: usize,
    pub unit: Unit,
}

/// What a clock rate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    TicksPerSecond,
    TicksPerMinute,
    SecondsPerTick,
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
        let mut fits = [0u32; 3];
        let mut tested = 0;
        for (record, text) in group.values(slot) {
            let (Ok(value), Some(pace)) = (text.parse::<f64>(), paces.get(&record.log)) else { continue };
            tested += 1;
            for (fits, rate) in fits.iter_mut().zip([value, value / 60.0, 1.0 / value]) {
                *fits += u32::from(value > 0.0 && (0.6..=1.4).contains(&(pace / rate)));
            }
        }
        let share = |fits: u32| f64::from(fits) / f64::from(tested.max(1));
        let words_value = if says { 1.0 } else { 0.0 };
        let has = |of: &[&str]| of.iter().any(|word| part.before.contains(word) || part.after.contains(word));
        let is_interval = has(&["interval", "period", "seconds per", "tick length", "sleep"]);
        let is_minute = has(&["minute", "/min"]);
        let (unit, value) = [
            (Unit::TicksPerSecond, share(fits[0]) + words_value - if is_interval { 0.5 } else { 0.0 }),
            (Unit::TicksPerMinute, share(fits[1]) + words_value + if is_minute { 0.3 } else { -0.2 }),
            (Unit::SecondsPerTick, share(fits[2]) + if is_interval { 0.9 } else { -0.5 }),
        ]
        .into_iter()
        .fold((Unit::TicksPerSecond, f64::MIN), |best, one| if one.1 > best.1 { one } else { best });
        if value >= 0.9 && best.is_none_or(|(_, known)| value > known) {
            best = Some((Rate { slot, unit }, value));
        }
    }
    best.map(|(rate, _)| rate)
}
