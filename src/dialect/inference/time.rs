//! When events happened: which part of a line tells it, and in which way.

use std::collections::BTreeMap;

use super::group::{Group, Slot};
use super::reading::Reading;
use super::scan::Variable;
use super::search::Search;
use super::time_format::{TIMES, format_of};
use super::values::{Course, whole};
use super::words::quantity;

/// The records that have a way of writing times, how much it looks like one, and
/// for each group the slot and how much that looks like one.
type Found = (usize, f64, BTreeMap<usize, (usize, f64)>);

/// The way of writing times that most events have, and the most exact of them.
pub fn time(groups: &[Group<'_>], search: &Search<'_, '_>, reading: &mut Reading) {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = &reading.events[at] else { continue };
        for (slot, part) in group.slots.iter().enumerate() {
            if slot == event.clock {
                continue;
            }
            let Some((format, liking)) = time_format(group, part, slot, search.course(at, slot)) else {
                continue;
            };
            let (records, likings, slots) = found.entry(format).or_default();
            *likings = likings.max(liking);
            match slots.get_mut(&at) {
                Some(known) if liking > known.1 => *known = (slot, liking),
                Some(_) => {}
                None => {
                    *records += group.records.len();
                    slots.insert(at, (slot, liking));
                }
            }
        }
    }
    let best = found
        .into_iter()
        .max_by(|(_, (a, liking_a, _)), (_, (b, liking_b, _))| a.cmp(b).then(liking_a.total_cmp(liking_b)));
    let Some((name, (_, _, slots))) = best else { return };
    let times: Vec<&str> =
        slots.iter().flat_map(|(at, (slot, _))| groups[*at].values(*slot).map(|(_, text)| text)).collect();
    let (format, is_open) = format_of(&name, &times);
    if is_open {
        reading.doubts.push(format!(
            "whether the day or the month comes first is open; the format is taken for {format}"
        ));
    }
    reading.time = Some(format);
    for (at, (slot, _)) in slots {
        if let Some(event) = &mut reading.events[at] {
            event.time = Some(slot);
        }
    }
}

/// How a slot writes times, and how much it looks like one.
fn time_format(group: &Group<'_>, slot: &Slot, nth: usize, course: Course) -> Option<(String, f64)> {
    let label: Vec<&str> =
        slot.before.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |of: &[&str]| {
        label.iter().any(|word| of.iter().any(|one| word == one || one.len() > 3 && word.contains(one)))
    };
    let values = || group.values(nth).map(|(_, text)| text);
    let liking = match slot.kind {
        Variable::Time(way) => {
            let (_, name) = TIMES[way];
            let is_exact = values().any(|text| text.contains(['.', ',']));
            let dated = if matches!(name, "time-of-day" | "month-day") { 3.0 } else { 4.0 };
            return Some((name.to_owned(), dated + f64::from(u8::from(is_exact))));
        }
        Variable::Number => 0.0,
        Variable::Address | Variable::List | Variable::Id | Variable::Name => return None,
    };
    if course.climbing() < 0.98 || course.rises == 0 && group.records.len() > 3 {
        return None;
    }
    let digits = |text: &str| text.split(['.', 'e', 'E']).next().map_or(0, str::len);
    let epoch = |wanted: usize| values().all(|text| digits(text) == wanted && text.starts_with(['1', '2']));
    for (count, name) in [(10, "epoch-s"), (13, "epoch-ms"), (16, "epoch-us"), (19, "epoch-ns")] {
        if epoch(count) {
            return Some((name.to_owned(), 3.5));
        }
    }
    let is_time =
        has(&["time", "elapsed", "stamp", "sec", "at", "t", "ms"]) && !has(&["clock", "logical", "lamport"]);
    let has_decimals = values().any(|text| text.contains('.'));
    let is_unit = |unit: &str| {
        let is = |text: &str| text.split(|char: char| !char.is_alphanumeric()).any(|word| word == unit);
        slot.after.trim_start().starts_with(unit) || is(&slot.before)
    };
    let is_ms = is_unit("ms") || slot.before.contains("milli");
    let is_us = is_unit("us") || slot.before.contains("micro");
    let unit = if is_ms {
        "elapsed-ms"
    } else if is_us {
        "elapsed-us"
    } else if has_decimals {
        "elapsed-s"
    } else {
        let largest = values().filter_map(whole).max().unwrap_or(0);
        let smallest = values().filter_map(whole).min().unwrap_or(0);
        if (largest - smallest) > 20 * group.records.len() as u64 { "elapsed-ms" } else { "elapsed-s" }
    };
    let says_other = quantity(&slot.before, &slot.suffix, None).is_some() && !is_time;
    if says_other {
        return None;
    }
    Some((unit.to_owned(), liking + if is_time { 1.5 } else { 0.0 } + if has_decimals { 1.0 } else { 0.0 }))
}
