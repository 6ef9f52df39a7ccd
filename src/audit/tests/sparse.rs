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
    let audited = |lines: &[String]| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let audit = audit(&crate::history::tests::history(&[&lines, &[], &[]]), None, &RULES);
        let remarks: Vec<String> = audit.remarks().map(|(_, remark)| remark.text.clone()).collect();
        (audit.is_sound(), remarks.concat())
    };
    for (lines, key) in [
        (vec![send(1, 2), send(1, 3)], "line-each"),
        (vec![send(1, 2), send(2, 3), send(2, 2), send(3, 3)], "line-each-rising"),
    ] {
        let (is_sound, remark) = audited(&lines);
        let advice = format!("a dialect with `send_to_all = \"{key}\"` reads such lines as one SEND");
        assert!(is_sound && remark.ends_with(&advice), "{remark}");
    }
    // The same recipient twice is no send to all, and a clock that falls is none either.
    for strange in [[send(1, 2), send(1, 2)], [send(1, 2), send(0, 3)]] {
        assert_eq!(audited(&strange), (false, String::new()));
    }
    let tick = |second: u32| format!("46:{second:02} | INTERNAL | Clock: {second} | Internal event");
    let alone = |second: u32, to: u32| format!("46:{second:02} | SEND | Clock: 31 | Sent to machine {to}");
    let lines: Vec<String> = (1..=30).map(tick).chain([alone(31, 2), alone(41, 3)]).collect();
    assert_eq!(audited(&lines), (false, String::new()), "one that comes ticks later is a SEND of its own");
}

/// The log of each machine, its lines without their date.
fn audit_of(logs: &[&[&str]]) -> Audit {
    audit(&crate::history::tests::history(logs), None, &RULES)
}

fn remarks(audit: &Audit) -> Vec<(&'static str, u64)> {
    audit.remarks().map(|(rule, remark)| (rule.id, remark.count)).collect()
}

#[test]
fn clocks_that_all_begin_at_one_are_a_habit_and_a_single_one_that_does_is_not() {
    let two = ["46:03 | INTERNAL | Clock: 2 | Internal event", "46:04 | SEND | Clock: 3 | Sent to machine 2"];
    let received = ["46:05 | RECEIVE | Clock: 4 | Message clock: 3, Queue length: 0"];
    let both = audit_of(&[&two, &two[..1]]);
    assert_eq!((both.is_sound(), remarks(&both)), (true, vec![("clock-step", 2)]), "{}", findings(&both));
    let one_receives = audit_of(&[&two, &received]);
    assert_eq!((one_receives.is_sound(), remarks(&one_receives)), (true, vec![("clock-step", 2)]));
    let only_one = audit_of(&[&two, &["46:03 | INTERNAL | Clock: 1 | Internal event"]]);
    assert_eq!((only_one.is_sound(), remarks(&only_one)), (false, vec![]));
}

#[test]
fn a_queue_that_is_counted_before_the_pop_is_a_habit() {
    let audit = audit_of(&[
        &["46:01 | SEND | Clock: 1 | Sent to machine 2", "46:02 | SEND | Clock: 2 | Sent to machine 2"],
        &[
            "46:05 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 2",
            "46:06 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 1",
            "46:07 | INTERNAL | Clock: 4 | Internal event",
        ],
    ]);
    assert_eq!(
        (audit.is_sound(), remarks(&audit)),
        (true, vec![("queue-length", 1)]),
        "{}",
        findings(&audit)
    );
}

#[test]
fn a_kind_that_is_never_logged_leaves_open_what_rests_on_it() {
    let send =
        |second: u64, clock: u64| format!("46:{second:02} | SEND | Clock: {clock} | Sent to machine 2");
    let internal =
        |second: u64, clock: u64| format!("46:{second:02} | INTERNAL | Clock: {clock} | Internal event");
    let verdicts = |lines: &[String]| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let audit = audit_of(&[&lines, &[]]);
        let broken: Vec<(&str, u64)> = audit
            .results
            .iter()
            .filter(|result| result.count() > 0)
            .map(|result| (result.rule.id, result.count()))
            .collect();
        let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
        assert!(["clock-step", "rate-kept"].iter().all(|rule| unknown.contains(rule)), "{unknown:?}");
        (broken, remarks(&audit), unknown.contains(&"message-sent"))
    };
    let no_receive = [internal(1, 1), send(2, 2), send(3, 5), internal(4, 6), send(5, 9)];
    assert_eq!(verdicts(&no_receive), (vec![("messages-add-up", 1)], vec![], true));
    let no_internal = [send(1, 1), send(3, 3), send(4, 4), send(7, 7)];
    assert_eq!(verdicts(&no_internal), (vec![], vec![("clock-step", 2)], false));
}

#[test]
fn a_recipient_that_never_gets_its_part_of_a_send_to_all_is_one_fault() {
    let send = |clock: u64, to: &str| format!("46:{clock:02} | SEND | Clock: {clock} | Sent to {to}");
    let receive = |clock: u64| {
        format!(
            "46:{:02} | RECEIVE | Clock: {} | Message clock: {clock}, Queue length: 0",
            clock + 1,
            clock + 1
        )
    };
    let nothing_lost = |got_by_third: &[u64]| {
        let sends: Vec<String> =
            (1..=5).map(|clock| send(clock, if clock == 5 { "machine 3" } else { "all machines" })).collect();
        let second: Vec<String> = (1..=4).map(receive).collect();
        let third: Vec<String> = got_by_third.iter().map(|clock| receive(*clock)).collect();
        let logs = [sends, second, third];
        let lines: Vec<Vec<&str>> = logs.iter().map(|log| log.iter().map(String::as_str).collect()).collect();
        let audit = audit_of(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let result = audit.results.into_iter().find(|result| result.rule.id == "nothing-lost").unwrap();
        (
            result.count(),
            result.findings.len(),
            result.findings.into_iter().map(|one| one.text).collect::<String>(),
        )
    };
    let (count, findings, text) = nothing_lost(&[5]);
    assert_eq!((count, findings), (4, 1), "{text}");
    assert!(text.starts_with("none of 4 sends to several reached machine 3"), "{text}");
    let (count, findings, text) = nothing_lost(&[2, 5]);
    assert_eq!((count, findings), (3, 3), "{text}");
}

#[test]
fn messages_that_a_machine_idle_long_after_never_got_did_not_arrive() {
    let sent = [
        "46:01 | SEND | Clock: 1 | Sent to all machines",
        "46:02 | SEND | Clock: 2 | Sent to all machines",
        "46:03 | INTERNAL | Clock: 3 | Internal event",
        "46:50 | INTERNAL | Clock: 4 | Internal event",
    ];
    let received = [
        "46:03 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0",
        "46:04 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 0",
        "46:50 | INTERNAL | Clock: 4 | Internal event",
    ];
    let last = |line: &str| {
        let audit = audit_of(&[&sent, &received, &["46:03 | INTERNAL | Clock: 1 | Internal event", line]]);
        let result = audit.results.into_iter().find(|result| result.rule.id == "messages-add-up").unwrap();
        (result.count(), result.findings.into_iter().map(|finding| finding.text).collect::<String>())
    };
    let text = "2 of 2 messages to machine 3 never arrived: it was idle 2 times after the first of them was sent, \
        the last time 48 s after the last of them";
    assert_eq!(last("46:50 | INTERNAL | Clock: 2 | Internal event"), (2, text.to_owned()));
    let soon = last("46:05 | INTERNAL | Clock: 2 | Internal event");
    assert_eq!(soon, (0, String::new()), "they may be on their way");
    let half = last("46:50 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 1");
    assert_eq!(half, (0, String::new()), "it may be in the queue");
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
