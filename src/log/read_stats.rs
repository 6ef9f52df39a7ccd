//! What a reading takes from a log, besides its events: an account of its
//! lines, and of what is odd about them.

use std::mem;

use super::fault::shown;
use super::{End, FaultKind, Header, Line, LogFault};
use crate::model::event::MachineId;

/// What a reading took from a log, besides its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadStats {
    pub machine: Option<MachineId>,
    /// The header that holds.
    pub header: Option<Header>,
    pub end: Option<End>,
    pub lines: u64,
    pub events: u64,
    /// ERROR lines that the machine wrote while it ran.
    pub errors: u64,
    /// Lines that say nothing of the run, as blank ones do.
    pub ignored: u64,
    /// Lines of other machines or runs in the same file, before the last one
    /// of this.
    pub others: u64,
    /// Lines that fit nothing; `faults` shows the first of them.
    pub unmatched: u64,
    /// At most [`ReadStats::FAULTS_KEPT`] of each kind.
    pub faults: Vec<LogFault>,
    /// Of kinds with more faults than are kept, the first that is not, and how
    /// many are not.
    pub faults_left_out: Vec<(FaultKind, u64)>,
    /// Whether events say which tick they belong to; such logs promise a record
    /// of their end.
    pub numbers_ticks: bool,
}

impl ReadStats {
    /// How many faults of one kind are kept to be shown, so that many of one
    /// do not hide the few of another.
    pub const FAULTS_KEPT: usize = 20;

    /// The share of the lines that fit nothing; 0 of a log without lines.
    pub fn unmatched_share(&self) -> f64 {
        if self.own_lines() == 0 { 0.0 } else { self.unmatched as f64 / self.own_lines() as f64 }
    }

    /// Whether it has lines, and none that says anything of the run.
    pub fn is_unreadable(&self) -> bool {
        self.events == 0 && self.header.is_none() && self.end.is_none() && self.unmatched > 0
    }

    /// Lines that are not another machine's, or another run's.
    pub fn own_lines(&self) -> u64 {
        self.lines - self.others
    }

    /// Books a line that says something.
    #[inline]
    pub(crate) fn take(&mut self, line: &Line<'_>, text: &[u8]) {
        match line {
            Line::Event(record) => {
                self.events += 1;
                self.numbers_ticks |= record.tick.is_some();
            }
            Line::Started { machine, .. } => self.started(*machine, text),
            Line::Rate(header) => self.rate(*header, text),
            Line::Error(_) => self.errors += 1,
            Line::End(end) => self.end = Some(*end),
            Line::Blank | Line::Unmatched => {}
        }
    }

    #[cold]
    pub(crate) fn give_up(&mut self, text: &[u8]) {
        self.unmatched += 1;
        self.fault(self.lines, FaultKind::Unmatched { text: shown(text) });
    }

    #[cold]
    fn started(&mut self, machine: MachineId, text: &[u8]) {
        if self.events > 0 {
            self.fault(self.lines, FaultKind::SecondHeader { text: shown(text) });
        }
        if let Some(file) = self.machine.filter(|file| *file != machine) {
            self.fault(self.lines, FaultKind::OtherMachine { header: machine, file });
        }
        self.machine = Some(machine);
    }

    #[cold]
    fn rate(&mut self, header: Header, text: &[u8]) {
        if self.header.is_some() {
            self.fault(self.lines, FaultKind::SecondHeader { text: shown(text) });
        }
        if self.events == 0 {
            self.header = Some(header);
        }
    }

    #[cold]
    pub(crate) fn fault(&mut self, line: u64, kind: FaultKind) {
        let is_alike = |other: &FaultKind| mem::discriminant(other) == mem::discriminant(&kind);
        if self.faults.iter().filter(|fault| is_alike(&fault.kind)).count() < ReadStats::FAULTS_KEPT {
            self.faults.push(LogFault { line, kind });
        } else if let Some((_, count)) = self.faults_left_out.iter_mut().find(|(other, _)| is_alike(other)) {
            *count += 1;
        } else {
            self.faults_left_out.push((kind, 1));
        }
    }
}
