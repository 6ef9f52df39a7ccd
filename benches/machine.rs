//! The machine alone: a tick with an empty queue and one that receives.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use labctl::model::event::{MachineId, Message};
use labctl::model::machine::Machine;
use labctl::model::time::LabTime;

use crate::samples::RULES;

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("machine");
    group.throughput(Throughput::Elements(1));
    group.bench_function("tick, idle", |bencher| {
        let mut machine = Machine::new(MachineId(1), RULES, 1);
        bencher.iter(|| {
            machine.tick().for_each(|event| {
                black_box(event);
            })
        });
    });
    group.bench_function("tick, receiving", |bencher| {
        let mut machine = Machine::new(MachineId(1), RULES, 1);
        bencher.iter(|| {
            let clock = machine.clock() + 1;
            machine.deliver(Message { clock, from: Some(MachineId(2)), arrived: LabTime::ZERO });
            machine.tick().for_each(|event| {
                black_box(event);
            });
        });
    });
    group.finish();
}
