//! What is pending of a sweep: which of its runs are wanted, given those that are
//! done.

use super::journal::JournalError;
use super::journals::Journals;
use crate::plan::Plan;
use crate::plan::precision::Precision;
use crate::statistics::Unmet;

/// Replicates between two looks at whether they are as precise as wanted: too
/// few of them, and a precision would be met by chance.
pub const LOOK_EVERY: u32 = 10;

/// How many replicates of each cell are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    sizes: Vec<u32>,
}

impl Pending {
    /// All runs of the plan; or, where it stops at a precision, as many of each
    /// cell as that takes so far. It looks at the first runs of a cell in their
    /// order, so that its end does not depend on which came in first.
    pub fn of(plan: &Plan, journals: &Journals) -> Result<Pending, JournalError> {
        let size = |cell: usize| match &plan.until {
            Some(precision) => size(plan, journals, precision, cell),
            None => Ok(plan.cells()[cell].replicates),
        };
        let sizes = (0..plan.cells().len()).map(size).collect::<Result<_, _>>()?;
        Ok(Pending { sizes })
    }

    /// The numbers of the wanted runs of a cell, in order.
    pub fn runs_of(&self, plan: &Plan, cell: usize) -> impl Iterator<Item = u64> + use<> {
        plan.runs_of(cell).take(self.sizes[cell] as usize)
    }

    /// What a cell whose wanted runs are all done lacks of the plan's precision;
    /// `None` where it lacks nothing, and where nothing is asked or runs are
    /// still to come.
    pub fn unmet(
        &self,
        plan: &Plan,
        journals: &Journals,
        cell: usize,
    ) -> Result<Option<Unmet>, JournalError> {
        let Some(precision) = &plan.until else { return Ok(None) };
        if self.sizes[cell] < plan.cells()[cell].replicates {
            // Cells that stop early meet it.
            return Ok(None);
        }
        let mut values = Vec::new();
        for run in self.runs_of(plan, cell) {
            match journals.entry(run)? {
                Some(entry) => values.extend(precision.quantity.of(&entry.rows)),
                None => return Ok(None),
            }
        }
        Ok(precision.half_width.is_met(&values).err())
    }

    /// The numbers of the wanted runs, in order.
    pub fn runs<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = u64> + 'a {
        (0..self.sizes.len()).flat_map(|cell| self.runs_of(plan, cell))
    }
}

fn size(plan: &Plan, journals: &Journals, precision: &Precision, cell: usize) -> Result<u32, JournalError> {
    let most = plan.cells()[cell].replicates;
    let mut size = 0;
    let mut values = Vec::new();
    let mut runs = plan.runs_of(cell);
    loop {
        let next = most.min(size + LOOK_EVERY);
        for run in runs.by_ref().take((next - size) as usize) {
            match journals.entry(run)? {
                Some(entry) => values.extend(precision.quantity.of(&entry.rows)),
                None => return Ok(next),
            }
        }
        size = next;
        if size == most || precision.half_width.may_stop(&values).is_ok() {
            return Ok(size);
        }
    }
}
