//! Claims, judged by the runs of their cases. Pure.

use super::cells::Replicates;
use super::claims::{Case, Claim};
use super::judge::{Finding, Level, judge};
use super::outcome::Outcome;
use super::verdict;
use crate::sample::Sample;

/// A claim and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedClaim<'a> {
    pub claim: &'a Claim,
    pub cases: Vec<JudgedCase<'a>>,
    pub outcome: Outcome,
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
        let cases = self.cases.iter().map(|judged| (judged.case.when.as_str(), judged.outcome));
        verdict::words(self.claim.holds_in, &cases.collect::<Vec<_>>())
    }
}

/// How sure an interval is to be, so that those of all these claims together
/// are right in 95 % of repeats.
pub fn level(claims: &[Claim]) -> Level {
    let cases = claims.iter().flat_map(|claim| &claim.cases);
    Level::of_family(cases.map(|case| case.expectations.len()).sum())
}

/// Judges all claims.
pub fn judge_all<'a>(claims: &'a [Claim], replicates: &Replicates<'_>) -> Vec<JudgedClaim<'a>> {
    let level = level(claims);
    let judged = |claim: &'a Claim| {
        let cases: Vec<JudgedCase<'a>> =
            claim.cases.iter().map(|case| judge_case(case, replicates, level)).collect();
        let outcomes: Vec<Outcome> = cases.iter().map(|judged| judged.outcome).collect();
        JudgedClaim { claim, cases, outcome: claim.holds_in.of(&outcomes) }
    };
    claims.iter().map(judged).collect()
}

fn judge_case<'a>(case: &'a Case, replicates: &Replicates<'_>, level: Level) -> JudgedCase<'a> {
    let against = case.against.as_ref().map(|against| replicates.of(against));
    let samples: Vec<&Sample> = case.setups.iter().map(|setup| replicates.of(setup)).collect();
    let expectations = case.expectations.iter();
    let findings: Vec<Finding> =
        expectations.map(|expectation| judge(expectation, &samples, against, level)).collect();
    let outcomes: Vec<Outcome> = findings.iter().map(|finding| finding.outcome).collect();
    JudgedCase { case, findings, outcome: Outcome::of_all(&outcomes) }
}
