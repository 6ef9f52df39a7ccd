//! Experiments that draw their clock rates: their runs are no replicates of each
//! other, unless they drew the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::outline::CellOutline;
use crate::plan::Plan;
use crate::text::numbers::counted;

/// What the runs of one experiment drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnRates {
    pub experiment: String,
    pub runs: u64,
    /// How many different rates; those of all machines together count as one.
    pub rates: u64,
}

impl DrawnRates {
    /// Of every experiment of a sweep that draws its rates and has runs.
    pub fn all(plan: &Plan, outlines: &[CellOutline]) -> Vec<DrawnRates> {
        let mut drawn: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for outline in outlines.iter().filter(|outline| outline.runs > 0) {
            let spec = &plan.cells()[outline.cell].spec;
            if spec.has_random_rates() {
                let (runs, rates) = drawn.entry(&spec.name).or_default();
                *runs += outline.runs;
                rates.insert(&outline.clock_rates);
            }
        }
        let of_experiment = |(experiment, (runs, rates)): (&str, (u64, BTreeSet<&str>))| DrawnRates {
            experiment: experiment.to_owned(),
            runs,
            rates: rates.len() as u64,
        };
        drawn.into_iter().map(of_experiment).collect()
    }
}

impl fmt::Display for DrawnRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} draws its clock rates with the seed: {} of {}. Runs of other rates are no replicates, so those of \
             each are summarised by themselves, and a single run has no interval; fix the rates with --clock-rates \
             to have replicates",
            self.experiment,
            counted(self.runs, "run"),
            match self.rates {
                1 => "the same rates".to_owned(),
                rates => counted(rates, "different draw"),
            }
        )
    }
}
