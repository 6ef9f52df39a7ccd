//! Formats that are tables: CSV, JSON Lines and Parquet.

use std::io::BufWriter;

use anyhow::Context;
use labctl::export::parquet::{Added, ParquetTree, Part, parts};
use labctl::export::rows::{Tabled, add_run, check_csv, check_jsonl};
use labctl::parallel;
use labctl::read::ReadLog;
use labctl::read::run_path::RunPath;
use labctl::table::TextFormat;

use super::{Format, Job, refused};
use crate::cli::Exit;
use crate::cli::ui::many::{self, Progress};
use crate::cli::ui::output::file_of;
use crate::cli::ui::view::counted;

pub fn rows(job: &Job<'_>) -> anyhow::Result<Exit> {
    let draft = job.draft()?;
    let out = BufWriter::new(draft.file());
    let format = if job.args.to == Format::Jsonl { TextFormat::Jsonl } else { TextFormat::Csv };
    let written = many::table(job.runs, format, out, job.terminal, |run, rows| {
        let mut tabled = Tabled::default();
        add_run(run, job.window, rows, &mut tabled).map(|logs| (tabled, logs))
    });
    let mut tabled = Tabled::default();
    let mut logs = Vec::new();
    for (of_run, read) in written.with_context(|| draft.failed())? {
        tabled.add(of_run);
        logs.push(read);
    }
    if let Some(exit) = nothing(job, &tabled) {
        return Ok(exit);
    }
    match job.args.to {
        Format::Jsonl => check_jsonl(draft.read()?, &tabled),
        _ => check_csv(draft.read()?, &tabled),
    }
    .with_context(|| refused("a reader of the table"))?;
    draft.finish()?;
    job.written(&counted(tabled.rows, "event"));
    Ok(judged(job, &logs))
}

pub fn parquet(job: &Job<'_>) -> anyhow::Result<Exit> {
    let Some(place) = file_of(job.args.output.as_deref()) else {
        job.terminal.error("Parquet is a folder of files: name one that is not there yet, like `-o lab`");
        return Ok(Exit::Usage);
    };
    let tree = ParquetTree::begin(place)?;
    let progress = Progress::start(job.runs.len() as u64, job.terminal);
    let mut all = Tabled::default();
    // Of runs in our own way nothing is left to be judged.
    let mut judged: Vec<(&RunPath, Vec<ReadLog>)> = Vec::new();
    let mut machines = 0;
    let parts = parts(job.runs);
    let mut next = parts.iter();
    parallel::in_order(
        &parts,
        Part::log_bytes,
        |part| tree.add(part, job.window),
        |added| {
            let Added { tabled, logs, machines: of_part } = added?;
            all.add(tabled);
            machines += of_part;
            let runs = next.next().map_or(&[][..], |part| &part.runs);
            runs.iter().for_each(|_| progress.next());
            judged.extend(runs.iter().copied().zip(logs).filter(|(run, _)| run.dialect.is_some()));
            Ok::<(), anyhow::Error>(())
        },
    )?;
    drop(progress);
    if machines == 0
        && let Some(exit) = nothing(job, &all)
    {
        return Ok(exit);
    }
    tree.put_into_place()?;
    job.written(&format!(
        "{} and the metrics of {}",
        counted(all.rows, "event"),
        counted(machines as u64, "machine")
    ));
    let judged = judged.iter().map(|(run, logs)| (*run, &logs[..]));
    let is_good = job.args.dialect.judge_runs(judged, job.terminal);
    Ok(if is_good { Exit::Done } else { Exit::Failed })
}

/// Why nothing can be written, if so.
fn nothing(job: &Job<'_>, tabled: &Tabled) -> Option<Exit> {
    job.unknown_machine(&tabled.machines).or_else(|| (tabled.rows == 0).then(|| job.nothing(tabled.last_us)))
}

fn judged(job: &Job<'_>, logs: &[Vec<ReadLog>]) -> Exit {
    let read = job.runs.iter().zip(logs.iter().map(Vec::as_slice));
    if job.args.dialect.judge_runs(read, job.terminal) { Exit::Done } else { Exit::Failed }
}
