//! Foreign logs: what reading them by a dialect costs.

use std::fmt::Write;

use criterion::{Criterion, Throughput};
use labctl::dialect::{LogContext, detect, load, shipped};
use labctl::log::Line;
use labctl::read::log_files::read_sample;

const LINES: u64 = 100_000;

/// Lines in a dialect, in the shares of kinds that a run of three machines has.
fn log(line: impl Fn(&mut String, u64)) -> String {
    let mut text = String::new();
    (1..=LINES).for_each(|clock| line(&mut text, clock));
    text
}

/// A log in each of the ways to take lines apart.
fn logs() -> Vec<(&'static str, String)> {
    // Writing to a string cannot fail.
    let tabs = log(|text, clock| {
        let _ = match clock % 10 {
            0..4 => {
                writeln!(text, "{clock}.508\tReceive\tLogical Clock: {clock}\tQueue Length: 3\tFrom Network")
            }
            4..6 => writeln!(text, "{clock}.508\tSend\tLogical Clock: {clock}\tQueue Length: 0\tTo VM 1"),
            6 => writeln!(
                text,
                "{clock}.508\tSend All\tLogical Clock: {clock}\tQueue Length: 0\tTo VMs [1, 2]"
            ),
            _ => writeln!(
                text,
                "{clock}.508\tInternal\tLogical Clock: {clock}\tQueue Length: 0\tNo external communication"
            ),
        };
    });
    let sentences = log(|text, clock| {
        let (minute, second) = (clock / 240 % 60, clock / 4 % 60);
        let time = format!("2026-01-02 03:{minute:02}:{second:02}");
        let _ = match clock % 10 {
            0..4 => {
                writeln!(text, "{time} | RECEIVE | Clock: {clock} | Message clock: {clock}, Queue length: 3")
            }
            4..7 => writeln!(text, "{time} | SEND | Clock: {clock} | Sent to machine 3"),
            _ => writeln!(text, "{time} | INTERNAL | Clock: {clock} | Internal event"),
        };
    });
    let long = log(|text, clock| {
        let (minute, second) = (clock / 240 % 60, clock / 4 % 60);
        let time = format!("2026-01-02 03:{minute:02}:{second:02},250");
        let rest =
            format!("LOGICAL TIME: {clock} | PHYSICAL TIME: 2026-01-02 03:04:05.25, MESSAGE QUEUE LENGTH: 2");
        let _ = match clock % 10 {
            0..5 => writeln!(text, "{time} - INFO - EVENT: Receive Msg | SENDER: 3 | {rest}"),
            5..8 => writeln!(text, "{time} - INFO - EVENT: Send Msg | RECIPIENT: 1 | {rest}"),
            _ => writeln!(text, "{time} - INFO - EVENT: Internal | {rest}"),
        };
    });
    let columns = log(|text, clock| {
        let _ = match clock % 10 {
            0..4 => writeln!(text, "RECEIVED,B,2,{},{clock}", clock * 333),
            4..6 => writeln!(text, "MULTI_SEND,{},{clock}", clock * 333),
            _ => writeln!(text, "INTERNAL_EVENT,{},{clock}", clock * 333),
        };
    });
    let json = log(|text, clock| {
        let _ = writeln!(
            text,
            "{{\"event\": \"RECEIVE\", \"system_time\": 1700000000.25, \"machine_id\": 1, \"old_clock\": {}, \"new_clock\": {clock}, \"queue_len\": 0}}",
            clock - 1
        );
    });
    vec![
        ("tabs-named-fields", tabs),
        ("notebook", sentences),
        ("event-sender", long),
        ("commas-letters", columns),
        ("json-lines", json),
    ]
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dialect");
    group.sample_size(10);
    group.throughput(Throughput::Elements(LINES));
    let context = LogContext { machines: 3, ..LogContext::default() };
    for (name, text) in logs() {
        let dialect = load(name).expect("a shipped dialect");
        group.bench_function(format!("read lines of {name}"), |bencher| {
            bencher.iter(|| {
                let mut events = 0u64;
                let see = |_, line: &Line<'_>| events += u64::from(matches!(line, Line::Event(_)));
                dialect.read(&context, text.as_bytes(), see).expect("memory does not fail");
                assert_eq!(events, LINES);
            });
        });
    }
    group.throughput(Throughput::Elements(1));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vm_0.log");
    std::fs::write(&path, &logs()[0].1).expect("a log");
    group.bench_function("recognise", |bencher| {
        bencher.iter(|| detect(shipped(), &[read_sample(&path).expect("a log")]).expect("a dialect"));
    });
    group.finish();
}
