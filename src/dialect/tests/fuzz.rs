//! No bytes make a reader panic, or hold more memory than a few lines need.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::samples::LOGS;
use super::{context, read};
use crate::dialect::{Dialect, Sample, detect, infer, load, shipped};
use crate::log::FaultKind;

/// Read once, for there are many cases.
static KNOWN: LazyLock<Vec<Dialect>> = LazyLock::new(shipped);

fn known(name: &str) -> &'static Dialect {
    KNOWN.iter().find(|dialect| dialect.name == name).unwrap()
}

/// Bytes that are almost a log: a sample with pieces cut, doubled and changed.
fn almost_a_log() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let change = (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..4), 0usize..6);
    (0..LOGS.len(), prop::collection::vec(change, 0..12)).prop_map(|(nth, changes)| {
        let mut bytes = LOGS[nth].text.as_bytes().to_vec();
        for (at, new, cut) in changes {
            let from = at.index(bytes.len() + 1);
            let to = (from + cut).min(bytes.len());
            bytes.splice(from..to, new);
        }
        (nth, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn damaged_logs_are_read_and_every_line_is_accounted_for((nth, bytes) in almost_a_log()) {
        let log = &LOGS[nth];
        let found = read(known(log.dialect), &context(log.machine, 3), &bytes);
        let newlines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let rest = u64::from(bytes.last().is_some_and(|byte| *byte != b'\n'));
        prop_assert_eq!(found.stats.lines, newlines + rest);
        prop_assert!(found.stats.ignored + found.stats.unmatched <= found.stats.lines);
        let kept = found.stats.faults.iter().filter(|fault| fault.is_unmatched()).count() as u64;
        let left_out = found.stats.faults_left_out.iter();
        let left_out = left_out.filter(|(kind, _)| matches!(kind, FaultKind::Unmatched { .. }));
        // A record of several lines is one fault.
        prop_assert!(kept + left_out.map(|(_, count)| count).sum::<u64>() <= found.stats.unmatched);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        for name in ["tabs-named-fields", "json-lines", "tabs-numbers", "four-lines", "pipes-vector-clock", "six-numbers"] {
            let found = read(known(name), &context(1, 3), &bytes);
            prop_assert!(found.events.len() as u64 <= found.stats.lines);
        }
    }

    #[test]
    fn anything_can_be_looked_at_and_what_is_inferred_always_loads((nth, bytes) in almost_a_log()) {
        let samples = [Sample { path: LOGS[nth].path.to_owned(), text: bytes }];
        let _ = detect(KNOWN.clone(), &samples);
        if let Some(inference) = infer(&samples) {
            prop_assert!(crate::dialect::parse("t", &inference.toml).is_ok(), "{}", inference.toml);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_damaged_dialect_loads_or_is_refused(
        nth in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[\\[\\](){}*+?'\"=a\\\\0-9.^$|\n-]{0,3}", 0usize..4), 1..6)
    ) {
        let names: Vec<&str> = crate::dialect::shipped_names().collect();
        let mut text = crate::dialect::shipped_text(names[nth.index(names.len())]).unwrap().to_owned();
        for (at, new, cut) in changes {
            let mut from = at.index(text.len() + 1);
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let to = (from..=text.len()).rev().find(|to| *to <= from + cut && text.is_char_boundary(*to));
            text.replace_range(from..to.unwrap_or(from), &new);
        }
        if let Ok(dialect) = crate::dialect::parse("t", &text) {
            read(&dialect, &context(1, 3), LOGS[0].text.as_bytes());
        }
    }
}

#[test]
fn expressions_and_tables_that_would_fill_the_memory_are_refused() {
    let nested = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    let huge = "((a{1000}){1000}){1000}".to_owned();
    let event =
        |text: &str| format!("[[event]]\nkind = 'internal'\nmatch = '(?<time>\\d)(?<clock>\\d){text}'\n");
    for text in [nested, huge, "b{4000000000}".to_owned(), "[a-z]{9999}{99}".to_owned()] {
        let refused =
            crate::dialect::parse("t", &format!("name = 't'\ntime = 'elapsed-s'\n{}", event(&text)));
        assert!(refused.unwrap_err().to_string().contains("is no regular expression"));
    }
    let many = format!("name = 't'\ntime = 'elapsed-s'\n{}", event("").repeat(300));
    assert!(crate::dialect::parse("t", &many).unwrap_err().to_string().contains("one too many"));
}

#[test]
fn records_without_end_and_lines_without_end_cost_no_more_than_their_bytes() {
    let dialect = load("four-lines").unwrap();
    let text = format!("SENT message\n{}", "x\n".repeat(300_000));
    let found = read(&dialect, &context(1, 3), text.as_bytes());
    assert_eq!((found.stats.lines, found.events.len()), (300_001, 0));
    let begins = "SENT message\n".repeat(100_000);
    assert_eq!(read(&dialect, &context(1, 3), begins.as_bytes()).stats.unmatched, 100_000);
    let long = vec![b'1'; 2 << 20];
    for name in ["tabs-named-fields", "json-lines", "six-numbers", "words-spaces"] {
        let found = read(&load(name).unwrap(), &context(1, 3), &long);
        assert_eq!(found.events.len(), 0, "{name}");
    }
}
