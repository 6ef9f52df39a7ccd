//! Mermaid: what is written is taken, and what is broken is refused.

use super::*;
use crate::export::mermaid::{UNITS_MAX, check, write};

fn written(excerpt: &Excerpt<'_>) -> (String, u64) {
    let mut out = Vec::new();
    let rows = write(&mut out, excerpt).unwrap();
    (String::from_utf8(out).unwrap(), rows)
}

#[test]
fn every_window_of_every_run_is_taken_unless_it_is_too_long() {
    let mut taken = 0;
    each_excerpt(|excerpt, of| {
        let (text, rows) = written(excerpt);
        let outcome = check(text.as_bytes(), rows);
        if text.len() > UNITS_MAX {
            refuses(outcome, "more than the 50000 characters");
        } else {
            outcome.unwrap_or_else(|error| panic!("{of}: {error}\n{text}"));
            taken += 1;
        }
    });
    assert!(taken > 40, "{taken}");
}

#[test]
fn arrows_are_dashed_where_the_message_does_not_arrive() {
    let history = history(&WHOLE_SECONDS);
    let (text, _) = written(&Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &Window::default()));
    let rows: Vec<&str> = text.lines().map(str::trim).filter(|line| line.contains("SEND")).collect();
    assert_eq!(
        rows,
        ["m1-)m2: SEND, clock 2", "m1-)m3: SEND, clock 3", "m1--)m2: SEND, clock 4", "m3-)m1: SEND, clock 5"]
    );
}

#[test]
fn a_hostile_name_stays_a_name() {
    let history = history(&WHOLE_SECONDS);
    for name in [
        "end",
        "END; end",
        "a;b#35;c",
        "%%{init: {\"theme\":\"x\"}}%%",
        "<script>alert(1)</script>",
        "a\nb\u{2028}c",
        "\u{202e}שלום 😀",
        "x: y",
    ] {
        let excerpt = Excerpt::of((name, name), &history, WHOLE_SECONDS_START, &Window::default());
        let (text, rows) = written(&excerpt);
        check(text.as_bytes(), rows).unwrap_or_else(|error| panic!("{name:?}: {error}\n{text}"));
    }
}

#[test]
fn each_fault_is_refused() {
    let history = history(&WHOLE_SECONDS);
    let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &Window::default());
    let (text, rows) = written(&excerpt);
    check(text.as_bytes(), rows).unwrap();
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "`{from}` is not in\n{text}");
        text.replacen(from, to, 1)
    };
    for (broken, rows, why) in [
        (change("sequenceDiagram", "sequence"), rows, "does not begin"),
        (change("participant m1 as", "participant end as"), rows, "cannot name a participant"),
        (change("participant m1", "participant m2"), rows, "two participants m2"),
        (change("m1-)m2", "m7-)m2"), rows, "no participant `m7`"),
        (change("m1-)m2", "m1 m2"), rows, "has no arrow"),
        (change("m1-)m2: ", "m1-)m2 "), rows, "no arrow, note or participant"),
        (change("title exp", "title end"), rows, "ends a block"),
        (change("title exp", "title a;b"), rows, "not plain at `;b"),
        (change("title exp", "title a#b"), rows, "not plain at `#b"),
        (change("title exp", "title <b>"), rows, "not plain at `<b>"),
        (change("SEND, clock 2", "%%{init}%%"), rows, "not plain"),
        (change("SEND, clock 2", " "), rows, "there is no text"),
        (text.clone(), rows + 1, "arrows and notes of"),
        (text.clone() + &"    Note over m1: INTERNAL\n".repeat(UNITS_MAX), rows, "50000 characters"),
        (String::new(), 0, "does not begin"),
    ] {
        refuses(check(broken.as_bytes(), rows), why);
    }
}
