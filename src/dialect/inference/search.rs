//! The search for the reading that keeps the model's rules best: which lines are
//! events, and which of their numbers is the clock.

use std::collections::BTreeMap;

use super::group::{Group, Slot};
use super::layout::Layout;
use super::ledger::{self, Convention, Entry};
use super::machine_slots::MachineSlots;
use super::sequences::Sequences;
use super::values::{Course, clock};
use super::words::{Keyword, Quantity, quantity};
use crate::model::event::Kind;

/// What the lines of a group are taken for: events of a kind, with their clock in a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    pub kind: Kind,
    pub clock: usize,
}

/// The search for the kinds of lines and for the clock's place in them.
pub struct Search<'g, 'a> {
    groups: &'g [Group<'a>],
    keywords: &'g [Option<Keyword>],
    sequences: Sequences,
}

impl<'g, 'a> Search<'g, 'a> {
    /// `machine` is the slots that tell whose each line is, where not each log is one machine's.
    pub fn new(
        groups: &'g [Group<'a>],
        layout: &Layout,
        keywords: &'g [Option<Keyword>],
        machine: Option<&MachineSlots>,
    ) -> Search<'g, 'a> {
        Search { groups, keywords, sequences: Sequences::new(groups, layout, machine) }
    }

    /// The best choice for each group; `None` where no line reads as an event.
    pub fn best(&self) -> Option<Vec<Option<Choice>>> {
        let by_keyword = |at: usize| self.choice(at, *self.clock_slots(at).first()?);
        let mut choices: Vec<Option<Choice>> = (0..self.groups.len()).map(by_keyword).collect();
        self.begin(&mut choices);
        let best = self.improve(&mut choices);
        self.join_unnamed(&mut choices, best);
        choices.iter().any(Option::is_some).then_some(choices)
    }

    /// All events of these choices in their order.
    pub fn entries(&self, choices: &[Option<Choice>]) -> Vec<Entry> {
        let mut entries: Vec<(usize, usize, Entry)> = Vec::new();
        for (at, (group, choice)) in self.groups.iter().zip(choices).enumerate() {
            let Some(choice) = choice else { continue };
            for (nth, record) in group.records.iter().enumerate() {
                let Some(clock) = clock(record.values[choice.clock]) else { continue };
                let sequence = self.sequences.of[at][nth];
                let entry = Entry { sequence, group: at, record: nth, kind: choice.kind, clock };
                entries.push((sequence, record.nth, entry));
            }
        }
        entries.sort_by_key(|(sequence, nth, _)| (*sequence, *nth));
        entries.into_iter().map(|(_, _, entry)| entry).collect()
    }

    /// The convention of clocks that these events keep best.
    pub fn convention(&self, choices: &[Option<Choice>], entries: &[Entry]) -> Convention {
        ledger::best(entries, self.has_internal(choices), Some(&self.sequences.runs))
    }

    /// How good choices are: rules kept, labels followed, and lines with a keyword left out.
    pub fn value(&self, choices: &[Option<Choice>]) -> f64 {
        let Convention { before, score, .. } =
            ledger::best(&self.entries(choices), self.has_internal(choices), None);
        let mut value = score.value() - before.unlikely() * (score.kept + score.broken) as f64;
        for ((group, choice), keyword) in self.groups.iter().zip(choices).zip(self.keywords) {
            let records = group.records.len() as f64;
            value += records
                * match choice {
                    Some(choice) => self.prior(&group.slots[choice.clock], Some(choice.kind)),
                    None if keyword.is_some() => -0.7,
                    None => 0.0,
                };
        }
        value
    }

    /// Whether INTERNAL events have lines: without, there are ticks between the others.
    pub fn has_internal(&self, choices: &[Option<Choice>]) -> bool {
        let by_keyword = self.keywords.iter().flatten().any(|keyword| keyword.kind == Kind::Internal);
        by_keyword || choices.iter().flatten().any(|choice| choice.kind == Kind::Internal)
    }

    /// A clock's slot for a group with a keyword.
    fn choice(&self, at: usize, clock: usize) -> Option<Choice> {
        self.keywords[at].map(|keyword| Choice { kind: keyword.kind, clock })
    }

    fn prior(&self, slot: &Slot, kind: Option<Kind>) -> f64 {
        match quantity(&slot.before, &slot.suffix, kind) {
            Some(Quantity::Clock) if slot.before.starts_with("new ") => 0.65,
            Some(Quantity::Clock) => 0.6,
            Some(_) => -1.0,
            None => 0.0,
        }
    }

    /// The slots that may hold the clock, the likeliest first.
    fn clock_slots(&self, at: usize) -> Vec<usize> {
        let group = &self.groups[at];
        let mut found: Vec<(usize, f64)> = group
            .clocks()
            .map(|slot| {
                let kind = self.keywords[at].map(|keyword| keyword.kind);
                (slot, self.climbing(at, slot) + self.prior(&group.slots[slot], kind))
            })
            .collect();
        found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        found.truncate(6);
        found.into_iter().map(|(slot, _)| slot).collect()
    }

    /// The share of steps of a slot's values that do not fall, within each
    /// machine's log; less if they hardly rise.
    fn climbing(&self, at: usize, slot: usize) -> f64 {
        let course = self.course(at, slot);
        let rising = course.rises as f64 / (course.rises + course.stays + course.falls).max(1) as f64;
        (course.climbing() + rising) / 2.0
    }

    pub fn course(&self, at: usize, slot: usize) -> Course {
        let mut course = Course::default();
        let mut last: BTreeMap<usize, f64> = BTreeMap::new();
        for ((_, text), sequence) in self.groups[at].values(slot).zip(&self.sequences.of[at]) {
            let value = text.parse::<f64>().ok().or_else(|| clock(text).map(|sum| sum as f64));
            let Some(value) = value else { continue };
            if let Some(last) = last.insert(*sequence, value) {
                course.step(last, value);
            }
        }
        course
    }

    /// Takes the slots of one label, or of one place among the numbers of a line, for
    /// the clock, where that is better.
    fn begin(&self, choices: &mut Vec<Option<Choice>>) {
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        enum Key {
            Label(String),
            FromLeft(usize),
            FromRight(usize),
        }
        let mut starts: BTreeMap<Key, Vec<(usize, usize)>> = BTreeMap::new();
        for at in (0..choices.len()).filter(|at| self.keywords[*at].is_some()) {
            let slots: Vec<usize> = self.groups[at].clocks().collect();
            for (nth, slot) in slots.iter().enumerate() {
                let label = self.groups[at].slots[*slot].before.trim().to_owned();
                let keys = [Key::Label(label), Key::FromLeft(nth), Key::FromRight(slots.len() - nth)];
                for key in keys {
                    starts.entry(key).or_default().push((at, *slot));
                }
            }
        }
        let mut best = self.value(choices);
        for start in starts.into_values() {
            let mut others = choices.clone();
            for (at, clock) in start {
                others[at] = self.choice(at, clock);
            }
            let value = self.value(&others);
            if value > best {
                best = value;
                *choices = others;
            }
        }
    }

    /// Improves the choices group by group until nothing gets better. Gives their value.
    fn improve(&self, choices: &mut [Option<Choice>]) -> f64 {
        const ROUNDS_MAX: usize = 4;
        let mut best = self.value(choices);
        for _ in 0..ROUNDS_MAX {
            let before = best;
            for at in (0..choices.len()).filter(|at| self.keywords[*at].is_some()) {
                let slots = self.clock_slots(at).into_iter().map(|clock| self.choice(at, clock));
                for choice in slots.chain([None]) {
                    if choice == choices[at] {
                        continue;
                    }
                    let known = std::mem::replace(&mut choices[at], choice);
                    let value = self.value(choices);
                    if value > best + 1e-9 {
                        best = value;
                    } else {
                        choices[at] = known;
                    }
                }
            }
            if best <= before + 1e-9 {
                break;
            }
        }
        best
    }

    /// Takes in lines without a keyword, where the logs are better with them.
    fn join_unnamed(&self, choices: &mut [Option<Choice>], mut best: f64) {
        for at in 0..choices.len() {
            if choices[at].is_some() || self.keywords[at].is_some() {
                continue;
            }
            let least = 1.5 * self.sequences.runs.len() as f64;
            let mut found = None;
            for clock in self.clock_slots(at) {
                for kind in [Kind::Internal, Kind::Send, Kind::Receive] {
                    choices[at] = Some(Choice { kind, clock });
                    // What has no keyword is sooner an INTERNAL event.
                    let value = self.value(choices) + if kind == Kind::Internal { 0.5 } else { 0.0 };
                    if value > best + least && found.is_none_or(|(_, known)| value > known) {
                        found = Some((choices[at], value));
                    }
                }
            }
            choices[at] = found
                .map(|(choice, value)| {
                    best = value;
                    choice
                })
                .unwrap_or(None);
        }
    }
}
