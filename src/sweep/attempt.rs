//! Making one run of a sweep, on either engine.

use std::fs;
use std::sync::Arc;

use jiff::Timestamp;

use super::error::SweepError;
use super::folder::SweepFolder;
use super::journal::Entry;
use super::limiter::Limiter;
use super::staging::Staging;
use crate::engine::{Gauges, StopSwitch, Token};
use crate::lab::{self, Done, DriveError, LabError, Order};
use crate::log::EndReason;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::RunMetrics;
use crate::metrics::trust::doubts;
use crate::model::engine::Engine;
use crate::plan::Run;
use crate::predict::simulated::simulate_metrics;
use crate::read::find::find_runs;
use crate::read::find_error::FindError;
use crate::read::run_metrics;
use crate::read::run_path::RunPath;
use crate::store::Status;
use crate::store::StoreError;

/// How often a run whose clocks did not keep the pace is tried in all.
const ATTEMPTS: u32 = 5;

/// Simulates a run; `None` where it was stopped.
pub(super) fn simulate(number: u64, run: &Run, stop: &StopSwitch) -> Option<Entry> {
    if let Some(machine) = run.machines().find(|id| run.is_foreign(*id)) {
        return Some(failed(number, &DriveError::Foreign { machine }));
    }
    let rows = simulate_metrics(run, stop);
    stop.reason().is_none().then(|| ended(number, 1, rows))
}

fn ended(run: u64, attempts: u32, rows: Vec<MachineMetrics>) -> Entry {
    let doubts = RunMetrics::of(&rows).map_or_else(Vec::new, |run| doubts(&rows, &run));
    Entry { run, attempts, doubts: doubts.iter().map(ToString::to_string).collect(), failure: None, rows }
}

fn failed(run: u64, error: &dyn std::error::Error) -> Entry {
    Entry { run, attempts: 1, doubts: Vec::new(), failure: Some(error.to_string()), rows: Vec::new() }
}

/// Makes runs on sockets, each in a folder of its own.
pub(super) struct OnSockets<'a> {
    pub folder: &'a SweepFolder,
    pub staging: &'a Staging,
    pub limiter: &'a Limiter,
    pub stop: &'a StopSwitch,
    pub token: &'a Token,
}

impl OnSockets<'_> {
    /// Makes a run for somebody inside the limiter, again if its clocks did not
    /// keep the pace; `None` where it was stopped.
    pub(super) fn make(&self, number: u64, run: &Run) -> Result<Option<Entry>, SweepError> {
        if let Some(rows) = self.made_before(run)? {
            return Ok(Some(ended(number, 1, rows)));
        }
        for attempt in 1.. {
            let made = match self.stop.reason() {
                None => self.attempt(run),
                Some(_) => Err(LabError::StoppedBeforeStart),
            };
            let entry = match made {
                Ok(done) if done.reason == EndReason::Completed => ended(number, attempt, done.reading.rows),
                Ok(Done { failure: Some(failure), .. }) => failed(number, &failure),
                // It was stopped, and is no result.
                Ok(_) | Err(LabError::StoppedBeforeStart) => {
                    self.staging.clear(run)?;
                    break;
                }
                Err(LabError::Store(error)) => return Err(error.into()),
                Err(error) => failed(number, &error),
            };
            if entry.failure.is_some() {
                // For somebody to look at, if it left anything, until it is tried again.
                let _ = self.staging.put_into_place(run, self.folder);
                return Ok(Some(entry));
            }
            if entry.went_well() || attempt == ATTEMPTS {
                return self.placed(run, entry).map(Some);
            }
            self.staging.clear(run)?;
            self.limiter.leave(false);
            self.limiter.enter();
        }
        Ok(None)
    }

    /// Puts a run into its place. Where another process was faster, its run is
    /// the one that counts.
    fn placed(&self, run: &Run, entry: Entry) -> Result<Entry, SweepError> {
        if self.staging.put_into_place(run, self.folder)? {
            return Ok(entry);
        }
        self.staging.clear(run)?;
        match self.made_before(run)? {
            Some(rows) => Ok(ended(entry.run, 1, rows)),
            None => {
                Err(StoreError::Exists { path: self.folder.run_folder(&run.spec.name, &run.name) }.into())
            }
        }
    }

    fn attempt(&self, run: &Run) -> Result<Done, LabError> {
        lab::run(&Order {
            spec: run.spec.clone(),
            results: self.staging.path().to_owned(),
            run_name: Some(run.name.clone()),
            hosting: Engine::Sockets.into(),
            token: self.token.clone(),
            stop: self.stop.below(),
            gauges: Gauges::new(run.spec.machine_count()),
            history_bytes_max: 0,
            // What machines notice is in their logs.
            observer: Arc::new(|_| {}),
            now: Timestamp::now(),
        })
    }

    /// The rows of a run that was made before, by this process or another.
    fn made_before(&self, run: &Run) -> Result<Option<Vec<MachineMetrics>>, SweepError> {
        let place = self.folder.run_folder(&run.spec.name, &run.name);
        let found = match find_runs(&place) {
            // What cannot be looked into is not known to hold nothing.
            Err(FindError::Read { path, source }) if place.symlink_metadata().is_ok() => {
                return Err(StoreError::write(&path, source).into());
            }
            found => found.unwrap_or_default(),
        };
        let is_whole = |found: &RunPath| {
            found.manifest.as_ref().is_some_and(|manifest| manifest.status.came_to_its_end())
        };
        match found.first().filter(|found| is_whole(found)) {
            Some(found) => Ok(Some(run_metrics(found)?)),
            None => self.make_room(run, found.first()).map(|()| None),
        }
    }

    /// Takes away what an earlier attempt at this very run left when it failed,
    /// as its manifest says. Whatever else stands in a run's place is not the
    /// sweep's to remove.
    fn make_room(&self, run: &Run, found: Option<&RunPath>) -> Result<(), SweepError> {
        let place = self.folder.run_folder(&run.spec.name, &run.name);
        if place.symlink_metadata().is_err() || fs::remove_dir(&place).is_ok() {
            return Ok(());
        }
        let manifest = found.and_then(RunPath::read_manifest);
        let is_failed = manifest.is_some_and(|of| {
            (of.experiment == run.spec.name && of.run == run.name && of.seed == run.spec.seed)
                && of.status == Status::Failed
        });
        if !is_failed {
            return Err(StoreError::Exists { path: place }.into());
        }
        fs::remove_dir_all(&place).map_err(|source| StoreError::write(&place, source).into())
    }
}
