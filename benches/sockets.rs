//! A whole run at full speed: machines whose clock rate is far above what any
//! host can do, every message over TCP, every event logged. Beside it, in the
//! same minute, the same model as a student writes it in Python.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use labctl::engine::sockets::{Epoch, LogPlace, Setup, run_as_tasks};
use labctl::engine::{Gauges, StopSwitch, Token};
use labctl::model::event::MachineId;
use labctl::plan::Run;
use labctl::spec;

/// Real time of one run.
const RUN: Duration = Duration::from_millis(1500);

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sockets, full speed, 3 machines");
    group.sample_size(10).warm_up_time(RUN).measurement_time(RUN * 10).throughput(Throughput::Elements(1));
    // One iteration is one tick: what a run of fixed length served is scaled to
    // as many as criterion asks for.
    group.bench_function("labctl, a tick", |bencher| {
        bencher.iter_custom(|ticks| RUN.mul_f64(ticks as f64 / full_speed() as f64));
    });
    group.bench_function("python, a tick", |bencher| {
        bencher.iter_custom(|ticks| RUN.mul_f64(ticks as f64 / python_full_speed() as f64));
    });
    group.finish();
}

/// Ticks served by all machines together.
fn full_speed() -> u64 {
    let text = format!(
        "name = \"full-speed\"\nduration = \"{}ms\"\n{}",
        RUN.as_millis(),
        "[[machine]]\nclock_rate = 1e8\n".repeat(3)
    );
    let spec = spec::parse("full speed", &text, &[]).expect("a spec");
    let folder = tempfile::tempdir().expect("a folder for logs");
    let gauges = Gauges::new(3);
    let setup = Setup {
        run: Arc::new(Run::single(spec, "full-speed".to_owned())),
        logs: LogPlace::Folder(folder.path().to_owned()),
        token: Token::of([0; 16]),
        gauges: gauges.clone(),
        stop: StopSwitch::default(),
        observer: Arc::new(|notice| eprintln!("machine {}: {}", notice.machine, notice.text)),
        epoch: Epoch::now(),
    };
    run_as_tasks(&setup).expect("a run");
    let served =
        |id| gauges.machine(id).map_or(0, |gauge| gauge.ticks.load(std::sync::atomic::Ordering::Relaxed));
    MachineId::all(3).map(served).sum()
}

/// Lines logged by three Python machines in the same time.
fn python_full_speed() -> u64 {
    let folder = tempfile::tempdir().expect("a folder for logs");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/student.py");
    let ports = free_ports();
    let start = |id: usize| {
        let mut command = Command::new("python3");
        command.arg(&script).arg(id.to_string()).arg("1e8").arg(RUN.as_secs_f64().to_string());
        command.args(ports.iter().map(u16::to_string)).current_dir(folder.path()).stdout(Stdio::null());
        command.spawn().expect("python3")
    };
    let machines: Vec<_> = (1..=3).map(start).collect();
    for mut machine in machines {
        machine.wait().expect("a machine's end");
    }
    let lines = |id: usize| {
        let log = std::fs::read(folder.path().join(format!("log_{id}.txt"))).expect("a log");
        log.iter().filter(|byte| **byte == b'\n').count() as u64
    };
    (1..=3).map(lines).sum()
}

fn free_ports() -> Vec<u16> {
    let held: Vec<_> =
        (0..3).map(|_| std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port")).collect();
    held.iter().map(|listener| listener.local_addr().expect("an address").port()).collect()
}
