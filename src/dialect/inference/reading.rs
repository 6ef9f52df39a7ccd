//! A reading of logs: which lines are events, of which kind, and what their
//! numbers are. The one is looked for that keeps the model's rules best.

use std::collections::{BTreeMap, BTreeSet};

use super::arrivals;
use super::group::{Group, Slot};
use super::layout::Layout;
use super::ledger::{self, Around, ClockBefore, Entry, Score};
use super::peers::{Named, Peers, peers};
use super::scan::{Part, TIMES, Variable};
use super::values::{Course, whole};
use super::words::{self, Quantity, Told, quantity};
use crate::model::event::Kind;
use crate::text::numbers::counted;

/// What the lines of one group are.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: Kind,
    /// A word tells the kind.
    pub is_told: bool,
    pub is_to_all: bool,
    pub clock: usize,
    pub time: Option<usize>,
    pub message_clock: Option<usize>,
    pub queue: Option<usize>,
    pub from: Option<usize>,
    /// The first and last slot of those that name the recipients.
    pub to: Option<(usize, usize)>,
    pub machine: Option<usize>,
}

/// What logs are taken to say, and how well that fits.
#[derive(Clone, Debug)]
pub struct Reading {
    /// For each group, what its lines are, if they are events.
    pub events: Vec<Option<Event>>,
    pub clock_before: ClockBefore,
    pub queue_before_pop: bool,
    /// Rules that a queue after the pop breaks, those that one before it breaks,
    /// and whether a RECEIVE ever left it empty.
    queue_rules: Option<(u64, u64, bool)>,
    pub score: Score,
    pub time: Option<String>,
    pub peers: Option<Peers>,
    /// Lines tell whose they are; the machine's names in their order.
    pub machines_inside: Option<Vec<String>>,
    pub is_line_each: bool,
    /// Records, by log and place, right before a clock that begins.
    pub begins: BTreeSet<(usize, usize)>,
    /// What these logs leave open, a sentence each.
    pub doubts: Vec<String>,
    /// What was found out, and by how much, a sentence each.
    pub evidence: Vec<String>,
}

/// Clocks are not larger; times since 1970 are.
const CLOCK_MAX: u64 = 100_000_000;

/// What is being tried: a kind and the slot of the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Trial {
    kind: Option<Kind>,
    clock: usize,
}

struct Search<'g, 'a> {
    groups: &'g [Group<'a>],
    told: Vec<Option<Told>>,
    /// For each group and record: whose it is.
    sequences: Vec<Vec<usize>>,
    sequence_count: usize,
}

impl<'a> Search<'_, 'a> {
    /// All events of a trial in their order.
    fn entries(&self, trials: &[Option<Trial>]) -> Vec<Entry> {
        let mut entries: Vec<(usize, usize, Entry)> = Vec::new();
        for (at, (group, trial)) in self.groups.iter().zip(trials).enumerate() {
            let Some(trial) = trial else { continue };
            for (nth, record) in group.records.iter().enumerate() {
                let Some(clock) = whole(record.values[trial.clock]) else { continue };
                let sequence = self.sequences[at][nth];
                let entry = Entry { sequence, group: at, record: nth, kind: trial.kind, clock };
                entries.push((sequence, record.nth, entry));
            }
        }
        entries.sort_by_key(|(sequence, nth, _)| (*sequence, *nth));
        entries.into_iter().map(|(_, _, entry)| entry).collect()
    }

    /// How good a trial is: rules kept, words followed, and told lines left out.
    fn value(&self, trials: &[Option<Trial>]) -> f64 {
        let (_, score, _) = ledger::best(&self.entries(trials), self.has_internal(trials), None);
        let mut value = score.value();
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
    fn has_internal(&self, trials: &[Option<Trial>]) -> bool {
        let told = self.told.iter().flatten().any(|told| told.kind == Kind::Internal);
        told || trials.iter().flatten().any(|trial| matches!(trial.kind, None | Some(Kind::Internal)))
    }

    fn prior(&self, slot: &Slot, kind: Option<Kind>) -> f64 {
        match quantity(&slot.before, &slot.suffix, kind) {
            Some(Quantity::Clock) => 0.3,
            Some(_) => -0.5,
            None => 0.0,
        }
    }

    /// The slots that may hold the clock, the likeliest first.
    fn clock_slots(&self, at: usize) -> Vec<usize> {
        let group = &self.groups[at];
        let mut found: Vec<(usize, f64)> = group
            .whole()
            .filter(|slot| {
                group.values(*slot).all(|(_, text)| whole(text).is_some_and(|value| value < CLOCK_MAX))
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

    fn course(&self, at: usize, slot: usize) -> Course {
        let mut course = Course::default();
        let mut last: BTreeMap<usize, f64> = BTreeMap::new();
        for ((_, text), sequence) in self.groups[at].values(slot).zip(&self.sequences[at]) {
            let Ok(value) = text.parse::<f64>() else { continue };
            if let Some(last) = last.insert(*sequence, value) {
                course.step(last, value);
            }
        }
        course
    }

    /// The best trial that takes the slots of one label, or of one place among
    /// the whole numbers of a line, for the clock.
    fn begin(&self, trials: &mut Vec<Option<Trial>>) {
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        enum Key {
            Label(String),
            FromLeft(usize),
            FromRight(usize),
        }
        let mut starts: BTreeMap<Key, Vec<(usize, usize)>> = BTreeMap::new();
        for at in (0..trials.len()).filter(|at| self.told[*at].is_some()) {
            let slots: Vec<usize> = self.groups[at].whole().collect();
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
    fn improved(&self, trials: &mut Vec<Option<Trial>>, is_open: &dyn Fn(usize) -> bool) -> f64 {
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
    fn join_unnamed(&self, trials: &mut [Option<Trial>], mut best: f64) {
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

/// The best reading of the groups; `None` where nothing reads as events.
pub fn reading(groups: &[Group<'_>], layout: &Layout) -> Option<Reading> {
    let with_numbers = |group: &&Group<'_>| group.whole().next().is_some();
    let all: usize = groups.iter().filter(with_numbers).map(|group| group.records.len()).sum();
    let common = words::common(
        groups.iter().filter(with_numbers).map(|group| (group.words.as_str(), group.records.len())),
        all,
    );
    let mut told: Vec<Option<Told>> = groups
        .iter()
        .map(|group| {
            let is_header = words::is_rate(&group.words) && group.records.len() <= 2 * layout.runs.len();
            if is_header || group.whole().next().is_none() {
                None
            } else {
                words::kind(&group.words, &common)
            }
        })
        .collect();
    if told.iter().all(Option::is_none) {
        told = groups.iter().map(|group| words::kind(&group.words, &[])).collect();
    }
    let machine = machine_slots(groups, layout, &told);
    let mut sequence_names: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let sequences: Vec<Vec<usize>> = groups
        .iter()
        .enumerate()
        .map(|(at, group)| {
            let slot = machine.as_ref().and_then(|slots| slots[at]);
            group
                .records
                .iter()
                .map(|record| {
                    let key = (record.log, slot.map_or("", |slot| record.values[slot]));
                    let next = sequence_names.len();
                    *sequence_names.entry(key).or_insert(next)
                })
                .collect()
        })
        .collect();
    let run_names: BTreeSet<&String> = layout.runs.iter().collect();
    let run_numbers: Vec<usize> =
        layout.runs.iter().map(|run| run_names.iter().position(|known| *known == run).unwrap_or(0)).collect();
    let search = Search { groups, told: told.clone(), sequences, sequence_count: sequence_names.len() };
    let mut trials: Vec<Option<Trial>> = (0..groups.len())
        .map(|at| {
            let kind = told[at]?.kind;
            Some(Trial { kind: Some(kind), clock: *search.clock_slots(at).first()? })
        })
        .collect();
    search.begin(&mut trials);
    let best = search.improved(&mut trials, &|at| told[at].is_some());
    search.join_unnamed(&mut trials, best);
    if trials.iter().all(Option::is_none) {
        return None;
    }
    let entries = search.entries(&trials);
    let mut run_of = vec![0; sequence_names.len()];
    for ((log, _), sequence) in &sequence_names {
        run_of[*sequence] = run_numbers.get(*log).copied().unwrap_or(0);
    }
    let (clock_before, score, alike) = ledger::best(&entries, search.has_internal(&trials), Some(&run_of));
    let mut reading = Reading {
        events: vec![None; groups.len()],
        clock_before,
        queue_before_pop: false,
        queue_rules: None,
        score,
        time: None,
        peers: None,
        machines_inside: None,
        is_line_each: false,
        begins: begins(groups, &entries),
        doubts: Vec::new(),
        evidence: Vec::new(),
    };
    for (at, trial) in trials.iter().enumerate() {
        let Some(Trial { kind: Some(kind), clock }) = *trial else { continue };
        reading.events[at] = Some(Event {
            kind,
            is_told: told[at].is_some(),
            is_to_all: told[at].is_some_and(|told| told.is_to_all && kind == Kind::Send),
            clock,
            time: None,
            message_clock: None,
            queue: None,
            from: None,
            to: None,
            machine: machine.as_ref().and_then(|slots| slots[at]),
        });
    }
    if alike.iter().any(|other| other.internal == other.receive && other.receive == other.send)
        && (clock_before == ClockBefore::default())
    {
        reading.doubts.push("nothing here tells whether the clock is the one before the update or after it; it is taken for after".to_owned());
    }
    let untold: usize = (0..groups.len())
        .filter(|at| reading.events[*at].as_ref().is_some_and(|event| !event.is_told))
        .map(|at| groups[at].records.len())
        .sum();
    if untold > 0 {
        reading.doubts.push(format!(
            "no word tells the kind of {}; it is the one that fits best",
            counted(untold as u64, "line")
        ));
    }
    let around = ledger::around(&entries, clock_before);
    time(groups, &search, &mut reading);
    message_clock(groups, &entries, &around, &mut reading);
    let layout = inside(groups, layout, &machine, &mut reading);
    queue(groups, &entries, &mut reading);
    machines(groups, &layout, &search, &mut reading);
    queue_convention(groups, &layout, &mut reading);
    reading.is_line_each = is_line_each(groups, &entries, &reading);
    Some(reading)
}

/// The records right before the first event of each log, and before each whose
/// clock begins anew.
fn begins(groups: &[Group<'_>], entries: &[Entry]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (at, entry) in entries.iter().enumerate() {
        let previous = at.checked_sub(1).map(|at| entries[at]).filter(|one| one.sequence == entry.sequence);
        if previous.is_none_or(|previous| entry.clock < previous.clock && entry.clock <= 2) {
            let record = &groups[entry.group].records[entry.record];
            found.extend((1..=3).filter_map(|back| Some((record.log, record.nth.checked_sub(back)?))));
        }
    }
    found
}

/// The slot of every group that tells whose a line is, where a file has lines of
/// several machines.
fn machine_slots(groups: &[Group<'_>], layout: &Layout, told: &[Option<Told>]) -> Option<Vec<Option<usize>>> {
    let events: Vec<usize> = (0..groups.len()).filter(|at| told[*at].is_some()).collect();
    let candidate = |at: usize| {
        let group = &groups[at];
        group.slots.iter().position(|slot| {
            matches!(slot.kind, Variable::Number | Variable::Name)
                && quantity(&slot.before, "", None) == Some(Quantity::Machine)
        })
    };
    let mut names: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for at in &events {
        let slot = candidate(*at)?;
        for (record, text) in groups[*at].values(slot) {
            names.entry(record.log).or_default().insert(text);
        }
    }
    let is_shared = names.values().any(|names| names.len() > 1);
    let _ = layout;
    is_shared.then(|| (0..groups.len()).map(candidate).collect())
}

/// What lines of one file by several machines call them.
fn inside(
    groups: &[Group<'_>],
    layout: &Layout,
    machine: &Option<Vec<Option<usize>>>,
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

/// The way of writing times that most events have, and the most exact of them.
fn time(groups: &[Group<'_>], search: &Search<'_, '_>, reading: &mut Reading) {
    let mut found: BTreeMap<String, (usize, f64, BTreeMap<usize, (usize, f64)>)> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(event) = &reading.events[at] else { continue };
        for (slot, part) in group.slots.iter().enumerate() {
            if slot == event.clock {
                continue;
            }
            let Some((format, liking)) = time_format(group, part, slot, search.course(at, slot)) else {
                continue;
            };
            let (records, likings, slots) = found.entry(format).or_default();
            *likings = likings.max(liking);
            match slots.get_mut(&at) {
                Some(known) if liking > known.1 => *known = (slot, liking),
                Some(_) => {}
                None => {
                    *records += group.records.len();
                    slots.insert(at, (slot, liking));
                }
            }
        }
    }
    let best = found
        .into_iter()
        .max_by(|(_, (a, liking_a, _)), (_, (b, liking_b, _))| a.cmp(b).then(liking_a.total_cmp(liking_b)));
    let Some((format, (_, _, slots))) = best else { return };
    reading.time = Some(format);
    for (at, (slot, _)) in slots {
        if let Some(event) = &mut reading.events[at] {
            event.time = Some(slot);
        }
    }
}

/// How a slot writes times, and how much it looks like one.
fn time_format(group: &Group<'_>, slot: &Slot, nth: usize, course: Course) -> Option<(String, f64)> {
    let label: Vec<&str> =
        slot.before.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |of: &[&str]| {
        label.iter().any(|word| of.iter().any(|one| word == one || one.len() > 3 && word.contains(one)))
    };
    let values = || group.values(nth).map(|(_, text)| text);
    let liking = match slot.kind {
        Variable::Time(way) => {
            let (_, name) = TIMES[way];
            let is_exact = values().any(|text| text.contains(['.', ',']));
            let dated = if matches!(name, "time-of-day" | "month-day") { 3.0 } else { 4.0 };
            return Some((name.to_owned(), dated + f64::from(u8::from(is_exact))));
        }
        Variable::Number => 0.0,
        Variable::Address | Variable::Name => return None,
    };
    if course.climbing() < 0.98 || course.rises == 0 && group.records.len() > 3 {
        return None;
    }
    let digits = |text: &str| text.split(['.', 'e', 'E']).next().map_or(0, str::len);
    let epoch = |wanted: usize| values().all(|text| digits(text) == wanted && text.starts_with(['1', '2']));
    for (count, name) in [(10, "epoch-s"), (13, "epoch-ms"), (16, "epoch-us"), (19, "epoch-ns")] {
        if epoch(count) {
            return Some((name.to_owned(), 3.5));
        }
    }
    let is_time =
        has(&["time", "elapsed", "stamp", "sec", "at", "t", "ms"]) && !has(&["clock", "logical", "lamport"]);
    let has_decimals = values().any(|text| text.contains('.'));
    let is_unit = |unit: &str| {
        let is = |text: &str| text.split(|char: char| !char.is_alphanumeric()).any(|word| word == unit);
        slot.after.trim_start().starts_with(unit) || is(&slot.before)
    };
    let is_ms = is_unit("ms") || slot.before.contains("milli");
    let is_us = is_unit("us") || slot.before.contains("micro");
    let unit = if is_ms {
        "elapsed-ms"
    } else if is_us {
        "elapsed-us"
    } else if has_decimals {
        "elapsed-s"
    } else {
        let largest = values().filter_map(whole).max().unwrap_or(0);
        let smallest = values().filter_map(whole).min().unwrap_or(0);
        if (largest - smallest) > 20 * group.records.len() as u64 { "elapsed-ms" } else { "elapsed-s" }
    };
    let says_other = matches!(quantity(&slot.before, &slot.suffix, None), Some(_)) && !is_time;
    if says_other {
        return None;
    }
    Some((unit.to_owned(), liking + if is_time { 1.5 } else { 0.0 } + if has_decimals { 1.0 } else { 0.0 }))
}

/// The number of a RECEIVE past which its clock goes.
fn message_clock(groups: &[Group<'_>], entries: &[Entry], around: &[Around], reading: &mut Reading) {
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

/// The number of messages that wait, and whether the one that was popped is
/// among them: where one waits, the next tick is a RECEIVE.
fn queue(groups: &[Group<'_>], entries: &[Entry], reading: &mut Reading) {
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
                let is_idle = next.kind != Some(Kind::Receive);
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
fn queue_convention(groups: &[Group<'_>], layout: &Layout, reading: &mut Reading) {
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
    if before_pop == after_pop && excess.is_none() {
        reading.doubts.push("nothing here tells whether the queue is counted before or after the pop; it is taken for what is likelier".to_owned());
    }
}

/// Who sent, and to whom.
fn machines(groups: &[Group<'_>], layout: &Layout, search: &Search<'_, '_>, reading: &mut Reading) {
    let place_of = |at: usize, nth: usize, event: &Event| -> usize {
        let record = &groups[at].records[nth];
        match (event.machine, &reading.machines_inside) {
            (Some(slot), Some(names)) => {
                names.iter().position(|name| name == record.values[slot]).unwrap_or(0)
            }
            _ => layout.places.get(record.log).copied().unwrap_or(0),
        }
    };
    let _ = search;
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
                    Variable::Name => true,
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
                let is_own = label == Some(Quantity::Machine) && is_constant(group, first);
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
                let names = (*from..=*to).map(|slot| record.values[slot].to_owned());
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
        let is_name = group.slots[candidate.1].kind == Variable::Name || candidate.2 > candidate.1;
        if !varies && !is_name && !is_file_name && group.slots.len() <= slots_of_internal {
            continue;
        }
        if let Some(found) = peers(&named_by(&with), layout) {
            naming = Some(found);
            chosen = with;
        }
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

/// Whether a send to all is a line for each recipient, all with one clock.
fn is_line_each(groups: &[Group<'_>], entries: &[Entry], reading: &Reading) -> bool {
    let sends = |entry: &Entry| {
        reading.events[entry.group].as_ref().is_some_and(|event| event.kind == Kind::Send && !event.is_to_all)
    };
    let _ = groups;
    entries.windows(2).any(|pair| {
        pair[0].sequence == pair[1].sequence
            && sends(&pair[0])
            && sends(&pair[1])
            && pair[0].clock == pair[1].clock
    })
}
