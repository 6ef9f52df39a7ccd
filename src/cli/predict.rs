//! `labctl predict`: what theory says of an experiment before it is run.

use std::path::PathBuf;

use labctl::plan::Run;
use labctl::spec::Spec;
use labctl::theory::{Prediction, Regime};

use super::spec_flags::SpecFlags;
use super::{Exit, Terminal, view};

const EXAMPLES: &str = "\
Examples:
  labctl predict experiments/exp4.toml
  labctl predict experiments/exp1.toml --clock-rates 1,3,6 --internal-prob 0.3

load: arrivals ÷ clock rate; above 1 a machine is overloaded: it only receives, and its queue grows
for as long as the run lasts. overloaded below: the clock rate at which its load would be 1.
queue met: mean length as a tick meets it, before the pop. Figures are means over many runs.";

/// The arguments of `labctl predict`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Specs to predict
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,

    #[command(flatten)]
    spec_flags: SpecFlags,
}

/// Predicts every spec.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    for path in &args.specs {
        let run = Run::single(args.spec_flags.load(path)?, String::new());
        let spec = &run.spec;
        if run.delays_senders() {
            let name = &spec.name;
            terminal
                .warn(format!("{name}: a delay in the sender costs it ticks, which this theory leaves out"));
        }
        terminal.data(&format!(
            "{}, {} of lab time\n{}",
            spec.name,
            spec.duration,
            table(spec, &run.predictions())
        ))?;
    }
    Ok(Exit::Done)
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
