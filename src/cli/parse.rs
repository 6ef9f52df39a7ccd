//! `labctl parse`: logs into one events table, and what is odd about them.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use labctl::audit::{Audit, Finding, RULES, audit};
use labctl::lab::quotes::told;
use labctl::reading::{Purpose, Reading, read_run};
use labctl::store::RunPath;
use labctl::table::{CsvSink, EventSink, EventTable, ParquetSink};

use super::dialect_flags::DialectFlags;
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
    let folder = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        // A pipe or a device takes the table itself; a rename would replace it.
        let out = File::options().write(true).open(path).with_context(failed)?;
        return into_open_file(runs, path, out);
    }
    let beside = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    let readings = into_open_file(runs, path, beside.reopen().with_context(failed)?)?;
    beside.persist(path).with_context(failed)?;
    File::open(path).and_then(|file| labctl::store::share_like_others(&file)).with_context(failed)?;
    Ok(readings)
}

fn into_open_file(runs: &[RunPath], path: &Path, out: File) -> anyhow::Result<Vec<Reading>> {
    let out = BufWriter::new(out);
    let is_parquet = path.extension().is_some_and(|extension| extension == "parquet");
    let readings = if is_parquet {
        read_all(runs, EventTable::new(ParquetSink::new(out)))
    } else {
        read_all(runs, EventTable::new(CsvSink::new(out)))
    };
    readings.with_context(|| format!("cannot write {}", path.display()))
}

fn into_stdout(runs: &[RunPath]) -> anyhow::Result<Vec<Reading>> {
    let out = UntilClosed(Some(BufWriter::new(io::stdout())));
    Ok(read_all(runs, EventTable::new(CsvSink::new(out)))?)
}

/// Standard output, until its reader has seen enough; that is no error.
struct UntilClosed<W>(Option<W>);

impl<W: Write> UntilClosed<W> {
    fn attempt<T>(&mut self, closed: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        let Some(out) = &mut self.0 else { return Ok(closed) };
        match act(out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.0 = None;
                Ok(closed)
            }
            outcome => outcome,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
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
            let rulings = audit.iter().flat_map(|audit| &audit.rulings);
            let odd: u64 = rulings.filter_map(|ruling| ruling.counts.get(&row.machine)).sum();
            let numbers = [log.taken.lines, row.events, row.internal, row.sends, row.receives, odd];
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
