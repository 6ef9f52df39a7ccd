//! The order, and vector clocks over it.

use proptest::prelude::*;

use super::relation::Relation;
use super::*;
use crate::causality::vector_clocks;
use crate::history::tests::{any_logs, history};

/// Every event once, after the one before it and after its SEND.
fn is_causal(history: &History) -> Result<(), TestCaseError> {
    let mut order = CausalOrder::of(history);
    let mut seen: BTreeSet<EventId> = BTreeSet::new();
    for step in order.by_ref() {
        let own = step.event;
        prop_assert_eq!(history.machines()[step.place].id(), own.machine);
        let previous = own.index.checked_sub(1).map(|index| EventId { index, ..own });
        prop_assert!(previous.is_none_or(|before| seen.contains(&before)));
        prop_assert!(step.source.is_none_or(|send| seen.contains(&send)));
        prop_assert!(seen.insert(own), "{own:?} twice");
        let found = history.source_of(own).map(|found| found.send);
        prop_assert!(step.source == found || step.source.is_none());
    }
    prop_assert_eq!(seen.len() as u64, history.events());
    let matched = |dropped: &crate::causality::Dropped| {
        history.source_of(dropped.receive).is_some_and(|found| found.send == dropped.send)
    };
    prop_assert!(order.dropped().iter().all(matched));
    Ok(())
}

/// Each entry counts the events of that machine in the past.
fn vectors_count_the_past(history: &History) -> Result<(), TestCaseError> {
    let relation = Relation::of(history);
    let mut shown = 0;
    let mut wrong = Vec::new();
    vector_clocks(history, |step, clock| {
        shown += 1;
        let own = step.event;
        let counted: Vec<u32> = history
            .machines()
            .iter()
            .map(|machine| {
                let theirs = relation.past(own).iter().filter(|before| before.machine == machine.id());
                theirs.count() as u32 + u32::from(machine.id() == own.machine)
            })
            .collect();
        if counted != clock {
            wrong.push(format!("{own:?}: {clock:?} and not {counted:?}"));
        }
    });
    prop_assert!(wrong.is_empty(), "{wrong:?}");
    prop_assert_eq!(shown, history.events());
    Ok(())
}

#[test]
fn simulated_runs_are_put_in_order_and_no_match_is_dropped() {
    for (history, name) in runs() {
        is_causal(&history).unwrap();
        let mut order = CausalOrder::of(&history);
        order.by_ref().for_each(drop);
        assert_eq!(order.dropped(), [], "{name}");
    }
}

#[test]
fn vector_clocks_count_the_past_of_every_event() {
    for (history, name) in runs().step_by(4) {
        vectors_count_the_past(&history).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn of_a_circle_the_match_that_breaks_the_clock_condition_is_dropped() {
    // Each receives, first thing, what the other sends afterwards.
    let history = history(&[
        &[
            "46:01 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0",
            "46:02 | SEND | Clock: 7 | Sent to machine 2",
        ],
        &[
            "46:01 | RECEIVE | Clock: 4 | Message clock: 7, Queue length: 0",
            "46:02 | SEND | Clock: 5 | Sent to machine 1",
        ],
    ]);
    let mut order = CausalOrder::of(&history);
    let events: Vec<EventId> = order.by_ref().map(|step| step.event).collect();
    assert_eq!(events, [event(2, 0), event(2, 1), event(1, 0), event(1, 1)]);
    let pairs: Vec<_> = order.dropped().iter().map(|dropped| (dropped.send, dropped.receive)).collect();
    assert_eq!(pairs, [(event(1, 1), event(2, 0))]);
}

#[test]
fn circles_of_many_machines_are_broken_one_by_one() {
    // Each of 60 machines receives, again and again, what its neighbour sends
    // only afterwards.
    let log = |id: u32| -> Vec<String> {
        let receive = |clock: u32| {
            format!(
                "46:01 | RECEIVE | Clock: {clock} | Message clock: {}, Queue length: 0, From: {}",
                clock + 1,
                id % 60 + 1
            )
        };
        let send =
            |clock: u32| format!("46:02 | SEND | Clock: {clock} | Sent to machine {}", (id + 58) % 60 + 1);
        (0..20).flat_map(|round| [receive(2 * round + 1), send(2 * round + 2)]).collect()
    };
    let logs: Vec<Vec<String>> = (1..=60).map(log).collect();
    let lines: Vec<Vec<&str>> = logs.iter().map(|log| log.iter().map(String::as_str).collect()).collect();
    let logs: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
    let history = history(&logs);
    assert_eq!(history.tally().certain, 60 * 20);
    is_causal(&history).unwrap();
    let mut order = CausalOrder::of(&history);
    order.by_ref().for_each(drop);
    assert_eq!(order.dropped().len(), 20);
}

#[test]
fn a_message_to_oneself_from_later_is_dropped() {
    let history = history(&[&[
        "46:01 | RECEIVE | Clock: 2 | Message clock: 5, Queue length: 0",
        "46:02 | SEND | Clock: 5 | Sent to machine 1",
    ]]);
    is_causal(&history).unwrap();
    let mut order = CausalOrder::of(&history);
    assert_eq!((order.by_ref().count(), order.dropped().len()), (2, 1));
}

#[test]
fn nothing_stays_in_flight_once_all_is_received() {
    for (history, name) in runs() {
        let mut order = CausalOrder::of(&history);
        let mut in_flight = crate::causality::in_flight::InFlight::new();
        let mut most = 0;
        while let Some(step) = order.next() {
            in_flight.receive(&step, |()| {});
            in_flight.send(&history, &order, &step, || ());
            most = most.max(in_flight.len());
        }
        assert_eq!(in_flight.len(), 0, "{name}");
        assert!(most < history.events() as usize / 2, "{name}: {most}");
    }
}

proptest! {
    #[test]
    fn whatever_logs_say_every_event_has_its_turn(history in any_logs()) {
        is_causal(&history)?;
        vectors_count_the_past(&history)?;
    }
}
