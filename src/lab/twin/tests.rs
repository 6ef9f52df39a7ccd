//! Twins made by hand, of machines at two ticks a second and at speedup 10.

use super::*;
use crate::log::Stamp;

const A: MachineId = MachineId(1);
const B: MachineId = MachineId(2);
const C: MachineId = MachineId(3);

fn trace(records: &[Record]) -> Trace {
    let schedule = Schedule { clock_rate: 2.0, phase: LabTime::ZERO, duration: LabTime(60_000_000_000) };
    Trace { start: Some(Stamp(0)), schedule, speedup: 10.0, records: records.to_vec() }
}

/// Served so many µs of real time after its deadline.
fn internal(tick: u64, late_us: i64, clock: u64) -> Record {
    Record {
        stamp: Stamp(tick as i64 * 500_000 + late_us * 10),
        kind: Kind::Internal,
        clock,
        message_clock: None,
        queue_length: None,
        from: None,
        to: None,
        tick: Some(tick),
        waited_us: None,
    }
}

fn send(tick: u64, late_us: i64, clock: u64) -> Record {
    Record { kind: Kind::Send, to: Some(Recipients::All), ..internal(tick, late_us, clock) }
}

/// Of a message that came so many µs of real time after the tick's deadline.
fn receive(tick: u64, late_us: i64, (from, message): (MachineId, u64), came_us: i64) -> Record {
    Record {
        kind: Kind::Receive,
        message_clock: Some(message),
        queue_length: Some(0),
        from: Some(from),
        waited_us: Some(u64::try_from((late_us - came_us) * 10).unwrap()),
        ..internal(tick, late_us, message + 1)
    }
}

/// The causes of all machines' divergences.
fn causes(on_sockets: &[&[Record]], simulated: &[&[Record]]) -> Vec<Option<Cause>> {
    let traces = |all: &[&[Record]]| all.iter().map(|records| trace(records)).collect::<Vec<_>>();
    let twins = compare_lives(&traces(on_sockets), &traces(simulated));
    twins.into_iter().map(|twin| twin.divergence.map(|divergence| divergence.cause)).collect()
}

#[test]
fn lives_that_decide_alike_are_the_same_whenever_they_are_served() {
    assert_eq!(causes(&[&[internal(1, 90, 1)]], &[&[internal(1, 0, 1)]]), [None]);
}

#[test]
fn a_late_tick_meets_a_message_that_came_after_its_deadline() {
    let found = causes(
        &[&[receive(3, 100, (B, 1), 70)], &[send(1, 5, 1)]],
        &[&[internal(3, 0, 1)], &[send(1, 0, 1)]],
    );
    let cause = Cause::LateTick { lateness_us: Some(100), from: B, arrival_us: Some(70) };
    assert_eq!(found, [Some(cause), None]);
}

#[test]
fn a_late_send_misses_the_tick_that_should_have_received_it() {
    let found = causes(
        &[&[internal(3, 20, 1), receive(4, 10, (B, 1), -49_650)], &[send(1, 300, 1)]],
        &[&[receive(3, 0, (B, 1), -50)], &[send(1, 0, 1)]],
    );
    let message = LateMessage {
        from: B,
        slack_us: Some(50),
        sender_lateness_us: Some(300),
        // 350 µs after the tick it missed, where it was due 50 µs before.
        lateness_us: Some(400),
    };
    assert_eq!(found, [Some(Cause::LateMessage(message)), None]);
    let reported = found[0].unwrap().to_string();
    assert!(
        reported.contains("machine 2 served its tick 300 µs late") && !reported.contains("rest"),
        "{reported}"
    );
}

#[test]
fn a_message_may_be_late_without_its_sender() {
    let found = causes(
        &[&[internal(3, 20, 1)], &[send(1, 10, 1)]],
        &[&[receive(3, 0, (B, 1), -50)], &[send(1, 0, 1)]],
    );
    let reported = found[0].unwrap().to_string();
    assert!(reported.contains("served its tick 10 µs late, the rest passed on the way"), "{reported}");
}

#[test]
fn of_two_messages_one_may_overtake_the_other() {
    let sends: [&[Record]; 2] = [&[send(1, 900, 1)], &[send(1, 0, 1)]];
    let found = causes(
        &[&[receive(3, 20, (C, 1), -200), receive(4, 0, (B, 1), -50_150)], sends[0], sends[1]],
        &[&[receive(3, 0, (B, 1), -500), receive(4, 0, (C, 1), -50_200)], sends[0], sends[1]],
    );
    let message =
        LateMessage { from: B, slack_us: Some(300), sender_lateness_us: Some(900), lateness_us: Some(350) };
    assert_eq!(found[0], Some(Cause::Overtaken { by: C, message }));
}

#[test]
fn a_sleep_that_lasts_too_long_costs_a_tick() {
    let found = causes(&[&[send(1, 80, 1), internal(3, 0, 2)]], &[&[send(1, 0, 1), internal(2, 0, 2)]]);
    assert_eq!(found, [Some(Cause::LateSleep { lateness_us: Some(80) })]);
}

#[test]
fn what_a_machine_that_diverged_sent_is_no_cause_of_its_own() {
    // Machine 1 diverges by itself, and then sends another clock to machine 3.
    let on_sockets = [trace(&[receive(3, 100, (B, 1), 70), send(4, 0, 3)]), trace(&[send(1, 0, 1)])];
    let simulated = [trace(&[internal(3, 0, 1), send(4, 0, 2)]), trace(&[send(1, 0, 1)])];
    let with_third =
        |traces: [Trace; 2], record| traces.into_iter().chain([trace(&[record])]).collect::<Vec<_>>();
    let twins = compare_lives(
        &with_third(on_sockets, receive(5, 0, (A, 3), -90)),
        &with_third(simulated, receive(5, 0, (A, 2), -90)),
    );
    let comparison = Comparison { twins, closest: None, speedup: 10.0 };
    assert_eq!(comparison.first(), Some(A));
    let reported = comparison.to_string();
    for words in [
        "machine 1: the same 0 events, then diverges at tick 3, due at 1.500 s of lab time (first)",
        "RECEIVE of 1 from machine 2, clock 2, tick 3",
        "INTERNAL, clock 1, tick 3",
        "served 100 µs late, and met a message of machine 2 that came 70 µs after its deadline",
        "machine 2: the same 1 events\n",
        "diverges at tick 5, due at 2.500 s of lab time (follows from machine 1's)",
    ] {
        assert!(reported.contains(words), "`{words}` is not in\n{reported}");
    }
}

#[test]
fn a_trace_that_ends_early_diverges_there() {
    let both = [internal(1, 0, 1), internal(2, 0, 2)];
    let twins = compare_lives(&[trace(&both[..1])], &[trace(&both)]);
    let comparison = Comparison { twins, closest: None, speedup: 10.0 };
    assert!(!comparison.agree());
    assert!(comparison.to_string().contains("sockets:   has ended"), "{comparison}");
}
