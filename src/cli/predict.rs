//! `labctl predict`: what theory says of an experiment before it is run, and
//! how far runs lie from it.

use std::path::{Path, PathBuf};

use labctl::engine::StopSwitch;
use labctl::lab::measured::measured;
use labctl::plan::Run;
use labctl::residual::{Measured, Quantity, Residual, Residuals, SIMULATED_RUNS, by_experiment, residuals};
use labctl::spec::Spec;
use labctl::store::find_all_runs;
use labctl::theory::{Prediction, Regime};

use super::signals::listen;
use super::spec_flags::SpecFlags;
use super::{Exit, Terminal, view};

const EXAMPLES: &str = "\
Examples:
  labctl predict experiments/exp4.toml
  labctl predict experiments/exp1.toml --clock-rates 1,3,6 --internal-prob 0.3
  labctl predict results/exp4/latest
  labctl predict results/

load: arrivals ÷ clock rate; above 1 a machine is overloaded: it only receives, and its queue grows
for as long as the run lasts. overloaded below: the clock rate at which its load would be 1.
queue met: mean length as a tick meets it, before the pop. Figures are means over many runs. Final
clock: a lower bound, near for few machines; many that count a send to all once for each recipient
overtake each other in turn and exceed it.

A stored run is held against theory: residual is (measured − theory) ÷ the standard deviation of 200
simulated runs of the same spec with other seeds. Beyond ±3 it is hardly chance. Several runs that
differ in the seed alone also get the residual of their mean, in standard errors. Theory is exact
for the mean flow of messages only: where the simulated mean lies off theory, so will a true mean.";

/// The arguments of `labctl predict`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Specs to predict, and stored runs or trees of them to hold against theory
    #[arg(required = true, value_name = "SPEC|RUN")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    spec_flags: SpecFlags,
}

/// Predicts every spec, then every run.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (folders, specs): (Vec<&PathBuf>, Vec<&PathBuf>) = args.paths.iter().partition(|path| path.is_dir());
    if !folders.is_empty() && !args.spec_flags.overrides().is_empty() {
        terminal.error("a stored run keeps the spec it ran by; leave out what would change it");
        return Ok(Exit::Usage);
    }
    for path in specs {
        predict_spec(path, args, terminal)?;
    }
    if folders.is_empty() {
        return Ok(Exit::Done);
    }
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal)?;
    let mut runs: Vec<Measured> = Vec::new();
    for stored in find_all_runs(&folders.into_iter().cloned().collect::<Vec<_>>())? {
        runs.push(measured(&stored)?);
    }
    for group in by_experiment(runs) {
        if let Some(found) = residuals(&group, SIMULATED_RUNS, &stop) {
            warn_of_delay(&Run::single(found.spec.clone(), String::new()), terminal);
            terminal.data(&told(&found))?;
        }
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
    }
    Ok(Exit::Done)
}

fn predict_spec(path: &Path, args: &Args, terminal: &Terminal) -> anyhow::Result<()> {
    let run = Run::single(args.spec_flags.load(path, terminal)?, String::new());
    let spec = &run.spec;
    warn_of_delay(&run, terminal);
    let predictions = run.predictions();
    terminal.data(&format!("{}, {} of lab time\n{}", spec.name, spec.duration, table(spec, &predictions)))
}

fn warn_of_delay(run: &Run, terminal: &Terminal) {
    if run.delays_senders() {
        let name = &run.spec.name;
        terminal.warn(format!("{name}: a delay in the sender costs it ticks, which this theory leaves out"));
    }
}

fn table(spec: &Spec, predictions: &[Prediction]) -> String {
    let seconds = spec.duration.as_secs_f64();
    let header = [
        "machine",
        "rate\n1/s",
        "arrivals\n1/s",
        "load",
        "regime",
        "overloaded\nbelow, 1/s",
        "queue growth\n1/s",
        "end\nqueue",
        "queue\nmet",
        "final\nclock",
    ];
    let body = predictions.iter().enumerate().map(|(at, prediction)| {
        let stable = prediction.mean_queue.map_or_else(|| "-".to_owned(), |mean| format!("{mean:.2}"));
        let end_queue = match prediction.regime {
            Regime::Overloaded => format!("{:.0}", prediction.queue_growth * seconds),
            Regime::Critical | Regime::Stable => "-".to_owned(),
        };
        vec![
            (at + 1).to_string(),
            prediction.clock_rate.to_string(),
            format!("{:.3}", prediction.arrival_rate),
            format!("{:.3}", prediction.load),
            prediction.regime.to_string(),
            format!("{:.3}", prediction.overloaded_below),
            format!("{:.3}", prediction.queue_growth),
            end_queue,
            stable,
            format!("{:.0}", prediction.clock_slope * seconds),
        ]
    });
    view::table(&header, body)
}

/// An experiment's runs, each against theory, and their mean.
fn told(found: &Residuals) -> String {
    let spec = &found.spec;
    let mut text = String::new();
    for (run, rows) in &found.runs {
        let title = format!("{} / {run}, {} of lab time", spec.name, spec.duration);
        text.push_str(&format!("{title}\n{}", residual_table(found, rows, "sd")));
    }
    if let Some(mean) = &found.mean {
        let title = format!("{}, mean of {} runs with {} seeds", spec.name, found.runs.len(), found.seeds);
        text.push_str(&format!("{title}\n{}", residual_table(found, mean, "standard\nerror")));
    }
    if found.runs.len() > found.seeds {
        text.push_str(
            "runs with the same seed are one sample of chance, and count once in a mean's standard error\n",
        );
    }
    text + &format!("simulated and sd: {SIMULATED_RUNS} simulated runs of the same spec with other seeds\n\n")
}

fn residual_table(found: &Residuals, rows: &[Residual], chance: &str) -> String {
    let header =
        ["machine", "load", "regime", "quantity", "theory", "simulated", "measured", chance, "residual"];
    let body = rows.iter().map(|row| {
        let prediction = &found.predictions[row.machine.index()];
        let digits = if row.quantity == Quantity::Utilisation { 3 } else { 1 };
        let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        vec![
            row.machine.to_string(),
            format!("{:.3}", prediction.load),
            prediction.regime.to_string(),
            row.quantity.name().to_owned(),
            shown(row.theory),
            shown(row.simulated),
            shown(row.measured),
            row.chance.map_or("-".to_owned(), |chance| format!("{chance:.*}", digits + 1)),
            row.value().map_or("-".to_owned(), |value| format!("{value:.2}")),
        ]
    });
    view::table(&header, body)
}
