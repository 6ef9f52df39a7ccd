//! One machine's part in a run: its events in the order of its log, in columns.

use std::path::{Path, PathBuf};

use super::column::Column;
use crate::log::{End, Header, Line, ReadStats, Record, Stamp, shown};
use crate::model::event::{Kind, MachineId, MachineSet, Recipients};

/// What a log said of one machine.
///
/// An event takes 33 bytes (25 where ticks have no numbers), a RECEIVE 44 more
/// and its match 12 more.
#[derive(Clone, Debug)]
pub struct MachineHistory {
    id: MachineId,
    path: PathBuf,
    started: Option<Stamp>,
    header_line: Option<u64>,
    end_line: Option<u64>,
    /// The first ERROR lines, each with its number.
    errors: Vec<(u64, String)>,
    stats: ReadStats,
    left_out: u64,
    pub(super) events: Events,
    pub(super) receipts: Receipts,
}

/// A row an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    stamps: Vec<Stamp>,
    clocks: Vec<u64>,
    lines: Vec<u32>,
    kinds: Vec<Kind>,
    /// Of a SEND the recipient, of a RECEIVE its row in the receipts.
    details: Vec<u32>,
    ticks: Column,
    /// Of a SEND that says it, the clock that its message carried.
    carried: Column,
    /// SENDs to several machines, by their rows.
    several: Vec<(u32, MachineSet)>,
}

/// A row a RECEIVE.
#[derive(Clone, Debug, Default)]
pub(super) struct Receipts {
    /// The event's row.
    pub events: Vec<u32>,
    /// 0 where the log does not say.
    froms: Vec<u32>,
    message_clocks: Column,
    queue_lengths: Column,
    waits_us: Column,
}

/// Recipients of a SEND, where it is not one machine; machines count from 1.
const TO_ALL: u32 = 0;
const TO_SEVERAL: u32 = u32::MAX - 1;
const TO_UNKNOWN: u32 = u32::MAX;

impl MachineHistory {
    /// A machine of whose log, at `path`, nothing was read yet.
    pub fn new(id: MachineId, path: &Path) -> MachineHistory {
        MachineHistory {
            id,
            path: path.to_owned(),
            started: None,
            header_line: None,
            end_line: None,
            errors: Vec::new(),
            stats: ReadStats::default(),
            left_out: 0,
            events: Events::default(),
            receipts: Receipts::default(),
        }
    }

    /// Takes in the next line that says something. A log may have 2³² − 1
    /// lines; events beyond are only counted.
    #[inline]
    pub fn see(&mut self, number: u64, line: &Line<'_>) {
        match line {
            Line::Event(record) => match u32::try_from(number) {
                Ok(number) => self.event(number, record),
                Err(_) => self.left_out += 1,
            },
            // Of two headers before the first event the last one holds.
            Line::Started { at, .. } if self.is_empty() => self.started = Some(*at),
            Line::Rate(_) if self.is_empty() => self.header_line = Some(number),
            Line::End(_) => self.end_line = Some(number),
            Line::Error(error) if self.errors.len() < ReadStats::FAULTS_KEPT => {
                self.errors.push((number, shown(error.text.as_bytes())));
            }
            _ => {}
        }
    }

    #[inline]
    fn event(&mut self, line: u32, record: &Record) {
        let row = self.events.stamps.len();
        let receipt = self.receipts.events.len();
        self.events.stamps.push(record.stamp);
        self.events.clocks.push(record.clock);
        self.events.lines.push(line);
        self.events.kinds.push(record.kind);
        self.events.ticks.put(row, record.tick);
        self.events.details.push(match (record.kind, record.to) {
            (Kind::Internal, _) => 0,
            (Kind::Send, Some(Recipients::One(to))) => to.0,
            (Kind::Send, Some(Recipients::All)) => TO_ALL,
            (Kind::Send, Some(Recipients::Several(some))) => {
                self.events.several.push((row as u32, some));
                TO_SEVERAL
            }
            (Kind::Send, None) => TO_UNKNOWN,
            (Kind::Receive, _) => receipt as u32,
        });
        if record.kind == Kind::Send {
            self.events.carried.put(row, record.message_clock);
        }
        if record.kind == Kind::Receive {
            self.receipts.events.push(row as u32);
            self.receipts.froms.push(record.from.map_or(0, |from| from.0));
            self.receipts.message_clocks.put(receipt, record.message_clock);
            self.receipts.queue_lengths.put(receipt, record.queue_length);
            self.receipts.waits_us.put(receipt, record.waited_us);
        }
    }

    /// The log is read; `stats` is the reader's account of it.
    pub fn end_of_log(&mut self, stats: ReadStats) {
        self.stats = stats;
    }

    pub fn id(&self) -> MachineId {
        self.id
    }

    /// Where the log lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// When the log began, by its own words.
    pub fn started(&self) -> Option<Stamp> {
        self.started
    }

    /// The header that holds.
    pub fn header(&self) -> Option<&Header> {
        self.stats.header.as_ref()
    }

    /// The line of the header that holds.
    pub fn header_line(&self) -> Option<u64> {
        self.header_line
    }

    /// The line of the record of the end.
    pub fn end_line(&self) -> Option<u64> {
        self.end_line
    }

    /// The record of the machine's end.
    pub fn end(&self) -> Option<&End> {
        self.stats.end.as_ref()
    }

    /// The first [`ReadStats::FAULTS_KEPT`] ERROR lines, each with its number.
    pub fn errors(&self) -> &[(u64, String)] {
        &self.errors
    }

    /// The reader's account of the log.
    pub fn stats(&self) -> &ReadStats {
        &self.stats
    }

    /// Events that are not held, for the log has too many lines.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How many events are held.
    pub fn len(&self) -> usize {
        self.events.stamps.len()
    }

    pub fn is_empty(&self) -> bool {
        self.events.stamps.is_empty()
    }

    /// How many of them are RECEIVE.
    pub fn receives(&self) -> usize {
        self.receipts.events.len()
    }

    /// Everything the log says of an event.
    ///
    /// # Panics
    ///
    /// There is no such event; so do all that take an index.
    #[inline]
    pub fn record(&self, index: u32) -> Record {
        let row = index as usize;
        let kind = self.events.kinds[row];
        let mut record = Record {
            stamp: self.events.stamps[row],
            kind,
            clock: self.events.clocks[row],
            tick: self.events.ticks.get(row),
            to: self.to(index),
            message_clock: self.events.carried.get(row),
            queue_length: None,
            from: None,
            waited_us: None,
        };
        if kind == Kind::Receive {
            let receipt = self.events.details[row] as usize;
            record.message_clock = self.receipts.message_clocks.get(receipt);
            record.queue_length = self.receipts.queue_lengths.get(receipt);
            record.from = self.receipts.from(receipt);
            record.waited_us = self.receipts.waits_us.get(receipt);
        }
        record
    }

    /// All events, each with its index.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = (u32, Record)> {
        (0..self.len() as u32).map(|index| (index, self.record(index)))
    }

    /// The event's line in the log, counted from 1.
    #[inline]
    pub fn line(&self, index: u32) -> u64 {
        u64::from(self.events.lines[index as usize])
    }

    #[inline]
    pub fn stamp(&self, index: u32) -> Stamp {
        self.events.stamps[index as usize]
    }

    /// Whether all its stamps are whole seconds, so that nothing smaller is known.
    /// Logs that say their phase, or number their ticks, have microseconds.
    pub fn is_in_whole_seconds(&self) -> bool {
        const US_PER_S: i64 = 1_000_000;
        let has_phase = self.header().is_some_and(|header| header.phase.is_some());
        !(has_phase || self.stats.numbers_ticks)
            && self.events.stamps.iter().all(|stamp| stamp.0 % US_PER_S == 0)
    }

    /// Whether a stamp lies before that of the event above it.
    pub fn runs_back(&self) -> bool {
        !self.events.stamps.is_sorted()
    }

    /// The logical clock after the event.
    #[inline]
    pub fn clock(&self, index: u32) -> u64 {
        self.events.clocks[index as usize]
    }

    #[inline]
    pub fn kind(&self, index: u32) -> Kind {
        self.events.kinds[index as usize]
    }

    /// How many machines there must be for all that it sent and received: the
    /// one with the highest number that it names, and another one at least.
    pub(super) fn machines_known(&self) -> u32 {
        let recipients = self.events.kinds.iter().zip(&self.events.details);
        let recipients = recipients.filter(|(kind, to)| **kind == Kind::Send && **to < TO_SEVERAL);
        let several = self.events.several.iter().filter_map(|(_, some)| some.ids().last());
        let named = recipients.map(|(_, to)| *to).chain(several.map(|id| id.0));
        let named = named.chain(self.receipts.froms.iter().copied()).max();
        let talks = self.receives() > 0 || self.events.kinds.contains(&Kind::Send);
        named.unwrap_or(0).max(if talks { 2 } else { 1 })
    }

    /// How long the message of a RECEIVE waited, in microseconds, where the log
    /// says it.
    #[inline]
    pub fn waited_us(&self, index: u32) -> Option<u64> {
        self.receipts.waits_us.get(self.receipt(index)?)
    }

    /// Whom a SEND reaches, where the log says it.
    #[inline]
    pub fn to(&self, index: u32) -> Option<Recipients> {
        match (self.kind(index), self.events.details[index as usize]) {
            (Kind::Send, TO_ALL) => Some(Recipients::All),
            (Kind::Send, TO_UNKNOWN) => None,
            (Kind::Send, TO_SEVERAL) => self.several(index).map(Recipients::Several),
            (Kind::Send, to) => Some(Recipients::One(MachineId(to))),
            _ => None,
        }
    }

    #[cold]
    fn several(&self, index: u32) -> Option<MachineSet> {
        let at = self.events.several.binary_search_by_key(&index, |(row, _)| *row).ok()?;
        Some(self.events.several[at].1)
    }

    /// The clock that a SEND's message carried, where the log says it.
    #[inline]
    pub(super) fn carried(&self, index: u32) -> Option<u64> {
        self.events.carried.get(index as usize)
    }

    /// The row of a RECEIVE among the machine's receipts.
    #[inline]
    pub(super) fn receipt(&self, index: u32) -> Option<usize> {
        let is_receive = self.events.kinds.get(index as usize) == Some(&Kind::Receive);
        is_receive.then(|| self.events.details[index as usize] as usize)
    }
}

impl Receipts {
    #[inline]
    pub fn from(&self, receipt: usize) -> Option<MachineId> {
        Some(self.froms[receipt]).filter(|from| *from > 0).map(MachineId)
    }

    #[inline]
    pub fn message_clock(&self, receipt: usize) -> Option<u64> {
        self.message_clocks.get(receipt)
    }
}
