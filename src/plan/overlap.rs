//! Cells that would make the same runs: those that differ in nothing that
//! decides a run, and whose replicates have seeds in common. Pure.

use std::collections::BTreeMap;

use super::cell::Cell;
use crate::files::digest::sha256;
use crate::spec::{Spec, to_toml};

/// The seeds of the cells so far.
#[derive(Debug, Default)]
pub(super) struct SeedsTaken {
    /// By what else decides a cell's runs; the cells of each by their first seed.
    cells: BTreeMap<String, BTreeMap<u64, ReadStats>>,
}

#[derive(Debug)]
struct ReadStats {
    last_seed: u64,
    title: String,
}

/// A cell that has runs in common with one before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overlap {
    /// The title of the one before.
    pub first: String,
    /// Whether they begin with the same seed too.
    pub is_same: bool,
}

impl SeedsTaken {
    /// Takes in the next cell, of the spec whose own name is `experiment`: runs
    /// under another name than their spec's are the same runs.
    pub(super) fn take(&mut self, experiment: &str, cell: &Cell) -> Result<(), Overlap> {
        let first_seed = cell.spec.seed;
        let last_seed = first_seed.saturating_add(u64::from(cell.replicates.saturating_sub(1)));
        let others = self.cells.entry(all_but_seed(experiment, &cell.spec)).or_default();
        let nearest = others.range(..=last_seed).next_back();
        if let Some((seed, stats)) = nearest.filter(|(_, stats)| stats.last_seed >= first_seed) {
            return Err(Overlap { first: stats.title.clone(), is_same: *seed == first_seed });
        }
        others.insert(first_seed, ReadStats { last_seed, title: cell.title() });
        Ok(())
    }
}

fn all_but_seed(experiment: &str, spec: &Spec) -> String {
    let decisive =
        Spec { name: experiment.to_owned(), why: String::new(), seed: 0, published: None, ..spec.clone() };
    sha256(to_toml(&decisive).as_bytes())
}
