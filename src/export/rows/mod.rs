//! The events table of runs, or of a window of them, as CSV, JSON Lines or
//! Parquet. Runs are read once and held nowhere.

mod check;

pub use check::{check_csv, check_jsonl, check_parquet};

use std::collections::BTreeSet;

use super::window::{Window, WindowFilter};
use crate::model::event::MachineId;
use crate::read::run_path::RunPath;
use crate::read::{ReadError, ReadLog, Texts, each_event, origin_in};
use crate::table::{EventSink, EventTable};

/// What went into a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tabled {
    pub rows: u64,
    /// The sum of all clocks, of which the lowest 64 bits are kept.
    pub clock_sum: u64,
    /// Lab time of the latest event, whether it is in the window or not, in
    /// microseconds.
    pub last_us: Option<i64>,
    /// The machines that have events, in the window or not.
    pub machines: BTreeSet<MachineId>,
}

impl Tabled {
    /// Adds what went into another table.
    pub fn add(&mut self, other: Tabled) {
        self.rows += other.rows;
        self.clock_sum = self.clock_sum.wrapping_add(other.clock_sum);
        self.last_us = self.last_us.max(other.last_us);
        self.machines.extend(other.machines);
    }
}

/// Adds what the window shows of a run to a table.
pub fn add_run<S: EventSink + Send>(
    run: &RunPath,
    window: &Window,
    table: &mut EventTable<S>,
    tabled: &mut Tabled,
) -> Result<Vec<ReadLog>, ReadError> {
    let texts = Texts::of(run)?;
    let origin = origin_in(run, &texts)?;
    table.begin_run(&run.experiment, &run.run, origin)?;
    let mut filter: Option<(MachineId, WindowFilter)> = None;
    each_event(run, &texts, |machine, line, record| {
        let (_, filter) = match &mut filter {
            Some(filter) if filter.0 == machine => filter,
            other => {
                tabled.machines.insert(machine);
                other.insert((machine, window.filter(origin.stamp)))
            }
        };
        tabled.last_us = tabled.last_us.max(Some(record.stamp.0.saturating_sub(origin.stamp.0)));
        if !window.takes(machine) || !filter.admits(record.stamp) {
            return Ok(());
        }
        tabled.rows += 1;
        tabled.clock_sum = tabled.clock_sum.wrapping_add(record.clock);
        table.push(machine, line, record)
    })
}
