//! What theory says, on the charts of a run.

use super::samples::run;
use super::*;
use crate::machine::Rules;
use crate::spec::Broadcast;
use crate::theory::{Prediction, predict};

fn predictions(clock_rates: &[f64]) -> Vec<Prediction> {
    let machines = clock_rates.len() as u32;
    predict(clock_rates, Rules { machines, internal_prob: 0.7, broadcast: Broadcast::OneEvent })
}

fn charts(series: &RunSeries, theory: &[Prediction]) -> Vec<Chart> {
    let theory = RunTheory::from(theory.to_vec());
    let charts = run_charts(series, &theory, Look::default()).expect("charts");
    assert_sound(&charts);
    charts
}

#[test]
fn dashes_show_what_theory_says_of_queues_clocks_drift_and_waits() {
    let charts = charts(&run(3, 60.0), &predictions(&[1.0, 3.0, 6.0]));
    let said: Vec<bool> = charts.iter().map(|chart| words(chart).contains("short dashes: theory")).collect();
    assert_eq!(said, [true, true, true, false, true]);
}

#[test]
fn where_theory_lets_nothing_grow_the_chart_says_so() {
    let charts = charts(&run(3, 60.0), &predictions(&[4.0, 5.0, 6.0]));
    assert!(words(&charts[0]).contains("theory: no machine is overloaded"));
    assert!(words(&charts[1]).contains("short dashes: theory"));
    assert!(words(&charts[2]).contains("theory: no clock falls behind for good"));
}

#[test]
fn without_theory_there_is_no_word_of_it() {
    assert!(charts(&run(3, 60.0), &[]).iter().all(|chart| !words(chart).contains("theory")));
}

#[test]
fn theory_far_from_the_data_or_of_other_machines_makes_charts() {
    let mut theory = predictions(&[1.0, 3.0, 6.0]);
    charts(&run(12, 60.0), &theory);
    charts(&run(100, 60.0), &predictions(&[1.0; 100]));
    for growth in [1e-12, 1e12, f64::MAX, f64::NAN, f64::INFINITY] {
        (theory[0].queue_growth, theory[0].clock_slope) = (growth, growth);
        charts(&run(3, 60.0), &theory);
        charts(&run(0, 60.0), &theory);
    }
}
