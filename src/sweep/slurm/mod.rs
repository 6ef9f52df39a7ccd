//! A sweep on a Slurm cluster: its shards as tasks of job arrays. Scheduling is
//! Slurm's; this only submits, waits and looks what came back.

mod queue;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

pub use self::queue::{Job, QueueError};

use self::queue::Submission;
use super::error::SweepError;
use super::folder::{SCRIPT_FILE, SweepFolder};
use super::journals::Journals;
use super::shard::Shard;
use crate::engine::StopSwitch;
use crate::plan::Plan;
use crate::store::{StoreError, write_file};

/// Tasks in one array: Slurm allows task numbers up to 1,000 by default.
const TASKS_AN_ARRAY: u64 = 1000;
/// A controller has other things to do than to answer: the longer it takes, the
/// rarer it is asked.
const LOOK_AT_MOST_EVERY: Duration = Duration::from_secs(1);
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(30);
/// The share of the time waited so far that is waited until the next look.
const LOOKS: u32 = 16;
/// How long the controller may fail to answer, as one that is restarted does.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);
/// Slurm kills what does not end by itself after half a minute.
const LONGEST_ENDING: Duration = Duration::from_secs(35);
/// How soon a wish to stop is heard.
const HEARD_AFTER: Duration = Duration::from_millis(100);

/// A sweep cannot be run on a cluster.
#[derive(Debug, thiserror::Error)]
pub enum SlurmError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("{0}; jobs may still be queued: the same command with --resume joins them")]
    Silent(QueueError),
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sweep(#[from] SweepError),
}

/// What happens meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// Jobs are in the queue, from now or from a time before.
    Queued { jobs: &'a [Job], tasks: Option<u64> },
    /// Slurm did not take all tasks at once, as it said; the others come later.
    Later { said: &'a str },
    /// So many runs are done.
    Done(u64),
}

/// A sweep to be run on a cluster whose nodes share its folder.
pub struct Cluster<'a> {
    pub plan: &'a Plan,
    pub folder: &'a SweepFolder,
    /// This program, at the same path on every node.
    pub program: &'a Path,
    /// How many shards the plan is cut into, each a task.
    pub shards: u64,
    /// Handed to `sbatch` as they are.
    pub options: &'a [String],
    pub stop: &'a StopSwitch,
    pub news: &'a dyn Fn(News<'_>),
}

impl Cluster<'_> {
    /// Submits every shard that has runs to do, waits, and submits what did not
    /// come back anew while anything still comes. Stopping cancels the jobs.
    ///
    /// Jobs that another labctl left in the queue are waited for first.
    pub fn run(&self) -> Result<(), SlurmError> {
        let script = self.write_script()?;
        let left = self.left_jobs()?;
        if !left.is_empty() {
            (self.news)(News::Queued { jobs: &left, tasks: None });
            self.wait(&left)?;
        }
        let mut before = None;
        loop {
            let journals = self.journals()?;
            let now = (journals.count(), journals.failed().count());
            let shards = self.unfinished(&journals, before.is_some());
            if shards.is_empty() || before == Some(now) || self.stop.reason().is_some() {
                return Ok(());
            }
            before = Some(now);
            let jobs = self.submit(&script, &shards)?;
            self.wait(&jobs)?;
        }
    }

    fn journals(&self) -> Result<Journals, SlurmError> {
        Ok(Journals::of(self.folder, self.plan, &[]).map_err(SweepError::from)?)
    }

    /// Shards with runs that are not done; those that failed are tried once.
    fn unfinished(&self, journals: &Journals, tried: bool) -> Vec<u64> {
        let failed: Vec<u64> = journals.failed().map(|(run, _)| run).collect();
        let is_open = |run: u64| !(journals.has(run) || tried && failed.binary_search(&run).is_ok());
        let (of, count) = (self.shards, self.plan.run_count());
        (1..=of).filter(|number| Shard { number: *number, of }.runs(count).any(is_open)).collect()
    }

    /// The script of every task: its shard is its number in its array, and
    /// those in the arrays before.
    fn write_script(&self) -> Result<PathBuf, SlurmError> {
        let plan = quoted(&absolute(&self.folder.plan_file())?);
        let program = quoted(&absolute(self.program)?);
        let text = format!(
            "#!/bin/sh\nexec {program} sweep exec {plan} --shard \"$((SLURM_ARRAY_TASK_ID + $1))/{}\"\n",
            self.shards
        );
        let folder = self.folder.slurm();
        fs::create_dir_all(&folder).map_err(|source| StoreError::write(&folder, source))?;
        let script = folder.join(SCRIPT_FILE);
        write_file(&script, text.as_bytes())?;
        Ok(script)
    }

    /// Puts the shards into the queue, or as many of them as it takes.
    fn submit(&self, script: &Path, shards: &[u64]) -> Result<Vec<Job>, SlurmError> {
        let array_of = |shard: &u64| (shard - 1) / TASKS_AN_ARRAY;
        let logs = absolute(&self.folder.slurm())?;
        let (mut jobs, mut taken) = (Vec::new(), 0);
        for chunk in shards.chunk_by(|one, next| array_of(one) == array_of(next)) {
            if self.stop.reason().is_some() {
                break;
            }
            let argument = array_of(&chunk[0]) * TASKS_AN_ARRAY;
            let tasks = &tasks(chunk, argument);
            match (Submission { script, argument, tasks, logs: &logs, options: self.options }).submit() {
                Ok(job) => {
                    self.note(&job)?;
                    jobs.push(job);
                    taken += chunk.len() as u64;
                }
                Err(error) if jobs.is_empty() => return Err(error.into()),
                Err(error) => {
                    (self.news)(News::Later { said: &error.to_string() });
                    break;
                }
            }
        }
        (self.news)(News::Queued { jobs: &jobs, tasks: Some(taken) });
        Ok(jobs)
    }

    /// Until none of the jobs is in Slurm's queue any more, or nothing is left
    /// to do for them.
    fn wait(&self, jobs: &[Job]) -> Result<(), SlurmError> {
        let (mut waited, mut silence) = (Duration::ZERO, Duration::ZERO);
        while !jobs.is_empty() {
            let pause = (waited / LOOKS).clamp(LOOK_AT_MOST_EVERY, LOOK_AT_LEAST_EVERY);
            if self.is_stopped_within(pause) {
                self.cancel(jobs)?;
                break;
            }
            waited += pause;
            let journals = self.journals()?;
            (self.news)(News::Done(journals.count()));
            // A task on a node that was lost is long in ending.
            if journals.count() == self.plan.run_count() {
                break;
            }
            match queue::is_any_queued(jobs) {
                Ok(false) => break,
                Ok(true) => silence = Duration::ZERO,
                Err(error) => {
                    silence += pause;
                    if silence >= LONGEST_SILENCE || matches!(error, QueueError::Start { .. }) {
                        return Err(SlurmError::Silent(error));
                    }
                }
            }
        }
        self.forget_jobs()
    }

    /// Cancels the jobs, and gives their tasks the time to end in order.
    fn cancel(&self, jobs: &[Job]) -> Result<(), SlurmError> {
        queue::cancel(jobs).map_err(SlurmError::Silent)?;
        let mut waited = Duration::ZERO;
        while waited < LONGEST_ENDING && queue::is_any_queued(jobs).unwrap_or(true) {
            thread::sleep(LOOK_AT_MOST_EVERY);
            waited += LOOK_AT_MOST_EVERY;
        }
        Ok(())
    }

    /// Lets this time pass, unless it is to stop.
    fn is_stopped_within(&self, time: Duration) -> bool {
        let mut waited = Duration::ZERO;
        while self.stop.reason().is_none() && waited < time {
            thread::sleep(HEARD_AFTER);
            waited += HEARD_AFTER;
        }
        self.stop.reason().is_some()
    }

    /// Remembers a job, in case that this process ends before it.
    fn note(&self, job: &Job) -> Result<(), SlurmError> {
        let path = self.folder.jobs_file();
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let noted = file.and_then(|mut file| writeln!(file, "{job}"));
        Ok(noted.map_err(|source| StoreError::write(&path, source))?)
    }

    /// Jobs that nobody has waited for to their end.
    fn left_jobs(&self) -> Result<Vec<Job>, SlurmError> {
        let path = self.folder.jobs_file();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().filter_map(Job::parse).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(SlurmError::Read { path, source }),
        }
    }

    fn forget_jobs(&self) -> Result<(), SlurmError> {
        let path = self.folder.jobs_file();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::write(&path, error).into())
            }
            _ => Ok(()),
        }
    }
}

/// A path that means the same from every folder.
fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|source| StoreError::write(path, source))
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

/// Task numbers as sbatch takes them: `1-4,7`.
fn tasks(shards: &[u64], offset: u64) -> String {
    let range = |run: &[u64]| match (run[0] - offset, run[run.len() - 1] - offset) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    shards.chunk_by(|one, next| one + 1 == *next).map(range).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_numbered_within_their_array() {
        assert_eq!(tasks(&[1, 2, 3, 4, 7], 0), "1-4,7");
        assert_eq!(tasks(&[1001, 1003], 1000), "1,3");
    }

    #[test]
    fn a_path_is_one_word_whatever_is_in_it() {
        assert_eq!(quoted(Path::new("a b/it's")), r"'a b/it'\''s'");
    }
}
