//! Why traces diverge: whose lateness it was, or from whose divergence it follows.

use std::fmt;

use super::trace::Trace;
use super::{Divergence, Twin};
use crate::log::Record;
use crate::model::event::{Kind, MachineId};

/// Why one machine's traces diverge. All times are real time, in microseconds;
/// what a log cannot tell is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The message that made the difference was sent after its sender's traces
    /// had diverged.
    Follows { from: MachineId },
    /// The tick was served so late that it met a message that came after its
    /// deadline.
    LateTick { lateness_us: Option<i64>, from: MachineId, arrival_us: Option<i64> },
    /// The tick missed a message that should have been there.
    LateMessage(LateMessage),
    /// Of two messages, the one that should have come first came second.
    Overtaken { by: MachineId, message: LateMessage },
    /// A sleep inside the tick before lasted over the tick.
    LateSleep { lateness_us: Option<i64> },
    /// The logs do not tell.
    Unknown,
}

/// A message that came too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateMessage {
    pub from: MachineId,
    /// By how much it could have been late without making a difference.
    pub slack_us: Option<i64>,
    /// How late the sender served the tick that sent it.
    pub sender_lateness_us: Option<i64>,
    /// How late it came in the end.
    pub lateness_us: Option<i64>,
}

/// Both traces of every machine, by machine.
pub(super) struct Traces<'a> {
    pub on_sockets: &'a [Trace],
    pub simulated: &'a [Trace],
    pub twins: &'a [Twin],
}

impl Traces<'_> {
    /// Why `machine` diverges at `divergence`.
    pub fn cause(&self, machine: MachineId, divergence: &Divergence) -> Cause {
        let received = |record: Option<Record>| record.as_ref().and_then(Letter::of);
        let (real, imagined) = (received(divergence.on_sockets), received(divergence.simulated));
        for letter in [imagined, real].into_iter().flatten() {
            if !self.sent_by_both(letter) {
                return Cause::Follows { from: letter.from };
            }
        }
        let tick_of = |record: Option<Record>| record.and_then(|record| record.tick);
        let slept = tick_of(divergence.on_sockets) > Some(divergence.tick);
        let own = &self.on_sockets[machine.index()];
        match (real, imagined, divergence.on_sockets) {
            _ if slept => self.late_sleep(machine),
            (Some(real), None, Some(record)) if tick_of(divergence.simulated) == record.tick => {
                Cause::LateTick {
                    lateness_us: own.lateness_us(&record),
                    from: real.from,
                    arrival_us: own.arrival_us(&record, divergence.tick),
                }
            }
            (None, Some(missed), Some(_)) => Cause::LateMessage(self.late_message(machine, missed, None)),
            (Some(real), Some(missed), Some(_)) => {
                Cause::Overtaken { by: real.from, message: self.late_message(machine, missed, Some(real)) }
            }
            _ => Cause::Unknown,
        }
    }

    /// Whether the message was sent before its sender's traces diverged.
    fn sent_by_both(&self, letter: Letter) -> bool {
        let same = self.twins.get(letter.from.index()).map_or(0, |twin| twin.same);
        self.on_sockets.get(letter.from.index()).is_some_and(|trace| trace.send(letter.clock, same).is_some())
    }

    /// The tick before the divergence began too late, or lasted too long.
    fn late_sleep(&self, machine: MachineId) -> Cause {
        let trace = &self.on_sockets[machine.index()];
        let same = self.twins[machine.index()].same as usize;
        let before = trace.records[..same.min(trace.records.len())].last();
        match before {
            Some(record) if record.kind == Kind::Send => {
                Cause::LateSleep { lateness_us: trace.lateness_us(record) }
            }
            _ => Cause::Unknown,
        }
    }

    fn late_message(&self, machine: MachineId, missed: Letter, rival: Option<Letter>) -> LateMessage {
        let (own, twin) = (&self.on_sockets[machine.index()], &self.simulated[machine.index()]);
        let arrival = |trace: &Trace, letter: Letter, tick| {
            trace.receive(letter.from, letter.clock).and_then(|record| trace.arrival_us(record, tick))
        };
        let record = twin.receive(missed.from, missed.clock);
        let Some(tick) = record.and_then(|record| record.tick) else {
            return LateMessage {
                from: missed.from,
                slack_us: None,
                sender_lateness_us: None,
                lateness_us: None,
            };
        };
        let expected = arrival(twin, missed, tick);
        let limit = match rival {
            None => Some(0),
            Some(rival) => arrival(twin, rival, tick),
        };
        let sender = &self.on_sockets[missed.from.index()];
        let send = sender.send(missed.clock, self.twins[missed.from.index()].same);
        LateMessage {
            from: missed.from,
            slack_us: expected.zip(limit).map(|(expected, limit)| limit - expected),
            sender_lateness_us: send.and_then(|record| sender.lateness_us(record)),
            lateness_us: arrival(own, missed, tick).zip(expected).map(|(real, expected)| real - expected),
        }
    }
}

/// A received message: its sender and its clock, which no two of its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letter {
    from: MachineId,
    clock: u64,
}

impl Letter {
    fn of(record: &Record) -> Option<Letter> {
        Some(Letter { from: record.from?, clock: record.message_clock? })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Follows { from } => write!(f, "a message came that machine {from} sent after diverging"),
            Cause::LateTick { lateness_us, from, arrival_us } => {
                write!(f, "this tick was served {} µs late", known(*lateness_us))?;
                write!(
                    f,
                    ", and met a message of machine {from} that came {} µs after its deadline",
                    known(*arrival_us)
                )
            }
            Cause::LateMessage(message) => {
                write!(
                    f,
                    "a message of machine {} was due {} µs before the tick and came too late",
                    message.from,
                    known(message.slack_us)
                )?;
                message.explain(f)
            }
            Cause::Overtaken { by, message } => {
                write!(
                    f,
                    "a message of machine {} was due {} µs before one of machine {by} and came after it",
                    message.from,
                    known(message.slack_us)
                )?;
                message.explain(f)
            }
            Cause::LateSleep { lateness_us } => write!(
                f,
                "the tick before was served {} µs late, and its sleep lasted into this one",
                known(*lateness_us)
            ),
            Cause::Unknown => f.write_str("the logs do not tell why"),
        }
    }
}

impl LateMessage {
    /// What the sender's lateness does not explain passed on the way.
    fn explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(lateness) = self.lateness_us {
            write!(f, ", {lateness} µs late")?;
        }
        match self.sender_lateness_us {
            Some(lateness) => write!(f, "; machine {} served its tick {lateness} µs late", self.from)?,
            None => return Ok(()),
        }
        match self.sender_lateness_us.zip(self.slack_us) {
            Some((sender, slack)) if sender <= slack => f.write_str(", the rest passed on the way"),
            _ => Ok(()),
        }
    }
}

fn known(us: Option<i64>) -> String {
    us.map_or_else(|| "?".to_owned(), |us| us.to_string())
}
