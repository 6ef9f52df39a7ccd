//! Slurm's queue, by Slurm's own commands: what is put into it, whether it is
//! still there, and taking it out.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::platform;

/// A command of Slurm cannot be run, or says no.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error(
        "cannot start {program}: {source}; --slurm works on hosts that can submit to Slurm; elsewhere, \
         leave it out, or run the shards of a `labctl sweep plan` by `labctl sweep exec`"
    )]
    Start { program: &'static str, source: io::Error },
    #[error("{program} says no: {said}")]
    Refused { program: &'static str, said: String },
}

/// A job array in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    id: String,
    /// Where there are several clusters, and it was sent to one of them.
    cluster: Option<String>,
}

impl Job {
    /// As `sbatch --parsable` prints it: `12`, or `12;cluster`.
    pub fn parse(text: &str) -> Option<Job> {
        let (id, cluster) = match text.trim().split_once(';') {
            Some((id, cluster)) => (id, Some(cluster.to_owned())),
            None => (text.trim(), None),
        };
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| Job { id: id.to_owned(), cluster })
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cluster {
            Some(cluster) => write!(f, "{};{cluster}", self.id),
            None => f.write_str(&self.id),
        }
    }
}

/// A job array to be put into the queue.
pub struct Submission<'a> {
    /// What every task runs, with `argument`.
    pub script: &'a Path,
    pub argument: u64,
    /// Task numbers, as sbatch takes them.
    pub tasks: &'a str,
    /// The folder, an absolute path, for what the tasks say.
    pub logs: &'a Path,
    /// Handed to sbatch as they are, so that they win over what is said here.
    pub options: &'a [String],
}

impl Submission<'_> {
    /// Puts it into the queue.
    pub fn submit(&self) -> Result<Job, QueueError> {
        // sbatch takes % for the beginning of a field.
        let logs = self.logs.display().to_string().replace('%', "%%");
        let mut sbatch = Command::new("sbatch");
        sbatch.arg("--parsable").arg("--job-name=labctl").arg(format!("--output={logs}/%A_%a.out"));
        sbatch.args(self.options).arg(format!("--array={}", self.tasks));
        sbatch.arg(self.script).arg(self.argument.to_string());
        let said = ask("sbatch", &mut sbatch)?;
        Job::parse(&said).ok_or(QueueError::Refused { program: "sbatch", said })
    }
}

/// Whether any of the jobs has a task that waits, runs or is just ending.
pub fn is_any_queued(jobs: &[Job]) -> Result<bool, QueueError> {
    let mut squeue = Command::new("squeue");
    // A user's own settings for reading the queue must not hide tasks from us.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SQUEUE_") {
            squeue.env_remove(name);
        }
    }
    squeue.arg("--noheader").arg("--format=%i").args(clusters(jobs));
    squeue.arg(format!("--jobs={}", jobs.iter().map(|job| job.id.as_str()).collect::<Vec<_>>().join(",")));
    match ask("squeue", &mut squeue) {
        // Of several clusters each is named before its tasks.
        Ok(tasks) => Ok(tasks.lines().any(|line| !line.trim().is_empty() && !line.starts_with("CLUSTER"))),
        // Jobs that ended a while ago are forgotten, and then unknown.
        Err(QueueError::Refused { said, .. }) if said.contains("Invalid job id") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes all tasks of the jobs out of the queue; those that run are reported to end.
pub fn cancel(jobs: &[Job]) -> Result<(), QueueError> {
    let mut scancel = Command::new("scancel");
    // Some may have ended in the meantime, which scancel need not tell.
    scancel.arg("--quiet").args(clusters(jobs)).args(jobs.iter().map(|job| &job.id));
    ask("scancel", &mut scancel).map(drop)
}

fn clusters(jobs: &[Job]) -> Option<String> {
    let names: BTreeSet<&str> = jobs.iter().filter_map(|job| job.cluster.as_deref()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    (!names.is_empty()).then(|| format!("--clusters={}", names.join(",")))
}

/// Runs one of Slurm's commands to its end, and gives what it said.
fn ask(program: &'static str, command: &mut Command) -> Result<String, QueueError> {
    // Ctrl-C is for us alone: a job whose number was not reported would be lost.
    platform::apart_from_terminal(command);
    let output = command.output().map_err(|source| QueueError::Start { program, source })?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(said(&output.stdout));
    }
    let words = said(&output.stderr);
    let said = if words.is_empty() { output.status.to_string() } else { words };
    Err(QueueError::Refused { program, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_read_as_sbatch_prints_it() {
        for text in ["12", "12;far"] {
            assert_eq!(Job::parse(&format!("{text}\n")).unwrap().to_string(), text);
        }
        for text in ["", ";", "Submitted batch job 3", "-1", "3_1"] {
            assert_eq!(Job::parse(text), None, "{text}");
        }
    }

    #[test]
    fn clusters_are_named_once_and_only_where_there_are_several() {
        let jobs = ["1;b", "2;a", "3;b"].map(|text| Job::parse(text).unwrap());
        assert_eq!(clusters(&jobs), Some("--clusters=a,b".to_owned()));
        assert_eq!(clusters(&[Job::parse("1").unwrap()]), None);
    }
}
