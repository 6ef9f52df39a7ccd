//! The tail of a file that somebody else is writing.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use crate::files::regular::open_regular;
use crate::log::{RawLine, read_raw_lines};

/// Whoever is further behind than this leaves the middle out.
const BEHIND_MAX: u64 = 64 << 20;
/// What is read of the end then.
const END_BYTES: u64 = 1 << 20;

/// How far a file has been read. A line that is not whole yet is kept until
/// its end comes.
#[derive(Debug, Default)]
pub struct Tail {
    position: u64,
    rest: Vec<u8>,
    /// The rest of a line whose beginning was left out comes first.
    inside_line: bool,
}

/// What a look at a file showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// More can be read at once.
    pub more: bool,
    /// When the file grew last.
    pub grown: Option<SystemTime>,
    /// Lines were left out, for the file grows faster than it can be read.
    pub skipped: bool,
    /// The file is another than before: nothing was read, and the next look
    /// begins at its beginning.
    pub anew: bool,
}

impl Tail {
    /// Reads at most `bytes_max` of what is new, and shows every whole line.
    /// A file that is not there yet is no error.
    pub fn read(&mut self, path: &Path, bytes_max: u64, mut see: impl FnMut(&[u8])) -> io::Result<Look> {
        let mut file = match open_regular(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::default()),
            file => file?,
        };
        let metadata = file.metadata()?;
        let length = metadata.len();
        let mut look = Look { grown: metadata.modified().ok(), ..Look::default() };
        if length < self.position {
            *self = Tail::default();
            return Ok(Look { anew: true, more: true, ..look });
        }
        // The first look is at the beginning, where the header is.
        if self.position > 0 && length - self.position > BEHIND_MAX {
            *self = Tail { position: length - END_BYTES, rest: Vec::new(), inside_line: true };
            look.skipped = true;
        }
        let unread = (length - self.position).min(bytes_max);
        if unread > 0 {
            file.seek(SeekFrom::Start(self.position))?;
            self.take(file.take(unread), &mut see)?;
        }
        look.more = self.position < length;
        Ok(look)
    }

    fn take(&mut self, input: impl Read, see: &mut impl FnMut(&[u8])) -> io::Result<()> {
        let held = std::mem::take(&mut self.rest);
        let mut counted = Counted { input, bytes: 0 };
        let (rest, inside_line) = (&mut self.rest, &mut self.inside_line);
        let outcome = read_raw_lines(held.chain(&mut counted), |line| match line {
            RawLine::Line(line) => {
                if !std::mem::take(inside_line) {
                    see(line);
                }
            }
            RawLine::TooLong(_) => *inside_line = true,
            RawLine::Rest(text) => rest.extend_from_slice(text),
        });
        self.position += counted.bytes;
        outcome
    }
}

/// Counts what was read, for a file may be shorter than it was said to be.
struct Counted<R> {
    input: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.input.read(buffer)?;
        self.bytes += bytes as u64;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::fs::File;
    use std::io::Write;

    fn lines(tail: &mut Tail, path: &Path) -> (Vec<String>, Look) {
        let mut lines = Vec::new();
        let look =
            tail.read(path, 1 << 20, |line| lines.push(String::from_utf8_lossy(line).into_owned())).unwrap();
        (lines, look)
    }

    #[test]
    fn a_line_is_shown_once_and_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut tail = Tail::default();
        assert_eq!(lines(&mut tail, &path), (Vec::new(), Look::default()), "not there yet");
        let mut file = File::create(&path).unwrap();
        for (written, expected) in
            [("one\ntw", vec!["one"]), ("", vec![]), ("o", vec![]), ("\n\nend", vec!["two", ""])]
        {
            file.write_all(written.as_bytes()).unwrap();
            assert_eq!(lines(&mut tail, &path).0, expected, "after {written:?}");
        }
    }

    #[test]
    fn a_file_is_read_in_portions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "one\ntwo\nthree\n").unwrap();
        let (mut tail, mut seen, mut looks) = (Tail::default(), Vec::new(), 0);
        while tail.read(&path, 5, |line| seen.push(line.to_owned())).unwrap().more {
            looks += 1;
        }
        assert_eq!((seen.join(&b' '), looks), (b"one two three".to_vec(), 2));
    }

    #[test]
    fn a_file_that_is_shorter_than_before_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut tail = Tail::default();
        fs::write(&path, "a long line\n").unwrap();
        lines(&mut tail, &path);
        fs::write(&path, "short\n").unwrap();
        assert!(lines(&mut tail, &path).1.anew);
        assert_eq!(lines(&mut tail, &path).0, ["short"]);
    }

    #[test]
    fn whoever_is_far_behind_goes_on_near_the_end_with_a_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut tail = Tail::default();
        fs::write(&path, "head\n").unwrap();
        lines(&mut tail, &path);
        // A hole: long, and not on the disk.
        let mut file = File::options().append(true).open(&path).unwrap();
        file.set_len(BEHIND_MAX + END_BYTES).unwrap();
        file.write_all(b"the rest of a line\nlast\n").unwrap();
        let mut seen = Vec::new();
        let look = tail.read(&path, u64::MAX, |line| seen.push(line.to_owned())).unwrap();
        assert!(look.skipped);
        assert_eq!(seen, [b"last".to_vec()]);
    }
}
