//! Writing a log: lines are gathered in memory and handed to the file in
//! large pieces, and on demand.

use std::io::{self, Write};

use super::stamp::StampWriter;
use super::{End, Header, Stamp};
use crate::model::event::{Action, Event, Kind, MachineId, Recipients};
use crate::model::time::LabTime;

/// The writer of one machine's log.
///
/// Dropping it hands over what it holds, so that a log is complete after a
/// panic too; [`LogWriter::flush`] is the way to learn of errors.
#[derive(Debug)]
pub struct LogWriter<W: Write> {
    file: W,
    buffer: Vec<u8>,
    stamps: StampWriter,
    start: Stamp,
}

/// Enough for a thousand lines a system call.
const BUFFER_BYTES: usize = 128 * 1024;
const LINE_BYTES: usize = 512;

impl<W: Write> LogWriter<W> {
    /// A log of a run that began at `start`; nothing is written yet.
    pub fn new(file: W, start: Stamp) -> LogWriter<W> {
        let buffer = Vec::with_capacity(BUFFER_BYTES + LINE_BYTES);
        LogWriter { file, buffer, stamps: StampWriter::default(), start }
    }

    /// The two header lines.
    pub fn header(&mut self, machine: MachineId, header: &Header) -> io::Result<()> {
        write!(self.buffer, "Machine {machine} log started at ")?;
        self.stamps.write(self.start, &mut self.buffer);
        write!(self.buffer, "\nClock rate: {} ticks per second", header.clock_rate)?;
        if let Some(machines) = header.machines {
            write!(self.buffer, ", Machines: {machines}")?;
        }
        if let Some(phase) = header.phase {
            write!(self.buffer, ", Phase: {} us", phase.as_micros())?;
        }
        if let Some(speedup) = header.speedup {
            write!(self.buffer, ", Speedup: {speedup}")?;
        }
        self.end_line()
    }

    /// One event, served at `time`.
    #[inline]
    pub fn event(&mut self, time: LabTime, event: &Event) -> io::Result<()> {
        self.stamps.write(self.start.at(time), &mut self.buffer);
        match event.action {
            Action::Internal => {
                self.word_and_clock(Kind::Internal, event.clock);
                self.text(b"Internal event");
            }
            Action::Send(recipients) => {
                self.word_and_clock(Kind::Send, event.clock);
                match recipients {
                    Recipients::One(peer) => {
                        self.text(b"Sent to machine ");
                        self.number(u64::from(peer.0));
                    }
                    Recipients::Several(some) => {
                        for (at, id) in some.ids().enumerate() {
                            self.text(if at == 0 { b"Sent to machines " } else { b" and " });
                            self.number(u64::from(id.0));
                        }
                    }
                    Recipients::All => self.text(b"Sent to all machines"),
                }
            }
            Action::Receive { message, queue_length } => {
                self.word_and_clock(Kind::Receive, event.clock);
                self.text(b"Message clock: ");
                self.number(message.clock);
                self.text(b", Queue length: ");
                self.number(queue_length);
                if let Some(from) = message.from {
                    self.text(b", From: ");
                    self.number(u64::from(from.0));
                }
                self.text(b", Tick: ");
                self.number(event.tick);
                self.text(b", Waited: ");
                self.number(time.saturating_sub(message.arrived).as_micros());
                self.text(b" us");
                return self.end_line();
            }
        }
        self.text(b", Tick: ");
        self.number(event.tick);
        self.end_line()
    }

    /// Something that went wrong; line breaks and control characters in
    /// `text` become spaces, so that it stays one line.
    pub fn error(&mut self, time: LabTime, clock: u64, text: &str) -> io::Result<()> {
        self.stamps.write(self.start.at(time), &mut self.buffer);
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        write!(self.buffer, " | ERROR | Clock: {clock} | {text}")?;
        self.end_line()
    }

    /// The record of the end, the log's last line.
    pub fn end(&mut self, end: &End) -> io::Result<()> {
        self.stamps.write(end.stamp, &mut self.buffer);
        write!(
            self.buffer,
            " | END | Clock: {} | Queue length: {}, Ticks: {}, Lost ticks: {}, Sent: {}, Received: {}, Run time: {} us, Reason: {}",
            end.clock,
            end.queue_length,
            end.ticks,
            end.lost_ticks,
            end.sent,
            end.received,
            end.run_time.as_micros(),
            end.reason,
        )?;
        self.end_line()?;
        self.flush()
    }

    /// Hands everything gathered to the file.
    pub fn flush(&mut self) -> io::Result<()> {
        let outcome = self.file.write_all(&self.buffer);
        self.buffer.clear();
        outcome?;
        self.file.flush()
    }

    /// Whether lines are gathered that the file has not seen.
    pub fn has_unwritten(&self) -> bool {
        !self.buffer.is_empty()
    }

    #[inline]
    fn word_and_clock(&mut self, kind: Kind, clock: u64) {
        self.text(match kind {
            Kind::Internal => b" | INTERNAL | Clock: ",
            Kind::Send => b" | SEND | Clock: ",
            Kind::Receive => b" | RECEIVE | Clock: ",
        });
        self.number(clock);
        self.text(b" | ");
    }

    #[inline]
    fn text(&mut self, text: &[u8]) {
        self.buffer.extend_from_slice(text);
    }

    #[inline]
    fn number(&mut self, number: u64) {
        self.buffer.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    #[inline]
    fn end_line(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }
}

impl<W: Write> Drop for LogWriter<W> {
    fn drop(&mut self) {
        // An error here has no one left to hear it; whoever ends a log in
        // order has flushed before.
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_is_complete_after_a_panic() {
        let file = Shared::default();
        let log = LogWriter::new(file.clone(), Stamp(0));
        let machine = std::thread::spawn(move || {
            let mut log = log;
            for tick in 1..=3 {
                log.event(LabTime(tick), &Event { tick, clock: tick, action: Action::Internal }).unwrap();
            }
            panic!("this machine fails on purpose");
        });
        assert!(machine.join().is_err());
        let text = String::from_utf8(file.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.ends_with("Tick: 3\n"), "{text}");
    }

    #[test]
    fn an_error_stays_one_line_whatever_it_says() {
        let file = Shared::default();
        let mut log = LogWriter::new(file.clone(), Stamp(0));
        log.error(LabTime(0), 7, "two\nlines\u{7}").unwrap();
        log.flush().unwrap();
        let text = String::from_utf8(file.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, "1970-01-01 00:00:00.000000 | ERROR | Clock: 7 | two lines \n");
    }
}
