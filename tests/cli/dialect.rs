//! Foreign logs: dialects named, recognised, tried and proposed.

use crate::support::{Lab, rows};

/// Three machines that log in columns between tabs; one message waits.
const LOGS: [(&str, &str); 3] = [
    (
        "vm_0.log",
        "0.250\tInternal\tLogical Clock: 1\tQueue Length: 0\tNo external communication\n\
         0.500\tSend\tLogical Clock: 2\tQueue Length: 0\tTo VM 1\n\
         0.750\tSend All\tLogical Clock: 3\tQueue Length: 0\tTo VMs [1, 2]\n",
    ),
    ("vm_1.log", "1.000\tReceive\tLogical Clock: 4\tQueue Length: 1\tFrom Network\n"),
    (
        "vm_2.log",
        "0.800\tReceive\tLogical Clock: 4\tQueue Length: 0\tFrom Network\n\
         1.300\tInternal\tLogical Clock: 5\tQueue Length: 0\tNo external communication\n",
    ),
];

fn lab_with_logs() -> Lab {
    let lab = Lab::new();
    for (name, text) in LOGS {
        lab.write(&format!("theirs/run_1/{name}"), text);
    }
    lab
}

#[test]
fn logs_of_others_are_recognised_and_told_of() {
    let lab = lab_with_logs();
    for dialect in [&["--dialect", "auto"] as &[&str], &[]] {
        let said = lab.labctl(&[&["parse", "theirs"], dialect].concat()).code(0).tells(&[
            "dialect: tabs-named-fields, which fits 100 % of the first lines",
            "dialect tabs-named-fields: 6 lines, 6 matched, 0 ignored, 0 unmatched",
        ]);
        let rows = rows(&said.out);
        assert_eq!(rows.len(), 6);
        let to: Vec<&str> = rows.iter().map(|row| row["to"].as_str()).collect();
        assert_eq!(to, ["", "2", "all", "", "", ""]);
        assert_eq!((rows[3]["machine"].as_str(), rows[3]["queue_length"].as_str()), ("2", "1"));
        // Seconds since the start: the time is known, and the date is not.
        assert_eq!((rows[3]["time_us"].as_str(), rows[3]["stamp_us"].as_str()), ("1000000", ""));
    }
}

#[test]
fn metrics_show_what_is_known_and_what_is_not() {
    let lab = lab_with_logs();
    let said =
        lab.labctl(&["metrics", "theirs", "--dialect", "tabs-named-fields", "--format", "csv"]).code(0);
    let found = rows(&said.out);
    assert_eq!((found[0]["clock_rate"].as_str(), found[0]["clock_drift"].as_str()), ("", ""));
    assert_eq!((found[1]["max_queue"].as_str(), found[1]["messages_sent"].as_str()), ("1", "0"));
    assert_eq!(found[0]["messages_sent"], "3");
    let rated =
        ["metrics", "theirs", "--dialect", "tabs-named-fields", "--clock-rate", "4,1,2", "--format", "csv"];
    let found = rows(&lab.labctl(&rated).code(0).out);
    assert_eq!((found[1]["clock_rate"].as_str(), found[1]["speed_ratio"].as_str()), ("1.0", "4.0"));
}

#[test]
fn a_queue_that_no_log_tells_is_unknown_and_not_0() {
    let lab = Lab::new();
    lab.write(
        "svm0_logs/vm0_log.txt",
        "Received message 1 4 at 1700000000.5 with logical clock 5\n\
         Internal event occurred at 1700000001.5 with logical clock 6\n",
    );
    let said = lab.labctl(&["metrics", "svm0_logs", "--format", "csv"]).code(0);
    let found = rows(&said.out);
    assert_eq!(
        (
            found[0]["max_queue"].as_str(),
            found[0]["end_queue"].as_str(),
            found[0]["end_queue_source"].as_str()
        ),
        ("", "", "unknown")
    );
    let table = lab.labctl(&["metrics", "svm0_logs"]).code(0).out;
    assert!(table.contains('?'), "{table}");
    lab.labctl(&["plot", "svm0_logs", "--format", "svg"]).code(0);
    let plots = lab.names("plots");
    assert!(lab.read(&format!("plots/{}/queue.svg", plots[0])).contains("do not tell the queue"));
}

#[test]
fn too_many_lines_that_fit_nothing_fail() {
    let lab = lab_with_logs();
    let log = lab.read("theirs/run_1/vm_0.log");
    lab.write("theirs/run_1/vm_0.log", format!("{log}what is this\n"));
    for command in ["parse", "metrics", "plot"] {
        let args = [command, "theirs", "--dialect", "tabs-named-fields"];
        lab.labctl(&args).code(1).tells(&[
            "vm_0.log:4: nothing that a log says: `what is this`",
            "25.0 % of the lines fit nothing",
            "7 lines, 6 matched, 0 ignored, 1 unmatched",
        ]);
        lab.labctl(&[&args[..], &["--max-unmatched", "0.3"]].concat()).code(0);
    }
}

#[test]
fn what_nobody_knows_is_refused_with_advice() {
    let lab = Lab::new();
    lab.write("odd/a.log", "one\ntwo\n");
    lab.labctl(&["parse", "odd", "--dialect", "auto"])
        .code(1)
        .tells(&["no known dialect fits these logs", "labctl dialect new"]);
    lab.labctl(&["parse", "odd"]).code(2).tells(&["labctl dialect new", "odd/a.log is not a log"]);
    lab.labctl(&["parse", "odd", "--dialect", "tabs-named-feilds"])
        .code(2)
        .tells(&["did you mean `tabs-named-fields`?"]);
    lab.write("bad.toml", "name = \"x\"\ntime = \"epoch\"\n");
    lab.labctl(&["parse", "odd", "--dialect", "bad.toml"])
        .code(2)
        .tells(&["bad.toml:1:1", "`event` is missing"]);
    lab.labctl(&["metrics", "odd", "--clock-rate", "fast"]).code(2).tells(&["a number above 0"]);
}

#[test]
fn our_own_logs_stay_our_own() {
    let lab = crate::support::lab_with_notebook_logs();
    let plain = lab.labctl(&["parse", "theirs"]).code(0);
    assert!(!plain.talk.contains("dialect"), "{}", plain.talk);
    let named = lab.labctl(&["parse", "theirs", "--dialect", "labctl"]).code(0);
    assert_eq!(named.out, plain.out);
    // The same lines in files of other names.
    for nth in 1..=3 {
        lab.write(&format!("other/m{nth}.txt"), lab.read(&format!("theirs/log_{nth}.txt")));
    }
    let other = lab.labctl(&["parse", "other"]).code(0).tells(&["dialect: notebook"]);
    let without_names =
        |csv: &str| rows(csv).into_iter().map(|mut row| (row.remove("experiment"), row.remove("run"), row).2);
    assert!(without_names(&other.out).eq(without_names(&plain.out)));
}

#[test]
fn dialects_are_listed_shown_and_tried_line_by_line() {
    let lab = lab_with_logs();
    let list = lab.labctl(&["dialect", "list"]).code(0).out;
    assert!(list.lines().count() > 20 && list.contains("\n tabs-named-fields  "), "{list}");
    let shown = lab.labctl(&["dialect", "show", "tabs-named-fields"]).code(0).out;
    assert!(shown.starts_with("name = \"tabs-named-fields\"\n"), "{shown}");
    lab.write("mine.toml", &shown);
    assert_eq!(lab.labctl(&["dialect", "show", "mine.toml"]).code(0).out, shown);
    let log = "theirs/run_1/vm_0.log";
    let tried = lab.labctl(&["dialect", "test", "mine.toml", log]).code(0).tells(&["3 lines: 3 matched"]);
    assert!(tried.out.starts_with("theirs/run_1/vm_0.log, machine 1\n"), "{}", tried.out);
    assert!(tried.out.contains("send-all") || tried.out.contains("to: [1, 2]"), "{}", tried.out);
    assert!(!tried.out.contains('\u{1b}'), "{}", tried.out);
    let coloured = lab.labctl(&["dialect", "test", "mine.toml", log, "--color", "always"]).code(0).out;
    assert!(coloured.contains('\u{1b}'), "{coloured}");
    let other = lab.labctl(&["dialect", "test", "brackets-info", log]).code(1).tells(&["3 unmatched"]);
    assert!(other.out.contains("unmatched  `0.250"), "{}", other.out);
}

#[test]
fn a_proposal_can_be_used_as_it_is() {
    let lab = lab_with_logs();
    let said = lab.labctl(&["dialect", "new", "theirs"]).code(0).tells(&[
        "4 hold, 0 do not",
        "tried on 1 run: 2 INTERNAL, 2 SEND, 2 RECEIVE; recipients known of 2 of 2 SENDs",
        "contradictions of the model; every line fits",
        "least sure of:",
    ]);
    lab.write("mine.toml", &said.out);
    let parsed = lab.labctl(&["parse", "theirs", "--dialect", "mine.toml"]).code(0);
    assert_eq!(parsed.out, lab.labctl(&["parse", "theirs"]).code(0).out);
    lab.write("empty/a.log", "nothing\n");
    lab.labctl(&["dialect", "new", "empty"]).code(1).tells(&["nothing here reads as events"]);
}

#[test]
fn logs_of_others_that_are_named_like_ours_or_like_nobodys_are_recognised_too() {
    for name in ["log_", "machine-"] {
        let lab = Lab::new();
        for (nth, (_, text)) in LOGS.iter().enumerate() {
            lab.write(&format!("theirs/{name}{}.txt", nth + 1), text);
        }
        lab.write("theirs/notes.txt", "nothing of a log\n");
        let said = lab
            .labctl(&["parse", "theirs"])
            .code(0)
            .tells(&["dialect: tabs-named-fields", "6 lines, 6 matched"]);
        let machines: Vec<String> = rows(&said.out).into_iter().map(|row| row["machine"].clone()).collect();
        assert_eq!(machines, ["1", "1", "1", "2", "3", "3"]);
    }
}

/// All machines of two runs, in one file.
const SHARED: &str = "\
=== Trial 1 ===
[VM 0] 0.25 internal, clock 1
[VM 1] 0.50 sent to 0, clock 1
[VM 0] 0.75 received 1 from 1, queue 0, clock 2
[VM 0] 1.00 internal, clock 3
=== Trial 2 ===
[VM 1] 0.50 sent to 0, clock 1
[VM 0] 0.75 received 1 from 1, queue 0, clock 9
[VM 1] 1.00 internal, clock 2
";

#[test]
fn one_file_can_hold_several_machines_and_runs() {
    let lab = Lab::new();
    lab.write("theirs/all.log", SHARED);
    let proposal = lab.labctl(&["dialect", "new", "theirs/all.log"]).code(0).out;
    assert!(proposal.contains("machines = { first = 0 }") && proposal.contains(r"\[VM (?<machine>\d+)\]"));
    assert!(proposal.contains(r"=== Trial (?<run>\d+) ==="), "{proposal}");
    // What a person has to say: what `received` is followed by.
    lab.write("mine.toml", proposal.replace(r"received \d+", r"received (?<message_clock>\d+)"));
    let tried = lab.labctl(&["dialect", "test", "mine.toml", "theirs"]).code(0).tells(&["9 lines"]).out;
    assert_eq!((tried.lines().count(), tried.matches("machine: 1").count()), (10, 3), "{tried}");

    let table = lab.labctl(&["parse", "theirs", "--dialect", "mine.toml"]).code(0).tells(&["9 lines, "]);
    let reported: Vec<String> = rows(&table.out)
        .iter()
        .map(|row| format!("{} m{} line {}", row["run"], row["machine"], row["line"]))
        .collect();
    let expected = [
        "all-1 m1 line 2",
        "all-1 m1 line 4",
        "all-1 m1 line 5",
        "all-1 m2 line 3",
        "all-2 m1 line 8",
        "all-2 m2 line 7",
        "all-2 m2 line 9",
    ];
    assert_eq!(reported, expected);

    let checked = lab.labctl(&["check", "theirs", "--dialect", "mine.toml"]).code(1).out;
    assert!(
        checked.starts_with("theirs, run all-1: sound, ") && checked.contains("rules unknown"),
        "{checked}"
    );
    assert!(checked.contains("theirs/all.log:8: the clock after this RECEIVE is 9"), "{checked}");
    assert!(checked.ends_with("2 runs, 1 of them unsound\n"), "{checked}");
    let drawn = lab.labctl(&["plot", "theirs", "--dialect", "mine.toml", "--format", "svg"]);
    drawn.code(0);
    assert!(lab.has("plots/theirs/all-1/queue.svg") && lab.has("plots/theirs/all-2/queue.svg"));
}

#[test]
fn what_a_single_log_cannot_say_of_its_run_is_unknown() {
    let lab = lab_with_logs();
    let args = |format: &'static str| {
        [
            "metrics",
            "theirs/run_1/vm_0.log",
            "--dialect",
            "tabs-named-fields",
            "--clock-rate",
            "4",
            "--format",
            format,
        ]
    };
    let alone = &rows(&lab.labctl(&args("csv")).code(0).out)[0];
    for unknown in ["clock_diff", "speed_ratio", "messages_sent", "messages_queued"] {
        assert_eq!(alone[unknown], "", "{unknown}");
    }
    assert!(
        lab.labctl(&args("table")).code(0).out.contains("messages: ? sent, 0 received; the rest unknown")
    );
    let said = lab.labctl(&["check", "theirs/run_1/vm_1.log", "--dialect", "tabs-named-fields"]).code(0);
    assert!(said.out.contains("messages-add-up: 1 of 2 logs is not here"), "{}", said.out);
}
