//! Messages to bytes and back.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use labctl::engine::wire::{Splitter, push_clock};

const MESSAGES: u64 = 4096;

pub fn bench(criterion: &mut Criterion) {
    let mut bytes = Vec::new();
    (0..MESSAGES).for_each(|message| push_clock(&mut bytes, 1_000_000 + message));
    let mut group = criterion.benchmark_group("wire");
    group.throughput(Throughput::Elements(MESSAGES));
    group.bench_function("write", |bencher| {
        let mut out = Vec::with_capacity(bytes.len());
        bencher.iter(|| {
            out.clear();
            (0..MESSAGES).for_each(|message| push_clock(&mut out, black_box(1_000_000 + message)));
        });
    });
    group.bench_function("read", |bencher| {
        let mut splitter = Splitter::default();
        bencher.iter(|| splitter.feed(black_box(&bytes), |said| drop(black_box(said))));
    });
    group.finish();
}
