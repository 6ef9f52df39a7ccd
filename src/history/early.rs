//! Machines that stamp a message before they increment their clock: it carries one
//! less than its SEND is logged with.

use std::collections::BTreeMap;

use super::{EventId, History, MachineHistory, Source};
use crate::log::FaultKind;
use crate::model::event::{Kind, MachineId};

/// A machine that stamps messages before it increments does so with all, and few
/// of them find a SEND of their clock by chance: no more than this, for each that
/// finds one of the next.
const FITS_BY_CHANCE: u64 = 4;

/// The machines that may do so, by place; `None` where none does. A log that bears
/// the name of another machine says nothing of it.
pub(super) fn senders(history: &History) -> Option<Vec<bool>> {
    let is_named_otherwise = history.machines().iter().any(|machine| {
        machine.stats().faults.iter().any(|fault| matches!(fault.kind, FaultKind::OtherMachine { .. }))
    });
    if history.tally().missing == 0 || is_named_otherwise {
        return None;
    }
    let fits = fits(history);
    // A single one may be any message that was changed.
    if fits.values().all(|(_, next)| *next < 2) {
        return None;
    }
    let is_early = |sender: MachineId| {
        let (exact, next) = fits.get(&sender).copied().unwrap_or_default();
        next > 0 && exact <= FITS_BY_CHANCE * next
    };
    let early: Vec<bool> = history.machines().iter().map(|machine| is_early(machine.id())).collect();
    early.contains(&true).then_some(early)
}

/// By sender, the messages that fit one of its SENDs, and those that fit none but
/// one of the next clock.
fn fits(history: &History) -> BTreeMap<MachineId, (u64, u64)> {
    let mut fits: BTreeMap<MachineId, (u64, u64)> = BTreeMap::new();
    // Messages without a SEND, by receiver and the next clock; some name their sender.
    let mut wanted: BTreeMap<(MachineId, u64), Vec<Option<MachineId>>> = BTreeMap::new();
    for receive in history.machines().iter().flat_map(|machine| machine.receive_ids()) {
        match history.source(receive) {
            Some(Source::Matched(found)) => fits.entry(found.send.machine).or_default().0 += 1,
            Some(Source::Missing) => {
                let record = history.record(receive);
                if let Some(next) = record.message_clock.and_then(|clock| clock.checked_add(1)) {
                    wanted.entry((receive.machine, next)).or_default().push(record.from);
                }
            }
            _ => {}
        }
    }
    for (send, to) in history.machines().iter().flat_map(|machine| sends(history, machine)) {
        let Some(froms) = wanted.get_mut(&(to, history.record(send).clock)) else { continue };
        let is_from = |from: &Option<MachineId>| from.is_none_or(|from| from == send.machine);
        if let Some(at) = froms.iter().position(is_from) {
            froms.swap_remove(at);
            fits.entry(send.machine).or_default().1 += 1;
        }
    }
    fits
}

/// The SENDs of a machine and whom each may reach: all others where it does not say.
fn sends<'a>(
    history: &'a History,
    machine: &'a MachineHistory,
) -> impl Iterator<Item = (EventId, MachineId)> {
    let is_send = |index: &u32| machine.kind(*index) == Kind::Send;
    (0..machine.len() as u32).filter(is_send).flat_map(|index| {
        let send = EventId { machine: machine.id(), index };
        let says_not = machine.to(index).is_none();
        let others = history.machines().iter().map(MachineHistory::id);
        let others = others.filter(move |id| says_not && *id != send.machine);
        history.recipients(send).chain(others).map(move |to| (send, to))
    })
}
