//! A log cut into lines, in memory that does not grow with it.

use std::io::{self, Read};

/// Read at once, which fits the processor's cache; also the longest line that
/// is looked at.
pub(super) const RAW_LINE_BYTES_MAX: usize = 128 * 1024;
/// As much is read first: most logs of very many are smaller, and more room
/// takes longer to be made than they to be read.
const FIRST_BYTES: usize = 8 * 1024;

/// A line of a log as its bytes, or a part of one that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawLine<'a> {
    /// A line, without its line break.
    Line(&'a [u8]),
    /// The beginning of a line that is longer than any log's.
    TooLong(&'a [u8]),
    /// What follows the last line break.
    Rest(&'a [u8]),
}

/// Reads to the end of `input` and shows every one in order.
pub fn read_raw_lines(mut input: impl Read, mut see: impl FnMut(RawLine<'_>)) -> io::Result<()> {
    let mut buffer = vec![0; FIRST_BYTES];
    let mut held = 0;
    loop {
        let got = match input.read(&mut buffer[held..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            got => got?,
        };
        if got == 0 {
            break;
        }
        let filled = held + got;
        let whole = memchr::memrchr(b'\n', &buffer[held..filled]).map_or(0, |at| held + at + 1);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &buffer[..whole]) {
            see(RawLine::Line(&buffer[start..end]));
            start = end + 1;
        }
        buffer.copy_within(whole..filled, 0);
        held = filled - whole;
        if held == RAW_LINE_BYTES_MAX {
            see(RawLine::TooLong(&buffer[..held]));
            held = 0;
        }
        if filled == buffer.len() && filled < RAW_LINE_BYTES_MAX {
            buffer.resize(RAW_LINE_BYTES_MAX, 0);
        }
    }
    see(RawLine::Rest(&buffer[..held]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_pieces_make_up_the_log(lines in prop::collection::vec("[a-z]{0,9}", 0..40), rest in "[a-z]{0,5}") {
            let text: String = lines.iter().map(|line| format!("{line}\n")).chain([rest.clone()]).collect();
            let mut pieces = Vec::new();
            let keep = |line: RawLine<'_>| pieces.push(match line {
                RawLine::Line(line) => (true, String::from_utf8_lossy(line).into_owned()),
                RawLine::TooLong(line) | RawLine::Rest(line) => (false, String::from_utf8_lossy(line).into_owned()),
            });
            read_raw_lines(text.as_bytes(), keep).unwrap();
            let expected: Vec<_> = lines.into_iter().map(|line| (true, line)).chain([(false, rest)]).collect();
            prop_assert_eq!(pieces, expected);
        }
    }

    #[test]
    fn a_line_that_ends_where_the_room_does_is_whole() {
        for length in [FIRST_BYTES - 1, FIRST_BYTES, FIRST_BYTES + 1, RAW_LINE_BYTES_MAX - 1] {
            let text = format!("a\n{}\nb\nc", "x".repeat(length));
            let mut lines = Vec::new();
            read_raw_lines(text.as_bytes(), |line| match line {
                RawLine::Line(text) | RawLine::Rest(text) => lines.push(text.len()),
                RawLine::TooLong(_) => panic!("{length} bytes are not too long"),
            })
            .unwrap();
            assert_eq!(lines, [1, length, 1, 1]);
        }
    }

    #[test]
    fn a_line_without_end_is_shown_piece_by_piece() {
        let mut long = 0;
        read_raw_lines(&vec![b'x'; 3 * RAW_LINE_BYTES_MAX][..], |line| {
            long += usize::from(matches!(line, RawLine::TooLong(_)));
        })
        .unwrap();
        assert_eq!(long, 3);
    }
}
