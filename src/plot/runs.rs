//! The charts of runs: of the newest by themselves, and of all side by side.

use std::collections::BTreeSet;
use std::path::Path;

use super::folders::common_folder;
use super::{Order, PlotError, Plotted, side_by_side, write};
use crate::charts::{Draw, RunTheory, SideBySide, SpaceTime};
use crate::metrics::MachineMetrics;
use crate::plan::Run;
use crate::read::names::charts_folder;
use crate::read::run_path::RunPath;
use crate::read::{Purpose, ReadLog, Reading, measure_run, meter_run};
use crate::sample::settings::{Planned, Settings};
use crate::sample::{Candidate, replicates};
use crate::spec;
use crate::store::SPEC_FILE;

/// Nobody looks at the charts of more runs, one by one.
pub const RUNS_DRAWN: usize = 20;

/// Draws runs, in any order and several at once.
pub struct RunPlotter<'a> {
    order: &'a Order,
    runs: &'a [RunPath],
    /// The runs that are drawn by themselves.
    newest: BTreeSet<Key<'a>>,
    settings: Settings,
}

/// A run that was read, and drawn if it is one of the newest.
#[derive(Debug)]
pub struct PlottedRun {
    run: RunPath,
    planned: Option<Planned>,
    rows: Vec<MachineMetrics>,
    pub logs: Vec<ReadLog>,
    /// Where its own charts are; `None` where none was wanted.
    pub plotted: Option<Plotted>,
    /// Why nothing is expected of it, where a spec says how it was set up.
    pub no_theory: Option<String>,
    /// Why there is no diagram of its events, where the stretch that is asked for
    /// lies outside of the run.
    pub outside: Option<String>,
}

/// The charts of runs set side by side.
#[derive(Debug)]
pub struct PlottedBeside {
    pub plotted: Plotted,
    /// How many runs are no replicates, and not among them.
    pub repeated: usize,
}

impl<'a> RunPlotter<'a> {
    pub fn new(order: &'a Order, runs: &'a [RunPath]) -> RunPlotter<'a> {
        RunPlotter { order, runs, newest: newest(runs), settings: Settings::default() }
    }

    /// Reads a run, and draws its charts into its folder if it is one of the newest.
    ///
    /// # Errors
    ///
    /// It cannot be read, which is no hindrance to the others, or not be drawn.
    pub fn plot(&self, run: &RunPath) -> Result<PlottedRun, PlotError> {
        let planned = self.settings.load(&run.folder.join(SPEC_FILE));
        if self.order.wants_runs() && self.newest.contains(&key(run)) {
            let purpose = Purpose { series: true, history: self.order.wants_events() };
            return self.draw(run, planned, measure_run(run, purpose)?);
        }
        let metered = meter_run(run)?;
        let (rows, logs) = (metered.rows, metered.logs);
        let run = run.clone();
        Ok(PlottedRun { run, planned, rows, logs, plotted: None, no_theory: None, outside: None })
    }

    fn draw(
        &self,
        run: &RunPath,
        planned: Option<Planned>,
        reading: Reading,
    ) -> Result<PlottedRun, PlotError> {
        let (order, mut charts, mut outside) = (self.order, Vec::new(), None);
        let theory = plan(run).as_ref().map(RunTheory::of).unwrap_or_default();
        for chart in order.wanted() {
            match chart.draw {
                Draw::Run(of_run) => charts.push((of_run.draw)(&reading.series, &theory, order.look)?),
                Draw::Events(draw) => {
                    let Some(of) = self.events(&reading) else { continue };
                    outside = of.outside();
                    if outside.is_none() {
                        charts.push(draw(&of, order.look)?);
                    }
                }
                Draw::Experiments(_) | Draw::Sweep(_) => {}
            }
        }
        let folder = charts_folder(&order.plots, run);
        let plotted = if charts.is_empty() { None } else { Some(write(&charts, &folder, order)?) };
        let no_theory = theory.left_out().map(str::to_owned);
        let (run, Reading { rows, logs, .. }) = (run.clone(), reading);
        Ok(PlottedRun { run, planned, rows, logs, plotted, no_theory, outside })
    }

    /// The stretch of events to draw, where they were kept.
    fn events<'r>(&self, reading: &'r Reading) -> Option<SpaceTime<'r>> {
        let Order { from_s, to_s, clocks, .. } = *self.order;
        Some(SpaceTime {
            experiment: &reading.series.experiment,
            run: &reading.series.run,
            history: reading.history.as_ref()?,
            origin: reading.origin,
            from_s,
            to_s,
            clocks,
        })
    }

    /// Draws all runs side by side, in the smallest folder that they have in common;
    /// without those that have the seed of another or are its copy.
    pub fn plot_side_by_side(&self, plotted: &[PlottedRun]) -> Result<Option<PlottedBeside>, PlotError> {
        let mut wanted = self.order.wanted().filter_map(|chart| match chart.draw {
            Draw::Experiments(draw) => Some(draw),
            _ => None,
        });
        let Some(first) = wanted.next().filter(|_| !plotted.is_empty()) else { return Ok(None) };
        let sorted = replicates(plotted.iter().map(|PlottedRun { run, rows, planned, .. }| {
            let setting = planned.as_ref().map(Planned::id);
            Candidate { run, rows, setting }
        }));
        let repeats: BTreeSet<usize> = sorted.into_iter().flat_map(|alike| alike.repeats).collect();
        let own = plotted.iter().enumerate().filter(|(at, _)| !repeats.contains(at));
        let runs = own.map(|(_, run)| SideBySide { planned: run.planned.as_ref(), rows: &run.rows });
        let experiments = side_by_side(&runs.collect::<Vec<_>>());
        let mut charts = first(&experiments, self.order.look)?;
        for draw in wanted {
            charts.extend(draw(&experiments, self.order.look)?);
        }
        let plotted = write(&charts, &common_folder(&self.order.plots, self.runs), self.order)?;
        Ok(Some(PlottedBeside { plotted, repeated: repeats.len() }))
    }

    /// How many runs with logs have no charts by themselves, as they are too many.
    pub fn left_out(&self) -> u64 {
        (with_logs(self.runs).count() - self.newest.len()) as u64
    }

    /// How many runs have no logs here, only metrics.
    pub fn without_logs(&self) -> u64 {
        (self.runs.len() - with_logs(self.runs).count()) as u64
    }
}

fn with_logs(runs: &[RunPath]) -> impl Iterator<Item = &RunPath> {
    runs.iter().filter(|run| !run.logs.is_empty())
}

/// A folder, and the run's name, as several runs may lie in one folder.
type Key<'a> = (&'a Path, &'a str);

fn key(run: &RunPath) -> Key<'_> {
    (&run.folder, &run.run)
}

/// The runs whose charts over time are drawn: those that came to their place last.
/// A run that is named by itself is always one of few.
fn newest(runs: &[RunPath]) -> BTreeSet<Key<'_>> {
    let mut newest: Vec<&RunPath> = with_logs(runs).collect();
    if newest.len() > RUNS_DRAWN {
        let came = |run: &RunPath| std::fs::metadata(&run.folder).and_then(|folder| folder.modified()).ok();
        newest.sort_by_cached_key(|run| std::cmp::Reverse((came(run), &run.folder)));
    }
    newest.into_iter().take(RUNS_DRAWN).map(key).collect()
}

/// How the run was set up. Foreign logs have no spec, and one that cannot be
/// read costs no more than the lines of theory.
fn plan(run: &RunPath) -> Option<Run> {
    let spec = spec::load(&run.folder.join(SPEC_FILE), &[]).ok()?;
    Some(Run::single(spec, run.run.to_string()))
}
