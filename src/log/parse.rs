//! Reading one line of a log.

use std::borrow::Cow;

use super::stamp::StampParser;
use super::{End, EndReason, ErrorLine, Header, Line, Record, Stamp};
use crate::model::event::{Kind, MachineId, MachineSet, Recipients};
use crate::model::time::LabTime;

/// Reads lines, each without its line break. It keeps what neighbouring lines
/// share (the second of their stamps), and the last event.
#[derive(Debug)]
pub struct LineParser {
    stamps: StampParser,
    record: Record,
}

impl Default for LineParser {
    fn default() -> LineParser {
        LineParser { stamps: StampParser::default(), record: Record::BLANK }
    }
}

impl LineParser {
    /// What the line says; never fails and never panics.
    #[inline]
    pub fn parse(&mut self, line: &[u8]) -> Line<'_> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some((stamp, rest)) = self.stamps.parse(line) else {
            return header(line).unwrap_or(Line::Unmatched);
        };
        let Some(rest) = rest.strip_prefix(b" | ") else {
            return Line::Unmatched;
        };
        self.record = Record { stamp, ..Record::BLANK };
        match event(&mut Cursor(rest), &mut self.record) {
            Some(()) => Line::Event(&self.record),
            None => rare(stamp, Cursor(rest)).unwrap_or(Line::Unmatched),
        }
    }
}

/// What follows an event's stamp: `WORD | Clock: n | …`.
#[inline]
fn event(text: &mut Cursor<'_>, record: &mut Record) -> Option<()> {
    if text.eat(b"INTERNAL | Clock: ") {
        record.clock = text.clock()?;
        text.expect(b"Internal event")?;
    } else if text.eat(b"RECEIVE | Clock: ") {
        record.kind = Kind::Receive;
        record.clock = text.clock()?;
        text.expect(b"Message clock: ")?;
        record.message_clock = Some(text.number()?);
        text.expect(b", Queue length: ")?;
        record.queue_length = Some(text.number()?);
    } else {
        text.expect(b"SEND | Clock: ")?;
        record.kind = Kind::Send;
        record.clock = text.clock()?;
        record.to = Some(text.recipients()?);
    }
    text.extras(record)
}

#[cold]
fn rare(stamp: Stamp, mut text: Cursor<'_>) -> Option<Line<'static>> {
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
fn header(line: &[u8]) -> Option<Line<'static>> {
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
    let clock_rate =
        decimal(rate.trim()).parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)?;
    let fields = Fields::split(extras.strip_prefix(", ").unwrap_or(extras).as_bytes())?;
    Some(Line::Rate(Header {
        clock_rate,
        machines: fields.number("Machines").and_then(|count| u32::try_from(count).ok()),
        phase: fields.micros("Phase"),
        speedup: fields.get("Speedup").and_then(|speedup| speedup.parse().ok()),
    }))
}

/// A decimal comma as a point, where it can be nothing else: `1,000` may be a thousand.
fn decimal(text: &str) -> Cow<'_, str> {
    const GROUP: usize = 3;
    match text.split_once(',') {
        Some((whole, part)) if part.len() != GROUP && part.bytes().all(|byte| byte.is_ascii_digit()) => {
            Cow::Owned(format!("{whole}.{part}"))
        }
        _ => Cow::Borrowed(text),
    }
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

    /// A decimal number that fits. Digit by digit, for the processor guesses
    /// how many there are and reads on; looking at eight at once is slower.
    #[inline]
    fn number(&mut self) -> Option<u64> {
        /// Digits that cannot overflow.
        const SAFE_DIGITS: usize = 19;
        let mut value = 0u64;
        let mut digits = 0;
        for byte in self.0 {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            digits += 1;
        }
        if digits > SAFE_DIGITS {
            return self.long_number();
        }
        self.0 = &self.0[digits..];
        (digits > 0).then_some(value)
    }

    #[cold]
    fn long_number(&mut self) -> Option<u64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        str::from_utf8(number).ok()?.parse().ok()
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

    #[inline]
    fn recipients(&mut self) -> Option<Recipients> {
        if self.eat(b"Sent to machines ") {
            return self.several();
        }
        if !self.eat(b"Sent to machine ") {
            self.expect(b"Sent to all machines")?;
            return Some(Recipients::All);
        }
        let recipient = self.machine()?;
        self.pass_delay();
        Some(Recipients::One(recipient))
    }

    /// `2 and 3`
    #[cold]
    fn several(&mut self) -> Option<Recipients> {
        let mut some = vec![self.machine()?];
        while self.eat(b" and ") {
            some.push(self.machine()?);
        }
        self.pass_delay();
        MachineSet::of(some).map(Recipients::Several)
    }

    /// The fields that `labctl` adds at the end of a line.
    #[inline]
    fn extras(&mut self, record: &mut Record) -> Option<()> {
        while !self.0.is_empty() {
            if self.eat(b", Tick: ") {
                record.tick = Some(self.number()?);
            } else if self.eat(b", From: ") {
                record.from = Some(self.machine()?);
            } else if self.eat(b", Waited: ") {
                record.waited_us = Some(self.number()?);
                self.expect(b" us")?;
            } else {
                return self.0.iter().all(u8::is_ascii_whitespace).then_some(());
            }
        }
        Some(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_of_any_length_are_read_to_their_last_digit(number: u64, shift in 0u32..64, rest in "[^0-9][ -~]{0,10}") {
            let number = number >> shift;
            let text = format!("{number}{rest}");
            let mut cursor = Cursor(text.as_bytes());
            prop_assert_eq!(cursor.number(), Some(number));
            prop_assert_eq!(cursor.0, rest.as_bytes());
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_none() {
        for text in ["", "x", "-1", "18446744073709551616", "99999999999999999999999", "/0000000"] {
            assert_eq!(Cursor(text.as_bytes()).number(), None, "{text}");
        }
        assert_eq!(Cursor(b"18446744073709551615").number(), Some(u64::MAX));
        assert_eq!(Cursor(b"007").number(), Some(7));
    }
}
