//! Which lines follow one another: those of one machine, in one run.

use std::collections::{BTreeMap, BTreeSet};

use super::group::{Group, Record};
use super::layout::Layout;
use super::machine_slots::MachineSlots;

/// For each line, whose it is.
#[derive(Clone, Debug)]
pub struct Sequences {
    /// For each group and record, the number of the sequence that it is of.
    pub of: Vec<Vec<usize>>,
    /// For each sequence, the number of its run.
    pub runs: Vec<usize>,
}

impl Sequences {
    /// `machine` is the slots that tell whose each line is, where not each log is one machine's.
    pub fn new<'a>(groups: &[Group<'a>], layout: &Layout, machine: Option<&MachineSlots>) -> Sequences {
        let mut names: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        let mut runs = Vec::new();
        let mut of = Vec::new();
        let known: BTreeSet<&String> = layout.runs.iter().collect();
        for (at, group) in groups.iter().enumerate() {
            let slot = machine.and_then(|slots| slots[at]);
            let sequence_of = |record: &Record<'a>| {
                let key = (record.log, slot.map_or("", |slot| record.values[slot]));
                *names.entry(key).or_insert_with(|| {
                    let run = layout.runs.get(record.log);
                    runs.push(known.iter().position(|known| Some(*known) == run).unwrap_or(0));
                    runs.len() - 1
                })
            };
            of.push(group.records.iter().map(sequence_of).collect());
        }
        Sequences { of, runs }
    }
}
