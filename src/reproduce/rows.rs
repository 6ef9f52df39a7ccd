//! Judged claims as rows for other programs: CSV and JSON. Pure.

use serde::Serialize;

use super::judge::{Basis, Finding};
use super::judged::{JudgedCase, JudgedClaim};
use super::outcome::Outcome;
use super::tally::Tally;

/// A claim, in columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimRow<'a> {
    /// `published`, `reading` or `theory`.
    pub kind: &'static str,
    pub claim: &'a str,
    pub source: &'a str,
    pub verdict: Outcome,
    /// In how many of its cases it is to be met: `all`, `most` or `some`.
    pub holds_in: &'static str,
    pub cases: usize,
    pub cases_met: usize,
    pub cases_not_met: usize,
    pub cases_undecided: usize,
    pub quote: &'a str,
    pub says: &'a str,
    pub bounds: &'a str,
}

/// All that was judged, as JSON has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document<'a> {
    /// A tally a kind.
    pub tallies: Vec<Tally>,
    pub claims: Vec<ClaimDocument<'a>>,
}

/// A claim with its cases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimDocument<'a> {
    #[serde(flatten)]
    pub row: ClaimRow<'a>,
    pub findings: Vec<FindingRow<'a>>,
}

/// What runs say of an expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FindingRow<'a> {
    /// The case; empty where there is one alone.
    pub when: &'a str,
    pub runs_of: String,
    pub expected: String,
    /// Unknown without runs.
    pub value: Option<f64>,
    /// The interval that decides, where one does.
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub n: usize,
    pub verdict: Outcome,
}

/// A row a claim.
pub fn rows<'a>(judged: &'a [JudgedClaim<'_>]) -> impl Iterator<Item = ClaimRow<'a>> {
    judged.iter().map(row)
}

/// Tallies, claims and all findings.
pub fn document<'a>(judged: &'a [JudgedClaim<'_>]) -> Document<'a> {
    let claim = |judged: &'a JudgedClaim<'_>| ClaimDocument {
        row: row(judged),
        findings: judged.cases.iter().flat_map(findings).collect(),
    };
    Document { tallies: Tally::of(judged), claims: judged.iter().map(claim).collect() }
}

fn row<'a>(judged: &'a JudgedClaim<'_>) -> ClaimRow<'a> {
    let claim = judged.claim;
    let count = |wanted: Outcome| judged.cases.iter().filter(|case| case.outcome == wanted).count();
    ClaimRow {
        kind: claim.kind.word(),
        claim: &claim.id,
        source: &claim.source,
        verdict: judged.outcome,
        holds_in: claim.holds_in.word(),
        cases: judged.cases.len(),
        cases_met: count(Outcome::Met),
        cases_not_met: count(Outcome::NotMet),
        cases_undecided: count(Outcome::Undecided),
        quote: &claim.quote,
        says: &claim.says,
        bounds: &claim.bounds,
    }
}

fn findings<'a>(judged: &'a JudgedCase<'_>) -> impl Iterator<Item = FindingRow<'a>> {
    let pairs = judged.case.expectations.iter().zip(&judged.findings);
    pairs.map(|(expectation, finding)| {
        let (low, high) = interval(finding).unzip();
        FindingRow {
            when: &judged.case.when,
            runs_of: judged.case.title(),
            expected: expectation.to_string(),
            value: finding.value,
            low,
            high,
            n: finding.n,
            verdict: finding.outcome,
        }
    })
}

fn interval(finding: &Finding) -> Option<(f64, f64)> {
    match finding.basis {
        Basis::Interval(low, high) => Some((low, high)),
        Basis::Count(_) | Basis::Runs | Basis::Nothing => None,
    }
}
