//! Simulated runs: the same bytes every time, and the proof of it.

use std::fs;

use crate::support::{LAB, Lab};

const DELAYED: &str =
    "broadcast = \"per-recipient\"\n[network]\ndelay = \"exponential:300ms\"\nwhere = \"PLACE\"\n";

fn delayed(place: &str) -> String {
    let (root, machines) = LAB.split_at(LAB.find("[[machine]]").unwrap());
    format!("{root}{}{machines}", DELAYED.replace("PLACE", place))
}

#[test]
fn two_simulations_are_the_same_to_the_byte() {
    for spec in [LAB.to_owned(), delayed("link"), delayed("sender")] {
        let (first, second) = (Lab::with_spec(&spec), Lab::with_spec(&spec));
        for lab in [&first, &second] {
            lab.labctl(&["run", "lab.toml", "--engine", "sim"]).code(0);
        }
        let files = first.names("results/lab/sim_seed-7");
        assert!(files.len() == 7, "{files:?}");
        // The manifest says when and where, which is another time here.
        for file in files.iter().filter(|file| *file != "manifest.json") {
            let read = |lab: &Lab| fs::read(lab.path(&format!("results/lab/sim_seed-7/{file}"))).unwrap();
            assert!(read(&first) == read(&second), "{file} differs");
        }
    }
}

#[test]
fn another_seed_is_another_run() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim"]).code(0);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--seed", "8"]).code(0);
    let log = |run: &str| fs::read(lab.path(&format!("results/lab/{run}/log_1.txt"))).unwrap();
    assert!(log("sim_seed-7") != log("sim_seed-8"));
}

#[test]
fn verify_simulates_again_and_names_the_first_line_that_differs() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim"]).code(0);
    let said = lab.labctl(&["twin", "verify", "results/lab/latest"]).code(0);
    assert!(said.out.contains("the same"), "{}", said.out);
    let log = lab.path("results/lab/sim_seed-7/log_2.txt");
    let text = fs::read_to_string(&log).unwrap();
    let changed = text.replacen("RECEIVE | Clock: 8 ", "RECEIVE | Clock: 9 ", 1);
    assert_ne!(text, changed);
    fs::write(&log, changed).unwrap();
    lab.labctl(&["twin", "verify", "results/lab/latest"]).code(1).tells(&[
        "log_2.txt:5: ",
        "Clock: 9 ",
        "Clock: 8 ",
    ]);
    fs::write(&log, text.replace('\n', "\r\n")).unwrap();
    lab.labctl(&["twin", "verify", "results/lab/latest"])
        .code(1)
        .tells(&["log_2.txt: differs in its line ends alone (CRLF)"]);
    fs::write(&log, &text[..text.len() - 40]).unwrap();
    lab.labctl(&["twin", "verify", "results/lab/latest"])
        .code(1)
        .tells(&["log_2.txt:", "simulated: 2000-01-01"]);
}

#[test]
fn what_no_simulation_made_is_not_verified() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--name", "real"]).code(0);
    lab.labctl(&["twin", "verify", "results/lab/real"]).code(1).tells(&["was not made by the simulator"]);
}

#[test]
fn a_machine_of_somebody_else_cannot_be_simulated() {
    let lab = Lab::with_spec(&format!(
        "{}[network]\nopen = true\n[[machine]]\nclock_rate = 2\naddress = \"127.0.0.1:5999\"\nforeign = true\n",
        LAB
    ));
    lab.labctl(&["run", "lab.toml", "--engine", "sim"])
        .code(1)
        .tells(&["machine 4 is written by someone else"]);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--isolation", "process"])
        .code(2)
        .tells(&["--isolation"]);
}

#[test]
fn twins_whose_ticks_lie_far_apart_live_the_same_life() {
    let lab = Lab::with_spec(
        "name = \"lab\"\nduration = \"8s\"\nseed = 7\nstart_stagger = \"500ms\"\n[[machine]]\nclock_rate = 1\ncount = 2\n",
    );
    let said = lab.labctl(&["twin", "lab.toml"]).code(0);
    assert!(said.out.contains("lab: the same on both engines"), "{}", said.out);
    assert!(said.out.contains("machine 2: the same 7 events"), "{}", said.out);
    assert!(
        said.out.contains("timing margin: 500.000 ms of real time, 500.000 ms of lab time"),
        "{}",
        said.out
    );
    assert!(lab.has("results/lab/latest/log_1.txt"));
}

#[test]
fn predict_says_which_machine_will_be_overloaded_and_by_how_much() {
    let lab = Lab::with_spec("name = \"lab\"\nduration = \"60s\"\n[[machine]]\nclock_rate = 4\ncount = 3\n");
    let said = lab.labctl(&["predict", "lab.toml", "--clock-rates", "1,3,6"]).code(0);
    let slow = said.out.lines().find(|line| line.contains("overloaded ") && line.contains("1.500")).unwrap();
    let words: Vec<&str> = slow.split_whitespace().collect();
    assert_eq!(words, ["1", "1", "1.500", "1.500", "overloaded", "1.500", "0.500"]);
    assert!(said.out.contains("mean ± standard deviation of 700 simulated runs"), "{}", said.out);
    // 31.1 ± 8.1 messages and a clock of 236 ± 24, as simulated elsewhere.
    let of_first = |line: &&str| line.trim_start().starts_with("1 ") && line.contains('±');
    let slow = said.out.lines().find(of_first).unwrap();
    let numbers: Vec<f64> = slow.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let (queue, clock) = (&numbers[3..5], &numbers[11..13]);
    assert!((queue[0] - 31.1).abs() < 1.5 && (queue[1] - 8.1).abs() < 1.0, "{slow}");
    assert!((clock[0] - 236.0).abs() < 4.0 && (clock[1] - 24.0).abs() < 3.0, "{slow}");
    assert_eq!(lab.labctl(&["predict", "lab.toml", "--clock-rates", "1,3,6", "--seed", "9"]).out, said.out);
    let delayed = ["predict", "lab.toml", "--delay", "constant:1s", "--set", "network.where=sender"];
    lab.labctl(&delayed).code(0).tells(&["a delay in the sender costs it ticks"]);
    let endless = ["predict", "lab.toml", "--duration", "800000h"];
    let said = lab.labctl(&endless).code(0).tells(&["the law alone", "simulated events a run"]);
    assert!(said.out.contains("load") && !said.out.contains('±'), "{}", said.out);
}

#[test]
fn work_that_a_stored_spec_asks_for_is_refused_with_the_figure() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one", "--results", "subs/a"]).code(0);
    let spec = "subs/a/lab/one/spec.toml";
    let own = lab.read(spec);
    for (old, new) in
        [("clock_rate = 4.0", "clock_rate = 1e9"), ("duration = \"20s\"", "duration = \"800000h\"")]
    {
        let bomb = own.replacen(old, new, 1).replacen(&old.replace(".0", ""), new, 1);
        assert_ne!(bomb, own, "{own}");
        lab.write(spec, bomb);
        lab.labctl(&["predict", "subs/a"])
            .code(1)
            .tells(&["is checked against nothing", "simulated events a run"]);
        lab.labctl(&["grade", "subs", "-o", "out"]);
        assert!(lab.read("out/a.md").contains("simulated events a run"), "{}", lab.read("out/a.md"));
        lab.labctl(&["twin", "verify", "subs/a/lab/one"]).code(1).tells(&["simulated events a run"]);
        lab.labctl(&["report", "subs"]).code(0);
        assert!(lab.read("report.html").contains("It is checked against nothing"));
        lab.labctl(&["plot", "subs"]).code(0).tells(&["too long to simulate"]);
        std::fs::remove_file(lab.path("report.html")).unwrap();
    }
}

#[test]
fn predict_holds_runs_against_simulated_ones() {
    let lab = Lab::with_spec("name = \"lab\"\nduration = \"60s\"\n[[machine]]\nclock_rate = 4\ncount = 3\n");
    let rates = ["--clock-rates", "1,3,6", "--engine", "sim"];
    for seed in ["901", "902"] {
        lab.labctl(&[&["run", "lab.toml", "--seed", seed], &rates[..]].concat()).code(0);
    }
    let said = lab.labctl(&["predict", "results/lab/latest"]).code(0);
    let title = said.out.lines().next().unwrap();
    assert_eq!(title, "lab / sim_seed-902, 1m of lab time");
    assert!(said.out.contains("700 simulated runs of the same spec with other seeds"), "{}", said.out);
    let queue = said.out.lines().find(|line| line.contains("overloaded") && line.contains("end_queue"));
    let words: Vec<&str> = queue.unwrap().split_whitespace().collect();
    let measured = &lab.rows("results/lab/sim_seed-902/metrics.csv")[0]["end_queue"];
    assert_eq!([words[0], words[1], words[5]], ["1", "1.500", &format!("{measured}.0")]);
    assert!((words[4].parse::<f64>().unwrap() - 31.1).abs() < 1.5, "{words:?}");
    let both = lab.labctl(&["predict", "results"]).code(0);
    assert!(both.out.contains("lab, mean of 2 runs with 2 seeds"), "{}", both.out);
    lab.labctl(&["predict", "results", "--seed", "4"]).code(2).tells(&["keeps the spec it ran by"]);
    fs::remove_file(lab.path("results/lab/sim_seed-901/spec.toml")).unwrap();
    lab.labctl(&["predict", "results"]).code(1).tells(&["sim_seed-901 has no spec.toml"]);
}
