//! `labctl check`: whether logs are true.

pub mod recover;

use std::path::PathBuf;

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::flags::output_format::TextOrJson;
use crate::cli::ui::many;
use crate::cli::ui::terminal::error_text;
use crate::cli::ui::view::{self, counted};
use crate::cli::{Exit, Terminal};
use anyhow::bail;
use labctl::audit::source_lines::{finding_text, short_place};
use labctl::audit::{self, Audit, Finding, RULES, Rule, RuleResult};
use labctl::lab::check::{CheckDocument, CheckedRun, UNKNOWN};
use labctl::read::read_history;
use labctl::read::run_path::RunPath;
use labctl::text::sanitize::on_one_line;
use labctl::text::suggest::nearest;

const EXAMPLES: &str = "\
Examples:
  labctl check results/exp4/latest
  labctl check somebody/logs/ --dialect auto
  labctl check results/ --rules clock-rises,message-sent --format json
  labctl check --explain clock-condition
  labctl check --recover                     runs whose process was killed

Every run at the paths is checked against every rule. A rule is unsound where
logs contradict the model, each other or what is declared, unknown where such
logs cannot show it, and else sound; a run is unsound if any rule is. Habits of
logging, such as clocks that begin at 1, are remarks, and break nothing. A
sound run is one line, unless --verbose asks for every rule. Exit codes: 0 all
runs are sound as far as their logs can show, 1 a run is unsound or cannot be
read, 2 a path leads to no run, 3 there is no event to tell anything by.

A run is written in <run>.partial, and renamed once it is whole. Where its
process was killed, or the disk was full, its logs stay there. With --recover
they get their tables and a manifest with the status `recovered` where all logs
have the record of their end, or else `killed` and what was lost; then the run
is put into its place. A run that is going on is never touched, and no run is
ever written over. Runs of sweeps are made again by labctl sweep --resume. Exit
codes of --recover: 0 all were completed, or there were none; 1 some could not
be.";

/// The arguments of `labctl check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Logs, folders of logs, or trees of such folders
    #[arg(required_unless_present_any = ["explain", "recover"], value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Explain a rule instead: what it says, why, and what breaks it
    #[arg(long, value_name = "RULE", value_parser = rule)]
    explain: Option<&'static Rule>,

    /// Complete the runs of processes that were killed instead, in results/ if no path is named
    #[arg(long, conflicts_with_all = ["explain", "rules", "format", "verbose", "dialect", "clock_rate", "max_unmatched"])]
    recover: bool,

    /// How to tell the verdicts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,

    /// Show the verdict on every rule, and why any is unknown
    #[arg(long, short)]
    verbose: bool,

    /// Only these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = rule)]
    rules: Vec<&'static Rule>,

    #[command(flatten)]
    dialect: DialectFlags,
}

fn rule(id: &str) -> Result<&'static Rule, String> {
    audit::rule(id).ok_or_else(|| {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        match nearest(id, ids.iter().copied()) {
            Some(meant) => format!("there is no such rule; did you mean `{meant}`?"),
            None => format!("there is no such rule; there are {}", ids.join(", ")),
        }
    })
}

/// Audits every run at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.recover {
        let all = [PathBuf::from("results")];
        return recover::run(if args.paths.is_empty() { &all } else { &args.paths }, terminal);
    }
    if let Some(rule) = args.explain {
        terminal.paragraphs(&format!("{}: {}\n\n{}\n", rule.id, rule.reason, rule.page))?;
        return Ok(Exit::Done);
    }
    let rules: Vec<&'static Rule> = if args.rules.is_empty() { RULES.to_vec() } else { args.rules.clone() };
    let runs = args.dialect.find_logs(&args.paths, terminal)?;
    let (mut documents, mut unsound, mut unreadable, mut silent) = (Vec::new(), 0, 0, 0);
    let count = runs.len();
    let detail = match (args.verbose, count) {
        (true, _) => Detail::EveryRule,
        (false, 1) => Detail::Unknown,
        (false, _) => Detail::Verdict,
    };
    let work = |run: &RunPath| {
        let mut warnings = Vec::new();
        let checked = check(run, args, (&rules, detail), &mut warnings);
        (warnings, checked)
    };
    many::each(&runs, terminal, work, |_, (warnings, checked), progress| {
        progress.suspended(|| {
            warnings.iter().for_each(|warning| terminal.warn(warning));
            let reported = match checked {
                Ok(reported) => reported,
                Err(error) => {
                    terminal.error(error_text(&error));
                    unreadable += 1;
                    return Ok(());
                }
            };
            unsound += usize::from(!reported.is_sound);
            silent += usize::from(reported.verdict == UNKNOWN);
            documents.extend(reported.document);
            if reported.text.is_empty() { Ok(()) } else { terminal.data(&reported.text) }
        })
    })?;
    match args.format {
        TextOrJson::Json => terminal.json(&documents)?,
        TextOrJson::Text if count > 1 => {
            let unread = if unreadable > 0 { format!(", {unreadable} unreadable") } else { String::new() };
            terminal.data(&format!("{count} runs, {unsound} of them unsound{unread}\n"))?;
        }
        TextOrJson::Text => {}
    }
    Ok(match (unsound + unreadable, silent) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Inconclusive,
        _ => Exit::Failed,
    })
}

/// How much is reported about a run besides its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// The verdict alone, where there are many runs.
    Verdict,
    /// Also why rules are unknown.
    Unknown,
    /// Also the verdict on every rule.
    EveryRule,
}

/// What is reported about a run, once it is checked.
struct Reported {
    is_sound: bool,
    verdict: &'static str,
    text: String,
    document: Option<CheckDocument>,
}

impl Reported {
    fn of(checked: &CheckedRun<'_>, format: TextOrJson, detail: Detail) -> Reported {
        let (text, document) = match format {
            TextOrJson::Text => (text(checked, detail), None),
            TextOrJson::Json => (String::new(), Some(CheckDocument::of(checked))),
        };
        Reported { is_sound: checked.audit.is_sound(), verdict: checked.verdict(), text, document }
    }
}

fn check(
    run: &RunPath,
    args: &Args,
    (rules, detail): (&[&'static Rule], Detail),
    warnings: &mut Vec<String>,
) -> anyhow::Result<Reported> {
    if let Some(words) = run.state.words() {
        warnings.push(format!("{}: {words}", run.folder.display()));
    }
    let history = read_history(run)?;
    let logs = history.machines().iter().map(|machine| (machine.path(), machine.stats()));
    if let Some(refusal) = args.dialect.refusal(run, logs) {
        bail!(refusal);
    }
    let checked = CheckedRun::of(run, &history, rules, |fault| warnings.push(fault))?;
    Ok(Reported::of(&checked, args.format, detail))
}

/// The verdict on a run in a line; below it what is wrong, and as much more as
/// is asked for.
fn text(checked: &CheckedRun<'_>, detail: Detail) -> String {
    let CheckedRun { run, history, audit, .. } = checked;
    let verdict = checked.verdict();
    let unknown = audit.unknown().count() as u64;
    let limits = match (verdict, unknown) {
        (UNKNOWN, _) => ", there is no event in these logs".to_owned(),
        (_, 0) => String::new(),
        (_, _) if detail == Detail::Verdict => format!(", {} unknown", counted(unknown, "rule")),
        ("sound", _) => format!(", as far as these logs can show: {} unknown", counted(unknown, "rule")),
        _ => format!(", and {} unknown", counted(unknown, "rule")),
    };
    let remarks = match audit.remarks().count() as u64 {
        0 => String::new(),
        some => format!(", {}", counted(some, "remark")),
    };
    let of_rules = match detail {
        Detail::Verdict => String::new(),
        _ => format!(", {}", counted(audit.results.len() as u64, "rule")),
    };
    let mut text = format!(
        "{}{}: {verdict}{limits}{remarks} ({} in {}{of_rules})\n",
        on_one_line(&run.folder.display().to_string()),
        of_run(run),
        counted(history.events(), "event"),
        counted(history.machines().len() as u64, "log")
    );
    if detail == Detail::EveryRule {
        text += &rules_table(audit);
    }
    for result in audit.results.iter().filter(|result| result.count() > 0) {
        text += &findings(checked, result);
    }
    if detail != Detail::Verdict {
        text += &habits(checked);
    }
    if detail != Detail::Verdict && unknown > 0 {
        let each = audit.unknown().map(|(rule, why)| format!("  {}: {why}\n", rule.id));
        text += &format!("unknown:\n{}", each.collect::<String>());
    }
    // What is more than a line stands by itself.
    if text.lines().nth(1).is_some() {
        text.push('\n');
    }
    text
}

fn rules_table(audit: &Audit) -> String {
    let body = audit.results.iter().map(|result| {
        let count = if result.count() > 0 { result.count().to_string() } else { String::new() };
        [result.rule.id.to_owned(), result.verdict.word().to_owned(), count, result.rule.reason.to_owned()]
            .to_vec()
    });
    view::table(&["rule", "verdict", "findings", "what must hold"], body)
}

/// The run's name, where its folder does not tell it.
fn of_run(run: &RunPath) -> String {
    let is_in_folder = run.dialect.is_none() || run.run == run.experiment;
    if is_in_folder { String::new() } else { format!(", run {}", run.run) }
}

/// What is written otherwise than labctl does, and breaks no rule.
fn habits(checked: &CheckedRun<'_>) -> String {
    let mut text = String::new();
    for (rule, remark) in checked.audit.remarks() {
        let said = finding_text(checked.history, remark);
        text += &format!("  {}: {said}\n{}", rule.id, quotes(checked, remark));
    }
    if text.is_empty() { text } else { format!("remarks, habits of logging that break no rule:\n{text}") }
}

/// The lines of a finding that its text does not show.
fn quotes(checked: &CheckedRun<'_>, finding: &Finding) -> String {
    let lines = checked.source_lines.beside(checked.history, finding).filter_map(|line| {
        let quoted = checked.source_lines.text(checked.history, line)?;
        Some(format!("    {}  {quoted}\n", short_place(checked.history, line)))
    });
    lines.collect()
}

fn findings(checked: &CheckedRun<'_>, result: &RuleResult) -> String {
    let mut text = format!("\n{}: {}\n", result.rule.id, result.rule.reason);
    let all = result.shown();
    for finding in all {
        text += &format!("  {}\n{}", finding_text(checked.history, finding), quotes(checked, finding));
    }
    let more = result.count_beyond(all);
    if more > 0 {
        let json = if result.findings.len() > all.len() { "; --format json shows more" } else { "" };
        text += &format!("  {more} more{json}\n");
    }
    text
}
