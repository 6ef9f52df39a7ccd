//! A whole sweep in the simulator: runs of three machines and 60 s of lab time,
//! with their metrics, their journal, both tables and all statistics; and the
//! same runs alone beside it.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use labctl::engine::{StopSwitch, Token};
use labctl::model::engine::Engine;
use labctl::plan::{Plan, cells};
use labctl::predict::simulated::simulate_metrics;
use labctl::spec::SpecText;
use labctl::store::version::VERSION;
use labctl::sweep::{Execution, Journal, SweepFolder, collect};

const REPLICATES: u32 = 1000;
const SPEC: &str = "name = \"s\"\nduration = \"60s\"\n\
    [[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 3\n[[machine]]\nclock_rate = 6\n";

pub fn bench(criterion: &mut Criterion) {
    let source = SpecText { name: "bench".to_owned(), text: SPEC.to_owned() };
    let cells = cells(&[source], &[], Some(REPLICATES)).expect("a cell");
    let plan = Plan::new(Engine::Simulator, None, cells);
    let mut group = criterion.benchmark_group("sweep, a run of 60 s");
    group.sample_size(10).throughput(Throughput::Elements(plan.run_count()));
    group.bench_function("simulated and measured alone, one core", |bencher| {
        bencher.iter(|| {
            for number in 0..plan.run_count() {
                black_box(simulate_metrics(&plan.run(number), &StopSwitch::default()));
            }
        });
    });
    group.bench_function("journalled, collected and summarised, all cores", |bencher| {
        bencher.iter(|| sweep(&plan));
    });
    group.finish();
}

fn sweep(plan: &Plan) {
    let results = tempfile::tempdir().expect("a folder");
    let folder = SweepFolder::at(results.path().join("sweep"));
    folder.create(plan).expect("a sweep");
    let journal = Journal::begin(&folder.journals(), &plan.hash(VERSION)).expect("a journal");
    Execution {
        plan,
        folder: &folder,
        journal: &journal,
        stop: &StopSwitch::default(),
        token: &Token::of([0; 16]),
        fail_fast: false,
        ended: &|_| {},
    }
    .run_missing()
    .expect("all runs");
    let summary = collect(&folder, plan, &[], |_| {}).expect("a result");
    assert_eq!(summary.done, plan.run_count());
}
