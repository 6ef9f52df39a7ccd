//! `labctl plot`: the charts of runs and of sweeps.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use labctl::charts::sweep::folder::SweepPicture;
use labctl::charts::{self, Chart, ChartError, Format, Look, RunChart, RunTheory, SideBySide, SpaceTime};
use labctl::files::file_name::file_name;
use labctl::metrics::MachineMetrics;
use labctl::plan::Run;
use labctl::read::find::{RunPath, find_all_sweeps};
use labctl::read::names::charts_folder;
use labctl::read::{Purpose, ReadError, Reading, measure_run, meter_run};
use labctl::sample::settings::{Planned, Settings};
use labctl::spec;
use labctl::store::SPEC_FILE;
use labctl::sweep::{SweepFolder, read_stored};

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::flags::look::LookFlags;
use crate::cli::flags::space_time::SpaceTimeFlags;
use crate::cli::ui::{many, view};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl plot results/                 all runs and sweeps
  labctl plot results/exp4/latest      one run
  labctl plot results/probs --theme dark --format svg
  labctl plot results/exp4/latest --chart space-time --from 10s --to 15s
  labctl plot somebody/logs/ --plots their-plots --format svg --theme dark
  labctl plot somebody/logs/ --dialect auto

The charts of a run go to plots/<experiment>/<run>/: queues, clocks, drift,
jumps, waits, and on demand a space-time diagram of its messages. Short dashes
are theory, where the run's spec is there. Those against speed ratio (max queue,
end queue, clock difference) take in all that is asked for. Charts of other runs
stay as they are. Of more than 20 runs the newest 20 have charts over time; the
path of a run draws that one. Those of a sweep as a whole go to plots/<sweep>/
and show the runs that are there, without making any: lines over one axis, maps
over two, distributions over none.";

/// The arguments of `labctl plot`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A run, a sweep, or a tree of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The folder of all charts
    #[arg(long, value_name = "DIR", default_value = "plots")]
    plots: PathBuf,

    /// PNG or SVG
    #[arg(long, value_name = "FORMAT", default_value = "png")]
    format: FormatFlag,

    /// Which charts to draw, instead of all but the space-time diagram
    #[arg(long = "chart", value_name = "NAME,…", value_delimiter = ',')]
    charts: Vec<ChartFlag>,

    #[command(flatten)]
    look: LookFlags,

    #[command(flatten)]
    space_time: SpaceTimeFlags,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatFlag {
    Png,
    Svg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ChartFlag {
    Queue,
    Clocks,
    Drift,
    Jumps,
    Wait,
    SpaceTime,
    SpeedRatio,
    Sweep,
}

impl ChartFlag {
    fn of(chart: RunChart) -> ChartFlag {
        match chart {
            RunChart::Queue => ChartFlag::Queue,
            RunChart::Clocks => ChartFlag::Clocks,
            RunChart::Drift => ChartFlag::Drift,
            RunChart::Jumps => ChartFlag::Jumps,
            RunChart::Wait => ChartFlag::Wait,
        }
    }
}

impl Args {
    fn wants(&self, chart: ChartFlag) -> bool {
        self.charts.contains(&chart) || (self.charts.is_empty() && chart != ChartFlag::SpaceTime)
    }

    /// Whether any chart of a run by itself is wanted.
    fn wants_runs(&self) -> bool {
        self.wants(ChartFlag::SpaceTime)
            || RunChart::ALL.into_iter().any(|chart| self.wants(ChartFlag::of(chart)))
    }

    /// The sweeps whose charts are wanted.
    fn sweeps(&self) -> anyhow::Result<Vec<SweepFolder>> {
        if !self.wants(ChartFlag::Sweep) {
            return Ok(Vec::new());
        }
        Ok(find_all_sweeps(&self.paths)?.into_iter().map(SweepFolder::at).collect())
    }

    /// The runs whose charts are wanted. Paths may hold none where they hold
    /// sweeps that are drawn.
    fn runs(&self, sweeps: &[SweepFolder], terminal: &Terminal) -> anyhow::Result<Vec<RunPath>> {
        if !self.charts.is_empty() && self.charts.iter().all(|chart| *chart == ChartFlag::Sweep) {
            anyhow::ensure!(!sweeps.is_empty(), "there is no sweep at {}", self.paths[0].display());
            return Ok(Vec::new());
        }
        let sweeps: Vec<PathBuf> = sweeps.iter().map(|sweep| sweep.path().to_owned()).collect();
        self.dialect.find_runs_beside(&self.paths, &sweeps, terminal)
    }
}

/// Draws what is at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let refused = args.space_time.refusal(args.wants(ChartFlag::SpaceTime));
    let look = args.look.look().map_err(|error| error.to_string());
    let look = match refused.map_or(look, Err) {
        Ok(look) => look,
        Err(refusal) => {
            terminal.error(refusal);
            return Ok(Exit::Usage);
        }
    };
    let drawing = Drawing { args, look, terminal };
    let sweeps = args.sweeps()?;
    let runs = args.runs(&sweeps, terminal)?;
    let mut is_good = true;
    for (sweep, name) in sweeps.iter().zip(sweep_names(&sweeps)) {
        if let Err(error) = drawing.draw_sweep(sweep, &args.plots.join(name)) {
            is_good = false;
            terminal.error(format!("{error:#}"));
        }
    }
    let mut logs = Vec::new();
    let mut beside = Vec::new();
    let mut without_logs = 0_u64;
    let mut outside = Vec::new();
    let newest = newest(&runs);
    let settings = Settings::default();
    let read = |run: &RunPath| {
        let is_drawn = !run.logs.is_empty() && newest.contains(run.folder.as_path());
        let reading = is_drawn.then(|| measure_run(run, drawing.purpose())).transpose()?;
        let metered = match reading {
            Some(_) => None,
            None => Some(meter_run(run)?),
        };
        let drawn = reading.map(|reading| (drawing.draw_run(run, plan(run).as_ref(), &reading), reading));
        Ok::<_, ReadError>((drawn, metered, settings.load(&run.folder.join(SPEC_FILE))))
    };
    many::each(&runs, terminal, read, |run, outcome, progress| {
        without_logs += u64::from(run.logs.is_empty());
        let (drawn, metered, planned) = match outcome {
            Ok(read) => read,
            Err(error) => {
                is_good = false;
                progress.suspended(|| terminal.error(error));
                return Ok(());
            }
        };
        if let Some((drawn, reading)) = drawn {
            let drawn = drawn?;
            progress.suspended(|| drawn.said.iter().for_each(|said| terminal.say(said)));
            outside.extend(drawn.outside);
            beside.push((planned.clone(), reading.rows));
            logs.extend(run.dialect.is_some().then_some((run, reading.logs)));
        }
        if let Some(metered) = metered {
            beside.push((planned, metered.rows));
            logs.extend(run.dialect.is_some().then_some((run, metered.logs)));
        }
        Ok(())
    })?;
    let undrawn = runs.iter().filter(|run| !run.logs.is_empty()).count().saturating_sub(RUNS_DRAWN);
    if undrawn > 0 && args.wants_runs() {
        terminal.say(format!(
            "charts over time are those of the newest {RUNS_DRAWN} runs; left out: {}. `labctl plot` with the path of a \
             run draws that one",
            view::counted(undrawn as u64, "run")
        ));
    }
    if args.wants(ChartFlag::SpeedRatio) && !beside.is_empty() {
        let folder = common_folder(&runs, &args.plots);
        let count = view::counted(beside.len() as u64, "run");
        let beside = beside.iter().map(|(planned, rows): &(Option<Planned>, Vec<MachineMetrics>)| {
            SideBySide { planned: planned.as_ref(), rows }
        });
        let charts = charts::side_by_side(&beside.collect::<Vec<_>>(), look)?;
        write(&charts, &folder, drawing.format())?;
        terminal.say(format!("{}: {count} against speed ratio", folder.display()));
    }
    if without_logs > 0 {
        terminal.say(format!(
            "no charts over time of {}: no logs here, only metrics",
            view::counted(without_logs, "run")
        ));
    }
    let is_all_outside = !outside.is_empty() && outside.len() == beside.len().min(RUNS_DRAWN);
    for why in outside {
        if is_all_outside { terminal.error(why) } else { terminal.warn(why) }
    }
    is_good &= args.dialect.judge_runs(logs.iter().map(|(run, logs)| (*run, &logs[..])), terminal);
    Ok(match (is_all_outside, is_good) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    })
}

/// Nobody looks at the charts of more runs, one by one.
const RUNS_DRAWN: usize = 20;

/// The folders of the runs whose charts over time are drawn: those that came to
/// their place last. A run that is named by itself is always one of few.
fn newest(runs: &[RunPath]) -> BTreeSet<&Path> {
    let mut with_logs: Vec<&RunPath> = runs.iter().filter(|run| !run.logs.is_empty()).collect();
    if with_logs.len() > RUNS_DRAWN {
        let came = |run: &RunPath| std::fs::metadata(&run.folder).and_then(|folder| folder.modified()).ok();
        with_logs.sort_by_cached_key(|run| std::cmp::Reverse((came(run), &run.folder)));
    }
    with_logs.into_iter().take(RUNS_DRAWN).map(|run| run.folder.as_path()).collect()
}

/// What became of one run's charts.
struct DrawnRun {
    /// Where they are; `None` where none was wanted.
    said: Option<String>,
    /// Why there is no space-time diagram, where the stretch that is asked for lies
    /// outside of the run.
    outside: Option<String>,
}

/// What is drawn, and how.
struct Drawing<'a> {
    args: &'a Args,
    look: Look,
    terminal: &'a Terminal,
}

impl Drawing<'_> {
    fn format(&self) -> Format {
        match self.args.format {
            FormatFlag::Png => Format::Png,
            FormatFlag::Svg => Format::Svg,
        }
    }

    /// The charts of the sweep as a whole.
    fn draw_sweep(&self, sweep: &SweepFolder, folder: &Path) -> anyhow::Result<()> {
        let plan = sweep.plan()?;
        let mut picture = SweepPicture::new(sweep, &plan);
        read_stored(sweep, &plan, |result| picture.take(&result))?;
        let charts = picture.draw(self.look)?;
        anyhow::ensure!(!charts.is_empty(), "no run of {} is done yet", sweep.path().display());
        write(&charts, folder, self.format())?;
        let (count, runs) = (view::counted(charts.len() as u64, "chart"), picture.runs());
        let runs = match plan.run_count() {
            all if runs < all && plan.until.is_none() => format!("{runs} of {}", view::counted(all, "run")),
            _ => view::counted(runs, "run"),
        };
        self.terminal.say(format!("{}: {count} of a sweep, {runs}", folder.display()));
        Ok(())
    }

    fn purpose(&self) -> Purpose {
        Purpose { series: true, history: self.args.wants(ChartFlag::SpaceTime) }
    }

    /// Draws the charts of one run into its folder.
    fn draw_run(&self, run: &RunPath, planned: Option<&Run>, reading: &Reading) -> anyhow::Result<DrawnRun> {
        let folder = charts_folder(&self.args.plots, run);
        let theory = planned.map(RunTheory::of).unwrap_or_default();
        let wanted = RunChart::ALL.into_iter().filter(|chart| self.args.wants(ChartFlag::of(*chart)));
        let charts = wanted.map(|chart| chart.draw(&reading.series, &theory, self.look));
        let mut drawn = charts.collect::<Result<Vec<Chart>, ChartError>>()?;
        let space_time = self.space_time(reading);
        let outside = space_time.and_then(|of| of.outside());
        if let Some(of) = space_time.filter(|_| outside.is_none()) {
            drawn.push(charts::space_time(&of, self.look)?);
        }
        let mut said = None;
        if !drawn.is_empty() {
            write(&drawn, &folder, self.format())?;
            let charts = view::counted(drawn.len() as u64, "chart");
            let without = theory.left_out().map_or(String::new(), |why| format!(", {why}"));
            said = Some(format!("{}: {charts}{without}", folder.display()));
        }
        Ok(DrawnRun { said, outside })
    }

    /// The space-time diagram, where the run's events were kept.
    fn space_time<'a>(&self, reading: &'a Reading) -> Option<SpaceTime<'a>> {
        let history = reading.history.as_ref()?;
        let flags = &self.args.space_time;
        let [from_s, to_s] = flags.ends_s();
        Some(SpaceTime {
            experiment: &reading.series.experiment,
            run: &reading.series.run,
            history,
            origin: reading.origin,
            from_s,
            to_s,
            clocks: flags.clocks,
        })
    }
}

/// How the run was set up. Foreign logs have no spec, and one that cannot be
/// read costs no more than the lines of theory.
fn plan(run: &RunPath) -> Option<Run> {
    let spec = spec::load(&run.folder.join(SPEC_FILE), &[]).ok()?;
    Some(Run::single(spec, run.run.to_string()))
}

/// The folders of the charts of sweeps: named as they are, and as many of the
/// folders above them as tell them apart.
fn sweep_names(sweeps: &[SweepFolder]) -> Vec<PathBuf> {
    let real: Vec<Vec<String>> = sweeps.iter().map(|sweep| file_names(sweep.path())).collect();
    let ending = |names: &[String], length: usize| names[names.len().saturating_sub(length)..].to_vec();
    let is_alone = |names: &[String], length| {
        real.iter().filter(|other| ending(other, length) == ending(names, length)).count() == 1
    };
    let shortest = |names: &Vec<String>| {
        let length = (1..=names.len()).find(|length| is_alone(names, *length));
        ending(names, length.unwrap_or(names.len())).iter().collect()
    };
    real.iter().map(shortest).collect()
}

fn file_names(path: &Path) -> Vec<String> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.iter().filter(|name| *name != "/").map(|name| file_name(&name.to_string_lossy())).collect()
}

/// The folder of a sweep's charts.
pub fn sweep_folder(plots: &Path, sweep: &str) -> PathBuf {
    plots.join(file_name(sweep))
}

/// The smallest folder that all runs have in common.
fn common_folder(runs: &[RunPath], plots: &Path) -> PathBuf {
    let first = &runs[0];
    let share_sweep = runs.iter().all(|run| run.sweep == first.sweep);
    if runs.len() == 1 {
        charts_folder(plots, first)
    } else if share_sweep && runs.iter().all(|run| run.experiment == first.experiment) {
        charts_folder(plots, first).parent().unwrap_or(plots).to_owned()
    } else {
        let sweep = first.sweep.as_ref().filter(|_| share_sweep);
        sweep.map_or(plots.to_owned(), |sweep| sweep_folder(plots, sweep))
    }
}

/// Writes charts into a folder, which is made if missing.
pub fn write(charts: &[Chart], folder: &Path, format: Format) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for chart in charts {
        chart.write(folder, format)?;
    }
    Ok(())
}
