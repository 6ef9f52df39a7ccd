//! What is expected, on the charts of a run.

use super::samples::run;
use super::*;
use crate::plan::Run;
use crate::predict::expected::Course;

fn planned(clock_rates: &str, rest: &str) -> Run {
    let rates: String =
        clock_rates.split(',').map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
    let text = format!("name = \"t\"\nduration = \"60s\"\n{rest}{rates}");
    Run::single(crate::spec::parse("t", &text, &[]).unwrap(), "t".to_owned())
}

fn charts(series: &RunSeries, theory: &RunTheory) -> Vec<Chart> {
    let charts = run_charts(series, theory, Look::default()).expect("charts");
    assert_sound(&charts);
    charts
}

#[test]
fn dashes_show_what_is_expected_of_queues_clocks_drift_and_waits() {
    let charts = charts(&run(3, 60.0), &RunTheory::of(&planned("1,3,6", "")));
    let said: Vec<bool> =
        charts.iter().map(|chart| words(chart).contains("short dashes: expected")).collect();
    assert_eq!(said, [true, true, true, false, true]);
}

#[test]
fn where_the_law_lets_nothing_grow_the_chart_says_so() {
    let charts = charts(&run(3, 60.0), &RunTheory::of(&planned("4,5,6", "")));
    assert!(words(&charts[0]).contains("by the law, no machine is overloaded"));
    assert!(words(&charts[1]).contains("short dashes: expected"));
}

#[test]
fn a_delay_in_the_sender_is_simulated_too() {
    let delayed = planned("1,3,6", "[network]\ndelay = \"constant:100ms\"\nwhere = \"sender\"\n");
    let theory = RunTheory::of(&delayed);
    assert_eq!(theory.left_out(), None);
    assert!(words(&charts(&run(3, 60.0), &theory)[1]).contains("short dashes: expected"));
}

#[test]
fn too_long_a_run_is_drawn_without_and_says_so() {
    let theory = RunTheory::of(&planned("1000000000,3,6", ""));
    let charts = charts(&run(3, 60.0), &theory);
    assert!(words(&charts[1]).contains("nothing is expected, as the run is too long"));
    assert!(!words(&charts[1]).contains("dashes"));
}

#[test]
fn without_a_spec_there_is_no_word_of_it() {
    let charts = charts(&run(3, 60.0), &RunTheory::default());
    assert!(charts.iter().all(|chart| !words(chart).contains("expected")));
}

#[test]
fn what_is_expected_far_from_the_data_or_of_other_machines_makes_charts() {
    let theory = RunTheory::of(&planned("1,3,6", ""));
    charts(&run(12, 60.0), &theory);
    charts(&run(1, 60.0), &theory);
    for end in [1e-12, 1e12, f64::MAX, f64::NAN, f64::INFINITY] {
        let values = vec![0.0, end];
        let course = Course {
            times_s: vec![0.0, 60.0],
            queue: values.clone(),
            clock: values.clone(),
            behind: values.clone(),
            wait: values,
        };
        let theory = RunTheory::from(vec![MachineTheory { course, is_overloaded: Some(true) }; 3]);
        charts(&run(3, 60.0), &theory);
        charts(&run(0, 60.0), &theory);
    }
}
