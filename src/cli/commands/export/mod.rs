//! `labctl export`: runs in the formats of other programs.

mod drawn;
mod tables;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum;
use labctl::export::{Window, labels};
use labctl::model::event::MachineId;
use labctl::model::time::LabTime;
use labctl::read::names::name_by_sweep;
use labctl::read::run_path::RunPath;

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::ui::output::{Draft, file_of, would_flood};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl export results/exp4/latest --to shiviz --until 20s -o exp4.log
  labctl export results/exp4/latest --to perfetto -o exp4.json
  labctl export results/exp4/latest --to mermaid --until 5s --machines 1,3 -o -
  labctl export results/ --to parquet -o lab
  duckdb -c \"SELECT event, count(*) FROM 'lab/events/**/*.parquet' GROUP BY ALL\"

A window is --from (its first moment) and --until (the first moment after it),
in lab time since the run's start; --to names the format. Vector clocks begin
with the window, and messages whose SEND lies outside of it are received out of
nowhere; their number is reported. What was written is read back as the viewer
would, and what it would reject is not written (exit code 1).

Parquet is a folder of two tables, events and metrics, in partitions by
experiment; a file holds many runs. DuckDB reads 'lab/events/**/*.parquet',
Polars scan_parquet('lab/events'), and pandas read_parquet('lab/events'). Where
some are runs of a sweep there is a column `sweep` too, (none) for the others.
An experiment's or a sweep's name that a reader may take for a number, a date or
nothing has the name of its column before it: experiment 007 is experiment-007.
With a window there are no metrics, which speak of whole runs.";

/// The arguments of `labctl export`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A log, a run, or a tree of runs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The format
    #[arg(long, value_name = "FORMAT")]
    to: Format,

    /// A file, for Parquet a folder that is not there yet, or `-` for standard output; if missing,
    /// standard output, unless that is a terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Leave out what happened before this moment of lab time, like 10s
    #[arg(long, value_name = "TIME", value_parser = LabTime::parse)]
    from: Option<LabTime>,

    /// Leave out what happened at this moment of lab time or after it, like 20s
    #[arg(long, value_name = "TIME", value_parser = LabTime::parse)]
    until: Option<LabTime>,

    /// Only these machines
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = machine)]
    machines: Vec<MachineId>,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Space-time diagrams in ShiViz, and TSViz; several runs are several executions
    Shiviz,
    /// A trace for Perfetto's time line, as Chrome's JSON
    Perfetto,
    /// A sequence diagram of one run, for Markdown
    Mermaid,
    /// The events table
    Csv,
    /// A tree of Parquet files, events and metrics
    Parquet,
    /// The events table, as an object a line
    Jsonl,
}

impl Format {
    /// A file for it, as an example.
    fn file_name(self) -> &'static str {
        match self {
            Format::Shiviz => "run.log",
            Format::Perfetto => "run.json",
            Format::Mermaid => "run.mmd",
            Format::Csv => "events.csv",
            Format::Jsonl => "events.jsonl",
            Format::Parquet => "lab",
        }
    }
}

fn machine(text: &str) -> Result<MachineId, String> {
    text.trim().parse().map_err(|_| "a machine is a number from 1 on".to_owned())
}

/// Writes what is at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let window = Window {
        from: args.from,
        until: args.until,
        machines: Some(args.machines.iter().copied().collect::<BTreeSet<_>>())
            .filter(|only| !only.is_empty()),
    };
    if let (Some(from), Some(until)) = (window.from, window.until)
        && from >= until
    {
        terminal.error(format!(
            "the window from {from} until {until} is empty; --until is to be later than --from"
        ));
        return Ok(Exit::Usage);
    }
    if would_flood(args.output.as_deref()) && args.to != Format::Parquet {
        terminal.error(format!(
            "this is data for other programs, and no sight for a terminal: name a file, like `-o {}`, or `-o -` to \
             see it here",
            args.to.file_name()
        ));
        return Ok(Exit::Usage);
    }
    let mut runs = match args.to {
        Format::Parquet => args.dialect.find_runs(&args.paths, terminal)?,
        _ => args.dialect.find_logs(&args.paths, terminal)?,
    };
    for (run, words) in runs.iter().filter_map(|run| Some((run, run.state.words()?))) {
        terminal.warn(format!("{}: {words}", run.folder.display()));
    }
    match args.to {
        Format::Parquet => tell_partitions(&runs, terminal),
        Format::Csv | Format::Jsonl => name_by_sweep(&mut runs),
        Format::Shiviz | Format::Perfetto | Format::Mermaid => {}
    }
    let job = Job { args, window: &window, runs: &runs, terminal };
    match args.to {
        Format::Shiviz => drawn::shiviz(&job),
        Format::Perfetto => drawn::perfetto(&job),
        Format::Mermaid => drawn::mermaid(&job),
        Format::Csv | Format::Jsonl => tables::rows(&job),
        Format::Parquet => tables::parquet(&job),
    }
}

/// What is to be written.
struct Job<'a> {
    args: &'a Args,
    window: &'a Window,
    runs: &'a [RunPath],
    terminal: &'a Terminal,
}

/// Tells of folders that are not called as their runs are.
fn tell_partitions(runs: &[RunPath], terminal: &Terminal) {
    let names =
        runs.iter().flat_map(|run| [("sweep", run.sweep.as_deref()), ("experiment", Some(&*run.experiment))]);
    let values = names.filter_map(|(key, name)| Some((key, name?, labels::partition_value(key, name?))));
    let changed: BTreeSet<(&str, &str, String)> = values.filter(|(_, name, value)| name != value).collect();
    if let Some((key, name, value)) = changed.first() {
        terminal.say(format!(
            "names that readers take for numbers, dates or nothing are longer here: {key} {name} is {value}"
        ));
    }
}

impl Job<'_> {
    /// A machine that is asked for and that no run has.
    fn unknown_machine(&self, known: &BTreeSet<MachineId>) -> Option<Exit> {
        let wanted = self.window.machines.as_ref()?;
        let unknown = wanted.difference(known).next()?;
        let known: Vec<String> = known.iter().map(MachineId::to_string).collect();
        self.terminal.error(format!("there is no log of machine {unknown}; there are {}", known.join(", ")));
        Some(Exit::Usage)
    }

    /// Says that the window shows nothing.
    fn nothing(&self, last_us: Option<i64>) -> Exit {
        let last = last_us.map(|us| LabTime(u64::try_from(us).unwrap_or(0).saturating_mul(1_000)));
        self.terminal.error(match last {
            Some(last) => format!("no event lies in this window; the last of all comes at {last}"),
            None => "no line of these logs is an event; see `labctl parse`".to_owned(),
        });
        Exit::Failed
    }

    /// Begins what goes to the output.
    fn draft(&self) -> anyhow::Result<Draft> {
        Draft::begin(file_of(self.args.output.as_deref()))
    }

    /// Says what was written, and where.
    fn written(&self, what: &str) {
        match file_of(self.args.output.as_deref()) {
            Some(path) => self.terminal.say(format!("{what} in {}", path.display())),
            None => self.terminal.say(what),
        }
    }
}

/// What a check refused is not written, and is reported with the format's name.
fn refused(format: &str) -> String {
    format!("{format} would not take this, so nothing was written")
}
