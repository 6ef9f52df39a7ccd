//! Kinds of lines that no word tells: where a clock jumps a message was received,
//! and the clock that it carried was sent (Lamport 1978).

use std::collections::BTreeMap;

use super::group::Group;
use super::sequences::Sequences;
use super::values::clock;
use super::words::{self, Keyword};
use crate::model::event::Kind;

/// Kinds as the clocks tell them.
#[derive(Clone, Debug)]
pub struct Told {
    /// For each group, the kind that no word told.
    pub kinds: Vec<Option<Keyword>>,
    /// Clocks that jump past one that was sent, of those that jump.
    pub explained: u64,
    pub jumps: u64,
    /// How well it fits; more is better.
    pub value: f64,
    /// No other kinds fit nearly as well.
    pub is_certain: bool,
}

/// A line with its clock.
#[derive(Clone, Copy)]
struct Line {
    sequence: usize,
    nth: usize,
    group: usize,
    clock: u64,
}

/// What an event did to its machine's clock.
#[derive(Clone, Copy)]
struct Step {
    sequence: usize,
    group: usize,
    from: u64,
    to: u64,
}

/// The kinds that the clocks tell best; `None` where they tell none.
pub fn kinds(groups: &[Group<'_>], keywords: &[Option<Keyword>], sequences: &Sequences) -> Option<Told> {
    let told = |slots: &[Option<usize>]| {
        let lines = lines(groups, sequences, slots);
        let ways = [false, true].map(|is_before| Kinds::new(groups, keywords, sequences, &lines, is_before));
        ways.iter().filter_map(Kinds::told).max_by(|a, b| a.value.total_cmp(&b.value))
    };
    let ways = clock_slots(groups, keywords).into_iter();
    let tried = ways.filter_map(|slots| Some((told(&slots)?, slots)));
    let (mut best, mut slots) = tried.max_by(|(a, _), (b, _)| a.value.total_cmp(&b.value))?;
    for at in 0..groups.len() {
        for slot in groups[at].clocks().take(SLOTS_MAX) {
            let known = slots[at].filter(|known| *known != slot);
            if known.is_none() {
                continue;
            }
            slots[at] = Some(slot);
            match told(&slots).filter(|told| told.value > best.value) {
                Some(better) => best = better,
                None => slots[at] = known,
            }
        }
    }
    Some(best)
}

/// Numbers of a line that are tried for its clock.
const SLOTS_MAX: usize = 6;

/// Where the clock may be in each group: behind one label, or in one place among
/// the numbers.
fn clock_slots(groups: &[Group<'_>], keywords: &[Option<Keyword>]) -> Vec<Vec<Option<usize>>> {
    let has_clock = |at: &usize| {
        groups[*at].clocks().next().is_some()
            && (keywords[*at].is_some() || !words::is_arrival(&groups[*at].words))
    };
    let all: usize = (0..groups.len()).filter(has_clock).map(|at| groups[at].records.len()).sum();
    let mut ways: BTreeMap<(u8, String), Vec<Option<usize>>> = BTreeMap::new();
    for at in (0..groups.len()).filter(has_clock) {
        let slots: Vec<usize> = groups[at].clocks().collect();
        for (nth, slot) in slots.iter().enumerate() {
            let label = groups[at].slots[*slot].before.split_whitespace().next_back().unwrap_or_default();
            let keys = [(0, label.to_owned()), (1, nth.to_string()), (2, (slots.len() - nth).to_string())];
            for key in keys {
                let way = ways.entry(key).or_insert_with(|| vec![None; groups.len()]);
                way[at] = way[at].or(Some(*slot));
            }
        }
    }
    let records = |way: &Vec<Option<usize>>| -> usize {
        groups.iter().zip(way).filter(|(_, slot)| slot.is_some()).map(|(group, _)| group.records.len()).sum()
    };
    let mut ways: Vec<_> = ways.into_values().filter(|way| records(way) * 10 >= all * 9).collect();
    ways.sort();
    ways.dedup();
    ways
}

/// The lines of each sequence in their order.
fn lines(groups: &[Group<'_>], sequences: &Sequences, slots: &[Option<usize>]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(slot) = slots[at] else { continue };
        for ((record, text), sequence) in group.values(slot).zip(&sequences.of[at]) {
            let line = |clock| Line { sequence: *sequence, nth: record.nth, group: at, clock };
            lines.extend(clock(text).map(line));
        }
    }
    lines.sort_by_key(|line| (line.sequence, line.nth));
    lines
}

/// The search for the kinds, with the clock in one place of the lines.
struct Kinds<'g, 'a> {
    groups: &'g [Group<'a>],
    keywords: &'g [Option<Keyword>],
    sequences: &'g Sequences,
    steps: Vec<Step>,
    /// Groups that are received messages.
    receives: Vec<bool>,
    /// Groups without a word that send or do something internal.
    open: Vec<usize>,
    /// Rules that hold whatever sends, and those that do not, as a value.
    base: f64,
    /// Clocks that are less than the one before.
    falls: usize,
    is_before: bool,
}

/// Groups whose kinds are tried in all ways.
const OPEN_MAX: usize = 8;

impl<'g, 'a> Kinds<'g, 'a> {
    fn new(
        groups: &'g [Group<'a>],
        keywords: &'g [Option<Keyword>],
        sequences: &'g Sequences,
        lines: &[Line],
        is_before: bool,
    ) -> Kinds<'g, 'a> {
        let (mut steps, mut falls) = (Vec::new(), 0);
        for pair in lines.windows(2).filter(|pair| pair[0].sequence == pair[1].sequence) {
            let (from, to) = (pair[0].clock, pair[1].clock);
            falls += usize::from(to < from && to > 2);
            let group = if is_before { pair[0].group } else { pair[1].group };
            steps.push(Step { sequence: pair[0].sequence, group, from, to });
        }
        let (mut ones, mut jumps) = (vec![0u64; groups.len()], vec![0u64; groups.len()]);
        for step in &steps {
            ones[step.group] += u64::from(step.to == step.from + 1);
            jumps[step.group] += u64::from(step.to > step.from + 1);
        }
        let receives: Vec<bool> = (0..groups.len())
            .map(|at| match keywords[at] {
                Some(keyword) => keyword.kind == Kind::Receive,
                None => jumps[at] > 1 && jumps[at] * 50 >= ones[at] + jumps[at],
            })
            .collect();
        let mut open: Vec<usize> = (0..groups.len())
            .filter(|at| keywords[*at].is_none() && !receives[*at] && ones[*at] + jumps[*at] > 0)
            .collect();
        open.truncate(OPEN_MAX);
        let base = (0..groups.len())
            .map(|at| match receives[at] {
                true => 0.8 * ones[at] as f64,
                false => ones[at] as f64 - 2.0 * jumps[at] as f64,
            })
            .sum();
        Kinds { groups, keywords, sequences, steps, receives, open, falls, base, is_before }
    }

    /// The best of all choices of what sends.
    fn told(&self) -> Option<Told> {
        const JUMPS_MIN: u64 = 5;
        let masks = self.masks();
        let jumps: u64 = masks.values().sum();
        if jumps < JUMPS_MIN {
            return None;
        }
        let mut tried: Vec<(f64, u32, u32, u64)> = (0..1u32 << self.open.len())
            .map(|sends| {
                let explained = masks
                    .iter()
                    .filter(|(mask, _)| **mask & (sends | NAMED) != 0)
                    .map(|(_, count)| count)
                    .sum::<u64>();
                let (excess, to_all) = self.excess(sends);
                (4.0 * explained as f64 - 2.0 * jumps as f64 - excess, sends, to_all, explained)
            })
            .collect();
        tried.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (value, sends, to_all, explained) = *tried.first()?;
        let lead = tried.get(1).map_or(f64::MAX, |second| value - second.0);
        let keyword = |at: usize| {
            let bit = self.open.iter().position(|open| *open == at).map_or(0, |nth| 1u32 << nth);
            let kind = match (self.receives[at], sends & bit != 0) {
                (true, _) => Kind::Receive,
                (false, true) => Kind::Send,
                (false, false) => Kind::Internal,
            };
            let is_open = self.keywords[at].is_none() && (self.receives[at] || bit != 0);
            is_open.then_some(Keyword { kind, is_to_all: to_all & bit != 0, is_word: false })
        };
        Some(Told {
            kinds: (0..self.groups.len()).map(keyword).collect(),
            explained,
            jumps,
            value: self.base + value - 3.0 * self.falls as f64,
            is_certain: jumps >= 10
                && self.falls * 50 <= self.steps.len()
                && explained * 20 >= jumps * 19
                && lead >= (jumps as f64 * 0.05).max(3.0),
        })
    }

    /// How many clocks jump past one that only some groups have: a bit for each open
    /// group, and one for all whose words say that they send.
    fn masks(&self) -> BTreeMap<u32, u64> {
        let mut sent: BTreeMap<(usize, u64), Vec<(usize, u32)>> = BTreeMap::new();
        let mut last = usize::MAX;
        for step in &self.steps {
            let bit = match self.keywords[step.group] {
                Some(keyword) if keyword.kind == Kind::Send => NAMED,
                Some(_) => 0,
                None => self.open.iter().position(|at| *at == step.group).map_or(0, |nth| 1 << nth),
            };
            let run = self.sequences.runs[step.sequence];
            let clock = if self.is_before { step.from + 1 } else { step.to };
            sent.entry((run, clock)).or_default().push((step.sequence, bit));
            // Of the first line of a log only its clock is known: any kind may have it.
            if last != step.sequence && !self.is_before {
                sent.entry((run, step.from)).or_default().push((step.sequence, u32::MAX));
            }
            last = step.sequence;
        }
        let mut masks: BTreeMap<u32, u64> = BTreeMap::new();
        for step in self.steps.iter().filter(|step| self.receives[step.group] && step.to > step.from + 1) {
            let run = self.sequences.runs[step.sequence];
            let senders = sent.get(&(run, step.to - 1)).into_iter().flatten();
            let mask = senders.filter(|(of, _)| *of != step.sequence).fold(0, |mask, (_, bit)| mask | bit);
            *masks.entry(mask).or_default() += 1;
        }
        masks
    }

    /// By how much what is sent misses what is received, as a value, and what has to be
    /// sent to all machines for that.
    fn excess(&self, sends: u32) -> (f64, u32) {
        let records = |at: usize| self.groups[at].records.len() as f64;
        let received: f64 = (0..self.groups.len()).filter(|at| self.receives[*at]).map(records).sum();
        let runs = self.sequences.runs.iter().max().map_or(1, |last| last + 1);
        let others = (self.sequences.runs.len() / runs).saturating_sub(1).max(1) as f64;
        let of_words: f64 = (0..self.groups.len())
            .filter_map(|at| Some((at, self.keywords[at].filter(|keyword| keyword.kind == Kind::Send)?)))
            .map(|(at, keyword)| records(at) * if keyword.is_to_all { others } else { 1.0 })
            .sum();
        let total = |to_all: u32| -> f64 {
            let of_open = |(nth, at): (usize, &usize)| match (sends >> nth & 1, to_all >> nth & 1) {
                (0, _) => 0.0,
                (_, 0) => records(*at),
                (_, _) => records(*at) * others,
            };
            of_words + self.open.iter().enumerate().map(of_open).sum::<f64>()
        };
        let excess = |total: f64| if total < received { received - total } else { 0.3 * (total - received) };
        let to_one = total(0);
        if to_one >= received {
            return (excess(to_one), 0);
        }
        let ways = (1..1u32 << self.open.len()).filter(|to_all| to_all & !sends == 0);
        let best = ways.map(|to_all| (excess(total(to_all)), to_all)).min_by(|a, b| a.0.total_cmp(&b.0));
        best.filter(|(excess, _)| *excess <= 0.05 * received).unwrap_or((excess(to_one), 0))
    }
}

/// The bit of lines whose words say that they send.
const NAMED: u32 = 1 << 31;
