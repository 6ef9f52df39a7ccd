//! Who sent, and to whom: names that a machine never uses for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::group::Group;
use super::layout::Layout;
use super::peers::{Named, Peers, peers};
use super::reading::{Event, Reading};
use super::scan::{Part, Variable};
use super::values::numbers;
use super::words::{NOUNS, Quantity, quantity};
use crate::model::event::Kind;
use crate::text::numbers::counted;

/// Slots of a group's lines that may name the sender or the recipients.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    group: usize,
    /// The first and the last slot.
    span: (usize, usize),
    /// A label says so.
    is_labelled: bool,
}

/// Finds who sent, and to whom.
pub fn machines(groups: &[Group<'_>], layout: &Layout, reading: &mut Reading) {
    let candidates = candidates(groups, layout, reading);
    let search = Search { groups, layout, reading };
    let (naming, chosen) = search.of_the_rest(&candidates, search.of_labels(&candidates));
    // Who is named and not understood is not passed over.
    let is_name = |one: &Candidate| groups[one.group].slots[one.span.0].kind == Variable::Name;
    let unread: BTreeSet<usize> = candidates
        .iter()
        .filter(|one| one.is_labelled || is_name(one))
        .map(|one| one.group)
        .filter(|group| !has_one(&chosen, *group))
        .collect();
    let unread: usize = unread.into_iter().map(|group| groups[group].records.len()).sum();
    if unread > 0 {
        let lines = counted(unread as u64, "line");
        reading.doubts.push(format!("{lines} may name a sender or recipient that is not understood"));
    }
    reading.peers = naming;
    for Candidate { group, span, .. } in chosen {
        if let Some(event) = &mut reading.events[group] {
            match event.kind {
                Kind::Receive => event.from = Some(span.0),
                Kind::Send => event.to = Some(span),
                Kind::Internal => {}
            }
        }
    }
}

fn has_one(chosen: &[Candidate], group: usize) -> bool {
    chosen.iter().any(|one| one.group == group)
}

/// A slot of a RECEIVE, or neighbouring slots of a SEND, those with the most first.
fn candidates(groups: &[Group<'_>], layout: &Layout, reading: &Reading) -> Vec<Candidate> {
    let of_internal = of_internal_lines(groups, reading);
    let mut candidates = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = reading.events[at].as_ref().filter(|event| event.kind != Kind::Internal) else {
            continue;
        };
        let taken = [Some(event.clock), event.time, event.message_clock, event.queue, event.machine];
        let is_free = |slot: usize| {
            let label = group.slots[slot].before.as_str();
            !taken.contains(&Some(slot))
                && !group
                    .values(slot)
                    .all(|(record, text)| of_internal.contains(&(record.log, label, slot, text)))
                && match group.slots[slot].kind {
                    Variable::Name | Variable::List => true,
                    Variable::Number => group.slots[slot].is_whole,
                    _ => false,
                }
        };
        let mut slot = 0;
        while slot < group.slots.len() {
            let mut end = slot + usize::from(is_free(slot));
            if end == slot {
                slot += 1;
                continue;
            }
            while event.kind == Kind::Send
                && end < group.slots.len()
                && is_free(end)
                && are_listed(group, end - 1)
            {
                end += 1;
            }
            let spans = (1..=end - slot)
                .rev()
                .flat_map(|count| (slot..=end - count).map(move |from| (from, from + count - 1)));
            candidates.extend(spans.filter_map(|span| candidate(at, group, event, span, layout)));
            slot = end;
        }
    }
    candidates
}

/// What INTERNAL lines have too, such as whose they are: it names no other machine. The
/// log, the label, the slot and the value.
fn of_internal_lines<'g>(
    groups: &'g [Group<'_>],
    reading: &Reading,
) -> BTreeSet<(usize, &'g str, usize, &'g str)> {
    let mut found = BTreeSet::new();
    for (group, event) in groups.iter().zip(&reading.events) {
        if event.as_ref().is_some_and(|event| event.kind == Kind::Internal) {
            for slot in (0..group.slots.len()).filter(|slot| is_constant(group, *slot)) {
                let label = group.slots[slot].before.as_str();
                found.extend(group.values(slot).map(|(record, text)| (record.log, label, slot, text)));
            }
        }
    }
    found
}

/// The candidate of a span; `None` where its label says that it is something else.
fn candidate(
    at: usize,
    group: &Group<'_>,
    event: &Event,
    span: (usize, usize),
    layout: &Layout,
) -> Option<Candidate> {
    let wanted = if event.kind == Kind::Receive { Quantity::From } else { Quantity::To };
    let slot = &group.slots[span.0];
    let is_labelled = match quantity(&slot.before, &slot.suffix, Some(event.kind)) {
        Some(Quantity::Queue | Quantity::Other | Quantity::Clock | Quantity::MessageClock) => return None,
        Some(Quantity::Machine) if is_own(group, span.0, layout) => return None,
        label => label == Some(wanted),
    };
    Some(Candidate { group: at, span, is_labelled })
}

/// Whether a slot has the name of each log's own machine.
fn is_own(group: &Group<'_>, slot: usize, layout: &Layout) -> bool {
    group.values(slot).all(|(record, text)| {
        layout.machines[record.log].as_deref().is_some_and(|own| own.eq_ignore_ascii_case(text))
    })
}

/// The search for candidates that agree on how machines are called.
struct Search<'s, 'a> {
    groups: &'s [Group<'a>],
    layout: &'s Layout,
    reading: &'s Reading,
}

/// How machines are called, and the candidates that call them so.
type Found = (Option<Peers>, Vec<Candidate>);

impl Search<'_, '_> {
    /// How these candidates call machines; `None` where they do not fit together.
    fn naming(&self, chosen: &[Candidate]) -> Option<Peers> {
        let mut named = Named::new();
        for Candidate { group, span, .. } in chosen {
            let group_slots = &self.groups[*group].slots;
            let Some(event) = &self.reading.events[*group] else { continue };
            for record in &self.groups[*group].records {
                let names =
                    (span.0..=span.1).flat_map(|slot| names_in(group_slots[slot].kind, record.values[slot]));
                let place = match (event.machine, &self.reading.machines_inside) {
                    (Some(slot), Some(machines)) => {
                        machines.iter().position(|name| name == record.values[slot])
                    }
                    _ => self.layout.places.get(record.log).copied(),
                };
                named.entry(place.unwrap_or(0)).or_default().extend(names);
            }
        }
        peers(&named, self.layout)
    }

    /// Those with a label decide how machines are called.
    fn of_labels(&self, candidates: &[Candidate]) -> Found {
        let labelled = || candidates.iter().copied().filter(|one| one.is_labelled);
        // A whole list comes before its parts.
        let mut chosen: Vec<Candidate> = Vec::new();
        for candidate in labelled() {
            if !has_one(&chosen, candidate.group) {
                chosen.push(candidate);
            }
        }
        let naming = self.naming(&chosen);
        if naming.is_some() || chosen.is_empty() {
            return (naming, chosen);
        }
        // One of them may name something else.
        let mut agreed: Vec<Candidate> = Vec::new();
        for candidate in labelled() {
            let with = [agreed.as_slice(), &[candidate]].concat();
            if !has_one(&agreed, candidate.group) && self.naming(&with).is_some() {
                agreed = with;
            }
        }
        (self.naming(&agreed), agreed)
    }

    /// The rest has to agree with them.
    fn of_the_rest(&self, candidates: &[Candidate], (mut naming, mut chosen): Found) -> Found {
        for candidate in candidates.iter().copied().filter(|one| !one.is_labelled) {
            if self.layout.count < 2 || has_one(&chosen, candidate.group) || !self.is_telling(candidate) {
                continue;
            }
            let with = [chosen.as_slice(), &[candidate]].concat();
            if let Some(found) = self.naming(&with) {
                (naming, chosen) = (Some(found), with);
            }
        }
        (naming, chosen)
    }

    /// Whether values without a label are more than a number that stands there by chance.
    fn is_telling(&self, Candidate { group: at, span, .. }: Candidate) -> bool {
        let group = &self.groups[at];
        // Such as a port, which nothing else is.
        let is_file_name = group.values(span.0).all(|(_, text)| {
            text.len() > 2 && self.layout.machines.iter().flatten().any(|name| name == text)
        });
        if is_file_name {
            return true;
        }
        let is_name = group.slots[span.0].kind != Variable::Number || span.1 > span.0;
        let varies = || group.values(span.0).map(|(_, text)| text).collect::<BTreeSet<_>>().len() > 1;
        let of_internal = self
            .groups
            .iter()
            .zip(&self.reading.events)
            .filter(|(_, event)| event.as_ref().is_some_and(|event| event.kind == Kind::Internal));
        let slots_of_internal = of_internal.map(|(group, _)| group.slots.len()).max().unwrap_or(usize::MAX);
        // A number that never varies may be anything, unless INTERNAL lines lack it.
        group.records.len() >= 4 && (is_name || varies() || group.slots.len() > slots_of_internal)
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
    let bare = bare.strip_prefix("and").unwrap_or(&bare);
    let is_alike = || group.slots[slot].before.split_whitespace().next_back() == Some(bare);
    is_joined && (matches!(bare, "" | "?") || NOUNS.contains(&bare) || is_alike())
}
