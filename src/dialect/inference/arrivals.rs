//! Messages that were sent to a machine and not received yet: what its queue must
//! hold, whatever it says itself.

use std::collections::BTreeMap;

use super::group::Group;
use super::layout::Layout;
use super::reading::Reading;
use super::scan::Variable;
use super::values::{numbers, whole};
use crate::dialect::timestamp::{TimeFormat, TimeParser};
use crate::model::event::Kind;

/// A SEND or RECEIVE at its time.
struct Happening {
    run: usize,
    time_us: i64,
    /// A message is there before it is received, also within one moment.
    is_receive: bool,
    place: usize,
    recipients: Vec<usize>,
    queue: Option<u64>,
}

/// By how much the queues of RECEIVE lines exceed what was sent and not received
/// yet, on the average; `None` where too little of that is known.
pub fn excess(groups: &[Group<'_>], layout: &Layout, reading: &Reading) -> Option<f64> {
    let format = TimeFormat::named(reading.time.as_deref()?)?;
    let peers = reading.peers.as_ref()?;
    let mut runs: Vec<&String> = layout.runs.iter().collect();
    runs.sort_unstable();
    runs.dedup();
    let mut lines: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (at, (group, event)) in groups.iter().zip(&reading.events).enumerate() {
        let Some(event) = event.as_ref().filter(|event| event.time.is_some()) else { continue };
        if event.kind == Kind::Send && event.to.is_none() && !event.is_to_all || event.machine.is_some() {
            return None;
        }
        lines.extend(group.records.iter().enumerate().map(|(nth, record)| (record.log, record.nth, at, nth)));
    }
    lines.sort_unstable();
    let mut parsers: BTreeMap<usize, TimeParser> = BTreeMap::new();
    let mut last_of_log: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    let mut happenings: Vec<Happening> = Vec::new();
    for (log, _, at, nth) in lines {
        let (event, record) = (reading.events[at].as_ref()?, &groups[at].records[nth]);
        let parser = parsers.entry(log).or_insert_with(|| TimeParser::new(format.clone()));
        let time_us = parser.parse(record.values[event.time?].as_bytes())?;
        let run = runs.iter().position(|run| **run == layout.runs[log])?;
        last_of_log.insert((run, log), time_us);
        let recipients = match event.to {
            Some((from, to)) => (from..=to)
                .flat_map(|slot| match groups[at].slots[slot].kind {
                    Variable::List => numbers(record.values[slot]).collect(),
                    _ => vec![record.values[slot]],
                })
                .map(|name| peers.place(name, layout))
                .collect::<Option<Vec<_>>>()?,
            None if event.is_to_all => {
                (0..layout.count).filter(|place| *place != layout.places[log]).collect()
            }
            None => Vec::new(),
        };
        let queue = event.queue.and_then(|slot| whole(record.values[slot]));
        let is_receive = event.kind == Kind::Receive;
        happenings.push(Happening { run, time_us, is_receive, place: layout.places[log], recipients, queue });
    }
    happenings.sort_by_key(|happening| (happening.run, happening.time_us, happening.is_receive));
    let until = |run: usize| {
        last_of_log.iter().filter(|((of, _), _)| *of == run).map(|(_, time)| *time).min().unwrap_or(i64::MIN)
    };
    let (mut waiting, mut sum, mut count) = (BTreeMap::<(usize, usize), i64>::new(), 0.0, 0u32);
    for happening in happenings.iter().filter(|happening| happening.time_us <= until(happening.run)) {
        for recipient in &happening.recipients {
            *waiting.entry((happening.run, *recipient)).or_default() += 1;
        }
        if happening.is_receive {
            let left = waiting.entry((happening.run, happening.place)).or_default();
            *left -= 1;
            if let Some(queue) = happening.queue {
                sum += queue as f64 - *left as f64;
                count += 1;
            }
        }
    }
    (count >= 5).then(|| sum / f64::from(count))
}
