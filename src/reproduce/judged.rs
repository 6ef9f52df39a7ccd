//! Claims, judged by the runs of their cases. Pure.

use super::cells::Replicates;
use super::claims::{Case, Claim};
use super::judge::{Finding, Outcome, judge};
use super::verdict::Verdict;

/// A claim and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedClaim<'a> {
    pub claim: &'a Claim,
    pub cases: Vec<JudgedCase<'a>>,
    pub verdict: Verdict,
}

/// A case and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedCase<'a> {
    pub case: &'a Case,
    /// One for each of its expectations.
    pub findings: Vec<Finding>,
    pub outcome: Outcome,
}

impl JudgedClaim<'_> {
    /// The verdict in words.
    pub fn words(&self) -> String {
        let when: Vec<&str> = self.cases.iter().map(|judged| judged.case.when.as_str()).collect();
        self.verdict.words(&when)
    }
}

/// Judges all claims.
pub fn judge_all<'a>(claims: &'a [Claim], replicates: &Replicates<'_>) -> Vec<JudgedClaim<'a>> {
    let judged = |claim: &'a Claim| {
        let cases: Vec<JudgedCase<'a>> =
            claim.cases.iter().map(|case| judge_case(case, replicates)).collect();
        let outcomes: Vec<Outcome> = cases.iter().map(|judged| judged.outcome).collect();
        JudgedClaim { claim, cases, verdict: Verdict::of(&outcomes) }
    };
    claims.iter().map(judged).collect()
}

fn judge_case<'a>(case: &'a Case, replicates: &Replicates<'_>) -> JudgedCase<'a> {
    let against = case.against.as_ref().map(|against| replicates.of(against));
    let sample = replicates.of(&case.setup);
    let findings: Vec<Finding> =
        case.expectations.iter().map(|expectation| judge(expectation, sample, against)).collect();
    let outcome = Outcome::of_all(findings.iter().map(|finding| finding.outcome));
    JudgedCase { case, findings, outcome }
}
