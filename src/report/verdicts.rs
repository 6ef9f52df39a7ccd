//! What the audit says of a run's logs, rule by rule, with the lines.

use super::document::{Block, Code, Remark, Section, Table};
use super::findings;
use super::subject::{Audited, Quoted, RunSubject};
use crate::audit::{Audit, RuleResult, Verdict};
use crate::text::numbers::{counted, grouped};

/// The section on the audit.
pub fn section(run: &RunSubject, id: &str) -> Section {
    let mut blocks = vec![Block::Remarks(vec![findings::audit(&run.audited)])];
    if let Audited::Held { audit, quoted } = &run.audited {
        let broken = audit.rulings.iter().filter(|ruling| ruling.count() > 0);
        blocks.extend(broken.map(|ruling| Block::Part(findings_of(ruling, quoted, id))));
        blocks.push(rules(audit, id));
    }
    Section::new(id, "Audit of the logs", blocks)
}

/// What breaks a rule, and the lines that prove it.
fn findings_of(ruling: &RuleResult, quoted: &[Quoted], id: &str) -> Section {
    let own: Vec<&Quoted> = quoted.iter().filter(|one| one.rule == ruling.rule.id).collect();
    let mut blocks = vec![Block::Prose(format!("Must hold: {}.", ruling.rule.reason))];
    for one in &own {
        blocks.push(Block::Remarks(vec![Remark::warning(one.text.clone())]));
        if !one.lines.is_empty() {
            let caption = "The lines this rests on".to_owned();
            blocks.push(Block::Code(Code { caption, text: one.lines.clone() }));
        }
    }
    let more = ruling.count().saturating_sub(own.len() as u64);
    if more > 0 {
        blocks.push(Block::Prose(format!("{} more; labctl check --format json shows more.", grouped(more))));
    }
    let heading = format!("{}: {}", ruling.rule.id, counted(ruling.count(), "finding"));
    Section::new(format!("{id}-{}", ruling.rule.id), heading, blocks)
}

fn rules(audit: &Audit, id: &str) -> Block {
    let row = |ruling: &RuleResult| {
        let why = match &ruling.verdict {
            Verdict::Unknown(why) => why.as_str(),
            _ => "",
        };
        let count = if ruling.count() > 0 { grouped(ruling.count()) } else { String::new() };
        let verdict = ruling.verdict.word().to_owned();
        vec![ruling.rule.id.to_owned(), verdict, count, ruling.rule.reason.to_owned(), why.to_owned()]
    };
    let headings = ["Rule", "Verdict", "#Findings", "What must hold", "Why it is unknown"];
    let table = Table::new(format!("{} rules", audit.rulings.len()), &headings)
        .with(audit.rulings.iter().map(row))
        .noted("labctl check --explain RULE says of each what it means, why, and what breaks it.");
    let heading = format!("All {} rules: {}", audit.rulings.len(), audit.words());
    Block::Folded(Section::new(format!("{id}-rules"), heading, vec![Block::Table(table)]))
}
