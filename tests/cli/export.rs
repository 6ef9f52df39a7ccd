//! `labctl export`: runs in the formats of other programs, and what is refused.

use std::fs;
use std::sync::OnceLock;

use crate::support::{Lab, lab_with_notebook_logs, rows, sum};

/// A folder with two simulated runs of three machines, of ten seconds each, and
/// `long/lab/long`, one of twenty minutes.
fn lab_with_runs() -> Lab {
    static MADE: OnceLock<Lab> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let lab = Lab::with_spec(
            "name = \"lab\"\nduration = \"10s\"\nseed = 7\n\
             [[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 6\n",
        );
        for (results, run, duration) in
            [("results", "r1", "10s"), ("results", "r2", "10s"), ("long", "long", "20m")]
        {
            let run = ["run", "lab.toml", "--engine", "sim", "--name", run];
            lab.labctl(&[&run[..], &["--results", results, "--duration", duration]].concat()).code(0);
        }
        lab
    });
    let lab = Lab::new();
    for run in ["results/lab/r1", "results/lab/r2", "long/lab/long"] {
        for file in made.names(run) {
            lab.write(&format!("{run}/{file}"), made.read(&format!("{run}/{file}")));
        }
    }
    lab
}

/// How many lines have this text.
fn lines_with(text: &str, what: &str) -> usize {
    text.lines().filter(|line| line.contains(what)).count()
}

#[test]
fn a_window_of_a_run_becomes_a_file_for_shiviz_and_says_what_is_missing() {
    let lab = lab_with_runs();
    let args =
        ["export", "results/lab/r1", "--to", "shiviz", "--from", "4s", "--until", "8s", "-o", "r1.log"];
    lab.labctl(&args)
        .code(0)
        .tells(&["RECEIVEs whose SEND lies outside of the window: ", "events for ShiViz in r1.log"]);
    let text = lab.read("r1.log");
    assert!(text.starts_with("(?<timestamp>-?\\d+) (?<host>\\S+) "), "{text}");
    assert_eq!(text.lines().nth(2), Some("=== lab/r1 ==="));
    for host in ["m1", "m2", "m3"] {
        let first = text.lines().skip(3).find(|line| line.split(' ').nth(1) == Some(host)).unwrap();
        assert!(first.contains(&format!("\"{host}\":1")), "its clock begins with the window: {first}");
    }
}

#[test]
fn several_runs_are_several_executions_and_runs_of_one_name_are_told_apart() {
    let lab = lab_with_runs();
    let said = lab.labctl(&["export", "results/", "--to", "shiviz"]).code(0);
    assert_eq!((lines_with(&said.out, "=== lab/r1 ==="), lines_with(&said.out, "=== lab/r2 ===")), (1, 1));
    for folder in ["a", "b"] {
        lab.write(&format!("{folder}/logs/log_1.txt"), lab.read("results/lab/r1/log_1.txt"));
    }
    let said = lab.labctl(&["export", "a", "b", "--to", "shiviz"]).code(0);
    assert_eq!((lines_with(&said.out, "=== a/logs ==="), lines_with(&said.out, "=== b/logs ===")), (1, 1));
}

#[test]
fn every_event_of_a_run_is_in_each_format() {
    let lab = lab_with_runs();
    let run = "results/lab/r1";
    let events = lab.rows("results/lab/r1/events.csv").len();
    let export = |to: &str| lab.labctl(&["export", run, "--to", to]).code(0).out;
    assert_eq!(lines_with(&export("shiviz"), "{\"m"), events);
    assert_eq!(lines_with(&export("jsonl"), "\"clock\":"), events);
    assert_eq!(export("csv"), lab.read("results/lab/r1/events.csv"));
    let perfetto: serde_json::Value = serde_json::from_str(&export("perfetto")).unwrap();
    let slices = perfetto["traceEvents"].as_array().unwrap().iter().filter(|event| event["ph"] == "X");
    assert_eq!(slices.count(), events);
    let mermaid = export("mermaid");
    assert!(mermaid.contains("machine 1, 4 ticks/s") && mermaid.contains("machine 2, 1 tick/s"), "{mermaid}");
    assert!(lines_with(&mermaid, "Note over") + lines_with(&mermaid, ")m") >= events, "{mermaid}");
}

#[test]
fn a_window_of_a_table_has_its_moments_and_machines_and_no_others() {
    let lab = lab_with_runs();
    let args = ["--to", "csv", "--from", "4s", "--until", "8s", "--machines", "1,3"];
    let said = lab.labctl(&[&["export", "results/lab/r1"], &args[..]].concat()).code(0);
    let found = rows(&said.out);
    let expected = lab.rows("results/lab/r1/events.csv").into_iter().filter(|row| {
        let time: i64 = row["time_us"].parse().unwrap();
        (4_000_000..8_000_000).contains(&time) && row["machine"] != "2"
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
    assert!(!found.is_empty());
}

#[test]
fn a_window_that_shows_nothing_leaves_nothing() {
    let lab = lab_with_runs();
    for to in ["shiviz", "perfetto", "mermaid", "csv", "jsonl", "parquet"] {
        let export = |more: &[&str]| {
            lab.labctl(&[&["export", "results/lab/r1", "--to", to, "-o", "out"], more].concat())
        };
        export(&["--from", "1h"]).code(1).tells(&["no event lies in this window; the last of all comes at"]);
        export(&["--from", "5s", "--until", "5s"]).code(2).tells(&["is to be later than --from"]);
        export(&["--machines", "1,9"]).code(2).tells(&["no log of machine 9; there are 1, 2, 3"]);
        export(&["--machines", "0"]).code(2).tells(&["a machine is a number from 1 on"]);
        export(&["--from", "soon"]).code(2).tells(&["is not a duration"]);
        assert!(!lab.has("out"), "{to}");
    }
    let left: Vec<String> = lab.names(".").into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_a_viewer_cannot_take_is_told_with_its_limit() {
    let lab = lab_with_runs();
    let long = "long";
    lab.labctl(&["export", long, "--to", "mermaid", "-o", "out.mmd"]).code(1).tells(&[
        "Mermaid would not take this, so nothing was written",
        "--from, --until and --machines show less",
        "50000 characters",
    ]);
    assert!(!lab.has("out.mmd"));
    lab.labctl(&["export", long, "--to", "shiviz", "-o", "out.log"])
        .code(0)
        .tells(&["slow with more than 5000 events"]);
    lab.labctl(&["export", "results/", "--to", "mermaid"]).code(2).tells(&["shows one run, and there are 2"]);
    lab.labctl(&["export", long, "--to", "parquet"]).code(2).tells(&["name one that is not there yet"]);
}

#[test]
fn a_tree_of_results_becomes_partitions_and_is_never_written_over() {
    let lab = lab_with_runs();
    lab.labctl(&["export", "results", "--to", "parquet", "-o", "out"])
        .code(0)
        .tells(&["events and the metrics of 6 machines in out"]);
    for table in ["events", "metrics"] {
        let file = fs::read(lab.path(&format!("out/{table}/experiment=lab/{table}-1.parquet")));
        assert!(file.unwrap().starts_with(b"PAR1"));
        assert_eq!(lab.names(&format!("out/{table}/experiment=lab")).len(), 1);
    }
    lab.labctl(&["export", "results", "--to", "parquet", "-o", "out"]).code(1).tells(&["out exists already"]);
    lab.labctl(&["export", "results", "--to", "parquet", "-o", "part", "--until", "2s"]).code(0);
    assert_eq!(lab.names("part"), ["events"], "metrics speak of whole runs");
}

#[test]
fn runs_with_nothing_but_metrics_are_in_the_tree() {
    let lab = lab_with_runs();
    fs::remove_file(lab.path("results/lab/r2/log_1.txt")).unwrap();
    fs::remove_file(lab.path("results/lab/r2/log_2.txt")).unwrap();
    fs::remove_file(lab.path("results/lab/r2/log_3.txt")).unwrap();
    lab.labctl(&["export", "results", "--to", "parquet", "-o", "out"]).code(0);
    let rows = |table: &str, column| {
        let file =
            fs::File::open(lab.path(&format!("out/{table}/experiment=lab/{table}-1.parquet"))).unwrap();
        labctl::table::parquet_content(&file, column).unwrap().rows
    };
    let events = lab.rows("results/lab/r1/events.csv").len() as u64;
    assert_eq!((rows("events", "clock"), rows("metrics", "events")), (events, 6));
    lab.labctl(&["export", "results/lab/r2", "--to", "csv"])
        .code(1)
        .tells(&["no logs here; only what was measured is kept"]);
}

#[test]
fn hostile_names_are_names_in_every_format() {
    let lab = lab_with_notebook_logs();
    for name in [
        "<script>alert(1)</script> \"q\" 'q'; # %%{x}%%".replace('/', "∕"),
        "end".to_owned(),
        "\u{202e}שלום 😀\n=== x ===".to_owned(),
    ] {
        for (file, text) in crate::support::NOTEBOOK_LOGS {
            lab.write(&format!("all/{name}/{file}"), text);
        }
        for to in ["shiviz", "perfetto", "mermaid", "csv", "jsonl"] {
            let said = lab.labctl(&["export", &format!("all/{name}"), "--to", to]).code(0);
            assert!(!said.out.is_empty(), "{name} {to}");
        }
    }
    lab.labctl(&["export", "all", "--to", "parquet", "-o", "out"]).code(0);
    let names = lab.names("out/events");
    assert!(names.iter().any(|name| name.contains("%5Cu%7Ba}%3D%3D%3D x")), "{names:?}");
    assert!(names.iter().any(|name| name.contains("%22q%22 %27q%27; %23")), "{names:?}");
}

#[test]
fn logs_of_others_are_exported_with_the_unknown_left_out() {
    let lab = Lab::new();
    lab.write(
        "theirs/machine_1_log.txt",
        "Machine 1 initialized. Clock rate=3\n\
        [INTERNAL] SystemTime=1740950560.1724, LogicalClock=1, Info=old_clock=0\n\
        [SEND] SystemTime=1740950561.1836, LogicalClock=2, Info=To=2\n",
    );
    lab.write("theirs/machine_2_log.txt", "Machine 2 initialized. Clock rate=2\n\
        [RECEIVE] SystemTime=1740950561.5112, LogicalClock=3, Info=From=1, SenderClock=2, QueueSizeAfter=0, OldLocalClock=0\n");
    let export =
        |to: &str| lab.labctl(&["export", "theirs", "--dialect", "brackets-info", "--to", to]).code(0);
    let said = export("shiviz").tells(&["dialect brackets-info: 5 lines, 5 matched"]);
    assert!(said.out.contains("L=3 q=0 {\"m1\":2,\"m2\":1} RECEIVE from m1"), "{}", said.out);
    assert!(export("jsonl").out.contains("\"tick\":null"));
    assert!(!export("perfetto").out.contains("in the queue"), "how long it waited is unknown");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_error_and_a_pipe_takes_the_data() {
    let lab = lab_with_runs();
    for to in ["shiviz", "perfetto", "csv", "jsonl", "mermaid"] {
        let line = format!("{{ \"$LABCTL\" export results/lab/r1 --to {to}; echo \"code $?\" >&2; }} | true");
        let said = lab.shell(&line);
        assert!(said.talk.contains("code 0"), "{}", said.talk);
    }
    let line = "mkfifo pipe; timeout 30 cat pipe & \"$LABCTL\" export results/lab/r1 --to csv -o pipe; wait";
    assert_eq!(lab.shell(line).out, lab.read("results/lab/r1/events.csv"));
}

#[test]
fn what_cannot_be_written_is_told_by_its_path() {
    let lab = lab_with_runs();
    for (to, place) in [("shiviz", "gone/r1.log"), ("csv", "gone/r1.csv"), ("parquet", "gone/out")] {
        lab.labctl(&["export", "results/lab/r1", "--to", to, "-o", place])
            .code(1)
            .tells(&[&format!("cannot write {place}")]);
    }
    lab.labctl(&["export", "results/lab/r1", "--to", "csv", "-o", "results"])
        .code(1)
        .tells(&["cannot write results"]);
    assert!(lab.has("results/lab/r1/events.csv"), "a folder in the way stays");
    lab.labctl(&["export", "gone", "--to", "csv"]).code(2).tells(&["cannot read gone"]);
    lab.labctl(&["export", "results", "--to", "excel"])
        .code(2)
        .tells(&["shiviz, perfetto, mermaid, csv, parquet, jsonl"]);
}

#[test]
fn metrics_and_events_agree_on_what_is_exported() {
    let lab = lab_with_runs();
    let exported = rows(&lab.labctl(&["export", "results", "--to", "csv"]).code(0).out);
    let measured: u64 = ["r1", "r2"]
        .map(|run| sum(&lab.rows(&format!("results/lab/{run}/metrics.csv")), "events"))
        .iter()
        .sum();
    assert_eq!(exported.len() as u64, measured);
}
