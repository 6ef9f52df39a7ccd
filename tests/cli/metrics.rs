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
    let note = "Over the runs of each experiment, with 95 % intervals of the mean";
    assert!(said.out.contains(note) && !said.out.contains("median ["), "{}", said.out);
    let wide = lab.labctl(&["metrics", "results", "--wide"]).code(0);
    assert!(wide.out.contains("median [95 %]") && wide.out.contains("fidelity"), "{}", wide.out);
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
    let table = lab.labctl(&["metrics", "results", "--wide"]).code(0).out;
    let line = table.lines().find(|line| line.contains(" 1  final_clock ")).unwrap();
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

#[test]
fn waits_are_recorded_in_own_logs_and_bounded_by_the_sends_of_others() {
    let lab = lab_with_notebook_logs();
    let rows_of = |path: &str| rows(&lab.labctl(&["metrics", path, "--format", "csv"]).code(0).out);
    let found = rows_of("theirs");
    let waits: Vec<_> = found.iter().map(|row| row["wait_mean"].as_str()).collect();
    assert_eq!(waits, ["0.0", "1.0", "0.0"]);
    assert!(found.iter().all(|row| row["wait_source"] == "from_sends"));
    let table = lab.labctl(&["metrics", "theirs"]).code(0).out;
    assert!(table.contains("≤1.000") && table.contains("≤ from the SEND to the RECEIVE"), "{table}");
    std::fs::remove_file(lab.path("theirs/log_1.txt")).unwrap();
    let unknown = rows_of("theirs");
    assert_eq!((unknown[0]["wait_mean"].as_str(), unknown[0]["wait_source"].as_str()), ("", "unknown"));

    lab.write("lab.toml", crate::support::LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "own"]).code(0);
    let found = rows_of("results/lab/own");
    let mut reported = std::collections::BTreeMap::<&str, Vec<f64>>::new();
    let events = lab.rows("results/lab/own/events.csv");
    for row in events.iter().filter(|row| row["event"] == "RECEIVE") {
        let waited_us: f64 = row["waited_us"].parse().unwrap();
        reported.entry(&row["machine"]).or_default().push(waited_us / 1e6);
    }
    for row in &found {
        let waits = &reported[row["machine"].as_str()];
        let mean = waits.iter().sum::<f64>() / waits.len() as f64;
        assert!((row["wait_mean"].parse::<f64>().unwrap() - mean).abs() < 1e-9, "{row:?}");
        assert_eq!(row["wait_max"].parse::<f64>().unwrap(), waits.iter().copied().fold(0.0, f64::max));
        assert_eq!(row["wait_source"], "logged");
    }
}

#[test]
fn a_machine_that_never_ticked_has_the_queue_of_its_end() {
    let lab = Lab::with_spec(&crate::support::LAB.replace("clock_rate = 1\n", "clock_rate = 0.01\n"));
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "slow"]).code(0);
    let found = rows(&lab.labctl(&["metrics", "results/lab/slow", "--format", "csv"]).code(0).out);
    let slow = &found[1];
    assert_eq!(slow["events"], "0");
    assert_eq!(slow["max_queue"], slow["end_queue"]);
    assert!(slow["max_queue"].parse::<u64>().unwrap() > 10, "{slow:?}");
}

#[test]
fn machines_numbered_from_0_are_measured_as_those_from_1() {
    let lab = lab_with_notebook_logs();
    for (number, (_, text)) in NOTEBOOK_LOGS.iter().enumerate() {
        let text = text.replace("achine 1", "achine 0").replace("achine 2", "achine 1");
        lab.write(&format!("zero/theirs/log_{number}.txt"), text.replace("achine 3", "achine 2"));
    }
    let ones = lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out;
    let said = lab.labctl(&["metrics", "zero/theirs", "--format", "csv"]).code(0);
    assert_eq!(said.out, ones);
    said.tells(&["its machines are numbered from 0; here log_0.txt is machine 1"]);
    let verdict = |folder: &str| {
        let grades = lab.labctl(&["grade", folder, "-o", &format!("{folder}-grades")]);
        let table = lab.rows(&format!("{folder}-grades/grades.csv"));
        assert!(grades.code.is_some_and(|code| code < 2), "{}", grades.talk);
        table.iter().map(|row| row["grade"].clone()).collect::<Vec<_>>()
    };
    for name in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        lab.write(&format!("one/theirs/{name}"), lab.read(&format!("theirs/{name}")));
    }
    assert_eq!(verdict("zero"), verdict("one"));
}

#[test]
fn a_log_that_is_packed_or_misnumbered_is_never_passed_over_in_silence() {
    let lab = lab_with_notebook_logs();
    std::fs::rename(lab.path("theirs/log_3.txt"), lab.path("theirs/log_3.txt.gz")).unwrap();
    for args in [&["metrics", "theirs"][..], &["parse", "theirs"], &["check", "theirs"]] {
        let said = lab.labctl(args).tells(&["log_3.txt.gz is not read; unpack it first"]);
        assert!(said.code.is_some_and(|code| code < 4), "{}", said.talk);
    }
    std::fs::rename(lab.path("theirs/log_3.txt.gz"), lab.path("theirs/log_03.txt")).unwrap();
    lab.labctl(&["metrics", "theirs"]).code(0).tells(&["log_03.txt is not read; logs are named log_1.txt"]);
}

#[test]
fn each_run_is_read_in_its_own_way_in_any_company() {
    let lab = Lab::with_spec(crate::support::LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "own"]).code(0);
    let alone = lab.labctl(&["metrics", "results/lab/own", "--format", "csv"]).code(0).out;
    lab.write(
        "theirs/machine_1.log",
        "0.5\tInternal\tLogical Clock: 1\tQueue Length: 0\tNo external communication\n\
         1.0\tSend\tLogical Clock: 2\tQueue Length: 0\tTo VM 2\n",
    );
    lab.write("theirs/machine_2.log", "1.5\tReceive\tLogical Clock: 3\tQueue Length: 0\tFrom Network\n");
    let said = lab.labctl(&["metrics", "results/lab/own", "theirs", "--format", "csv"]).code(0);
    let (own, others): (Vec<&str>, Vec<&str>) = said.out.lines().partition(|line| alone.contains(line));
    assert_eq!(own, alone.lines().collect::<Vec<_>>(), "{}", said.talk);
    assert_eq!(others.len(), 2, "{}", said.out);
    said.tells(&["dialect: inferred from the logs, as the lines fit tabs-named-fields"]);

    lab.write("garbage/log_1.txt", "what a day\nnothing here\n");
    let said = lab.labctl(&["metrics", "results/lab/own", "garbage", "--format", "csv"]).code(1);
    assert_eq!(said.out, alone, "an unreadable log has no row");
    said.tells(&["garbage/log_1.txt: no line of it can be read, so it has no row"]);
}

#[test]
fn a_fidelity_never_stands_alone_where_ticks_are_late() {
    let lab = Lab::new();
    let line = |tick: u32, late: &str| {
        format!("2026-03-05 12:46:0{tick}.{late} | INTERNAL | Clock: {tick} | Internal event, Tick: {tick}\n")
    };
    let log = |late: &str| {
        "Machine 1 log started at 2026-03-05 12:46:00\n\
         Clock rate: 1 ticks per second, Machines: 1, Phase: 0 us, Speedup: 1\n"
            .to_owned()
            + &(1..=4).map(|tick| line(tick, late)).collect::<String>()
            + "2026-03-05 12:46:05 | END | Clock: 4 | Queue length: 0, Ticks: 4, Lost ticks: 0, Sent: 0, Received: 0, \
               Run time: 4000000 us, Reason: completed\n"
    };
    lab.write("late/log_1.txt", log("900000"));
    lab.write("early/log_1.txt", log("100000"));
    let reported = |run: &str| lab.labctl(&["metrics", run]).code(0).out;
    let late = reported("late");
    assert!(late.contains("clock fidelity: 1.0000, with 100.0 % of the ticks late\n"), "{late}");
    assert!(reported("early").ends_with("clock fidelity: 1.0000\n\n"), "{}", reported("early"));
    let row = &rows(&lab.labctl(&["metrics", "late", "--format", "csv"]).code(0).out)[0];
    assert_eq!((row["late_ticks"].as_str(), row["late_share"].as_str()), ("4", "1.0"));
}

#[test]
fn a_clock_that_was_set_back_leaves_span_and_drift_unknown_and_is_told() {
    let lab = Lab::new();
    let event = |minute: u32, clock: u32| {
        format!("2026-03-05 12:{minute:02}:00 | INTERNAL | Clock: {clock} | Internal event\n")
    };
    let times = [10, 11, 12, 2, 3, 4].into_iter().zip(1..);
    let events = times.map(|(minute, clock)| event(minute, clock)).collect::<String>();
    lab.write("back/log_1.txt", format!("Clock rate: 1 ticks per second\n{events}"));
    let row = &rows(&lab.labctl(&["metrics", "back", "--format", "csv"]).code(0).out)[0];
    assert_eq!((row["span_s"].as_str(), row["clock_drift"].as_str()), ("", ""));
    let table = lab.labctl(&["metrics", "back"]).code(0).out;
    assert!(table.contains("the stamps of machine 1 run backwards"), "{table}");
    lab.labctl(&["export", "back", "--to", "shiviz", "-o", "back.log"])
        .code(0)
        .tells(&["back/log_1.txt: its stamps run backwards"]);
    lab.labctl(&["plot", "back", "--format", "svg", "--chart", "clocks", "--plots", "svg"]).code(0);
    let clocks = lab.read("svg/back/clocks.svg");
    assert!(clocks.contains("stamps run back"), "{clocks}");
    let around = [
        "plot",
        "back",
        "--format",
        "svg",
        "--chart",
        "space-time",
        "--plots",
        "svg",
        "--from",
        "0s",
        "--until",
        "130s",
    ];
    let said = lab.labctl(&around).code(0);
    assert!(!said.talk.contains("no space-time diagram"), "{}", said.talk);
}

#[test]
fn the_table_of_a_run_fits_a_terminal() {
    let lab = Lab::with_spec(crate::support::LAB);
    let said = lab.labctl(&["run", "lab.toml", "--engine", "sim", "--set", "duration=10000s"]).code(0);
    let widest = said.out.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest <= 100), "{}", said.out);
}
