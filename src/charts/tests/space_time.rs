//! Space-time diagrams of simulated runs and of foreign logs.

use std::path::Path;

use super::samples::hostile;
use super::*;
use crate::engine::simulator::{START, simulate};
use crate::engine::{Gauges, StopSwitch};
use crate::history::{History, MachineHistory};
use crate::log::{Line, LogReader, Record, Stamp};
use crate::model::event::MachineId;
use crate::plan::Run;

/// A simulated run of these clock rates.
pub(super) fn simulated(clock_rates: &[f64], duration: &str, delay: &str) -> History {
    let machines: String =
        clock_rates.iter().map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
    let text = format!(
        "name = \"t\"\nduration = \"{duration}\"\nseed = 5\n[network]\ndelay = \"{delay}\"\n{machines}"
    );
    let run = Run::single(crate::spec::parse("t", &text, &[]).expect("a spec"), "t".to_owned());
    let mut machines: Vec<MachineHistory> =
        run.machines().map(|id| MachineHistory::new(id, Path::new("log.txt"))).collect();
    let mut line = 2;
    let gauges = Gauges::new(clock_rates.len() as u32);
    simulate(&run, &StopSwitch::default(), &gauges, |id, time, event| {
        line += 1;
        machines[id.index()].see(line, &Line::Event(&Record::of(event, time, START)));
        Ok(())
    })
    .expect("a run");
    History::new(machines).expect("a history")
}

/// A history of foreign logs: these lines, without the date.
fn of_logs(logs: &[&[&str]]) -> History {
    let machine = |(lines, id): (&&[&str], u32)| {
        let text: String = lines.iter().map(|line| format!("2026-03-05 12:46:{line}\n")).collect();
        let mut machine = MachineHistory::new(MachineId(id), Path::new("log.txt"));
        let taken = LogReader::new(Some(MachineId(id)))
            .read(text.as_bytes(), |number, line| machine.see(number, line))
            .expect("a log");
        machine.end_of_log(taken);
        machine
    };
    History::new(logs.iter().zip(1..).map(machine).collect()).expect("a history")
}

pub(super) fn order(history: &History) -> SpaceTime<'_> {
    SpaceTime { experiment: "e", run: "r", history, origin: START, from_s: None, to_s: None, clocks: false }
}

#[track_caller]
fn drawn(of: &SpaceTime<'_>, look: Look) -> Chart {
    let Draw::Events(draw) = CHARTS.into_iter().find(|chart| chart.is_on_demand()).expect("one").draw else {
        panic!("it is of events");
    };
    let chart = draw(of, look).expect("a diagram");
    assert_sound(std::slice::from_ref(&chart));
    chart
}

#[track_caller]
fn said(of: &SpaceTime<'_>) -> String {
    words(&drawn(of, Look::default()))
}

#[test]
fn a_diagram_has_room_for_any_number_of_machines_in_every_size() {
    for machines in [2, 3, 6, 20, 60] {
        let rates: Vec<f64> = (0..machines).map(|nth| 1.0 + f64::from(nth % 6)).collect();
        let history = simulated(&rates, "20s", "none");
        for (width, height) in [(640, 400), (1600, 1000)] {
            let look = Look::new(width, height, 1.0, Theme::Dark).expect("a look");
            for clocks in [false, true] {
                drawn(&SpaceTime { clocks, ..order(&history) }, look);
            }
        }
    }
}

#[test]
fn machines_without_room_are_named() {
    let rates: Vec<f64> = (0..60).map(|nth| 1.0 + f64::from(nth)).collect();
    let history = simulated(&rates, "5s", "none");
    let said = said(&order(&history));
    assert!(said.contains("machines with the fewest events left out: m1"), "{said}");
    assert!(said.contains("of machines left out"), "{said}");
}

#[test]
fn the_title_says_where_a_message_waits_longest() {
    let history = simulated(&[1.0, 3.0, 6.0], "60s", "none");
    let said = said(&SpaceTime { from_s: Some(50.0), to_s: Some(60.0), ..order(&history) });
    assert!(said.contains("Messages from 50 s to 60 s: the longest wait is"), "{said}");
    assert!(said.contains("on machine 1") && said.contains("never read"), "{said}");
    assert!(said.contains("sent earlier and never read"), "{said}");
}

#[test]
fn without_a_window_as_much_is_shown_as_has_room() {
    let history = simulated(&[1.0, 3.0, 6.0], "60s", "none");
    let said = said(&order(&history));
    assert!(
        said.contains("as much of the run as has room") && said.contains("Messages from 0 s to"),
        "{said}"
    );
    let shown: u64 =
        said.split(" of 5").next().and_then(|head| head.rsplit(' ').next()?.parse().ok()).unwrap();
    assert!((40..=110).contains(&shown), "{said}");
}

#[test]
fn too_much_to_see_is_thinned_and_counted() {
    let history = simulated(&[50.0, 70.0, 90.0], "60s", "exponential:20ms");
    let of = SpaceTime { from_s: Some(0.0), to_s: Some(60.0), ..order(&history) };
    let chart = drawn(&of, Look::default());
    let said = words(&chart);
    assert!(said.contains("messages drawn, evenly chosen") && said.contains("events not marked"), "{said}");
    assert!(svg(&chart).len() < 1_500_000, "{}", svg(&chart).len());
}

#[test]
fn clocks_stand_where_nearly_all_have_room_or_where_they_are_asked_for() {
    let history = simulated(&[1.0, 3.0, 6.0], "60s", "none");
    let window = |to_s, clocks| SpaceTime { from_s: Some(0.0), to_s: Some(to_s), clocks, ..order(&history) };
    let clocks_in = |of: &SpaceTime<'_>| said(of).lines().filter(|line| line.parse::<u64>().is_ok()).count();
    assert!(clocks_in(&window(4.0, false)) > 30);
    assert!(clocks_in(&window(60.0, false)) < 12);
    assert!(clocks_in(&window(60.0, true)) > 50);
    assert!(said(&window(60.0, true)).contains("no room for"));
}

#[test]
fn logs_of_others_say_what_they_do_not_tell() {
    let history = of_logs(&[
        &["04 | SEND | Clock: 1 | Sent to machine 2", "04 | SEND | Clock: 2 | Sent to machine 2"],
        &[
            "04 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0",
            "05 | RECEIVE | Clock: 10 | Message clock: 9, Queue length: 0",
        ],
    ]);
    let first = history.machines()[0].stamp(0);
    let said = said(&SpaceTime { origin: first, ..order(&history) });
    for words in [
        "the logs do not tell when messages arrived",
        "stamps in whole seconds",
        "1 message without a send in the logs",
        "never read",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn where_there_is_nothing_the_diagram_says_what_there_is() {
    let history = simulated(&[2.0, 3.0], "10s", "none");
    let said_of =
        |from: f64, to: f64| said(&SpaceTime { from_s: Some(from), to_s: Some(to), ..order(&history) });
    assert!(said_of(90.0, 95.0).contains("no events here: the run's lie between 0 s and 10 s"));
    let empty = of_logs(&[&[], &[]]);
    assert!(said(&order(&empty)).contains("no events"));
    let none = History::new(Vec::new()).expect("a history");
    assert!(said(&order(&none)).contains("no events"));
    for (from, to) in [(0.0, 1e-9), (1e12, 1e13), (f64::NAN, f64::INFINITY), (5.0, 1.0), (0.0, 1e15)] {
        said_of(from, to);
    }
    said(&SpaceTime { origin: Stamp(i64::MIN), ..order(&history) });
}

#[test]
fn hostile_names_do_no_harm_to_a_diagram() {
    let history = simulated(&[2.0, 3.0], "10s", "none");
    for name in hostile() {
        let chart = drawn(&SpaceTime { experiment: &name, run: &name, ..order(&history) }, Look::default());
        assert!(!svg(&chart).contains("<script"));
    }
}
