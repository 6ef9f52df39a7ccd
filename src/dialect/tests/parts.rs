//! Files in which several machines log, or several runs one after the other.

use std::sync::Arc;

use super::{dialect, read};
use crate::dialect::Dialect;
use crate::read::dialect_runs::find_runs;
use crate::read::run_path::RunPath;
use crate::read::runs_error::RunsError;

const TEXT: &str = "\
name = 't'
time = 'elapsed-s'
machines = { first = 0 }
[[header]]
match = '== (?<run>.+) =='
[[header]]
match = 'all tick at (?<clock_rate>\\d+)'
[[header]]
match = '(?<machine>\\d+) ticks at (?<clock_rate>\\d+)'
[[event]]
kind = 'internal'
match = '(?<machine>\\d+): (?<time>\\d+) (?<clock>\\d+)'
[[event]]
kind = 'send'
match = '(?<machine>\\d+): (?<time>\\d+) (?<clock>\\d+) to (?<to>\\d+)'
";

/// The runs of the logs, by their files, and every event of each.
fn found(dialect: Dialect, files: &[(&str, &str)]) -> Result<(Vec<RunPath>, Vec<String>), RunsError> {
    let root = tempfile::tempdir().unwrap();
    for (file, text) in files {
        std::fs::write(root.path().join(file), text).unwrap();
    }
    let dialect = Arc::new(dialect);
    let runs = find_runs(&dialect, &[root.path().to_owned()], &[])?.runs;
    let mut reported = Vec::new();
    for run in &runs {
        let contexts = &run.dialect.as_ref().unwrap().contexts;
        for (log, context) in run.logs.iter().zip(contexts) {
            let found = read(&dialect, context, &std::fs::read(log).unwrap());
            let rate = found.clock_rate.map_or("?".to_owned(), |rate| rate.to_string());
            let (own, unmatched) = (found.stats.own_lines(), found.stats.unmatched);
            reported.push(format!(
                "{}/{}: rate {rate}, {own} lines, {unmatched} strange",
                run.run, context.machine
            ));
            reported.extend(found.events);
        }
    }
    Ok((runs, reported))
}

#[test]
fn machines_in_one_file_are_told_apart_and_every_line_is_counted_once() {
    let text = "all tick at 3\n1 ticks at 5\n0: 1 1\n1: 2 1 to 0\nnonsense\n\n0: 3 2 to 1\n7: what\n1: 4 2\n";
    let (runs, reported) = found(dialect(TEXT), &[("all.log", text)]).unwrap();
    assert_eq!((runs.len(), &*runs[0].run), (1, "all"));
    let expected = [
        "all/1: rate 3, 6 lines, 2 strange",
        "3 I t=1000000 c=1",
        "7 S t=3000000 c=2 to=2",
        "all/2: rate 5, 3 lines, 0 strange",
        "4 S t=2000000 c=1 to=1",
        "9 I t=4000000 c=2",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn a_named_line_begins_each_of_several_runs() {
    let text = "== a ==\n0: 1 1\n1: 1 1\n== b/../c ==\n1: 1 7\n";
    let (_, reported) = found(dialect(TEXT), &[("all.log", text), ("more.log", "0: 1 9\n")]).unwrap();
    let expected = [
        "all-a/1: rate ?, 2 lines, 0 strange",
        "2 I t=1000000 c=1",
        "all-a/2: rate ?, 1 lines, 0 strange",
        "3 I t=1000000 c=1",
        "all-b_.._c/2: rate ?, 2 lines, 0 strange",
        "5 I t=1000000 c=7",
        "more/1: rate ?, 1 lines, 0 strange",
        "1 I t=1000000 c=9",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn a_restart_begins_the_next_run() {
    let restarts = "\
name = 't'
time = 'elapsed-s'
files = 'vm_(?<machine>\\d)\\.log'
[[header]]
match = 'started at (?<clock_rate>\\d)'
starts_run = true
[[event]]
kind = 'internal'
match = '(?<time>\\d) (?<clock>\\d)'
";
    let files = [("vm_1.log", "started at 2\n1 1\nstarted at 3\n2 5\n"), ("vm_2.log", "started at 4\n3 3\n")];
    let (runs, reported) = found(dialect(restarts), &files).unwrap();
    let named: Vec<_> = runs.iter().map(|run| (&*run.run, run.logs.len())).collect();
    assert_eq!(named, [("1", 2), ("2", 1)]);
    let expected = [
        "1/1: rate 2, 2 lines, 0 strange",
        "2 I t=1000000 c=1",
        "1/2: rate 4, 2 lines, 0 strange",
        "2 I t=3000000 c=3",
        "2/1: rate 3, 2 lines, 0 strange",
        "4 I t=2000000 c=5",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn machines_can_be_named_by_a_key_in_json_and_numbered_by_their_names() {
    let json = "\
name = 't'
time = 'epoch-s'
lines = { format = 'json' }
machines = { names = 'sorted' }
[[event]]
kind = 'send'
fields = { time = 't', clock = 'c', machine = 'who', to = 'to' }
";
    let text = "{\"t\":1,\"c\":1,\"who\":\"node-10\",\"to\":[\"node-9\"]}\n{\"t\":1,\"c\":1,\"who\":\"node-9\",\"to\":\"node-10\"}\n";
    let (_, reported) = found(dialect(json), &[("all.jsonl", text)]).unwrap();
    assert_eq!(reported[1], "2 S t=1000000 c=1 to=2");
    assert_eq!(reported[3], "1 S t=1000000 c=1 to=1");
}

#[test]
fn what_cannot_be_told_apart_is_refused() {
    let many: String = (0..300).map(|machine| format!("{machine}: 1 1\n")).collect();
    let refused = found(dialect(TEXT), &[("all.log", &many)]).unwrap_err();
    assert!(matches!(refused, RunsError::Parts { .. }), "{refused}");
    let strange = TEXT.replace("first = 0", "names = ['x', 'y']");
    let refused = found(dialect(&strange), &[("all.log", "0: 1 1\n")]).unwrap_err();
    assert!(refused.to_string().contains("no name that the dialect t knows: `0`"), "{refused}");
    let half =
        TEXT.replacen("(?<machine>\\d+): (?<time>\\d+) (?<clock>\\d+)'", "(?<time>\\d+) (?<clock>\\d+)'", 1);
    let refused = crate::dialect::parse("t.toml", &half).unwrap_err().to_string();
    assert!(refused.contains("must say where `machine` is if any event does"), "{refused}");
}
