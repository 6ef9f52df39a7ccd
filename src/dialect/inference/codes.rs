//! Kinds that a number or a name in the line stands for: lines of one shape, taken
//! apart by what it is.

use std::collections::{BTreeMap, BTreeSet};

use super::group::Group;
use super::kinds::kinds;
use super::layout::Layout;
use super::read::keywords;
use super::scan::Variable;
use super::sequences::Sequences;
use crate::model::event::Kind;

/// The groups, those whose lines a code tells apart as one group for each code, where
/// the clocks then tell the kinds beyond doubt. Nothing changes where words tell them.
pub fn split_by_codes<'a>(groups: Vec<Group<'a>>, layout: &Layout) -> Vec<Group<'a>> {
    let words = keywords(&groups, layout);
    let has = |kind| words.iter().flatten().any(|keyword| keyword.kind == kind);
    if has(Kind::Receive) && has(Kind::Send) {
        return groups;
    }
    let told = |groups: &[Group<'a>]| {
        kinds(groups, &keywords(groups, layout), &Sequences::new(groups, layout, None))
    };
    let whole = told(&groups);
    if whole.as_ref().is_some_and(|told| told.explained * 20 >= told.jumps * 19) {
        return groups;
    }
    let mut best = (whole.map_or(f64::MIN, |told| told.value), None);
    for at in (0..groups.len()).filter(|at| words[*at].is_none()) {
        for slot in 0..groups[at].slots.len() {
            let Some(parts) = parts(&groups[at], slot) else { continue };
            let mut split = groups.clone();
            let count = parts.len();
            split.splice(at..=at, parts);
            let Some(told) = told(&split).filter(|told| told.is_certain) else { continue };
            // What the lines of all codes are alike, such as received, is no code's doing.
            let kinds: Vec<_> =
                told.kinds[at..at + count].iter().map(|keyword| keyword.map(|one| one.kind)).collect();
            if told.value > best.0 && kinds.windows(2).any(|pair| pair[0] != pair[1]) {
                best = (told.value, Some(split));
            }
        }
    }
    best.1.unwrap_or(groups)
}

/// The lines of a group by the value in a slot, if that may be a code: a few values,
/// which follow one another in a log.
fn parts<'a>(group: &Group<'a>, slot: usize) -> Option<Vec<Group<'a>>> {
    const CODES: std::ops::RangeInclusive<usize> = 2..=6;
    const RECORDS_MIN: usize = 20;
    if !matches!(group.slots[slot].kind, Variable::Number | Variable::Name)
        || group.records.len() < RECORDS_MIN
    {
        return None;
    }
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    let mut of_log: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (record, text) in group.values(slot) {
        codes.insert(text);
        of_log.entry(record.log).or_default().insert(text);
        if codes.len() > *CODES.end() {
            return None;
        }
    }
    let is_code = CODES.contains(&codes.len()) && of_log.values().any(|codes| codes.len() > 1);
    is_code.then(|| codes.into_iter().map(|code| group.with(slot, code)).collect())
}
