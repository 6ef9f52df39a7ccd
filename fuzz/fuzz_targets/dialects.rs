//! Dialects: before a line `=====` the TOML of a dialect, or the name of one
//! that comes along; after it a log. The dialect loads or is refused at a place
//! in its text; the log is read in it, every line accounted for, recognised
//! among all, and a dialect proposed for it, which loads.

#![no_main]

use std::sync::LazyLock;

use labctl::dialect::{Dialect, LogContext, Sample, detect, infer, parse, shipped};
use labctl::log::Line;
use labctl_fuzz::{parts, reported, told_of, within};
use libfuzzer_sys::fuzz_target;

static SHIPPED: LazyLock<Vec<Dialect>> = LazyLock::new(shipped);
/// Of what a dialect's expressions are compiled into, for each byte of them.
const BYTES_A_BYTE: usize = 100_000;

fuzz_target!(|data: &[u8]| {
    let mut parts = parts(data);
    let Some(Ok(text)) = parts.next().map(str::from_utf8) else { return };
    let log = parts.next().unwrap_or_default();
    if let Some(dialect) = SHIPPED.iter().find(|dialect| dialect.name == text.trim()) {
        read(dialect, log);
        propose_for(log);
        return;
    }
    match within((4 << 20) + BYTES_A_BYTE * text.len(), || parse("x.toml", text)) {
        Ok(dialect) => read(&dialect, log),
        Err(error) => told_of(text, &error),
    }
});

fn read(dialect: &Dialect, log: &[u8]) {
    for machines in [0, 3] {
        let context = LogContext { machines, ..LogContext::default() };
        let mut events = 0;
        let see = |_, line: &Line<'_>| events += u64::from(matches!(line, Line::Event(_)));
        let taken = within((4 << 20) + 200 * log.len(), || dialect.read(&context, log, see)).unwrap();
        let lines = log.iter().filter(|byte| **byte == b'\n').count() as u64;
        let rest = u64::from(log.last().is_some_and(|byte| *byte != b'\n'));
        assert_eq!(taken.lines, lines + rest);
        assert_eq!(taken.events, events);
        assert!(taken.ignored + taken.unmatched <= taken.lines);
    }
}

fn propose_for(log: &[u8]) {
    let samples = [Sample { path: "vm_1.log".to_owned(), text: log.to_vec() }];
    if let Err(refusal) = detect(SHIPPED.clone(), &samples) {
        reported(&refusal);
    }
    let Some(inference) = infer(&samples) else { return };
    assert!(parse("inferred", &inference.toml).is_ok(), "{}", inference.toml);
}
