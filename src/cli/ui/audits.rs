//! What an audit found, reported in lines that name their file.

use std::ffi::OsStr;
use std::path::Path;

use labctl::audit::{DeclaredParams, Finding, RULES, audit};
use labctl::history::History;
use labctl::lab::{Done, Hosting};
use labctl::plan::Run;

use super::view::counted;
use crate::cli::Terminal;

/// Checks the run against the rules that its logs must keep, and frees its
/// history. Whether it breaks none, as far as they can show.
pub fn tell_audit(done: &mut Done, run: &Run, hosting: &Hosting, terminal: &Terminal) -> bool {
    let folder = done.folder.clone();
    let Some(history) = done.reading.history.take() else {
        terminal.say(format!(
            "audit:   left out, the logs are large; `labctl check {}` does it",
            folder.display()
        ));
        return true;
    };
    let declared = DeclaredParams::of_run(run, hosting, done.reason);
    let audit = audit(&history, Some(&declared), &RULES);
    for result in audit.results.iter().filter(|result| result.count() > 0) {
        if let Some(finding) = result.findings.first() {
            let more = if result.count() > 1 { format!(" ({} such)", result.count()) } else { String::new() };
            terminal.warn(format!(
                "audit, {}: {}{more}",
                result.rule.id,
                finding_in(&history, &folder, finding)
            ));
        }
    }
    let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
    let left_open =
        if unknown.is_empty() { String::new() } else { format!("; unknown: {}", unknown.join(", ")) };
    if audit.is_sound() {
        terminal.say(format!("audit:   sound ({}{left_open})", counted(audit.results.len() as u64, "rule")));
    } else {
        terminal.say(format!(
            "audit:   unsound, {}; `labctl check {}` shows all",
            counted(audit.count(), "finding"),
            folder.display()
        ));
    }
    audit.is_sound()
}

/// The history was read before the run's folder came to its place.
fn finding_in(history: &History, folder: &Path, finding: &Finding) -> String {
    let log = history.machine(finding.place.machine).and_then(|machine| machine.path().file_name());
    let name = finding.file.as_ref().map(OsStr::new).or(log);
    let path = name.map_or(folder.to_owned(), |name| folder.join(name));
    let path = path.display();
    match finding.place.line {
        0 => format!("{path}: {}", finding.text),
        line => format!("{path}:{line}: {}", finding.text),
    }
}
