//! Logs that say little, as programs of others write them: what must not be
//! checked against them, and what must.

use std::path::Path;

use super::*;
use crate::history::{History, MachineHistory};
use crate::log::{Header, Line, ReadStats, Record};
use crate::model::event::{Kind, MachineId, Recipients};

/// An event by its second, its kind, and of a SEND to whom.
type Said = (i64, Kind, Option<Recipients>);

/// The log of a machine of this rate, its clock counted up from 1.
fn machine(id: u32, clock_rate: f64, events: &[Said]) -> MachineHistory {
    let mut machine = MachineHistory::new(MachineId(id), Path::new("log.txt"));
    let mut stats = ReadStats { machine: Some(MachineId(id)), lines: 1, ..ReadStats::default() };
    let header = Header { clock_rate, machines: None, phase: None, speedup: None };
    stats.take(&Line::Rate(header), &[]);
    machine.see(1, &Line::Rate(header));
    for ((second, kind, to), clock) in events.iter().zip(1..) {
        let stamp = Stamp(START.0 + second * 1_000_000);
        stats.lines += 1;
        machine
            .see(stats.lines, &Line::Event(&Record { stamp, kind: *kind, clock, to: *to, ..Record::BLANK }));
    }
    machine.end_of_log(stats);
    machine
}

fn verdict(machines: Vec<MachineHistory>, rule: &str) -> (Verdict, Vec<String>) {
    let audit = audit(&History::new(machines).unwrap(), None, &RULES);
    let result = audit.results.into_iter().find(|result| result.rule.id == rule).unwrap();
    let found =
        |finding: Finding| format!("{}:{} {}", finding.place.machine, finding.place.line, finding.text);
    (result.verdict, result.findings.into_iter().map(found).collect())
}

/// One INTERNAL in each of these seconds.
fn internal(seconds: impl Iterator<Item = i64>) -> Vec<Said> {
    seconds.map(|second| (second, Kind::Internal, None)).collect()
}

/// A tick every two seconds; every third sends to both others, in two lines
/// that do not say to whom.
#[test]
fn lines_of_one_send_to_all_are_one_tick_though_they_name_nobody() {
    let tick = |tick: i64| match tick % 3 {
        0 => vec![(2 * tick, Kind::Send, None); 2],
        _ => internal([2 * tick].into_iter()),
    };
    let sending: Vec<Said> = (0..60).flat_map(tick).collect();
    let silent = || internal((0..60).map(|tick| 2 * tick));
    let run = |rate| vec![machine(1, rate, &sending), machine(2, 0.5, &silent()), machine(3, 0.5, &silent())];
    assert_ne!(verdict(run(0.5), "rate-kept").0, Verdict::Unsound, "{:?}", verdict(run(0.5), "rate-kept").1);
    let (unsound, found) = verdict(run(0.75), "rate-kept");
    assert_eq!(
        (unsound, found.len()),
        (Verdict::Unsound, 1),
        "slower, though every line were a tick: {found:?}"
    );
    let no_third = vec![machine(1, 0.5, &sending), machine(2, 0.5, &silent())];
    assert_eq!(verdict(no_third, "rate-kept").0, Verdict::Unsound, "of two machines each line is a tick");
}

#[test]
fn a_log_that_sleeps_long_is_not_cut_where_it_sleeps() {
    let others = || machine(2, 1.0, &internal(0..38));
    let sleeping = machine(1, 1.0, &internal([0, 9, 19, 28, 29].into_iter()));
    assert_ne!(verdict(vec![sleeping, others()], "log-whole").0, Verdict::Unsound);
    let cut = machine(1, 1.0, &internal(0..30));
    let (unsound, found) = verdict(vec![cut, others()], "log-whole");
    assert_eq!(unsound, Verdict::Unsound);
    assert!(found[0].starts_with("1:31 the log stops here, 8 s before"), "{found:?}");
}

#[test]
fn a_log_without_an_event_is_missed_where_others_go_on() {
    let (unsound, found) =
        verdict(vec![machine(1, 1.0, &[]), machine(2, 1.0, &internal(0..38))], "log-whole");
    assert_eq!(unsound, Verdict::Unsound);
    assert!(found[0].starts_with("1:1 the log has no event, while machine 2 goes on for 37 s"), "{found:?}");
    let short = vec![machine(1, 0.2, &[]), machine(2, 1.0, &internal(0..4))];
    assert_ne!(verdict(short, "log-whole").0, Verdict::Unsound, "it had no time to tick");
}

#[test]
fn a_send_to_all_of_one_clock_is_pointed_to_the_dialect_that_reads_it() {
    let send = |clock: u64, to: u32| format!("46:03 | SEND | Clock: {clock} | Sent to machine {to}");
    let reported = |rule: &str, lines: &[String]| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let audit = audit(&crate::history::tests::history(&[&lines, &[], &[]]), None, &RULES);
        let result = audit.results.into_iter().find(|result| result.rule.id == rule).unwrap();
        result.findings.into_iter().map(|finding| finding.text).collect::<Vec<_>>()
    };
    let advice = "a dialect with `send_to_all = \"line-each\"` reads them so";
    for rule in ["clock-rises", "clock-step"] {
        let found = reported(rule, &[send(1, 2), send(1, 3)]);
        assert!(found.len() == 1 && found[0].ends_with(advice), "{rule}: {found:?}");
        // The same recipient twice is no send to all, and a clock that falls is none either.
        for strange in [[send(1, 2), send(1, 2)], [send(2, 2), send(1, 3)]] {
            let found = reported(rule, &strange);
            assert!(!found.is_empty() && !found.concat().contains("dialect"), "{rule}: {found:?}");
        }
    }
}

#[test]
fn a_first_clock_above_one_may_be_a_beginning_that_is_missing() {
    let reported = |line: &str| {
        let audit = audit(&crate::history::tests::history(&[&[line], &[]]), None, &RULES);
        let result = audit.results.into_iter().find(|result| result.rule.id == "clock-step").unwrap();
        result.findings.into_iter().map(|finding| finding.text).collect::<String>()
    };
    let missing = "should be 0 + 1 = 1, unless the log's beginning is missing";
    let late = reported("46:03 | INTERNAL | Clock: 57 | Internal event");
    assert!(late.ends_with(missing), "{late}");
    let low = reported("46:03 | INTERNAL | Clock: 0 | Internal event");
    assert!(low.ends_with("should be 0 + 1 = 1"), "{low}");
}
