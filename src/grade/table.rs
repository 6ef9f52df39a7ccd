//! All submissions in one table: for people as Markdown, for programs as CSV.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::submission::{Grade, Reading, Submission};
use crate::audit::{RULES, Rule};
use crate::store::version::VERSION;
use crate::text::markdown;
use crate::text::spreadsheet::cell;

const TEMPLATE: &str = include_str!("table.md");

#[derive(Serialize)]
struct Table {
    count: usize,
    /// How many have each grade, without those that nobody has.
    grades: Vec<(&'static str, usize)>,
    rows: Vec<Row>,
    /// How many submissions break each rule, the most broken first.
    broken: Vec<(&'static str, &'static str, usize)>,
    version: &'static str,
}

#[derive(Serialize)]
struct Row {
    name: String,
    file: String,
    grade: &'static str,
    dialect: String,
    /// None where it cannot be read.
    runs: Option<usize>,
    events: Option<u64>,
    broken: String,
    habits: String,
    /// How many rules cannot be decided.
    unknown: usize,
    /// Furthest from theory, or why nothing is known.
    furthest: String,
}

/// A row of the CSV.
#[derive(Serialize)]
struct Record<'a> {
    submission: String,
    grade: &'static str,
    dialect: Cow<'a, str>,
    run: String,
    machines: Option<u32>,
    events: Option<u64>,
    findings: Option<u64>,
    /// Rules that are contradicted.
    broken: String,
    /// Rules of which there is a habit of logging.
    habits: String,
    /// Rules that cannot be decided.
    unknown: String,
    /// Furthest from theory.
    off_by_sd: Option<f64>,
    off_machine: Option<u32>,
    off_quantity: &'static str,
    why: String,
}

/// The teacher's table; `pages` are the files of the submissions' pages.
///
/// # Errors
///
/// The template does not fit.
pub fn summary(submissions: &[Submission], pages: &[String]) -> Result<String, minijinja::Error> {
    let of_grade = |grade: Grade| submissions.iter().filter(|one| one.grade() == grade).count();
    let table = Table {
        count: submissions.len(),
        grades: Grade::ALL
            .map(|grade| (grade.words(), of_grade(grade)))
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect(),
        rows: submissions.iter().zip(pages).map(|(submission, page)| row(submission, page)).collect(),
        broken: broken(submissions),
        version: VERSION,
    };
    markdown::render(TEMPLATE, &table)
}

fn row(submission: &Submission, file: &str) -> Row {
    let (dialect, why) = reported(submission);
    let no_theory = || submission.no_theory().map_or(why.to_owned(), |none| format!("unknown: {none}"));
    let runs = Some(submission.runs()).filter(|runs| !runs.is_empty());
    Row {
        name: submission.name.clone(),
        // As the target of a link.
        file: file.replace('%', "%25").replace('&', "%26"),
        grade: submission.grade().words(),
        dialect: dialect.to_owned(),
        runs: runs.map(<[_]>::len),
        events: runs.map(|runs| runs.iter().flat_map(|run| &run.rows).map(|row| row.events).sum()),
        broken: submission.broken_ids().join(", "),
        habits: submission.habit_ids().join(", "),
        unknown: submission.unknown_ids().len(),
        furthest: submission.furthest().map_or_else(no_theory, |off| off.to_string()),
    }
}

fn reported(submission: &Submission) -> (&str, &str) {
    match &submission.reading {
        Reading::Read { dialect, .. } => (dialect, ""),
        Reading::Unreadable(why) => ("", why),
    }
}

fn broken(submissions: &[Submission]) -> Vec<(&'static str, &'static str, usize)> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in submissions.iter().flat_map(Submission::broken_ids) {
        *count.entry(rule).or_default() += 1;
    }
    let mut rules: Vec<_> =
        RULES.iter().filter_map(|rule| Some((rule.id, rule.reason, *count.get(rule.id)?))).collect();
    rules.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    rules
}

fn ids(rules: impl Iterator<Item = &'static Rule>) -> String {
    rules.map(|rule| rule.id).collect::<Vec<_>>().join(" ")
}

/// A row a run, and one for each submission that cannot be read.
///
/// # Errors
///
/// Memory does not fail; a field that is no column would.
pub fn csv(submissions: &[Submission]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for submission in submissions {
        let (dialect, why) = reported(submission);
        let bare = || Record {
            submission: cell(&submission.name).into_owned(),
            grade: submission.grade().words(),
            dialect: cell(dialect),
            run: String::new(),
            machines: None,
            events: None,
            findings: None,
            broken: String::new(),
            habits: String::new(),
            unknown: String::new(),
            off_by_sd: None,
            off_machine: None,
            off_quantity: "",
            why: cell(why).into_owned(),
        };
        if submission.runs().is_empty() {
            out.serialize(bare())?;
        }
        for run in submission.runs() {
            let furthest = run.furthest();
            out.serialize(Record {
                run: cell(&run.name).into_owned(),
                machines: run.rows.first().map(|row| row.machines),
                events: Some(run.rows.iter().map(|row| row.events).sum()),
                findings: Some(run.audit.count()),
                broken: ids(run.findings.iter().map(|reported| reported.rule)),
                habits: ids(run.habits.iter().map(|habit| habit.rule)),
                unknown: ids(run.audit.unknown().map(|(rule, _)| rule)),
                off_by_sd: furthest.map(|off| off.by_sd),
                off_machine: furthest.map(|off| off.machine.0),
                off_quantity: furthest.map_or("", |off| off.metric.name),
                why: run.residuals.as_ref().err().map_or_else(String::new, |none| cell(none).into_owned()),
                ..bare()
            })?;
        }
    }
    out.into_inner().map_err(|error| error.into_error().into())
}
