//! Twins: the same run on sockets and in the simulator, event beside event.
//!
//! They make the same events as long as no message arrives within the sockets'
//! lateness of a tick; where they part, that lateness explains it.

use std::fmt;
use std::io;
use std::path::Path;

use super::DriveError;
use super::simulation::simulate_into;
use crate::engine::{Gauges, StopSwitch};
use crate::event::{Kind, MachineId, Recipients};
use crate::log::{Header, Line, Record, Stamp, file_name, read_log};
use crate::plan::Run;
use crate::time::LabTime;

/// One machine's two lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    pub machine: MachineId,
    /// Events that are the same in both, from the first on.
    pub same: u64,
    /// Where they part, if they do.
    pub parting: Option<Parting>,
}

/// The first event that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Parting {
    /// `None` is a life that has ended.
    pub on_sockets: Option<Record>,
    pub simulated: Option<Record>,
    /// Real time from the tick's deadline to its serving on sockets.
    pub lateness_us: Option<i64>,
    /// Lab time from the tick's deadline to the arrival of the message that
    /// made the difference; below zero it came before.
    pub arrival_us: Option<i64>,
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
pub fn compare(run: &Run, folder: &Path) -> Result<Vec<Twin>, TwinError> {
    let simulated = tempfile::tempdir()?;
    simulate_into(simulated.path(), run, &StopSwitch::default(), &Gauges::new(run.spec.machine_count()))?;
    let mut twins = Vec::new();
    for machine in run.machines() {
        let on_sockets = Life::read(&folder.join(file_name(machine)))?;
        let simulated = Life::read(&simulated.path().join(file_name(machine)))?;
        twins.push(compare_lives(machine, &on_sockets, &simulated));
    }
    Ok(twins)
}

/// A machine's log, in memory.
#[derive(Debug, Default)]
struct Life {
    start: Option<Stamp>,
    header: Option<Header>,
    records: Vec<Record>,
}

impl Life {
    fn read(path: &Path) -> io::Result<Life> {
        let mut life = Life::default();
        read_log(path, |_, line| match line {
            Line::Started { at, .. } => life.start = Some(*at),
            Line::Rate(header) => life.header = Some(*header),
            Line::Event(record) => life.records.push(**record),
            _ => {}
        })?;
        Ok(life)
    }

    /// Lab time from the deadline of `tick` to `stamp`, in microseconds.
    fn since_deadline_us(&self, tick: u64, stamp: Stamp) -> Option<i64> {
        let (start, header) = (self.start?, self.header?);
        let deadline = header.phase? + LabTime::from_secs_f64(tick as f64 / header.clock_rate);
        Some(stamp.0 - start.at(deadline).0)
    }

    /// When the message of a RECEIVE came, counted from the tick's deadline.
    fn arrival_us(&self, record: &Record) -> Option<i64> {
        let waited = i64::try_from(record.waited_us?).ok()?;
        self.since_deadline_us(record.tick?, Stamp(record.stamp.0 - waited))
    }
}

fn compare_lives(machine: MachineId, on_sockets: &Life, simulated: &Life) -> Twin {
    let pairs = on_sockets.records.iter().zip(&simulated.records);
    let same = pairs.take_while(|(real, virtual_one)| is_same(real, virtual_one)).count();
    let (real, imagined) = (on_sockets.records.get(same), simulated.records.get(same));
    let parting = (real.is_some() || imagined.is_some()).then(|| Parting {
        on_sockets: real.copied(),
        simulated: imagined.copied(),
        lateness_us: real.and_then(|record| {
            let lab_us = on_sockets.since_deadline_us(record.tick?, record.stamp)?;
            Some((lab_us as f64 / on_sockets.header?.speedup?).round() as i64)
        }),
        arrival_us: real
            .and_then(|record| on_sockets.arrival_us(record))
            .or_else(|| imagined.and_then(|record| simulated.arrival_us(record))),
    });
    Twin { machine, same: same as u64, parting }
}

/// The same decision about the same message; when it was served may differ,
/// and with it what else had come by then.
fn is_same(one: &Record, other: &Record) -> bool {
    let decision = |record: &Record| {
        (record.tick, record.kind, record.clock, record.message_clock, record.from, record.to)
    };
    decision(one) == decision(other)
}

impl fmt::Display for Twin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parting) = &self.parting else {
            return write!(f, "machine {}: the same {} events", self.machine, self.same);
        };
        let tick =
            parting.on_sockets.or(parting.simulated).and_then(|record| record.tick).unwrap_or_default();
        write!(f, "machine {}: the same {} events, then parts at tick {tick}", self.machine, self.same)?;
        write!(f, "\n  sockets:   {}", told(parting.on_sockets.as_ref()))?;
        write!(f, "\n  simulator: {}", told(parting.simulated.as_ref()))?;
        if let Some(lateness) = parting.lateness_us {
            write!(f, "\n  the tick was served {lateness} µs late")?;
        }
        match parting.arrival_us {
            Some(arrival) if arrival >= 0 => {
                write!(f, "; the message came {arrival} µs of lab time after its deadline")
            }
            Some(arrival) => write!(f, "; the message came {} µs of lab time before its deadline", -arrival),
            None => Ok(()),
        }
    }
}

fn told(record: Option<&Record>) -> String {
    let Some(record) = record else { return "has ended".to_owned() };
    let clock = record.clock;
    match (record.kind, record.to, record.message_clock) {
        (Kind::Send, Some(Recipients::One(to)), _) => format!("SEND to machine {to}, clock {clock}"),
        (Kind::Send, ..) => format!("SEND to all machines, clock {clock}"),
        (Kind::Receive, _, Some(message)) => {
            let from = record.from.map_or_else(String::new, |from| format!(" from machine {from}"));
            format!("RECEIVE of {message}{from}, clock {clock}")
        }
        (kind, ..) => format!("{kind}, clock {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(records: &[Record]) -> Life {
        let header =
            Header { clock_rate: 2.0, machines: Some(2), phase: Some(LabTime::ZERO), speedup: Some(10.0) };
        Life { start: Some(Stamp(0)), header: Some(header), records: records.to_vec() }
    }

    fn internal(tick: u64, stamp: i64) -> Record {
        Record {
            stamp: Stamp(stamp),
            kind: Kind::Internal,
            clock: tick,
            message_clock: None,
            queue_length: None,
            from: None,
            to: None,
            tick: Some(tick),
            waited_us: None,
        }
    }

    #[test]
    fn lives_that_decide_alike_are_the_same_whenever_they_are_served() {
        let twin =
            compare_lives(MachineId(1), &life(&[internal(1, 500_900)]), &life(&[internal(1, 500_000)]));
        assert_eq!((twin.same, twin.parting), (1, None));
    }

    #[test]
    fn a_parting_is_explained_by_lateness_and_arrival() {
        let received = Record {
            kind: Kind::Receive,
            clock: 8,
            message_clock: Some(7),
            queue_length: Some(0),
            from: Some(MachineId(2)),
            waited_us: Some(300),
            ..internal(1, 501_000)
        };
        let twin = compare_lives(MachineId(1), &life(&[received]), &life(&[internal(1, 500_000)]));
        let parting = twin.parting.clone().unwrap();
        assert_eq!((parting.lateness_us, parting.arrival_us), (Some(100), Some(700)));
        let told = twin.to_string();
        for words in [
            "parts at tick 1",
            "RECEIVE of 7 from machine 2",
            "INTERNAL, clock 1",
            "served 100 µs late",
            "700 µs",
        ] {
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_life_that_ends_early_parts_there() {
        let both = [internal(1, 500_000), internal(2, 1_000_000)];
        let twin = compare_lives(MachineId(1), &life(&both[..1]), &life(&both));
        assert_eq!(twin.same, 1);
        assert!(twin.to_string().contains("sockets:   has ended"));
    }
}
