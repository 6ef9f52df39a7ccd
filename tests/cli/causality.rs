//! `labctl causality`: pairs and the cost of order, for people and programs.

use serde_json::Value;

use crate::support::{LAB, Lab, lab_with_notebook_logs};

/// A lab with a simulated run in `results/lab/one`.
fn lab_with_run() -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"]).code(0);
    lab
}

fn json(lab: &Lab, path: &str) -> Value {
    let said = lab.labctl(&["causality", path, "--format", "json"]).code(0);
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn the_tables_read_well() {
    let said = lab_with_run().labctl(&["causality", "results/lab/one"]).code(0);
    insta::assert_snapshot!(said.out);
    assert!(said.talk.is_empty(), "{}", said.talk);
}

#[test]
fn pairs_of_a_small_run_can_be_counted_by_hand() {
    // 8 events: machine 1's five in a row, one message to 2, and one to 3 and back.
    let reported = json(&lab_with_notebook_logs(), "theirs");
    let pairs = &reported[0]["pairs"];
    assert_eq!(pairs["all"], 8 * 7 / 2);
    // Of machine 1: 10. Machine 2's receive: 2. Machine 3's: 3, and 4 before its send, which
    // with the receive comes before machine 1's last: 2 more.
    assert_eq!((&pairs["ordered"], &pairs["concurrent"]), (&21.into(), &7.into()));
    // Clocks: 1 2 3 4 6, 3, 4 5. Equal are 3 and 3, and 4 and 4.
    assert_eq!(pairs["concurrent_of_equal_clocks"], 2);
    assert_eq!(pairs["concurrent_in_clock_order"], 5);
    assert_eq!(reported[0]["messages"]["certain"], 3);
}

#[test]
fn whole_seconds_leave_drift_unknown_and_not_zero() {
    let lab = lab_with_notebook_logs();
    let reported = json(&lab, "theirs");
    assert_eq!(
        (&reported[0]["hybrid_drift_max_us"], &reported[0]["hybrid_counter_max"]),
        (&Value::Null, &Value::Null)
    );
    let said = lab.labctl(&["causality", "theirs"]).code(0);
    assert!(said.out.contains("is unknown: the stamps are whole seconds"), "{}", said.out);
}

#[test]
fn clocks_that_are_no_lamport_clocks_are_told_and_ties_unknown() {
    let lab = lab_with_run();
    let log = lab.read("results/lab/one/log_3.txt");
    lab.write("results/lab/one/log_3.txt", log.replacen("Clock: 9 |", "Clock: 8 |", 1));
    let said = lab.labctl(&["causality", "results/lab/one"]).code(0);
    assert!(
        said.out.contains("The clocks are no Lamport clocks: 1 event has no larger clock"),
        "{}",
        said.out
    );
    let reported = json(&lab, "results");
    assert_eq!(reported[0]["pairs"]["concurrent_of_equal_clocks"], Value::Null);
    assert_eq!(reported[0]["pairs"]["clock_condition_broken"], 1);
    assert!(reported[0]["pairs"]["concurrent"].is_u64());
}

#[test]
fn all_runs_at_the_paths_are_counted() {
    let lab = lab_with_run();
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "two", "--seed", "8"]).code(0);
    let reported = json(&lab, "results");
    let runs: Vec<&str> = reported.as_array().unwrap().iter().filter_map(|run| run["run"].as_str()).collect();
    assert_eq!(runs, ["one", "two"]);
    lab.labctl(&["causality", "nowhere"]).code(2).tells(&["cannot read nowhere"]);
}

#[test]
fn a_log_in_which_nothing_happened_has_no_pairs() {
    let lab = Lab::new();
    lab.write("empty/log_1.txt", "");
    let reported = json(&lab, "empty");
    assert_eq!(
        (&reported[0]["pairs"]["all"], &reported[0]["clocks"][0]["bytes_mean"]),
        (&0.into(), &Value::Null)
    );
    lab.labctl(&["causality", "empty"]).code(0);
}

/// Two foreign logs, by two hosts whose clocks are 2.4 s apart.
fn lab_with_two_hosts() -> Lab {
    let lab = Lab::new();
    lab.write(
        "theirs/machine_1_log.txt",
        "Machine 1 initialized. Clock rate=3\n\
         [SEND] SystemTime=1740950560.0000, LogicalClock=1, Info=To=2\n\
         [INTERNAL] SystemTime=1740950560.3333, LogicalClock=2, Info=old_clock=1\n",
    );
    lab.write(
        "theirs/machine_2_log.txt",
        "Machine 2 initialized. Clock rate=3\n\
         [RECEIVE] SystemTime=1740950557.6000, LogicalClock=2, Info=From=1, SenderClock=1, QueueSizeAfter=0, OldLocalClock=0\n\
         [INTERNAL] SystemTime=1740950557.9333, LogicalClock=3, Info=old_clock=2\n",
    );
    lab
}

#[test]
fn hybrid_clocks_show_how_far_the_hosts_of_others_are_apart() {
    let lab = lab_with_two_hosts();
    let reported = json(&lab, "theirs");
    assert_eq!(reported[0]["pairs"]["ordered"], 4);
    assert_eq!(
        (&reported[0]["hybrid_drift_max_us"], &reported[0]["hybrid_counter_max"]),
        (&2_400_000.into(), &2.into())
    );
    let said = lab.labctl(&["causality", "theirs"]).code(0).tells(&["dialect: brackets-info", "0 unmatched"]);
    assert!(
        said.out.contains("2.4 s ahead of their machine's own time; their largest counter was 2"),
        "{}",
        said.out
    );
    let said =
        lab.labctl(&["causality", "why", "theirs", "2@clock:3"]).code(0).tells(&["dialect: brackets-info"]);
    assert!(said.out.contains("its clock must be 3"), "{}", said.out);
}

#[test]
fn too_many_lines_that_fit_nothing_are_a_failure() {
    let lab = lab_with_two_hosts();
    let log = lab.read("theirs/machine_2_log.txt");
    lab.write("theirs/machine_2_log.txt", log + "so it goes\n");
    for command in [&["causality", "theirs"][..], &["causality", "why", "theirs", "2@clock:3"]] {
        lab.labctl(command).code(1).tells(&["25.0 % of the lines fit nothing in the dialect brackets-info"]);
        lab.labctl(&[command, &["--max-unmatched", "0.5"]].concat()).code(0);
    }
}

#[test]
fn a_missing_log_is_told_wherever_order_depends_on_it() {
    let lab = lab_with_notebook_logs();
    std::fs::remove_file(lab.path("theirs/log_3.txt")).unwrap();
    let missing = "1 of 3 logs is not here";
    let counted = lab.labctl(&["causality", "theirs"]).code(0).out;
    assert!(counted.contains(missing), "{counted}");
    let chain = lab.labctl(&["causality", "why", "theirs", "1@clock:6"]).code(0).out;
    assert!(chain.contains(missing), "{chain}");
    lab.labctl(&["export", "theirs", "--to", "mermaid"]).code(0).tells(&[missing]);
}
