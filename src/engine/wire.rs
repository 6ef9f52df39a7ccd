//! What machines say to each other: lines of text over a byte stream. Pure:
//! knows no sockets.
//!
//! A message is `clock:<decimal>\n`, as the notebook's machines send it. What
//! `labctl` machines tell each other besides begins with `labctl-`, which the
//! notebook's machines ignore.

use std::io::Write;

use crate::model::event::MachineId;

/// Clocks above this are refused, so that no clock can ever overflow.
pub const CLOCK_MAX: u64 = 1 << 62;

/// Foreign machines may begin to count from up to here.
pub const FOREIGN_START_MAX: u64 = 1_000_000;
/// How many times as fast as all machines of the run together a foreign machine
/// may count.
pub const FOREIGN_PACE_MAX: u64 = 1000;

/// The largest clock taken from a foreign machine in a run whose machines
/// increment their clocks at most `increments` times, all together: machines
/// that count on from it stay below [`CLOCK_MAX`].
///
/// By Lamport's rules no clock of a run exceeds the number of its increments;
/// a foreign machine may have begun elsewhere, and may count in larger steps.
pub fn foreign_clock_max(increments: u64) -> u64 {
    let reach = FOREIGN_PACE_MAX.saturating_mul(increments).saturating_add(FOREIGN_START_MAX);
    reach.min(CLOCK_MAX.saturating_sub(increments))
}

/// The longest line that is read.
pub const LINE_BYTES_MAX: usize = 512;

/// Who a machine claims to be, said first on every connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    pub run: String,
    pub machine: MachineId,
    /// That it knows the run's token.
    pub proof: String,
}

/// One line of the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A message: the sender's logical clock.
    Clock(u64),
    Hello(Hello),
    /// The connection is refused, and why.
    Refused(String),
    /// The sender's connections all stand.
    Ready,
    /// So many foreign connections have sent messages to the sender.
    Heard {
        foreign: usize,
    },
    /// The run starts at this time, in nanoseconds since the Unix epoch.
    Go {
        unix_ns: i64,
    },
    /// The sender stopped ticking after this many messages on this connection.
    End {
        sent: u64,
    },
    /// Readable, but nothing to us.
    Other,
}

/// A line that closes its connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("a line of more than {LINE_BYTES_MAX} bytes")]
    TooLong,
    #[error("the malformed line `{0}`; a message is `clock:<decimal>` with a clock of at most {CLOCK_MAX}")]
    Malformed(String),
    #[error(
        "clock {clock} is beyond what this run can reach; from a foreign machine, clocks up to {clock_max} are \
         taken here ({FOREIGN_START_MAX} + {FOREIGN_PACE_MAX} × the ticks of all machines)"
    )]
    BeyondReach { clock: u64, clock_max: u64 },
}

/// Appends a message.
#[inline]
pub fn push_clock(out: &mut Vec<u8>, clock: u64) {
    out.extend_from_slice(b"clock:");
    out.extend_from_slice(itoa::Buffer::new().format(clock).as_bytes());
    out.push(b'\n');
}

/// The line that says it.
pub fn line(said: &Said) -> Vec<u8> {
    let mut out = Vec::new();
    let written = match said {
        Said::Clock(clock) => {
            push_clock(&mut out, *clock);
            Ok(())
        }
        Said::Hello(hello) => writeln!(out, "labctl-hello:{} {} {}", hello.run, hello.machine, hello.proof),
        Said::Refused(why) => writeln!(out, "labctl-refused:{why}"),
        Said::Ready => writeln!(out, "labctl-ready"),
        Said::Heard { foreign } => writeln!(out, "labctl-heard:{foreign}"),
        Said::Go { unix_ns } => writeln!(out, "labctl-go:{unix_ns}"),
        Said::End { sent } => writeln!(out, "labctl-end:{sent}"),
        Said::Other => writeln!(out),
    };
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    out
}

/// Cuts what arrives into lines, across reads.
#[derive(Debug, Default)]
pub struct Splitter {
    partial: Vec<u8>,
}

impl Splitter {
    /// Shows `see` every line that `bytes` completes. After an error the
    /// stream is out of step and must be closed.
    #[inline]
    pub fn feed(&mut self, bytes: &[u8], mut see: impl FnMut(Said)) -> Result<(), WireError> {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            let piece = &bytes[start..end];
            start = end + 1;
            if self.partial.is_empty() {
                see(parse(piece)?);
            } else {
                self.partial.extend_from_slice(piece);
                see(parse(&self.partial)?);
                self.partial.clear();
            }
        }
        self.partial.extend_from_slice(&bytes[start..]);
        if self.partial.len() > LINE_BYTES_MAX { Err(WireError::TooLong) } else { Ok(()) }
    }
}

#[inline]
fn parse(line: &[u8]) -> Result<Said, WireError> {
    if let Some(digits) = line.strip_prefix(b"clock:")
        && let Some(clock) = decimal(digits)
    {
        return Ok(Said::Clock(clock));
    }
    control(line)
}

/// A decimal of at most 19 digits and at most `CLOCK_MAX`.
#[inline]
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut value = 0u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    (value <= CLOCK_MAX).then_some(value)
}

#[cold]
fn control(line: &[u8]) -> Result<Said, WireError> {
    // With its `\r`, as where it comes in pieces.
    if line.len() > LINE_BYTES_MAX {
        return Err(WireError::TooLong);
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let malformed = || {
        let shown: String = String::from_utf8_lossy(line).chars().take(60).collect();
        WireError::Malformed(shown.escape_debug().to_string())
    };
    let text = str::from_utf8(line).map_err(|_| malformed())?;
    if text.chars().any(char::is_control) {
        return Err(malformed());
    }
    if let Some(clock) = text.strip_prefix("clock:") {
        return decimal(clock.as_bytes()).map(Said::Clock).ok_or_else(malformed);
    }
    let Some(said) = text.strip_prefix("labctl-") else {
        return Ok(Said::Other);
    };
    let (word, rest) = said.split_once(':').unwrap_or((said, ""));
    match word {
        "ready" => Some(Said::Ready),
        "heard" => rest.parse().ok().map(|foreign| Said::Heard { foreign }),
        "go" => rest.parse().ok().map(|unix_ns| Said::Go { unix_ns }),
        "end" => rest.parse().ok().map(|sent| Said::End { sent }),
        "refused" => Some(Said::Refused(rest.to_owned())),
        "hello" => hello(rest).map(Said::Hello),
        _ => Some(Said::Other),
    }
    .ok_or_else(malformed)
}

fn hello(text: &str) -> Option<Hello> {
    let mut words = text.split(' ');
    let run = words.next()?.to_owned();
    let machine = words.next()?.parse().ok()?;
    let proof = words.next()?.to_owned();
    words.next().is_none().then_some(Hello { run, machine, proof })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(pieces: &[&[u8]]) -> Result<Vec<Said>, WireError> {
        let mut splitter = Splitter::default();
        let mut heard = Vec::new();
        for piece in pieces {
            splitter.feed(piece, |said| heard.push(said))?;
        }
        Ok(heard)
    }

    #[test]
    fn every_line_is_heard_as_it_was_said() {
        let hello = Hello { run: "exp4".into(), machine: MachineId(3), proof: "abc".into() };
        for said in [
            Said::Clock(0),
            Said::Clock(CLOCK_MAX),
            Said::Hello(hello),
            Said::Refused("who are you?".into()),
            Said::Ready,
            Said::Heard { foreign: 2 },
            Said::Go { unix_ns: 1_772_714_762_000_000_123 },
            Said::End { sent: 12 },
        ] {
            assert_eq!(heard(&[&line(&said)]), Ok(vec![said]));
        }
    }

    #[test]
    fn lines_of_strangers_are_passed_over_when_they_are_readable() {
        assert_eq!(heard(&[b"hello there\nclock:7\r\n"]), Ok(vec![Said::Other, Said::Clock(7)]));
    }

    #[test]
    fn malformed_lines_are_refused() {
        for bad in [
            &b"clock:-1\n"[..],
            b"clock:\n",
            b"clock:NaN\n",
            b"clock:123456789012345678901234567890\n",
            b"clock:9999999999999999999\n",
            b"clock: 5\n",
            b"\xff\xfe\x00\n",
            b"a\x01b\n",
            b"labctl-go:soon\n",
            b"labctl-hello:one two\n",
        ] {
            assert!(matches!(heard(&[bad]), Err(WireError::Malformed(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_refused_before_it_fills_memory() {
        let noise = vec![b'x'; 1 << 20];
        assert_eq!(heard(&[&noise]), Err(WireError::TooLong));
        let mut ended = noise.clone();
        ended.push(b'\n');
        assert_eq!(heard(&[&ended]), Err(WireError::TooLong));
    }

    #[test]
    fn a_line_that_is_too_long_by_its_carriage_return_is_so_in_one_piece_and_in_two() {
        for (length, is_heard) in [(LINE_BYTES_MAX - 1, true), (LINE_BYTES_MAX, false)] {
            let line = [&vec![b'x'; length][..], b"\r"].concat();
            let expected = if is_heard { Ok(vec![Said::Other]) } else { Err(WireError::TooLong) };
            assert_eq!(heard(&[&line, b"\n"]), expected);
            assert_eq!(heard(&[&[&line[..], b"\n"].concat()]), expected);
        }
    }

    #[test]
    fn honest_clocks_have_room_above_every_clock_taken_from_a_foreign_machine() {
        for increments in [0, 1, 100, 1 << 40, 1 << 53, 1 << 61, CLOCK_MAX] {
            let largest = foreign_clock_max(increments);
            assert!(largest + increments <= CLOCK_MAX, "{increments}");
        }
        assert_eq!(foreign_clock_max(3_600), 4_600_000);
    }

    proptest! {
        #[test]
        fn cuts_between_reads_change_nothing(clocks in prop::collection::vec(0..CLOCK_MAX, 0..50), size in 1usize..40) {
            let mut bytes = Vec::new();
            clocks.iter().for_each(|clock| push_clock(&mut bytes, *clock));
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            let expected: Vec<_> = clocks.into_iter().map(Said::Clock).collect();
            prop_assert_eq!(heard(&pieces), Ok(expected));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = heard(&[&bytes]);
        }
    }
}
