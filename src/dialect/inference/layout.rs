//! What the paths of logs tell: which are of one run, and whose each is.

use std::collections::{BTreeMap, BTreeSet};

/// How logs lie beside one another.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// An expression for the names of logs.
    pub files: Option<String>,
    /// For each log: the run it is of.
    pub runs: Vec<String>,
    /// For each log: what its path calls its machine.
    pub machines: Vec<Option<String>>,
    /// The same without the word right before it: `alice` of `vmalice.log`.
    pub bare: Vec<Option<String>>,
    /// For each log: its machine's place in its run, from 0.
    pub places: Vec<usize>,
    /// The most machines that a run has.
    pub count: usize,
    /// How the path's names count machines.
    pub naming: Naming,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    Numbers {
        first: u64,
    },
    Letters,
    Sorted,
    #[default]
    Unknown,
}

/// A part of a path: a run of digits, or what lies between.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Digits(String),
    Words(String),
    Slash,
}

fn pieces(path: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    for char in path.chars() {
        match (char, found.last_mut()) {
            ('/', _) => found.push(Piece::Slash),
            (digit, Some(Piece::Digits(text))) if digit.is_ascii_digit() => text.push(digit),
            (digit, _) if digit.is_ascii_digit() => found.push(Piece::Digits(digit.to_string())),
            (letter, Some(Piece::Words(text))) => text.push(letter),
            (letter, _) => found.push(Piece::Words(letter.to_string())),
        }
    }
    found
}

/// What a varying part of a path is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    Machine,
    Run,
    ClockRate,
    Nothing,
}

/// How the logs at these paths lie.
pub fn layout(paths: &[&str]) -> Layout {
    let names: Vec<&str> = paths.iter().map(|path| path.rsplit('/').next().unwrap_or_default()).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    let parts = if paths.len() > 1 && distinct.len() == 1 { 2 } else { 1 };
    let tails: Vec<String> = paths.iter().map(|path| tail(path, parts)).collect();
    by_numbers(paths, &tails, parts).or_else(|| by_words(paths, &tails, parts)).unwrap_or_else(|| {
        let runs = paths.iter().map(|path| folder(path, 1)).collect();
        let unknown = Layout { runs, machines: vec![None; paths.len()], ..Layout::default() };
        placed(unknown)
    })
}

fn tail(path: &str, parts: usize) -> String {
    let all: Vec<&str> = path.split('/').collect();
    all[all.len().saturating_sub(parts)..].join("/")
}

fn folder(path: &str, parts: usize) -> String {
    let all: Vec<&str> = path.split('/').collect();
    all[..all.len().saturating_sub(parts)].join("/")
}

/// Names that have the same words and differ in numbers.
fn by_numbers(paths: &[&str], tails: &[String], parts: usize) -> Option<Layout> {
    let cut: Vec<Vec<Piece>> = tails.iter().map(|tail| pieces(tail)).collect();
    let shape = |pieces: &[Piece]| -> Vec<Piece> {
        let blank = |piece: &Piece| match piece {
            Piece::Digits(_) => Piece::Digits(String::new()),
            other => other.clone(),
        };
        pieces.iter().map(blank).collect()
    };
    let mut shapes: BTreeMap<Vec<Piece>, usize> = BTreeMap::new();
    cut.iter().for_each(|pieces| *shapes.entry(shape(pieces)).or_default() += 1);
    let (common, count) = shapes.into_iter().max_by_key(|(_, count)| *count)?;
    if count * 10 < tails.len() * 8 {
        return None;
    }
    let places: Vec<usize> = common
        .iter()
        .enumerate()
        .filter(|(_, piece)| matches!(piece, Piece::Digits(_)))
        .map(|(at, _)| at)
        .collect();
    let value = |log: usize, at: usize| -> Option<&str> {
        match cut[log].get(at) {
            Some(Piece::Digits(text)) if shape(&cut[log]) == common => Some(text),
            _ => None,
        }
    };
    let logs: Vec<usize> = (0..tails.len()).filter(|log| shape(&cut[*log]) == common).collect();
    let folders: Vec<String> = paths.iter().map(|path| folder(path, parts)).collect();
    let label = |at: usize| match at.checked_sub(1).map(|before| &common[before]) {
        Some(Piece::Words(text)) => text.to_lowercase(),
        _ => String::new(),
    };
    // A date or a time is of the run, whatever varies in it.
    let is_stamp = |at: usize| {
        let is_long = logs.iter().any(|log| value(*log, at).is_some_and(|text| text.len() >= 8));
        let neighbours = |at: usize| matches!(common.get(at), Some(Piece::Words(text)) if ["-", ":", "_", " ", "."].contains(&text.as_str()));
        let two_digits = logs.iter().all(|log| {
            value(*log, at).is_some_and(|text| text.len() == 2 || text.len() == 4 || text.len() == 6)
        });
        let run_of_three = (at >= 2 && neighbours(at - 1)) as usize + neighbours(at + 1) as usize;
        is_long || two_digits && run_of_three >= 1 && places.len() >= 4
    };
    let varies_within = |at: usize| {
        let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for log in &logs {
            seen.entry(&folders[*log]).or_default().extend(value(*log, at));
        }
        seen.values().any(|values| values.len() > 1)
    };
    let mut tells: BTreeMap<usize, Tells> = BTreeMap::new();
    for at in &places {
        let label = label(*at);
        let says = |words: &[&str]| words.iter().any(|word| label.contains(word));
        let told = if is_stamp(*at) {
            Tells::Nothing
        } else if says(&["rate", "speed", "hz", "tick", "freq"]) || label == "cr" || label.ends_with("_cr") {
            Tells::ClockRate
        } else if says(&["run", "trial", "exp", "test", "sim", "iter", "round"]) {
            Tells::Run
        } else if varies_within(*at) || logs.len() == 1 {
            Tells::Machine
        } else {
            Tells::Nothing
        };
        tells.insert(*at, told);
    }
    // The last number that may be a machine's is; those before it are of the run.
    let machine = places.iter().rev().copied().find(|at| tells[at] == Tells::Machine).or_else(|| {
        let of_run = places.iter().rev().copied().find(|at| tells[at] == Tells::Run && varies_within(*at));
        of_run.filter(|_| places.iter().filter(|at| varies_within(**at)).count() == 1)
    })?;
    for at in &places {
        if *at != machine && tells[at] == Tells::Machine {
            tells.insert(*at, Tells::Run);
        }
    }
    tells.insert(machine, Tells::Machine);
    let runs_here: Vec<usize> = places.iter().copied().filter(|at| tells[at] == Tells::Run).collect();
    let run_at = runs_here.iter().copied().find(|at| varies_within(*at)).or(runs_here.first().copied());
    let rate_at = places.iter().copied().find(|at| tells[at] == Tells::ClockRate);
    let mut files = String::new();
    for (at, piece) in common.iter().enumerate() {
        match piece {
            Piece::Slash => files.push('/'),
            Piece::Words(text) => files += &regex::escape(text),
            Piece::Digits(_) if at == machine => files += r"(?<machine>\d+)",
            Piece::Digits(_) if Some(at) == run_at => files += r"(?<run>\d+)",
            Piece::Digits(_) if Some(at) == rate_at => files += r"(?<clock_rate>\d+)",
            Piece::Digits(_) => files += r"\d+",
        }
    }
    let run_of = |log: usize| {
        let inside = run_at.and_then(|at| value(log, at)).unwrap_or_default();
        format!("{}|{inside}", folders[log])
    };
    let machines: Vec<Option<String>> =
        (0..tails.len()).map(|log| value(log, machine).map(str::to_owned)).collect();
    let numbers: BTreeSet<u64> = machines.iter().flatten().filter_map(|text| text.parse().ok()).collect();
    let first = numbers.first().copied().unwrap_or(1);
    let is_row = numbers.iter().zip(first..).all(|(number, expected)| *number == expected);
    let naming = match first {
        0 | 1 if is_row => Naming::Numbers { first },
        _ if logs.len() == 1 && first < 100 => Naming::Numbers { first: 1 },
        _ => Naming::Sorted,
    };
    let runs = (0..tails.len()).map(run_of).collect();
    Some(placed(Layout { files: Some(files), runs, machines, naming, ..Layout::default() }))
}

/// Names that differ in a word; numbers in them are of the run, or of nothing.
fn by_words(paths: &[&str], tails: &[String], parts: usize) -> Option<Layout> {
    /// Stands for a number.
    const NUMBER: char = '\u{1}';
    if let [only] = tails {
        return single_letter(paths, only, parts);
    }
    let blanked: Vec<(String, Vec<String>)> = tails
        .iter()
        .map(|tail| {
            let (mut text, mut numbers) = (String::new(), Vec::new());
            for piece in pieces(tail) {
                match piece {
                    Piece::Digits(digits) => {
                        numbers.push(digits);
                        text.push(NUMBER);
                    }
                    Piece::Words(words) => text += &words,
                    Piece::Slash => text.push('/'),
                }
            }
            (text, numbers)
        })
        .collect();
    let distinct: BTreeSet<&String> = blanked.iter().map(|(text, _)| text).collect();
    let first = *distinct.first()?;
    let others = || distinct.iter().filter(|tail| **tail != first);
    let boundary = |char: char| !char.is_alphanumeric();
    let shared = |other: &str| first.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let shared_end =
        |other: &str| first.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let mut from = others().map(|tail| shared(tail)).min()?;
    let mut end = others().map(|tail| shared_end(tail)).min()?;
    // A single letter stands by itself: `vmA.csv`; a name is a whole word.
    let is_letter = distinct.iter().all(|tail| tail.len() == from + 1 + end);
    let is_inside = |at: usize| first.is_char_boundary(at);
    while !is_letter && from > 0 && !(is_inside(from) && first[..from].ends_with(boundary)) {
        from -= 1;
    }
    while !is_letter
        && end > 0
        && !(is_inside(first.len() - end) && first[first.len() - end..].starts_with(boundary))
    {
        end -= 1;
    }
    let name = |tail: &String| tail.get(from..tail.len().checked_sub(end)?).map(str::to_owned);
    let machines: Vec<Option<String>> = blanked.iter().map(|(text, _)| name(text)).collect();
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '.', NUMBER]);
    if machines.iter().any(|name| !name.as_deref().is_some_and(is_name)) {
        return None;
    }
    let is_letters =
        machines.iter().flatten().all(|name| name.len() == 1 && name.starts_with(char::is_alphabetic));
    let inner = if is_letters { "[A-Za-z]" } else { r"[\w-]+" };
    // The first number that differs is the run's.
    let varies = |nth: usize| {
        blanked.iter().filter_map(|(_, numbers)| numbers.get(nth)).collect::<BTreeSet<_>>().len() > 1
    };
    let run_at = (0..first.matches(NUMBER).count()).find(|nth| varies(*nth));
    let mut nth = 0;
    let mut expression = |text: &str| {
        let mut written = String::new();
        for part in text.split_inclusive(NUMBER) {
            written += &regex::escape(part.trim_end_matches(NUMBER));
            if part.ends_with(NUMBER) {
                written += if Some(nth) == run_at { r"(?<run>\d+)" } else { r"\d+" };
                nth += 1;
            }
        }
        written
    };
    let before = expression(&first[..from]);
    let after = expression(&first[first.len() - end..]);
    let files = format!("{before}(?<machine>{inner}){after}");
    let naming = if is_letters { Naming::Letters } else { Naming::Sorted };
    let run_of = |path: &str, numbers: &[String]| {
        let inside = run_at.and_then(|nth| numbers.get(nth)).map_or("", String::as_str);
        format!("{}|{inside}", folder(path, parts))
    };
    let runs = paths.iter().zip(&blanked).map(|(path, (_, numbers))| run_of(path, numbers)).collect();
    Some(placed(Layout { files: Some(files), runs, machines, naming, ..Layout::default() }))
}

/// One log, which a capital letter by itself names: `vm_A.csv`.
fn single_letter(paths: &[&str], tail: &str, parts: usize) -> Option<Layout> {
    let is_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    let (at, letter) = tail.char_indices().find(|(at, char)| {
        let (before, after) = (tail[..*at].chars().next_back(), tail[at + char.len_utf8()..].chars().next());
        char.is_ascii_uppercase() && !is_word(before) && !is_word(after)
    })?;
    let files = format!("{}(?<machine>[A-Z]){}", regex::escape(&tail[..at]), regex::escape(&tail[at + 1..]));
    let runs = paths.iter().map(|path| folder(path, parts)).collect();
    let machines = vec![Some(letter.to_string())];
    Some(placed(Layout { files: Some(files), runs, machines, naming: Naming::Letters, ..Layout::default() }))
}

/// Gives each log its machine's place.
fn placed(mut layout: Layout) -> Layout {
    let mut by_run: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (log, run) in layout.runs.iter().enumerate() {
        by_run.entry(run).or_default().push(log);
    }
    let named: Vec<&String> = layout.machines.iter().flatten().filter(|name| name.len() > 1).collect();
    let is_words = named.iter().all(|name| !name.bytes().any(|byte| byte.is_ascii_digit()));
    if let [first, rest @ ..] = named.as_slice()
        && is_words
        && rest.iter().any(|other| other != first)
    {
        let shared = |other: &&String| first.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
        let count = rest.iter().filter(|other| *other != first).map(shared).min().unwrap_or(0);
        let bare = |name: &Option<String>| {
            name.as_ref()
                .map(|name| name.chars().skip(count).collect::<String>())
                .filter(|name| name.chars().count() > 1)
        };
        if count > 0 {
            layout.bare = layout.machines.iter().map(bare).collect();
        }
    }
    layout.count = by_run.values().map(Vec::len).max().unwrap_or(0);
    layout.places = vec![0; layout.runs.len()];
    for logs in by_run.values() {
        let mut names: Vec<String> =
            logs.iter().map(|log| layout.machines[*log].clone().unwrap_or_default()).collect();
        crate::dialect::naming::sort_naturally(&mut names);
        for log in logs {
            let name = layout.machines[*log].clone().unwrap_or_default();
            layout.places[*log] = match layout.naming {
                Naming::Numbers { first } => {
                    name.parse().ok().and_then(|number: u64| number.checked_sub(first)).unwrap_or(0) as usize
                }
                Naming::Letters => name
                    .bytes()
                    .next()
                    .map_or(0, |letter| letter.to_ascii_uppercase().saturating_sub(b'A') as usize),
                _ => names.iter().position(|known| *known == name).unwrap_or(0),
            };
        }
    }
    layout
}
