//! Records of several lines: where they end, or with what they begin.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Part, Scanner, Variable, expression};
use super::toml_text::quoted;

/// Logs cut into records of several lines.
#[derive(Debug)]
pub struct Blocks {
    /// The log of each record, and its lines.
    pub records: Vec<(usize, String)>,
    /// How a dialect says where they are cut.
    pub cut: String,
    /// Lines between them that say nothing.
    pub ignored: Vec<String>,
}

/// What is longer is no record, but the whole of a log.
const LINES_MAX: usize = 20;

/// Records with blank lines or rules between them, `most` of each log; `None` where
/// there are none.
pub fn separated(texts: &[String], most: usize) -> Option<Blocks> {
    let is_rule = |line: &str| line.len() >= 3 && line.chars().all(|char| "-=*_#~ ".contains(char));
    let mut records: Vec<(usize, String)> = Vec::new();
    for (log, text) in texts.iter().enumerate() {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let found = lines
            .split(|line| line.trim().is_empty() || is_rule(line))
            .filter(|lines| lines.len() > 1)
            .take(most);
        records.extend(found.map(|lines| (log, lines.join("\n"))));
    }
    let cut = format!("lines = {{ ends = {} }}\n", quoted(r"^[-=*_#~ \t]*$"));
    let is_cut = records.len() >= 3 && records.iter().all(|(_, text)| text.lines().count() <= LINES_MAX);
    is_cut.then(|| Blocks { records, cut, ignored: vec![r"^[-=*_#~ ]+$".to_owned()] })
}

/// Records that begin with lines of one kind, in each way that is likely.
pub fn begun(texts: &[String], scanner: &Scanner, most: usize) -> Vec<Blocks> {
    const WAYS_MAX: usize = 3;
    let mut heads: BTreeMap<Part, (usize, usize, BTreeSet<usize>)> = BTreeMap::new();
    let mut all = 0;
    for (log, text) in texts.iter().enumerate() {
        for line in lines(text).take(most) {
            all += 1;
            let Some(head) = head(line, scanner) else { continue };
            let (_, count, logs) = heads.entry(head).or_insert((all, 0, BTreeSet::new()));
            *count += 1;
            logs.insert(log);
        }
    }
    let mut likely: Vec<(usize, Part)> = heads
        .into_iter()
        .filter(|(_, (_, count, logs))| {
            logs.len() * 2 > texts.len() && *count >= 10 && all * 2 >= *count * 3 && all <= *count * LINES_MAX
        })
        .map(|(head, (first, ..))| (first, head))
        .collect();
    likely.sort();
    likely.truncate(WAYS_MAX);
    likely.into_iter().map(|(_, head)| begun_by(&head, texts, scanner, most)).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty())
}

/// What a line begins with: a time, or words up to the first mark.
fn head(line: &str, scanner: &Scanner) -> Option<Part> {
    match scanner.scan(line).shape.into_iter().next()? {
        Part::Varying(Variable::Number) => None,
        Part::Varying(kind) => Some(Part::Varying(kind)),
        Part::Fixed(text) => {
            let end = text.find([':', '=']).map_or(text.len(), |at| at + 1);
            Some(Part::Fixed(text[..end].to_owned()))
        }
    }
}

fn begun_by(wanted: &Part, texts: &[String], scanner: &Scanner, most: usize) -> Blocks {
    let mut records: Vec<(usize, String)> = Vec::new();
    for (log, text) in texts.iter().enumerate() {
        let mut has_begun = false;
        let of_log = records.len();
        for line in lines(text) {
            let begins = head(line, scanner).as_ref() == Some(wanted);
            has_begun |= begins;
            match records.last_mut().filter(|_| has_begun && !begins) {
                Some((_, record)) => {
                    record.push('\n');
                    record.push_str(line);
                }
                None => records.push((log, line.to_owned())),
            }
            if records.len() - of_log >= most {
                break;
            }
        }
    }
    let expression = match wanted {
        Part::Fixed(text) => regex::escape(text),
        Part::Varying(kind) => expression(*kind, false, scanner.names(), scanner.has_comma),
    };
    Blocks {
        records,
        cut: format!("lines = {{ begins = {} }}\n", quoted(&format!("^{expression}"))),
        ignored: Vec::new(),
    }
}
