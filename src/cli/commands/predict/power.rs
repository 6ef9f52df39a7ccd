//! `labctl predict power`: how many runs a wanted precision needs.

use std::path::PathBuf;

use labctl::engine::StopSwitch;
use labctl::plan::precision::Precision;
use labctl::sample::Pilot;
use labctl::spec::{self, SpecPlace};
use labctl::statistics::{RunsNeeded, Summary};
use labctl::text::sanitize::on_one_line;

use crate::cli::flags::spec::SpecFlags;
use crate::cli::rounding::{self, Rounding};
use crate::cli::ui::signals::listen;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl predict power experiments/exp4.toml 'end_queue ci95 < 10%'
  labctl predict power experiments/exp4.toml 'm2.end_queue ci95 < 2'
  labctl predict power results/exp4 'end_queue ci95 < 10%'
  labctl predict power results/my-sweep/c2 'm1.final_clock ci95 < 1%'

A rule says how narrow the 95 % interval of a mean is to be: half its width, as
a share of the mean or in the quantity's own unit. end_queue is that of whole
runs (the largest over their machines), m2.end_queue that of machine 2. A pilot
tells the spread: the runs that are there, or 200 simulated ones of a spec, with
seeds from the spec's own on.

Of experiments of the stated size at least nine in ten reach the precision; of
those with the smaller number, about half. The fewer runs the pilot has, the
further the two lie apart. Where all its values are equal there is no number:
that tells no spread, and the exit code is 3.";

/// The arguments of `labctl predict power`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A spec to simulate, a tree of runs, or a cell of a sweep
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// The wanted precision: 'end_queue ci95 < 10%' or 'm2.end_queue ci95 < 2'
    #[arg(value_name = "RULE")]
    rule: Precision,

    #[command(flatten)]
    spec_flags: SpecFlags,
}

/// Says how many runs are needed.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let is_toml = args.path.extension().is_some_and(|extension| extension == "toml");
    let is_spec =
        is_toml || !args.path.exists() && spec::find(&args.path) != SpecPlace::File(args.path.clone());
    if !is_spec && !args.spec_flags.is_empty() {
        terminal.error(format!(
            "{} is no spec (.toml), so there is nothing to change in it",
            on_one_line(&args.path.display().to_string())
        ));
        return Ok(Exit::Usage);
    }
    let pilot = if is_spec {
        let stop = StopSwitch::default();
        let signals = listen(&stop, terminal);
        let pilot = Pilot::simulated(&args.spec_flags.load(&args.path, terminal)?, &stop)?;
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
        pilot
    } else {
        Pilot::read(&args.path)?
    };
    pilot.sample.caveats().iter().for_each(|caveat| terminal.warn(caveat));
    conclude(&args.rule, &pilot, terminal)
}

fn conclude(rule: &Precision, pilot: &Pilot, terminal: &Terminal) -> anyhow::Result<Exit> {
    let quantity = rule.quantity;
    let values: Vec<f64> = pilot.sample.values(&quantity).flatten().collect();
    let Some(summary) = Summary::of(&values) else {
        terminal.error(format!(
            "{quantity} is not known of the pilot, {}; name a machine and a metric that it has",
            pilot.words
        ));
        return Ok(Exit::Usage);
    };
    let mut text = format!("{rule}\npilot: {}\n{}\n", pilot.words, figures(&summary));
    let needed = rule.half_width.runs_needed(&values);
    if let Ok(RunsNeeded { assured, likely }) = needed {
        text += &format!(
            "runs needed: {assured}, to reach it with 90 % assurance; {likely} reach it in about half of all cases\n"
        );
        if rule.half_width.is_met(&values).is_ok() {
            text += "the pilot is precise enough\n";
        }
    }
    terminal.data(&text)?;
    let Err(why) = needed else { return Ok(Exit::Done) };
    terminal.error(format!("{why} (the pilot is {})", pilot.words));
    Ok(Exit::Inconclusive)
}

/// What the pilot came to, in a line.
fn figures(summary: &Summary) -> String {
    let (Some(interval), Some(sd)) = (summary.mean_interval, summary.sd) else {
        return format!("n {}, mean {}", summary.n, rounding::mean(summary));
    };
    let rounding = Rounding::to(Some(interval.low), Some(interval.high));
    let figure = |value: f64| rounding.number(value);
    format!(
        "n {}, mean {}, sd {}; half width of the 95 % interval (t): {}{}",
        summary.n,
        figure(summary.mean),
        figure(sd),
        figure(interval.half_width()),
        share_of(interval.half_width(), summary.mean)
    )
}

fn share_of(half_width: f64, mean: f64) -> String {
    let percent = half_width / mean.abs() * 100.0;
    if percent.is_finite() {
        format!(", {} % of the mean", Rounding::Decimals(1).number(percent))
    } else {
        String::new()
    }
}
