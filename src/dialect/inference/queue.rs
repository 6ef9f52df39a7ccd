//! The number of messages that wait, and when it is counted.

use std::collections::BTreeSet;

use super::arrivals;
use super::group::Group;
use super::layout::Layout;
use super::ledger::Entry;
use super::reading::Reading;
use super::values::whole;
use super::words::{Quantity, quantity};
use crate::model::event::Kind;

/// The number of messages that wait, and whether the one that was popped is
/// among them: where one waits, the next tick is a RECEIVE.
pub fn queue(groups: &[Group<'_>], entries: &[Entry], reading: &mut Reading) {
    // Broken rules of each convention, over all groups.
    let (mut after_pop, mut before_pop, mut seen, mut has_zero) = (0u64, 0u64, 0u64, false);
    let mut labels: BTreeSet<String> = BTreeSet::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = reading.events[at].clone().filter(|event| event.kind == Kind::Receive) else {
            continue;
        };
        let taken = [Some(event.clock), event.time, event.message_clock, event.machine];
        let mut best: Option<(usize, f64, (u64, u64, u64))> = None;
        for slot in group.whole().filter(|slot| !taken.contains(&Some(*slot))) {
            let label = quantity(&group.slots[slot].before, &group.slots[slot].suffix, Some(Kind::Receive));
            let (mut a, mut b, mut tested) = (0u64, 0u64, 0u64);
            let mut values: BTreeSet<u64> = BTreeSet::new();
            for (nth, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.group == at) {
                let Some(waiting) = whole(group.records[entry.record].values[slot]) else { continue };
                values.insert(waiting);
                let next = entries.get(nth + 1).filter(|next| next.sequence == entry.sequence);
                let Some(next) = next else { continue };
                let is_idle = next.kind != Kind::Receive;
                tested += 1;
                a += u64::from(waiting >= 1 && is_idle);
                b += u64::from(waiting == 0 || waiting >= 2 && is_idle);
            }
            let broken = a.min(b) as f64 / tested.max(1) as f64;
            let says = label == Some(Quantity::Queue);
            let is_other = label.is_some() && !says;
            let fits = broken <= 0.03 && values.len() > 1 && tested >= 4 && !is_other;
            if says || fits {
                let value = if says { 2.0 } else { 0.0 } + 1.0 - broken;
                if best.is_none_or(|(_, known, _)| value > known) {
                    best = Some((slot, value, (a, b, tested)));
                }
            }
        }
        if let (Some((slot, _, (a, b, tested))), Some(event)) = (best, &mut reading.events[at]) {
            event.queue = Some(slot);
            has_zero |= group.values(slot).any(|(_, text)| whole(text) == Some(0));
            labels.insert(group.slots[slot].before.clone());
            after_pop += a;
            before_pop += b;
            seen += tested;
        }
    }
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = &mut reading.events[at] else { continue };
        if event.kind == Kind::Receive {
            continue;
        }
        let taken = [Some(event.clock), event.time, event.machine];
        event.queue = group.whole().filter(|slot| !taken.contains(&Some(*slot))).find(|slot| {
            let label = &group.slots[*slot].before;
            quantity(label, &group.slots[*slot].suffix, Some(event.kind)) == Some(Quantity::Queue)
                || !label.is_empty() && labels.contains(label) && label.chars().any(char::is_alphabetic)
        });
    }
    reading.queue_rules = (seen > 0).then_some((after_pop, before_pop, has_zero));
}

/// Decides whether the queue is counted before the pop or after it.
pub fn queue_convention(groups: &[Group<'_>], layout: &Layout, reading: &mut Reading) {
    let Some((after_pop, before_pop, has_zero)) = reading.queue_rules else { return };
    // A RECEIVE of the only message: there was one before the pop, and none is left.
    let excess = if before_pop == after_pop { arrivals::excess(groups, layout, reading) } else { None };
    reading.queue_before_pop = match excess {
        Some(excess) => excess > 0.5,
        None => before_pop < after_pop || before_pop == after_pop && !has_zero,
    };
    reading.evidence.push(format!(
        "queue counted {} the pop: {} contradictions; {}: {}",
        if reading.queue_before_pop { "before" } else { "after" },
        after_pop.min(before_pop),
        if reading.queue_before_pop { "after" } else { "before" },
        after_pop.max(before_pop)
    ));
    // Stamps of whole seconds blur what is waiting.
    let is_clear = |excess: f64| !(0.25..=0.75).contains(&excess);
    if before_pop == after_pop && !excess.is_some_and(is_clear) {
        reading.doubts.push("nothing here tells whether the queue is counted before or after the pop; it is taken for what is likelier".to_owned());
    }
}
