//! Lines of one shape, and the words around their varying parts.

use std::collections::BTreeMap;

use super::scan::{Part, Scanner, Variable};
use super::values::{clock, whole};
use super::words::{Quantity, quantity};

/// A line, or a record of several, of a log.
#[derive(Clone, Copy, Debug)]
pub struct RawRecord<'a> {
    /// The log, counted from 0.
    pub log: usize,
    pub text: &'a str,
}

/// What varies in one record, and where it stands among all.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    pub log: usize,
    /// Among the records of all logs, in their order.
    pub nth: usize,
    pub values: Vec<&'a str>,
}

/// Records of one shape.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    pub shape: Vec<Part>,
    pub records: Vec<Record<'a>>,
    pub slots: Vec<Slot>,
    /// The fixed words in order, in lower case, with `#` for what varies.
    pub words: String,
}

/// A varying part of a shape.
#[derive(Clone, Debug)]
pub struct Slot {
    pub kind: Variable,
    /// The words right before it, in lower case.
    pub before: String,
    /// The words right after it, in lower case, up to what divides fields.
    pub after: String,
    /// The same, unless they may as well be those before the next one.
    pub suffix: String,
    /// Every value is a whole number without a sign.
    pub is_whole: bool,
    /// Every value may be a logical clock.
    pub is_clock: bool,
    /// The place of the shape at which it stands.
    pub at: usize,
}

impl<'a> Group<'a> {
    /// The values of a slot, with their records.
    pub fn values(&self, slot: usize) -> impl Iterator<Item = (&Record<'a>, &'a str)> {
        self.records.iter().map(move |record| (record, record.values[slot]))
    }

    /// The records with this value in a slot, which varies no longer.
    pub fn with(&self, slot: usize, value: &str) -> Group<'a> {
        let mut records: Vec<Record<'a>> =
            self.records.iter().filter(|record| record.values[slot] == value).cloned().collect();
        for record in &mut records {
            record.values.remove(slot);
        }
        let mut shape = self.shape.clone();
        shape[self.slots[slot].at] = Part::Fixed(value.to_owned());
        let mut slots = self.slots.clone();
        slots.remove(slot);
        Group { shape, records, slots, words: self.words.clone() }
    }

    /// The slots whose values are whole numbers.
    pub fn whole(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.is_whole).map(|(nth, _)| nth)
    }

    /// The slots that may hold a logical clock: whole numbers, and lists of them.
    pub fn clocks(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.is_clock).map(|(nth, _)| nth)
    }
}

/// What stands between a value and the one that takes its place.
const ARROWS: [&str; 6] = ["->", "=>", "-->", "→", "to", ">"];

/// Clocks are not larger; times since 1970 are.
const CLOCK_MAX: u64 = 100_000_000;

/// More shapes than programs have; what is left is free text.
const SHAPES_MAX: usize = 80;

/// The records by their shapes, those with the most first. `columns` are the
/// names of columns and what divides them, where a first line has them.
pub fn grouped<'a>(
    records: &[RawRecord<'a>],
    scanner: &Scanner,
    columns: Option<&(String, Vec<String>)>,
) -> Vec<Group<'a>> {
    let mut by_shape: BTreeMap<Vec<Part>, Vec<Record<'a>>> = BTreeMap::new();
    for (nth, record) in records.iter().enumerate() {
        let scanned = scanner.scan(record.text);
        let values = Record { log: record.log, nth, values: scanned.values };
        by_shape.entry(scanned.shape).or_default().push(values);
    }
    let mut groups: Vec<Group<'a>> =
        by_shape.into_iter().map(|(shape, records)| group(shape, records, columns)).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.records.len()));
    groups.truncate(SHAPES_MAX);
    groups
}

fn group<'a>(
    shape: Vec<Part>,
    records: Vec<Record<'a>>,
    columns: Option<&(String, Vec<String>)>,
) -> Group<'a> {
    let mut slots = Vec::new();
    let mut words = String::new();
    let text_at = |at: Option<usize>| match at.and_then(|at| shape.get(at)) {
        Some(Part::Fixed(text)) => text.as_str(),
        _ => "",
    };
    let mut so_far = String::new();
    for (at, part) in shape.iter().enumerate() {
        match part {
            Part::Fixed(text) => {
                words += &without_colours(text).to_lowercase();
                so_far += text;
            }
            Part::Varying(kind) => {
                let nth = slots.len();
                let is_whole = *kind == Variable::Number
                    && records.iter().all(|record| whole(record.values[nth]).is_some());
                let has_clock =
                    |record: &Record<'_>| clock(record.values[nth]).is_some_and(|clock| clock < CLOCK_MAX);
                let is_clock = (is_whole || *kind == Variable::List) && records.iter().all(has_clock);
                let named = columns.and_then(|(delimiter, names)| {
                    names.get(so_far.matches(delimiter.as_str()).count()).map(String::as_str)
                });
                let text_before = without_colours(text_at(at.checked_sub(1)));
                let label = label_of(&text_before);
                let last = slots.last().map_or("", |slot: &Slot| slot.before.as_str());
                let follows_clock =
                    || quantity(last, "", None) == Some(Quantity::Clock) && rises_to(&records, nth);
                let before = match named {
                    Some(name) => format!("{name} {label}"),
                    None if ARROWS.contains(&text_before.trim()) && follows_clock() => format!("new {last}"),
                    None => label.to_owned(),
                };
                let text_after = without_colours(text_at(Some(at + 1)));
                let after = until_separator(&text_after);
                let is_last = at + 2 >= shape.len();
                // What ends in `=` or `:` says what comes next.
                let rest = &text_after[after.len()..];
                let is_cut = !rest.is_empty() && !rest.starts_with([':', '=']);
                let (before, after) = (before.to_lowercase(), after.to_lowercase());
                let suffix = if is_last || is_cut { after.clone() } else { String::new() };
                slots.push(Slot { kind: *kind, before, after, suffix, is_whole, is_clock, at });
                words.push('#');
                so_far.push('0');
            }
        }
    }
    Group { shape, records, slots, words }
}

/// Whether the value in this slot is larger than the one before it, in all records.
fn rises_to(records: &[Record<'_>], slot: usize) -> bool {
    let value = |record: &Record<'_>, slot: usize| whole(record.values[slot]);
    records.iter().all(|record| value(record, slot - 1) < value(record, slot))
}

/// A text as a terminal shows it.
fn without_colours(text: &str) -> String {
    let mut shown = text.to_owned();
    while let Some(at) = shown.find("\x1b[") {
        let length = shown[at..].find(char::is_alphabetic).map_or(shown.len() - at, |last| last + 1);
        shown.replace_range(at..at + length, "");
    }
    shown
}

/// What belongs to the part that follows.
fn label_of(text: &str) -> &str {
    let trimmed = text.trim_end_matches(|char: char| " =:-\"'([{>#".contains(char));
    let cut = trimmed.rfind(['|', ',', ';', '\t', '\n', ')', ']', '}']).map_or(0, |at| at + 1);
    let cut = trimmed.rfind(" - ").map_or(cut, |dash| cut.max(dash + 3));
    let rest = &trimmed[cut..];
    // `[queue length] 3` has its label in brackets.
    if rest.trim().is_empty() { trimmed } else { rest }
}

/// What belongs to the part before.
fn until_separator(text: &str) -> &str {
    let cut = text
        .find(['|', ',', ';', '\t', '\n', '(', '[', '{', ')', ']', '}', ':', '=', '&'])
        .unwrap_or(text.len());
    let cut = text.find(" - ").map_or(cut, |dash| dash.min(cut));
    &text[..cut]
}
