//! Reading one line of a log.

use super::stamp::StampParser;
use super::{End, EndReason, ErrorLine, Header, Line, Record, Stamp};
use crate::event::{Kind, MachineId, Recipients};
use crate::time::LabTime;

/// Reads lines, each without its line break. It keeps what neighbouring lines
/// share (the second of their stamps), and nothing else.
#[derive(Debug, Default)]
pub struct LineParser {
    stamps: StampParser,
}

impl LineParser {
    /// What the line says; never fails and never panics.
    #[inline]
    pub fn parse(&mut self, line: &[u8]) -> Line {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.stamps.parse(line) {
            Some((stamp, rest)) => stamped(stamp, rest).unwrap_or(Line::Unmatched),
            None => header(line).unwrap_or(Line::Unmatched),
        }
    }
}

/// What follows a stamp: ` | WORD | Clock: n | …`.
#[inline]
fn stamped(stamp: Stamp, rest: &[u8]) -> Option<Line> {
    let mut text = Cursor(rest.strip_prefix(b" | ")?);
    let blank = Record {
        stamp,
        kind: Kind::Internal,
        clock: 0,
        message_clock: None,
        queue_length: None,
        from: None,
        to: None,
        tick: None,
        waited_us: None,
    };
    if text.eat(b"INTERNAL | Clock: ") {
        let record = Record { clock: text.clock()?, ..blank };
        text.expect(b"Internal event")?;
        return text.extras(record).map(Line::Event);
    }
    if text.eat(b"RECEIVE | Clock: ") {
        let clock = text.clock()?;
        text.expect(b"Message clock: ")?;
        let message_clock = Some(text.number()?);
        text.expect(b", Queue length: ")?;
        let queue_length = Some(text.number()?);
        let record = Record { kind: Kind::Receive, clock, message_clock, queue_length, ..blank };
        return text.extras(record).map(Line::Event);
    }
    if text.eat(b"SEND | Clock: ") {
        let clock = text.clock()?;
        let to = if text.eat(b"Sent to machine ") {
            let recipient = text.machine()?;
            text.pass_delay();
            Recipients::One(recipient)
        } else {
            text.expect(b"Sent to all machines")?;
            Recipients::All
        };
        return text.extras(Record { kind: Kind::Send, clock, to: Some(to), ..blank }).map(Line::Event);
    }
    rare(stamp, text)
}

#[cold]
fn rare(stamp: Stamp, mut text: Cursor<'_>) -> Option<Line> {
    if text.eat(b"ERROR | Clock: ") {
        text.clock()?;
        return Some(Line::Error(ErrorLine { stamp, text: String::from_utf8_lossy(text.0).into_owned() }));
    }
    text.expect(b"END | Clock: ")?;
    let clock = text.clock()?;
    let fields = Fields::split(text.0)?;
    Some(Line::End(End {
        stamp,
        clock,
        queue_length: fields.number("Queue length")?,
        ticks: fields.number("Ticks")?,
        lost_ticks: fields.number("Lost ticks")?,
        sent: fields.number("Sent")?,
        received: fields.number("Received")?,
        run_time: fields.micros("Run time")?,
        reason: EndReason::ALL.into_iter().find(|reason| fields.get("Reason") == Some(reason.word()))?,
    }))
}

#[cold]
fn header(line: &[u8]) -> Option<Line> {
    let text = str::from_utf8(line).ok()?.trim();
    if text.is_empty() {
        return Some(Line::Blank);
    }
    if let Some(rest) = text.strip_prefix("Machine ") {
        let (machine, at) = rest.split_once(" log started at ")?;
        let (at, _) = StampParser::default().parse(at.as_bytes())?;
        return Some(Line::Started { machine: machine.parse().ok()?, at });
    }
    let (rate, extras) = text.strip_prefix("Clock rate: ")?.split_once(" ticks per second")?;
    let clock_rate = rate.trim().parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)?;
    let fields = Fields::split(extras.strip_prefix(", ").unwrap_or(extras).as_bytes())?;
    Some(Line::Rate(Header {
        clock_rate,
        machines: fields.number("Machines").and_then(|count| u32::try_from(count).ok()),
        phase: fields.micros("Phase"),
        speedup: fields.get("Speedup").and_then(|speedup| speedup.parse().ok()),
    }))
}

/// The unread rest of a line.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    #[inline]
    fn eat(&mut self, literal: &[u8]) -> bool {
        match self.0.strip_prefix(literal) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    #[inline]
    fn expect(&mut self, literal: &[u8]) -> Option<()> {
        self.eat(literal).then_some(())
    }

    /// A decimal number that fits.
    #[inline]
    fn number(&mut self) -> Option<u64> {
        /// Digits that cannot overflow.
        const SAFE_DIGITS: usize = 19;
        let mut value = 0u64;
        let mut digits = 0;
        while let Some(byte) = self.0.get(digits) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = if digits < SAFE_DIGITS {
                value * 10 + u64::from(digit)
            } else {
                value.checked_mul(10)?.checked_add(u64::from(digit))?
            };
            digits += 1;
        }
        self.0 = &self.0[digits..];
        (digits > 0).then_some(value)
    }

    #[inline]
    fn clock(&mut self) -> Option<u64> {
        let clock = self.number()?;
        self.expect(b" | ")?;
        Some(clock)
    }

    #[inline]
    fn machine(&mut self) -> Option<MachineId> {
        self.number().and_then(|id| u32::try_from(id).ok()).filter(|id| *id > 0).map(MachineId)
    }

    /// The notebook's program, when it delays, says by how much:
    /// ` with delay 0.21s`. The stamps tell as much.
    #[inline]
    fn pass_delay(&mut self) {
        if self.eat(b" with delay ") {
            let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
            let digits = self.0.iter().take_while(|byte| is_number(byte)).count();
            self.0 = &self.0[digits..];
            self.eat(b"s");
        }
    }

    /// The fields that `labctl` adds at the end of a line.
    #[inline]
    fn extras(&mut self, mut record: Record) -> Option<Record> {
        while !self.0.is_empty() {
            if self.eat(b", Tick: ") {
                record.tick = Some(self.number()?);
            } else if self.eat(b", From: ") {
                record.from = Some(self.machine()?);
            } else if self.eat(b", Waited: ") {
                record.waited_us = Some(self.number()?);
                self.expect(b" us")?;
            } else if self.0.iter().all(u8::is_ascii_whitespace) {
                break;
            } else {
                return None;
            }
        }
        Some(record)
    }
}

/// The `Name: value` pairs at the end of a rare line.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    fn split(text: &'a [u8]) -> Option<Fields<'a>> {
        let text = str::from_utf8(text).ok()?;
        Some(Fields(text.split(", ").filter_map(|field| field.split_once(": ")).collect()))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, value)| *value)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    fn micros(&self, name: &str) -> Option<LabTime> {
        let micros: u64 = self.get(name)?.strip_suffix(" us")?.parse().ok()?;
        micros.checked_mul(1000).map(LabTime)
    }
}
