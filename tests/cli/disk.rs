//! Disks that are full or cannot be written.
#![cfg(target_os = "linux")]

use crate::support::{LAB, Lab, folder_ending, lab_with_notebook_logs};

/// Files may not grow beyond a few kilobytes; what is left of a command is run so.
const SMALL_FILES: &str = "ulimit -f 16; trap '' XFSZ; exec";

#[test]
fn a_full_disk_fails_a_run_and_keeps_what_was_written() {
    let lab = Lab::with_spec(LAB);
    let rates = "--clock-rates 200,200,200";
    let said = lab.shell(&format!("{SMALL_FILES} \"$LABCTL\" run lab.toml {rates} --name full"));
    assert_eq!(said.code, Some(1), "{}", said.talk);
    let said = said.tells(&["cannot write", "File too large", "kept"]);
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
    let kept = folder_ending(&lab.path("results/lab"), "full.partial").expect("a folder that is kept");
    let said = lab.labctl(&["parse", kept.to_str().unwrap(), "-o", "events.csv"]).code(0);
    assert!(said.talk.contains("log_1.txt:") && said.talk.contains("cut"), "{}", said.talk);
    assert!(lab.rows("events.csv").len() > 10);
}

#[test]
fn a_full_disk_fails_a_run_in_processes_too() {
    let lab = Lab::with_spec(LAB);
    let rates = "--clock-rates 200,200,200 --isolation process";
    let said = lab.shell(&format!("{SMALL_FILES} \"$LABCTL\" run lab.toml {rates} --name full"));
    assert_eq!(said.code, Some(1), "{}", said.talk);
    said.tells(&["cannot write", "kept"]);
    assert!(lab.has("results/lab/full.partial/log_1.txt"));
}

#[test]
fn results_that_cannot_be_made_are_named() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--results", "/proc/nowhere"])
        .code(1)
        .tells(&["cannot write /proc/nowhere"]);
}

#[test]
fn charts_that_cannot_be_made_are_named_and_the_run_is_kept() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--plots", "/proc/nowhere"])
        .code(1)
        .tells(&["/proc/nowhere", "results: "]);
    assert_eq!(lab.json("results/lab/latest/manifest.json")["status"], "completed");
    lab.labctl(&["plot", "results", "--plots", "/proc/nowhere"]).code(1).tells(&["/proc/nowhere"]);
}

#[test]
fn a_table_that_cannot_be_written_is_an_error() {
    let lab = lab_with_notebook_logs();
    lab.labctl(&["parse", "theirs", "-o", "/proc/nowhere/events.csv"])
        .code(1)
        .tells(&["cannot write /proc/nowhere/events.csv"]);
    for command in ["parse", "metrics"] {
        let said = lab.shell(&format!("\"$LABCTL\" {command} theirs > /dev/full"));
        assert_eq!(said.code, Some(1), "{}", said.talk);
        said.tells(&["No space left"]);
    }
}
