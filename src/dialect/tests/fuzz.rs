//! No bytes make a reader panic, or hold more memory than a few lines need.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::samples::LOGS;
use super::{context, read};
use crate::dialect::{Dialect, Sample, detect, load, propose, shipped};

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
        prop_assert_eq!(found.taken.lines, newlines + rest);
        prop_assert!(found.taken.ignored + found.taken.unmatched <= found.taken.lines);
        prop_assert!(found.taken.faults.len() <= found.taken.fault_count as usize);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        for name in ["henro25", "russell", "ericgong", "harshita-gupta", "albertqi", "carolynw"] {
            let found = read(known(name), &context(1, 3), &bytes);
            prop_assert!(found.events.len() as u64 <= found.taken.lines);
        }
    }

    #[test]
    fn anything_can_be_looked_at_and_a_proposal_always_loads((nth, bytes) in almost_a_log()) {
        let samples = [Sample { path: LOGS[nth].path.to_owned(), text: bytes }];
        let _ = detect(KNOWN.clone(), &samples);
        if let Some(proposal) = propose(&samples) {
            prop_assert!(crate::dialect::parse("t", &proposal.toml).is_ok(), "{}", proposal.toml);
        }
    }
}

#[test]
fn records_without_end_and_lines_without_end_cost_no_more_than_their_bytes() {
    let dialect = load("harshita-gupta").unwrap();
    let text = format!("SENT message\n{}", "x\n".repeat(300_000));
    let found = read(&dialect, &context(1, 3), text.as_bytes());
    assert_eq!((found.taken.lines, found.events.len()), (300_001, 0));
    let begins = "SENT message\n".repeat(100_000);
    assert_eq!(read(&dialect, &context(1, 3), begins.as_bytes()).taken.unmatched, 100_000);
    let long = vec![b'1'; 2 << 20];
    for name in ["henro25", "russell", "carolynw", "maxwellzen"] {
        let found = read(&load(name).unwrap(), &context(1, 3), &long);
        assert_eq!(found.events.len(), 0, "{name}");
    }
}
