//! Whether 95 % intervals hold the truth in 95 % of samples.

use super::Summary;
use super::interval::Interval;
use super::synthetic::Source;

const SAMPLES: usize = 3000;
/// Of the coverage, either way: the promise.
const TOLERANCE: f64 = 0.02;

type Draw = fn(&mut Source) -> f64;
type Choice = fn(&Summary) -> Option<Interval>;

/// In what share of samples of `n` the interval holds the truth.
fn coverage(n: usize, draw: Draw, truth: f64, interval: Choice) -> f64 {
    let mut source = Source::new(n as u64);
    let holds = |_: &usize| {
        let summary = Summary::of(&source.sample(n, draw)).unwrap();
        // Equal values claim nothing.
        summary.is_all_equal()
            || interval(&summary).unwrap_or_else(|| panic!("no interval for {n}")).contains(truth)
    };
    (0..SAMPLES).filter(holds).count() as f64 / SAMPLES as f64
}

#[track_caller]
fn assert_covers(n: usize, draw: Draw, truth: f64, interval: Choice) {
    let share = coverage(n, draw, truth, interval);
    assert!((share - 0.95).abs() <= TOLERANCE, "n = {n}: {share}");
}

const MEAN: Choice = |summary| summary.mean_interval;
const MEDIAN: Choice = |summary| summary.median_interval;
const NORMAL: Draw = Source::normal;
const EXPONENTIAL: Draw = Source::exponential;
const QUEUE: Draw = Source::queue;

#[test]
fn t_intervals_hold_the_mean_of_normal_samples_of_any_size() {
    [2, 3, 5, 7, 10, 15, 20, 30, 50].into_iter().for_each(|n| assert_covers(n, NORMAL, 0.0, MEAN));
}

#[test]
fn t_intervals_hold_the_mean_of_queues() {
    [5, 10, 20, 30, 50].into_iter().for_each(|n| assert_covers(n, QUEUE, 30.0, MEAN));
}

/// A skewed distribution needs a larger sample before the mean's is normal.
#[test]
fn t_intervals_hold_the_mean_of_skewed_samples_that_are_large() {
    [60, 100, 200].into_iter().for_each(|n| assert_covers(n, EXPONENTIAL, 1.0, MEAN));
}

#[test]
fn bootstrap_intervals_hold_the_median_of_any_continuous_sample() {
    for n in [6, 7, 8, 10, 11, 13, 20, 23, 30, 51] {
        assert_covers(n, NORMAL, 0.0, MEDIAN);
        assert_covers(n, EXPONENTIAL, std::f64::consts::LN_2, MEDIAN);
    }
}

/// With ties nothing is lost, and something may be gained.
#[test]
fn bootstrap_intervals_hold_the_median_of_whole_numbers() {
    for n in [6, 10, 13, 20, 30, 50] {
        let share = coverage(n, QUEUE, 30.0, MEDIAN);
        assert!(share >= 0.95 - TOLERANCE, "n = {n}: {share}");
        let few_values: Draw = |source| (3.0 * source.unit()).floor();
        assert!(coverage(n, few_values, 1.0, MEDIAN) >= 0.95 - TOLERANCE, "n = {n}");
    }
}
