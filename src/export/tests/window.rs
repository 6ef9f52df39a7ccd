//! What a window shows, and what it says of the rest.

use super::*;
use crate::export::Arrivals;
use crate::export::window::QueueGauge;
use crate::log::{Line, Record};
use crate::model::event::Kind;

#[test]
fn a_window_begins_with_its_first_moment_and_ends_before_its_last() {
    let history = history(&WHOLE_SECONDS);
    for (from, until, events) in
        [(None, None, 8), (Some(1.0), Some(2.0), 2), (Some(2.0), Some(3.0), 4), (Some(3.0), None, 2)]
    {
        let window = window(from, until, &[]);
        let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &window);
        assert_eq!(excerpt.events(), events, "{window:?}");
    }
}

#[test]
fn receives_whose_send_lies_outside_are_counted() {
    let history = history(&WHOLE_SECONDS);
    let arrivals = |from, machines: &[u32]| {
        let window = window(Some(from), None, machines);
        Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &window).arrivals()
    };
    assert_eq!(arrivals(0.0, &[]), Arrivals::default());
    assert_eq!(arrivals(2.0, &[]).outside, 1, "machine 2 receives what was sent before");
    assert_eq!(arrivals(0.0, &[1, 2]).outside, 1, "machine 3 is not shown");
    assert_eq!(arrivals(9.0, &[]), Arrivals::default());
}

#[test]
fn a_log_whose_time_runs_backwards_is_shown_in_one_piece() {
    let stamps = [0, 5, 3, 10, 2, 11];
    for (from, until, shown) in
        [(Some(5), None, 1..6), (None, Some(10), 0..3), (Some(4), Some(11), 1..5), (Some(12), None, 0..0)]
    {
        let time = |s: Option<i64>| s.map(|s| LabTime(s as u64 * 1_000_000_000));
        let window = Window { from: time(from), until: time(until), machines: None };
        let mut filter = window.filter(Stamp(0));
        let admitted: Vec<usize> =
            (0..6).filter(|at| filter.admits(Stamp(stamps[*at] * 1_000_000))).collect();
        assert_eq!(admitted, shown.collect::<Vec<_>>(), "{window:?}");
    }
}

#[test]
fn a_queue_that_is_never_logged_stays_unknown() {
    let received = Record { kind: Kind::Receive, clock: 3, ..Record::BLANK };
    let logs = [
        vec![received],
        vec![Record { kind: Kind::Send, ..received }],
        vec![received, Record { queue_length: Some(1), ..received }],
    ];
    let after = logs.map(|records| {
        let mut machine = MachineHistory::new(MachineId(1), Path::new("log.txt"));
        records.iter().zip(1..).for_each(|(record, line)| machine.see(line, &Line::Event(record)));
        let mut queue = QueueGauge::new(&machine);
        records.iter().map(|record| queue.after(record.queue_length)).collect::<Vec<_>>()
    });
    assert_eq!(after, [vec![None], vec![Some(0)], vec![Some(0), Some(1)]]);
}

#[test]
fn a_run_is_called_by_its_experiment_too_unless_they_are_the_same() {
    let history = history(&WHOLE_SECONDS);
    let name = |experiment, run| Excerpt::of((experiment, run), &history, START, &Window::default()).name();
    assert_eq!((name("exp", "run"), name("e1", "e1")), ("exp/run".to_owned(), "e1".to_owned()));
}
