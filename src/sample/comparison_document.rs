//! A comparison of two samples for programs: its rows, and all of it as JSON.

use std::path::Path;

use serde::Serialize;

use super::{Pairing, Sample, SampleComparison};
use crate::statistics::{Interval, Verdict};

/// A row for programs.
#[derive(Serialize)]
pub struct ComparisonRecord {
    quantity: String,
    n_a: u64,
    n_b: u64,
    a_mean: f64,
    a_low: Option<f64>,
    a_high: Option<f64>,
    b_mean: f64,
    b_low: Option<f64>,
    b_high: Option<f64>,
    difference: Option<f64>,
    difference_low: Option<f64>,
    difference_high: Option<f64>,
    /// Of the difference.
    test: &'static str,
    /// Corrected over all rows.
    p: Option<f64>,
    verdict: Verdict,
}

/// A comparison of two samples, and where they were read.
#[derive(Serialize)]
pub struct ComparisonDocument<'a> {
    a: SampleDocument<'a>,
    b: SampleDocument<'a>,
    test: &'static str,
    correction: &'static str,
    comparisons: usize,
    rows: Vec<ComparisonRecord>,
}

#[derive(Serialize)]
struct SampleDocument<'a> {
    path: &'a Path,
    runs: usize,
}

fn test_name(pairing: &Pairing) -> &'static str {
    match pairing {
        Pairing::BySeed { .. } => "paired",
        Pairing::Independent(_) => "welch",
    }
}

/// The rows of a comparison, for a table.
pub fn records(found: &SampleComparison) -> impl Iterator<Item = ComparisonRecord> {
    let test = test_name(&found.pairing);
    found.rows.iter().map(move |row| {
        let (a_low, a_high) = ends(row.a.mean_interval);
        let (b_low, b_high) = ends(row.b.mean_interval);
        let (difference_low, difference_high) = ends(row.comparison.interval);
        ComparisonRecord {
            quantity: row.quantity.to_string(),
            n_a: row.a.n,
            n_b: row.b.n,
            a_mean: row.a.mean,
            a_low,
            a_high,
            b_mean: row.b.mean,
            b_low,
            b_high,
            difference: row.comparison.difference,
            difference_low,
            difference_high,
            test,
            p: row.comparison.p,
            verdict: row.comparison.verdict,
        }
    })
}

impl<'a> ComparisonDocument<'a> {
    /// Of the samples at two paths.
    pub fn of(a: (&'a Path, &Sample), b: (&'a Path, &Sample), found: &SampleComparison) -> Self {
        let of = |(path, sample): (&'a Path, &Sample)| SampleDocument { path, runs: sample.runs.len() };
        ComparisonDocument {
            a: of(a),
            b: of(b),
            test: test_name(&found.pairing),
            correction: "holm",
            comparisons: found.tested(),
            rows: records(found).collect(),
        }
    }
}

fn ends(interval: Option<Interval>) -> (Option<f64>, Option<f64>) {
    (interval.map(|interval| interval.low), interval.map(|interval| interval.high))
}
