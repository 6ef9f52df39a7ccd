//! Counted pairs and hybrid clocks against brute force.

use std::path::Path;

use proptest::prelude::*;

use super::relation::Relation;
use super::*;
use crate::causality::{self, Encoding, Hybrid, HybridBound, hybrid_clocks};
use crate::history::MachineHistory;
use crate::history::tests::any_logs;
use crate::log::LogReader;
use crate::model::event::Kind;

/// Every pair looked at.
fn counts_are_right(history: &History) -> Result<(), TestCaseError> {
    let relation = Relation::of(history);
    let found = causality::Relation::of(history).pairs;
    let clock = |event| history.record(event).clock;
    let (mut all, mut ordered, mut ties, mut in_order) = (0, 0, 0, 0);
    let mut is_lamport = true;
    for (first, second) in relation.pairs() {
        all += 1;
        let forward = relation.is_before(first, second);
        if forward || relation.is_before(second, first) {
            ordered += 1;
            is_lamport &= if forward { clock(first) < clock(second) } else { clock(second) < clock(first) };
        } else if clock(first) == clock(second) {
            ties += 1;
        } else {
            in_order += 1;
        }
    }
    prop_assert_eq!((found.all(), found.ordered), (all, ordered));
    prop_assert_eq!(found.concurrent(), ties + in_order);
    prop_assert_eq!(found.out_of_order == 0, is_lamport);
    prop_assert_eq!(found.ties, is_lamport.then_some(ties));
    prop_assert_eq!(found.concurrent_in_clock_order(), is_lamport.then_some(in_order));
    Ok(())
}

/// A hybrid clock's physical part is the latest time in its past, itself
/// counted, and what happened before has the smaller clock.
fn hybrids_are_right(history: &History) -> Result<(), TestCaseError> {
    let relation = Relation::of(history);
    let mut clocks: BTreeMap<EventId, Hybrid> = BTreeMap::new();
    hybrid_clocks(history, |step, clock| {
        clocks.insert(step.event, clock);
    });
    let time = |event: EventId| history.record(event).stamp.0;
    let (mut drift, mut counter) = (0, 0);
    for own in relation.events() {
        let latest = relation.past(own).iter().map(|event| time(*event)).chain([time(own)]).max();
        prop_assert_eq!(Some(clocks[&own].physical_us), latest);
        prop_assert!(relation.past(own).iter().all(|before| clocks[before] < clocks[&own]));
        drift = drift.max(clocks[&own].physical_us.abs_diff(time(own)));
        counter = counter.max(clocks[&own].counter);
    }
    let expected = HybridBound { drift_max_us: drift, counter_max: counter };
    prop_assert_eq!(HybridBound::of(history), (history.events() > 0).then_some(expected));
    Ok(())
}

#[test]
fn pairs_of_simulated_runs_are_those_that_brute_force_counts() {
    for (history, name) in runs().step_by(5) {
        counts_are_right(&history).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn hybrid_clocks_of_simulated_runs_never_leave_lab_time() {
    for (history, name) in runs().step_by(5) {
        hybrids_are_right(&history).unwrap_or_else(|error| panic!("{name}: {error}"));
        // All machines of a simulation read one clock, and no message comes
        // before it is sent, unless it is matched with another's SEND.
        let drift_us = HybridBound::of(&history).unwrap().drift_max_us;
        assert!(drift_us == 0 || !name.ends_with("Nothing"), "{name}: {drift_us} µs");
    }
}

#[test]
fn messages_carry_the_bytes_of_their_clocks() {
    let (history, truth) = simulated(SPECS[0], 1, Hide::Nothing);
    let messages: u64 = history
        .machines()
        .iter()
        .flat_map(|machine| machine.records())
        .filter(|(_, record)| record.kind == Kind::Send)
        .map(|(_, record)| record.to.unwrap().count(3))
        .sum();
    assert!(messages as usize > truth.len());
    for (encoding, size) in causality::Relation::of(&history).sizes() {
        assert_eq!(size.messages, messages, "{encoding:?}");
        assert!(size.mean().unwrap() <= size.largest as f64, "{encoding:?}");
        assert!(size.bytes >= messages && size.largest < 20, "{encoding:?}");
    }
}

#[test]
fn a_vector_has_an_entry_for_a_machine_whose_log_is_not_here() {
    let bytes = |machines: u32, sends: &str| {
        let text = format!("Clock rate: 1 ticks per second, Machines: {machines}\n{sends}");
        let mut machine = MachineHistory::new(MachineId(1), Path::new("log_1.txt"));
        let read = LogReader::new(None).read(text.as_bytes(), |number, line| machine.see(number, line));
        machine.end_of_log(read.unwrap());
        let relation = causality::Relation::of(&History::new(vec![machine]).unwrap());
        let vector = relation.sizes().find(|(encoding, _)| *encoding == Encoding::VectorVarint);
        vector.unwrap().1.bytes
    };
    let send = "2026-03-05 12:46:01 | SEND | Clock: 1 | Sent to machine 2\n";
    assert_eq!(bytes(2, send), 2);
    assert_eq!(bytes(5, send), 5);
    let to_all = send.replace("machine 2", "all machines");
    assert_eq!(bytes(5, &to_all), 4 * 5);
    assert_eq!(bytes(u32::MAX, &to_all.repeat(2)), u64::MAX);
}

#[test]
fn whole_seconds_tell_nothing_of_drift() {
    let line = "46:01 | SEND | Clock: 1 | Sent to machine 2";
    let coarse = crate::history::tests::history(&[&[line]]);
    assert_eq!(HybridBound::of(&coarse), None);
    assert_eq!(HybridBound::of(&History::new(Vec::new()).unwrap()), None);
    let fine = crate::history::tests::history(&[&[&line.replace("46:01", "46:01.5")]]);
    assert_eq!(HybridBound::of(&fine), Some(HybridBound::default()));
}

proptest! {
    #[test]
    fn whatever_logs_say_counts_are_those_of_brute_force(history in any_logs()) {
        counts_are_right(&history)?;
        if !history.is_in_whole_seconds() {
            hybrids_are_right(&history)?;
        }
    }
}
