//! A machine's trace: its log, in memory, against its schedule.

use std::io;
use std::path::Path;

use crate::log::{Line, Record, Stamp, read_log};
use crate::model::event::{Kind, MachineId};
use crate::model::schedule::Schedule;

/// All events of one machine on one engine.
#[derive(Debug)]
pub(super) struct Trace {
    /// The stamp of lab time zero.
    pub start: Option<Stamp>,
    pub schedule: Schedule,
    /// Lab time per real time.
    pub speedup: f64,
    pub records: Vec<Record>,
}

impl Trace {
    pub fn read(path: &Path, schedule: Schedule, speedup: f64) -> io::Result<Trace> {
        let mut trace = Trace { start: None, schedule, speedup, records: Vec::new() };
        read_log(path, |_, line| match line {
            Line::Started { at, .. } => trace.start = Some(*at),
            Line::Event(record) => trace.records.push(**record),
            _ => {}
        })?;
        Ok(trace)
    }

    /// Real time from the deadline of `tick` to `stamp`, in microseconds.
    fn since_deadline_us(&self, tick: u64, stamp: Stamp) -> Option<i64> {
        let lab_us = stamp.0 - self.start?.at(self.schedule.deadline(tick)).0;
        Some((lab_us as f64 / self.speedup).round() as i64)
    }

    /// How late the record's tick was served.
    pub fn lateness_us(&self, record: &Record) -> Option<i64> {
        self.since_deadline_us(record.tick?, record.stamp)
    }

    /// When the message of a RECEIVE came, counted from the deadline of `tick`.
    pub fn arrival_us(&self, received: &Record, tick: u64) -> Option<i64> {
        let waited = i64::try_from(received.waited_us?).ok()?;
        self.since_deadline_us(tick, Stamp(received.stamp.0 - waited))
    }

    /// The SEND of the first `events` that carried this clock; clocks strictly
    /// rise.
    pub fn send(&self, clock: u64, events: u64) -> Option<&Record> {
        let records = &self.records[..self.records.len().min(events as usize)];
        let at = records.binary_search_by_key(&clock, |record| record.clock).ok()?;
        Some(&records[at]).filter(|record| record.kind == Kind::Send)
    }

    /// The RECEIVE of this message, wherever it is.
    pub fn receive(&self, from: MachineId, clock: u64) -> Option<&Record> {
        self.records.iter().find(|record| record.from == Some(from) && record.message_clock == Some(clock))
    }
}
