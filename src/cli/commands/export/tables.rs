//! Formats that are tables: CSV, JSON Lines and Parquet.

use std::io::BufWriter;

use anyhow::Context;
use labctl::export::parquet::ParquetTree;
use labctl::export::rows::{Tabled, add_run, check_csv, check_jsonl};
use labctl::parallel;
use labctl::read::find::RunPath;
use labctl::read::{ReadLog, run_metrics};
use labctl::table::{CsvSink, EventSink, EventTable, JsonlSink};

use super::{Format, Job, refused};
use crate::cli::Exit;
use crate::cli::ui::output::file_of;

pub fn rows(job: &Job<'_>) -> anyhow::Result<Exit> {
    let draft = job.draft()?;
    let out = BufWriter::new(draft.file());
    let written = match job.args.to {
        Format::Jsonl => write(job, EventTable::new(JsonlSink::new(out))),
        _ => write(job, EventTable::new(CsvSink::new(out))),
    };
    let (tabled, logs) = written.with_context(|| draft.failed())?;
    if let Some(exit) = nothing(job, &tabled) {
        return Ok(exit);
    }
    match job.args.to {
        Format::Jsonl => check_jsonl(draft.read()?, &tabled),
        _ => check_csv(draft.read()?, &tabled),
    }
    .with_context(|| refused("a reader of the table"))?;
    draft.finish()?;
    job.written(&format!("{} events", tabled.rows));
    Ok(judged(job, &logs))
}

/// Writes the events of all runs into one table.
fn write<S: EventSink + Send>(
    job: &Job<'_>,
    mut table: EventTable<S>,
) -> Result<(Tabled, Vec<Vec<ReadLog>>), labctl::read::ReadError> {
    let mut tabled = Tabled::default();
    let logs = job.runs.iter().map(|run| add_run(run, job.window, &mut table, &mut tabled));
    let logs = logs.collect::<Result<_, _>>()?;
    table.finish()?;
    Ok((tabled, logs))
}

pub fn parquet(job: &Job<'_>) -> anyhow::Result<Exit> {
    let Some(place) = file_of(job.args.output.as_deref()) else {
        job.terminal.error("Parquet is a folder of files: name one that is not there yet, like `-o lab`");
        return Ok(Exit::Usage);
    };
    let tree = ParquetTree::begin(place, job.runs)?;
    let mut all = Tabled::default();
    let mut logs = Vec::new();
    let mut machines = 0;
    parallel::in_order(
        job.runs,
        RunPath::log_bytes,
        |run| add(&tree, job, run),
        |added| {
            let Added { tabled, logs: of_run, machines: of_machines } = added?;
            all.add(tabled);
            logs.push(of_run);
            machines += of_machines;
            Ok::<(), anyhow::Error>(())
        },
    )?;
    if machines == 0
        && let Some(exit) = nothing(job, &all)
    {
        return Ok(exit);
    }
    tree.put_into_place()?;
    job.written(&format!("{} events and the metrics of {machines} machines", all.rows));
    Ok(judged(job, &logs))
}

/// What a run has added to a tree.
struct Added {
    tabled: Tabled,
    logs: Vec<ReadLog>,
    /// Whose metrics were added.
    machines: usize,
}

fn add(tree: &ParquetTree, job: &Job<'_>, run: &RunPath) -> anyhow::Result<Added> {
    let (tabled, logs) = tree.add_events(run, job.window)?;
    let mut machines = 0;
    if job.window.is_whole() {
        let rows = run_metrics(run)?;
        tree.add_metrics(run, &rows)?;
        machines = rows.len();
    }
    Ok(Added { tabled, logs, machines })
}

/// Why nothing can be written, if so.
fn nothing(job: &Job<'_>, tabled: &Tabled) -> Option<Exit> {
    job.unknown_machine(&tabled.machines).or_else(|| (tabled.rows == 0).then(|| job.nothing(tabled.last_us)))
}

fn judged(job: &Job<'_>, logs: &[Vec<ReadLog>]) -> Exit {
    let read = job.runs.iter().zip(logs.iter().map(Vec::as_slice));
    if job.args.dialect.judge_runs(read, job.terminal) { Exit::Done } else { Exit::Failed }
}
