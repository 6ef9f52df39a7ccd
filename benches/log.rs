//! The event log: writing, reading, reading into the events table and into a
//! history, and the audit of that.

use std::hint::black_box;
use std::io;

use criterion::{BatchSize, Criterion, Throughput};
use labctl::audit::{RULES, audit};
use labctl::log::{Line, LogReader, LogWriter, machine_of_file};
use labctl::model::event::{Action, Event, MachineId, Message};
use labctl::model::time::LabTime;
use labctl::read::find::find_runs;
use labctl::read::{Purpose, read_history, read_run};
use labctl::table::{CsvSink, EventSink, EventTable};
use polars::prelude::{DataFrame, PolarsResult};

use crate::samples::{START, logs};

const TICKS: u64 = 300_000;

/// Takes the table's batches and forgets them: what is measured is the way
/// into the table, not the disk.
struct Forget;

impl EventSink for Forget {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        black_box(batch.height());
        Ok(())
    }

    fn finish(&mut self) -> PolarsResult<()> {
        Ok(())
    }
}

pub fn bench(criterion: &mut Criterion) {
    let logs = logs(TICKS);
    let folder = tempfile::tempdir().expect("a folder for logs");
    for (at, log) in logs.iter().enumerate() {
        std::fs::write(folder.path().join(format!("log_{}.txt", at + 1)), log).expect("a log");
    }
    let run = find_runs(folder.path()).expect("the run").remove(0);
    assert_eq!(machine_of_file(&run.logs[0]), Some(MachineId(1)));

    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Elements(1));
    group.bench_function("write a line", |bencher| {
        let mut log = LogWriter::new(io::sink(), START);
        let message = Message { clock: 123_456, from: Some(MachineId(2)), arrived: LabTime::ZERO };
        let action = Action::Receive { message, queue_length: 3 };
        let mut tick = 0;
        bencher.iter(|| {
            tick += 1;
            log.event(LabTime(tick * 1000), black_box(&Event { tick, clock: 123_457, action }))
        });
    });
    group.sample_size(10);
    group.throughput(Throughput::Elements(TICKS));
    group.bench_function("read lines", |bencher| {
        bencher.iter(|| {
            let mut events = 0u64;
            let see = |_, line: &Line<'_>| events += u64::from(matches!(line, Line::Event(_)));
            LogReader::new(None).read(&logs[0][..], see).expect("memory does not fail");
            assert_eq!(events, TICKS);
        });
    });
    group.throughput(Throughput::Elements(3 * TICKS));
    group.bench_function("into the events table", |bencher| {
        bencher.iter_batched(
            || EventTable::new(Forget),
            |mut table| {
                read_run(&run, Purpose::default(), Some(&mut table)).expect("a run");
                table.finish().expect("a table");
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("into events.csv", |bencher| {
        bencher.iter_batched(
            || EventTable::new(CsvSink::new(io::sink())),
            |mut table| {
                read_run(&run, Purpose::default(), Some(&mut table)).expect("a run");
                table.finish().expect("a table");
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("into a history, its messages matched", |bencher| {
        bencher.iter(|| read_history(&run).expect("a history").events());
    });
    let history = read_history(&run).expect("a history");
    group.bench_function("audit a history", |bencher| bencher.iter(|| audit(&history, None, &RULES).count()));
    group.finish();
}
