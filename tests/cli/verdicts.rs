//! Verdicts on programs of others: what contradicts the model, what is a habit of
//! logging, and what their logs cannot tell; one fault is reported once.

use serde_json::Value;

use crate::support::{Lab, rows};

/// Seconds since the start, and words: `idle`, `got … from …`, `told …`.
const DIALECT: &str = r#"
name = "words"
files = 'peer(?<machine>\d)\.txt'
time = "elapsed-s"
KEYS
[[event]]
kind = "internal"
match = '(?<time>[0-9.]+) idle lc (?<clock>\d+)'
[[event]]
kind = "receive"
match = '(?<time>[0-9.]+) got(?: (?<message_clock>\d+))?(?: from (?<from>\d))? lc (?<clock>\d+)(?: left (?<queue>\d+))?'
[[event]]
kind = "send-all"
match = '(?<time>[0-9.]+) told everyone lc (?<clock>\d+)'
[[event]]
kind = "send"
match = '(?<time>[0-9.]+) told(?: (?<to>\d(?: and \d)*))?(?: of (?<message_clock>\d+))? lc (?<clock>\d+)'
[[header]]
match = 'speed (?<clock_rate>\S+)'
"#;

/// A lab with these logs in `logs/`, and a dialect for them that has these keys.
fn lab(keys: &str, logs: &[&[&str]]) -> Lab {
    let lab = Lab::new();
    lab.write("words.toml", DIALECT.replace("KEYS", keys));
    for (lines, number) in logs.iter().zip(1..) {
        lab.write(&format!("logs/peer{number}.txt"), lines.join("\n") + "\n");
    }
    lab
}

const CHECK: [&str; 4] = ["check", "logs", "--dialect", "words.toml"];

/// What `labctl check` makes of them: the rules that are broken and how often, those
/// of which there is a remark, the text of both, and the rules that are unknown.
struct Verdicts {
    broken: Vec<(String, u64)>,
    remarked: Vec<String>,
    texts: Vec<String>,
    unknown: Vec<String>,
}

fn verdicts(lab: &Lab, args: &[&str], code: i32) -> Verdicts {
    let said = lab.labctl(&[args, &["--format", "json"]].concat()).code(code);
    let runs: Value = serde_json::from_str(&said.out).unwrap();
    let rules = runs[0]["rules"].as_array().unwrap();
    let id = |rule: &Value| rule["id"].as_str().unwrap().to_owned();
    let told = |rule: &Value, of: &str| {
        let told = rule[of].as_array().unwrap().iter();
        told.map(|one| one["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let broken = rules.iter().filter(|rule| rule["verdict"] == "unsound");
    let remarked = rules.iter().filter(|rule| !told(rule, "remarks").is_empty());
    Verdicts {
        broken: broken.map(|rule| (id(rule), rule["count"].as_u64().unwrap())).collect(),
        remarked: remarked.map(id).collect(),
        texts: rules
            .iter()
            .flat_map(|rule| [told(rule, "findings"), told(rule, "remarks")].concat())
            .collect(),
        unknown: rules.iter().filter(|rule| rule["verdict"] == "unknown").map(id).collect(),
    }
}

fn of(rule: &str, count: u64) -> Vec<(String, u64)> {
    vec![(rule.to_owned(), count)]
}

#[test]
fn a_stamp_before_the_increment_is_one_fault_and_no_message_that_nobody_sent() {
    let receiver: &[&str] =
        &["2.5 got 1 from 1 lc 2 left 0", "4.5 got 2 from 1 lc 3 left 0", "7.5 got 4 from 1 lc 5 left 0"];
    let known: &[&str] = &["1 idle lc 1", "2 told 2 lc 2", "4 told 2 lc 3", "6 idle lc 4", "7 told 2 lc 5"];
    let said: &[&str] =
        &["1 idle lc 1", "2 told of 1 lc 2", "4 told of 2 lc 3", "6 idle lc 4", "7 told of 4 lc 5"];
    for sender in [known, said] {
        let lab = lab("", &[sender, receiver]);
        let found = verdicts(&lab, &CHECK, 1);
        assert_eq!(found.broken, of("clock-condition", 3));
        assert_eq!(found.texts.len(), 1, "{:?}", found.texts);
        assert!(
            found.texts[0].starts_with("3 of 3 messages carry the clock before the SEND's increment"),
            "{}",
            found.texts[0]
        );
    }
    let lab = lab("", &[said, receiver]);
    let table = rows(&lab.labctl(&["parse", "logs", "--dialect", "words.toml"]).code(0).out);
    let carried: Vec<&str> = table.iter().map(|row| row["message_clock"].as_str()).collect();
    assert_eq!(carried[..5], ["", "1", "2", "", "4"]);
}

#[test]
fn messages_that_never_arrived_are_missed_though_no_log_names_a_sender() {
    let sender: &[&str] = &[
        "1 told everyone lc 1",
        "2 told everyone lc 2",
        "3 told everyone lc 3",
        "4 idle lc 4",
        "70 idle lc 5",
    ];
    let receiver: &[&str] =
        &["1.5 got lc 2 left 0", "2.5 got lc 3 left 0", "3.5 got lc 4 left 0", "70.5 idle lc 5"];
    let deaf: &[&str] = &["1.6 idle lc 1", "2.6 idle lc 2", "3.6 idle lc 3", "69 idle lc 4"];
    let found = verdicts(&lab("", &[sender, receiver, deaf]), &CHECK, 1);
    assert_eq!(found.broken, of("messages-add-up", 3));
    let words = "3 of 3 messages to machine 3 never arrived: it was idle 4 times after the first of them was sent, \
        the last time 66 s after the last of them";
    assert_eq!(found.texts, [words]);
    // Seconds after, they may be on their way.
    let found = verdicts(&lab("", &[&sender[..3], &receiver[..3], &deaf[..3]]), &CHECK, 0);
    assert!(found.unknown.contains(&"messages-add-up".to_owned()));
}

#[test]
fn a_kind_that_no_log_has_is_told_once_and_what_rests_on_it_is_unknown() {
    let no_receive: [&[&str]; 2] = [
        &["1 idle lc 1", "2 told lc 2", "3 told lc 5", "4 idle lc 6", "5 told lc 9"],
        &["1.2 told lc 1", "2.2 told lc 4", "3.2 idle lc 5", "4.2 idle lc 8"],
    ];
    let found = verdicts(&lab("", &no_receive), &CHECK, 1);
    assert_eq!(found.broken, of("messages-add-up", 1));
    let words = "5 messages sent, and no log of the run has a RECEIVE: 4 times a clock rises by more than one, which \
        are receives that were not logged";
    assert_eq!(found.texts, [words]);
    for rule in ["clock-step", "message-sent", "nothing-lost", "queue-first", "rate-kept"] {
        assert!(found.unknown.contains(&rule.to_owned()), "{rule} of {:?}", found.unknown);
    }
    let no_internal: [&[&str]; 2] = [
        &[
            "speed 2",
            "0.5 told 2 lc 1",
            "1.5 told 2 lc 3",
            "2 told 2 lc 4",
            "3.5 told 2 lc 7",
            "5 got 4 from 2 lc 10",
        ],
        &[
            "speed 1",
            "1 got 1 from 1 lc 2",
            "2 got 3 from 1 lc 4",
            "3 got 4 from 1 lc 5",
            "5 got 7 from 1 lc 9",
            "6 told 1 lc 10",
        ],
    ];
    let found = verdicts(&lab("", &no_internal), &CHECK, 1);
    assert_eq!(found.remarked, ["clock-step"]);
    assert_eq!(found.broken, of("message-sent", 1), "what is no matter of ticks is judged all the same");
    for rule in ["clock-step", "rate-kept"] {
        assert!(found.unknown.contains(&rule.to_owned()), "{rule} of {:?}", found.unknown);
    }
}

#[test]
fn a_send_to_some_is_one_event_and_as_many_messages_everywhere() {
    let logs: [&[&str]; 4] = [
        &["1 idle lc 1", "2 told 2 and 4 lc 2", "3 idle lc 3"],
        &["1 idle lc 1", "2.5 got 2 from 1 lc 3 left 0", "3 idle lc 4"],
        &["1 idle lc 1", "3 idle lc 2"],
        &["1 idle lc 1", "2.5 got 2 from 1 lc 3 left 0", "3 idle lc 4"],
    ];
    let lab = lab("", &logs);
    let found = verdicts(&lab, &CHECK, 0);
    assert!(found.texts.is_empty(), "{:?}", found.texts);
    assert!(!found.unknown.contains(&"messages-add-up".to_owned()), "{:?}", found.unknown);
    let with = |args: &[&str]| lab.labctl(&[args, &["--dialect", "words.toml"]].concat()).code(0);
    let table = rows(&with(&["parse", "logs"]).out);
    let sends: Vec<(&str, &str)> = table
        .iter()
        .filter(|row| row["event"] == "SEND")
        .map(|row| (row["clock"].as_str(), row["to"].as_str()))
        .collect();
    assert_eq!(sends, [("2", "2 4")]);
    let metrics = rows(&with(&["metrics", "logs", "--format", "csv"]).out);
    assert_eq!((metrics[0]["sends"].as_str(), metrics[0]["messages_sent"].as_str()), ("1", "2"));
    with(&["export", "logs", "--to", "perfetto", "-o", "run.json"]);
    assert!(lab.read("run.json").contains("\"to\":[2,4]"), "{}", lab.read("run.json"));
    with(&["export", "logs", "--to", "shiviz", "-o", "run.log"]);
    assert!(lab.read("run.log").contains("SEND to m2,m4"), "{}", lab.read("run.log"));
    with(&["export", "logs", "--to", "mermaid", "-o", "run.mmd"]);
    assert_eq!(lab.read("run.mmd").matches(": SEND, clock 2").count(), 2, "{}", lab.read("run.mmd"));
}

#[test]
fn clocks_that_begin_at_one_are_a_remark_or_said_by_a_dialect() {
    let logs: [&[&str]; 2] =
        [&["1 idle lc 2", "2 told 2 lc 3"], &["1.1 idle lc 2", "2.1 got 3 from 1 lc 4 left 0"]];
    let found = verdicts(&lab("", &logs), &CHECK, 0);
    assert_eq!((found.remarked, found.broken), (vec!["clock-step".to_owned()], vec![]));
    assert!(found.texts[0].starts_with("all clocks of the run start from 1"), "{:?}", found.texts);
    let said = lab("", &logs).labctl(&CHECK).code(0);
    for text in [
        "unknown, 1 remark (4 events",
        "remarks, habits of logging that break no rule:\n  clock-step: logs/peer1.txt:1:",
    ] {
        assert!(said.out.contains(text), "`{text}` is not in\n{}", said.out);
    }
    let found = verdicts(&lab("clocks_begin = 1", &logs), &CHECK, 0);
    assert!(found.remarked.is_empty(), "{:?}", found.texts);
}

#[test]
fn a_queue_counted_before_the_pop_is_a_remark() {
    let logs: [&[&str]; 2] = [
        &["1 told 2 lc 1", "2 told 2 lc 2", "9 idle lc 3"],
        &["3 got 1 from 1 lc 2 left 2", "4 got 2 from 1 lc 3 left 1", "9 idle lc 4"],
    ];
    let found = verdicts(&lab("", &logs), &CHECK, 0);
    assert_eq!(found.remarked, ["queue-length"]);
    assert!(found.texts[0].contains("`queue = \"before-pop\"`"), "{:?}", found.texts);
}

#[test]
fn how_far_a_rate_is_off_is_told_and_graded_and_measured() {
    let log = |period_s: f64| {
        let line = |tick: u32| format!("{:.3} idle lc {tick}", f64::from(tick) * period_s);
        ["speed 5".to_owned()].into_iter().chain((1..=200).map(line)).collect::<Vec<String>>().join("\n")
    };
    let lab = lab("", &[]);
    for (number, period_s) in [(1, 0.202), (2, 0.32), (3, 12.007), (4, 0.2)] {
        lab.write(&format!("logs/peer{number}.txt"), log(period_s) + "\n");
    }
    let found = verdicts(&lab, &[&CHECK[..], &["--rules", "rate-kept"]].concat(), 1);
    let ends = [
        "(-1.0 %: slow; does it sleep 1/5 s after its work? that loses 2.0 ms a tick)",
        "(-37.5 %: far off)",
        "is the rate in ticks a minute?)",
    ];
    assert_eq!(found.texts.len(), ends.len(), "{:?}", found.texts);
    for (text, end) in found.texts.iter().zip(ends) {
        assert!(text.ends_with(end), "{text}");
    }
    let csv = lab.labctl(&["metrics", "logs", "--dialect", "words.toml", "--format", "csv"]).code(0).out;
    let achieved: Vec<f64> =
        rows(&csv)[..3].iter().map(|row| row["achieved_rate"].parse().unwrap()).collect();
    for (achieved, expected) in achieved.into_iter().zip([4.95, 3.125, 0.083]) {
        assert!((achieved - expected).abs() < 0.001, "{achieved} instead of {expected}");
    }
}

#[test]
fn a_send_to_all_in_lines_of_rising_clocks_is_named_and_read_as_one() {
    let logs: [&[&str]; 3] = [
        &["1 idle lc 1", "2 told 2 lc 1", "2.001 told 3 lc 2", "3 idle lc 3"],
        &["1 idle lc 1", "2.5 got 2 from 1 lc 3 left 0", "3 idle lc 4"],
        &["1 idle lc 1", "2.5 got 2 from 1 lc 3 left 0", "3 idle lc 4"],
    ];
    let key = "send_to_all = \"line-each-rising\"";
    let found = verdicts(&lab("", &logs), &[&CHECK[..], &["--rules", "clock-rises,clock-step"]].concat(), 0);
    assert_eq!(found.remarked, ["clock-rises"]);
    assert!(found.texts[0].contains(key), "{:?}", found.texts);
    let read = lab(key, &logs);
    let found = verdicts(&read, &CHECK, 0);
    assert!(found.texts.is_empty(), "{:?}", found.texts);
    let table = rows(&read.labctl(&["parse", "logs", "--dialect", "words.toml"]).code(0).out);
    let sends: Vec<(&str, &str)> = table
        .iter()
        .filter(|row| row["event"] == "SEND")
        .map(|row| (row["clock"].as_str(), row["to"].as_str()))
        .collect();
    assert_eq!(sends, [("2", "all")]);
}

/// A log with this header and these lines, all of one minute.
fn write_log(lab: &Lab, number: u32, header: &str, lines: &[&str]) {
    let minute = "2026-04-01 10:00";
    let lines: String = lines.iter().map(|line| format!("{minute}:{line}\n")).collect();
    let started = format!("Machine {number} log started at {minute}:00\n");
    lab.write(&format!("run/log_{number}.txt"), format!("{started}Clock rate: {header}\n{lines}"));
}

#[test]
fn each_log_has_its_own_resolution() {
    let lab = Lab::new();
    let sends = [
        "00.500000 | SEND | Clock: 1 | Sent to machine 2",
        "01.000000 | INTERNAL | Clock: 2 | Internal event",
        "01.500000 | SEND | Clock: 3 | Sent to machine 2",
    ];
    write_log(&lab, 1, "2 ticks per second", &sends);
    let receives = [
        "00 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0",
        "01 | RECEIVE | Clock: 4 | Message clock: 3, Queue length: 0",
        "02 | INTERNAL | Clock: 5 | Internal event",
    ];
    write_log(&lab, 2, "1 ticks per second", &receives);
    let found = verdicts(&lab, &["check", "run"], 0);
    assert!(found.texts.is_empty(), "{:?}", found.texts);
    let finer = receives.map(|line| line.replacen(" |", ".000001 |", 1));
    write_log(&lab, 2, "1 ticks per second", &finer.each_ref().map(String::as_str));
    let found = verdicts(&lab, &["check", "run"], 1);
    assert_eq!(found.broken, of("sent-before-received", 2));
}

/// A machine of labctl's, and a program that stamps whole seconds, knows no end, and
/// goes on after the other's.
#[test]
fn what_a_program_of_others_sends_after_the_end_is_not_missing() {
    let lab = Lab::new();
    let ours = [
        "01.000000 | SEND | Clock: 1 | Sent to machine 2, Tick: 1",
        "02.000000 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0, From: 2, Tick: 2, Waited: 9 us",
        "02.500000 | END | Clock: 2 | Queue length: 0, Ticks: 2, Lost ticks: 0, Sent: 1, Received: 1, \
         Run time: 2500000 us, Reason: completed",
    ];
    write_log(&lab, 1, "1 ticks per second, Machines: 2, Phase: 0 us, Speedup: 1", &ours);
    let theirs = |second: &str| {
        let after = format!("{second} | SEND | Clock: 3 | Sent to machine 1");
        let lines = [
            "00 | SEND | Clock: 1 | Sent to machine 1",
            "01 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0",
        ];
        write_log(&lab, 2, "1 ticks per second", &[&lines[..], &[&after]].concat());
    };
    theirs("10");
    let found = verdicts(&lab, &["check", "run"], 0);
    assert!(found.texts.is_empty(), "{:?}", found.texts);
    theirs("01");
    let found = verdicts(&lab, &["check", "run"], 1);
    assert_eq!(found.broken, of("messages-add-up", 1), "{:?}", found.texts);
}

#[test]
fn a_class_is_told_what_contradicts_what_is_habit_and_what_its_logs_cannot_tell() {
    let lab = lab("", &[]);
    let habit: [&[&str]; 2] =
        [&["1 idle lc 2", "2 told 2 lc 3"], &["1.1 idle lc 2", "2.1 got 3 from 1 lc 4 left 0"]];
    let early: [&[&str]; 2] = [
        &["1 told 2 lc 1", "2 told 2 lc 2", "2.2 idle lc 3", "2.5 told 2 lc 4"],
        &["3 got 0 from 1 lc 1", "4 got 1 from 1 lc 2", "5 got 3 from 1 lc 4"],
    ];
    for (student, logs) in [("ada", habit), ("bob", early)] {
        for (lines, number) in logs.iter().zip(1..) {
            lab.write(&format!("class/{student}/peer{number}.txt"), lines.join("\n") + "\n");
        }
    }
    lab.labctl(&["grade", "class", "--dialect", "words.toml"]).code(0);
    let table = rows(&lab.read("grades/grades.csv"));
    let told: Vec<[&str; 3]> =
        table.iter().map(|row| ["grade", "broken", "habits"].map(|column| row[column].as_str())).collect();
    assert_eq!(told, [["sound as far as shown", "", "clock-step"], ["unsound", "clock-condition", ""]]);
    assert!(table.iter().all(|row| row["unknown"].contains("end-agrees")), "{table:?}");
    let page = lab.read("grades/ada.md");
    for text in [
        "No rule is broken.",
        "Habits of logging, which break no rule:",
        "- clock-step: peer1.txt:1: all clocks",
        "These logs cannot tell:",
    ] {
        assert!(page.contains(text), "{text} is not in\n{page}");
    }
    let page = lab.read("grades/bob.md");
    assert!(
        page.contains("Contradictions of the model:") && page.contains("3 of 3 messages carry"),
        "{page}"
    );
    let readme = lab.read("grades/README.md");
    assert!(
        readme.contains(
            "| contradictions of the model | habits of logging | rules that the logs cannot show |"
        ),
        "{readme}"
    );
}
