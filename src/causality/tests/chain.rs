//! Chains against the clocks of logs, and against the longest there can be.

use proptest::prelude::*;

use super::relation::Relation;
use super::*;
use crate::causality::{Chains, PastAndFuture, Why, clock_gaps};
use crate::history::tests::{any_logs, history};

/// Every event, with how long the chain behind it is.
fn each(history: &History, chains: &Chains) -> Vec<(EventId, u32)> {
    let events = history.machines().iter().zip(chains.lengths()).flat_map(|(machine, lengths)| {
        let id = machine.id();
        (0..).zip(lengths).map(move |(index, length)| (EventId { machine: id, index }, *length))
    });
    events.collect()
}

#[test]
fn the_longest_chain_is_as_long_as_the_clock_says_at_every_event_of_every_run() {
    for spec in SPECS {
        for seed in 0..12 {
            let (history, _) = simulated(spec, seed, Hide::Nothing);
            let chains = Chains::of(&history);
            let events = each(&history, &chains);
            assert_eq!(events.len() as u64, history.events());
            for (event, length) in events {
                assert_eq!(u64::from(length), history.record(event).clock, "{spec} seed {seed}: {event:?}");
            }
        }
    }
}

#[test]
fn what_a_log_does_not_say_shows_as_a_gap_and_nothing_else_does() {
    for (history, name) in runs() {
        let chains = Chains::of(&history);
        for (event, length) in each(&history, &chains) {
            let is_short = u64::from(length) < history.record(event).clock;
            let found = clock_gaps(&history, &chains, &chains.behind(&history, event));
            assert_eq!(is_short, !found.is_empty(), "{name}: {event:?}");
        }
    }
}

/// Each link comes after the one before it, and nothing makes it longer.
fn chains_are_the_longest(history: &History) -> Result<(), TestCaseError> {
    let relation = Relation::of(history);
    let chains = Chains::of(history);
    let mut longest: BTreeMap<EventId, u32> = BTreeMap::new();
    let mut order = CausalOrder::of(history);
    for step in order.by_ref() {
        let before = relation.past(step.event).iter().map(|event| longest[event]).max();
        longest.insert(step.event, before.unwrap_or(0) + 1);
    }
    for (event, length) in each(history, &chains) {
        prop_assert_eq!(length, longest[&event], "{:?}", event);
        let chain = chains.behind(history, event);
        prop_assert_eq!(chain.len() as u32, length);
        prop_assert_eq!(chain.last().map(|link| link.event), Some(event));
        prop_assert!(chain.windows(2).all(|pair| relation.is_before(pair[0].event, pair[1].event)));
        let excess: i128 = clock_gaps(history, &chains, &chain).iter().map(|gap| gap.excess()).sum();
        prop_assert_eq!(i128::from(history.record(event).clock), i128::from(length) + excess);
    }
    Ok(())
}

/// The past is what happened before, and the future what it happened before.
fn cones_are_the_relation(history: &History, event: EventId) -> Result<(), TestCaseError> {
    let relation = Relation::of(history);
    let past_and_future = PastAndFuture::of(history, event);
    for (place, machine) in history.machines().iter().enumerate() {
        for index in 0..machine.len() as u32 {
            let other = EventId { machine: machine.id(), index };
            prop_assert_eq!(index < past_and_future.past[place], relation.is_before(other, event));
            let is_after = past_and_future.future[place].is_some_and(|first| index >= first);
            prop_assert_eq!(is_after, relation.is_before(event, other));
        }
    }
    Ok(())
}

#[test]
fn chains_of_simulated_runs_are_the_longest_there_are() {
    for (history, name) in runs().step_by(5) {
        chains_are_the_longest(&history).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn past_and_future_are_what_happened_before_and_after() {
    for (history, name) in runs().step_by(7) {
        for machine in history.machines() {
            let event = EventId { machine: machine.id(), index: machine.len() as u32 / 2 };
            cones_are_the_relation(&history, event).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn the_reason_of_each_gap_is_reported() {
    let send = "46:01 | SEND | Clock: 1 | Sent to machine 2";
    let receive = |clock: u64, sent: u64| {
        format!("46:02 | RECEIVE | Clock: {clock} | Message clock: {sent}, Queue length: 0")
    };
    let internal = |clock: u64| format!("46:02 | INTERNAL | Clock: {clock} | Internal event");
    let (early, gone, again) = (receive(1, 1), receive(9, 8), receive(5, 1));
    let (first, late, leap) = (receive(2, 1), internal(4), internal(7));
    for (logs, why) in [
        (vec![vec![], vec![late.as_str()]], Why::StartsLate),
        (vec![vec![send], vec![first.as_str(), leap.as_str()]], Why::Leaps),
        (vec![vec![send], vec![first.as_str(), first.as_str()]], Why::DoesNotRise),
        (vec![vec![send, send], vec![]], Why::SendInSeveralLines),
        (vec![vec![send], vec![early.as_str()]], Why::NoLargerThanItsSend),
        (vec![vec![send], vec![gone.as_str()]], Why::NoSend),
        (vec![vec![send], vec![first.as_str(), again.as_str()]], Why::SendUsedUp),
    ] {
        let logs: Vec<&[&str]> = logs.iter().map(Vec::as_slice).collect();
        let history = history(&logs);
        let chains = Chains::of(&history);
        let last = history.machines().iter().rev().find(|machine| !machine.is_empty()).unwrap();
        let event = EventId { machine: last.id(), index: last.len() as u32 - 1 };
        let found = clock_gaps(&history, &chains, &chains.behind(&history, event));
        assert!(found.iter().any(|gap| gap.why == why), "{why:?} is not in {found:?}");
    }
}

#[test]
fn a_clock_from_a_log_that_begins_late_is_traced_to_it() {
    // Machine 1's log begins at clock 6; machine 2 has done more than it shows.
    let history = history(&[
        &["46:01 | SEND | Clock: 6 | Sent to machine 2"],
        &[
            "46:01 | INTERNAL | Clock: 1 | Internal event",
            "46:02 | RECEIVE | Clock: 7 | Message clock: 6, Queue length: 0",
        ],
    ]);
    let chains = Chains::of(&history);
    let found = clock_gaps(&history, &chains, &chains.behind(&history, event(2, 1)));
    let whys: Vec<Why> = found.iter().map(|gap| gap.why).collect();
    assert_eq!(whys, [Why::Shorter { from: event(1, 0), length: 1 }]);
}

proptest! {
    #[test]
    fn whatever_logs_say_chains_are_the_longest_and_gaps_add_up(history in any_logs()) {
        chains_are_the_longest(&history)?;
        for machine in history.machines().iter().filter(|machine| !machine.is_empty()) {
            cones_are_the_relation(&history, EventId { machine: machine.id(), index: machine.len() as u32 / 3 })?;
        }
    }
}
