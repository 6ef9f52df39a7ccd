//! Reading a whole log of others: what our own reader would say of it, had it
//! been written in our own words.

use std::io::{self, Read};
use std::mem;

use super::interpreter::{DryRun, EventSaid, Interpreter, LogContext, Meaning};
use super::matcher::{LineMatcher, Match};
use super::nearest::Nearest;
use super::parts::Accounts;
use super::pattern::Role;
use super::records::{Chunk, read_records};
use super::{Dialect, Field, SendToAll};
use crate::log::fault::shown;
use crate::log::{FaultKind, Header, Line, ReadStats, Record, Stamp};
use crate::model::event::{Kind, MachineId, MachineSet, Recipients};

impl Dialect {
    /// Reads to the end of `input`; `see` is shown every line that says
    /// something, with its number. Events come in the order of the log.
    pub fn read(
        &self,
        context: &LogContext,
        input: impl Read,
        see: impl FnMut(u64, &Line<'_>),
    ) -> io::Result<ReadStats> {
        let mut matcher = LineMatcher::new(self);
        let mut interpreter = Interpreter::new(self, context);
        let mut books = Books::new(self, context, see);
        read_records(&self.bounds, input, |chunk| {
            if chunk.too_long && books.accounts == Accounts::Whole {
                books.take(&chunk);
                return books.give_up(&chunk);
            } else if chunk.too_long {
                return books.leave(&chunk);
            }
            let mut meaning = Meaning::Nothing;
            let outcome = matcher.look(chunk.text, |pattern, role, captured| {
                match interpreter.meaning(pattern, role, captured) {
                    Some(found) => {
                        meaning = found;
                        true
                    }
                    None => false,
                }
            });
            match (outcome, &meaning) {
                (_, Meaning::Elsewhere) => return books.leave(&chunk),
                (Match::Blank | Match::Unmatched | Match::Said(Role::Ignored), _)
                    if books.accounts < Accounts::Whole =>
                {
                    return books.leave(&chunk);
                }
                (_, Meaning::Header { names_machine: false, .. }) if books.accounts < Accounts::Run => {
                    books.leave(&chunk);
                }
                _ => books.take(&chunk),
            }
            match (outcome, meaning) {
                (Match::Blank | Match::Said(Role::Ignored), _) => books.stats.ignored += chunk.lines,
                (Match::Unmatched, _) => books.give_up(&chunk),
                (_, Meaning::Event(event)) => books.event(chunk.number, event),
                (_, Meaning::Header { clock_rate, at, .. }) => books.header(&chunk, clock_rate, at),
                (_, Meaning::Nothing | Meaning::Elsewhere) => {}
            }
        })?;
        Ok(books.finish())
    }

    /// Reads to the end of `input` and shows of every record what became of it.
    pub fn try_lines(
        &self,
        context: &LogContext,
        input: impl Read,
        mut see: impl FnMut(DryRun),
    ) -> io::Result<()> {
        let mut matcher = LineMatcher::new(self);
        let mut interpreter = Interpreter::new(self, context);
        let nearest = Nearest::new(self);
        read_records(&self.bounds, input, |chunk| {
            let mut kept: Vec<(Field, String)> = Vec::new();
            let mut doubts: Vec<String> = Vec::new();
            let outcome = matcher.look(chunk.text, |pattern, role, captured| {
                let makes_sense = interpreter.meaning(pattern, role, captured).is_some();
                if makes_sense {
                    kept = captured.iter().map(|(field, text)| (field, shown(text))).collect();
                    doubts = interpreter.doubts(role, captured);
                } else if doubts.is_empty() {
                    let found = interpreter.doubts(role, captured).join(", and ");
                    let found = if found.is_empty() { "makes no sense".to_owned() } else { found };
                    doubts.push(format!("fits {}, but {found}", self.rule_name(pattern)));
                }
                makes_sense
            });
            if outcome == Match::Unmatched && doubts.is_empty() {
                doubts.push(nearest.why(chunk.text));
            }
            let text = shown(chunk.text);
            see(DryRun { number: chunk.number, lines: chunk.lines, text, outcome, captured: kept, doubts });
        })
    }
}

/// An event that is held back until the next line settles it.
struct Held {
    number: u64,
    event: EventSaid,
    /// As its first line has it.
    first_clock: u64,
}

/// What was read so far.
struct Books<'d, S> {
    dialect: &'d Dialect,
    context: &'d LogContext,
    stats: ReadStats,
    clock_rate: Option<f64>,
    /// The header that says it.
    rate_line: Option<u64>,
    held: Option<Held>,
    /// Of the event that was shown last.
    last_clock: u64,
    accounts: Accounts,
    /// Lines of other parts since the last one of this.
    left: u64,
    see: S,
}

impl<'d, S: FnMut(u64, &Line<'_>)> Books<'d, S> {
    fn new(dialect: &'d Dialect, context: &'d LogContext, see: S) -> Books<'d, S> {
        let stats = ReadStats { machine: Some(context.machine), ..ReadStats::default() };
        let clock_rate = context.clock_rate.or(context.file_clock_rate);
        let accounts = context.part.as_ref().map_or(Accounts::Whole, |part| part.accounts);
        Books {
            dialect,
            context,
            stats,
            clock_rate,
            rate_line: None,
            held: None,
            last_clock: 0,
            accounts,
            left: 0,
            see,
        }
    }

    /// Counts the lines up to the end of this record.
    #[inline]
    fn take(&mut self, chunk: &Chunk<'_>) {
        let left = mem::take(&mut self.left);
        self.stats.others += left;
        self.stats.lines += left + chunk.lines;
    }

    /// Passes over lines that another part accounts for.
    fn leave(&mut self, chunk: &Chunk<'_>) {
        self.left += chunk.lines;
    }

    #[cold]
    fn give_up(&mut self, chunk: &Chunk<'_>) {
        self.at(chunk.number, |stats| stats.give_up(chunk.text));
        self.stats.unmatched += chunk.lines - 1;
    }

    /// Books something at a line before the last one read.
    #[inline]
    fn at(&mut self, number: u64, book: impl FnOnce(&mut ReadStats)) {
        let lines = mem::replace(&mut self.stats.lines, number);
        book(&mut self.stats);
        self.stats.lines = lines;
    }

    #[cold]
    fn header(&mut self, chunk: &Chunk<'_>, clock_rate: Option<f64>, at: Option<Stamp>) {
        self.release(None);
        if self.stats.events > 0 {
            let kind = FaultKind::SecondHeader { text: shown(chunk.text) };
            return self.at(chunk.number, |stats| stats.fault(chunk.number, kind));
        }
        self.clock_rate = self.context.clock_rate.or(clock_rate).or(self.clock_rate);
        if clock_rate.is_some() {
            self.rate_line = Some(chunk.number);
        }
        if let Some(at) = at {
            (self.see)(chunk.number, &Line::Started { machine: self.context.machine, at });
        }
    }

    #[inline]
    fn event(&mut self, number: u64, event: EventSaid) {
        if event.clock_rate.is_some() && self.stats.header.is_none() {
            self.clock_rate = self.context.clock_rate.or(event.clock_rate);
        }
        let may_go_on = self.dialect.send_to_all != SendToAll::OneLine && event.record.kind == Kind::Send;
        let is_held = event.clock_unsettled || may_go_on;
        if self.held.is_none() && !is_held {
            return self.emit(number, &event);
        }
        if self.joins(&event) {
            return;
        }
        self.release(Some(&event));
        if is_held {
            let first_clock = event.record.clock;
            self.held = Some(Held { number, event, first_clock });
        } else {
            self.emit(number, &event);
        }
    }

    /// Whether the event is one more line of the send that is held.
    fn joins(&mut self, event: &EventSaid) -> bool {
        let Some(Held { event: held, first_clock, .. }) = &mut self.held else { return false };
        let (first, next) = (&mut held.record, &event.record);
        let fits = match self.dialect.send_to_all {
            SendToAll::OneLine => false,
            SendToAll::LineEach => first.clock == next.clock,
            SendToAll::LineEachRising => {
                let risen = next.clock.checked_sub(*first_clock);
                *first_clock == self.last_clock
                    && next.clock >= first.clock
                    && risen.is_some_and(|by| by <= 1)
            }
        };
        let is_same = fits
            && (first.kind, next.kind) == (Kind::Send, Kind::Send)
            && !event.recipients.is_empty()
            && event.recipients.iter().all(|machine| !held.recipients.contains(machine));
        if is_same {
            first.to = None;
            first.clock = next.clock;
            held.recipients.extend(&event.recipients);
        }
        is_same
    }

    /// Lets the held event go; `next` may tell what it left open.
    fn release(&mut self, next: Option<&EventSaid>) {
        let Some(Held { number, mut event, .. }) = self.held.take() else { return };
        if event.clock_unsettled
            && let Some(next) = next
        {
            // The clock before the next event is the one after this.
            let after = next.clock_before.or(match next.record.kind {
                Kind::Receive => None,
                Kind::Internal | Kind::Send => next.record.clock.checked_sub(1),
            });
            event.record.clock = after.map_or(event.record.clock, |after| after.max(event.record.clock));
        }
        self.emit(number, &event);
    }

    #[inline]
    fn emit(&mut self, number: u64, event: &EventSaid) {
        if self.stats.events == 0 {
            self.rate(number);
        }
        let record = event.record;
        if event.recipients.len() < 2 {
            return self.show(number, &record);
        }
        if self.are_all(&event.recipients) {
            return self.show(number, &Record { to: Some(Recipients::All), ..record });
        }
        // Of far more machines than anybody runs the names are not kept.
        let to = MachineSet::of(event.recipients.iter().copied()).map(Recipients::Several);
        self.show(number, &Record { to, ..record });
    }

    fn are_all(&self, recipients: &[MachineId]) -> bool {
        self.context.machines < 2 || recipients.len() as u32 >= self.context.machines - 1
    }

    #[inline]
    fn show(&mut self, number: u64, record: &Record) {
        let line = Line::Event(record);
        self.last_clock = record.clock;
        self.at(number, |stats| stats.take(&line, &[]));
        (self.see)(number, &line);
    }

    /// Says the clock rate before the first event, whoever said it.
    #[cold]
    fn rate(&mut self, number: u64) {
        let Some(clock_rate) = self.clock_rate.filter(|_| self.stats.header.is_none()) else { return };
        let line = Line::Rate(Header { clock_rate, machines: None, phase: None, speedup: None });
        self.stats.take(&line, &[]);
        (self.see)(self.rate_line.unwrap_or(number), &line);
    }

    fn finish(mut self) -> ReadStats {
        self.release(None);
        if self.stats.events == 0 {
            self.rate(self.stats.lines);
        }
        self.stats
    }
}
