//! A log cut into records: lines, or several lines that belong together.

use std::io::{self, Read};
use std::mem;

use regex::bytes::Regex;

use crate::log::{BYTE_ORDER_MARK, RawLine, read_raw_lines};

/// No record of a log is this long; what is, is taken piece by piece.
const RECORD_BYTES_MAX: usize = 64 * 1024;

/// One record.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// Its first line, counted from 1.
    pub number: u64,
    /// How many lines it has.
    pub lines: u64,
    /// Its lines, joined with line feeds, without blank ones.
    pub text: &'a [u8],
    /// A line longer than any log's.
    pub too_long: bool,
}

/// Where a record of several lines begins and ends; without either each line is one.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// Fits its first line.
    pub begins: Option<Regex>,
    /// Fits the line after its last.
    pub ends: Option<Regex>,
}

/// Reads to the end and shows every record in order.
pub fn read_records(bounds: &Bounds, input: impl Read, mut see: impl FnMut(Chunk<'_>)) -> io::Result<()> {
    let mut number = 0;
    let mut held = Held::default();
    read_raw_lines(input, |line| {
        let (text, too_long) = match line {
            RawLine::Rest([]) => return,
            RawLine::Line(text) | RawLine::Rest(text) => (text, false),
            RawLine::TooLong(text) => (text, true),
        };
        number += 1;
        let text = if number == 1 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text) } else { text };
        match bounds {
            Bounds { begins: None, ends: None } => see(Chunk { number, lines: 1, text, too_long }),
            bounds if !too_long => held.line(number, text, bounds, &mut see),
            _ => {
                held.flush(&mut see);
                see(Chunk { number, lines: 1, text, too_long });
            }
        }
    })?;
    held.flush(&mut see);
    Ok(())
}

/// The record under way.
#[derive(Default)]
struct Held {
    text: Vec<u8>,
    number: u64,
    lines: u64,
}

impl Held {
    fn line(&mut self, number: u64, text: &[u8], bounds: &Bounds, see: &mut impl FnMut(Chunk<'_>)) {
        let text = text.trim_ascii_end();
        let ends = bounds.ends.as_ref().is_some_and(|ends| ends.is_match(text));
        let begins = match &bounds.begins {
            Some(begins) => begins.is_match(text),
            None => self.lines == 0 && !ends && !text.is_empty(),
        };
        if ends {
            self.flush(see);
            see(Chunk { number, lines: 1, text, too_long: false });
        } else if begins {
            self.flush(see);
            (self.number, self.lines) = (number, 1);
            self.text.extend_from_slice(text);
        } else if text.is_empty() || self.lines == 0 || self.text.len() + text.len() > RECORD_BYTES_MAX {
            if !text.is_empty() {
                self.flush(see);
            }
            see(Chunk { number, lines: 1, text, too_long: false });
        } else {
            self.lines += 1;
            self.text.push(b'\n');
            self.text.extend_from_slice(text);
        }
    }

    fn flush(&mut self, see: &mut impl FnMut(Chunk<'_>)) {
        let lines = mem::take(&mut self.lines);
        if lines > 0 {
            see(Chunk { number: self.number, lines, text: &self.text, too_long: false });
            self.text.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(begins: Option<&str>, text: &str) -> Vec<(u64, u64, String)> {
        let bounds = Bounds { begins: begins.map(|begins| Regex::new(begins).unwrap()), ends: None };
        let mut found = Vec::new();
        read_records(&bounds, text.as_bytes(), |chunk| {
            found.push((chunk.number, chunk.lines, String::from_utf8_lossy(chunk.text).into_owned()));
        })
        .unwrap();
        found
    }

    #[test]
    fn lines_that_belong_together_are_one_record() {
        let text = "head\nA 1\nx\n\nA 2\r\ny\r\nz";
        let of = |number, lines, text: &str| (number, lines, text.to_owned());
        let blank_is_shown_as_it_comes = of(4, 1, "");
        assert_eq!(
            records(Some("^A "), text),
            [of(1, 1, "head"), blank_is_shown_as_it_comes, of(2, 2, "A 1\nx"), of(5, 3, "A 2\ny\nz")]
        );
        assert_eq!(records(None, "a\nb").len(), 2);
        assert_eq!(records(None, "").len(), 0);
    }

    #[test]
    fn a_byte_order_mark_belongs_to_no_record() {
        let of = |number, text: &str| (number, 1, text.to_owned());
        for begins in [None, Some("^A ")] {
            let marked = "\u{feff}A 1\nA 2";
            assert_eq!(records(begins, marked), [of(1, "A 1"), of(2, "A 2")], "{begins:?}");
        }
        let joined = "A 1\n\u{feff}A 2";
        assert_eq!(
            records(None, joined),
            [of(1, "A 1"), of(2, "\u{feff}A 2")],
            "only a file's own is harmless"
        );
    }

    #[test]
    fn a_record_without_end_is_given_up_in_bounded_memory() {
        let text = format!("A\n{}", "line of some length\n".repeat(100_000));
        let found = records(Some("^A$"), &text);
        assert!(found.iter().all(|(_, _, text)| text.len() <= RECORD_BYTES_MAX));
        assert_eq!(found.iter().map(|(_, lines, _)| lines).sum::<u64>(), 100_001);
    }
}
