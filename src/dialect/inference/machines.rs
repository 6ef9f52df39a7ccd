//! Whose a line is, who sent, and to whom.

use std::collections::{BTreeMap, BTreeSet};

use super::group::Group;
use super::layout::Layout;
use super::peers::{Named, peers};
use super::reading::{Event, Reading};
use super::scan::{Part, Variable};
use super::values::numbers;
use super::words::{Quantity, Told, quantity};
use crate::model::event::Kind;
use crate::text::numbers::counted;

/// For each group the slot that tells whose a line is.
pub type MachineSlots = Vec<Option<usize>>;

/// The slots that may tell whose a line is, where a file has lines of several
/// machines: those that a word says so of, or else the first of each line.
pub fn machine_slots(groups: &[Group<'_>], told: &[Option<Told>]) -> Vec<MachineSlots> {
    let is_name = |kind: Variable| matches!(kind, Variable::Number | Variable::Name);
    let labelled = |at: usize| {
        groups[at].slots.iter().position(|slot| {
            is_name(slot.kind) && quantity(&slot.before, "", None) == Some(Quantity::Machine)
        })
    };
    let first = |at: usize| groups[at].slots.iter().position(|slot| is_name(slot.kind));
    [shared(groups, told, &labelled), shared(groups, told, &first)].into_iter().flatten().collect()
}

/// The slots, if each event has one, and files have several values, though few.
fn shared(
    groups: &[Group<'_>],
    told: &[Option<Told>],
    slot_of: &dyn Fn(usize) -> Option<usize>,
) -> Option<MachineSlots> {
    const MACHINES_MAX: usize = 32;
    let mut names: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for at in (0..groups.len()).filter(|at| told[*at].is_some()) {
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
    crate::dialect::naming::sort_naturally(&mut names);
    reading.machines_inside = Some(names.clone());
    Layout {
        count: names.len(),
        machines: names.iter().cloned().map(Some).collect(),
        places: (0..names.len()).collect(),
        ..layout.clone()
    }
}

/// Who sent, and to whom.
pub fn machines(groups: &[Group<'_>], layout: &Layout, reading: &mut Reading) {
    let place_of = |at: usize, nth: usize, event: &Event| -> usize {
        let record = &groups[at].records[nth];
        match (event.machine, &reading.machines_inside) {
            (Some(slot), Some(names)) => {
                names.iter().position(|name| name == record.values[slot]).unwrap_or(0)
            }
            _ => layout.places.get(record.log).copied().unwrap_or(0),
        }
    };
    // What an INTERNAL line has too, such as whose it is, names no other machine.
    let mut of_internal_lines: BTreeSet<(usize, &str, usize, &str)> = BTreeSet::new();
    for (group, event) in groups.iter().zip(&reading.events) {
        if event.as_ref().is_some_and(|event| event.kind == Kind::Internal) {
            for nth in (0..group.slots.len()).filter(|nth| is_constant(group, *nth)) {
                let label = group.slots[nth].before.as_str();
                of_internal_lines
                    .extend(group.values(nth).map(|(record, text)| (record.log, label, nth, text)));
            }
        }
    }
    let is_of_internal = |group: &Group<'_>, nth: usize| {
        let label = group.slots[nth].before.as_str();
        group.values(nth).all(|(record, text)| of_internal_lines.contains(&(record.log, label, nth, text)))
    };
    // Candidates: a slot of a RECEIVE, or neighbouring slots of a SEND.
    type Candidate = (usize, usize, usize, bool);
    let mut candidates: Vec<Candidate> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = &reading.events[at] else { continue };
        let taken = [Some(event.clock), event.time, event.message_clock, event.queue, event.machine];
        let is_free = |slot: usize| {
            !taken.contains(&Some(slot))
                && !is_of_internal(group, slot)
                && match group.slots[slot].kind {
                    Variable::Name | Variable::List => true,
                    Variable::Number => group.slots[slot].is_whole,
                    _ => false,
                }
        };
        let wanted = match event.kind {
            Kind::Receive => Quantity::From,
            Kind::Send => Quantity::To,
            Kind::Internal => continue,
        };
        let mut slot = 0;
        while slot < group.slots.len() {
            if !is_free(slot) {
                slot += 1;
                continue;
            }
            let mut last = slot;
            while event.kind == Kind::Send
                && last + 1 < group.slots.len()
                && is_free(last + 1)
                && are_listed(group, last)
            {
                last += 1;
            }
            let count = last - slot + 1;
            let spans = (1..=count)
                .rev()
                .flat_map(|length| (slot..=last + 1 - length).map(move |first| (first, first + length - 1)));
            for (first, last) in spans {
                let label =
                    quantity(&group.slots[first].before, &group.slots[first].suffix, Some(event.kind));
                let is_own = label == Some(Quantity::Machine)
                    && group.values(first).all(|(record, text)| {
                        layout.machines.get(record.log).and_then(Option::as_deref) == Some(text)
                    });
                let is_other = matches!(
                    label,
                    Some(Quantity::Queue | Quantity::Other | Quantity::Clock | Quantity::MessageClock)
                );
                if label == Some(wanted) || !is_other && !is_own {
                    candidates.push((at, first, last, label == Some(wanted)));
                }
            }
            slot = last + 1;
        }
    }
    // Those with a telling word decide how machines are called; the rest has to agree.
    let named_by = |chosen: &[Candidate]| {
        let mut named: Named = Named::new();
        for (at, from, to, _) in chosen {
            let Some(event) = &reading.events[*at] else { continue };
            for (nth, record) in groups[*at].records.iter().enumerate() {
                let names = (*from..=*to)
                    .flat_map(|slot| names_in(groups[*at].slots[slot].kind, record.values[slot]));
                named.entry(place_of(*at, nth, event)).or_default().extend(names);
            }
        }
        named
    };
    // A whole list comes before its parts.
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in candidates.iter().copied().filter(|candidate| candidate.3) {
        if !chosen.iter().any(|(at, ..)| *at == candidate.0) {
            chosen.push(candidate);
        }
    }
    let mut naming = peers(&named_by(&chosen), layout);
    if naming.is_none() && !chosen.is_empty() {
        // One of them may name something else.
        let mut single: Vec<Candidate> = Vec::new();
        for one in candidates.iter().copied().filter(|candidate| candidate.3) {
            let is_new = !single.iter().any(|(at, ..)| *at == one.0);
            if is_new && peers(&named_by(&[single.as_slice(), &[one]].concat()), layout).is_some() {
                single.push(one);
            }
        }
        naming = peers(&named_by(&single), layout);
        chosen = if naming.is_some() { single } else { Vec::new() };
    }
    let of_internal = groups
        .iter()
        .zip(&reading.events)
        .filter(|(_, event)| event.as_ref().is_some_and(|event| event.kind == Kind::Internal));
    let slots_of_internal = of_internal.map(|(group, _)| group.slots.len()).max().unwrap_or(usize::MAX);
    for candidate in candidates.iter().copied().filter(|candidate| !candidate.3) {
        let has_one = chosen.iter().any(|(at, ..)| *at == candidate.0);
        let group = &groups[candidate.0];
        // Such as a port, which nothing else is.
        let is_file_name = group
            .values(candidate.1)
            .all(|(_, text)| text.len() > 2 && layout.machines.iter().flatten().any(|name| name == text));
        if has_one || layout.count < 2 || group.records.len() < 4 && !is_file_name {
            continue;
        }
        let mut with: Vec<Candidate> = chosen.clone();
        with.push(candidate);
        let varies = (candidate.1..=candidate.2)
            .any(|slot| group.values(slot).map(|(_, text)| text).collect::<BTreeSet<_>>().len() > 1);
        // A number that never varies may be anything, unless INTERNAL lines lack it.
        let is_name = group.slots[candidate.1].kind != Variable::Number || candidate.2 > candidate.1;
        if !varies && !is_name && !is_file_name && group.slots.len() <= slots_of_internal {
            continue;
        }
        if let Some(found) = peers(&named_by(&with), layout) {
            naming = Some(found);
            chosen = with;
        }
    }
    // Who is named and not understood is not passed over.
    let unread: usize = candidates
        .iter()
        .filter(|candidate| candidate.3 || groups[candidate.0].slots[candidate.1].kind == Variable::Name)
        .map(|candidate| candidate.0)
        .filter(|at| !chosen.iter().any(|(known, ..)| known == at))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|at| groups[at].records.len())
        .sum();
    if unread > 0 {
        let lines = counted(unread as u64, "line");
        reading.doubts.push(format!("{lines} may name a sender or recipient that is not understood"));
    }
    reading.peers = naming;
    for (at, from, to, _) in chosen {
        if let Some(event) = &mut reading.events[at] {
            match event.kind {
                Kind::Receive => event.from = Some(from),
                Kind::Send => event.to = Some((from, to)),
                Kind::Internal => {}
            }
        }
    }
}

/// The names in a value: those of a list, or the value itself.
fn names_in(kind: Variable, value: &str) -> Vec<String> {
    match kind {
        Variable::List => numbers(value).map(str::to_owned).collect(),
        _ => vec![value.to_owned()],
    }
}

/// Whether a slot has one value alone in each log.
fn is_constant(group: &Group<'_>, slot: usize) -> bool {
    let mut seen: BTreeMap<usize, &str> = BTreeMap::new();
    group.values(slot).all(|(record, text)| *seen.entry(record.log).or_insert(text) == text)
}

/// Whether the slot after this one goes on with a list: `2, 3`, `#2 and #3`.
fn are_listed(group: &Group<'_>, slot: usize) -> bool {
    let (from, to) = (group.slots[slot].at, group.slots[slot + 1].at);
    let between: String = group.shape[from + 1..to]
        .iter()
        .map(|part| match part {
            Part::Fixed(text) => text.to_lowercase(),
            Part::Varying(_) => "?".to_owned(),
        })
        .collect();
    let bare: String = between.chars().filter(|char| !" ,&;#/()[]{}'\":+".contains(*char)).collect();
    let is_joined =
        between.contains([',', '&', ';', '/', '+']) || between.contains("and") || between.trim().is_empty();
    let nouns = [
        "",
        "and",
        "vm",
        "machine",
        "node",
        "process",
        "localhost",
        "p",
        "m",
        "andvm",
        "andmachine",
        "andnode",
        "andprocess",
        "?",
    ];
    is_joined && nouns.contains(&bare.as_str())
}
