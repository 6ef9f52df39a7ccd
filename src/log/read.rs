//! Reading a whole log: line by line, in bounded memory, and telling what is
//! odd about it instead of failing or staying silent.

use std::io::{self, Chain, Cursor, Read};
use std::path::Path;

use super::chunk::Parsed;
use super::fault::shown;
use super::packed::{GZIP, unpacked};
use super::zipped::{open_in_zip, zip_of};
use super::{Chunk, FaultKind, Line, LineParser, RawLine, ReadStats, file_name, read_raw_lines};
use crate::files::regular::{open_regular, read_regular};
use crate::model::event::MachineId;

/// What some editors put before a text in UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The machine that a file named `log_<n>.txt` belongs to. No machine has two
/// names: `log_01.txt` is none of these.
pub fn machine_of_file(path: &Path) -> Option<MachineId> {
    let name = path.file_name()?.to_str()?;
    let machine = name.strip_prefix("log_")?.strip_suffix(".txt")?.parse().ok()?;
    (file_name(machine) == name).then_some(machine)
}

/// Opens a log; one that is packed by gzip, or lies in a ZIP file, is read as what it holds.
///
/// # Errors
///
/// The file cannot be read, unpacks to more than any log, or is UTF-16, which Windows makes of what a shell
/// redirects; its bytes would be no line of any log.
pub fn open_log(path: &Path) -> io::Result<LogFile> {
    if let Some((zip, within)) = zip_of(path) {
        let mut file = open_in_zip(zip, within)?;
        let start = read_start(&mut file)?;
        refuse_utf16(&start)?;
        return Ok(Cursor::new(start).chain(file));
    }
    let mut file = open_regular(path)?;
    let start = read_start(&mut file)?;
    if !start.starts_with(GZIP) {
        refuse_utf16(&start)?;
        return Ok(Cursor::new(start).chain(Box::new(file)));
    }
    let packed_bytes = file.metadata()?.len();
    let mut file = unpacked(Cursor::new(start).chain(file), packed_bytes);
    let start = read_start(&mut file)?;
    refuse_utf16(&start)?;
    Ok(Cursor::new(start).chain(Box::new(file)))
}

fn read_start(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = vec![0; START_BYTES];
    let read = loop {
        match input.read(&mut start) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    start.truncate(read);
    Ok(start)
}

/// All bytes of a log that is no larger than `bytes_max`.
///
/// # Errors
///
/// As [`open_log`], or it is larger.
pub fn read_small_log(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let is_in_zip = zip_of(path).is_some();
    let mut text = if is_in_zip { Vec::new() } else { read_regular(path, bytes_max)? };
    if is_in_zip || text.starts_with(GZIP) {
        text.clear();
        open_log(path)?.take(bytes_max + 1).read_to_end(&mut text)?;
    }
    if text.len() as u64 > bytes_max {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    refuse_utf16(&text)?;
    Ok(text)
}

fn refuse_utf16(start: &[u8]) -> io::Result<()> {
    if [b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| start.starts_with(*mark)) {
        let advice = "it is in UTF-16; save it in UTF-8, by an editor or `iconv -f UTF-16 -t UTF-8`";
        return Err(io::Error::new(io::ErrorKind::InvalidData, advice));
    }
    Ok(())
}

/// A log that was opened: what was read of it to know its encoding, and the rest.
pub type LogFile = Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

const START_BYTES: usize = 4096;

/// Reads a log file; `see` is shown every line that says something, with its
/// number. Fails only if the file cannot be read.
pub fn read_log(path: &Path, see: impl FnMut(u64, &Line<'_>)) -> io::Result<ReadStats> {
    LogReader::new(machine_of_file(path)).read(open_log(path)?, see)
}

/// Reads one log from anywhere.
#[derive(Debug, Default)]
pub struct LogReader {
    parser: LineParser,
    stats: ReadStats,
}

impl LogReader {
    /// A reader for the log of `machine`, where its file name tells.
    pub fn new(machine: Option<MachineId>) -> LogReader {
        LogReader { stats: ReadStats { machine, ..ReadStats::default() }, ..LogReader::default() }
    }

    /// Reads to the end of `input`.
    pub fn read(mut self, input: impl Read, mut see: impl FnMut(u64, &Line<'_>)) -> io::Result<ReadStats> {
        read_raw_lines(input, |line| self.raw_line(line, &mut see))?;
        Ok(self.stats)
    }

    /// Reads the next chunk of the log, which is parsed.
    pub fn take(&mut self, chunk: &Chunk, mut see: impl FnMut(u64, &Line<'_>)) {
        chunk.each(|parsed| match parsed {
            Parsed::Event(record) => {
                self.stats.lines += 1;
                let line = Line::Event(record);
                // Only of headers the text is kept.
                self.stats.take(&line, b"");
                see(self.stats.lines, &line);
            }
            Parsed::Other(line) => self.raw_line(line, &mut see),
        });
    }

    /// What was taken from the log, whose last chunk was read.
    pub fn into_taken(self) -> ReadStats {
        self.stats
    }

    #[inline]
    fn raw_line(&mut self, line: RawLine<'_>, see: &mut impl FnMut(u64, &Line<'_>)) {
        match line {
            RawLine::Line(text) => {
                self.stats.lines += 1;
                let mark = if self.stats.lines == 1 { BYTE_ORDER_MARK } else { b"" };
                self.line(text.strip_prefix(mark).unwrap_or(text), see);
            }
            RawLine::TooLong(text) => {
                self.stats.lines += 1;
                self.stats.give_up(text);
            }
            RawLine::Rest(text) => self.finish(text, see),
        }
    }

    #[inline]
    fn line(&mut self, text: &[u8], see: &mut impl FnMut(u64, &Line<'_>)) {
        match self.parser.parse(text) {
            Line::Blank => self.stats.ignored += 1,
            Line::Unmatched => self.mend(text, see),
            line => {
                self.stats.take(&line, text);
                see(self.stats.lines, &line);
            }
        }
    }

    /// Tries the line without what no log contains, bytes outside printable
    /// ASCII, and gives it up if that does not help.
    #[cold]
    fn mend(&mut self, text: &[u8], see: &mut impl FnMut(u64, &Line<'_>)) {
        let printable: Vec<u8> = text.iter().copied().filter(|byte| (b' '..=b'~').contains(byte)).collect();
        match self.parser.parse(&printable) {
            Line::Blank | Line::Unmatched => self.stats.give_up(text),
            line => {
                let text = shown(text);
                self.stats.fault(self.stats.lines, FaultKind::Mistyped { text });
                self.stats.take(&line, &printable);
                see(self.stats.lines, &line);
            }
        }
    }

    /// Takes what follows the last line feed. Numbers may lack digits there; only
    /// a record of the end, whose last word is a known one, is seen to be whole.
    fn finish(&mut self, rest: &[u8], see: &mut impl FnMut(u64, &Line<'_>)) {
        if rest.is_empty() {
            return;
        }
        self.stats.lines += 1;
        match self.parser.parse(rest) {
            Line::Blank => self.stats.ignored += 1,
            line @ Line::End(_) => {
                self.stats.take(&line, rest);
                see(self.stats.lines, &line);
            }
            _ => self.stats.fault(self.stats.lines, FaultKind::CutInsideLine { text: shown(rest) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogFault;
    use crate::log::{End, EndReason, Header, LogWriter, Record, Stamp};
    use crate::model::event::{Action, Event, Kind, Message, Recipients};
    use crate::model::time::LabTime;
    use proptest::prelude::*;

    const START: Stamp = Stamp(1_772_714_762_409_909);

    fn header() -> Header {
        Header { clock_rate: 4.0, machines: Some(3), phase: Some(LabTime(5_555_000)), speedup: Some(1.0) }
    }

    fn end() -> End {
        End {
            stamp: START.at(LabTime(60_000_000_000)),
            clock: 13,
            queue_length: 2,
            ticks: 240,
            lost_ticks: 0,
            sent: 9,
            received: 7,
            run_time: LabTime(60_000_000_000),
            reason: EndReason::Completed,
        }
    }

    fn written(events: &[(LabTime, Event)]) -> Vec<u8> {
        let mut text = Vec::new();
        let mut writer = LogWriter::new(&mut text, START);
        writer.header(MachineId(2), &header()).unwrap();
        for (time, event) in events {
            writer.event(*time, event).unwrap();
        }
        writer.end(&end()).unwrap();
        drop(writer);
        text
    }

    /// The events by line, and what else was read.
    fn read(text: &[u8]) -> (Vec<(u64, Record)>, ReadStats) {
        let mut records = Vec::new();
        let see = |number, line: &Line<'_>| {
            if let Line::Event(record) = line {
                records.push((number, **record));
            }
        };
        let stats = LogReader::new(None).read(text, see).unwrap();
        (records, stats)
    }

    fn record(time: LabTime, event: &Event) -> Record {
        let (message_clock, queue_length, from, waited_us) = match event.action {
            Action::Receive { message, queue_length } => (
                Some(message.clock),
                Some(queue_length),
                message.from,
                Some(time.saturating_sub(message.arrived).as_micros()),
            ),
            _ => (None, None, None, None),
        };
        let (kind, to) = match event.action {
            Action::Internal => (Kind::Internal, None),
            Action::Send(to) => (Kind::Send, Some(to)),
            Action::Receive { .. } => (Kind::Receive, None),
        };
        let stamp = START.at(time);
        let tick = Some(event.tick);
        Record { stamp, kind, clock: event.clock, message_clock, queue_length, from, to, tick, waited_us }
    }

    fn events() -> impl Strategy<Value = Vec<(LabTime, Event)>> {
        let recipients =
            prop_oneof![Just(Recipients::All), (1u32..9).prop_map(|id| Recipients::One(MachineId(id)))];
        let message = (any::<u64>(), proptest::option::of((1u32..9).prop_map(MachineId)), 0u64..1 << 40)
            .prop_map(|(clock, from, arrived)| Message { clock, from, arrived: LabTime(arrived) });
        let action = prop_oneof![
            Just(Action::Internal),
            recipients.prop_map(Action::Send),
            (message, any::<u64>())
                .prop_map(|(message, queue_length)| Action::Receive { message, queue_length }),
        ];
        let event = (any::<u64>(), any::<u64>(), action).prop_map(|(tick, clock, action)| Event {
            tick,
            clock,
            action,
        });
        prop::collection::vec(((0u64..1 << 50).prop_map(LabTime), event), 0..40)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(events in events()) {
            let (records, stats) = read(&written(&events));
            let records: Vec<_> = records.into_iter().map(|(_, record)| record).collect();
            let expected: Vec<_> = events.iter().map(|(time, event)| record(*time, event)).collect();
            prop_assert_eq!(records, expected);
            prop_assert_eq!(stats.machine, Some(MachineId(2)));
            prop_assert_eq!(stats.header, Some(header()));
            prop_assert_eq!(stats.end, Some(end()));
            prop_assert_eq!(stats.unmatched, 0);
        }

        #[test]
        fn a_log_cut_anywhere_is_read_up_to_the_cut(events in events(), share in 0.0..1.0) {
            let whole = written(&events);
            let cut = (whole.len() as f64 * share) as usize;
            let (lines, stats) = read(&whole[..cut]);
            let (all_lines, _) = read(&whole);
            prop_assert_eq!(&lines[..], &all_lines[..lines.len()]);
            // Without its line feed alone, the END record is whole all the same.
            let inside = cut > 0 && cut + 1 < whole.len() && whole[cut - 1] != b'\n';
            let reported = stats.faults.iter().any(|fault| matches!(fault.kind, FaultKind::CutInsideLine { .. }));
            prop_assert!(!inside || reported);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
            let (lines, stats) = read(&bytes);
            prop_assert!(lines.len() as u64 <= stats.lines);
        }
    }

    #[test]
    fn the_notebooks_lines_are_read_without_the_added_fields() {
        let text = b"Machine 1 log started at 2025-03-05 12:46:02.409909\n\
            Clock rate: 3.48 ticks per second\n\
            2025-03-05 12:46:04 | INTERNAL | Clock: 1 | Internal event\n\
            2025-03-05 12:46:04 | SEND | Clock: 2 | Sent to machine 3\n\
            2025-03-05 12:46:06 | RECEIVE | Clock: 13 | Message clock: 12, Queue length: 0\n\
            2025-03-05 12:46:07 | SEND | Clock: 14 | Sent to machine 2 with delay 0.21s\n";
        let (lines, stats) = read(text);
        assert_eq!(stats.header.map(|header| header.clock_rate), Some(3.48));
        assert_eq!((stats.events, stats.faults.len(), stats.end), (4, 0, None));
        let receive = lines[2].1;
        assert_eq!((receive.message_clock, receive.queue_length, receive.from), (Some(12), Some(0), None));
    }

    #[test]
    fn stray_characters_second_headers_and_strange_lines_are_told_by_line() {
        let text = "Clock rate: 4 ticks per second\n\
            Machine 1 log started at 2025-03-05 12:46:02.409909\n\
            Clock rate: 5 ticks per second\n\
            2025-03-05 12:46:06 | RECEIVE | Clock: 13 | Message clock: 12,ç Queue length: 0\n\
            \n\
            hello\n\
            2025-03-05 12:46:07 | INTERNAL | Clock: 13 | Internal event\r\n\
            2025-03-05 12:46:07 | INTERNAL | Clo";
        let (lines, stats) = read(text.as_bytes());
        assert_eq!(stats.header.map(|header| header.clock_rate), Some(5.0));
        assert_eq!((stats.events, stats.unmatched, stats.lines), (2, 1, 8));
        let reported: Vec<String> = stats.faults.iter().map(LogFault::to_string).collect();
        let expected = [
            "3: a second header",
            "4: a mistyped line",
            "6: nothing that a log says: `hello`",
            "8: the log is cut inside this line",
        ];
        assert_eq!(reported.len(), expected.len(), "{reported:#?}");
        for (reported, expected) in reported.iter().zip(expected) {
            assert!(reported.starts_with(expected), "{reported}");
        }
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 7]);
    }

    #[test]
    fn a_byte_order_mark_changes_nothing() {
        let whole = written(&[(LabTime(1000), Event { tick: 1, clock: 1, action: Action::Internal })]);
        let marked = [BYTE_ORDER_MARK, &whole[..]].concat();
        assert_eq!(read(&marked), read(&whole));
        assert_eq!(read(BYTE_ORDER_MARK).1.events, 0);
    }

    #[test]
    fn a_line_of_megabytes_is_counted_and_not_held() {
        let mut text = vec![b'x'; 3 << 20];
        text.extend_from_slice(b"\n2025-03-05 12:46:04 | INTERNAL | Clock: 1 | Internal event\n");
        let (_, stats) = read(&text);
        assert_eq!(stats.events, 1);
        assert!(stats.unmatched >= 1);
    }
}
