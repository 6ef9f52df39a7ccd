//! Clocks of hosts: a constant offset of one log, and leaps of all.

use super::logs::number;
use super::*;

const HOUR_US: i64 = 3_600_000_000;

fn result<'a>(audit: &'a Audit, id: &str) -> &'a RuleResult {
    audit.results.iter().find(|result| result.rule.id == id).unwrap()
}

/// As of several hosts, which no manifest says to be one.
fn undeclared(seed: u64) -> Logs {
    Logs { declared: None, ..clean(SPEC, seed, START) }
}

/// The only finding, as `rule machine:line text`.
#[track_caller]
fn only_finding(audit: &Audit) -> String {
    assert_eq!(audit.count(), 1, "{}", findings(audit));
    findings(audit).trim_end().to_owned()
}

#[test]
fn a_host_in_another_time_zone_is_one_finding_with_its_offset() {
    for (off_us, words) in [
        (HOUR_US, "1 h ahead of"),
        (-HOUR_US, "1 h behind"),
        (5 * HOUR_US + HOUR_US / 2, "5 h 30 min ahead of"),
        (-HOUR_US * 3 / 4, "45 min behind"),
        (HOUR_US + 400_000, "1 h ahead of"),
    ] {
        for logs in [undeclared(3), undeclared(3).in_notebooks_words()] {
            let mut logs = logs;
            let line = logs.find(2, 1, |text, _| text.contains("Clock rate: "));
            logs.move_stamps(2, 1, |stamp| Stamp(stamp.0 + off_us));
            let reported = only_finding(&logs.audit());
            assert!(reported.starts_with(&format!("host-clocks 2:{line}: ")), "{reported}");
            assert!(
                reported.contains(words) && reported.contains("machines 1 and 3: a time zone or clock"),
                "{reported}"
            );
        }
    }
}

#[test]
fn a_log_that_is_moved_by_a_few_seconds_is_found_by_the_messages_of_others() {
    for seed in 0..20 {
        for off_us in [1_000_000, -1_000_000, 5_000_000, -2_500_000] {
            for (declared, seed) in [(true, seed), (false, seed)] {
                let mut logs = clean(SPEC, seed, START);
                logs.declared = logs.declared.filter(|_| declared);
                logs.move_stamps(2, 1, |stamp| Stamp(stamp.0 + off_us));
                let reported = only_finding(&logs.audit());
                assert!(
                    reported.starts_with("host-clocks 2:2: all stamps of this log lie a constant "),
                    "{reported}"
                );
                let side = if off_us > 0 { "ahead of" } else { "behind" };
                assert!(reported.contains(side) && !reported.contains("time zone"), "{reported}");
            }
        }
    }
}

#[test]
fn a_start_that_is_moved_alone_is_found_to_the_millisecond() {
    for off_us in [1_000, -1_000, 1_000_000, 5_000_000] {
        let mut logs = undeclared(3);
        let header = logs.text(2, 1);
        logs.move_stamps(2, 1, |stamp| Stamp(stamp.0 + off_us));
        let moved = logs.text(2, 1);
        logs = undeclared(3);
        assert_ne!(header, moved);
        logs.set(2, 1, &moved);
        let audit = logs.audit();
        let found: Vec<u32> = result(&audit, "one-run").counts.keys().map(|id| id.0).collect();
        assert_eq!(found, [2], "{}", findings(&audit));
    }
}

/// One message that comes too early is no other clock.
#[test]
fn one_odd_line_is_no_constant_offset() {
    let mut logs = undeclared(3);
    let last = logs.machines[1].len();
    let receive = (3..last).rev().find(|line| logs.text(2, *line).contains(" | RECEIVE | ")).unwrap();
    logs.change(2, receive, "Waited", |us| us + 7_000_000);
    let audit = logs.audit();
    assert_eq!(result(&audit, "host-clocks").count(), 0, "{}", findings(&audit));
    let places = &result(&audit, "sent-before-received").findings;
    assert_eq!(places.len(), 1, "{}", findings(&audit));
    assert!(places[0].text.starts_with("arrived ") && places[0].place.line == receive as u64);
}

#[test]
fn a_wait_longer_than_the_run_is_found_though_nothing_is_matched() {
    let mut logs = undeclared(3);
    let receive = logs.find(2, 3, |text, _| text.contains(" | RECEIVE | "));
    logs.change(2, receive, "Waited", |_| 60_000_000);
    let audit = logs.audit();
    let found = &result(&audit, "sent-before-received").findings;
    assert_eq!(found.len(), 1, "{}", findings(&audit));
    assert!(found[0].text.contains("before the log's start") && found[0].place.line == receive as u64);
}

#[test]
fn leaps_of_all_logs_are_reported_once_with_place_and_size() {
    let leaps = [
        (HOUR_US, "all logs leap ahead by 3600 s here"),
        (-HOUR_US, "all logs step back by 3600 s here"),
        (-30_000_000, "all logs step back by 30 s here"),
    ];
    for (leap_us, words) in leaps {
        // The size of a leap shows to a second in whole seconds.
        let mut logs = undeclared(3);
        for id in 1..=3 {
            let middle = logs.find(id, 3, |text, _| text.contains(":20."));
            logs.move_stamps(id, middle, |stamp| Stamp(stamp.0 + leap_us));
        }
        let first = logs.find(1, 3, |text, next| stamp_of(next).abs_diff(stamp_of(text)) > 20);
        let reported = only_finding(&logs.in_notebooks_words().audit());
        let at = format!("time-forward 1:{}: ", first + 1);
        let text = reported.strip_prefix(&at).unwrap_or_else(|| panic!("{reported}"));
        let is_told = |second: &str| text.starts_with(&words.replace("30 s", second));
        assert!(["29 s", "30 s", "31 s"].into_iter().any(is_told), "{reported}");
    }
}

/// Minutes and seconds of a line's stamp, as seconds.
fn stamp_of(text: &str) -> u64 {
    let part = |range| text.get(range).and_then(|part: &str| part.parse::<u64>().ok()).unwrap_or(0);
    part(11..13) * 3600 + part(14..16) * 60 + part(17..19)
}

#[test]
fn a_leap_of_one_log_alone_is_no_leap_of_all() {
    let mut logs = undeclared(3);
    let middle = logs.find(2, 3, |text, _| text.contains(":20."));
    logs.move_stamps(2, middle, |stamp| Stamp(stamp.0 - HOUR_US / 6));
    let audit = logs.audit();
    let found = result(&audit, "time-forward");
    assert!(found.findings[0].text.starts_with("time runs back by"), "{}", findings(&audit));
    assert_eq!(found.findings[0].place.line, middle as u64);
}

#[test]
fn summer_time_within_one_log_is_reported_once_and_named() {
    let leaps = [
        (
            -HOUR_US,
            "the stamps of this log step back by 3600 s here: the clock was set, or summer time ended",
        ),
        (
            HOUR_US,
            "the stamps of this log leap ahead by 3600 s here: the clock was set or the host stood still, or summer time began",
        ),
    ];
    for (leap_us, words) in leaps {
        let mut logs = undeclared(3);
        let middle = logs.find(2, 3, |text, _| text.contains(":20."));
        logs.move_stamps(2, middle, |stamp| Stamp(stamp.0 + leap_us));
        let first = logs.find(2, 3, |text, next| stamp_of(next).abs_diff(stamp_of(text)) > 20);
        assert_eq!(
            only_finding(&logs.in_notebooks_words().audit()),
            format!("time-forward 2:{}: {words}", first + 1)
        );
    }
}

/// A machine in a sleep loop: others' senders that sleep for minutes at once.
#[test]
fn long_sleeps_are_no_leaps() {
    let spec = "duration = \"400s\"\ninternal_prob = 0.0\n[network]\ndelay = \"constant:70s\"\nwhere = \"sender\"\n\
        [[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 4\n";
    for seed in 0..20 {
        let audit = clean(spec, seed, START).audit();
        assert!(audit.is_sound(), "{}", findings(&audit));
    }
}

#[test]
fn a_parameter_of_one_header_is_held_against_the_other_headers() {
    for (machine, name) in [(1, "Machines"), (2, "Machines"), (3, "Machines"), (1, "Speedup"), (3, "Speedup")]
    {
        for change in [|value: u64| value + 1, |value: u64| value.saturating_sub(1).max(2)] {
            let mut logs = undeclared(3);
            let before = number(&logs.text(machine, 2), name).unwrap();
            if change(before) == before {
                continue;
            }
            logs.change(machine, 2, name, change);
            let audit = logs.audit();
            let found: Vec<_> =
                result(&audit, "parameters").findings.iter().map(|found| found.place).collect();
            let place = Place { machine: crate::model::event::MachineId(machine as u32), line: 2 };
            assert!(found.contains(&place), "{name} of {machine}: {}", findings(&audit));
        }
    }
}

#[test]
fn nothing_is_sound_that_stamps_are_too_coarse_to_show() {
    let mut logs = undeclared(3);
    for id in 1..=3 {
        logs.change(id, 2, "Speedup", |_| 10_000);
    }
    let audit = logs.audit();
    assert!(audit.is_sound(), "{}", findings(&audit));
    let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
    for rule in ["host-clocks", "sent-before-received", "queue-length", "queue-first", "queue-order"] {
        assert!(unknown.contains(&rule), "{rule} of {unknown:?}");
    }
}

/// Two senders whose messages wait together, and the later one is popped first.
#[test]
fn a_stack_in_place_of_the_queue_is_found_by_the_waits() {
    let log =
        |lines: &[&str]| lines.iter().map(|line| format!("2026-03-05 12:{line}\n").into_bytes()).collect();
    let receiver = |first: &str, second: &str| Logs {
        declared: None,
        machines: vec![
            log(&["46:01.500000 | SEND | Clock: 1 | Sent to machine 3, Tick: 1"]),
            log(&["46:02.000000 | SEND | Clock: 1 | Sent to machine 3, Tick: 1"]),
            log(&[
                &format!("46:05.000000 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 1, {first}"),
                &format!("46:06.000000 | RECEIVE | Clock: 3 | Message clock: 1, Queue length: 0, {second}"),
            ]),
        ],
    };
    let queue = receiver("From: 1, Tick: 1, Waited: 3499000 us", "From: 2, Tick: 2, Waited: 3999000 us");
    assert_eq!(result(&queue.audit(), "queue-order").verdict, Verdict::Sound);
    let stack = receiver("From: 2, Tick: 1, Waited: 2999000 us", "From: 1, Tick: 2, Waited: 4499000 us");
    let audit = stack.audit();
    let found = &result(&audit, "queue-order").findings;
    assert_eq!(found.len(), 1, "{}", findings(&audit));
    assert_eq!((found[0].place.machine.0, found[0].place.line), (3, 2));
    assert!(found[0].text.starts_with("the message came 0.500000 s before one"), "{}", found[0].text);
}
