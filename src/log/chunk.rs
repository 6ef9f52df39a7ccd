//! A log in chunks: cut one after another, parsed in any order by anybody, and
//! taken in their order by a [`LogReader`](super::LogReader). What comes out is
//! what the reader makes of the whole log.

use std::io::{self, Read};
use std::mem;
use std::ops::Range;

use super::raw_lines::RAW_LINE_BYTES_MAX;
use super::{Line, LineParser, RawLine, Record};

/// The records of a chunk still fit the processor's cache.
const CHUNK_BYTES: usize = 2 * RAW_LINE_BYTES_MAX;

/// Some lines of a log.
#[derive(Debug, Default)]
pub struct Chunk {
    text: Vec<u8>,
    kind: Kind,
    events: Vec<Record>,
    others: Vec<Other>,
}

/// What a chunk's text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Whole lines, with their line breaks.
    #[default]
    Lines,
    /// A part of a line that is longer than any log's.
    TooLong,
    /// What is left at the end of the log.
    Last,
}

/// A line that is no event.
#[derive(Debug)]
struct Other {
    /// How many events of the chunk stand before it.
    after: usize,
    kind: OtherKind,
    text: Range<usize>,
}

#[derive(Clone, Copy, Debug)]
enum OtherKind {
    Line,
    TooLong,
    Rest,
}

/// Cuts a log into chunks.
#[derive(Debug)]
pub struct Cutter<R> {
    input: R,
    /// The beginning of the next chunk.
    carried: Vec<u8>,
}

impl<R: Read> Cutter<R> {
    pub fn new(input: R) -> Cutter<R> {
        Cutter { input, carried: Vec::new() }
    }

    /// The text of the next chunk, in the room of an old one.
    pub fn cut(&mut self, room: Chunk) -> io::Result<Chunk> {
        let mut text = room.text;
        text.clear();
        text.append(&mut self.carried);
        let wanted = CHUNK_BYTES - text.len();
        (&mut self.input).take(wanted as u64).read_to_end(&mut text)?;
        let (kind, end) = match memchr::memrchr(b'\n', &text) {
            _ if text.len() < CHUNK_BYTES => (Kind::Last, text.len()),
            Some(at) => (Kind::Lines, at + 1),
            None => (Kind::TooLong, RAW_LINE_BYTES_MAX),
        };
        self.carried.extend_from_slice(&text[end..]);
        text.truncate(end);
        Ok(Chunk { text, kind, ..room })
    }
}

impl Chunk {
    /// Whether nothing of the log follows.
    pub fn is_last(&self) -> bool {
        self.kind == Kind::Last
    }

    /// Reads the lines, of which only events need nothing of what stands before.
    pub fn parse(&mut self) {
        self.events.clear();
        self.others.clear();
        if self.kind == Kind::TooLong {
            return self.other(OtherKind::TooLong, 0..self.text.len());
        }
        let text = mem::take(&mut self.text);
        let mut parser = LineParser::default();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &text) {
            let line = self.without_too_long(start..end);
            match parser.parse(&text[line.clone()]) {
                Line::Event(record) => self.events.push(*record),
                _ => self.other(OtherKind::Line, line),
            }
            start = end + 1;
        }
        if self.kind == Kind::Last {
            let rest = self.without_too_long(start..text.len());
            self.other(OtherKind::Rest, rest);
        }
        self.text = text;
    }

    /// What is left of a line once it is shorter than the longest that is looked at.
    #[inline]
    fn without_too_long(&mut self, mut line: Range<usize>) -> Range<usize> {
        while line.len() >= RAW_LINE_BYTES_MAX {
            self.other(OtherKind::TooLong, line.start..line.start + RAW_LINE_BYTES_MAX);
            line.start += RAW_LINE_BYTES_MAX;
        }
        line
    }

    #[cold]
    fn other(&mut self, kind: OtherKind, text: Range<usize>) {
        self.others.push(Other { after: self.events.len(), kind, text });
    }

    /// Shows what was parsed, in order.
    pub(super) fn each(&self, mut see: impl FnMut(Parsed<'_>)) {
        let mut shown = 0;
        for other in &self.others {
            self.events[shown..other.after].iter().for_each(|record| see(Parsed::Event(record)));
            shown = other.after;
            let text = &self.text[other.text.clone()];
            see(Parsed::Other(match other.kind {
                OtherKind::Line => RawLine::Line(text),
                OtherKind::TooLong => RawLine::TooLong(text),
                OtherKind::Rest => RawLine::Rest(text),
            }));
        }
        self.events[shown..].iter().for_each(|record| see(Parsed::Event(record)));
    }
}

/// One line, or a piece of it.
pub(super) enum Parsed<'a> {
    Event(&'a Record),
    Other(RawLine<'a>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogReader, ReadStats};
    use crate::model::event::MachineId;
    use proptest::prelude::*;

    /// Every line as it is shown, and what was read.
    fn whole(text: &[u8]) -> (Vec<(u64, String)>, ReadStats) {
        let mut shown = Vec::new();
        let see = |number, line: &Line<'_>| shown.push((number, format!("{line:?}")));
        let stats = LogReader::new(Some(MachineId(1))).read(text, see).unwrap();
        (shown, stats)
    }

    fn in_chunks(text: &[u8]) -> (Vec<(u64, String)>, ReadStats) {
        let mut shown = Vec::new();
        let mut cutter = Cutter::new(text);
        let mut reader = LogReader::new(Some(MachineId(1)));
        let mut chunk = Chunk::default();
        loop {
            chunk = cutter.cut(chunk).unwrap();
            chunk.parse();
            reader.take(&chunk, |number, line| shown.push((number, format!("{line:?}"))));
            if chunk.is_last() {
                return (shown, reader.into_taken());
            }
        }
    }

    const LINES: [&str; 8] = [
        "2026-03-05 12:46:04.020113 | INTERNAL | Clock: 1 | Internal event, Tick: 1",
        "2026-03-05 12:46:06 | RECEIVE | Clock: 13 | Message clock: 12, Queue length: 0\r",
        "2026-03-05 12:46:06 | RECEIVE | Clock: 13 | Message clock: 12,ç Queue length: 0",
        "Clock rate: 4 ticks per second",
        "Machine 2 log started at 2026-03-05 12:46:02.409909",
        "",
        "hello",
        "2026-03-05 12:46:07 | ERROR | Clock: 13 | it rains",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn chunks_make_up_what_the_whole_log_does(
            lines in prop::collection::vec(0..LINES.len(), 1..60),
            times in 1usize..200,
            long in prop_oneof![Just(0), 0..3 * CHUNK_BYTES, Just(RAW_LINE_BYTES_MAX), Just(RAW_LINE_BYTES_MAX - 1)],
            marked: bool,
            rest in 0..40usize,
        ) {
            let mut text = if marked { super::super::BYTE_ORDER_MARK.to_vec() } else { Vec::new() };
            for at in 0..times {
                for line in &lines {
                    text.extend_from_slice(LINES[*line].as_bytes());
                    text.push(b'\n');
                }
                if at == times / 2 && long > 0 {
                    text.extend(vec![b'x'; long]);
                    text.push(b'\n');
                }
            }
            text.extend_from_slice(&LINES[0].as_bytes()[..rest]);
            prop_assert_eq!(in_chunks(&text), whole(&text));
        }
    }

    #[test]
    fn a_log_of_exactly_a_chunk_and_one_of_nothing_are_read() {
        for length in [0, 1, RAW_LINE_BYTES_MAX, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1] {
            for end in [b"x", b"\n"] {
                let mut text = vec![b'y'; length.saturating_sub(1)];
                text.extend_from_slice(&end[..length.min(1)]);
                assert_eq!(in_chunks(&text), whole(&text), "{length}");
            }
        }
    }
}
