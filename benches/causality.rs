//! Causality: the counts of a million events, the longest chains, and an
//! event's past and future.

use criterion::{Criterion, Throughput};
use labctl::causality::{Chains, PastAndFuture, Relation};
use labctl::history::{EventId, History, MachineHistory};
use labctl::log::{Line, LogReader};
use labctl::model::event::MachineId;

use crate::samples::logs;

const TICKS: u64 = 333_334;

fn history() -> History {
    let machine = |(log, id): (Vec<u8>, u32)| {
        let mut machine = MachineHistory::new(MachineId(id), "log.txt".as_ref());
        let see = |number, line: &Line<'_>| machine.see(number, line);
        let taken = LogReader::new(Some(MachineId(id))).read(&log[..], see).expect("memory does not fail");
        machine.end_of_log(taken);
        machine
    };
    History::new(logs(TICKS).into_iter().zip(1..).map(machine).collect()).expect("a log a machine")
}

pub fn bench(criterion: &mut Criterion) {
    let history = history();
    let last = EventId { machine: MachineId(1), index: TICKS as u32 - 1 };
    let mut group = criterion.benchmark_group("causality");
    group.sample_size(10);
    group.throughput(Throughput::Elements(history.events()));
    group.bench_function("count the pairs, and replay all clocks", |bencher| {
        bencher.iter(|| Relation::of(&history).pairs);
    });
    group.bench_function("find the longest chains", |bencher| {
        bencher.iter(|| Chains::of(&history).behind(&history, last).len());
    });
    group.bench_function("find an event's past and future", |bencher| {
        bencher.iter(|| PastAndFuture::of(&history, last));
    });
    group.finish();
}
