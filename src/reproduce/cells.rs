//! The cells that a file of claims asks for, equal ones once, and the runs that
//! were made of them. Pure.

use std::collections::BTreeMap;

use super::claims::Claims;
use super::setup::Setup;
use crate::plan::Cell;
use crate::sample::Sample;
use crate::spec::to_toml;

/// All cells, in the order in which they are first asked for.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    cells: Vec<Cell>,
    /// The place of each spec, by its text.
    places: BTreeMap<String, usize>,
}

impl Cells {
    /// The cells that these claims need, each with so many replicates.
    pub fn of(claims: &Claims, replicates: u32) -> Cells {
        let of_claims = claims.claims.iter().flat_map(|claim| &claim.cases);
        let of_claims = of_claims.flat_map(|case| case.setups.iter().chain(&case.against));
        let of_charts = claims.charts.iter().flat_map(|chart| &chart.points).map(|(_, setup)| setup);
        let mut cells = Cells::default();
        for setup in claims.published.iter().chain(of_claims).chain(of_charts) {
            cells.add(setup, replicates);
        }
        cells
    }

    fn add(&mut self, setup: &Setup, replicates: u32) {
        let place = self.cells.len();
        self.places.entry(to_toml(&setup.spec)).or_insert_with(|| {
            let (settings, spec) = (setup.settings.clone(), setup.spec.clone());
            self.cells.push(Cell { settings, replicates, spec });
            place
        });
    }

    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// The runs of all cells.
pub struct Replicates<'a> {
    cells: &'a Cells,
    /// By the number of the cell, from 1.
    samples: BTreeMap<u32, Sample>,
    none: Sample,
}

impl<'a> Replicates<'a> {
    /// `samples` go by the number of the cell, from 1.
    pub fn new(cells: &'a Cells, samples: BTreeMap<u32, Sample>) -> Replicates<'a> {
        Replicates { cells, samples, none: Sample::default() }
    }

    /// The runs of a setup; none where there are none.
    pub fn of(&self, setup: &Setup) -> &Sample {
        let place = self.cells.places.get(&to_toml(&setup.spec));
        place.and_then(|place| self.samples.get(&(*place as u32 + 1))).unwrap_or(&self.none)
    }
}
