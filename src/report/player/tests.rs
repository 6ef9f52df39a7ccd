//! What the page's data says, read back and checked against the history.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::history::tests::{Hide, SPECS, any_logs, history, simulated};
use crate::history::{Certainty, EventId, Source};
use crate::log::Record;
use crate::model::event::{Kind, MachineId, Recipients};

/// The numbers of a column; `None` is the unknown.
struct Column<'a> {
    digits: std::slice::Iter<'a, u8>,
}

impl Column<'_> {
    fn of(value: &Value) -> Column<'_> {
        Column { digits: value.as_str().unwrap().as_bytes().iter() }
    }

    fn next(&mut self) -> Option<i64> {
        const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (mut quantity, mut shift) = (0u64, 0);
        for digit in self.digits.by_ref() {
            let digit = DIGITS.find(char::from(*digit)).unwrap() as u64;
            quantity |= (digit & 31) << shift;
            shift += 5;
            if digit < 32 {
                break;
            }
        }
        let size = (quantity >> 1) as i64;
        match (quantity & 1, size) {
            (0, size) => Some(size),
            (_, 0) => None,
            (_, size) => Some(-size),
        }
    }

    fn is_read(&self) -> bool {
        self.digits.len() == 0
    }
}

/// An event as the page has it; times since the origin.
#[derive(Debug, PartialEq)]
struct Seen {
    kind: char,
    time: i64,
    tick: Option<i64>,
    clock: i64,
    to: Option<i64>,
    from: Option<i64>,
    source: Option<EventId>,
    message_clock: Option<i64>,
    queue_length: Option<i64>,
    /// From the SEND to the arrival; of a RECEIVE without one its wait.
    wait: Option<i64>,
}

/// Reads a machine's events as the page's script does.
fn decoded(machine: &Value) -> Vec<Seen> {
    let column = |name: &str| Column::of(&machine[name]);
    let (mut times, mut ticks, mut clocks) = (column("times"), column("ticks"), column("clocks"));
    let (mut to, mut from, mut sources) = (column("to"), column("from"), column("sources"));
    let (mut message_clocks, mut queue_lengths, mut waits) =
        (column("message_clocks"), column("queue_lengths"), column("waits"));
    let (mut time, mut step, mut tick, mut clock, mut queue_length) = (0, 0, 0, 0, 0);
    let mut last_sources: BTreeMap<i64, i64> = BTreeMap::new();
    let mut seen = Vec::new();
    for kind in machine["kinds"].as_str().unwrap().chars() {
        step += times.next().unwrap();
        time += step;
        let logged_tick = ticks.next().map(|more| tick + 1 + more);
        tick = logged_tick.unwrap_or(tick);
        let mut event = Seen {
            kind,
            time,
            tick: logged_tick,
            clock: 0,
            to: None,
            from: None,
            source: None,
            message_clock: None,
            queue_length: None,
            wait: None,
        };
        match kind {
            'I' => {}
            'S' => event.to = to.next(),
            _ => {
                event.from = from.next();
                event.message_clock = message_clocks.next().map(|more| clock + more);
                event.queue_length = queue_lengths.next().map(|more| queue_length + more);
                queue_length = event.queue_length.unwrap_or(queue_length);
                event.wait = waits.next();
                if "RACD".contains(kind) {
                    let from = event.from.unwrap();
                    let index = last_sources.entry(from).or_insert(0);
                    *index += sources.next().unwrap();
                    event.source = Some(EventId { machine: MachineId(from as u32), index: *index as u32 });
                }
            }
        }
        let met = event.message_clock.map_or(clock, |message| clock.max(message));
        event.clock = met + 1 + clocks.next().unwrap();
        clock = event.clock;
        seen.push(event);
    }
    let columns = [&times, &ticks, &clocks, &to, &from, &sources, &message_clocks, &queue_lengths, &waits];
    assert!(columns.iter().all(|column| column.is_read()), "something is left over");
    seen
}

fn data(history: &History, events: u64) -> Value {
    let parts = section(history, events);
    assert!(!parts.data_json.contains('<'));
    serde_json::from_str(&parts.data_json).unwrap()
}

/// What the history says of an event, in the page's terms.
fn expected(history: &History, id: EventId, origin: i64) -> Seen {
    let record = history.record(id);
    let time_of = |record: &Record| record.stamp.0 - origin;
    let small = |value: u64| value.min(columns::CLOCK_MAX) as i64;
    let source = history.source(id);
    let send = match source {
        Some(Source::Matched(found)) => Some(found.send),
        Some(Source::Repeated { send }) => Some(send),
        _ => None,
    };
    let wait = record.waited_us.map(|waited| match send {
        Some(send) => time_of(&record) - waited as i64 - time_of(&history.record(send)),
        None => waited as i64,
    });
    Seen {
        kind: match (record.kind, source) {
            (Kind::Internal, _) => 'I',
            (Kind::Send, _) => 'S',
            (_, Some(source)) => columns::letter(source, false),
            _ => 'U',
        },
        time: time_of(&record),
        tick: record.tick.map(small),
        clock: small(record.clock),
        to: record.to.map(|to| match to {
            Recipients::One(to) => i64::from(to.0),
            Recipients::All => 0,
            Recipients::Several(_) => -1,
        }),
        from: send.map(|send| send.machine).or(record.from).map(|from| i64::from(from.0)),
        source: send,
        message_clock: record.message_clock.map(small),
        queue_length: record.queue_length.map(small),
        wait,
    }
}

/// Checks all that is shown against the history; gives how many events that is.
fn says_what_the_history_says(history: &History, events: u64) -> u64 {
    let data = data(history, events);
    let origin = data["shown"]["origin_us"].as_i64().unwrap();
    let mut shown = 0;
    for (machine, packed) in history.machines().iter().zip(data["machines"].as_array().unwrap()) {
        assert_eq!(packed["id"], machine.id().0);
        for (seen, index) in decoded(packed).into_iter().zip(0..) {
            let id = EventId { machine: machine.id(), index };
            let circular = seen.kind == 'C';
            let mut expected = expected(history, id, origin);
            if circular && "RA".contains(expected.kind) {
                expected.kind = 'C';
            }
            assert_eq!(seen, expected, "{id:?}");
            shown += 1;
        }
    }
    assert_eq!(data["shown"]["events"], shown);
    assert_eq!(data["shown"]["is_whole"], shown == history.events());
    shown
}

#[test]
fn a_run_is_in_the_page_as_it_is_in_its_logs() {
    for (spec, seed) in SPECS.iter().zip(1..) {
        for hide in [Hide::Nothing, Hide::From, Hide::Both] {
            let (history, _) = simulated(spec, seed, hide);
            assert_eq!(says_what_the_history_says(&history, u64::MAX), history.events());
        }
    }
}

#[test]
fn an_event_takes_a_few_letters() {
    for (spec, seed) in SPECS.iter().zip(1..) {
        let (history, _) = simulated(spec, seed, Hide::Nothing);
        let length = section(&history, u64::MAX).data_json.len() as u64;
        assert!(length < 1500 + 9 * history.events(), "{length} for {} events", history.events());
    }
}

#[test]
fn of_a_long_run_the_beginning_is_shown_with_all_its_causes() {
    let (history, _) = simulated(SPECS[2], 3, Hide::Nothing);
    for limit in [0, 1, 7, 100, history.events() - 1] {
        assert_eq!(says_what_the_history_says(&history, limit), limit, "clocks that agree lose nothing");
    }
}

#[test]
fn a_receive_stamped_before_its_send_is_shown_with_it_or_not_at_all() {
    let history = history(&[
        &["46:01 | INTERNAL | Clock: 1 | Internal event", "46:09 | SEND | Clock: 2 | Sent to machine 2"],
        &[
            "46:02 | INTERNAL | Clock: 1 | Internal event",
            "46:03 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 0",
            "46:04 | INTERNAL | Clock: 4 | Internal event",
        ],
    ]);
    assert_eq!(says_what_the_history_says(&history, 4), 2);
    assert_eq!(says_what_the_history_says(&history, 5), 5);
    let data = data(&history, 5);
    assert_eq!(data["shown"]["whole_seconds"], true);
}

#[test]
fn where_arrivals_are_not_logged_the_page_says_so() {
    let reported =
        |history: &History| section(history, u64::MAX).markup.contains("do not tell when a message arrived");
    let (whole, _) = simulated(SPECS[2], 3, Hide::Nothing);
    assert!(!reported(&whole));
    let silent = history(&[
        &["46:01 | SEND | Clock: 1 | Sent to machine 2"],
        &["46:03 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0"],
    ]);
    assert!(reported(&silent));
}

#[test]
fn messages_without_a_receive_that_is_shown_are_told_apart() {
    let lines: [&[&str]; 2] = [
        &[
            "46:01 | SEND | Clock: 1 | Sent to machine 2",
            "46:02 | SEND | Clock: 2 | Sent to all machines",
            "46:03 | SEND | Clock: 3 | Sent to machine 2",
        ],
        &[
            "46:05 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 1, From: 1, Tick: 1, Waited: 4000000 us",
            "46:06 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 0, From: 1, Tick: 2, Waited: 3000000 us",
        ],
    ];
    let history = history(&lines);
    let open = |events| {
        let data = data(&history, events);
        let open = &data["machines"][0]["open"];
        let count = open["count"].as_u64().unwrap();
        let [mut sends, mut to, mut transits, mut later] =
            ["sends", "to", "transits", "later"].map(|name| Column::of(&open[name]));
        let mut index = 0;
        let mut found = Vec::new();
        for _ in 0..count {
            index += sends.next().unwrap();
            found.push((index, to.next(), transits.next(), later.next() == Some(1)));
        }
        found
    };
    let never = (2, Some(2), None, false);
    assert_eq!(open(5), [never]);
    assert_eq!(open(4), [(1, Some(2), Some(1_000_000), true), never]);
    assert_eq!(open(3), [(0, Some(2), Some(0), true), (1, Some(2), Some(1_000_000), true), never]);
}

#[test]
fn matches_that_go_in_a_circle_are_marked_and_cause_nothing() {
    let history = history(&[
        &[
            "46:01 | RECEIVE | Clock: 4 | Message clock: 2, Queue length: 0, From: 2, Tick: 1, Waited: 0 us",
            "46:02 | SEND | Clock: 2 | Sent to machine 2",
        ],
        &[
            "46:01 | RECEIVE | Clock: 4 | Message clock: 2, Queue length: 0, From: 1, Tick: 1, Waited: 0 us",
            "46:02 | SEND | Clock: 2 | Sent to machine 1",
        ],
    ]);
    let receive = EventId { machine: MachineId(1), index: 0 };
    assert_eq!(history.source_of(receive).unwrap().certainty, Certainty::Certain);
    let data = data(&history, 10);
    let kinds: String = (0..2).map(|at| data["machines"][at]["kinds"].as_str().unwrap()).collect();
    assert_eq!(kinds.matches('C').count(), 1, "{kinds}");
    assert_eq!(kinds.matches('R').count(), 1, "{kinds}");
}

#[test]
fn what_is_not_all_there_is_said() {
    let (history, _) = simulated(SPECS[0], 1, Hide::Nothing);
    let says = |events| section(&history, events).markup.contains("Only the beginning is shown");
    assert!(says(100) && !says(u64::MAX));
    assert!(section(&history, 100).markup.contains("the first 100 events of the run’s "));
    let empty = History::new(Vec::new()).unwrap();
    assert!(section(&empty, 100).markup.contains("0 machines, 0 events"));
}

proptest! {
    #[test]
    fn any_logs_make_data_that_reads_back(
        history in any_logs(),
        limit in 0u64..80,
    ) {
        prop_assert!(says_what_the_history_says(&history, limit) <= limit);
        prop_assert_eq!(says_what_the_history_says(&history, u64::MAX), history.events());
    }
}
