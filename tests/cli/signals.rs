//! Ctrl-C, SIGTERM and SIGKILL.
#![cfg(unix)]

use rustix::process::Signal;

use crate::support::{LAB, Lab, free_ports, wait_for_events, wait_for_text};

const LONG: [&str; 5] = ["run", "lab.toml", "--name=long", "--duration=1h", "--speedup=10"];
const PARTIAL_LOGS: [&str; 3] = [
    "results/lab/long.partial/log_1.txt",
    "results/lab/long.partial/log_2.txt",
    "results/lab/long.partial/log_3.txt",
];

#[track_caller]
fn assert_ends_in_order(signal: Signal, code: i32) {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    run.signal(signal);
    let said = run.end().code(code).tells(&["stopping", "results: "]);
    assert!(said.out.contains("lab, interrupted"), "{}", said.out);
    assert!(said.out.contains("all accounted for"), "{}", said.out);
    assert_eq!(lab.json("results/lab/long/manifest.json")["status"], "interrupted");
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        let text = lab.read(&format!("results/lab/long/{log}"));
        assert!(text.trim_end().ends_with("Reason: interrupted"), "{log}");
    }
    assert_eq!(lab.names("plots/lab/long").len(), 11);
}

#[test]
fn ctrl_c_ends_a_run_in_order() {
    assert_ends_in_order(Signal::INT, 130);
}

#[test]
fn sigterm_ends_a_run_in_order() {
    assert_ends_in_order(Signal::TERM, 143);
}

#[test]
fn a_closed_terminal_ends_a_run_in_order() {
    assert_ends_in_order(Signal::HUP, 129);
}

#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let lab = Lab::with_spec(LAB);
    let run =
        lab.start_shell("trap '' HUP; exec \"$LABCTL\" run lab.toml --name=long --duration=1h --speedup=10");
    wait_for_events(&lab, &PARTIAL_LOGS);
    run.signal(Signal::HUP);
    run.signal(Signal::INT);
    run.end().code(130);
    assert_eq!(lab.json("results/lab/long/manifest.json")["status"], "interrupted");
}

#[test]
fn ctrl_c_ends_all_the_runs_of_a_command() {
    let lab = Lab::with_spec(LAB);
    lab.write("other.toml", LAB.replace("\"lab\"", "\"other\""));
    let run = lab.start(&["run", "lab.toml", "other.toml", "--name=long", "--duration=1h"]);
    wait_for_events(&lab, &PARTIAL_LOGS);
    run.signal(Signal::INT);
    run.end().code(130);
    assert!(!lab.has("results/other"));
}

/// Stops `command` while it waits for a machine that never comes.
fn assert_can_be_stopped_while_waiting(command: &str) {
    let port = free_ports(1)[0];
    let lab = Lab::with_spec(&format!(
        "name = \"lab\"\nduration = \"2s\"\nnetwork.open = true\n[[machine]]\nclock_rate = 4\n\
         [[machine]]\nclock_rate = 4\nforeign = true\naddress = \"127.0.0.1:{port}\"\n"
    ));
    let run = lab.start(&[command, "lab.toml"]);
    run.wait_for_talk(&format!("machine 2 at 127.0.0.1:{port} is not there yet"));
    run.signal(Signal::INT);
    run.end().code(130).tells(&["nothing was logged"]);
    assert!(lab.names("results/lab").is_empty(), "{:?}", lab.names("results/lab"));
}

#[test]
fn a_run_that_waits_for_a_foreign_machine_can_be_stopped() {
    assert_can_be_stopped_while_waiting("run");
}

#[test]
fn a_twin_that_waits_for_a_foreign_machine_can_be_stopped() {
    assert_can_be_stopped_while_waiting("twin");
}

#[test]
fn a_line_is_in_its_file_soon_also_while_a_machine_sleeps_inside_its_tick() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&[
        "run",
        "lab.toml",
        "--name=long",
        "--duration=10h",
        "--speedup=1",
        "--delay=constant:1h",
        "--set=network.where=sender",
        "--set=internal_prob=0",
    ]);
    for log in PARTIAL_LOGS {
        wait_for_text(&lab, log, " | SEND | ");
    }
    run.signal(Signal::KILL);
    run.end();
}

#[test]
fn a_killed_run_leaves_logs_that_are_known_to_be_cut() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    run.signal(Signal::KILL);
    assert_eq!(run.end().code, None);
    assert!(!lab.has("results/lab/long"));
    lab.labctl(&["parse", "results", "-o", "events.csv"]).code(0).tells(&[
        "long.partial: this run was cut short",
        "log_1.txt:",
        "the log is cut",
    ]);
    assert!(!lab.rows("events.csv").is_empty());
    let said = lab.labctl(&["metrics", "results"]).code(0);
    assert!(said.out.contains("the rest unknown"), "{}", said.out);
}
