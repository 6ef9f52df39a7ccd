//! Whether logs agree with each other: what one machine received, another
//! must have sent; and all must reach the same end.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::event::{Kind, MachineId, Recipients};
use crate::log::{Record, Stamp, Taken};

/// Something odd that only several logs together show.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFault {
    pub path: PathBuf,
    /// Counted from 1.
    pub line: u64,
    pub kind: RunFaultKind,
}

/// The ways in which logs can disagree.
#[derive(Clone, Debug, PartialEq)]
pub enum RunFaultKind {
    /// Received messages that no log has a SEND for.
    Unmatched { machine: MachineId, receives: u64, clocks: Vec<u64> },
    /// The log stops before the others do.
    StopsEarly { machine: MachineId, early_s: f64 },
}

impl fmt::Display for RunFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunFaultKind::Unmatched { machine, receives, clocks } => {
                let shown: Vec<String> = clocks.iter().map(u64::to_string).collect();
                let more = if *receives > clocks.len() as u64 { ", …" } else { "" };
                let noun = if *receives == 1 { "message that has" } else { "messages that have" };
                write!(
                    f,
                    "machine {machine} received {receives} {noun} no SEND in any log (clocks {}{more}); this line is the first",
                    shown.join(", ")
                )
            }
            RunFaultKind::StopsEarly { machine, early_s } => write!(
                f,
                "the log of machine {machine} stops here, {early_s:.0} s before the others: it is cut, or the machine died"
            ),
        }
    }
}

/// Clocks shown of unmatched messages.
const CLOCKS_SHOWN: usize = 12;
/// Logs end this far apart without it being odd, besides a few of their ticks.
const END_TOLERANCE_S: f64 = 3.0;
const END_TOLERANCE_TICKS: f64 = 3.0;

/// Sends and receives of a run, to be matched when all logs are read. A message
/// is known by its recipient and its clock, and by its sender where the log
/// says it.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    sends: Vec<Sent>,
    receives: Vec<Received>,
    ends: Vec<LogEnd>,
    last: Option<Stamp>,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    clock: u64,
    from: MachineId,
    to: Recipients,
}

#[derive(Clone, Copy, Debug)]
struct Received {
    clock: u64,
    by: MachineId,
    from: Option<MachineId>,
    line: u64,
}

#[derive(Clone, Debug)]
struct LogEnd {
    machine: MachineId,
    path: PathBuf,
    last: Option<Stamp>,
    lines: u64,
    clock_rate: Option<f64>,
    complete: bool,
}

impl Matching {
    /// Takes in one event of `machine`.
    #[inline]
    pub fn see(&mut self, machine: MachineId, line: u64, record: &Record) {
        self.last = Some(record.stamp);
        match (record.kind, record.to, record.message_clock) {
            (Kind::Send, Some(to), _) => self.sends.push(Sent { clock: record.clock, from: machine, to }),
            (Kind::Receive, _, Some(clock)) => {
                self.receives.push(Received { clock, by: machine, from: record.from, line });
            }
            _ => {}
        }
    }

    /// The log of `machine` is read.
    pub fn end_of_log(&mut self, machine: MachineId, path: &Path, taken: &Taken) {
        let clock_rate = taken.header.map(|header| header.clock_rate);
        let complete = taken.end.is_some();
        let last = self.last.take();
        self.ends.push(LogEnd {
            machine,
            path: path.to_owned(),
            last,
            lines: taken.lines,
            clock_rate,
            complete,
        });
    }

    /// What does not agree, in a run of `machines`. With a log missing nothing
    /// can be said of matches.
    pub fn faults(mut self, machines: u32) -> Vec<RunFault> {
        let mut faults = self.early_ends();
        let all_here = self.ends.len() as u32 >= machines && machines > 1;
        if all_here {
            faults.extend(self.unmatched(machines));
        }
        faults
    }

    fn early_ends(&self) -> Vec<RunFault> {
        let Some(latest) = self.ends.iter().filter_map(|end| end.last).max() else { return Vec::new() };
        let early = |end: &LogEnd| {
            let early_s = latest.seconds_since(end.last?);
            let tolerance_s = END_TOLERANCE_S + END_TOLERANCE_TICKS / end.clock_rate.unwrap_or(1.0);
            let kind = RunFaultKind::StopsEarly { machine: end.machine, early_s };
            let odd = early_s > tolerance_s && !end.complete;
            odd.then(|| RunFault { path: end.path.clone(), line: end.lines, kind })
        };
        self.ends.iter().filter_map(early).collect()
    }

    fn unmatched(&mut self, machines: u32) -> Vec<RunFault> {
        let mut expected: Vec<(MachineId, u64, MachineId)> = Vec::new();
        for send in &self.sends {
            expected.extend(send.to.ids(send.from, machines).map(|to| (to, send.clock, send.from)));
        }
        expected.sort_unstable();
        let mut taken = vec![false; expected.len()];
        // Receives that name their sender choose first; the others take what is left.
        self.receives.sort_by_key(|receive| (receive.from.is_none(), receive.by, receive.clock));
        let mut missing: Vec<Received> = Vec::new();
        for receive in &self.receives {
            let first =
                expected.partition_point(|(to, clock, _)| (*to, *clock) < (receive.by, receive.clock));
            let fitting = expected[first..]
                .iter()
                .take_while(|(to, clock, _)| (*to, *clock) == (receive.by, receive.clock));
            let found = fitting.enumerate().find(|(at, (_, _, from))| {
                !taken[first + at] && receive.from.is_none_or(|wanted| wanted == *from)
            });
            match found {
                Some((at, _)) => taken[first + at] = true,
                None => missing.push(*receive),
            }
        }
        missing.sort_by_key(|receive| (receive.by, receive.line));
        self.ends.iter().filter_map(|end| missing_of(end, &missing)).collect()
    }
}

fn missing_of(end: &LogEnd, missing: &[Received]) -> Option<RunFault> {
    let own: Vec<&Received> = missing.iter().filter(|receive| receive.by == end.machine).collect();
    let line = own.first()?.line;
    let clocks = own.iter().take(CLOCKS_SHOWN).map(|receive| receive.clock).collect();
    let kind = RunFaultKind::Unmatched { machine: end.machine, receives: own.len() as u64, clocks };
    Some(RunFault { path: end.path.clone(), line, kind })
}
