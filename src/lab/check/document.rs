//! What an audit says of a run, as JSON.

use std::path::PathBuf;

use serde::Serialize;

use super::CheckedRun;
use crate::audit::source_lines::{place, whereabouts};
use crate::audit::{Finding, Place, RuleResult, Verdict};

/// A run as JSON.
#[derive(Serialize)]
pub struct CheckDocument {
    experiment: String,
    run: String,
    folder: PathBuf,
    events: u64,
    verdict: &'static str,
    rules: Vec<RuleDocument>,
}

#[derive(Serialize)]
struct RuleDocument {
    id: &'static str,
    #[serde(flatten)]
    verdict: Verdict,
    count: u64,
    findings: Vec<FindingDocument>,
    /// Habits of logging: they break no rule.
    remarks: Vec<FindingDocument>,
}

#[derive(Serialize)]
struct FindingDocument {
    text: String,
    /// How many events show it.
    count: u64,
    #[serde(flatten)]
    place: QuoteDocument,
    proof: Vec<QuoteDocument>,
}

#[derive(Serialize)]
struct QuoteDocument {
    file: String,
    /// 0 is the log as a whole.
    line: u64,
    /// The line itself.
    quote: Option<String>,
}

impl CheckDocument {
    pub fn of(checked: &CheckedRun<'_>) -> CheckDocument {
        let CheckedRun { run, history, audit, .. } = checked;
        let findings = |findings: &[Finding]| -> Vec<FindingDocument> {
            findings.iter().map(|finding| FindingDocument::of(checked, finding)).collect()
        };
        let rule = |result: &RuleResult| RuleDocument {
            id: result.rule.id,
            verdict: result.verdict.clone(),
            count: result.count(),
            findings: findings(&result.findings),
            remarks: findings(&result.remarks),
        };
        CheckDocument {
            experiment: run.experiment.to_string(),
            run: run.run.to_string(),
            folder: run.folder.clone(),
            events: history.events(),
            verdict: checked.verdict(),
            rules: audit.results.iter().map(rule).collect(),
        }
    }
}

impl FindingDocument {
    fn of(checked: &CheckedRun<'_>, finding: &Finding) -> FindingDocument {
        FindingDocument {
            text: finding.text.clone(),
            count: finding.count,
            place: QuoteDocument {
                file: whereabouts(
                    checked.history,
                    &Finding { place: Place { line: 0, ..finding.place }, ..finding.clone() },
                ),
                ..QuoteDocument::of(checked, finding.place)
            },
            proof: finding.proof.iter().map(|line| QuoteDocument::of(checked, *line)).collect(),
        }
    }
}

impl QuoteDocument {
    fn of(checked: &CheckedRun<'_>, of: Place) -> QuoteDocument {
        QuoteDocument {
            file: place(checked.history, Place { line: 0, ..of }),
            line: of.line,
            quote: checked.source_lines.text(checked.history, of).map(str::to_owned),
        }
    }
}
