//! Twins: the same run on sockets and in the simulator, event beside event.
//!
//! They make the same events as long as nothing comes late by more than the
//! run's timing margin; Where they diverge, a lateness explains it.

mod cause;
pub mod timing_margin;
mod trace;

use std::fmt;
use std::io;
use std::path::Path;

pub use cause::{Cause, LateMessage};

use self::cause::Traces;
use self::trace::Trace;
use super::DriveError;
use super::simulation::simulate_into;
use crate::engine::{Gauges, StopSwitch};
use crate::lab::twin::timing_margin::{TimingMargin, timing_margin};
use crate::log::{Record, file_name};
use crate::model::event::{Kind, MachineId, Recipients};
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;
use crate::plan::Run;

/// A run on both engines.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// In the order of their machines.
    pub twins: Vec<Twin>,
    /// How much lateness the run bears; `None` if nothing is ever close.
    pub closest: Option<TimingMargin>,
    /// Lab time per real time.
    pub speedup: f64,
}

/// One machine's two traces.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    pub machine: MachineId,
    /// Events that are the same in both, from the first on.
    pub same: u64,
    /// Where they diverge, if they do.
    pub divergence: Option<Divergence>,
}

/// The first event that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Divergence {
    /// The first tick that differs, counted from 1, and its deadline.
    pub tick: u64,
    pub deadline: LabTime,
    /// `None` is a trace that has ended.
    pub on_sockets: Option<Record>,
    pub simulated: Option<Record>,
    pub cause: Cause,
}

/// Twins cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum TwinError {
    #[error(transparent)]
    Simulate(#[from] DriveError),
    #[error("cannot read the logs: {0}")]
    Read(#[from] io::Error),
}

/// Simulates `run` and compares it with its logs on sockets in `folder`.
pub fn compare(run: &Run, folder: &Path) -> Result<Comparison, TwinError> {
    let simulated = tempfile::tempdir()?;
    simulate_into(simulated.path(), run, &StopSwitch::default(), &Gauges::new(run.spec.machine_count()))?;
    let twins = compare_lives(&traces(run, folder)?, &traces(run, simulated.path())?);
    let closest = timing_margin(run, &StopSwitch::default());
    Ok(Comparison { twins, closest, speedup: run.spec.speedup })
}

fn traces(run: &Run, folder: &Path) -> io::Result<Vec<Trace>> {
    let spec = &run.spec;
    let trace = |(machine, clock_rate): (MachineId, &f64)| {
        let phase = spec.phase(machine);
        let schedule = Schedule { clock_rate: *clock_rate, phase, duration: spec.duration };
        Trace::read(&folder.join(file_name(machine)), schedule, spec.speedup)
    };
    run.machines().zip(run.clock_rates()).map(trace).collect()
}

fn compare_lives(on_sockets: &[Trace], simulated: &[Trace]) -> Vec<Twin> {
    let pairs = || on_sockets.iter().zip(simulated).zip(1..);
    let mut twins: Vec<Twin> =
        pairs().map(|((real, imagined), id)| compare_two(MachineId(id), real, imagined)).collect();
    let traces = Traces { on_sockets, simulated, twins: &twins };
    let cause =
        |twin: &Twin| twin.divergence.as_ref().map(|divergence| traces.cause(twin.machine, divergence));
    let causes: Vec<Option<Cause>> = twins.iter().map(cause).collect();
    for (twin, cause) in twins.iter_mut().zip(causes) {
        if let (Some(divergence), Some(cause)) = (&mut twin.divergence, cause) {
            divergence.cause = cause;
        }
    }
    twins
}

fn compare_two(machine: MachineId, on_sockets: &Trace, simulated: &Trace) -> Twin {
    let pairs = on_sockets.records.iter().zip(&simulated.records);
    let same = pairs.take_while(|(real, imagined)| is_same(real, imagined)).count();
    let (real, imagined) = (on_sockets.records.get(same).copied(), simulated.records.get(same).copied());
    let ticks = [real, imagined].into_iter().flatten().filter_map(|record| record.tick);
    let divergence = ticks.min().map(|tick| Divergence {
        tick,
        deadline: simulated.schedule.deadline(tick),
        on_sockets: real,
        simulated: imagined,
        cause: Cause::Unknown,
    });
    Twin { machine, same: same as u64, divergence }
}

/// The same decision about the same message; when it was served may differ,
/// and with it what else had come by then.
fn is_same(one: &Record, other: &Record) -> bool {
    let decision = |record: &Record| {
        (record.tick, record.kind, record.clock, record.message_clock, record.from, record.to)
    };
    decision(one) == decision(other)
}

impl Comparison {
    pub fn agree(&self) -> bool {
        self.first().is_none()
    }

    /// The machine that diverges first in lab time: the others mostly follow.
    pub fn first(&self) -> Option<MachineId> {
        let diverged = self.twins.iter().filter_map(|twin| {
            let divergence = twin.divergence.as_ref()?;
            // One that follows another was not first, even at the same instant.
            let follows = matches!(divergence.cause, Cause::Follows { .. });
            Some((follows, divergence.deadline, twin.machine))
        });
        diverged.min().map(|(_, _, machine)| machine)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.first();
        for twin in &self.twins {
            write!(f, "machine {}: the same {} events", twin.machine, twin.same)?;
            if let Some(divergence) = &twin.divergence {
                divergence.fmt_as(first == Some(twin.machine), f)?;
            }
            writeln!(f)?;
        }
        match self.closest {
            Some(call) => {
                let real_ms = call.gap.as_secs_f64() * 1e3 / self.speedup;
                write!(f, "timing margin: {real_ms:.3} ms of real time, {call}")
            }
            None => f.write_str("timing margin: none, no message ever comes near a tick"),
        }
    }
}

impl Divergence {
    fn fmt_as(&self, is_first: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rank = match (is_first, self.cause) {
            (true, _) => "first".to_owned(),
            (false, Cause::Follows { from }) => format!("follows from machine {from}'s"),
            (false, _) => "on its own".to_owned(),
        };
        let deadline_s = self.deadline.as_secs_f64();
        write!(f, ", then diverges at tick {}, due at {deadline_s:.3} s of lab time ({rank})", self.tick)?;
        write!(f, "\n  sockets:   {}", reported(self.on_sockets.as_ref()))?;
        write!(f, "\n  simulator: {}", reported(self.simulated.as_ref()))?;
        match self.cause {
            Cause::Follows { .. } => Ok(()),
            cause => write!(f, "\n  {cause} (real time)"),
        }
    }
}

fn reported(record: Option<&Record>) -> String {
    let Some(record) = record else { return "has ended".to_owned() };
    let clock = record.clock;
    let event = match (record.kind, record.to, record.message_clock) {
        (Kind::Send, Some(Recipients::One(to)), _) => format!("SEND to machine {to}, clock {clock}"),
        (Kind::Send, ..) => format!("SEND to all machines, clock {clock}"),
        (Kind::Receive, _, Some(message)) => {
            let from = record.from.map_or_else(String::new, |from| format!(" from machine {from}"));
            format!("RECEIVE of {message}{from}, clock {clock}")
        }
        (kind, ..) => format!("{kind}, clock {clock}"),
    };
    record.tick.map_or_else(|| event.clone(), |tick| format!("{event}, tick {tick}"))
}

#[cfg(test)]
mod tests;
