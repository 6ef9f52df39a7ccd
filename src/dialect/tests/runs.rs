//! How files make up runs.

use std::path::PathBuf;
use std::sync::Arc;

use super::dialect;
use crate::dialect::Dialect;
use crate::read::dialect_runs::find_runs;
use crate::read::run_path::RunPath;
use crate::read::runs_error::RunsError;

fn made(keys: &str) -> Arc<Dialect> {
    Arc::new(dialect(&format!(
        "name = \"t\"\ntime = \"elapsed-s\"\n{keys}\n[[event]]\nkind = \"internal\"\nmatch = '(?<time>\\d+) (?<clock>\\d+)'\n"
    )))
}

fn found(keys: &str, files: &[&str], asked: &[&str]) -> Result<Vec<RunPath>, RunsError> {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "1 1\n").unwrap();
    }
    let paths: Vec<PathBuf> = asked.iter().map(|path| root.path().join(path)).collect();
    find_runs(&made(keys), &paths, &[2.0, 3.0]).map(|found| found.runs)
}

/// `experiment/run: machine machine …`, a run each.
fn reported(runs: &[RunPath]) -> Vec<String> {
    let machines = |run: &RunPath| -> Vec<String> {
        let logs = run.dialect.as_ref().unwrap();
        logs.contexts.iter().map(|context| context.machine.to_string()).collect()
    };
    runs.iter().map(|run| format!("{}/{}: {}", run.experiment, run.run, machines(run).join(" "))).collect()
}

#[test]
fn a_folder_is_a_run_and_the_stem_names_the_machine() {
    let keys = "files = 'vm_(?<machine>\\d+)\\.log'\nmachines = { first = 0 }";
    let files = ["a/vm_10.log", "a/vm_0.log", "a/notes.txt", "b/vm_0.log", ".git/vm_0.log"];
    assert_eq!(reported(&found(keys, &files, &["."]).unwrap()), ["a/a: 1 11", "b/b: 1"]);
}

#[test]
fn one_folder_can_hold_several_runs() {
    let keys = "files = 'run_(?<run>\\d)_p(?<machine>[A-C])\\.log'\nmachines = { names = \"letters\" }";
    let files = ["all/run_1_pA.log", "all/run_1_pC.log", "all/run_2_pB.log"];
    assert_eq!(reported(&found(keys, &files, &["all"]).unwrap()), ["all/1: 1 3", "all/2: 2"]);
}

#[test]
fn a_folder_can_name_the_machine() {
    let keys = "files = 'c(?<machine>\\d)/events\\.csv'";
    let files = ["run/c1/events.csv", "run/c2/events.csv"];
    assert_eq!(reported(&found(keys, &files, &["run"]).unwrap()), ["run/run: 1 2"]);
}

#[test]
fn names_in_order_are_numbered_even_if_one_log_is_asked_for() {
    let keys = "files = '(?<machine>\\d+)\\.log'\nmachines = { names = \"sorted\" }";
    let files = ["r/10000.log", "r/7978.log", "r/7977.log"];
    let runs = found(keys, &files, &["r/10000.log"]).unwrap();
    assert_eq!(reported(&runs), ["r/r: 3"]);
    let context = &runs[0].dialect.as_ref().unwrap().contexts[0];
    assert_eq!(context.machine_names, ["7977", "7978", "10000"]);
    assert_eq!((context.machines, context.clock_rate), (3, None));
}

#[test]
fn named_files_are_logs_whatever_they_are_called() {
    let keys = "files = 'vm_(?<machine>\\d+)\\.log'";
    let runs = found(keys, &["x/first.log", "x/second.log"], &["x/second.log", "x/first.log"]).unwrap();
    assert_eq!(reported(&runs), ["x/x: 1 2"]);
    let rates: Vec<_> =
        runs[0].dialect.as_ref().unwrap().contexts.iter().map(|context| context.clock_rate).collect();
    assert_eq!(rates, [Some(2.0), Some(3.0)]);
}

#[test]
fn what_cannot_be_put_in_order_is_reported() {
    let keys = "files = '.*m(?<machine>\\w+)\\.log'";
    let twice = found(keys, &["r/a_m1.log", "r/b_m1.log"], &["r"]).unwrap_err().to_string();
    assert!(twice.contains("are both of machine 1") && twice.contains("`run`"), "{twice}");
    let unnamed = found(keys, &["r/mx.log"], &["r"]).unwrap_err().to_string();
    assert!(unnamed.contains("no name that the dialect t knows"), "{unnamed}");
    let nothing = found(keys, &["r/readme.md"], &["r"]).unwrap_err().to_string();
    assert!(nothing.contains("holds no logs that are named"), "{nothing}");
    assert!(matches!(found(keys, &[], &["gone"]), Err(RunsError::Read { .. })));
}
