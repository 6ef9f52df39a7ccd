//! `labctl parse`: logs into one events table, and what is odd about them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use labctl::audit::HISTORY_BYTES_MAX;
use labctl::audit::source_lines::finding_text;
use labctl::audit::{Audit, Finding, RULES, audit};
use labctl::history::{History, MachineHistory};
use labctl::model::event::MachineId;
use labctl::read::names::name_by_sweep;
use labctl::read::run_path::RunPath;
use labctl::read::{Purpose, ReadError, Reading, read_run};
use labctl::table::{ParquetSink, TextFormat, write_aside};

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::ui::many;
use crate::cli::ui::output::{Draft, UntilClosed, file_of, would_flood};
use crate::cli::ui::view::counted;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl parse results/ -o events.csv
  labctl parse somebody/logs/ -o events.parquet
  labctl parse log_1.txt | head
  labctl parse somebody/logs/ --dialect auto     in any known dialect

Columns: experiment, run, machine, line (in its log), stamp_us (since 1970,
UTC), time_us (lab time since the run's start), tick, event, clock,
message_clock, queue_length, from, to, waited_us. Rows stand in the order of
each log; what a log does not say is left empty.";

/// The arguments of `labctl parse`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A log, a folder of logs, or a tree of such folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Where the events go, as CSV, or as Parquet if it ends so; standard output if missing
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    dialect: DialectFlags,
}

/// Reads all logs and tells what was found.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut runs = args.dialect.find_runs(&args.paths, terminal)?;
    runs.retain(|run| !run.logs.is_empty());
    name_by_sweep(&mut runs);
    let parsed = match file_of(args.output.as_deref()) {
        Some(path) => into_file(&runs, path, terminal)?,
        None if would_flood(args.output.as_deref()) => {
            terminal.say(
                "the table of events is not shown on a terminal: add -o events.csv, or -o - to see it here",
            );
            into_csv(&runs, io::sink(), terminal)?
        }
        None => into_csv(&runs, UntilClosed(Some(BufWriter::new(io::stdout()))), terminal)?,
    };
    let exit = tell(&runs, &parsed, file_of(args.output.as_deref()), terminal);
    let read = runs.iter().zip(parsed.iter().map(|parsed| &parsed.reading.logs[..]));
    let is_good = args.dialect.judge_runs(read, terminal);
    Ok(if is_good { exit } else { Exit::Failed })
}

fn into_file(runs: &[RunPath], path: &Path, terminal: &Terminal) -> anyhow::Result<Vec<Parsed>> {
    let draft = Draft::begin(Some(path))?;
    let out = BufWriter::new(draft.file());
    let is_parquet = path.extension().is_some_and(|extension| extension == "parquet");
    let readings = if is_parquet { into_parquet(runs, out) } else { into_csv(runs, out, terminal) };
    let readings = readings.with_context(|| draft.failed())?;
    draft.finish()?;
    Ok(readings)
}

fn into_csv(runs: &[RunPath], out: impl Write + Send, terminal: &Terminal) -> Result<Vec<Parsed>, ReadError> {
    many::table(runs, TextFormat::Csv, out, terminal, |run, rows| {
        read_run(run, purpose(run), Some(rows)).map(Parsed::of)
    })
}

fn into_parquet(runs: &[RunPath], out: impl Write + Send) -> Result<Vec<Parsed>, ReadError> {
    write_aside(ParquetSink::new(out), |table| {
        runs.iter().map(|run| read_run(run, purpose(run), Some(table)).map(Parsed::of)).collect()
    })
}

fn purpose(run: &RunPath) -> Purpose {
    Purpose { series: false, history: run.log_bytes() <= HISTORY_BYTES_MAX }
}

/// What is odd about a log, in a line.
struct Oddity {
    /// That says so, if one does.
    rule: &'static str,
    text: String,
}

/// What a reading leaves once its events are in the table.
struct Parsed {
    reading: Reading,
    /// In the order of each log.
    warnings: Vec<Oddity>,
    /// How much of it, for each machine; `None` where the logs were too large to hold.
    odd: Option<BTreeMap<MachineId, u64>>,
}

impl Parsed {
    /// Audits a run, and frees its history.
    fn of(mut reading: Reading) -> Parsed {
        let Some(history) = reading.history.take() else {
            let lines = reading.logs.iter().flat_map(|log| {
                let text = |fault| format!("{}:{fault}", log.path.display());
                log.stats.faults.iter().map(move |fault| Oddity { rule: "", text: text(fault) })
            });
            let warnings = lines.collect();
            return Parsed { reading, warnings, odd: None };
        };
        let audit = audit(&history, None, &RULES);
        let machines = history.machines().iter();
        let warnings = machines.clone().flat_map(|machine| findings_of(machine, &history, &audit)).collect();
        let odd = machines.map(|machine| (machine.id(), count_of(machine, &audit)));
        Parsed { reading, warnings, odd: Some(odd.collect()) }
    }
}

fn count_of(machine: &MachineHistory, audit: &Audit) -> u64 {
    audit.results.iter().filter_map(|result| result.counts.get(&machine.id())).sum()
}

/// What an audit finds odd about a log, in its order.
fn findings_of(machine: &MachineHistory, history: &History, audit: &Audit) -> Vec<Oddity> {
    let by_rule = audit.results.iter().map(|result| (result.rule.id, &result.findings));
    let mut findings: Vec<(&'static str, &Finding)> =
        by_rule.flat_map(|(rule, found)| found.iter().map(move |finding| (rule, finding))).collect();
    findings.retain(|(_, finding)| finding.place.machine == machine.id());
    findings.sort_by_key(|(_, finding)| finding.place.line);
    let odd =
        |(rule, finding): &(&'static str, &Finding)| Oddity { rule, text: finding_text(history, finding) };
    let mut lines: Vec<Oddity> = findings.iter().map(odd).collect();
    let told: u64 = findings.iter().map(|(_, finding)| finding.count).sum();
    let left_out = count_of(machine, audit).saturating_sub(told);
    let path = machine.path().display();
    if left_out > 0 {
        lines.push(Oddity { rule: "", text: format!("{path}: {left_out} more, not shown") });
    }
    lines
}

/// What was found, in a table; before it what is odd, for a person the first of
/// each kind alone.
fn tell(runs: &[RunPath], parsed: &[Parsed], output: Option<&Path>, terminal: &Terminal) -> Exit {
    for (run, Parsed { warnings, odd, .. }) in runs.iter().zip(parsed) {
        let folder = run.folder.display();
        if let Some(words) = run.state.words() {
            terminal.warn(format!("{folder}: {words}"));
        }
        let mut told = BTreeSet::new();
        let is_shown = |oddity: &&Oddity| !terminal.talk_to_a_person || told.insert(oddity.rule);
        let shown: Vec<&Oddity> = warnings.iter().filter(is_shown).collect();
        shown.iter().for_each(|oddity| terminal.warn(&oddity.text));
        if shown.len() < warnings.len() {
            let more = warnings.len() - shown.len();
            terminal.warn(format!("{folder}: {more} more such; `labctl check {folder}` shows them"));
        }
        if odd.is_none() {
            terminal.say(format!("audit left out, the logs are large; `labctl check {folder}` does it"));
        }
    }
    let header = ["run", "log", "lines", "events", "internal", "send", "receive", "odd"];
    let body = runs.iter().zip(parsed).flat_map(|(run, Parsed { reading, odd, .. })| {
        reading.logs.iter().zip(&reading.rows).map(move |(log, row)| {
            let name =
                log.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_shared = reading.logs.iter().filter(|other| other.path == log.path).count() > 1;
            let name = if is_shared { format!("{name}, machine {}", row.machine) } else { name };
            let odd = odd.as_ref().map(|odd| odd.get(&row.machine).copied().unwrap_or(0));
            let numbers = [log.stats.own_lines(), row.events, row.internal, row.sends, row.receives];
            let numbers = numbers.map(|number| number.to_string()).into_iter();
            let numbers = numbers.chain([odd.map_or("?".to_owned(), |odd| odd.to_string())]);
            [run.run.to_string(), name].into_iter().chain(numbers).collect()
        })
    });
    terminal.say_table(&header, body);
    let rows = parsed.iter().flat_map(|parsed| &parsed.reading.rows);
    let events: u64 = rows.map(|row| row.events).sum();
    if let Some(path) = output {
        terminal.say(format!("{} in {}", counted(events, "event"), path.display()));
    }
    if events > 0 {
        return Exit::Done;
    }
    terminal.error("no line of these logs is an event; expected lines like `2026-03-05 12:46:04 | INTERNAL | Clock: 1 | Internal event`");
    Exit::Failed
}
