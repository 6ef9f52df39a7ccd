//! ShiViz: what is written is taken, and what is broken is refused.

use super::*;
use crate::export::shiviz::{ShivizWriter, check};

fn written(excerpts: &[Excerpt<'_>]) -> (String, u64) {
    let mut out = Vec::new();
    let mut writer = ShivizWriter::new(&mut out).unwrap();
    for excerpt in excerpts {
        assert!(writer.add(excerpt).unwrap().is_empty());
    }
    let events = writer.finish().unwrap();
    (String::from_utf8(out).unwrap(), events)
}

#[test]
fn every_window_of_every_run_is_taken() {
    each_excerpt(|excerpt, of| {
        let (text, events) = written(std::slice::from_ref(excerpt));
        assert_eq!(events, excerpt.events(), "{of}");
        check(text.as_bytes(), events).unwrap_or_else(|error| panic!("{of}: {error}\n{text}"));
    });
}

#[test]
fn machines_that_a_log_only_claims_are_not_all_named() {
    let log = "Clock rate: 4 ticks per second, Machines: 4294967295\n\
        2026-03-05 12:46:03 | SEND | Clock: 1 | Sent to machine 2\n\
        2026-03-05 12:46:03 | SEND | Clock: 2 | Sent to all machines\n";
    let history = history(&[log]);
    let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &Window::default());
    let (text, events) = written(&[excerpt]);
    assert!(text.ends_with("1000000000 m1 L=2 q=0 {\"m1\":2} SEND to all\n"), "{text}");
    check(text.as_bytes(), events).unwrap();
}

#[test]
fn a_line_says_all_that_is_known_and_clocks_begin_with_the_window() {
    let history = history(&WHOLE_SECONDS);
    let excerpt = Excerpt::of(("exp", "a\nb"), &history, WHOLE_SECONDS_START, &window(Some(2.0), None, &[]));
    let (text, _) = written(&[excerpt]);
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "=== exp/a\\u{a}b ===",
            "2000000000 m1 L=3 q=0 {\"m1\":1} SEND to m3",
            "2000000000 m1 L=4 q=0 {\"m1\":2} SEND to m2",
            "2000000000 m2 L=3 q=1 {\"m2\":1} RECEIVE from m1",
            "2000000000 m3 L=4 q=0 {\"m1\":1,\"m3\":1} RECEIVE from m1",
            "3000000000 m3 L=5 q=0 {\"m1\":1,\"m3\":2} SEND to m1",
            "3000000000 m1 L=6 q=0 {\"m1\":3,\"m3\":2} RECEIVE from m3",
        ]
    );
}

#[test]
fn a_raw_slice_is_refused_and_so_is_each_other_fault() {
    let history = history(&WHOLE_SECONDS);
    let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &Window::default());
    let (text, events) = written(std::slice::from_ref(&excerpt));
    check(text.as_bytes(), events).unwrap();
    let without = |line: usize| {
        let kept = text.lines().enumerate().filter(|(at, _)| *at != line);
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "`{from}` is not in\n{text}");
        text.replacen(from, to, 1)
    };
    let doubled = text.clone() + text.split_once('\n').unwrap().1.split_once('\n').unwrap().1;
    for (broken, count, why) in [
        (without(3), events - 1, "own entry is 2, and is to be 1"),
        (change("=== (?<trace>.*) ===", ""), events, "would be skipped"),
        (without(0), events, "no group `clock`"),
        (change("{\"m1\":2}", "{\"m1\":3}"), events, "own entry is 3"),
        (change("{\"m1\":2}", "{}"), events, "own entry is missing"),
        (change("{\"m1\":2}", "{\"m1\":2,}"), events, "is no clock"),
        (change("{\"m1\":5,", "{\"m9\":1,\"m1\":5,"), events, "of m9, which logs 0 events"),
        (change("{\"m1\":3,\"m3\":2}", "{\"m1\":9,\"m3\":2}"), events, "of m1, which logs 5 events"),
        (change("{\"m1\":3,\"m3\":2}", "{\"m1\":5,\"m3\":2}"), events, "comes before itself"),
        (change("SEND to m2", "SEND\nto m2"), events, "would be skipped"),
        (change("q=0", "q="), events, "would be skipped"),
        (change("{\"m1\":3,\"m3\":2}", "{\"m1\":2,\"m3\":2}"), events, "entry of m1 falls"),
        (change(r"q=(?<queue>\d+|\?)", r"q=(\d+)"), events, "rewrites a parenthesis"),
        (change("(?<host>", "(?<machine>"), events, "no group `host`"),
        (change("(?<lamport>", "(?<host>"), events, "duplicate"),
        (text.clone() + "=== exp/other ===\n", events, "has no events"),
        (doubled, 2 * events, "two executions named `exp/run`"),
        (text.clone(), events + 1, "8 events of 9"),
        (String::new(), 0, "no such line"),
    ] {
        refuses(check(broken.as_bytes(), count), why);
    }
}

#[test]
fn runs_are_executions_and_one_that_shows_nothing_is_left_out() {
    let history = history(&WHOLE_SECONDS);
    let of =
        |run, from| Excerpt::of(("exp", run), &history, WHOLE_SECONDS_START, &window(Some(from), None, &[]));
    let (text, events) = written(&[of("a", 0.0), of("b", 99.0), of("c", 2.0)]);
    check(text.as_bytes(), events).unwrap();
    let labels: Vec<&str> = text.lines().filter(|line| line.starts_with("===")).skip(1).collect();
    assert_eq!((labels, events), (vec!["=== exp/a ===", "=== exp/c ==="], 14));
}
