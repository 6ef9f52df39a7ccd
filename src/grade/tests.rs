//! What is expected of logs, and what of names and rules the tables show.

use std::path::Path;

use super::*;
use crate::audit::{RULES, audit};
use crate::history::{History, MachineHistory};
use crate::log::{Line, Record, Stamp};
use crate::metrics::MachineMetrics;
use crate::metrics::tests::row;
use crate::model::event::{Kind, MachineId, Recipients};
use crate::model::machine::Broadcast;
use crate::read::run_path::RunState;
use crate::spec::ClockRate;

const DIE: Assignment = Assignment { internal_prob: 0.7, broadcast: None };

fn rows(rates: &[f64]) -> Vec<MachineMetrics> {
    let one = |(rate, id): (&f64, u32)| MachineMetrics {
        machines: rates.len() as u32,
        clock_rate: Some(*rate),
        span_s: Some(60.0 - 1.0 / rate),
        ..row(id)
    };
    rates.iter().zip(1..).map(one).collect()
}

/// A machine of three that only sends, to whom and with what clocks is given.
fn sender(sends: &[(Option<Recipients>, u64)]) -> History {
    let mut machine = MachineHistory::new(MachineId(1), Path::new("log_1.txt"));
    for ((to, clock), line) in sends.iter().zip(1..) {
        let record = Record {
            stamp: Stamp(line as i64),
            kind: Kind::Send,
            clock: *clock,
            message_clock: None,
            queue_length: None,
            from: None,
            to: *to,
            tick: None,
            waited_us: None,
        };
        machine.see(line, &Line::Event(&record));
    }
    let idle = |id| MachineHistory::new(MachineId(id), Path::new("log.txt"));
    History::new(vec![machine, idle(2), idle(3)]).unwrap()
}

#[test]
fn the_logs_tell_rates_and_length() {
    let spec = DIE.spec(&History::default(), &rows(&[1.0, 3.0, 6.0])).unwrap();
    let rates: Vec<ClockRate> = spec.machines.iter().map(|machine| machine.clock_rate).collect();
    assert_eq!(rates, [1.0, 3.0, 6.0].map(ClockRate::Fixed));
    assert!((spec.duration.as_secs_f64() - 60.0).abs() < 1e-6, "{}", spec.duration);
}

#[test]
fn where_logs_tell_too_little_theory_is_silent_and_says_why() {
    let none = |rows: &[MachineMetrics]| DIE.spec(&History::default(), rows).unwrap_err();
    let mut unknown = rows(&[1.0, 2.0]);
    unknown[1].clock_rate = None;
    assert_eq!(none(&unknown), NoTheory::NoRates);
    assert_eq!(none(&rows(&[1.0, 2.0])[..1]), NoTheory::LogsMissing);
    assert_eq!(none(&rows(&[1.0])), NoTheory::Alone);
    assert_eq!(none(&[]), NoTheory::Alone);
    let mut instant = rows(&[1.0, 2.0]);
    instant.iter_mut().for_each(|row| row.span_s = Some(0.0));
    assert_eq!(none(&instant), NoTheory::NoLength);
    // What somebody's log claims costs no hour of simulating.
    for rate in [1e6, f64::MAX, f64::INFINITY, f64::NAN] {
        assert!(matches!(none(&rows(&[1.0, rate])), NoTheory::OverBudget(_)), "{rate}");
    }
}

#[test]
fn how_a_send_to_all_counts_is_reported_by_the_sends() {
    let counts = |sends: &[(Option<Recipients>, u64)]| {
        DIE.spec(&sender(sends), &rows(&[1.0, 2.0, 3.0])).unwrap().broadcast
    };
    let single = |clock: u64| (Some(Recipients::One(MachineId(2))), clock);
    let many: Vec<_> = (1..=40).map(single).collect();
    assert_eq!(counts(&many), Broadcast::PerRecipient);
    assert_eq!(counts(&many[..8]), Broadcast::OneEvent, "eight single sends may be chance");
    assert_eq!(counts(&[&many[..], &[(Some(Recipients::All), 41)]].concat()), Broadcast::OneEvent);
    assert_eq!(counts(&[&many[..], &[(None, 41)]].concat()), Broadcast::OneEvent);
    assert_eq!(counts(&[&many[..], &[single(40)]].concat()), Broadcast::OneEvent, "one increment, two lines");
    let asked = Assignment { broadcast: Some(Broadcast::OneEvent), ..DIE };
    assert_eq!(asked.spec(&sender(&many), &rows(&[1.0, 2.0, 3.0])).unwrap().broadcast, Broadcast::OneEvent);
}

#[test]
fn the_name_of_a_run_is_no_formula_either() {
    let run = GradedRun {
        name: "=HYPERLINK(\"x\")".to_owned(),
        state: RunState::InPlace,
        rows: rows(&[1.0, 2.0]),
        audit: audit(&History::default(), None, &RULES),
        findings: Vec::new(),
        habits: Vec::new(),
        broadcast: None,
        internal_prob: 0.7,
        residuals: Err("none".to_owned()),
        stats: Vec::new(),
    };
    let reading = Reading::Read { dialect: "labctl".to_owned(), detection: None, runs: vec![run] };
    let csv = csv(&[Submission { name: "ada".to_owned(), reading }]).unwrap();
    let record = csv::Reader::from_reader(&csv[..]).records().next().unwrap().unwrap();
    assert_eq!(&record[3], "'=HYPERLINK(\"x\")", "a spreadsheet must not run it");
}

#[test]
fn a_name_is_text_in_every_table() {
    let unreadable = |name: &str| Submission {
        name: name.to_owned(),
        reading: Reading::Unreadable("=1+1 | <b>why</b>".to_owned()),
    };
    let all = [unreadable("=HYPERLINK(\"x\")"), unreadable("<script> | `x` 🦀 \u{202e}עברית")];
    let csv = String::from_utf8(csv(&all).unwrap()).unwrap();
    let mut read = csv::Reader::from_reader(csv.as_bytes());
    let records: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
    assert_eq!(&records[0][0], "'=HYPERLINK(\"x\")", "a spreadsheet must not run it");
    assert_eq!(&records[1][0], all[1].name);
    assert_eq!((&records[1][1], &records[1][13]), ("unreadable", "'=1+1 | <b>why</b>"));
    let table = summary(&all, &["a.md".to_owned(), "b.md".to_owned()]).unwrap();
    assert!(table.contains("2 submissions: 2 unreadable."), "{table}");
    assert!(table.contains("[\\<script> \\| \\`x\\` 🦀 "), "{table}");
    assert!(page(&all[1]).unwrap().contains("It could not be read: =1+1 \\| \\<b>why\\</b>"));
}
