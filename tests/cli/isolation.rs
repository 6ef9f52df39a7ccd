//! `--isolation process`: machines as processes, and what happens when some of
//! them are killed.
#![cfg(target_os = "linux")]

use std::fs;

use rustix::process::Signal;

use crate::support::{LAB, Lab, Running, end_field, signal_to, sum, wait_for, wait_for_events};

const LONG: [&str; 7] =
    ["run", "lab.toml", "--isolation=process", "--name=long", "--duration=1h", "--speedup=10", "--seed=1"];
const PARTIAL_LOGS: [&str; 3] = [
    "results/lab/long.partial/log_1.txt",
    "results/lab/long.partial/log_2.txt",
    "results/lab/long.partial/log_3.txt",
];

/// The process of a run's machine.
fn process_of(run: &Running, machine: u32) -> u32 {
    let wanted = machine.to_string();
    // labctl machine SPEC ID …
    let is_machine = |line: &str| {
        let words: Vec<&str> = line.split('\0').collect();
        words.get(1) == Some(&"machine") && words.get(3) == Some(&wanted.as_str())
    };
    let is_it = |process: &u32| {
        let read = |file| fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
        let (stat, words) = (read("stat"), read("cmdline"));
        let stat = String::from_utf8_lossy(&stat).into_owned();
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1).map(str::to_owned));
        parent == Some(run.id().to_string()) && is_machine(&String::from_utf8_lossy(&words))
    };
    wait_for(format_args!("the process of machine {machine}"), || {
        let entries = fs::read_dir("/proc").unwrap();
        let mut processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        processes.find(is_it)
    })
}

/// Gone, or dead and waiting to be buried.
fn has_ended(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X']))
}

#[test]
fn machines_in_processes_of_their_own_complete_a_run() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--isolation", "process"]).code(0);
    assert_eq!(lab.json("results/lab/latest/manifest.json")["isolation"], "processes");
    let rows = lab.rows("results/lab/latest/metrics.csv");
    assert_eq!(rows.len(), 3);
    assert_eq!(sum(&rows, "messages_sent"), sum(&rows, "messages_received") + sum(&rows, "messages_queued"));
    assert!(sum(&rows, "messages_received") > 0);
}

#[test]
fn a_killed_machine_fails_the_run_and_is_named() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    signal_to(process_of(&run, 2), Signal::KILL);
    run.end().code(1).tells(&["machine 2", "signal: 9", "every log is kept"]);
    let manifest = lab.json("results/lab/long/manifest.json");
    assert_eq!(manifest["status"], "failed");
    assert!(manifest["failure"].as_str().unwrap().contains("machine 2"), "{manifest}");
    for log in ["log_1.txt", "log_3.txt"] {
        let text = lab.read(&format!("results/lab/long/{log}"));
        assert!(text.trim_end().ends_with("Reason: failed"), "{log}");
    }
    assert!(!lab.read("results/lab/long/log_2.txt").contains(" | END | "));
}

#[test]
fn machines_outlive_their_run_no_longer_than_it_takes_to_notice() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    let machines = [1, 2, 3].map(|machine| process_of(&run, machine));
    run.signal(Signal::KILL);
    assert_eq!(run.end().code, None);
    for machine in machines {
        wait_for(format_args!("the end of process {machine}"), || has_ended(machine).then_some(()));
    }
    for log in PARTIAL_LOGS {
        assert!(end_field(&lab.read(log), "Ticks") > 0, "{log} ends in order");
    }
}

#[test]
fn an_interrupted_run_stops_its_machines_in_order() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    run.signal(Signal::INT);
    run.end().code(130);
    assert_eq!(lab.json("results/lab/long/manifest.json")["status"], "interrupted");
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        let text = lab.read(&format!("results/lab/long/{log}"));
        assert!(text.trim_end().ends_with("Reason: interrupted"), "{log}");
    }
}

#[test]
fn every_line_is_in_its_file_while_a_machine_is_waited_for_at_the_end() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&["run", "lab.toml", "--isolation=process", "--name=long", "--speedup=20"]);
    wait_for_events(&lab, &PARTIAL_LOGS);
    let stopped = process_of(&run, 3);
    signal_to(stopped, Signal::STOP);
    for (log, last_tick) in [(PARTIAL_LOGS[0], ", Tick: 79,"), (PARTIAL_LOGS[1], ", Tick: 19,")] {
        let text = wait_for(format_args!("the last lines of {log}"), || {
            Some(lab.read(log)).filter(|text| (text.clone() + ",").replace('\n', ",").contains(last_tick))
        });
        assert!(!text.contains(" | END | "), "{log} was held back until the end");
    }
    signal_to(stopped, Signal::CONT);
    run.end();
}
