//! Collecting a sweep: from its journals to one table of all runs and one of
//! what they amount to, in the order of the plan, however they came in.

use std::borrow::Cow;
use std::path::PathBuf;

use super::error::SweepError;
use super::folder::SweepFolder;
use super::journal::Entry;
use super::journals::{Damage, Double, Journals};
use super::pending::Pending;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::summarise;
use crate::parallel;
use crate::plan::Plan;
use crate::spec::CLOCK_RATES;
use crate::statistics::Unmet;
use crate::store::NewFile;
use crate::text::spreadsheet;

const SEED: &str = "seed";
/// Columns of every table that an axis may be named as: they are there once.
const OF_RUNS: [&str; 1] = [SEED];
const OF_SUMMARIES: [&str; 1] = [CLOCK_RATES];
/// What an entry of a journal takes in memory, about.
const ENTRY_BYTES: u64 = 8 << 10;

/// What a sweep has come to.
#[derive(Debug)]
pub struct SweepSummary {
    /// Runs that ended well.
    pub done: u64,
    /// Runs that did not, and those that came in at all.
    pub failed: Vec<(u64, String)>,
    /// Numbers of runs that are neither done nor failed, as ranges with both
    /// ends included.
    pub missing: Vec<(u64, u64)>,
    /// Runs whose measurements are to be doubted, with the first reason.
    pub doubted: Vec<(u64, String)>,
    pub damages: Vec<Damage>,
    pub doubles: Vec<Double>,
    /// Entries of runs that the plan does not have.
    pub strangers: u64,
    /// Cells, counted from 0, whose runs are all done and do not meet the
    /// plan's precision.
    pub unmet: Vec<(usize, Unmet)>,
}

impl SweepSummary {
    /// Whether every run of the plan is there.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.missing.is_empty()
    }
}

/// The runs of one cell that are done.
#[derive(Clone, Copy, Debug)]
pub struct CellResult<'a> {
    /// Counted from 0.
    pub cell: usize,
    /// A row a machine, run by run.
    pub rows: &'a [MachineMetrics],
}

/// Collects what the folder's own journals and those at `elsewhere` hold, writes
/// `runs.csv` and `summary.csv`, and shows each cell's result to `observe`. The
/// runs of one cell are in memory at a time.
pub fn collect(
    folder: &SweepFolder,
    plan: &Plan,
    elsewhere: &[PathBuf],
    mut observe: impl FnMut(CellResult<'_>),
) -> Result<SweepSummary, SweepError> {
    let journals = Journals::of(folder, plan, elsewhere)?;
    let pending = Pending::of(plan, &journals)?;
    let axes = plan.axes();
    let without = |columns: &[&str]| -> Vec<&str> {
        axes.iter().copied().filter(|axis| !columns.contains(axis)).collect()
    };
    let (run_axes, summary_axes) = (without(&OF_RUNS), without(&OF_SUMMARIES));
    let mut runs = Table::begin(folder.runs_file())?;
    let mut summaries = Table::begin(folder.summary_file())?;
    let (mut doubted, mut unmet) = (Vec::new(), Vec::new());
    for (at, cell) in plan.cells().iter().enumerate() {
        let cells = |axes: &[&'_ str]| -> Vec<Cow<'_, str>> {
            axes.iter().map(|axis| spreadsheet::cell(setting(&cell.settings, axis))).collect()
        };
        let (run_values, summary_values) = (cells(&run_axes), cells(&summary_axes));
        let mut rows = Vec::new();
        let numbers: Vec<u64> = pending.runs_of(plan, at).collect();
        let read = |number: &u64| (*number, journals.entry(*number));
        parallel::in_order(
            &numbers,
            |_| ENTRY_BYTES,
            read,
            |(number, entry)| {
                let Some(Entry { rows: machines, doubts, .. }) = entry? else { return Ok(()) };
                let (_, replicate) = plan.place(number);
                let seed = cell.spec.seed.wrapping_add(u64::from(replicate));
                for row in &machines {
                    let head = ["cell", "replicate", SEED].into_iter().chain(run_axes.iter().copied());
                    runs.put(head, row, &(at + 1, replicate + 1, seed, &run_values))?;
                }
                doubted.extend(doubts.into_iter().next().map(|doubt| (number, doubt)));
                rows.extend(machines);
                Ok::<(), SweepError>(())
            },
        )?;
        for row in summarise([&rows[..]]) {
            let head = ["cell"].into_iter().chain(summary_axes.iter().copied());
            summaries.put(head, &row, &(at + 1, &summary_values))?;
        }
        unmet.extend(pending.unmet(plan, &journals, at)?.map(|unmet| (at, unmet)));
        observe(CellResult { cell: at, rows: &rows });
    }
    runs.finish()?;
    summaries.finish()?;
    let missing = pending.runs(plan).filter(|run| !journals.has(*run));
    let failed: Vec<(u64, String)> =
        journals.failed().map(|(run, reason)| (run, reason.to_owned())).collect();
    let missing = ranges(missing.filter(|run| failed.binary_search_by_key(run, |(run, _)| *run).is_err()));
    let done = pending.runs(plan).filter(|run| journals.has(*run)).count() as u64;
    let Journals { damages, doubles, strangers, .. } = journals;
    Ok(SweepSummary { done, failed, missing, doubted, damages, doubles, strangers, unmet })
}

fn setting<'a>(settings: &'a [(String, String)], axis: &str) -> &'a str {
    settings.iter().find(|(key, _)| key == axis).map_or("", |(_, value)| value)
}

/// Neighbouring numbers joined.
fn ranges(numbers: impl Iterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

/// A table on its way to disk: columns of the sweep, and after them those of a
/// row.
struct Table {
    path: PathBuf,
    out: csv::Writer<NewFile>,
    has_head: bool,
}

impl Table {
    fn begin(path: PathBuf) -> Result<Table, SweepError> {
        let out = csv::WriterBuilder::new().has_headers(false).from_writer(NewFile::begin(&path)?);
        Ok(Table { path, out, has_head: false })
    }

    fn put<'a>(
        &mut self,
        head: impl Iterator<Item = &'a str>,
        row: &impl serde::Serialize,
        columns: &impl serde::Serialize,
    ) -> Result<(), SweepError> {
        let failed = |source| SweepError::Table { path: self.path.clone(), source };
        if !self.has_head {
            self.has_head = true;
            let names =
                head.map(|name| spreadsheet::cell(name).into_owned()).chain(names(row).map_err(failed)?);
            self.out.write_record(names.collect::<Vec<_>>()).map_err(failed)?;
        }
        self.out.serialize((columns, row)).map_err(failed)
    }

    fn finish(self) -> Result<(), SweepError> {
        let path = self.path;
        let file = self.out.into_inner().map_err(|error| SweepError::Table {
            path: path.clone(),
            source: csv::Error::from(std::io::Error::from(error.error().kind())),
        })?;
        Ok(file.finish()?)
    }
}

/// The columns of a row, by name.
fn names(row: &impl serde::Serialize) -> csv::Result<Vec<String>> {
    let mut text = csv::Writer::from_writer(Vec::new());
    text.serialize(row)?;
    let text = text.into_inner().unwrap_or_default();
    Ok(csv::Reader::from_reader(&text[..]).headers()?.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_numbers_are_reported_as_ranges() {
        assert_eq!(ranges([0, 1, 2, 5, 7, 8].into_iter()), [(0, 2), (5, 5), (7, 8)]);
        assert_eq!(ranges([].into_iter()), []);
    }
}
