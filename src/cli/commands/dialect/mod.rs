//! `labctl dialect`: how others log, as data.

mod propose;

use std::path::PathBuf;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use clap::Subcommand;
use labctl::dialect::{self, Accounts, DryRun, LogContext, Match, Role};
use labctl::log::open_log;
use labctl::read::dialect_runs;
use labctl::read::find_in_dialect::FindRunsError;
use labctl::text::sanitize::{harmless, visible};

use crate::cli::flags::dialect::share;
use crate::cli::ui::view::{counted, table};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl dialect list
  labctl dialect new somebody/logs/*.log > mine.toml
  labctl dialect test mine.toml somebody/logs/vm_1.log
  labctl parse somebody/logs/ --dialect mine.toml -o events.csv

docs/dialects.md describes the language.";

/// The arguments of `labctl dialect`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    command: DialectCommand,
}

#[derive(Debug, Subcommand)]
enum DialectCommand {
    /// Name the dialects that are known
    List,
    /// Print a dialect's TOML
    Show {
        /// A name of the list, or a file
        #[arg(value_name = "NAME|FILE")]
        dialect: String,
    },
    /// Show line by line what a dialect makes of logs
    Test {
        /// A name of the list, or a file
        #[arg(value_name = "NAME|FILE")]
        dialect: String,
        /// Logs, or folders of them
        #[arg(required = true, value_name = "LOG")]
        logs: Vec<PathBuf>,
        /// Fail if more than this share of a log's lines fits nothing
        #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = share)]
        max_unmatched: f64,
    },
    /// Propose a dialect for logs, to be finished by hand
    New {
        /// Logs, or folders of them
        #[arg(required = true, value_name = "LOG")]
        logs: Vec<PathBuf>,
    },
}

/// Runs the subcommand.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    match &args.command {
        DialectCommand::List => list(terminal),
        DialectCommand::Show { dialect } => show(dialect, terminal),
        DialectCommand::Test { dialect, logs, max_unmatched } => {
            test(dialect, logs, *max_unmatched, terminal)
        }
        DialectCommand::New { logs } => propose::propose(logs, terminal),
    }
}

fn list(terminal: &Terminal) -> anyhow::Result<Exit> {
    let dialects = dialect::shipped();
    let rows = dialects.iter().map(|dialect| vec![dialect.name.clone(), dialect.about.clone()]);
    terminal.data(&table(&["dialect", "how its logs look"], rows))?;
    Ok(Exit::Done)
}

fn show(name: &str, terminal: &Terminal) -> anyhow::Result<Exit> {
    // What cannot be read is reported, and not shown.
    dialect::load(name)?;
    terminal.document(&dialect::text(name)?)?;
    Ok(Exit::Done)
}

fn test(name: &str, logs: &[PathBuf], max_unmatched: f64, terminal: &Terminal) -> anyhow::Result<Exit> {
    let dialect = Arc::new(dialect::load(name)?);
    let (mut lines, mut ignored, mut unmatched) = (0, 0, 0);
    let found = dialect_runs::find_runs(&dialect, logs, &[]).map_err(FindRunsError::from)?;
    found.notes.iter().for_each(|note| terminal.say(note));
    for run in found.runs {
        for (number, path) in run.logs.iter().enumerate() {
            let context =
                run.dialect.as_ref().and_then(|logs| logs.contexts.get(number)).cloned().unwrap_or_default();
            // A file of several machines or runs is shown once, with the lines of all.
            let whole = LogContext { part: None, ..context };
            let mut text = match context.part {
                Some(part) if part.accounts != Accounts::Whole => continue,
                Some(_) => format!("{}\n", visible(&path.display().to_string())),
                None => format!("{}, machine {}\n", visible(&path.display().to_string()), whole.machine),
            };
            let file = open_log(path)?;
            dialect.try_lines(&whole, file, |line| {
                lines += line.lines;
                match line.outcome {
                    Match::Unmatched => unmatched += line.lines,
                    Match::Blank | Match::Said(Role::Ignored) => ignored += line.lines,
                    Match::Said(_) => {}
                }
                text.push_str(&outcome_line(&line, terminal));
            })?;
            // With styles in it; what it quotes of the logs was made harmless.
            terminal.styled_lines(&text)?;
        }
    }
    let matched = lines - ignored - unmatched;
    let of = counted(lines, "line");
    terminal.say(format!("{of}: {matched} matched, {ignored} ignored, {unmatched} unmatched"));
    let is_good = lines == 0 || unmatched as f64 / lines as f64 <= max_unmatched;
    Ok(if is_good && matched > 0 { Exit::Done } else { Exit::Failed })
}

/// What became of a line, with the fields that came out of it.
fn outcome_line(line: &DryRun, terminal: &Terminal) -> String {
    const DIM: Style = Style::new().dimmed();
    let (word, style) = match line.outcome {
        Match::Blank => return String::new(),
        Match::Unmatched => ("unmatched", AnsiColor::Red.on_default().bold()),
        Match::Said(Role::Ignored) => ("ignored", DIM),
        Match::Said(Role::Header) => ("header", AnsiColor::Cyan.on_default()),
        Match::Said(role) => (role.word(), AnsiColor::Green.on_default()),
    };
    let said = match line.outcome {
        Match::Said(Role::Ignored) | Match::Unmatched => format!("`{}`", harmless(&line.text)),
        _ => line
            .captured
            .iter()
            .map(|(field, value)| {
                format!("{} {}", terminal.styled_data(&format!("{}:", field.name()), DIM), harmless(value))
            })
            .collect::<Vec<_>>()
            .join("  "),
    };
    let doubts = line.doubts.iter().fold(String::new(), |text, doubt| text + "  " + &harmless(doubt));
    let doubts = terminal.styled_data(&doubts, AnsiColor::Yellow.on_default());
    format!("{:>6}  {}  {said}{doubts}\n", line.number, terminal.styled_data(&format!("{word:<9}"), style))
}
