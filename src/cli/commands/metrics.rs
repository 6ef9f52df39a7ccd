//! `labctl metrics`: what runs amount to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use labctl::metrics::summary::{RunMetrics, SummaryRow, summarise};
use labctl::metrics::{MachineMetrics, file};
use labctl::read::meter_run;
use labctl::read::names::name_by_sweep;
use labctl::read::run_path::RunPath;
use labctl::sample::settings::{Planned, Settings};
use labctl::sample::{Candidate, Replicates, replicates};
use labctl::store::SPEC_FILE;
use serde::Serialize;

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::flags::output_format::TableFormat;
use crate::cli::ui::many;
use crate::cli::ui::terminal::{error_text, json_text};
use crate::cli::ui::view::{self, Extent, Marks};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl metrics results/exp4/latest
  labctl metrics results/ --wide
  labctl metrics results/ --format csv > all.csv
  labctl metrics somebody/logs/ --dialect auto
  labctl metrics somebody/logs/ --format json | jq '.runs[].end_queue'

What a log cannot tell is shown as `?`, and left empty or null in data. Tables
are no wider than the terminal, or than 120 columns where they go elsewhere.";

/// The arguments of `labctl metrics`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A log, a run, or a tree of runs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A table for people, or data for programs
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: TableFormat,

    /// Show all columns of the tables, and all metrics of several runs
    #[arg(long)]
    wide: bool,

    #[command(flatten)]
    dialect: DialectFlags,
}

/// A run, as JSON.
#[derive(Serialize)]
struct RunDocument<'a> {
    #[serde(flatten)]
    run: RunMetrics,
    by_machine: &'a [MachineMetrics],
}

/// Measures every run at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut found = args.dialect.find_runs(&args.paths, terminal)?;
    name_by_sweep(&mut found);
    let (mut logs, mut unreadable) = (Vec::new(), 0_u64);
    let mut swept = BTreeSet::new();
    let mut alike: Vec<(&RunPath, Vec<MachineMetrics>, Option<Planned>)> = Vec::new();
    let extent = if args.wide { Extent::Wide } else { Extent::Brief };
    let mut out = Output {
        format: args.format,
        extent,
        has_begun: false,
        marks: Marks::default(),
        text: String::new(),
        terminal,
    };
    let settings = Settings::default();
    let read = |run: &RunPath| {
        let metered = meter_run(run)?;
        let text = args.format.text(&metered.rows, extent)?;
        let planned = if run.sweep.is_none() { settings.load(&run.folder.join(SPEC_FILE)) } else { None };
        Ok::<_, anyhow::Error>((metered, text, planned))
    };
    many::each(&found, terminal, read, |run, outcome, progress| {
        let (metered, text, planned) = match outcome {
            Ok(read) => read,
            Err(error) => {
                unreadable += 1;
                progress.suspended(|| terminal.error(error_text(&error)));
                return Ok(());
            }
        };
        progress.suspended(|| out.put(&metered.rows, &text))?;
        // Of all other logs there is nothing left to tell.
        if run.dialect.is_some() || metered.logs.iter().any(|log| log.stats.is_unreadable()) {
            logs.push((run, metered.logs));
        }
        match &run.sweep {
            Some(sweep) => _ = swept.insert(sweep),
            None => alike.push((run, metered.rows, planned)),
        }
        Ok(())
    })?;
    let experiments = over_runs(&alike, terminal);
    // The cells of a sweep differ in more than chance.
    for sweep in swept {
        terminal.say(format!("the runs of {sweep} are summarised by cell, in its summary.csv"));
    }
    out.finish(&experiments)?;
    let mut is_good = args.dialect.judge_runs(logs.iter().map(|(run, logs)| (*run, &logs[..])), terminal);
    for log in logs.iter().flat_map(|(_, logs)| logs).filter(|log| log.stats.is_unreadable()) {
        is_good = false;
        terminal.error(format!("{}: no line of it can be read, so it has no row", log.path.display()));
    }
    Ok(if is_good && unreadable == 0 { Exit::Done } else { Exit::Failed })
}

/// A single run is no sample: only settings with several are summarised.
fn over_runs(
    found: &[(&RunPath, Vec<MachineMetrics>, Option<Planned>)],
    terminal: &Terminal,
) -> Vec<SummaryRow> {
    let sorted = replicates(found.iter().map(|(run, rows, planned)| {
        let setting = planned.as_ref().map(Planned::id);
        Candidate { run, rows, setting }
    }));
    let repeated: usize = sorted.iter().map(|alike| alike.repeats.len()).sum();
    if repeated > 0 {
        terminal.warn(format!(
            "runs that have the seed of another or are its copy are no replicates, and are left out of what is \
             summarised: {repeated}"
        ));
    }
    let mut settings: BTreeMap<&str, usize> = BTreeMap::new();
    for alike in &sorted {
        let rows = alike.members.first().map_or(&[][..], |at| &found[*at].1);
        if let Some(row) = rows.first() {
            *settings.entry(&row.experiment).or_default() += 1;
        }
    }
    for (experiment, count) in settings.into_iter().filter(|(_, count)| *count > 1) {
        terminal.say(format!(
            "the runs of {experiment} have {count} settings or clock rates, and each is summarised by itself"
        ));
    }
    let summary = |alike: &Replicates| summarise(alike.members.iter().map(|at| &found[*at].1[..]));
    sorted.iter().filter(|alike| alike.members.len() > 1).flat_map(summary).collect()
}

/// What is reported about runs, as they are read.
struct Output<'a> {
    format: TableFormat,
    extent: Extent,
    has_begun: bool,
    /// Of all runs; they are explained once.
    marks: Marks,
    /// Kept until there is enough to be worth writing.
    text: String,
    terminal: &'a Terminal,
}

/// Before the first run of a JSON document, between two, and after the last.
const JSON_BEGIN: &str = "{\n  \"runs\": [\n    ";
const JSON_BETWEEN: &str = ",\n    ";
const JSON_NO_RUNS: &str = "{\n  \"runs\": [";
const JSON_AFTER_RUNS: &str = "\n  ";

impl Output<'_> {
    fn put(&mut self, rows: &[MachineMetrics], text: &str) -> anyhow::Result<()> {
        const BYTES_AT_ONCE: usize = 1 << 16;
        if rows.is_empty() {
            return Ok(());
        }
        let has_begun = std::mem::replace(&mut self.has_begun, true);
        match (self.format, has_begun) {
            (TableFormat::Csv, false) => self.text.push_str(&file::header()?),
            (TableFormat::Json, false) => self.text.push_str(JSON_BEGIN),
            (TableFormat::Json, true) => self.text.push_str(JSON_BETWEEN),
            _ => {}
        }
        self.marks.see(rows);
        self.text.push_str(text);
        if self.text.len() < BYTES_AT_ONCE { Ok(()) } else { self.flush() }
    }

    /// Tells what all runs come to, of each experiment that has several.
    fn finish(&mut self, experiments: &[SummaryRow]) -> anyhow::Result<()> {
        match self.format {
            TableFormat::Table => {
                self.text.push_str(&self.marks.text());
                self.text.push_str(&over_experiments(experiments, self.extent));
            }
            TableFormat::Csv => {}
            TableFormat::Json => {
                self.text.push_str(if self.has_begun { JSON_AFTER_RUNS } else { JSON_NO_RUNS });
                self.text.push_str("],\n  \"experiments\": ");
                self.text.push_str(&indented(&experiments, 1)?);
                self.text.push_str("\n}\n");
            }
        }
        self.flush()
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let text = std::mem::take(&mut self.text);
        match self.format {
            TableFormat::Csv | TableFormat::Json => self.terminal.document(&text),
            TableFormat::Table => self.terminal.data(&text),
        }
    }
}

/// JSON as it stands so many levels deep in a document.
fn indented(value: &impl Serialize, levels: usize) -> anyhow::Result<String> {
    // A text has no line ends within its quotes.
    Ok(json_text(value)?.replace('\n', &format!("\n{}", "  ".repeat(levels))))
}

impl TableFormat {
    /// A run as a table for people, or as data for programs.
    fn text(self, rows: &[MachineMetrics], extent: Extent) -> anyhow::Result<String> {
        Ok(match self {
            TableFormat::Table => table(rows, extent),
            TableFormat::Csv => String::from_utf8(file::rows(rows)?)?,
            TableFormat::Json => match RunMetrics::of(rows) {
                Some(run) => indented(&RunDocument { run, by_machine: rows }, 2)?,
                None => String::new(),
            },
        })
    }
}

fn table(rows: &[MachineMetrics], extent: Extent) -> String {
    let Some(run) = RunMetrics::of(rows) else { return String::new() };
    let name =
        if run.experiment == run.run { run.run.clone() } else { format!("{} / {}", run.experiment, run.run) };
    format!("{name}\n{}{}\n", view::machines(rows, extent), view::run_line(&run))
}

fn over_experiments(experiments: &[SummaryRow], extent: Extent) -> String {
    if experiments.is_empty() {
        return String::new();
    }
    let intervals = match extent {
        Extent::Brief => "with 95 % intervals of the mean (t); of one run, none",
        Extent::Wide => {
            "with 95 % intervals: t for means, bootstrap\nfor medians; of one run, none; of fewer than six, none of the \
             median"
        }
    };
    format!("Over the runs of each experiment, {intervals}\n") + &view::summary(experiments, extent)
}
