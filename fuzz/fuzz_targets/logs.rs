//! Logs: every line is accounted for, chunks make up the whole, and what an
//! event says is written and read again as it was. The logs of a run, a line
//! `=====` between them, are measured, audited and exported.

#![no_main]

use std::fs;

use labctl::audit::{RULES, audit};
use labctl::export::perfetto::{self, PerfettoWriter, TraceError};
use labctl::export::shiviz::{self, ShivizWriter};
use labctl::export::{Excerpt, Window, mermaid};
use labctl::history::History;
use labctl::log::{Chunk, Cutter, Line, LogReader, LogWriter, ReadStats, Record, Stamp, file_name};
use labctl::model::event::{Action, Event, Kind, MachineId, Message};
use labctl::model::time::LabTime;
use labctl::read::find::find_runs;
use labctl::read::{Purpose, measure_run};
use labctl_fuzz::{folder, parts, reported, within};
use libfuzzer_sys::fuzz_target;

const MACHINES_MAX: usize = 4;

fuzz_target!(|data: &[u8]| {
    let logs: Vec<&[u8]> = parts(data).take(MACHINES_MAX).collect();
    for log in &logs {
        let (records, stats) = within((1 << 20) + 64 * log.len(), || read(log));
        let lines = log.iter().filter(|byte| **byte == b'\n').count() as u64;
        let rest = u64::from(log.last().is_some_and(|byte| *byte != b'\n'));
        // A line that is too long counts as several.
        assert!(stats.lines == lines + rest || log.len() > 1 << 16);
        assert!(stats.events == records.len() as u64 && stats.events + stats.unmatched <= stats.lines);
        assert_eq!(in_chunks(log), (records.clone(), stats));
        write_again(&records);
    }
    look_at_run(&logs);
});

fn record(line: &Line<'_>) -> Option<Record> {
    if let Line::Event(record) = line { Some(**record) } else { None }
}

fn read(log: &[u8]) -> (Vec<Record>, ReadStats) {
    let mut records = Vec::new();
    let stats = LogReader::new(Some(MachineId(1))).read(log, |_, line| records.extend(record(line))).unwrap();
    (records, stats)
}

fn in_chunks(log: &[u8]) -> (Vec<Record>, ReadStats) {
    let (mut cutter, mut reader) = (Cutter::new(log), LogReader::new(Some(MachineId(1))));
    let (mut records, mut chunk) = (Vec::new(), Chunk::default());
    loop {
        chunk = cutter.cut(chunk).unwrap();
        chunk.parse();
        reader.take(&chunk, |_, line| records.extend(record(line)));
        if chunk.is_last() {
            return (records, reader.into_taken());
        }
    }
}

/// Writes what events that say all that ours say, and reads them again.
fn write_again(records: &[Record]) {
    let events: Vec<(LabTime, Event, Record)> =
        records.iter().filter_map(|record| Some((time(record)?, event(record)?, *record))).collect();
    let mut text = Vec::new();
    let mut writer = LogWriter::new(&mut text, Stamp(0));
    for (time, event, _) in &events {
        writer.event(*time, event).unwrap();
    }
    drop(writer);
    let again = read(&text).0;
    let expected: Vec<Record> = events.into_iter().map(|(_, _, record)| record).collect();
    assert_eq!(again, expected);
}

/// Its lab time in a run that began at the epoch.
fn time(record: &Record) -> Option<LabTime> {
    u64::try_from(record.stamp.0).ok()?.checked_mul(1000).map(LabTime)
}

fn event(record: &Record) -> Option<Event> {
    let action = match record.kind {
        Kind::Internal => Action::Internal,
        Kind::Send => Action::Send(record.to?),
        Kind::Receive => {
            let waited = record.waited_us?.checked_mul(1000)?;
            let arrived = LabTime(time(record)?.0.checked_sub(waited)?);
            let message = Message { clock: record.message_clock?, from: record.from, arrived };
            Action::Receive { message, queue_length: record.queue_length? }
        }
    };
    // Fields that no line of ours has for its kind.
    let is_ours = record.kind == Kind::Receive || record.from.is_none() && record.waited_us.is_none();
    is_ours.then_some(Event { tick: record.tick?, clock: record.clock, action })
}

fn look_at_run(logs: &[&[u8]]) {
    let place = folder().join("run");
    fs::create_dir_all(&place).unwrap();
    for (at, id) in MachineId::all(MACHINES_MAX as u32).enumerate() {
        let path = place.join(file_name(id));
        match logs.get(at) {
            Some(log) => fs::write(path, log).unwrap(),
            None => drop(fs::remove_file(path)),
        }
    }
    let bytes: usize = logs.iter().map(|log| log.len()).sum();
    let run = match find_runs(&place) {
        Ok(runs) => runs.into_iter().next().unwrap(),
        Err(error) => return reported(&error),
    };
    let purpose = Purpose { series: true, history: true };
    let reading = match within((8 << 20) + 400 * bytes, || measure_run(&run, purpose)) {
        Ok(reading) => reading,
        Err(error) => return reported(&error),
    };
    for row in &reading.rows {
        assert_eq!(row.events, row.internal + row.sends + row.receives);
        assert!(row.max_queue >= row.end_queue || row.max_queue.is_none(), "{row:?}");
        assert!(row.utilisation.is_none_or(|share| (0.0..=1.0).contains(&share)));
    }
    let history = reading.history.unwrap();
    within((8 << 20) + 400 * bytes, || judge(&history));
    if history.events() > 0 {
        within((8 << 20) + 4000 * bytes, || export(&history, reading.origin));
    }
}

fn judge(history: &History) {
    let audit = audit(history, None, &RULES);
    for result in &audit.results {
        assert!(result.count() >= result.shown().len() as u64);
    }
}

fn export(history: &History, origin: Stamp) {
    let window = Window::default();
    let excerpt = Excerpt::of(("x", "run"), history, origin, &window);
    let mut text = Vec::new();
    let mut writer = ShivizWriter::new(&mut text).unwrap();
    writer.add(&excerpt).unwrap();
    let events = writer.finish().unwrap();
    if let Err(error) = shiviz::check(&text[..], events) {
        panic!("{error}\n{}", String::from_utf8_lossy(&text));
    }
    let mut text = Vec::new();
    let mut writer = PerfettoWriter::new(&mut text).unwrap();
    match writer.add(&excerpt) {
        Ok(_) => {
            let slices = writer.finish().unwrap();
            if let Err(error) = perfetto::check(&text[..], slices) {
                panic!("{error}\n{}", String::from_utf8_lossy(&text));
            }
        }
        Err(TraceError::Beyond(beyond)) => reported(&beyond),
        Err(error) => panic!("{error}"),
    }
    let mut text = Vec::new();
    let rows = mermaid::write(&mut text, &excerpt).unwrap();
    if let Err(error) = mermaid::check(&text[..], rows) {
        panic!("{error}\n{}", String::from_utf8_lossy(&text));
    }
}
