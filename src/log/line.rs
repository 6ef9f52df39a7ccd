//! What the lines of a log say, as data.

use std::fmt;

use super::Stamp;
use crate::model::event::{Action, Event, Kind, MachineId, Recipients};
use crate::model::time::LabTime;

/// One line of a log. An event is lent, not given: most lines are events, and
/// millions of them a second are read.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'a> {
    Started {
        machine: MachineId,
        at: Stamp,
    },
    Rate(Header),
    Event(&'a Record),
    Error(ErrorLine),
    End(End),
    Blank,
    /// Nothing that a log of this format can say.
    Unmatched,
}

impl Record {
    /// What is known of an event before its line is read.
    pub(crate) const BLANK: Record = Record {
        stamp: Stamp(0),
        kind: Kind::Internal,
        clock: 0,
        message_clock: None,
        queue_length: None,
        from: None,
        to: None,
        tick: None,
        waited_us: None,
    };

    /// The record that the log of a run begun at `start` would hold of an event
    /// served at `time`.
    #[inline]
    pub fn of(event: &Event, time: LabTime, start: Stamp) -> Record {
        let record =
            Record { stamp: start.at(time), clock: event.clock, tick: Some(event.tick), ..Record::BLANK };
        match event.action {
            Action::Internal => record,
            Action::Send(recipients) => Record { kind: Kind::Send, to: Some(recipients), ..record },
            Action::Receive { message, queue_length } => Record {
                kind: Kind::Receive,
                message_clock: Some(message.clock),
                queue_length: Some(queue_length),
                from: message.from,
                waited_us: Some(time.saturating_sub(message.arrived).as_micros()),
                ..record
            },
        }
    }
}

/// What the second header line says of the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    /// Ticks per second of lab time.
    pub clock_rate: f64,
    /// How many machines the run has.
    pub machines: Option<u32>,
    /// The origin of the machine's ticks.
    pub phase: Option<LabTime>,
    /// Lab time per real time.
    pub speedup: Option<f64>,
}

/// One event as it was logged. What a log cannot say is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    pub stamp: Stamp,
    pub kind: Kind,
    /// The logical clock after the event.
    pub clock: u64,
    /// The clock that the message carried: of a RECEIVE, or of a SEND that says it
    /// beside its own.
    pub message_clock: Option<u64>,
    /// Messages left after the pop.
    pub queue_length: Option<u64>,
    pub from: Option<MachineId>,
    pub to: Option<Recipients>,
    /// The tick it belongs to, counted from 1.
    pub tick: Option<u64>,
    /// Lab time that the message waited in the queue.
    pub waited_us: Option<u64>,
}

impl Record {
    /// The machine that it names besides its own, as a number; 0 for none.
    #[inline]
    pub fn machine_named(&self) -> u32 {
        match (self.to, self.from) {
            (Some(Recipients::One(id)), _) | (_, Some(id)) => id.0,
            (Some(Recipients::Several(some)), _) => some.ids().last().map_or(0, |id| id.0),
            _ => 0,
        }
    }
}

/// Something went wrong while the machine ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorLine {
    pub stamp: Stamp,
    pub text: String,
}

/// The record of a machine's end, by which a complete log is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub stamp: Stamp,
    pub clock: u64,
    /// Messages that arrived and were never received.
    pub queue_length: u64,
    /// Ticks served.
    pub ticks: u64,
    /// Ticks slept through.
    pub lost_ticks: u64,
    /// Messages, one for each recipient.
    pub sent: u64,
    pub received: u64,
    /// Lab time from the run's start to the machine's last possible deadline.
    pub run_time: LabTime,
    pub reason: EndReason,
}

/// Why a machine stopped ticking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The run's duration was over.
    Completed,
    /// Somebody asked it to stop.
    Interrupted,
    /// Something else in the run failed.
    Failed,
}

impl EndReason {
    pub const ALL: [EndReason; 3] = [EndReason::Completed, EndReason::Interrupted, EndReason::Failed];

    /// The word used in logs and manifests.
    pub fn word(self) -> &'static str {
        match self {
            EndReason::Completed => "completed",
            EndReason::Interrupted => "interrupted",
            EndReason::Failed => "failed",
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
