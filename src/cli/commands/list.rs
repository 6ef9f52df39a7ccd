//! `labctl list`: the runs and sweeps that are there.

mod experiments;

use std::path::{Path, PathBuf};

use labctl::read::find::{each_once, find_all_sweeps, find_runs};
use labctl::read::find_error::FindError;
use labctl::read::run_path::{RunPath, RunState};
use labctl::sweep::{Journals, SweepFolder};
use labctl::text::sanitize::on_one_line;
use labctl::text::spreadsheet::cell;
use serde::Serialize;

use crate::cli::flags::output_format::TableFormat;
use crate::cli::ui::many;
use crate::cli::ui::terminal::error_text;
use crate::cli::ui::view::{self, UNKNOWN};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl list
  labctl list results/exp4
  labctl list --experiments               what there is to run, by its name
  labctl list --format json | jq -r '.[] | select(.status == \"failed\").path'

A run has the status of its manifest (completed, interrupted, failed, recovered
or killed); without one it is going on, was cut short, or is a folder of logs of
which nothing else is known. The runs of a sweep are one row, which is complete
once all of them are done.";

/// The arguments of `labctl list`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Runs, sweeps, or trees of them
    #[arg(value_name = "PATH", default_value = "results")]
    paths: Vec<PathBuf>,

    /// Show what can be run by its name: the specs in experiments/, and those that come with labctl
    #[arg(long, conflicts_with = "paths")]
    experiments: bool,

    /// A table for people, or data for programs
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: TableFormat,
}

/// A run or a sweep; what is not known of it is left out.
#[derive(Debug, Serialize)]
struct Row {
    path: String,
    kind: &'static str,
    engine: Option<String>,
    status: String,
    /// RFC 3339, UTC.
    started: Option<String>,
    seed: Option<u64>,
    /// Ticks/s, in the order of the machines.
    clock_rates: Option<String>,
    /// All that belong to it, and those that are done.
    runs: u64,
    runs_done: u64,
}

/// Lists what is at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.experiments {
        return experiments::list(args.format, terminal);
    }
    let mut is_whole = true;
    let (mut rows, mut runs, mut nothing) = (Vec::new(), Vec::new(), None);
    for path in &args.paths {
        match find_runs(path) {
            Ok(found) => runs.extend(found.into_iter().filter(|run| run.sweep.is_none())),
            // There may be sweeps, whose runs have no folders.
            Err(error @ (FindError::Simulated { .. } | FindError::Nothing { .. })) => nothing = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    let row = |run: &RunPath| Row::of_run(run);
    // One path alone leads to no run twice.
    let runs = if args.paths.len() > 1 { each_once(runs) } else { runs };
    many::each(&runs, terminal, row, |_, row, _| {
        rows.push(row);
        Ok(())
    })?;
    for sweep in find_all_sweeps(&args.paths)? {
        match Row::of_sweep(&sweep) {
            Ok(row) => rows.push(row),
            Err(error) => {
                terminal.error(format!("{}: {}", sweep.display(), error_text(&error)));
                is_whole = false;
            }
        }
    }
    if let Some(error) = nothing.filter(|_| rows.is_empty() && is_whole) {
        return Err(error.into());
    }
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    match args.format {
        TableFormat::Table => terminal.data(&table(&rows))?,
        TableFormat::Csv => terminal.csv(&csv(&rows)?)?,
        TableFormat::Json => terminal.json(&rows)?,
    }
    Ok(if is_whole { Exit::Done } else { Exit::Failed })
}

impl Row {
    fn of_run(run: &RunPath) -> Row {
        let manifest = run.read_manifest();
        let status = match (&manifest, run.state) {
            (Some(manifest), _) => &manifest.status.to_string(),
            (None, RunState::GoingOn) => "going on",
            (None, RunState::CutShort) => "cut short",
            (None, RunState::InPlace) => "unknown",
        };
        let rates = |rates: &[f64]| rates.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        Row {
            path: run.folder.display().to_string(),
            kind: "run",
            status: status.to_owned(),
            engine: manifest.as_ref().map(|manifest| manifest.engine.to_string()),
            started: manifest.as_ref().map(|manifest| manifest.started.clone()),
            seed: manifest.as_ref().map(|manifest| manifest.seed),
            clock_rates: manifest.as_ref().map(|manifest| rates(&manifest.clock_rates)),
            runs: 1,
            runs_done: u64::from(run.state == RunState::InPlace),
        }
    }

    fn of_sweep(path: &Path) -> anyhow::Result<Row> {
        let folder = SweepFolder::at(path);
        let plan = folder.plan()?;
        let journals = Journals::of(&folder, &plan, &[])?;
        let done = journals.count();
        let wanted = plan.until.is_none().then_some(plan.run_count());
        // A sweep with --until ends where it is precise enough.
        let is_complete = wanted.map_or_else(|| folder.runs_file().is_file(), |wanted| done == wanted);
        Ok(Row {
            path: path.display().to_string(),
            kind: "sweep",
            engine: Some(plan.engine.to_string()),
            status: if is_complete { "complete" } else { "in part" }.to_owned(),
            started: None,
            seed: None,
            clock_rates: None,
            runs: wanted.unwrap_or(done),
            runs_done: done,
        })
    }
}

/// What fits 80 columns; the data formats have the rest.
fn table(rows: &[Row]) -> String {
    let header = ["path", "status", "started", "engine"];
    let known = |value: &Option<String>| value.as_deref().map_or(UNKNOWN.to_owned(), on_one_line);
    let body = rows.iter().map(|row| {
        let status = on_one_line(&row.status);
        let (status, started) = match row.kind {
            "run" => (status, known(&row.started.as_deref().map(to_the_minute))),
            _ => {
                (format!("{status}, {} of {}", row.runs_done, view::counted(row.runs, "run")), String::new())
            }
        };
        vec![on_one_line(&row.path), status, started, known(&row.engine)]
    });
    view::table(&header, body)
}

/// `2026-11-27 08:05` of a moment in RFC 3339.
fn to_the_minute(moment: &str) -> String {
    moment.get(..16).unwrap_or(moment).replace('T', " ")
}

fn csv(rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let clean = |text: &Option<String>| text.as_deref().map(|text| cell(text).into_owned());
        writer.serialize(Row {
            path: cell(&row.path).into_owned(),
            kind: row.kind,
            status: cell(&row.status).into_owned(),
            engine: clean(&row.engine),
            started: clean(&row.started),
            clock_rates: clean(&row.clock_rates),
            ..*row
        })?;
    }
    Ok(String::from_utf8(writer.into_inner().map_err(|error| error.into_error())?)?)
}
