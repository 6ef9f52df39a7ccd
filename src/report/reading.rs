//! Reading what a report is about: runs are read once, audited, checked against
//! theory and drawn. The one source of this room that meets the disk.

use std::path::{Path, PathBuf};

use super::drawing::Drawing;
use super::grouping::group;
use super::player;
use super::subject::{Audited, Drawn, Quoted, RunSubject, Subjects, SweepSubject};
use super::sweeps::name_apart;
use super::trends::Measurements;
use crate::audit::HISTORY_BYTES_MAX;
use crate::audit::source_lines::{short_place, short_whereabouts};
use crate::audit::{Finding, RULES};
use crate::charts::{self, ChartError, Experiments, RunChart, RunTheory, SideBySide, SweepPicture};
use crate::history::History;
use crate::lab::check::CheckedRun;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::RunMetrics;
use crate::metrics::trust::doubts;
use crate::parallel;
use crate::plan::Run;
use crate::read::run_path::RunPath;
use crate::read::{Purpose, ReadError, Reading, measure_run, run_metrics};
use crate::sample::settings::Settings;
use crate::spec;
use crate::store::SPEC_FILE;
use crate::sweep::stored::StoredError;
use crate::sweep::{SweepFolder, read_stored};

/// Of further runs nothing is read but what was kept beside their logs.
const AUDITED_RUNS_MAX: usize = 1000;
/// The drawings of runs take no more than this, but for the first run's.
const DRAWN_BYTES_MAX: usize = 1_100_000;

/// A report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReadSubjectsError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Sweep(#[from] StoredError),
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// What a run is read with.
#[derive(Clone, Copy, Debug)]
struct Contents {
    charts: bool,
    player: bool,
}

/// Who watches while runs are read.
pub trait Watcher {
    /// One more is read.
    fn next(&mut self);
    /// A run cannot be read, and is left out.
    fn unreadable(&mut self, error: &ReadSubjectsError);
}

/// Reads the runs, and the sweeps in these folders.
///
/// # Errors
///
/// Nothing can be read, or a chart cannot be drawn.
pub fn read_subjects(
    runs: Vec<RunPath>,
    sweeps: &[PathBuf],
    watcher: &mut impl Watcher,
) -> Result<Subjects, ReadSubjectsError> {
    let settings = Settings::default();
    let mut subjects = Subjects::default();
    let is_only = runs.len() == 1 && sweeps.is_empty();
    let mut drawn_bytes = 0;
    let mut stored = runs.into_iter();
    while drawn_bytes < DRAWN_BYTES_MAX && subjects.runs.len() < AUDITED_RUNS_MAX {
        let Some(next) = stored.next() else { break };
        let is_first = subjects.runs.is_empty();
        let mut run = match read(next, Contents { charts: true, player: is_only }, &settings) {
            Err(error @ ReadSubjectsError::Read(_)) if !is_only => {
                watcher.unreadable(&error);
                continue;
            }
            outcome => outcome?,
        };
        for chart in run.drawn.iter().flat_map(|drawn| &drawn.charts).map(|(_, chart)| chart) {
            drawn_bytes += chart.inline()?.len();
        }
        if drawn_bytes > DRAWN_BYTES_MAX && !is_first {
            run.drawn = None;
        }
        watcher.next();
        subjects.runs.push(run);
    }
    let mut audited: Vec<RunPath> = stored.collect();
    let others = audited.split_off(audited.len().min(AUDITED_RUNS_MAX.saturating_sub(subjects.runs.len())));
    subjects.runs.reserve_exact(audited.len() + others.len());
    let undrawn = Contents { charts: false, player: false };
    add(&mut subjects, audited, watcher, |stored| {
        read(stored.clone(), undrawn, &settings).map(|read| move |run: &mut RunSubject| *run = read)
    })?;
    add(&mut subjects, others, watcher, |stored| {
        let (planned, rows) = (settings.load(&stored.folder.join(SPEC_FILE)), run_metrics(stored)?);
        let audited = Audited::LeftOut("it is beyond the first thousand runs; labctl check does it");
        Ok(move |run: &mut RunSubject| (run.planned, run.rows, run.audited) = (planned, rows, audited))
    })?;
    for folder in sweeps {
        subjects.sweeps.push(read_sweep(folder)?);
    }
    subjects.groups = group(&mut subjects.runs, &subjects.sweeps);
    name_apart(&mut subjects.sweeps);
    if subjects.runs.len() > 1 {
        let beside = subjects
            .runs
            .iter()
            .map(|RunSubject { planned, rows, .. }| SideBySide { planned: planned.as_ref(), rows });
        let beside = beside.collect::<Vec<_>>();
        let of = Experiments::side_by_side(&beside);
        subjects.side_by_side = Drawing::all(|look| charts::experiment_charts(&of, look))?;
    }
    Ok(subjects)
}

/// Adds runs, read side by side, in their order; what is read of one fills in
/// what is reported of it.
fn add<F: FnOnce(&mut RunSubject) + Send>(
    subjects: &mut Subjects,
    runs: Vec<RunPath>,
    watcher: &mut impl Watcher,
    read: impl Fn(&RunPath) -> Result<F, ReadSubjectsError> + Sync,
) -> Result<(), ReadSubjectsError> {
    /// What is read of so many is in its place before others are begun.
    const RUNS_AT_ONCE: usize = 4096;
    let first = subjects.runs.len();
    let mut is_read = vec![true; first];
    subjects.runs.extend(runs.into_iter().map(nothing_of));
    for some in subjects.runs[first..].chunks_mut(RUNS_AT_ONCE) {
        let mut found = Vec::with_capacity(some.len());
        let weight = |run: &RunSubject| run.stored.log_bytes();
        parallel::in_order(
            some,
            weight,
            |run| read(&run.stored),
            |run| {
                match run {
                    Ok(fill) => {
                        watcher.next();
                        found.push(Some(fill));
                    }
                    Err(error @ ReadSubjectsError::Read(_)) => {
                        watcher.unreadable(&error);
                        found.push(None);
                    }
                    Err(error) => return Err(error),
                }
                Ok(())
            },
        )?;
        for (run, fill) in some.iter_mut().zip(found) {
            is_read.push(fill.is_some());
            fill.into_iter().for_each(|fill| fill(run));
        }
    }
    let mut is_read = is_read.into_iter();
    subjects.runs.retain(|_| is_read.next().unwrap_or(true));
    Ok(())
}

/// A run of which nothing is read yet.
fn nothing_of(stored: RunPath) -> RunSubject {
    RunSubject {
        planned: None,
        rows: Vec::new(),
        plan: None,
        manifest: None,
        logs: Vec::new(),
        audited: Audited::LeftOut("there are no logs here, only what was measured"),
        faults: Vec::new(),
        residuals: Vec::new(),
        no_expectation: None,
        drawn: None,
        player: None,
        stored,
    }
}

fn read(stored: RunPath, contents: Contents, settings: &Settings) -> Result<RunSubject, ReadSubjectsError> {
    // A spec that cannot be read costs no more than what theory would say.
    let spec = spec::load(&stored.folder.join(SPEC_FILE), &[]).ok();
    let plan = spec.map(|spec| Run::single(spec, stored.run.to_string()));
    let mut run = RunSubject {
        planned: plan.as_ref().map(|plan| settings.of(&plan.spec)),
        plan: plan.map(Box::new),
        manifest: stored.read_manifest().map(Box::new),
        ..nothing_of(stored)
    };
    if run.stored.logs.is_empty() {
        run.rows = run_metrics(&run.stored)?;
    } else {
        let history = run.stored.log_bytes() <= HISTORY_BYTES_MAX;
        let reading = measure_run(&run.stored, Purpose { series: contents.charts, history })?;
        run.audited = match &reading.history {
            Some(history) => hold(&run.stored, history, &mut run.faults)?,
            None => Audited::LeftOut("the logs are large; labctl check does it"),
        };
        let history = reading.history.as_ref().filter(|history| contents.player && history.events() > 0);
        run.player = history.map(|history| Box::new(player::section(history, player::EVENTS_SHOWN)));
        if contents.charts {
            run.drawn = Some(draw(&run, &reading)?);
        }
        (run.rows, run.logs) = (reading.rows, reading.logs);
    }
    Ok(run)
}

fn draw(run: &RunSubject, reading: &Reading) -> Result<Drawn, ReadSubjectsError> {
    let points = |row: &MachineMetrics| {
        let series = reading.series.machines.iter().find(|series| series.machine == row.machine)?;
        Some(row.events.div_ceil((series.samples.len() as u64).max(1)))
    };
    let events_a_point = reading.rows.iter().filter_map(points).max().unwrap_or(1);
    let theory = run.plan.as_deref().map(RunTheory::of).unwrap_or_default();
    let drawn =
        |chart: RunChart| Ok((chart, Drawing::of(|look| (chart.draw)(&reading.series, &theory, look))?));
    let charts = charts::of_run().map(drawn).collect::<Result<_, ChartError>>()?;
    Ok(Drawn { charts, events_a_point })
}

fn hold(stored: &RunPath, history: &History, faults: &mut Vec<String>) -> Result<Audited, ReadSubjectsError> {
    let checked = CheckedRun::of(stored, history, &RULES, |fault| faults.push(fault))?;
    Ok(Audited::Held { quoted: quoted(&checked), audit: checked.audit })
}

fn quoted(checked: &CheckedRun<'_>) -> Vec<Quoted> {
    let CheckedRun { history, audit, source_lines, .. } = checked;
    let lines = |finding: &Finding| {
        let places = [finding.place].into_iter().chain(finding.proof.iter().copied());
        let reported = places.filter_map(|place| {
            Some(format!("{}  {}", short_place(history, place), source_lines.text(history, place)?))
        });
        reported.collect::<Vec<String>>().join("\n")
    };
    let findings = audit.results.iter().flat_map(|result| {
        result.shown().iter().map(|finding| Quoted {
            rule: result.rule.id,
            text: format!("{}: {}", short_whereabouts(history, finding), finding.text),
            lines: lines(finding),
        })
    });
    findings.collect()
}

/// A sweep's cells and charts, from its plan and its runs.
fn read_sweep(path: &Path) -> Result<SweepSubject, ReadSubjectsError> {
    let folder = SweepFolder::at(path);
    let plan = folder.plan().map_err(StoredError::from)?;
    let mut picture = SweepPicture::new(&folder, &plan);
    let (mut fidelity_min, mut doubted) = (None, 0);
    let mut measurements = Measurements::default();
    read_stored(&folder, &plan, |result| {
        let runs = result.rows.chunk_by(|one, next| one.run == next.run);
        measurements.take(&plan, result.cell, runs.clone());
        for (run, rows) in runs.filter_map(|rows| Some((RunMetrics::of(rows)?, rows))) {
            doubted += u64::from(!doubts(rows, &run).is_empty());
            fidelity_min = run.fidelity_min.into_iter().chain(fidelity_min).reduce(f64::min);
        }
        picture.take(&result);
    })?;
    let (outlines, charts) =
        (picture.outlines().to_vec(), Drawing::all(|look| charts::sweep_charts(&picture, look))?);
    let (name, folder) = (folder.name(), path.display().to_string());
    let trends = measurements.trends(&plan);
    Ok(SweepSubject { name, folder, fidelity_min, doubted, trends, outlines, charts, plan })
}
