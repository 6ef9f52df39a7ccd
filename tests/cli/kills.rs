//! Runs and sweeps killed at random instants: what is on disk then is true and
//! can be read, nothing older than half a second is lost, no process is left,
//! and a sweep goes on to where it would have come without. The instants follow
//! from a seed, which a failure prints and `LABCTL_KILLS_SEED` sets.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use rustix::process::Signal;

use crate::support::{Lab, wait_for};

const RUNS: usize = 100;
/// Of either engine.
const SWEEPS: usize = 25;
/// More than there are processors: they mostly sleep.
const AT_ONCE: usize = 6;
/// Half a second is promised; a busy host may stop a thread for as long again.
const LOSS_MAX: Duration = Duration::from_millis(1000);
const SPEEDUP: u32 = 10;

const SPEC: &str = "name = \"lab\"\nduration = \"20s\"\nspeedup = 10\nseed = 7\n\
    [[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 6\n";
/// States in which a kill can find a run.
const STATES: [&[&str]; 4] = [
    &[],
    &["--isolation=process"],
    &["--delay=exponential:2s"],
    // It sleeps for longer than any line may wait for its file.
    &["--delay=constant:15s", "--set=network.where=sender"],
];

fn seed() -> u64 {
    let given = std::env::var("LABCTL_KILLS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().hash_one(0) >> 16);
    eprintln!("LABCTL_KILLS_SEED={seed}");
    seed
}

/// An instant between the start and `whole`.
fn instant(seed: u64, number: usize, whole: Duration) -> Duration {
    let digest = labctl::files::digest::sha256(format!("{seed} {number}").as_bytes());
    let drawn = u32::from_str_radix(&digest[..8], 16).unwrap();
    whole.mul_f64(f64::from(drawn) / f64::from(u32::MAX))
}

/// Does `work` with every number below `count`, several at once.
fn side_by_side(count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Relaxed)).filter(|number| *number < count) {
                    work(number);
                }
            });
        }
    });
}

/// Runs it to its end; how long that took, for kills to fall into the like of it.
#[expect(clippy::disallowed_methods)]
fn whole(lab: &Lab, args: &[&str]) -> Duration {
    let begin = Instant::now();
    lab.labctl(args).code(0);
    begin.elapsed()
}

/// Starts it and kills it at this instant: when that was, in UTC, or nothing where
/// it had ended before.
fn killed(lab: &Lab, args: &[&str], at: Duration) -> Option<DateTime> {
    let running = lab.start(args);
    thread::sleep(at);
    let now = Offset::UTC.to_datetime(Timestamp::now());
    running.signal(Signal::KILL);
    let said = running.end();
    assert!(matches!(said.code, None | Some(0)), "{}", said.talk);
    said.code.is_none().then_some(now)
}

fn no_process_is_left_in(lab: &Lab) {
    let folder = fs::canonicalize(lab.path(".")).unwrap();
    wait_for("the end of every process", || {
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let mut there = processes.map(|process| fs::read_link(process.path().join("cwd")));
        (!there.any(|cwd| cwd.is_ok_and(|cwd| cwd == folder))).then_some(())
    });
}

/// A log as far as it is on disk: a line that was cut off by the kill is left out.
#[derive(Default)]
struct Log {
    sent: BTreeSet<u64>,
    /// Stamp, sender and clock of each message.
    received: Vec<(DateTime, u32, u64)>,
    /// When its lab time began.
    start: Option<DateTime>,
    /// The stamp of each event.
    events: Vec<DateTime>,
    last: Option<DateTime>,
}

fn number<T: std::str::FromStr>(line: &str, name: &str) -> Option<T> {
    let (_, rest) = line.split_once(&format!("{name}: "))?;
    rest.split([',', ' ']).next()?.parse().ok()
}

fn log(path: &Path) -> Log {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut log = Log::default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let start = whole.lines().next().and_then(|line| line.split_once(" log started at "));
    log.start = start.map(|(_, at)| at.parse().unwrap());
    for line in whole.lines().skip(2) {
        let fields: Vec<&str> = line.splitn(4, " | ").collect();
        let [stamp, kind, clock, what] = *fields.as_slice() else { panic!("{path:?}: {line}") };
        let stamp = stamp.parse().unwrap_or_else(|_| panic!("{path:?}: {line}"));
        log.last = Some(stamp);
        if !matches!(kind, "ERROR" | "END") {
            log.events.push(stamp);
        }
        match kind {
            "SEND" => drop(log.sent.insert(number(clock, "Clock").unwrap())),
            "RECEIVE" => {
                let (from, message) = (number(what, "From").unwrap(), number(what, "Message clock").unwrap());
                log.received.push((stamp, from, message));
            }
            "INTERNAL" | "ERROR" | "END" => {}
            _ => panic!("{path:?}: {line}"),
        }
    }
    log
}

/// Whoever received a message proves that it was sent, and when at the latest.
fn nothing_but_the_last_is_lost(folder: &Path) {
    let logs: BTreeMap<u32, Log> =
        (1..=3).map(|machine| (machine, log(&folder.join(format!("log_{machine}.txt"))))).collect();
    let Some(newest) = logs.values().filter_map(|log| log.last).max() else { return };
    for (machine, log) in &logs {
        for (stamp, from, clock) in &log.received {
            let age = stamp.duration_until(newest).unsigned_abs() / SPEEDUP;
            assert!(
                age < LOSS_MAX || logs[from].sent.contains(clock),
                "{folder:?}: machine {machine} had message {clock} of machine {from} {age:?} before the kill, and its SEND is lost"
            );
        }
    }
}

/// A whole run of the same seed tells how many events a machine had logged by
/// then: those that are older than they may be are on disk.
fn no_old_line_is_lost(folder: &Path, whole: &Path, killed: DateTime) {
    for name in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        let (log, whole) = (log(&folder.join(name)), log(&whole.join(name)));
        let (Some(start), Some(whole_start)) = (log.start, whole.start) else { continue };
        let ran = start.duration_until(killed);
        let kept_until = (ran - LOSS_MAX.try_into().unwrap()) * SPEEDUP as i32;
        let old =
            whole.events.iter().filter(|stamp| whole_start.duration_until(**stamp) < kept_until).count();
        assert!(
            log.events.len() >= old,
            "{folder:?}/{name} has {} events, and {old} were older than {LOSS_MAX:?} at the kill",
            log.events.len()
        );
    }
}

#[test]
fn a_hundred_runs_killed_at_random_instants_leave_logs_that_are_true() {
    let seed = seed();
    let lab = Lab::with_spec(SPEC);
    let run = |name: &str, state: usize| {
        let name = format!("--name={name}");
        ["run", "lab.toml", &name]
            .iter()
            .chain(STATES[state])
            .map(|arg| (*arg).to_owned())
            .collect::<Vec<_>>()
    };
    let whole_run = |state| {
        let args = run(&format!("whole{state}"), state);
        whole(&lab, &args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    // All last as long as their spec says.
    let span = whole_run(0);
    side_by_side(STATES.len() - 1, |state| _ = whole_run(state + 1));
    side_by_side(RUNS, |number| {
        let (name, state) = (format!("r{number}"), number % STATES.len());
        let args = run(&name, state);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let killed = killed(&lab, &args, instant(seed, number, span));
        let has_ended = killed.is_none();
        let (place, partial) = (format!("results/lab/{name}"), format!("results/lab/{name}.partial"));
        assert!(lab.has(&place) || !has_ended, "{name} said that it was done");
        if lab.has(&place) {
            assert_eq!(lab.json(&format!("{place}/manifest.json"))["status"], "completed", "{name}");
            assert!(lab.has(&format!("{place}/metrics.csv")) && !lab.has(&partial), "{name}");
        } else if let Some(killed) = killed {
            no_old_line_is_lost(&lab.path(&partial), &lab.path(&format!("results/lab/whole{state}")), killed);
        }
    });
    no_process_is_left_in(&lab);
    for name in lab.names("results/lab").iter().filter(|name| *name != "latest") {
        nothing_but_the_last_is_lost(&lab.path(&format!("results/lab/{name}")));
    }
    let has_events = |name: &&String| {
        (1..=3).any(|machine| log(&lab.path(&format!("results/lab/{name}/log_{machine}.txt"))).last.is_some())
    };
    let all = lab.names("results/lab");
    let readable: Vec<String> =
        all.iter().filter(has_events).map(|name| format!("results/lab/{name}")).collect();
    let paths: Vec<&str> = readable.iter().map(String::as_str).collect();
    assert!(paths.len() > RUNS / 4, "only {} runs had begun", paths.len());
    lab.labctl(&[&["metrics"], paths.as_slice()].concat()).code(0);
}

/// Kills sweeps of one kind, and checks what `--resume` makes of them against one
/// that nobody disturbed.
fn sweeps_go_on(kind: &[&str], same: impl Fn(&Lab, &str) + Sync) {
    let seed = seed();
    let lab = Lab::with_spec(&SPEC.replace("speedup = 10", "speedup = 100"));
    let span = whole(&lab, &[kind, &["--name=whole"]].concat());
    side_by_side(SWEEPS, |number| {
        let name = format!("s{number}");
        let its_name = format!("--name={name}");
        let cut = [kind, &[&its_name]].concat();
        killed(&lab, &cut, instant(seed, number, span));
        let has_plan = lab.has(&format!("results/{name}/plan.json"));
        // What was killed before there was a plan has nothing to go on with.
        let resumed = if has_plan { [&cut[..], &["--resume"]].concat() } else { cut };
        lab.labctl(&resumed).code(0);
        same(&lab, &name);
        assert_eq!(lab.names(&format!("results/{name}")), lab.names("results/whole"), "{name}");
    });
    no_process_is_left_in(&lab);
}

#[test]
fn simulated_sweeps_killed_at_random_instants_go_on_to_the_same_bytes() {
    let kind = ["sweep", "lab.toml", "--engine=sim", "--internal-prob=0.2,0.7", "--replicates=100"];
    sweeps_go_on(&kind, |lab, name| {
        for file in ["runs.csv", "summary.csv"] {
            let read = |name: &str| lab.read(&format!("results/{name}/{file}"));
            assert!(read(name) == read("whole"), "{name}: {file}");
        }
    });
}

#[test]
fn sweeps_on_sockets_killed_at_random_instants_go_on_to_all_their_runs() {
    let kind = ["sweep", "lab.toml", "--internal-prob=0.2,0.7", "--replicates=3"];
    sweeps_go_on(&kind, |lab, name| {
        let runs = |name: &str| -> BTreeSet<(String, String, String)> {
            let rows = lab.rows(&format!("results/{name}/runs.csv"));
            rows.iter().map(|row| (row["run"].clone(), row["machine"].clone(), row["seed"].clone())).collect()
        };
        assert_eq!(runs(name), runs("whole"), "{name}");
    });
}
