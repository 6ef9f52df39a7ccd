//! The simulator alone: no logs, no metrics; an event, by the number of machines.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use labctl::engine::simulator::simulate;
use labctl::engine::{Gauges, StopSwitch};
use labctl::plan::Run;
use labctl::spec;

/// Events of one simulated run, about.
const EVENTS: u64 = 300_000;

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulator, an event");
    group.sample_size(20);
    for machines in [3, 10, 100, 1000] {
        let seconds = EVENTS / machines / 6;
        let text = format!(
            "name = \"s\"\nduration = \"{seconds}s\"\n[[machine]]\nclock_rate = 6\ncount = {machines}\n"
        );
        let run = Run::single(spec::parse("bench", &text, &[]).expect("a spec"), "run".to_owned());
        let gauges = Gauges::new(machines as u32);
        group.throughput(Throughput::Elements(seconds * machines * 6));
        group.bench_function(format!("{machines} machines"), |bencher| {
            bencher.iter(|| {
                simulate(&run, &StopSwitch::default(), &gauges, |_, _, event| {
                    black_box(event);
                    Ok(())
                })
            });
        });
    }
    group.finish();
}
