//! `labctl parse`: logs of ours and of others, whole, cut and damaged.

use std::fs;

use crate::support::{Lab, NOTEBOOK_LOGS, lab_with_notebook_logs, rows};

const HEADER: &str = "experiment,run,machine,line,stamp_us,time_us,tick,event,clock,message_clock,queue_length,from,to,waited_us";

/// A complete log of a machine alone, as labctl writes it.
const OURS: &str = "Machine 1 log started at 2026-03-05 12:46:02.409909\n\
    Clock rate: 4 ticks per second, Machines: 2, Phase: 0 us, Speedup: 1\n\
    2026-03-05 12:46:02.659909 | INTERNAL | Clock: 1 | Internal event, Tick: 1\n\
    2026-03-05 12:46:02.909909 | SEND | Clock: 2 | Sent to machine 2, Tick: 2\n\
    2026-03-05 12:46:03.159909 | RECEIVE | Clock: 13 | Message clock: 12, Queue length: 0, From: 2, Tick: 3, Waited: 512 us\n\
    2026-03-05 12:46:03.409909 | END | Clock: 13 | Queue length: 0, Ticks: 3, Lost ticks: 0, Sent: 1, Received: 1, Run time: 1000000 us, Reason: completed\n";

fn lab_with_log(text: impl AsRef<[u8]>) -> Lab {
    let lab = Lab::new();
    lab.write("logs/log_1.txt", text);
    lab
}

#[test]
fn events_become_rows_of_one_table() {
    let lab = lab_with_log(OURS);
    let said = lab.labctl(&["parse", "logs"]).code(0);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], HEADER);
    assert_eq!(lines[3], "logs,logs,1,5,1772714763159909,750000,3,RECEIVE,13,12,0,2,,512");
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_log_a_folder_and_a_tree_are_all_read() {
    let lab = Lab::new();
    for (name, text) in NOTEBOOK_LOGS {
        lab.write(&format!("tree/one/{name}"), text);
        lab.write(&format!("tree/two/deeper/{name}"), text);
    }
    let events = |path: &str| rows(&lab.labctl(&["parse", path]).code(0).out);
    assert_eq!(events("tree/one/log_2.txt").len(), 1);
    assert_eq!(events("tree/one").len(), 8);
    let all = events("tree");
    assert_eq!(all.len(), 16);
    assert_eq!(all.iter().filter(|row| row["run"] == "deeper").count(), 8);
}

#[test]
fn what_parse_tells_reads_well() {
    let lab = lab_with_notebook_logs();
    let said = lab.labctl(&["parse", "theirs", "-o", "events.csv"]).code(0);
    insta::assert_snapshot!(said.talk);
}

#[test]
fn a_log_cut_inside_a_line_gives_all_lines_before_it() {
    let cut = OURS.find(" Queue length: 0, From").unwrap();
    let lab = lab_with_log(&OURS[..cut]);
    let said =
        lab.labctl(&["parse", "logs"]).code(0).tells(&["logs/log_1.txt:5: the log is cut inside this line"]);
    assert_eq!(rows(&said.out).len(), 2);
}

#[test]
fn a_log_without_the_record_of_its_end_is_said_to_be_cut() {
    let lab = lab_with_log(&OURS[..OURS.find("2026-03-05 12:46:03.409909").unwrap()]);
    lab.labctl(&["parse", "logs"]).code(0).tells(&["logs/log_1.txt:5: the log is cut here"]);
}

#[test]
fn windows_line_ends_change_nothing() {
    let (unix, windows) = (lab_with_log(OURS), lab_with_log(OURS.replace('\n', "\r\n")));
    let (expected, said) = (unix.labctl(&["parse", "logs"]), windows.labctl(&["parse", "logs"]).code(0));
    assert_eq!(said.out, expected.out);
    assert_eq!(said.talk, expected.talk);
}

#[test]
fn a_receive_that_nobody_sent_is_told_with_its_line() {
    let lab = lab_with_notebook_logs();
    let log = lab.read("theirs/log_1.txt").replace("Message clock: 5,", "Message clock: 4,");
    lab.write("theirs/log_1.txt", log);
    lab.labctl(&["parse", "theirs"])
        .code(0)
        .tells(&["theirs/log_1.txt:7: no SEND in any log carries clock 4 to machine 1"]);
}

#[test]
fn stray_lines_are_counted_and_the_first_are_shown() {
    let stray: String = (0..100).map(|number| format!("stray {number}\n")).collect();
    let lab = lab_with_log(OURS.replacen(
        "2026-03-05 12:46:02.659909",
        &format!("{stray}2026-03-05 12:46:02.659909"),
        1,
    ));
    let said = lab.labctl(&["parse", "logs"]).code(0).tells(&[
        "logs/log_1.txt:3: nothing that a log says: `stray 0`",
        "logs/log_1.txt: 80 more, not shown",
    ]);
    assert_eq!(rows(&said.out).len(), 3, "the events are all there");
    assert!(!said.talk.contains("stray 50"), "{}", said.talk);
}

#[test]
fn lab_time_begins_with_the_first_stamp_however_far_down() {
    for head in
        ["stray\n".repeat(20_000), "\u{feff}Machine 1 log started at 2026-03-05 12:46:01\n".to_owned()]
    {
        let lines = NOTEBOOK_LOGS[1].1.lines().filter(|line| line.contains(" | "));
        let lab = lab_with_log(format!("{head}{}\n", lines.collect::<Vec<_>>().join("\n")));
        for dialect in ["labctl", "notebook"] {
            let args = ["parse", "logs", "--dialect", dialect, "--max-unmatched", "1"];
            let time = &rows(&lab.labctl(&args).code(0).out)[0]["time_us"];
            let since_header = if head.starts_with('s') { "0" } else { "3000000" };
            assert_eq!(time, since_header, "{dialect}");
        }
    }
}

#[test]
fn stray_lines_do_not_hide_that_a_log_is_cut() {
    let lab = lab_with_log(format!("{}{}", "stray\n".repeat(50), &OURS[..OURS.len() - 20]));
    lab.labctl(&["parse", "logs"]).code(0).tells(&["30 more, not shown", "the log is cut inside this line"]);
}

#[test]
fn noise_is_no_reason_to_crash() {
    let mut state = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(3 << 20)
    .collect();
    let lab = lab_with_log(noise);
    let said = lab.labctl(&["parse", "logs"]).code(1).tells(&["no line of these logs is an event"]);
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
}

#[test]
fn a_clock_too_large_for_any_machine_is_no_reason_to_crash() {
    let lab = lab_with_log(
        "2026-03-05 12:46:03 | INTERNAL | Clock: 18446744073709551615 | Internal event\n\
         2026-03-05 12:46:04 | INTERNAL | Clock: 18446744073709551616 | Internal event\n\
         9999-99-99 99:99:99 | INTERNAL | Clock: 1 | Internal event\n\
         2026-03-05 12:46:05 | RECEIVE | Clock: 1 | Message clock: 0, Queue length: 0\n",
    );
    for command in ["parse", "metrics"] {
        let said = lab.labctl(&[command, "logs"]).code(0);
        assert!(!said.talk.contains("panicked"), "{}", said.talk);
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut log = OURS.to_owned();
    for tick in 14..20_000 {
        log += &format!(
            "2026-03-05 12:46:04.000000 | INTERNAL | Clock: {tick} | Internal event, Tick: {tick}\n"
        );
    }
    let lab = lab_with_log(log);
    let said = lab.shell("{ \"$LABCTL\" parse logs; echo \"code $?\" >&2; } | head -1");
    assert_eq!(said.out.trim(), HEADER);
    assert!(said.talk.contains("code 0"), "{}", said.talk);
    let said = lab.shell("{ \"$LABCTL\" metrics logs; echo \"code $?\" >&2; } | true");
    assert!(said.talk.contains("code 0"), "{}", said.talk);
}

#[test]
fn a_table_can_be_csv_or_parquet() {
    let lab = lab_with_notebook_logs();
    for name in ["events.csv", "events.parquet"] {
        lab.labctl(&["parse", "theirs", "-o", name]).code(0).tells(&[&format!("8 events in {name}")]);
    }
    assert_eq!(lab.rows("events.csv").len(), 8);
    let parquet = fs::read(lab.path("events.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
}

#[test]
fn logs_without_an_event_fail() {
    for text in
        ["", "hello\n", "Machine 1 log started at 2026-03-05 12:46:02\nClock rate: 4 ticks per second\n"]
    {
        lab_with_log(text)
            .labctl(&["parse", "logs"])
            .code(1)
            .tells(&["no line of these logs is an event", "| INTERNAL | Clock: 1 |"]);
    }
}

#[test]
fn what_holds_no_logs_is_named() {
    let lab = Lab::new();
    lab.write("notes/readme.md", "nothing");
    lab.labctl(&["parse", "notes"]).code(2).tells(&["notes holds no runs", "log_1.txt"]);
    lab.labctl(&["parse", "notes/readme.md"]).code(2).tells(&["readme.md is not a log"]);
    lab.labctl(&["parse", "gone"]).code(2).tells(&["cannot read gone"]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_plain_file_is_written_to_and_not_replaced() {
    let lab = lab_with_notebook_logs();
    let pipe =
        lab.shell("mkfifo pipe.csv; timeout 30 cat pipe.csv & \"$LABCTL\" parse theirs -o pipe.csv; wait");
    assert!(pipe.out.starts_with(HEADER), "{}", pipe.out);
}
