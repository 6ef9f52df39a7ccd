//! `labctl metrics`: the numbers, for people and for programs.

use crate::support::{Lab, NOTEBOOK_LOGS, lab_with_notebook_logs, rows};

#[test]
fn the_table_reads_well() {
    let lab = lab_with_notebook_logs();
    let said = lab.labctl(&["metrics", "theirs"]).code(0);
    insta::assert_snapshot!(said.out);
}

#[test]
fn a_log_without_an_end_gives_its_last_logged_queue_and_says_so() {
    let lab = lab_with_notebook_logs();
    let rows = rows(&lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out);
    let queues: Vec<_> =
        rows.iter().map(|row| (row["end_queue"].as_str(), row["end_queue_source"].as_str())).collect();
    assert_eq!(queues, [("0", "last_logged"), ("1", "last_logged"), ("0", "last_logged")]);
    assert!(rows.iter().all(|row| row["messages_queued"].is_empty()), "unknown is not zero");
}

#[test]
fn programs_get_the_same_numbers_as_csv_and_as_json() {
    let lab = lab_with_notebook_logs();
    let csv = rows(&lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out);
    let json: serde_json::Value =
        serde_json::from_str(&lab.labctl(&["metrics", "theirs", "--format", "json"]).code(0).out).unwrap();
    let machines = json["runs"][0]["by_machine"].as_array().unwrap();
    assert_eq!((csv.len(), machines.len()), (3, 3));
    for (row, machine) in csv.iter().zip(machines) {
        for column in
            ["machine", "events", "sends", "receives", "max_queue", "end_queue", "final_clock", "clock_diff"]
        {
            assert_eq!(row[column], machine[column].to_string(), "{column}");
        }
    }
    assert_eq!(json["runs"][0]["clock_diff"], 3);
    assert_eq!(json["runs"][0]["messages_queued"], serde_json::Value::Null);
    assert_eq!(json["experiments"], serde_json::json!([]), "one run is no sample");
}

#[test]
fn runs_of_one_experiment_are_summarised() {
    let lab = Lab::new();
    for (run, hour) in [("exp/first", " 12:"), ("exp/second", " 13:"), ("exp/copy", " 12:")] {
        lab.write(&format!("results/{run}/spec.toml"), "");
        for (name, text) in NOTEBOOK_LOGS {
            lab.write(&format!("results/{run}/{name}"), text.replace(" 12:", hour));
        }
    }
    let said = lab.labctl(&["metrics", "results"]).code(0);
    assert!(said.out.contains("exp / first") && said.out.contains("exp / second"), "{}", said.out);
    assert!(said.talk.contains("no replicates, and are left out of what is summarised: 1"), "{}", said.talk);
    let note = "95 % intervals: t for means, bootstrap for medians";
    assert!(said.out.contains("Over the runs of each experiment") && said.out.contains(note), "{}", said.out);
    let json: serde_json::Value =
        serde_json::from_str(&lab.labctl(&["metrics", "results", "--format=json"]).code(0).out).unwrap();
    let max_queue = json["experiments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["machine"] == 2 && row["metric"] == "max_queue");
    let max_queue = max_queue.expect("a summary of machine 2");
    assert_eq!((&max_queue["n"], &max_queue["mean"]), (&2.into(), &1.0.into()));
    assert_eq!(
        (&max_queue["mean_method"], &max_queue["median_method"]),
        (&"all equal".into(), &"all equal".into())
    );
    assert_eq!(
        (&max_queue["mean_low"], &max_queue["median_low"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}

#[test]
fn a_mean_over_runs_is_shown_with_its_interval() {
    let lab = Lab::with_spec(crate::support::LAB);
    for seed in ["1", "2", "3"] {
        lab.labctl(&["run", "lab.toml", "--engine", "sim", "--seed", seed]).code(0);
    }
    let json: serde_json::Value =
        serde_json::from_str(&lab.labctl(&["metrics", "results", "--format=json"]).code(0).out).unwrap();
    let clock = |row: &&serde_json::Value| row["machine"] == 1 && row["metric"] == "final_clock";
    let row = json["experiments"].as_array().unwrap().iter().find(clock).unwrap();
    let [low, mean, high] = ["mean_low", "mean", "mean_high"].map(|name| row[name].as_f64().unwrap());
    assert!(low < mean && mean < high, "{row}");
    let table = lab.labctl(&["metrics", "results"]).code(0).out;
    let line = table.lines().find(|line| line.contains(" 1   final_clock ")).unwrap();
    assert!(line.contains(&format!(" [{low:.1}, {high:.1}]")), "{line}");
}

#[test]
fn kept_metrics_stand_in_for_logs_that_are_gone() {
    let lab = lab_with_notebook_logs();
    let csv = lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out;
    lab.write("kept/metrics.csv", &csv);
    assert_eq!(lab.labctl(&["metrics", "kept", "--format", "csv"]).code(0).out, csv);
    lab.write("broken/metrics.csv", "experiment,run\nx\n");
    lab.labctl(&["metrics", "broken"]).code(1).tells(&["broken/metrics.csv"]);
}

#[test]
fn a_table_of_metrics_that_mixes_experiments_is_no_reason_to_crash() {
    let lab = lab_with_notebook_logs();
    let csv = lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out;
    for run in ["one", "two"] {
        lab.write(&format!("kept/{run}/metrics.csv"), csv.replace("theirs,theirs,3,", "other,theirs,3,"));
    }
    let said = lab.labctl(&["metrics", "kept"]).code(0);
    assert!(said.out.contains("Over the runs of each experiment"), "{}", said.out);
}

#[test]
fn what_a_missing_log_would_say_is_unknown() {
    let lab = lab_with_notebook_logs();
    std::fs::remove_file(lab.path("theirs/log_3.txt")).unwrap();
    let table = rows(&lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out);
    // Machine 1 sends to machine 3, whose clock may be the largest.
    assert_eq!((table[0]["machines"].as_str(), table[0]["clock_diff"].as_str()), ("3", ""));
}
