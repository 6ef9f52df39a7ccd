//! Logs whose names have the same words and differ in numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::inference::words;

use super::piece::{Piece, pieces};
use super::{Layout, Naming, folder, placed};

/// What a number in a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Machine,
    Run,
    ClockRate,
    Nothing,
}

/// How the logs lie by the numbers in their names, the last `parts` of their paths.
pub fn by_numbers(paths: &[&str], tails: &[String], parts: usize) -> Option<Layout> {
    let names = Names::of(paths, tails, parts)?;
    let meanings = names.meanings()?;
    let at = |meaning: Meaning| meanings.iter().find(|(_, of)| **of == meaning).map(|(at, _)| *at);
    let of_run = |at: &&usize| meanings[*at] == Meaning::Run;
    let varying = meanings.keys().filter(of_run).find(|at| names.varies_within(**at));
    let run_at = varying.copied().or(at(Meaning::Run));
    let machine_at = at(Meaning::Machine)?;
    let logs = 0..tails.len();
    let run = |log: usize| {
        let inside = run_at.and_then(|at| names.value(log, at)).unwrap_or_default();
        format!("{}|{inside}", names.folders[log])
    };
    let machines: Vec<Option<String>> =
        logs.clone().map(|log| names.value(log, machine_at).map(str::to_owned)).collect();
    let naming = naming(&machines, names.logs.len() == 1);
    let files = names.expression(machine_at, run_at, at(Meaning::ClockRate));
    let runs = logs.map(run).collect();
    Some(placed(Layout { files: Some(files), runs, machines, naming, ..Layout::default() }))
}

fn naming(machines: &[Option<String>], is_only_log: bool) -> Naming {
    let numbers: BTreeSet<u64> = machines.iter().flatten().filter_map(|text| text.parse().ok()).collect();
    let first = numbers.first().copied().unwrap_or(1);
    let is_row = numbers.iter().zip(first..).all(|(number, expected)| *number == expected);
    match first {
        0 | 1 if is_row => Naming::Numbers { first },
        _ if is_only_log && first < 100 => Naming::Numbers { first: 1 },
        _ => Naming::Sorted,
    }
}

/// Names that most logs have, but for the numbers in them.
struct Names {
    /// The pieces of all, with the numbers blank.
    common: Vec<Piece>,
    /// The pieces of each log's name; empty where it is named otherwise.
    pieces: Vec<Vec<Piece>>,
    /// The logs that are named so.
    logs: Vec<usize>,
    folders: Vec<String>,
}

impl Names {
    fn of(paths: &[&str], tails: &[String], parts: usize) -> Option<Names> {
        let blank = |piece: &Piece| match piece {
            Piece::Digits(_) => Piece::Digits(String::new()),
            other => other.clone(),
        };
        let mut pieces: Vec<Vec<Piece>> = tails.iter().map(|tail| pieces(tail)).collect();
        let shapes: Vec<Vec<Piece>> =
            pieces.iter().map(|pieces| pieces.iter().map(blank).collect()).collect();
        let mut counts: BTreeMap<&Vec<Piece>, usize> = BTreeMap::new();
        shapes.iter().for_each(|shape| *counts.entry(shape).or_default() += 1);
        let (common, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        if count * 10 < tails.len() * 8 {
            return None;
        }
        let logs: Vec<usize> = (0..tails.len()).filter(|log| shapes[*log] == *common).collect();
        for (pieces, shape) in pieces.iter_mut().zip(&shapes) {
            if shape != common {
                pieces.clear();
            }
        }
        let folders = paths.iter().map(|path| folder(path, parts)).collect();
        Some(Names { common: common.clone(), pieces, logs, folders })
    }

    /// The places of the numbers.
    fn places(&self) -> impl DoubleEndedIterator<Item = usize> {
        let is_number = |(_, piece): &(usize, &Piece)| matches!(piece, Piece::Digits(_));
        self.common.iter().enumerate().filter(is_number).map(|(at, _)| at)
    }

    fn value(&self, log: usize, at: usize) -> Option<&str> {
        match self.pieces[log].get(at) {
            Some(Piece::Digits(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether logs of one folder differ there.
    fn varies_within(&self, at: usize) -> bool {
        let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for log in &self.logs {
            seen.entry(&self.folders[*log]).or_default().extend(self.value(*log, at));
        }
        seen.values().any(|values| values.len() > 1)
    }

    /// Whether all logs of one folder differ there.
    fn is_distinct_within(&self, at: usize) -> bool {
        let places = self.logs.iter().map(|log| (&self.folders[*log], self.value(*log, at)));
        places.collect::<BTreeSet<_>>().len() == self.logs.len()
    }

    /// Whether the word before it is one for machines.
    fn is_named(&self, at: usize) -> bool {
        let label = at.checked_sub(1).map(|before| &self.common[before]);
        matches!(label, Some(Piece::Words(text)) if words::names_machines(text))
    }

    /// Whether it is part of a date or a time, which is of the run, whatever varies in it.
    fn is_stamp(&self, at: usize) -> bool {
        let lengths = || self.logs.iter().map(|log| self.value(*log, at).map_or(0, str::len));
        let divides = |at: Option<usize>| {
            let piece = at.and_then(|at| self.common.get(at));
            matches!(piece, Some(Piece::Words(text)) if ["-", ":", "_", " ", "."].contains(&text.as_str()))
        };
        let is_between = at >= 2 && divides(at.checked_sub(1)) || divides(Some(at + 1));
        let is_part = lengths().all(|length| matches!(length, 2 | 4 | 6)) && is_between;
        lengths().any(|length| length >= 8) || is_part && self.places().count() >= 4
    }

    /// What a number is by the word before it, or else by where it varies.
    fn meaning(&self, at: usize) -> Meaning {
        let label = match at.checked_sub(1).map(|before| &self.common[before]) {
            Some(Piece::Words(text)) => text.to_lowercase(),
            _ => String::new(),
        };
        let says = |words: &[&str]| words.iter().any(|word| label.contains(word));
        if self.is_stamp(at) {
            Meaning::Nothing
        } else if says(&["rate", "speed", "hz", "tick", "freq"]) || label == "cr" || label.ends_with("_cr") {
            Meaning::ClockRate
        } else if words::is_run(&label) {
            Meaning::Run
        } else if self.varies_within(at) || self.logs.len() == 1 {
            Meaning::Machine
        } else {
            Meaning::Nothing
        }
    }

    /// What each number is, one of them the machine's; `None` where none can be.
    fn meanings(&self) -> Option<BTreeMap<usize, Meaning>> {
        let mut meanings: BTreeMap<usize, Meaning> = self.places().map(|at| (at, self.meaning(at))).collect();
        // Of numbers that may be a machine's it is the last behind a word for machines, or
        // else the last of all; the others are of the run.
        let may_be = || self.places().rev().filter(|at| meanings[at] == Meaning::Machine);
        let machine = may_be().find(|at| self.is_named(*at)).or_else(|| may_be().next()).or_else(|| {
            let of_run = |at: &usize| meanings[at] == Meaning::Run && self.varies_within(*at);
            let is_only = self.places().filter(|at| self.varies_within(*at)).count() == 1;
            self.places().rev().find(of_run).filter(|_| is_only)
        })?;
        for (at, meaning) in &mut meanings {
            if *at == machine {
                *meaning = Meaning::Machine;
            } else if *meaning == Meaning::Machine {
                // A log for each machine, and no two: whatever else differs is not of the run.
                let is_of_machine = *at > machine && self.is_distinct_within(machine);
                *meaning = if is_of_machine { Meaning::Nothing } else { Meaning::Run };
            }
        }
        Some(meanings)
    }

    /// An expression for such names.
    fn expression(&self, machine: usize, run: Option<usize>, clock_rate: Option<usize>) -> String {
        let mut text = String::new();
        for (at, piece) in self.common.iter().enumerate() {
            match piece {
                Piece::Slash => text.push('/'),
                Piece::Words(words) => text += &regex::escape(words),
                Piece::Digits(_) if at == machine => text += r"(?<machine>\d+)",
                Piece::Digits(_) if Some(at) == run => text += r"(?<run>\d+)",
                Piece::Digits(_) if Some(at) == clock_rate => text += r"(?<clock_rate>\d+)",
                Piece::Digits(_) => text += r"\d+",
            }
        }
        text
    }
}
