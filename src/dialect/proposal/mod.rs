//! A first draft of a dialect, from logs alone: which parts of their lines
//! vary, and what they may be, by the words around them.

mod guess;
mod json;
mod scan;
mod table;
mod text;
mod toml_text;

use std::collections::BTreeMap;

use super::detection::Sample;
use super::interpreter::LogContext;
use super::matcher::Match;
use super::parse;
use super::pattern::Role;
use super::timestamp::TimeFormat;
use crate::log::BYTE_ORDER_MARK;
use crate::text::numbers::counted;
use toml_text::quoted;

/// A dialect for a person to finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub toml: String,
    /// Lines of the logs that are not blank.
    pub lines: u64,
    /// Of them, those that it makes something of.
    pub matched: u64,
    /// Of those, the events.
    pub events: u64,
}

/// Lines of all logs together that are looked at.
const LINES_MAX: usize = 4000;

/// What a draft says, before it is written down.
#[derive(Debug, Default)]
struct Draft {
    /// What stands in `lines`, if anything.
    lines: Option<String>,
    time: Option<TimeFormat>,
    is_vector: bool,
    patterns: Vec<DraftPattern>,
    ignore: Vec<String>,
    /// The first number of a machine, where lines tell whose they are.
    first_machine: Option<u64>,
}

/// One table of a draft.
#[derive(Debug)]
struct DraftPattern {
    role: Role,
    /// What was guessed, for a comment.
    remark: String,
    /// The keys of the table besides its kind, as TOML.
    body: String,
    /// How many lines it was made of.
    count: usize,
}

impl Draft {
    fn has_events(&self) -> bool {
        self.patterns.iter().any(|pattern| matches!(pattern.role, Role::Event(_) | Role::SendToAll))
    }
}

/// Proposes a dialect for these logs; `None` where nothing looks like an event.
pub fn propose(samples: &[Sample]) -> Option<Proposal> {
    let toml = drafted(samples)?;
    let dialect = parse("proposal", &toml).ok()?;
    let mut proposal = Proposal { toml, lines: 0, matched: 0, events: 0 };
    for sample in samples {
        let count = |line: super::DryRun| {
            if line.outcome == Match::Blank {
                return;
            }
            proposal.lines += line.lines;
            if let Match::Said(role) = line.outcome {
                proposal.matched += line.lines;
                let is_event = matches!(role, Role::Event(_) | Role::SendToAll);
                proposal.events += if is_event { line.lines } else { 0 };
            }
        };
        // Reading from memory does not fail.
        let _ = dialect.try_lines(&LogContext::default(), &sample.text[..], count);
    }
    Some(proposal)
}

/// The TOML of a proposal.
pub(super) fn drafted(samples: &[Sample]) -> Option<String> {
    let per_sample = LINES_MAX / samples.len().max(1);
    let lines: Vec<String> = samples
        .iter()
        .flat_map(|sample| {
            let text = sample.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&sample.text);
            let text = String::from_utf8_lossy(text);
            let mut lines: Vec<String> =
                text.lines().map(|line| line.trim_end().to_owned()).take(per_sample.max(20)).collect();
            // No record goes on in the next file.
            lines.push(String::new());
            lines
        })
        .collect();
    let full: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    // Several files are taken for one of each machine.
    let is_alone = samples.len() == 1;
    let draft = json::draft(&full, is_alone)
        .or_else(|| table::draft(&full))
        .or_else(|| text::draft(&full, &lines, is_alone))?;
    Some(written(&draft, samples))
}

fn written(draft: &Draft, samples: &[Sample]) -> String {
    let mut toml = String::from(
        "# A proposal: what follows `guessed` was guessed, and is for you to check.\n\
         # The language: docs/dialects.md. Try it: labctl dialect test THIS-FILE LOG…\n\
         name = \"mine\"\nabout = \"\"\n",
    );
    let names: Vec<&str> =
        samples.iter().map(|sample| sample.path.rsplit('/').next().unwrap_or_default()).collect();
    if let Some(first) = draft.first_machine {
        toml += "# guessed: lines of several machines, distinguished by `machine`.\n";
        toml += &format!("machines = {{ first = {first} }}\n");
    } else if let Some((files, first)) = file_names(&names) {
        toml += &format!(
            "# guessed: the number in a file's name is the machine's.\nfiles = {}\n",
            quoted(&files)
        );
        if first != 1 {
            toml += &format!("machines = {{ first = {first} }}\n");
        }
    }
    if let Some(lines) = &draft.lines {
        toml += &format!("lines = {lines}\n");
    }
    let time = draft.time.unwrap_or(TimeFormat::DateTime);
    toml += &format!("# guessed\ntime = \"{}\"\n", time.name());
    toml += "# Not to be seen from lines: is the queue counted after the pop or before it, and is the\n\
             # clock the one after the update or before it?\nqueue = \"after-pop\"\nclock = \"after\"\n";
    if draft.is_vector {
        toml += "# guessed: vector clocks; their sum stands in for Lamport's clock.\nvector = \"sum\"\n";
    }
    if !draft.ignore.is_empty() {
        let list: Vec<String> = draft.ignore.iter().map(|pattern| quoted(pattern)).collect();
        toml += &format!("ignore = [{}]\n", list.join(", "));
    }
    for pattern in &draft.patterns {
        toml += &table_text(pattern);
    }
    toml
}

fn table_text(pattern: &DraftPattern) -> String {
    let (name, kind) = match pattern.role {
        Role::Header => ("header", String::new()),
        // The kinds are in the body.
        _ if pattern.body.contains("kinds = ") => ("event", String::new()),
        role => ("event", format!("kind = \"{}\"\n", role.word())),
    };
    let remark = &pattern.remark;
    let lines = counted(pattern.count as u64, "line");
    format!("\n# {lines}; {remark}\n[[{name}]]\n{kind}{}\n", pattern.body)
}

/// An expression for names that differ in one number, and the least of these.
fn file_names(names: &[&str]) -> Option<(String, u64)> {
    let mut by_shape: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
    for name in names {
        // The last number that is not part of the ending.
        let stem = name.rfind('.').unwrap_or(name.len());
        let end = name[..stem].rfind(|char: char| char.is_ascii_digit())? + 1;
        let start = name[..end]
            .rfind(|char: char| !char.is_ascii_digit())
            .map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8));
        let number = name[start..end].parse().ok()?;
        by_shape.entry((name[..start].to_owned(), name[end..].to_owned())).or_default().push(number);
    }
    let [((before, after), numbers)] = &by_shape.into_iter().collect::<Vec<_>>()[..] else { return None };
    let first = numbers.iter().copied().min()?;
    let files = format!("{}(?<machine>\\d+){}", regex::escape(before), regex::escape(after));
    Some((files, first))
}
