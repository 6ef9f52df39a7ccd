//! Histories of small logs, and of simulated runs whose truth is known.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::engine::simulator::{START, simulate};
use crate::engine::{Gauges, StopSwitch};
use crate::log::{Line, LogReader, ReadStats};
use crate::model::event::MachineSet;
use crate::plan::Run;
use crate::spec::parse;

/// A history of logs that hold these lines, without their date.
pub(crate) fn history(logs: &[&[&str]]) -> History {
    let machine = |(lines, id): (&&[&str], u32)| {
        let text: String = lines.iter().map(|line| format!("2026-03-05 12:{line}\n")).collect();
        let mut machine = MachineHistory::new(MachineId(id), Path::new("log.txt"));
        let stats = LogReader::new(Some(MachineId(id)))
            .read(text.as_bytes(), |number, line| machine.see(number, line))
            .unwrap();
        assert_eq!(stats.unmatched, 0, "{text}");
        machine.end_of_log(stats);
        machine
    };
    History::new(logs.iter().zip(1..).map(machine).collect()).unwrap()
}

/// What is reported about the source of the event in this line of machine `id`.
fn source(history: &History, id: u32, line: u64) -> Source {
    let machine = history.machine(MachineId(id)).unwrap();
    let receive = machine.receive_ids().find(|receive| history.line(*receive) == line).unwrap();
    history.source(receive).unwrap()
}

fn matched(id: u32, index: u32, certainty: Certainty) -> Source {
    Source::Matched(Match { send: EventId { machine: MachineId(id), index }, certainty })
}

#[test]
fn a_clock_that_one_machine_sent_is_certain_and_a_second_receive_of_it_repeated() {
    let history = history(&[
        &["46:04 | SEND | Clock: 1 | Sent to machine 2", "46:04 | SEND | Clock: 2 | Sent to all machines"],
        &[
            "46:05 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0",
            "46:05 | RECEIVE | Clock: 3 | Message clock: 1, Queue length: 0",
            "46:05 | RECEIVE | Clock: 10 | Message clock: 9, Queue length: 0",
        ],
        &["46:05 | SEND | Clock: 1 | Sent to machine 1"],
    ]);
    assert_eq!(source(&history, 2, 1), matched(1, 0, Certainty::Certain));
    assert_eq!(
        source(&history, 2, 2),
        Source::Repeated { send: EventId { machine: MachineId(1), index: 0 } }
    );
    assert_eq!(source(&history, 2, 3), Source::Missing);
    let lost: Vec<(u32, u64, u32)> =
        history.never_received().map(|(send, to)| (send.machine.0, history.line(send), to.0)).collect();
    assert_eq!(lost, [(1, 2, 2), (1, 2, 3), (3, 1, 1)]);
    assert_eq!(history.tally(), Tally { certain: 1, repeated: 1, missing: 1, ..Tally::default() });
}

#[test]
fn a_send_to_several_is_one_event_and_a_message_to_each() {
    let history = history(&[
        &["46:01 | SEND | Clock: 1 | Sent to machines 2 and 4"],
        &["46:02 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0"],
        &["46:02 | INTERNAL | Clock: 1 | Internal event"],
        &["46:02 | INTERNAL | Clock: 1 | Internal event"],
    ]);
    let send = EventId { machine: MachineId(1), index: 0 };
    let ids = |ids: &mut dyn Iterator<Item = MachineId>| ids.map(|id| id.0).collect::<Vec<_>>();
    assert_eq!((history.events(), ids(&mut history.recipients(send))), (4, vec![2, 4]));
    assert_eq!(source(&history, 2, 1), matched(1, 0, Certainty::Certain));
    assert_eq!(ids(&mut history.never_received().map(|(_, to)| to)), [4]);
}

#[test]
fn messages_stamped_before_the_increment_are_found_where_that_explains_them() {
    let send = |clock: u64| format!("46:0{clock} | SEND | Clock: {clock} | Sent to machine 2");
    let receive = |carried: u64| {
        format!(
            "46:0{} | RECEIVE | Clock: {} | Message clock: {carried}, Queue length: 0",
            carried + 2,
            carried + 1
        )
    };
    let sends = [2, 3, 5].map(send);
    let sends: Vec<&str> = sends.iter().map(String::as_str).collect();
    let carried = |clocks: [u64; 3]| {
        let receives = clocks.map(receive);
        let receives: Vec<&str> = receives.iter().map(String::as_str).collect();
        let history = history(&[&sends, &receives]);
        let of = |index| history.carried_clock(EventId { machine: MachineId(1), index });
        ([0, 1, 2].map(of), history.tally().missing)
    };
    // The second message fits a SEND of its own clock by chance.
    assert_eq!(carried([1, 2, 4]), ([1, 2, 4], 0));
    assert_eq!(carried([2, 3, 5]), ([2, 3, 5], 0));
    assert_eq!(carried([2, 3, 4]), ([2, 3, 5], 1), "one that is odd among two that are not");
}

#[test]
fn of_two_senders_of_one_clock_the_order_of_their_links_decides() {
    // Machine 3 received 2's second message between the two of clock 5, so that
    // the first of them must be machine 2's.
    let history = history(&[
        &["46:01 | SEND | Clock: 5 | Sent to machine 3"],
        &["46:02 | SEND | Clock: 5 | Sent to machine 3", "46:02 | SEND | Clock: 6 | Sent to machine 3"],
        &[
            "46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0",
            "46:05 | RECEIVE | Clock: 7 | Message clock: 6, Queue length: 0",
            "46:05 | RECEIVE | Clock: 8 | Message clock: 5, Queue length: 0",
        ],
    ]);
    assert_eq!(source(&history, 3, 1), matched(2, 0, Certainty::Ambiguous));
    assert_eq!(source(&history, 3, 2), matched(2, 1, Certainty::Certain));
    assert_eq!(source(&history, 3, 3), matched(1, 0, Certainty::Ambiguous));
}

#[test]
fn who_is_named_as_the_sender_is_the_sender() {
    let history = history(&[
        &["46:01 | SEND | Clock: 5 | Sent to machine 3"],
        &["46:01 | SEND | Clock: 5 | Sent to machine 3"],
        &[
            "46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0, From: 2",
            "46:05 | RECEIVE | Clock: 7 | Message clock: 5, Queue length: 0",
            "46:05 | RECEIVE | Clock: 8 | Message clock: 5, Queue length: 0, From: 2",
            "46:05 | RECEIVE | Clock: 9 | Message clock: 4, Queue length: 0, From: 2",
            "46:05 | RECEIVE | Clock: 10 | Message clock: 4, Queue length: 0, From: 7",
        ],
    ]);
    assert_eq!(source(&history, 3, 1), matched(2, 0, Certainty::Certain));
    assert_eq!(source(&history, 3, 2), matched(1, 0, Certainty::Ambiguous), "machine 7 may have sent it");
    assert_eq!(
        source(&history, 3, 3),
        Source::Repeated { send: EventId { machine: MachineId(2), index: 0 } }
    );
    assert_eq!(source(&history, 3, 4), Source::Missing);
    assert_eq!(source(&history, 3, 5), Source::Unknown, "machine 7 has no log");
    let receives: Vec<u32> = history
        .receives_of(EventId { machine: MachineId(1), index: 0 })
        .map(|receive| receive.index)
        .collect();
    assert_eq!(receives, [1]);
}

#[test]
fn with_a_log_missing_nothing_is() {
    let mut machine = MachineHistory::new(MachineId(2), Path::new("log_2.txt"));
    let text = "Clock rate: 4 ticks per second, Machines: 3\n\
        2026-03-05 12:46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0\n";
    let stats = LogReader::new(None).read(text.as_bytes(), |number, line| machine.see(number, line)).unwrap();
    machine.end_of_log(stats);
    let history = History::new(vec![machine]).unwrap();
    assert_eq!(history.machine_count(), 3);
    assert!(history.missing_logs().is_some_and(|why| why.ends_with("of 3 logs are not here")));
    assert_eq!(source(&history, 2, 2), Source::Unknown);
}

#[test]
fn a_machine_has_one_log() {
    let machine = |id| MachineHistory::new(MachineId(id), Path::new("log.txt"));
    let refused = History::new(vec![machine(3), machine(1), machine(3)]).unwrap_err();
    assert_eq!(refused, TwoLogsOfOneMachine(MachineId(3)));
    assert_eq!(History::new(Vec::new()).unwrap().events(), 0);
}

/// What of a simulated run's records a log of another dialect would not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hide {
    Nothing,
    From,
    /// Every other one.
    SomeFroms,
    MessageClock,
    Both,
}

/// A simulated run as a history, and which SEND each RECEIVE truly came from.
pub(crate) fn simulated(spec: &str, seed: u64, hide: Hide) -> (History, BTreeMap<EventId, EventId>) {
    let mut spec = parse("test", &format!("name = \"test\"\n{spec}"), &[]).unwrap();
    spec.seed = seed;
    let run = Run::single(spec, "run".to_owned());
    let mut machines: Vec<MachineHistory> =
        run.machines().map(|id| MachineHistory::new(id, Path::new("log.txt"))).collect();
    let mut truth = BTreeMap::new();
    let mut sends = BTreeMap::new();
    let ends = simulate(&run, &StopSwitch::default(), &Gauges::new(3), |id, time, event| {
        let mut record = Record::of(event, time, START);
        let machine = &mut machines[id.index()];
        let own = EventId { machine: id, index: machine.len() as u32 };
        if let (Some(from), Some(clock)) = (record.from, record.message_clock) {
            truth.insert(own, sends[&(from, clock)]);
        }
        sends.insert((id, record.clock), own);
        let is_hidden = match hide {
            Hide::From | Hide::Both => true,
            Hide::SomeFroms => own.index.is_multiple_of(2),
            _ => false,
        };
        if is_hidden {
            record.from = None;
        }
        if matches!(hide, Hide::MessageClock | Hide::Both) {
            record.message_clock = None;
        }
        machine.see(u64::from(own.index) + 3, &Line::Event(&record));
        Ok(())
    })
    .unwrap();
    for (machine, end) in machines.iter_mut().zip(ends) {
        machine.end_of_log(ReadStats { end: Some(end), ..ReadStats::default() });
    }
    (History::new(machines).unwrap(), truth)
}

pub(crate) const SPECS: [&str; 4] = [
    "duration = \"30s\"\ninternal_prob = 0.4\n[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 6\ncount = 2\n",
    "duration = \"20s\"\ninternal_prob = 0.2\nbroadcast = \"per-recipient\"\n[[machine]]\nclock_rate = 3.5\ncount = 4\n",
    "duration = \"20s\"\n[network]\ndelay = \"exponential:300ms\"\n[[machine]]\nclock_rate = 5\ncount = 5\n",
    "duration = \"20s\"\ninternal_prob = 0.1\n[[machine]]\nclock_rate = 5\ncount = 2\n",
];

#[test]
fn with_names_and_clocks_every_match_is_certain_and_true() {
    for (spec, seed) in SPECS.iter().zip(1..) {
        let (history, truth) = simulated(spec, seed, Hide::Nothing);
        assert!(truth.len() > 20, "{spec}");
        for (receive, send) in &truth {
            let found = Some(Match { send: *send, certainty: Certainty::Certain });
            assert_eq!(history.source_of(*receive), found, "{spec}");
            assert!(history.receives_of(*send).any(|found| found == *receive));
        }
        let ends = history.machines().iter().filter_map(MachineHistory::end);
        let queued: u64 = ends.map(|end| end.queue_length).sum();
        assert_eq!(history.never_received().count() as u64, queued, "{spec}");
    }
}

#[test]
fn without_names_certain_matches_are_true_and_ambiguous_ones_mostly() {
    for hide in [Hide::From, Hide::SomeFroms] {
        for (spec, seed) in SPECS.iter().zip(1..) {
            let (history, truth) = simulated(spec, seed, hide);
            let (mut ambiguous, mut wrong) = (0, 0);
            for (receive, send) in &truth {
                let found = history.source_of(*receive).unwrap();
                let is_true = found.send == *send;
                assert!(is_true || found.certainty == Certainty::Ambiguous, "{spec}: {receive:?}");
                ambiguous += u32::from(found.certainty == Certainty::Ambiguous);
                wrong += u32::from(!is_true);
            }
            assert!(wrong <= ambiguous / 2, "{spec}: {wrong} of {ambiguous} ambiguous are wrong");
            assert_eq!(history.tally().missing + history.tally().repeated, 0);
        }
    }
}

#[test]
fn what_a_log_does_not_say_proves_nothing() {
    for hide in [Hide::MessageClock, Hide::Both] {
        for (spec, seed) in SPECS.iter().zip(1..) {
            let (history, truth) = simulated(spec, seed, hide);
            let tally = history.tally();
            assert_eq!((tally.certain, tally.missing, tally.repeated), (0, 0, 0), "{hide:?} {spec}");
            let found = |(receive, _): &(&EventId, &EventId)| history.source_of(**receive).is_some();
            let is_true = |(receive, send): &(&EventId, &EventId)| {
                history.source_of(**receive).is_some_and(|found| found.send == **send)
            };
            let (found, right) = (truth.iter().filter(found).count(), truth.iter().filter(is_true).count());
            // Without names, only what makes the clock jump can be found at all.
            let (of, expected) = if hide == Hide::MessageClock { (truth.len(), 0.95) } else { (found, 0.6) };
            let share = if of == 0 { 1.0 } else { right as f64 / of as f64 };
            assert!(share > expected, "{hide:?} {spec}: {share}");
        }
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let small = 0u64..6;
    let machine = proptest::option::of((1u32..5).prop_map(MachineId));
    let to = prop_oneof![
        Just(None),
        Just(Some(Recipients::All)),
        Just(MachineSet::of([1, 3].map(MachineId)).map(Recipients::Several)),
        (1u32..5).prop_map(|id| Some(Recipients::One(MachineId(id))))
    ];
    let kind = prop_oneof![Just(Kind::Internal), Just(Kind::Send), Just(Kind::Receive)];
    let number = proptest::option::of(prop_oneof![0u64..6, Just(u64::MAX - 1)]);
    (kind, small, number.clone(), number, machine, to).prop_map(
        |(kind, clock, message_clock, tick, from, to)| {
            let is_receive = kind == Kind::Receive;
            Record {
                stamp: crate::log::Stamp(clock as i64),
                kind,
                clock,
                message_clock: message_clock.filter(|_| is_receive),
                queue_length: None,
                from: from.filter(|_| is_receive),
                to: to.filter(|_| kind == Kind::Send),
                tick,
                waited_us: None,
            }
        },
    )
}

/// Logs that contradict themselves and each other in all ways.
pub(crate) fn any_logs() -> impl Strategy<Value = History> {
    prop::collection::vec(prop::collection::vec(any_record(), 0..25), 0..4).prop_map(|logs| {
        let machine = |(records, id): (Vec<Record>, u32)| {
            let mut machine = MachineHistory::new(MachineId(id), Path::new("log.txt"));
            records.iter().zip(1..).for_each(|(record, line)| machine.see(line, &Line::Event(record)));
            machine
        };
        History::new(logs.into_iter().zip(1..).map(machine).collect()).unwrap()
    })
}

proptest! {
    #[test]
    fn any_records_are_held_as_they_came_and_no_message_is_received_twice(
        logs in prop::collection::vec(prop::collection::vec(any_record(), 0..40), 0..4)
    ) {
        let machine = |(records, id): (&Vec<Record>, u32)| {
            let mut machine = MachineHistory::new(MachineId(id), Path::new("log.txt"));
            records.iter().zip(1..).for_each(|(record, line)| machine.see(line, &Line::Event(record)));
            machine
        };
        let history = History::new(logs.iter().zip(1..).map(machine).collect()).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for (machine, records) in history.machines().iter().zip(&logs) {
            let held: Vec<Record> = machine.records().map(|(_, record)| record).collect();
            prop_assert_eq!(&held, records);
            for receive in machine.receive_ids() {
                if let Some(found) = history.source_of(receive) {
                    prop_assert!(seen.insert((found.send, machine.id())), "{found:?} twice");
                    prop_assert!(history.receives_of(found.send).any(|one| one == receive));
                    let (send, own) = (history.record(found.send), history.record(receive));
                    prop_assert_eq!(send.kind, Kind::Send);
                    prop_assert!(own.message_clock.is_none_or(|clock| clock == history.carried_clock(found.send)));
                    prop_assert!(own.from.is_none_or(|from| from == found.send.machine));
                }
            }
        }
    }
}

#[test]
fn where_no_header_counts_the_machines_those_that_logs_tell_of_count() {
    let lines = [
        ("2026-03-05 12:46:05 | INTERNAL | Clock: 1 | Internal event\n", 1),
        ("2026-03-05 12:46:05 | SEND | Clock: 1 | Sent to all machines\n", 2),
        ("2026-03-05 12:46:05 | SEND | Clock: 1 | Sent to machine 3\n", 3),
        ("2026-03-05 12:46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0\n", 2),
        ("2026-03-05 12:46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0, From: 4\n", 4),
    ];
    for (text, count) in lines {
        let mut machine = MachineHistory::new(MachineId(1), Path::new("log_1.txt"));
        let stats =
            LogReader::new(None).read(text.as_bytes(), |number, line| machine.see(number, line)).unwrap();
        machine.end_of_log(stats);
        assert_eq!(History::new(vec![machine]).unwrap().machine_count(), count, "{text}");
    }
}
