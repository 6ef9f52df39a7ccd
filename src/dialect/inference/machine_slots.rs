//! Whose a line is, where machines log into one file.

use std::collections::{BTreeMap, BTreeSet};

use super::group::Group;
use super::layout::Layout;
use super::reading::Reading;
use super::scan::Variable;
use super::words::{Keyword, Quantity, quantity};
use crate::dialect::naming::sort_naturally;

/// For each group the slot that tells whose a line is.
pub type MachineSlots = Vec<Option<usize>>;

/// The slots that may tell whose a line is, where a file has lines of several
/// machines: those that a word says so of, or else the first of each line.
pub fn machine_slots(groups: &[Group<'_>], keywords: &[Option<Keyword>]) -> Vec<MachineSlots> {
    let is_name = |kind: Variable| matches!(kind, Variable::Number | Variable::Name);
    let labelled = |at: usize| {
        groups[at].slots.iter().position(|slot| {
            is_name(slot.kind) && quantity(&slot.before, "", None) == Some(Quantity::Machine)
        })
    };
    let first = |at: usize| groups[at].slots.iter().position(|slot| is_name(slot.kind));
    [shared(groups, keywords, &labelled), shared(groups, keywords, &first)].into_iter().flatten().collect()
}

/// The slots, if each event has one, and files have several values, though few.
fn shared(
    groups: &[Group<'_>],
    keywords: &[Option<Keyword>],
    slot_of: &dyn Fn(usize) -> Option<usize>,
) -> Option<MachineSlots> {
    const MACHINES_MAX: usize = 32;
    let mut names: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for at in (0..groups.len()).filter(|at| keywords[*at].is_some()) {
        let slot = slot_of(at)?;
        for (record, text) in groups[at].values(slot) {
            names.entry(record.log).or_default().insert(text);
        }
    }
    let is_shared = names.values().any(|names| names.len() > 1);
    let are_few = names.values().all(|names| names.len() <= MACHINES_MAX);
    (is_shared && are_few).then(|| (0..groups.len()).map(slot_of).collect())
}

/// What lines of one file by several machines call them.
pub fn inside(
    groups: &[Group<'_>],
    layout: &Layout,
    machine: Option<&MachineSlots>,
    reading: &mut Reading,
) -> Layout {
    let Some(slots) = machine else { return layout.clone() };
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (group, (slot, event)) in groups.iter().zip(slots.iter().zip(&reading.events)) {
        if let (Some(slot), Some(_)) = (slot, event) {
            names.extend(group.values(*slot).map(|(_, text)| text.to_owned()));
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    sort_naturally(&mut names);
    reading.machines_inside = Some(names.clone());
    Layout {
        count: names.len(),
        machines: names.iter().cloned().map(Some).collect(),
        places: (0..names.len()).collect(),
        ..layout.clone()
    }
}
