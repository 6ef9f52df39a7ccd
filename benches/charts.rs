//! The charts of one run.

use criterion::Criterion;
use labctl::charts::{Chart, Look, RunTheory, run_charts};
use labctl::read::find::find_runs;
use labctl::read::{Purpose, measure_run};

use crate::samples::logs;

pub fn bench(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for logs");
    for (at, log) in logs(20_000).iter().enumerate() {
        std::fs::write(folder.path().join(format!("log_{}.txt", at + 1)), log).expect("a log");
    }
    let run = find_runs(folder.path()).expect("the run").remove(0);
    let series = measure_run(&run, Purpose { series: true, history: false }).expect("a run").series;

    let mut group = criterion.benchmark_group("charts");
    group.sample_size(10);
    group.bench_function("the four of a run, as SVG", |bencher| {
        bencher.iter(|| run_charts(&series, &RunTheory::default(), Look::default()))
    });
    group.bench_function("the four of a run, as PNG", |bencher| {
        bencher.iter(|| {
            let charts = run_charts(&series, &RunTheory::default(), Look::default()).expect("charts");
            charts.iter().map(Chart::png).collect::<Result<Vec<_>, _>>().expect("pictures")
        });
    });
    group.finish();
}
