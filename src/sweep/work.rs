//! Making one run of a sweep, on either engine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::execution::SweepError;
use super::folder::SweepFolder;
use super::gate::Gate;
use super::journal::Entry;
use crate::engine::{Gauges, StopSwitch};
use crate::lab::{self, Done, DriveError, Engine, LabError, Order};
use crate::log::EndReason;
use crate::metrics::MachineMetrics;
use crate::metrics::simulated::simulate_metrics;
use crate::metrics::summary::RunMetrics;
use crate::metrics::trust::doubts;
use crate::plan::Run;
use crate::reading::run_metrics;
use crate::store::{RunPath, StoreError, find_runs};

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
    /// Where runs are made, before they are put into their place.
    pub workshop: &'a Path,
    pub gate: &'a Gate,
    pub stop: &'a StopSwitch,
    pub token: &'a str,
}

impl OnSockets<'_> {
    /// Makes a run, again if its clocks did not keep the pace; `None` where it
    /// was stopped. To be called inside the gate.
    pub(super) fn make(&self, number: u64, run: &Run) -> Result<Option<Entry>, SweepError> {
        if let Some(rows) = self.made_before(run)? {
            return Ok(Some(ended(number, 1, rows)));
        }
        for attempt in 1.. {
            let made = match self.stop.reason() {
                None => self.attempt(run),
                Some(_) => Err(LabError::StoppedBeforeStart),
            };
            let (folder, entry) = match made {
                Ok(done) if done.reason == EndReason::Completed => {
                    (Some(done.folder), ended(number, attempt, done.reading.rows))
                }
                Ok(Done { failure: Some(failure), folder, .. }) => (Some(folder), failed(number, &failure)),
                // It was stopped, and is no result.
                Ok(_) | Err(LabError::StoppedBeforeStart) => {
                    self.clear(&self.workplace(run))?;
                    break;
                }
                Err(LabError::Store(error)) => return Err(error.into()),
                Err(error) => (None, failed(number, &error)),
            };
            if entry.went_well() || entry.failure.is_some() || attempt == ATTEMPTS {
                return self.put_into_place(run, folder.as_deref(), entry).map(Some);
            }
            self.clear(&self.workplace(run))?;
            self.gate.leave(false);
            self.gate.enter();
        }
        Ok(None)
    }

    /// Another process may have made the same run in the meantime: the first
    /// one stays.
    fn put_into_place(&self, run: &Run, made: Option<&Path>, entry: Entry) -> Result<Entry, SweepError> {
        let Some(made) = made else { return Ok(entry) };
        let place = self.place(run);
        let failed = |error| StoreError::write(&place, error);
        fs::create_dir_all(place.parent().unwrap_or(&place)).map_err(failed)?;
        let renamed = fs::rename(made, &place);
        self.clear(&self.workplace(run))?;
        match renamed {
            Ok(()) => Ok(entry),
            Err(error) if !place.exists() => Err(failed(error).into()),
            Err(_) => {
                let theirs = self.made_before(run)?.map(|rows| ended(entry.run, 1, rows));
                Ok(theirs.unwrap_or(entry))
            }
        }
    }

    fn place(&self, run: &Run) -> PathBuf {
        self.folder.run_folder(&run.spec.name, &run.name)
    }

    /// The results folder in which a single run is made.
    fn workplace(&self, run: &Run) -> PathBuf {
        self.workshop.join(&run.name)
    }

    fn attempt(&self, run: &Run) -> Result<Done, LabError> {
        lab::run(&Order {
            spec: run.spec.clone(),
            results: self.workplace(run),
            run_name: Some(run.name.clone()),
            engine: Engine::Sockets,
            token: run.spec.network.token.clone().unwrap_or_else(|| self.token.to_owned()),
            stop: self.stop.below(),
            gauges: Gauges::new(run.spec.machine_count()),
            // What machines notice is in their logs.
            observer: Arc::new(|_| {}),
            now: Timestamp::now(),
        })
    }

    /// The rows of a run that was made whole before its process was killed; one
    /// that failed is cleared away.
    fn made_before(&self, run: &Run) -> Result<Option<Vec<MachineMetrics>>, SweepError> {
        let found = find_runs(&self.place(run)).unwrap_or_default();
        let is_whole = |found: &RunPath| {
            found.manifest.as_ref().is_some_and(|manifest| manifest.status == EndReason::Completed.word())
        };
        match found.first().filter(|found| is_whole(found)) {
            Some(found) => Ok(Some(run_metrics(found)?)),
            None => self.clear(&self.place(run)).map(|()| None),
        }
    }

    /// Removes what is no result.
    fn clear(&self, folder: &Path) -> Result<(), SweepError> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::write(folder, error).into())
            }
            _ => Ok(()),
        }
    }
}
