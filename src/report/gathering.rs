//! Gathering what a report is about: runs are read once, audited, held against
//! theory and drawn. The one source of this room that meets the disk.

use std::io;
use std::path::{Path, PathBuf};

use super::subject::{Audited, Drawn, Group, Quoted, RunSubject, Subjects, SweepSubject};
use crate::audit::{Audit, Finding, RULES, audit};
use crate::charts::{self, ChartError, Look, LookError, Published, RunTheory, Theme, published_values};
use crate::engine::StopSwitch;
use crate::history::History;
use crate::lab::quotes::{Quotes, short_place};
use crate::lab::stated::stated;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::{RunMetrics, summarise};
use crate::metrics::trust::doubts;
use crate::plan::Run;
use crate::reading::{Purpose, ReadError, Reading, measure_run, run_metrics};
use crate::residual::{Measured, SIMULATED_RUNS, residuals, setting};
use crate::sample::{Sample, SampleError, SampledRun, came_to_its_end, read_cells};
use crate::spec::{self, Spec};
use crate::store::{RunPath, SPEC_FILE};
use crate::sweep::folder::FolderError;
use crate::sweep::{CellOutline, CellResult, SweepFolder, SweepPicture};

/// Logs of a run that are larger together are measured, and not audited: that
/// keeps all their events in memory.
const AUDITED_BYTES_MAX: u64 = 256 << 20;
/// The drawings of runs take no more than this, but for the first run's.
const DRAWN_BYTES_MAX: usize = 1_100_000;
/// Ticks that are simulated to learn what chance does, over all experiments.
const SIMULATED_TICKS_MAX: f64 = 30e6;

/// A report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Sweep(#[from] FolderError),
    #[error(transparent)]
    Chart(#[from] ChartError),
    #[error(transparent)]
    Look(#[from] LookError),
    #[error("cannot read {path}: {source}")]
    Quote { path: PathBuf, source: io::Error },
}

/// Reads the runs, and the sweeps in these folders.
pub fn gather(runs: Vec<RunPath>, sweeps: &[PathBuf]) -> Result<Subjects, GatherError> {
    let mut subjects = Subjects::default();
    let mut drawn_bytes = 0;
    for stored in runs {
        let is_first = subjects.runs.is_empty();
        let mut run = read(stored, is_first || drawn_bytes < DRAWN_BYTES_MAX)?;
        for chart in run.drawn.iter().flat_map(|drawn| &drawn.charts) {
            drawn_bytes += chart.inline("")?.len();
        }
        if drawn_bytes > DRAWN_BYTES_MAX && !is_first {
            run.drawn = None;
        }
        subjects.runs.push(run);
    }
    for folder in sweeps {
        subjects.sweeps.push(read_sweep(folder)?);
    }
    subjects.groups = group(&mut subjects.runs, &subjects.sweeps);
    if subjects.runs.len() > 1 {
        let rows: Vec<MachineMetrics> = subjects.runs.iter().flat_map(|run| &run.rows).cloned().collect();
        let plans = subjects.runs.iter().filter_map(|run| Some((run, run.plan.as_ref()?)));
        let published: Published =
            plans.flat_map(|(run, plan)| published_values(&run.stored.experiment, &plan.spec)).collect();
        subjects.side_by_side = charts::experiment_charts(&rows, &published, look()?)?;
    }
    Ok(subjects)
}

fn read(stored: RunPath, is_to_be_drawn: bool) -> Result<RunSubject, GatherError> {
    // A spec that cannot be read costs no more than what theory would say.
    let spec = spec::load(&stored.folder.join(SPEC_FILE), &[]).ok();
    let plan = spec.map(|spec| Run::single(spec, stored.run.clone()));
    let mut run = RunSubject {
        plan,
        rows: Vec::new(),
        whole: None,
        logs: Vec::new(),
        audited: Audited::LeftOut("there are no logs here, only what was measured".to_owned()),
        residuals: Vec::new(),
        drawn: None,
        stored,
    };
    if run.stored.logs.is_empty() {
        run.rows = run_metrics(&run.stored)?;
    } else {
        let history = run.stored.log_bytes() <= AUDITED_BYTES_MAX;
        let reading = measure_run(&run.stored, Purpose { series: is_to_be_drawn, history })?;
        run.audited = match &reading.history {
            Some(history) => hold(&run.stored, history)?,
            None => Audited::LeftOut("the logs are large; labctl check does it".to_owned()),
        };
        if is_to_be_drawn {
            run.drawn = Some(draw(&run, &reading)?);
        }
        (run.rows, run.logs) = (reading.rows, reading.logs);
    }
    run.whole = RunMetrics::of(&run.rows);
    Ok(run)
}

/// As wide as the page's column, so that letters are as large as those around.
fn look() -> Result<Look, LookError> {
    Look::new(1000, 640, 1.0, Theme::Light)
}

fn draw(run: &RunSubject, reading: &Reading) -> Result<Drawn, GatherError> {
    let points = |row: &MachineMetrics| {
        let series = reading.series.machines.iter().find(|series| series.machine == row.machine)?;
        Some(row.events.div_ceil((series.samples.len() as u64).max(1)))
    };
    let events_a_point = reading.rows.iter().filter_map(points).max().unwrap_or(1);
    let theory = run.plan.as_ref().map(RunTheory::of).unwrap_or_default();
    Ok(Drawn { charts: charts::run_charts(&reading.series, &theory, look()?)?, events_a_point })
}

fn hold(stored: &RunPath, history: &History) -> Result<Audited, GatherError> {
    // A spec that cannot be read is one thing less to hold the logs against.
    let stated = stated(stored).unwrap_or_default();
    let audit = audit(history, stated.as_ref(), &RULES);
    let failed = |source| GatherError::Quote { path: stored.folder.clone(), source };
    let quotes = Quotes::of(history, &audit).map_err(failed)?;
    let quoted = quoted(&audit, history, &quotes);
    Ok(Audited::Held { audit, quoted })
}

fn quoted(audit: &Audit, history: &History, quotes: &Quotes) -> Vec<Quoted> {
    let lines = |finding: &Finding| {
        let places = [finding.place].into_iter().chain(finding.proof.iter().copied());
        let told = places.filter_map(|place| {
            Some(format!("{}  {}", short_place(history, place), quotes.text(history, place)?))
        });
        told.collect::<Vec<String>>().join("\n")
    };
    let findings = audit.rulings.iter().flat_map(|ruling| {
        ruling.shown().iter().map(|finding| Quoted {
            rule: ruling.rule.id,
            text: format!("{}: {}", short_place(history, finding.place), finding.text),
            lines: lines(finding),
        })
    });
    findings.collect()
}

/// A sweep's cells and charts, from its plan and its table of runs.
fn read_sweep(folder: &Path) -> Result<SweepSubject, GatherError> {
    let sweep = SweepFolder::at(folder);
    let plan = sweep.plan()?;
    let name = folder.canonicalize().ok().and_then(|real| real.file_name().map(ToOwned::to_owned));
    let name = name.map_or_else(|| "sweep".to_owned(), |name| name.to_string_lossy().into_owned());
    let mut picture = SweepPicture::new(&format!("sweep {name}"), &plan);
    let (mut fidelity_min, mut doubted) = (None, 0);
    for (number, sample) in read_cells(&sweep.runs_file())? {
        let cell = (number as usize).wrapping_sub(1);
        if cell >= plan.cells().len() {
            continue;
        }
        for (run, rows) in sample.runs.iter().filter_map(|run| Some((RunMetrics::of(&run.rows)?, &run.rows)))
        {
            doubted += u64::from(!doubts(rows, &run).is_empty());
            fidelity_min = run.fidelity_min.into_iter().chain(fidelity_min).reduce(f64::min);
        }
        let rows: Vec<MachineMetrics> = sample.runs.into_iter().flat_map(|run| run.rows).collect();
        picture.take(&CellResult { cell, rows: &rows });
    }
    let (outlines, charts) = (picture.outlines().to_vec(), picture.draw()?);
    let folder = folder.display().to_string();
    Ok(SweepSubject { name, folder, fidelity_min, doubted, outlines, charts, plan })
}

/// Sorts runs by what they share but for the seed, and holds them against
/// theory. The runs of a sweep that is told as such are summarised there.
fn group(runs: &mut [RunSubject], sweeps: &[SweepSubject]) -> Vec<Group> {
    let mut members: Vec<((String, Option<Spec>), Vec<usize>)> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        if run.stored.sweep.as_ref().is_some_and(|name| sweeps.iter().any(|sweep| sweep.name == *name)) {
            continue;
        }
        let shared = run.plan.as_ref().map(|plan| setting(&plan.spec));
        let key = (run.stored.experiment.clone(), shared);
        match members.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(at),
            None => members.push((key, vec![at])),
        }
    }
    let mut ticks_left = SIMULATED_TICKS_MAX;
    members
        .into_iter()
        .map(|((experiment, shared), members)| {
            let mean = hold_against_theory(runs, &members, shared.as_ref(), &mut ticks_left);
            let (complete, incomplete): (Vec<usize>, Vec<usize>) =
                members.iter().partition(|at| came_to_its_end(&runs[**at].stored));
            let sampled = complete.iter().map(|at| SampledRun {
                seed: runs[*at].stored.manifest.as_ref().map(|manifest| manifest.seed),
                rows: runs[*at].rows.clone(),
            });
            let sample = Sample { runs: sampled.collect(), incomplete: incomplete.len() };
            let rows: Vec<MachineMetrics> = sample.runs.iter().flat_map(|run| &run.rows).cloned().collect();
            let (summary, oddities) = (summarise(&rows), sample.oddities());
            let outline = CellOutline::of(0, &numbered(&sample));
            Group { experiment, members, summary, outline, mean, oddities }
        })
        .collect()
}

/// The rows of a sample, run by run; runs from different places may have the
/// same name.
fn numbered(sample: &Sample) -> Vec<MachineMetrics> {
    let of_run = |(at, run): (usize, &SampledRun)| {
        let row = move |row: &MachineMetrics| MachineMetrics { run: at.to_string(), ..row.clone() };
        run.rows.iter().map(row).collect::<Vec<_>>()
    };
    sample.runs.iter().enumerate().flat_map(of_run).collect()
}

/// Fills in the residuals of each run that came to its end, and gives those of
/// their mean.
fn hold_against_theory(
    runs: &mut [RunSubject],
    members: &[usize],
    shared: Option<&Spec>,
    ticks_left: &mut f64,
) -> Vec<crate::residual::Residual> {
    let is_fit = |at: &&usize| !runs[**at].predictions().is_empty() && came_to_its_end(&runs[**at].stored);
    let fit: Vec<usize> = members.iter().filter(is_fit).copied().collect();
    let Some(shared) = shared else { return Vec::new() };
    let measured = fit.iter().filter_map(|at| {
        let (run, plan) = (&runs[*at], runs[*at].plan.as_ref()?);
        Some(Measured { run: run.stored.run.clone(), spec: plan.spec.clone(), rows: run.rows.clone() })
    });
    let measured: Vec<Measured> = measured.collect();
    let ticks = shared.tick_rate() * shared.duration.as_secs_f64() * SIMULATED_RUNS as f64;
    let is_affordable = ticks <= *ticks_left && !measured.is_empty();
    *ticks_left -= if is_affordable { ticks } else { 0.0 };
    let simulated_runs = if is_affordable { SIMULATED_RUNS } else { 0 };
    let Some(found) = residuals(&measured, simulated_runs, &StopSwitch::default()) else { return Vec::new() };
    for (at, (_, own)) in fit.into_iter().zip(found.runs) {
        runs[at].residuals = own;
    }
    found.mean.unwrap_or_default()
}
