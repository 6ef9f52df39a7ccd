//! The search for the reading that keeps the model's rules best: which lines are
//! events, and which of their numbers is the clock.

use std::collections::BTreeMap;

use super::group::{Group, Slot};
use super::ledger::{self, Entry};
use super::values::{Course, clock};
use super::words::{Quantity, Told, quantity};
use crate::model::event::Kind;

/// Clocks are not larger; times since 1970 are.
const CLOCK_MAX: u64 = 100_000_000;

/// What is being tried: a kind and the slot of the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    pub kind: Option<Kind>,
    pub clock: usize,
}

/// The search for the kinds of lines and for the clock's place in them.
pub struct Search<'g, 'a> {
    pub groups: &'g [Group<'a>],
    pub told: Vec<Option<Told>>,
    /// For each group and record: whose it is.
    pub sequences: Vec<Vec<usize>>,
    pub sequence_count: usize,
}

impl<'a> Search<'_, 'a> {
    /// All events of a trial in their order.
    pub fn entries(&self, trials: &[Option<Trial>]) -> Vec<Entry> {
        let mut entries: Vec<(usize, usize, Entry)> = Vec::new();
        for (at, (group, trial)) in self.groups.iter().zip(trials).enumerate() {
            let Some(trial) = trial else { continue };
            for (nth, record) in group.records.iter().enumerate() {
                let Some(clock) = clock(record.values[trial.clock]) else { continue };
                let sequence = self.sequences[at][nth];
                let entry = Entry { sequence, group: at, record: nth, kind: trial.kind, clock };
                entries.push((sequence, record.nth, entry));
            }
        }
        entries.sort_by_key(|(sequence, nth, _)| (*sequence, *nth));
        entries.into_iter().map(|(_, _, entry)| entry).collect()
    }

    /// How good a trial is: rules kept, words followed, and told lines left out.
    pub fn value(&self, trials: &[Option<Trial>]) -> f64 {
        let (convention, score, _) = ledger::best(&self.entries(trials), self.has_internal(trials), None);
        let mut value = score.value() - convention.unlikely() * (score.kept + score.broken) as f64;
        for ((group, trial), told) in self.groups.iter().zip(trials).zip(&self.told) {
            let records = group.records.len() as f64;
            value += records
                * match trial {
                    Some(trial) => self.prior(&group.slots[trial.clock], trial.kind),
                    None if told.is_some() => -0.7,
                    None => 0.0,
                };
        }
        value
    }

    /// Whether INTERNAL events have lines: without, there are ticks between the others.
    pub fn has_internal(&self, trials: &[Option<Trial>]) -> bool {
        let told = self.told.iter().flatten().any(|told| told.kind == Kind::Internal);
        told || trials.iter().flatten().any(|trial| matches!(trial.kind, None | Some(Kind::Internal)))
    }

    fn prior(&self, slot: &Slot, kind: Option<Kind>) -> f64 {
        match quantity(&slot.before, &slot.suffix, kind) {
            Some(Quantity::Clock) => 0.6,
            Some(_) => -1.0,
            None => 0.0,
        }
    }

    /// The slots that may hold the clock, the likeliest first.
    pub fn clock_slots(&self, at: usize) -> Vec<usize> {
        let group = &self.groups[at];
        let mut found: Vec<(usize, f64)> = group
            .clocks()
            .filter(|slot| {
                group.values(*slot).all(|(_, text)| clock(text).is_some_and(|value| value < CLOCK_MAX))
            })
            .map(|slot| {
                let kind = self.told[at].map(|told| told.kind);
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
        for ((_, text), sequence) in self.groups[at].values(slot).zip(&self.sequences[at]) {
            let value = text.parse::<f64>().ok().or_else(|| clock(text).map(|sum| sum as f64));
            let Some(value) = value else { continue };
            if let Some(last) = last.insert(*sequence, value) {
                course.step(last, value);
            }
        }
        course
    }

    /// The best trial that takes the slots of one label, or of one place among
    /// the whole numbers of a line, for the clock.
    pub fn begin(&self, trials: &mut Vec<Option<Trial>>) {
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        enum Key {
            Label(String),
            FromLeft(usize),
            FromRight(usize),
        }
        let mut starts: BTreeMap<Key, Vec<(usize, usize)>> = BTreeMap::new();
        for at in (0..trials.len()).filter(|at| self.told[*at].is_some()) {
            let slots: Vec<usize> = self.groups[at].clocks().collect();
            for (nth, slot) in slots.iter().enumerate() {
                let label = self.groups[at].slots[*slot].before.trim().to_owned();
                let keys = [Key::Label(label), Key::FromLeft(nth), Key::FromRight(slots.len() - nth)];
                for key in keys {
                    starts.entry(key).or_default().push((at, *slot));
                }
            }
        }
        let mut best = self.value(trials);
        for chosen in starts.into_values() {
            let mut trial = trials.clone();
            for (at, clock) in chosen {
                trial[at] = Some(Trial { kind: self.told[at].map(|told| told.kind), clock });
            }
            let value = self.value(&trial);
            if value > best {
                best = value;
                *trials = trial;
            }
        }
    }

    /// Improves a trial group by group until nothing gets better.
    pub fn improved(&self, trials: &mut [Option<Trial>], is_open: &dyn Fn(usize) -> bool) -> f64 {
        const ROUNDS_MAX: usize = 4;
        let mut best = self.value(trials);
        for _ in 0..ROUNDS_MAX {
            let before = best;
            for at in (0..trials.len()).filter(|at| is_open(*at)) {
                let kind = self.told[at].map(|told| told.kind);
                let slots = self.clock_slots(at).into_iter().map(|clock| Some(Trial { kind, clock }));
                for trial in slots.chain([None]) {
                    if trial == trials[at] {
                        continue;
                    }
                    let known = std::mem::replace(&mut trials[at], trial);
                    let value = self.value(trials);
                    if value > best + 1e-9 {
                        best = value;
                    } else {
                        trials[at] = known;
                    }
                }
            }
            if best <= before + 1e-9 {
                break;
            }
        }
        best
    }

    /// Lines without a telling word, where the logs are better with them.
    pub fn join_unnamed(&self, trials: &mut [Option<Trial>], mut best: f64) {
        for at in 0..trials.len() {
            if trials[at].is_some() || self.told[at].is_some() {
                continue;
            }
            let least = 1.5 * self.sequence_count as f64;
            let mut found = None;
            for clock in self.clock_slots(at) {
                for kind in [Kind::Internal, Kind::Send, Kind::Receive] {
                    trials[at] = Some(Trial { kind: Some(kind), clock });
                    // What no word tells is sooner an INTERNAL event.
                    let value = self.value(trials) + if kind == Kind::Internal { 0.5 } else { 0.0 };
                    if value > best + least && found.is_none_or(|(_, known)| value > known) {
                        found = Some((trials[at], value));
                    }
                }
            }
            trials[at] = found
                .map(|(trial, value)| {
                    best = value;
                    trial
                })
                .unwrap_or(None);
        }
    }
}
