//! From what a line captured to what it means: numbers, machines, timestamps, in
//! the conventions of our own logs.

use super::field::{Captured, Field};
use super::naming::number;
use super::parts::{Part, RunTracker};
use super::pattern::{Pattern, Role};
use super::timestamp::{TimeFormat, TimeParser};
use super::{Dialect, Match};
use crate::log::fault::shown;
use crate::log::{Record, Stamp};
use crate::model::event::{Kind, MachineId, Recipients};

/// What is known of a log besides its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct LogContext {
    pub machine: MachineId,
    /// How many machines the run has; 0 where nobody knows.
    pub machines: u32,
    /// What its machines are called, in their order, where files name them.
    pub machine_names: Vec<String>,
    /// As the user says it, which holds over all that logs say.
    pub clock_rate: Option<f64>,
    /// As the name of the file says it.
    pub file_clock_rate: Option<f64>,
    /// Which lines of the file are this machine's, where not all are.
    pub part: Option<Part>,
}

impl Default for LogContext {
    fn default() -> LogContext {
        LogContext {
            machine: MachineId(1),
            machines: 0,
            machine_names: Vec::new(),
            clock_rate: None,
            file_clock_rate: None,
            part: None,
        }
    }
}

/// One line, or record of several, and what came out of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DryRun {
    /// Counted from 1.
    pub number: u64,
    /// How many lines it has.
    pub lines: u64,
    pub text: String,
    pub outcome: Match,
    pub captured: Vec<(Field, String)>,
    /// Why nothing fits it, or what of it makes no sense.
    pub doubts: Vec<String>,
}

/// An event as its line says it.
#[derive(Clone, Debug)]
pub struct EventSaid {
    pub record: Record,
    /// The machines that a SEND names.
    pub recipients: Vec<MachineId>,
    /// The clock is the one before the update, and the one after it cannot be
    /// known from this line.
    pub clock_unsettled: bool,
    /// The clock before the update, where that is the one that was logged.
    pub clock_before: Option<u64>,
    pub clock_rate: Option<f64>,
}

/// What a line says.
#[derive(Clone, Debug)]
pub enum Meaning {
    Event(EventSaid),
    Header {
        clock_rate: Option<f64>,
        at: Option<Stamp>,
        /// Of one machine among several in the file.
        names_machine: bool,
    },
    /// It is another machine's line, or of another run.
    Elsewhere,
    Nothing,
}

/// Makes sense of the lines of one log, in order.
#[derive(Debug)]
pub struct Interpreter<'d> {
    dialect: &'d Dialect,
    context: &'d LogContext,
    time: TimeParser,
    found: Vec<MachineId>,
    tracker: RunTracker,
    has_parts: bool,
}

impl<'d> Interpreter<'d> {
    pub fn new(dialect: &'d Dialect, context: &'d LogContext) -> Interpreter<'d> {
        Interpreter {
            dialect,
            context,
            time: TimeParser::new(dialect.time.clone()),
            found: Vec::new(),
            tracker: RunTracker::default(),
            has_parts: context.part.is_some(),
        }
    }

    /// What a line means; `None` where what was captured makes no sense.
    #[inline]
    pub fn meaning(&mut self, pattern: &Pattern, role: Role, captured: &Captured<'_>) -> Option<Meaning> {
        if self.has_parts && !self.is_ours(pattern, role, captured)? {
            return Some(Meaning::Elsewhere);
        }
        match role {
            Role::Ignored => Some(Meaning::Nothing),
            Role::Header => {
                let at = match captured.get(Field::Time) {
                    Some(text) => Some(Stamp(self.time.parse(text)?)),
                    None => None,
                };
                let names_machine = captured.get(Field::Machine).is_some();
                Some(Meaning::Header { clock_rate: self.clock_rate(captured), at, names_machine })
            }
            Role::SendToAll => self.event(pattern, Kind::Send, true, captured).map(Meaning::Event),
            Role::Event(kind) => self.event(pattern, kind, false, captured).map(Meaning::Event),
        }
    }

    /// Whether the line is of the part that is read; `None` where it names
    /// somebody that the dialect does not know.
    fn is_ours(&mut self, pattern: &Pattern, role: Role, captured: &Captured<'_>) -> Option<bool> {
        let Some(part) = &self.context.part else { return Some(true) };
        let is_run = self.tracker.run(pattern, role, captured) == part.run;
        let machine = match captured.get(Field::Machine) {
            Some(name) => Some(self.dialect.peer(name, &self.context.machine_names)?),
            None => None,
        };
        Some(is_run && (part.machine.is_none() || machine.is_none() || machine == part.machine))
    }

    #[inline]
    fn event(
        &mut self,
        pattern: &Pattern,
        kind: Kind,
        to_all: bool,
        captured: &Captured<'_>,
    ) -> Option<EventSaid> {
        let logged = self.clock(captured.get(Field::Clock)?)?;
        let mut record = Record { kind, clock: logged, ..Record::BLANK };
        record.tick = captured.get(Field::Tick).and_then(number);
        record.queue_length = captured.get(Field::Queue).and_then(number);
        let mut recipients = Vec::new();
        match kind {
            Kind::Internal => {}
            Kind::Send if to_all => {
                record.to = Some(Recipients::All);
                record.message_clock = self.message_clock(captured);
            }
            Kind::Send => {
                record.message_clock = self.message_clock(captured);
                if let Some(text) = captured.get(Field::To) {
                    recipients = self.machines(text);
                }
                if let [only] = recipients[..] {
                    record.to = Some(Recipients::One(only));
                }
            }
            Kind::Receive => {
                record.message_clock = self.message_clock(captured);
                record.from = captured.get(Field::From).and_then(|text| self.sender(text));
                if self.dialect.queue_before_pop {
                    // The message that was popped was among them.
                    record.queue_length = record.queue_length.and_then(|queue| queue.checked_sub(1));
                }
            }
        }
        let mut clock_unsettled = false;
        if pattern.clock_before {
            let received = record.message_clock.filter(|_| kind == Kind::Receive);
            let least = received.map_or(logged, |message| message.max(logged));
            record.clock = least.checked_add(1)?;
            clock_unsettled = kind == Kind::Receive && record.message_clock.is_none();
        }
        if !matches!(self.dialect.time, TimeFormat::None) {
            record.stamp = Stamp(self.time.parse(captured.get(Field::Time)?)?);
        }
        let clock_before = pattern.clock_before.then_some(logged);
        let clock_rate = self.clock_rate(captured);
        Some(EventSaid { record, recipients, clock_unsettled, clock_before, clock_rate })
    }

    #[inline]
    fn message_clock(&self, captured: &Captured<'_>) -> Option<u64> {
        captured.get(Field::MessageClock).and_then(|text| self.clock(text))
    }

    #[inline]
    fn clock(&self, text: &[u8]) -> Option<u64> {
        let clock = number(text).or_else(|| self.dialect.vector?.stand_in(text, self.context.machine))?;
        clock.checked_sub(self.dialect.clocks_begin)
    }

    /// The others that a text names.
    #[inline]
    fn machines(&mut self, text: &[u8]) -> Vec<MachineId> {
        self.dialect.peers.all_in(text, &self.context.machine_names, &mut self.found);
        self.found.retain(|machine| *machine != self.context.machine);
        self.found.clone()
    }

    /// The other that a text names as a sender.
    #[inline]
    fn sender(&mut self, text: &[u8]) -> Option<MachineId> {
        self.dialect.senders.all_in(text, &self.context.machine_names, &mut self.found);
        self.found.iter().copied().find(|machine| *machine != self.context.machine)
    }

    /// Ticks per second, from the rate itself or from the time that a tick takes.
    fn clock_rate(&self, captured: &Captured<'_>) -> Option<f64> {
        let value = |field| {
            let text = str::from_utf8(captured.get(field)?).ok()?;
            text.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value > 0.0)
        };
        let unit = if self.dialect.per_minute { 60.0 } else { 1.0 };
        let rate = value(Field::ClockRate).map(|rate| rate / unit);
        let rate = rate.or_else(|| value(Field::Interval).map(|interval| 1.0 / interval));
        rate.filter(|rate| rate.is_finite() && *rate > 0.0)
    }

    /// What of the captured texts makes no sense, in words.
    pub fn doubts(&mut self, role: Role, captured: &Captured<'_>) -> Vec<String> {
        let mut doubts = Vec::new();
        for (field, text) in captured.iter() {
            let is_event = matches!(role, Role::Event(_) | Role::SendToAll);
            let what = match field {
                Field::Time if self.time.clone().parse(text).is_none() => {
                    format!("no {}", self.dialect.time.name())
                }
                Field::Clock | Field::MessageClock if is_event && self.clock(text).is_none() => {
                    "no logical clock".to_owned()
                }
                Field::Queue | Field::Tick if number(text).is_none() => "no whole number".to_owned(),
                Field::ClockRate | Field::Interval if self.clock_rate(captured).is_none() => {
                    "no number above 0".to_owned()
                }
                Field::Machine if self.dialect.peer(text, &self.context.machine_names).is_none() => {
                    "the name of no machine that is known".to_owned()
                }
                Field::From if is_event && self.sender(text).is_none() => {
                    "the name of no other machine that is known".to_owned()
                }
                Field::To if is_event && self.machines(text).is_empty() => {
                    "the name of no other machine that is known".to_owned()
                }
                _ => continue,
            };
            doubts.push(format!("its {} `{}` is {what}", field.name(), shown(text)));
        }
        doubts
    }
}
