//! Following a run while it is made: the tails of its logs, and what they say
//! so far as one plain [`Snapshot`]. Machines write their logs at most half a
//! second late, so a run can be followed from any process that sees its folder.

mod happening;
mod machine;
mod place;
mod snapshot;
mod tail;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub use happening::{Happening, What};
pub use place::{Place, find};
pub use snapshot::{About, MachineState, Progress, Snapshot};

use crate::log::machine_of_file;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::spec;
use crate::store::{SPEC_FILE, Status};
use machine::Followed;

/// Read at most of all logs together before a snapshot is given, so that a
/// view stays alive however long the logs are.
const BYTES_A_POLL: u64 = 8 << 20;
/// Read at most of one log, however many there are.
const BYTES_A_LOG_MIN: u64 = 64 << 10;
/// Logs that stand still for less than this are no news.
const QUIET_MIN: Duration = Duration::from_secs(3);
/// The same, in periods of the fastest machine.
const QUIET_PERIODS: f64 = 4.0;

/// Follows one run.
#[derive(Debug)]
pub struct Follower {
    place: Option<Place>,
    about: About,
    /// In the order of their ids.
    machines: BTreeMap<MachineId, Followed>,
    grown: Option<SystemTime>,
    progress: Progress,
}

impl Follower {
    /// Follows a run that is about to begin; [`Follower::settle`] says where.
    pub fn of_run(run: &Run) -> Follower {
        let mut follower = Follower {
            place: None,
            about: About { experiment: run.spec.name.clone(), run: run.name.clone(), ..About::default() },
            machines: BTreeMap::new(),
            grown: None,
            progress: Progress::Waiting,
        };
        follower.plan(run);
        follower
    }

    /// Follows the run that lies at `place`.
    pub fn at(place: Place) -> Follower {
        let about =
            About { experiment: place.experiment.clone(), run: place.run.clone(), ..About::default() };
        let mut follower = Follower {
            place: Some(place),
            about,
            machines: BTreeMap::new(),
            grown: None,
            progress: Progress::Waiting,
        };
        follower.read_spec();
        follower
    }

    /// The run's logs are written here.
    pub fn settle(&mut self, folder: &Path) {
        if self.place.is_none() {
            let place = Place::of(folder);
            self.about.run.clone_from(&place.run);
            self.place = Some(place);
        }
    }

    fn read_spec(&mut self) {
        let spec = self.place.as_ref().and_then(|place| spec::load(&place.folder.join(SPEC_FILE), &[]).ok());
        if let Some(spec) = spec {
            self.about.experiment.clone_from(&spec.name);
            self.plan(&Run::single(spec, self.about.run.clone()));
        }
    }

    /// Takes from a plan what logs do not tell, or tell late.
    fn plan(&mut self, run: &Run) {
        let about = &mut self.about;
        about.seed = Some(run.spec.seed);
        about.speedup = Some(run.spec.speedup);
        about.duration = Some(run.spec.duration);
        self.machines = run
            .machines()
            .zip(run.clock_rates())
            .map(|(id, rate)| (id, Followed::new(id, Some(*rate), run.is_foreign(id))))
            .collect();
    }

    /// Reads what the logs have got since the last time. `now` is the time of
    /// day; whether there is more to read at once is given.
    pub fn poll(&mut self, now: SystemTime) -> bool {
        let Some(place) = &mut self.place else { return false };
        let is_there = place.follow_rename();
        let folder = place.folder.clone();
        self.meet_logs(&folder);
        let share = (BYTES_A_POLL / self.machines.len().max(1) as u64).max(BYTES_A_LOG_MIN);
        let mut more = false;
        for machine in self.machines.values_mut() {
            let read = machine.read(&folder, share);
            more |= read.more;
            self.grown = self.grown.max(read.grown);
        }
        self.about.speedup =
            self.about.speedup.or_else(|| self.machines.values().find_map(Followed::speedup));
        self.progress = self.judge(is_there, more, now);
        more
    }

    /// Logs that no spec announced; it may be missing, or have come late.
    fn meet_logs(&mut self, folder: &Path) {
        if self.about.duration.is_none() {
            self.read_spec();
        }
        if self.about.duration.is_some() {
            return;
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for id in entries.filter_map(|entry| machine_of_file(&entry.path())) {
            self.machines.entry(id).or_insert_with(|| Followed::new(id, None, false));
        }
    }

    fn judge(&self, is_there: bool, more: bool, now: SystemTime) -> Progress {
        let Some(place) = &self.place else { return Progress::Waiting };
        if !is_there {
            return Progress::Gone;
        }
        let quiet = self.grown.and_then(|grown| now.duration_since(grown).ok()).unwrap_or_default();
        if let Some(status) = place.status().filter(|_| !more) {
            return Progress::Ended { status };
        }
        let ours = || self.machines.values().filter(|machine| !machine.foreign);
        if !ours().any(Followed::has_log) {
            return Progress::Waiting;
        }
        let ended = ours().map(Followed::end_reason).collect::<Option<Vec<_>>>();
        match ended.and_then(|reasons| reasons.into_iter().next_back()) {
            Some(_) if place.is_partial() => Progress::Closing { quiet },
            Some(reason) => Progress::Ended { status: Status::from(reason).into() },
            None if !more && quiet >= self.patience() => Progress::Quiet { quiet },
            None => Progress::Running,
        }
    }

    /// How long the logs of a living run may stand still.
    fn patience(&self) -> Duration {
        let fastest = self.machines.values().filter_map(Followed::clock_rate).fold(0.0, f64::max);
        let ticks_per_second = fastest * self.about.speedup.unwrap_or(1.0);
        Duration::try_from_secs_f64(QUIET_PERIODS / ticks_per_second).unwrap_or(QUIET_MIN).max(QUIET_MIN)
    }

    /// Where the run lies, as far as it is known.
    pub fn folder(&self) -> Option<PathBuf> {
        self.place.as_ref().map(|place| place.folder.clone())
    }

    /// What is known now.
    pub fn snapshot(&self) -> Snapshot {
        let reported = self.machines.values().filter_map(Followed::lab_time).max().unwrap_or_default();
        // Ends are reported a little later than they come.
        let lab_time = self.about.duration.map_or(reported, |duration| reported.min(duration));
        let leader = self.machines.values().map(Followed::clock).max().unwrap_or_default();
        Snapshot {
            about: self.about.clone(),
            progress: self.progress.clone(),
            lab_time,
            machines: self.machines.values().map(|machine| machine.state(lab_time, leader)).collect(),
        }
    }
}
