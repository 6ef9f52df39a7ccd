//! `labctl plot`: the charts of runs and of sweeps.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use labctl::charts::{CHARTS, ChartType, Format, LookError};
use labctl::plot::{self, Order, PlotError, PlottedRun, PlottedSweep, RUNS_DRAWN, RunPlotter};
use labctl::read::find::find_all_sweeps;
use labctl::read::run_path::RunPath;

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
";

const NOTES: &str = "
The charts of a run go to plots/<experiment>/<run>/. Short dashes are theory,
where the run's spec is there. Those against speed ratio take in all that is
asked for. Charts of other runs stay as they are. Of more than 20 runs the
newest 20 have charts over time; the path of a run draws that one. Those of a
sweep as a whole go to plots/<sweep>/ and show the runs that are there, without
making any.";

fn after_help() -> String {
    let charts = CHARTS.map(|chart| format!("  {:13}{}\n", chart.name, chart.shows)).concat();
    format!("{EXAMPLES}\nCharts:\n{charts}{NOTES}")
}

fn chart() -> impl TypedValueParser<Value = &'static ChartType> {
    let names = PossibleValuesParser::new(CHARTS.map(|chart| chart.name));
    names.try_map(|name| ChartType::named(&name).ok_or("there is no such chart"))
}

/// The arguments of `labctl plot`.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
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
    #[arg(long = "chart", value_name = "NAME,…", value_delimiter = ',', value_parser = chart())]
    charts: Vec<&'static ChartType>,

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

impl Args {
    fn order(&self) -> Result<Order, LookError> {
        let [from_s, to_s] = self.space_time.ends_s();
        Ok(Order {
            charts: self.charts.clone(),
            from_s,
            to_s,
            clocks: self.space_time.clocks,
            look: self.look.look()?,
            format: match self.format {
                FormatFlag::Png => Format::Png,
                FormatFlag::Svg => Format::Svg,
            },
            plots: self.plots.clone(),
        })
    }

    /// The runs whose charts are wanted. Paths may hold none where they hold
    /// sweeps that are drawn.
    fn runs(&self, order: &Order, sweeps: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Vec<RunPath>> {
        if order.wants_sweeps_alone() {
            anyhow::ensure!(!sweeps.is_empty(), "there is no sweep at {}", self.paths[0].display());
            return Ok(Vec::new());
        }
        self.dialect.find_runs_beside(&self.paths, sweeps, terminal)
    }
}

/// Draws what is at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let order = args.order().map_err(|error| error.to_string());
    let refusal = |order: &Order| args.space_time.refusal(order.wants_events());
    let order = match order.and_then(|order| refusal(&order).map_or(Ok(order), Err)) {
        Ok(order) => order,
        Err(refusal) => {
            terminal.error(refusal);
            return Ok(Exit::Usage);
        }
    };
    let sweeps = if order.wants_sweeps() { find_all_sweeps(&args.paths)? } else { Vec::new() };
    let runs = args.runs(&order, &sweeps, terminal)?;
    let mut is_good = plot_sweeps(&order, &sweeps, terminal);
    let (plotter, mut plotted) = (RunPlotter::new(&order, &runs), Vec::new());
    let mut logs = Vec::new();
    many::each(
        &runs,
        terminal,
        |run| plotter.plot(run),
        |run, outcome, progress| {
            match outcome {
                Ok(mut one) => {
                    progress.suspended(|| tell_run(&one, terminal));
                    logs.extend(run.dialect.is_some().then_some((run, std::mem::take(&mut one.logs))));
                    plotted.push(one);
                }
                Err(PlotError::Read(error)) => {
                    is_good = false;
                    progress.suspended(|| terminal.error(error));
                }
                Err(error) => return Err(error.into()),
            }
            Ok(())
        },
    )?;
    if plotter.left_out() > 0 && order.wants_runs() {
        terminal.say(format!(
            "charts over time are those of the newest {RUNS_DRAWN} runs; left out: {}. `labctl plot` with the path of a \
             run draws that one",
            view::counted(plotter.left_out(), "run")
        ));
    }
    if let Some(beside) = plotter.plot_side_by_side(&plotted)? {
        let count = view::counted((plotted.len() - beside.repeated) as u64, "run");
        terminal.say(format!("{}: {count} against speed ratio", beside.plotted.folder.display()));
        if beside.repeated > 0 {
            terminal.warn(format!(
                "runs that have the seed of another or are its copy are no replicates, and are left out there: {}",
                beside.repeated
            ));
        }
    }
    if plotter.without_logs() > 0 {
        let count = view::counted(plotter.without_logs(), "run");
        terminal.say(format!("no charts over time of {count}: no logs here, only metrics"));
    }
    let is_all_outside = tell_outside(&plotted, terminal);
    is_good &= args.dialect.judge_runs(logs.iter().map(|(run, logs)| (*run, &logs[..])), terminal);
    Ok(match (is_all_outside, is_good) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    })
}

/// Whether all could be drawn.
fn plot_sweeps(order: &Order, sweeps: &[PathBuf], terminal: &Terminal) -> bool {
    let mut is_good = true;
    for (sweep, folder) in sweeps.iter().zip(plot::sweep_folders(&order.plots, sweeps)) {
        match plot::plot_sweep(order, sweep, &folder) {
            Ok(plotted) => tell_sweep(&plotted, terminal),
            Err(error) => {
                is_good = false;
                terminal.error(error);
            }
        }
    }
    is_good
}

fn tell_sweep(PlottedSweep { plotted, runs, planned }: &PlottedSweep, terminal: &Terminal) {
    let charts = view::counted(plotted.charts, "chart");
    let runs = match planned {
        Some(all) if runs < all => format!("{runs} of {}", view::counted(*all, "run")),
        _ => view::counted(*runs, "run"),
    };
    terminal.say(format!("{}: {charts} of a sweep, {runs}", plotted.folder.display()));
}

fn tell_run(run: &PlottedRun, terminal: &Terminal) {
    if let Some(plotted) = &run.plotted {
        let charts = view::counted(plotted.charts, "chart");
        let without = run.no_theory.as_ref().map_or(String::new(), |why| format!(", {why}"));
        terminal.say(format!("{}: {charts}{without}", plotted.folder.display()));
    }
}

/// Says of which runs there is no diagram, and whether that is so of all that were
/// to have one.
fn tell_outside(plotted: &[PlottedRun], terminal: &Terminal) -> bool {
    let outside: Vec<&String> = plotted.iter().filter_map(|run| run.outside.as_ref()).collect();
    let is_all = !outside.is_empty() && outside.len() == plotted.len().min(RUNS_DRAWN);
    for why in outside {
        if is_all { terminal.error(why) } else { terminal.warn(why) }
    }
    is_all
}
