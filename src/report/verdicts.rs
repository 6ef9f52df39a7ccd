//! What the audit says of a run's logs, rule by rule, with the lines.

use super::document::{Block, Code, Remark, Section, Table};
use super::findings;
use super::subject::{Audited, Quoted, RunSubject};
use crate::audit::{Audit, Finding, RuleResult, Verdict};
use crate::text::numbers::{counted, grouped};

/// The section on the audit.
pub fn section(run: &RunSubject, id: &str) -> Section {
    let mut blocks = vec![Block::Remarks(vec![findings::audit(&run.audited)])];
    if let Audited::Held { audit, quoted } = &run.audited {
        let broken = audit.results.iter().filter(|result| result.count() > 0);
        blocks.extend(broken.map(|result| Block::Part(findings_of(result, quoted, id))));
        let habit = |remark: &Finding| Remark::finding(format!("A habit of logging: {}.", remark.text));
        let habits: Vec<Remark> = audit.remarks().map(|(_, remark)| habit(remark)).collect();
        if !habits.is_empty() {
            blocks.push(Block::Remarks(habits));
        }
        blocks.push(rules(audit, id));
    }
    Section::new(id, "Audit of the logs", blocks)
}

/// What breaks a rule, and the lines that prove it.
fn findings_of(result: &RuleResult, quoted: &[Quoted], id: &str) -> Section {
    let own: Vec<&Quoted> = quoted.iter().filter(|one| one.rule == result.rule.id).collect();
    let mut blocks = vec![Block::Prose(format!("Must hold: {}.", result.rule.reason))];
    for one in &own {
        blocks.push(Block::Remarks(vec![Remark::warning(one.text.clone())]));
        if !one.lines.is_empty() {
            let caption = "The lines this rests on".to_owned();
            blocks.push(Block::Code(Code { caption, text: one.lines.clone() }));
        }
    }
    let more = result.count_beyond(result.shown());
    if more > 0 {
        blocks.push(Block::Prose(format!("{} more; labctl check --format json shows more.", grouped(more))));
    }
    let heading = format!("{}: {}", result.rule.id, counted(result.count(), "finding"));
    Section::new(format!("{id}-{}", result.rule.id), heading, blocks)
}

fn rules(audit: &Audit, id: &str) -> Block {
    let row = |result: &RuleResult| {
        let why = match &result.verdict {
            Verdict::Unknown(why) => why.as_str(),
            _ => "",
        };
        let count = if result.count() > 0 { grouped(result.count()) } else { String::new() };
        let verdict = result.verdict.word().to_owned();
        vec![result.rule.id.to_owned(), verdict, count, result.rule.reason.to_owned(), why.to_owned()]
    };
    let headings = ["Rule", "Verdict", "#Findings", "What must hold", "Why it is unknown"];
    let table = Table::new(format!("{} rules", audit.results.len()), &headings)
        .with(audit.results.iter().map(row))
        .noted("labctl check --explain RULE says of each what it means, why, and what breaks it.");
    let heading = format!("All {} rules: {}", audit.results.len(), audit.words());
    Block::Folded(Section::new(format!("{id}-rules"), heading, vec![Block::Table(table)]))
}
