//! What the paths of logs tell: which are of one run, and whose each is.

mod by_numbers;
mod by_words;
mod piece;

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::naming::sort_naturally;
use by_numbers::by_numbers;
use by_words::by_words;

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

/// How names count machines.
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

/// Gives each log its machine's place.
fn placed(mut layout: Layout) -> Layout {
    let mut by_run: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (log, run) in layout.runs.iter().enumerate() {
        by_run.entry(run).or_default().push(log);
    }
    layout.bare = bare(&layout.machines);
    layout.count = by_run.values().map(Vec::len).max().unwrap_or(0);
    layout.places = vec![0; layout.runs.len()];
    for logs in by_run.values() {
        let mut names: Vec<String> =
            logs.iter().map(|log| layout.machines[*log].clone().unwrap_or_default()).collect();
        sort_naturally(&mut names);
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

/// The names without the word right before them, where all have one.
fn bare(machines: &[Option<String>]) -> Vec<Option<String>> {
    let named: Vec<&String> = machines.iter().flatten().filter(|name| name.len() > 1).collect();
    let is_words = named.iter().all(|name| !name.bytes().any(|byte| byte.is_ascii_digit()));
    let [first, rest @ ..] = named.as_slice() else { return Vec::new() };
    let shared = |other: &&String| first.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let count = rest.iter().filter(|other| *other != first).map(shared).min().unwrap_or(0);
    if !is_words || count == 0 {
        return Vec::new();
    }
    let without = |name: &String| name.chars().skip(count).collect::<String>();
    let is_name = |name: &String| name.chars().count() > 1;
    machines.iter().map(|name| name.as_ref().map(without).filter(is_name)).collect()
}
