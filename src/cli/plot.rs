//! `labctl plot`: the charts of runs.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use labctl::charts::{self, Chart, Format, Look, Published, RunTheory, published_values};
use labctl::metrics::MachineMetrics;
use labctl::plan::Run;
use labctl::reading::{Purpose, ReadLog, measure_run, run_metrics};
use labctl::spec;
use labctl::store::{RunPath, SPEC_FILE};

use super::dialect_flags::DialectFlags;
use super::look_flags::LookFlags;
use super::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl plot results/                 every run, and all of them against each other
  labctl plot results/exp4/latest      one run
  labctl plot somebody/logs/ --plots their-plots --format svg
  labctl plot somebody/logs/ --dialect auto

The charts of a run go to plots/<experiment>/<run>/: queues, clocks, drift, jumps. Short dashes are
theory, where the run's spec is there. Those against speed ratio (max queue, end queue, clock
difference) take in all that is asked for. Charts of other runs stay as they are.";

/// The arguments of `labctl plot`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A run, or a tree of runs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The folder of all charts
    #[arg(long, value_name = "DIR", default_value = "plots")]
    plots: PathBuf,

    /// PNG or SVG
    #[arg(long, value_name = "FORMAT", default_value = "png")]
    format: FormatFlag,

    #[command(flatten)]
    look: LookFlags,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatFlag {
    Png,
    Svg,
}

/// Draws what is at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let format = match args.format {
        FormatFlag::Png => Format::Png,
        FormatFlag::Svg => Format::Svg,
    };
    let look = match args.look.look() {
        Ok(look) => look,
        Err(error) => {
            terminal.error(error);
            return Ok(Exit::Usage);
        }
    };
    let runs = args.dialect.find_runs(&args.paths, terminal)?;
    let mut logs = Vec::new();
    let mut rows = Vec::new();
    let mut published = Published::new();
    let mut without_logs = 0;
    for run in &runs {
        let planned = planned(run);
        published.extend(planned.iter().flat_map(|planned| published_values(&run.experiment, &planned.spec)));
        if run.logs.is_empty() {
            without_logs += 1;
            rows.extend(run_metrics(run)?);
        } else {
            let (measured, read) = draw_run(run, planned.as_ref(), &args.plots, (format, look), terminal)?;
            rows.extend(measured);
            logs.push((run, read));
        }
    }
    let folder = common_folder(&runs, &args.plots);
    write(&charts::experiment_charts(&rows, &published, look)?, &folder, format)?;
    terminal.say(format!("{}: {} runs against speed ratio", folder.display(), runs.len()));
    if without_logs > 0 {
        terminal.say(format!(
            "{without_logs} runs have no logs here, only metrics: no charts over time for them"
        ));
    }
    let is_good = args.dialect.judge_runs(logs.iter().map(|(run, logs)| (*run, &logs[..])), terminal);
    Ok(if is_good { Exit::Done } else { Exit::Failed })
}

fn draw_run(
    run: &RunPath,
    planned: Option<&Run>,
    plots: &Path,
    (format, look): (Format, Look),
    terminal: &Terminal,
) -> anyhow::Result<(Vec<MachineMetrics>, Vec<ReadLog>)> {
    let reading = measure_run(run, Purpose { series: true, history: false })?;
    let folder = run_folder(run, plots);
    let theory = planned.map(RunTheory::of).unwrap_or_default();
    let drawn = charts::run_charts(&reading.series, &theory, look)?;
    write(&drawn, &folder, format)?;
    let without = theory.left_out().map_or(String::new(), |why| format!(", {why}"));
    terminal.say(format!("{}: {} charts{without}", folder.display(), drawn.len()));
    Ok((reading.rows, reading.logs))
}

/// How the run was set up. Logs of others have no spec, and one that cannot be
/// read costs no more than the lines of theory.
fn planned(run: &RunPath) -> Option<Run> {
    let spec = spec::load(&run.folder.join(SPEC_FILE), &[]).ok()?;
    Some(Run::single(spec, run.run.clone()))
}

fn run_folder(run: &RunPath, plots: &Path) -> PathBuf {
    // Every sweep has runs of the same names.
    let plots = run.sweep.as_ref().map_or(plots.to_owned(), |sweep| plots.join(sweep));
    if run.experiment == run.run { plots.join(&run.run) } else { plots.join(&run.experiment).join(&run.run) }
}

/// The smallest folder that all runs have in common.
fn common_folder(runs: &[RunPath], plots: &Path) -> PathBuf {
    let first = &runs[0];
    if runs.len() == 1 {
        run_folder(first, plots)
    } else if runs.iter().all(|run| (&run.sweep, &run.experiment) == (&first.sweep, &first.experiment)) {
        run_folder(first, plots).parent().unwrap_or(plots).to_owned()
    } else {
        plots.to_owned()
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
