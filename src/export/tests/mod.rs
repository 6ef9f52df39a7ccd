//! What is written passes its check, whatever the run and the window, and each
//! check refuses what its viewer would reject.

mod mermaid;
mod perfetto;
mod rows;
mod shiviz;
mod window;

use std::path::Path;

use proptest::prelude::*;

use super::{CheckError, Excerpt, Window};
use crate::engine::simulator::START;
use crate::history::tests::{Hide, SPECS, any_logs, simulated};
use crate::history::{History, MachineHistory};
use crate::log::{LogReader, Stamp};
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// A window of lab time, in seconds, and these machines; none are all.
fn window(from: Option<f64>, until: Option<f64>, machines: &[u32]) -> Window {
    let machines = (!machines.is_empty()).then(|| machines.iter().copied().map(MachineId).collect());
    Window { from: from.map(LabTime::from_secs_f64), until: until.map(LabTime::from_secs_f64), machines }
}

fn windows() -> [Window; 6] {
    [
        Window::default(),
        window(Some(5.0), None, &[]),
        window(None, Some(7.5), &[]),
        window(Some(5.01), Some(12.0), &[]),
        window(Some(3.0), Some(15.0), &[1, 2]),
        window(None, None, &[2]),
    ]
}

/// Runs with all that their logs say, and with less of it, through every window.
fn each_excerpt(mut see: impl FnMut(&Excerpt<'_>, &str)) {
    for (spec, seed) in SPECS.iter().zip(1..) {
        for hide in [Hide::Nothing, Hide::From, Hide::Both] {
            let (history, _) = simulated(spec, seed, hide);
            for window in windows() {
                let excerpt = Excerpt::of(("exp", "run"), &history, START, &window);
                see(&excerpt, &format!("{spec} seed {seed}, {hide:?}, {window:?}"));
            }
        }
    }
}

/// Logs of machines 1, 2, … as a history.
fn history(logs: &[&str]) -> History {
    let machines = logs.iter().zip(1..).map(|(text, id)| {
        let mut machine = MachineHistory::new(MachineId(id), Path::new("log.txt"));
        let reader = LogReader::new(Some(MachineId(id)));
        let taken = reader.read(text.as_bytes(), |number, line| machine.see(number, line)).unwrap();
        machine.end_of_log(taken);
        machine
    });
    History::new(machines.collect()).unwrap()
}

/// When [`WHOLE_SECONDS`] begin.
const WHOLE_SECONDS_START: Stamp = Stamp(1_772_714_762_000_000);

/// Three machines with stamps in whole seconds.
const WHOLE_SECONDS: [&str; 3] = [
    "Machine 1 log started at 2026-03-05 12:46:02\n\
     Clock rate: 4 ticks per second\n\
     2026-03-05 12:46:03 | INTERNAL | Clock: 1 | Internal event\n\
     2026-03-05 12:46:03 | SEND | Clock: 2 | Sent to machine 2\n\
     2026-03-05 12:46:04 | SEND | Clock: 3 | Sent to machine 3\n\
     2026-03-05 12:46:04 | SEND | Clock: 4 | Sent to machine 2\n\
     2026-03-05 12:46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0\n",
    "Machine 2 log started at 2026-03-05 12:46:02\n\
     Clock rate: 1 ticks per second\n\
     2026-03-05 12:46:04 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 1\n",
    "Machine 3 log started at 2026-03-05 12:46:02\n\
     Clock rate: 2 ticks per second\n\
     2026-03-05 12:46:04 | RECEIVE | Clock: 4 | Message clock: 3, Queue length: 0\n\
     2026-03-05 12:46:05 | SEND | Clock: 5 | Sent to machine 1\n",
];

/// The check refuses with these words.
#[track_caller]
fn refuses(outcome: Result<(), CheckError>, words: &str) {
    let error = outcome.expect_err(words).to_string();
    assert!(error.contains(words), "`{words}` is not in `{error}`");
}

proptest! {
    #[test]
    fn whatever_logs_say_what_is_drawn_of_them_is_taken(history in any_logs().prop_filter("a log", |history| !history.machines().is_empty()), from in 0u64..5, until in 2u64..9) {
        let time = |us: u64| Some(LabTime(us * 1_000));
        for window in [Window::default(), Window { from: time(from), until: time(until), machines: None }] {
            let excerpt = Excerpt::of(("exp", "run"), &history, Stamp(1), &window);
            let mut out = Vec::new();
            let mut writer = super::shiviz::ShivizWriter::new(&mut out).unwrap();
            writer.add(&excerpt).unwrap();
            let events = writer.finish().unwrap();
            super::shiviz::check(&out[..], events).unwrap();
            let mut out = Vec::new();
            let mut writer = super::perfetto::PerfettoWriter::new(&mut out).unwrap();
            writer.add(&excerpt).unwrap();
            let events = writer.finish().unwrap();
            super::perfetto::check(&out[..], events).unwrap();
            let mut out = Vec::new();
            let rows = super::mermaid::write(&mut out, &excerpt).unwrap();
            super::mermaid::check(&out[..], rows).unwrap();
        }
    }
}
