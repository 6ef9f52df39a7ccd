//! Simulated runs: their logs, and the proof that they come out the same.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::line_ends::WithoutReturns;
use super::{DriveError, VERSION};
use crate::engine::simulator::{self, START, simulate};
use crate::engine::{Gauges, StopSwitch, limits};
use crate::files::regular::open_regular;
use crate::log::{EndReason, LogWriter, file_name};
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::plan::budget::{EVENTS_MAX, OverBudget, affordable_runs};
use crate::read::run_path::RunPath;
use crate::spec::{self, SpecError};
use crate::store::{SPEC_FILE, Status, Word};

/// After so many events every file gets what is logged, so that whoever follows
/// the run sees its logs in step. A small part of a second.
const EVENTS_A_FLUSH: u32 = 1 << 17;

/// Simulates a run and writes its logs into a folder.
pub fn simulate_into(
    folder: &Path,
    run: &Run,
    stop: &StopSwitch,
    gauges: &Gauges,
) -> Result<EndReason, DriveError> {
    if let Some(machine) = run.machines().find(|id| run.is_foreign(*id)) {
        return Err(DriveError::Foreign { machine });
    }
    limits::make_room_for(u64::from(run.spec.machine_count()))?;
    let mut logs = Vec::new();
    for machine in run.machines() {
        logs.push(open_log(folder, run, machine).map_err(|source| DriveError::Log { machine, source })?);
    }
    let (mut writing, mut until_flush) = (MachineId(1), EVENTS_A_FLUSH);
    let ends = simulate(run, stop, gauges, |machine, time, event| {
        writing = machine;
        logs[machine.index()].event(time, event)?;
        until_flush -= 1;
        if until_flush == 0 {
            until_flush = EVENTS_A_FLUSH;
            logs.iter_mut().try_for_each(LogWriter::flush)?;
        }
        Ok(())
    })
    .map_err(|source| DriveError::Log { machine: writing, source })?;
    let mut reason = EndReason::Completed;
    for ((machine, log), end) in run.machines().zip(&mut logs).zip(&ends) {
        log.end(end).map_err(|source| DriveError::Log { machine, source })?;
        reason = end.reason;
    }
    Ok(reason)
}

fn open_log(folder: &Path, run: &Run, machine: MachineId) -> io::Result<LogWriter<File>> {
    let file = File::create_new(folder.join(file_name(machine)))?;
    let mut log = LogWriter::new(file, START);
    log.header(machine, &simulator::header(run, machine))?;
    Ok(log)
}

/// What a second simulation of a stored run showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every byte of every log is the same; this many lines.
    Same { lines: u64 },
    /// A log has line ends of Windows (CRLF), and differs in nothing else.
    LineEnds { log: PathBuf },
    /// The first line that differs, as it is stored and as it should be.
    Differs { log: PathBuf, line: u64, stored: String, simulated: String },
}

/// A stored run cannot be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("{run} was not made by the simulator; only what is simulated comes out the same again")]
    NotSimulated { run: PathBuf },
    #[error(
        "{run} was made by version {theirs}, this is {VERSION}; only the same version promises the same bytes"
    )]
    OtherVersion { run: PathBuf, theirs: String },
    #[error("{run} was {status}; only a completed run can be made again")]
    NotCompleted { run: PathBuf, status: Word<Status> },
    #[error("{run} cannot be made again: {source}")]
    OverBudget { run: PathBuf, source: OverBudget },
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Drive(#[from] DriveError),
    #[error("cannot compare the logs: {0}")]
    Compare(#[from] io::Error),
}

/// Simulates a stored run again and compares its logs byte by byte.
pub fn verify(stored: &RunPath) -> Result<Verdict, VerifyError> {
    let run = || stored.folder.clone();
    let manifest = stored.read_manifest().filter(|manifest| manifest.engine == Engine::Simulator);
    let manifest = manifest.ok_or_else(|| VerifyError::NotSimulated { run: run() })?;
    if manifest.labctl_version != VERSION {
        return Err(VerifyError::OtherVersion { run: run(), theirs: manifest.labctl_version });
    }
    if !manifest.status.came_to_its_end() {
        return Err(VerifyError::NotCompleted { run: run(), status: manifest.status });
    }
    let spec = spec::load(&stored.folder.join(SPEC_FILE), &[])?;
    let again = Run::single(spec, stored.run.to_string());
    affordable_runs(&again.spec, 1, 1, EVENTS_MAX.max(events_logged(stored)?))
        .map_err(|source| VerifyError::OverBudget { run: run(), source })?;
    let fresh = tempfile::tempdir()?;
    simulate_into(fresh.path(), &again, &StopSwitch::default(), &Gauges::new(again.spec.machine_count()))?;
    let mut lines = 0;
    for machine in again.machines() {
        let log = stored.folder.join(file_name(machine));
        let ours = fs::read(fresh.path().join(file_name(machine)))?;
        // Enough to show the line in which a longer one goes on.
        const MORE_BYTES: u64 = 4096;
        let mut theirs = Vec::new();
        open_regular(&log)?.take(ours.len() as u64 + MORE_BYTES).read_to_end(&mut theirs)?;
        if theirs != ours {
            let mut text = Vec::new();
            WithoutReturns::new(&theirs[..]).read_to_end(&mut text)?;
            if text == ours {
                return Ok(Verdict::LineEnds { log });
            }
            return Ok(first_difference(log, &theirs, &ours));
        }
        lines += memchr::memchr_iter(b'\n', &ours).count() as u64;
    }
    Ok(Verdict::Same { lines })
}

/// More events than the logs of a run hold, by their bytes: what was truly
/// logged may be made again, however long it is.
fn events_logged(stored: &RunPath) -> io::Result<f64> {
    /// Of a line, at least, and messages and ticks that have none.
    const BYTES_AN_EVENT: f64 = 16.0;
    let mut bytes = 0;
    for log in &stored.logs {
        bytes += fs::metadata(log)?.len();
    }
    Ok(bytes as f64 / BYTES_AN_EVENT)
}

fn first_difference(log: PathBuf, stored: &[u8], simulated: &[u8]) -> Verdict {
    let mut pairs = Lines(stored).zip(Lines(simulated)).zip(1..);
    let differing = pairs.find(|((stored, simulated), _)| stored != simulated);
    let ((stored, simulated), line) = differing.unwrap_or(((b"", b""), 0));
    let shown = |text: &[u8]| String::from_utf8_lossy(text).trim_end().to_owned();
    Verdict::Differs { log, line, stored: shown(stored), simulated: shown(simulated) }
}

/// Lines with their breaks, and for ever nothing after the last: a text that
/// is cut differs where it ends.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let end = memchr::memchr(b'\n', self.0).map_or(self.0.len(), |at| at + 1);
        let (line, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(line)
    }
}
