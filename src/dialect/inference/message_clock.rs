//! The clock that a received message carried.

use super::group::Group;
use super::ledger::{Around, Entry};
use super::reading::Reading;
use super::values::whole;
use super::words::{Quantity, quantity};
use crate::model::event::Kind;

/// The number of a RECEIVE past which its clock goes.
pub fn message_clock(groups: &[Group<'_>], entries: &[Entry], around: &[Around], reading: &mut Reading) {
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = reading.events[at].clone() else { continue };
        if event.kind != Kind::Receive {
            continue;
        }
        let mut best: Option<(usize, f64)> = None;
        for slot in group.whole().filter(|slot| *slot != event.clock && Some(*slot) != event.time) {
            let (mut kept, mut tested, mut telling) = (0u64, 0u64, 0u64);
            for (entry, around) in entries.iter().zip(around).filter(|(entry, _)| entry.group == at) {
                let (Some(message), Around { before: Some(before), after: Some(after) }) =
                    (whole(group.records[entry.record].values[slot]), around)
                else {
                    continue;
                };
                tested += 1;
                kept += u64::from(*after == message.max(*before) + 1);
                telling += u64::from(*after == message + 1 && *after > before + 1);
            }
            let label = quantity(&group.slots[slot].before, &group.slots[slot].suffix, Some(Kind::Receive));
            let says = label == Some(Quantity::MessageClock);
            let share = kept as f64 / tested.max(1) as f64;
            let fits = share >= 0.95 && telling * 10 >= tested.min(10) && telling > 0;
            let is_other =
                matches!(label, Some(Quantity::Queue | Quantity::From | Quantity::Other | Quantity::Machine));
            if fits && !(is_other && telling < 3) || says && (share >= 0.5 || tested < 3) {
                let value = share + telling as f64 / tested.max(1) as f64 + if says { 0.5 } else { 0.0 };
                if best.is_none_or(|(_, known)| value > known) {
                    best = Some((slot, value));
                }
            }
        }
        if let (Some((slot, _)), Some(event)) = (best, &mut reading.events[at]) {
            event.message_clock = Some(slot);
        }
    }
}
