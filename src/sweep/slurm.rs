//! A sweep on a Slurm cluster: its pieces as tasks of job arrays. Scheduling is
//! Slurm's; this only submits, waits and looks what came back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::execution::SweepError;
use super::folder::SweepFolder;
use super::journal::Journals;
use super::piece::Piece;
use crate::engine::StopSwitch;
use crate::lab::VERSION;
use crate::plan::Plan;
use crate::store::{StoreError, write_file};

/// Tasks in one array: Slurm allows task numbers up to 1,000 by default.
const TASKS_AN_ARRAY: u64 = 1000;
/// How often pieces whose tasks ended without all their runs are submitted anew.
const ROUNDS: u32 = 3;
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Looks in a row that may fail: a busy controller does not always answer.
const SILENT_LOOKS: u32 = 30;

/// Slurm cannot be asked, or says no.
#[derive(Debug, thiserror::Error)]
pub enum SlurmError {
    #[error("cannot start {program}: {source}; is this a host that can submit to Slurm?")]
    Start { program: &'static str, source: io::Error },
    #[error("{program} failed: {said}")]
    Refused { program: &'static str, said: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sweep(#[from] SweepError),
}

/// A sweep to be run on a cluster whose nodes share its folder.
pub struct Cluster<'a> {
    pub plan: &'a Plan,
    pub folder: &'a SweepFolder,
    /// This program, at the same path on every node.
    pub program: &'a Path,
    /// How many pieces the plan is cut into, each a task.
    pub pieces: u64,
    /// Handed to `sbatch` as they are.
    pub options: &'a [String],
    pub stop: &'a StopSwitch,
    /// Shown how many runs are done, again and again.
    pub look: &'a dyn Fn(u64),
}

impl Cluster<'_> {
    /// Submits every piece that has runs to do, waits, and submits what did not
    /// come back anew while anything still comes. Stopping cancels the jobs.
    pub fn run(&self) -> Result<(), SlurmError> {
        let script = self.write_script()?;
        let mut done_before = None;
        for _ in 0..ROUNDS {
            let done = self.journals()?;
            let pieces = self.unfinished(&done);
            if pieces.is_empty() || done_before == Some(done.count()) || self.stop.reason().is_some() {
                break;
            }
            done_before = Some(done.count());
            let jobs = self.submit(&script, &pieces)?;
            self.wait(&jobs)?;
        }
        Ok(())
    }

    fn journals(&self) -> Result<Journals, SlurmError> {
        let hash = self.plan.hash(VERSION);
        let read = Journals::read(&[self.folder.journals()], &hash, self.plan.run_count());
        Ok(read.map_err(SweepError::from)?)
    }

    /// Pieces with runs that are not done.
    fn unfinished(&self, done: &Journals) -> Vec<u64> {
        let of = self.pieces;
        let has_more = |number: &u64| {
            Piece { number: *number, of }.runs(self.plan.run_count()).any(|run| !done.has(run))
        };
        (1..=of).filter(has_more).collect()
    }

    /// The script of every task: its piece is its number in its array, and
    /// those in the arrays before.
    fn write_script(&self) -> Result<PathBuf, SlurmError> {
        let absolute = |path: &Path| {
            std::path::absolute(path).map_err(|source| StoreError::write(path, source)).map(quoted)
        };
        let plan = absolute(&self.folder.plan_file())?;
        let program = absolute(self.program)?;
        let text = format!(
            "#!/bin/sh\nexec {program} exec {plan} --index \"$((SLURM_ARRAY_TASK_ID + $1))/{}\"\n",
            self.pieces
        );
        let logs = self.logs();
        fs::create_dir_all(&logs).map_err(|source| StoreError::write(&logs, source))?;
        let script = logs.join("task.sh");
        write_file(&script, text.as_bytes())?;
        Ok(script)
    }

    fn logs(&self) -> PathBuf {
        self.folder.path().join("slurm")
    }

    fn submit(&self, script: &Path, pieces: &[u64]) -> Result<Vec<String>, SlurmError> {
        let array_of = |piece: &u64| (piece - 1) / TASKS_AN_ARRAY;
        let mut jobs = Vec::new();
        for chunk in pieces.chunk_by(|one, next| array_of(one) == array_of(next)) {
            let offset = array_of(&chunk[0]) * TASKS_AN_ARRAY;
            let mut sbatch = Command::new("sbatch");
            sbatch.arg("--parsable").arg("--job-name=labctl").args(self.options);
            sbatch.arg(format!("--array={}", tasks(chunk, offset)));
            sbatch.arg("-o").arg(self.logs().join("%A_%a.out"));
            sbatch.arg(script).arg(offset.to_string());
            let said = ask("sbatch", &mut sbatch)?;
            // With several clusters, `job;cluster` is printed.
            jobs.push(said.trim().split(';').next().unwrap_or_default().to_owned());
        }
        Ok(jobs)
    }

    /// Until none of the jobs is in Slurm's queue any more.
    fn wait(&self, jobs: &[String]) -> Result<(), SlurmError> {
        let mut silent = 0;
        loop {
            thread::sleep(LOOK_EVERY);
            if self.stop.reason().is_some() {
                ask("scancel", Command::new("scancel").args(jobs))?;
                return Ok(());
            }
            (self.look)(self.journals()?.count());
            let mut squeue = Command::new("squeue");
            match ask("squeue", squeue.arg("--noheader").arg("--array").arg("--jobs").arg(jobs.join(","))) {
                Ok(tasks) if tasks.trim().is_empty() => return Ok(()),
                Ok(_) => silent = 0,
                // Jobs that ended a while ago are forgotten, and then unknown.
                Err(SlurmError::Refused { said, .. }) if said.contains("Invalid job id") => return Ok(()),
                Err(error) => {
                    silent += 1;
                    if silent == SILENT_LOOKS {
                        return Err(error);
                    }
                }
            }
        }
    }
}

/// A path as a shell takes it for one word.
fn quoted(path: PathBuf) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

/// Task numbers as sbatch takes them: `1-4,7`.
fn tasks(pieces: &[u64], offset: u64) -> String {
    let range = |run: &[u64]| match (run[0] - offset, run[run.len() - 1] - offset) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    pieces.chunk_by(|one, next| one + 1 == *next).map(range).collect::<Vec<_>>().join(",")
}

/// Runs one of Slurm's commands to its end, and gives what it said.
fn ask(program: &'static str, command: &mut Command) -> Result<String, SlurmError> {
    let output = command.output().map_err(|source| SlurmError::Start { program, source })?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(said(&output.stdout))
    } else {
        Err(SlurmError::Refused { program, said: said(&output.stderr).trim().to_owned() })
    }
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
        assert_eq!(quoted(PathBuf::from("a b/it's")), r"'a b/it'\''s'");
    }
}
