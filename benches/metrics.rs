//! Measuring: the meter over a log's lines, and the summary over many runs.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use labctl::log::{Line, LogReader};
use labctl::metrics::Meter;
use labctl::metrics::summary::summarise;
use labctl::model::event::MachineId;

use crate::samples::{START, logs};

const TICKS: u64 = 100_000;
const RUNS: u64 = 300;

pub fn bench(criterion: &mut Criterion) {
    let log = logs(TICKS).swap_remove(0);
    let mut records = Vec::new();
    let keep = |_, line: &Line<'_>| {
        if let Line::Event(record) = line {
            records.push(**record);
        }
    };
    LogReader::new(None).read(&log[..], keep).expect("memory does not fail");
    let measure = || {
        let mut meter = Meter::new(MachineId(1), START);
        records.iter().for_each(|record| meter.see(black_box(&Line::Event(record))));
        meter.finish("bench", "run", labctl::metrics::Machines::Are(3))
    };
    let rows: Vec<_> = (0..RUNS)
        .map(|run| labctl::metrics::MachineMetrics { run: run.to_string().into(), ..measure() })
        .collect();

    let mut group = criterion.benchmark_group("metrics");
    group.sample_size(20);
    group.throughput(Throughput::Elements(TICKS));
    group.bench_function("of a machine, an event", |bencher| bencher.iter(measure));
    group.throughput(Throughput::Elements(RUNS));
    group.bench_function("over runs, a run", |bencher| bencher.iter(|| summarise([black_box(&rows[..])])));
    group.finish();
}
