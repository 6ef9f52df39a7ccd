//! Noise: no bytes make reader and audit panic, or tell without bounds.

use proptest::prelude::*;

use super::logs::{Logs, SPEC, clean};
use super::*;

fn is_bounded(audit: &Audit, machines: usize) {
    for result in &audit.results {
        assert!(result.findings.len() as u64 <= RuleResult::FINDINGS_KEPT * machines as u64);
        assert!(result.findings.iter().all(|finding| finding.text.len() < 1000 && finding.proof.len() < 100));
        let only_tells = result.rule.id == "no-errors";
        assert_eq!(result.verdict == Verdict::Unsound, result.count() > 0 && !only_tells);
    }
}

/// A number as a log might have it, or as none should.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..20, 0u64..1000, Just(u64::MAX), Just(u64::MAX - 1), Just(i64::MAX as u64), any::<u64>()]
}

fn line() -> impl Strategy<Value = String> {
    let stamp = prop_oneof![
        (0u32..60, 0u32..1_000_000).prop_map(|(s, us)| format!("2026-03-05 12:46:{s:02}.{us:06}")),
        Just("9999-12-31 23:59:59".to_owned()),
        Just("0000-01-01 00:00:00".to_owned()),
    ];
    let machine = 0u32..5;
    let numbers = (number(), number(), number(), number());
    (0u32..8, stamp, numbers, machine).prop_map(|(kind, stamp, (a, b, c, d), machine)| match kind {
        0 => format!("{stamp} | INTERNAL | Clock: {a} | Internal event, Tick: {b}"),
        1 => format!("{stamp} | SEND | Clock: {a} | Sent to machine {machine}, Tick: {b}"),
        2 => format!("{stamp} | SEND | Clock: {a} | Sent to all machines, Tick: {b}"),
        3 => format!(
            "{stamp} | RECEIVE | Clock: {a} | Message clock: {b}, Queue length: {c}, From: {machine}, Tick: {d}, Waited: {d} us"
        ),
        4 => format!("{stamp} | RECEIVE | Clock: {a} | Message clock: {b}, Queue length: {c}"),
        5 => format!(
            "{stamp} | END | Clock: {a} | Queue length: {b}, Ticks: {c}, Lost ticks: {d}, Sent: {a}, Received: {b}, Run time: {c} us, Reason: completed"
        ),
        6 => format!("Clock rate: {a} ticks per second, Machines: {}, Phase: {c} us, Speedup: {d}", b as u32),
        _ => format!("Machine {machine} log started at {stamp}"),
    })
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..4)) {
        let machines = bytes.len();
        let logs = Logs { machines: bytes.into_iter().map(|text| vec![text]).collect(), declared: None };
        is_bounded(&logs.audit(), machines);
    }

    #[test]
    fn no_lines_are_too_much(lines in prop::collection::vec(prop::collection::vec(line(), 0..30), 1..5), declared: bool) {
        let machines = lines.len();
        let with_breaks = |log: Vec<String>| log.into_iter().map(|line| format!("{line}\n").into_bytes()).collect();
        let declared = clean(SPEC, 1, START).declared.filter(|_| declared);
        let logs = Logs { machines: lines.into_iter().map(with_breaks).collect(), declared };
        is_bounded(&logs.audit(), machines);
    }

    #[test]
    fn no_damage_to_a_clean_run_is_too_much(
        damage in prop::collection::vec((0usize..3, any::<prop::sample::Index>(), any::<u8>(), 0u32..4), 1..20)
    ) {
        let mut logs = clean(SPEC, 2, START);
        for (machine, place, byte, how) in damage {
            let lines = &mut logs.machines[machine];
            let at = place.index(lines.len());
            match how {
                0 if lines.len() > 1 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at].clone()),
                2 => {
                    let inside = place.index(lines[at].len());
                    lines[at][inside] = byte;
                }
                _ => lines.swap(at, 0),
            }
        }
        is_bounded(&logs.audit(), 3);
    }
}

#[test]
fn a_hundred_thousand_alike_lines_are_no_trouble() {
    let receive = b"2026-03-05 12:46:04 | RECEIVE | Clock: 7 | Message clock: 5, Queue length: 0\n".to_vec();
    for (clock, rule) in [(5, "message-once"), (6, "clock-condition")] {
        let send = format!("2026-03-05 12:46:04 | SEND | Clock: {clock} | Sent to machine 2\n").into_bytes();
        let machines = vec![vec![send; 100_000], vec![receive.clone(); 200_000]];
        let audit = Logs { machines, declared: None }.audit();
        is_bounded(&audit, 2);
        let found = audit.results.iter().find(|result| result.rule.id == rule).map(RuleResult::count);
        assert_eq!(found, Some(100_000), "{rule}");
    }
}
