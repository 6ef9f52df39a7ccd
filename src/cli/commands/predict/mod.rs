//! `labctl predict`: what is expected of an experiment before it is run, why,
//! and how far runs lie from it.

pub mod power;

use std::path::{Path, PathBuf};

use labctl::engine::StopSwitch;
use labctl::lab::measured::measured;
use labctl::metrics::Metric;
use labctl::metrics::catalogue;
use labctl::model::theory::Prediction;
use labctl::plan::Run;
use labctl::plan::budget::EVENTS_MAX;
use labctl::predict::expected::{Expected, NoExpectation, RUNS};
use labctl::predict::residual::{Measured, Residual, Residuals, by_experiment, residuals};
use labctl::read::find::find_all_runs;
use labctl::statistics::moments::Moments;

use crate::cli::flags::spec::SpecFlags;
use crate::cli::ui::signals::listen;
use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl predict experiments/exp4.toml
  labctl predict experiments/exp1.toml --clock-rates 1,3,6 --internal-prob 0.3
  labctl predict results/exp4/latest
  labctl predict results/
  labctl predict power experiments/exp4.toml 'end_queue ci95 < 10%'

The law explains, from the clock rates alone. load: arrivals ÷ clock rate; above
1 a machine is overloaded: it only receives, its queue grows for as long as the
run lasts, and its clock rises at about the leader's pace ÷ load. overloaded
below: the clock rate at which its load would be 1. near-critical: so close to
load 1 that in a run of this length chance moves the queue as far as growth does
(two standard deviations, which go with √time).

What to expect is simulated: 700 runs of the same spec with seeds of their own,
fewer where runs are long. ± is the standard deviation of a single run; the mean
itself is known to that ÷ √runs. queue met: mean length as a tick meets it,
before the pop.

A stored run is checked against that. residual: the normal score of its rank
among the simulated runs, which reads as standard deviations whatever the law of
the quantity; of a value beyond them all, at least its distance from their mean
in standard deviations. Beyond ±3 it is hardly chance: 0.3 % of sound figures.
Several runs that differ in the seed alone also get the residual of their mean:
the scores of the runs, added up and divided by the standard deviation of the
sum. A spec that asks for more than 50 million simulated events is not
simulated, and only the law is shown.";

/// The arguments of `labctl predict`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,

    /// Specs to predict, and stored runs or trees of them to check against theory
    #[arg(required = true, value_name = "SPEC|RUN")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    spec_flags: SpecFlags,
}

/// What is asked beside what to expect.
#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Say how many runs a wanted precision needs
    Power(power::Args),
}

/// Predicts every spec, then every run.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if let Some(Part::Power(args)) = &args.part {
        return power::run(args, terminal);
    }
    let (folders, specs): (Vec<&PathBuf>, Vec<&PathBuf>) = args.paths.iter().partition(|path| path.is_dir());
    if !folders.is_empty() && !args.spec_flags.overrides().is_empty() {
        terminal.error("a stored run keeps the spec it ran by; leave out what would change it");
        return Ok(Exit::Usage);
    }
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    for path in specs {
        predict_spec(path, args, &stop, terminal)?;
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
    }
    if folders.is_empty() {
        return Ok(Exit::Done);
    }
    let mut runs: Vec<Measured> = Vec::new();
    for stored in find_all_runs(&folders.into_iter().cloned().collect::<Vec<_>>())? {
        stored.not_read().iter().for_each(|advice| terminal.warn(advice));
        runs.push(measured(&stored)?);
    }
    let mut is_known = true;
    for group in by_experiment(runs) {
        is_known &= hold(&group, &stop, terminal)?;
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
    }
    Ok(if is_known { Exit::Done } else { Exit::Failed })
}

fn predict_spec(path: &Path, args: &Args, stop: &StopSwitch, terminal: &Terminal) -> anyhow::Result<()> {
    let run = Run::single(args.spec_flags.load(path, terminal)?, String::new());
    warn_of_delay(&run, terminal);
    let text = format!("{}, {} of lab time\n{}", run.spec.name, run.spec.duration, law(&run.predictions()));
    terminal.data(&text)?;
    match Expected::of(&run, RUNS, EVENTS_MAX, stop) {
        Ok(expected) => terminal.data(&expectation(&run, &expected)),
        Err(NoExpectation::Stopped) => Ok(()),
        Err(none) => {
            terminal.warn(format!("{}: the law alone, as {none}", run.spec.name));
            Ok(())
        }
    }
}

/// Checks the runs of one experiment against what is expected; false where
/// nothing can be.
fn hold(group: &[Measured], stop: &StopSwitch, terminal: &Terminal) -> anyhow::Result<bool> {
    let Some(first) = group.first() else { return Ok(true) };
    let run = Run::single(first.spec.clone(), String::new());
    warn_of_delay(&run, terminal);
    match Expected::of(&run, RUNS, EVENTS_MAX, stop) {
        Ok(expected) => {
            if let Some(found) = residuals(group, &expected) {
                terminal.data(&text(&found, &expected))?;
            }
            Ok(true)
        }
        Err(NoExpectation::Stopped) => Ok(true),
        Err(none) => {
            let title = format!("{} / {}, {} of lab time", run.spec.name, first.run, run.spec.duration);
            terminal.data(&format!("{title}\n{}", law(&run.predictions())))?;
            terminal.error(format!("{} is checked against nothing: {none}", run.spec.name));
            Ok(false)
        }
    }
}

fn warn_of_delay(run: &Run, terminal: &Terminal) {
    if run.delays_senders() {
        let name = &run.spec.name;
        terminal.warn(format!(
            "{name}: a delay in the sender costs it ticks, which the law leaves out; simulations have it"
        ));
    }
}

fn law(predictions: &[Prediction]) -> String {
    let header = [
        "machine",
        "rate\n1/s",
        "arrivals\n1/s",
        "load",
        "regime",
        "overloaded\nbelow, 1/s",
        "queue growth\n1/s",
    ];
    let body = predictions.iter().enumerate().map(|(at, prediction)| {
        vec![
            (at + 1).to_string(),
            prediction.clock_rate.to_string(),
            format!("{:.3}", prediction.arrival_rate),
            format!("{:.3}", prediction.load),
            prediction.regime.to_string(),
            format!("{:.3}", prediction.overloaded_below),
            format!("{:.3}", prediction.queue_growth),
        ]
    });
    format!("the law, by the clock rates alone:\n{}", view::table(&header, body))
}

fn expectation(run: &Run, expected: &Expected) -> String {
    let of = |machine, metric: Metric| shown(expected.moments(machine, metric), metric.decimals);
    let header = [
        "machine",
        "max queue",
        "end queue",
        "queue met",
        "mean wait, s",
        "utilisation",
        "final clock",
        "clock difference",
    ];
    let body = run.machines().map(|machine| {
        vec![
            machine.to_string(),
            of(machine, catalogue::MAX_QUEUE),
            of(machine, catalogue::END_QUEUE),
            shown(expected.queue_met(machine), 2),
            of(machine, catalogue::WAIT_MEAN),
            of(machine, catalogue::UTILISATION),
            of(machine, catalogue::FINAL_CLOCK),
            of(machine, catalogue::CLOCK_DIFF),
        ]
    });
    let table = view::table(&header, body);
    let runs = view::counted(u64::from(expected.runs()), "simulated run");
    format!(
        "to expect, mean ± standard deviation of {runs}:\n{table}the mean itself is known to its standard error, \
         the standard deviation ÷ {:.1}\n\n",
        f64::from(expected.runs()).sqrt()
    )
}

fn shown(moments: Option<Moments>, decimals: usize) -> String {
    view::known(moments, |of| format!("{:.decimals$} ± {:.decimals$}", of.mean, of.sd))
}

/// An experiment's runs, each against what is expected, and their mean.
fn text(found: &Residuals, expected: &Expected) -> String {
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
    let runs = view::counted(u64::from(expected.runs()), "simulated run");
    text + &format!("expected and sd: {runs} of the same spec with other seeds\n\n")
}

fn residual_table(found: &Residuals, rows: &[Residual], chance: &str) -> String {
    let header = ["machine", "load", "regime", "quantity", "expected", "measured", chance, "residual"];
    let body = rows.iter().map(|row| {
        let prediction = &found.predictions[row.machine.index()];
        let digits = row.metric.decimals;
        let shown =
            |value: Option<f64>, digits: usize| view::known(value, |value| format!("{value:.digits$}"));
        vec![
            row.machine.to_string(),
            format!("{:.3}", prediction.load),
            prediction.regime.to_string(),
            row.metric.name.to_owned(),
            shown(row.expected, digits),
            shown(row.measured, digits),
            shown(row.chance, digits + 1),
            shown(row.value, 2),
        ]
    });
    view::table(&header, body)
}
