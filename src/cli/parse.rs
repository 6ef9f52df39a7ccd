//! `labctl parse`: logs into one events table, and what is odd about them.

use std::io::{self, BufWriter, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::Context;
use labctl::audit::{Audit, Finding, RULES, audit};
use labctl::quotes::told;
use labctl::reading::{Purpose, Reading, read_run};
use labctl::store::RunPath;
use labctl::table::{CsvSink, EventSink, EventTable, ParquetSink};

use super::dialect_flags::DialectFlags;
use super::output::{Draft, UntilClosed};
use super::{Exit, Terminal, view};

const EXAMPLES: &str = "\
Examples:
  labctl parse results/ -o events.csv
  labctl parse somebody/logs/ -o events.parquet
  labctl parse log_1.txt | head
  labctl parse somebody/logs/ --dialect auto     in whatever known way they are written

Columns: experiment, run, machine, line (in its log), stamp_us (since 1970, UTC), time_us (lab time
since the run's start), tick, event, clock, message_clock, queue_length, from, to, waited_us.
Rows stand in the order of each log; what a log does not say is left empty.";

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
    let readings = match &args.output {
        Some(path) => into_file(&runs, path)?,
        None if io::stdout().is_terminal() => {
            terminal.say("a table of events is no sight for a terminal: add -o events.csv to have it");
            read_all(&runs, EventTable::new(CsvSink::new(io::sink())))?
        }
        None => into_stdout(&runs)?,
    };
    let exit = tell(&runs, &readings, args.output.as_deref(), terminal);
    let read = runs.iter().zip(readings.iter().map(|reading| &reading.logs[..]));
    let is_good = args.dialect.judge_runs(read, terminal);
    Ok(if is_good { exit } else { Exit::Failed })
}

fn into_file(runs: &[RunPath], path: &Path) -> anyhow::Result<Vec<Reading>> {
    let draft = Draft::begin(Some(path))?;
    let out = BufWriter::new(draft.file());
    let is_parquet = path.extension().is_some_and(|extension| extension == "parquet");
    let readings = if is_parquet {
        read_all(runs, EventTable::new(ParquetSink::new(out)))
    } else {
        read_all(runs, EventTable::new(CsvSink::new(out)))
    };
    let readings = readings.with_context(|| draft.failed())?;
    draft.finish()?;
    Ok(readings)
}

fn into_stdout(runs: &[RunPath]) -> anyhow::Result<Vec<Reading>> {
    let out = UntilClosed(Some(BufWriter::new(io::stdout())));
    Ok(read_all(runs, EventTable::new(CsvSink::new(out)))?)
}

fn read_all<S: EventSink>(
    runs: &[RunPath],
    mut table: EventTable<S>,
) -> Result<Vec<Reading>, labctl::reading::ReadError> {
    let purpose = Purpose { series: false, history: true };
    let readings =
        runs.iter().map(|run| read_run(run, purpose, Some(&mut table))).collect::<Result<_, _>>()?;
    table.finish()?;
    Ok(readings)
}

fn tell(runs: &[RunPath], readings: &[Reading], output: Option<&Path>, terminal: &Terminal) -> Exit {
    let audits: Vec<Option<Audit>> =
        runs.iter().zip(readings).map(|(run, reading)| tell_faults(run, reading, terminal)).collect();
    let header = ["run", "log", "lines", "events", "internal", "send", "receive", "odd"];
    let body = runs.iter().zip(readings).zip(&audits).flat_map(|((run, reading), audit)| {
        reading.logs.iter().zip(&reading.rows).map(move |(log, row)| {
            let name =
                log.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_shared = reading.logs.iter().filter(|other| other.path == log.path).count() > 1;
            let name = if is_shared { format!("{name}, machine {}", row.machine) } else { name };
            let rulings = audit.iter().flat_map(|audit| &audit.rulings);
            let odd: u64 = rulings.filter_map(|ruling| ruling.counts.get(&row.machine)).sum();
            let numbers = [log.taken.own_lines(), row.events, row.internal, row.sends, row.receives, odd];
            [vec![run.run.clone(), name], numbers.map(|number| number.to_string()).to_vec()].concat()
        })
    });
    terminal.say(view::table(&header, body).trim_end());
    let events: u64 = readings.iter().flat_map(|reading| &reading.rows).map(|row| row.events).sum();
    if let Some(path) = output {
        terminal.say(format!("{events} events in {}", path.display()));
    }
    if events > 0 {
        return Exit::Done;
    }
    terminal.error("no line of these logs is an event; expected lines like `2026-03-05 12:46:04 | INTERNAL | Clock: 1 | Internal event`");
    Exit::Failed
}

/// What an audit finds odd, in the order of each log.
fn tell_faults(run: &RunPath, reading: &Reading, terminal: &Terminal) -> Option<Audit> {
    if run.unfinished {
        terminal.warn(format!("{}: this run is going on, or was killed", run.folder.display()));
    }
    let history = reading.history.as_ref()?;
    let audit = audit(history, None, &RULES);
    for machine in history.machines() {
        let of_machine = |finding: &&Finding| finding.place.machine == machine.id();
        let mut findings: Vec<&Finding> =
            audit.rulings.iter().flat_map(|ruling| &ruling.findings).filter(of_machine).collect();
        findings.sort_by_key(|finding| finding.place.line);
        for finding in &findings {
            terminal.warn(told(history, finding));
        }
        let all: u64 = audit.rulings.iter().filter_map(|ruling| ruling.counts.get(&machine.id())).sum();
        let left_out = all - findings.len() as u64;
        if left_out > 0 {
            terminal.warn(format!("{}: {left_out} more, not shown", machine.path().display()));
        }
        let errors = machine.taken().errors;
        if errors > 0 {
            terminal.warn(format!("{}: the machine logged {errors} ERROR lines", machine.path().display()));
        }
    }
    Some(audit)
}
