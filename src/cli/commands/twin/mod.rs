//! `labctl twin`: the same seed on sockets and in the simulator.

pub mod verify;

use std::path::PathBuf;

use labctl::engine::StopSwitch;
use labctl::lab::Hosting;
use labctl::lab::twin::compare;
use labctl::log::EndReason;
use labctl::model::engine::Engine;
use labctl::plan::Run;
use labctl::spec::Spec;

use crate::cli::flags::spec::RealTimeSpecFlags;
use crate::cli::ui::audits::tell_audit;
use crate::cli::ui::run_with_progress::{Show, run_with_progress};
use crate::cli::ui::signals::listen;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl twin experiments/exp4.toml --speedup 10
  labctl twin experiments/*.toml --speedup 20
  labctl twin verify results/exp4/latest

The run on sockets is kept in results/ as any other. Both make the same events,
machine by machine, as long as nothing comes late by more than the timing
margin: the smallest time by which an event of this run might have been another.
Where they diverge, the first event that differs is shown on both sides, with
the lateness that explains it, and the exit code is 1, as it is where the audit
of the run on sockets is unsound. To bear more lateness, lower --speedup, or try
another --seed or --set start_stagger=20ms.";

/// The arguments of `labctl twin`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,

    /// Specs to run on both engines, one after the other
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,

    /// The folder of all results
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,

    #[command(flatten)]
    spec_flags: RealTimeSpecFlags,
}

/// A run against its own simulation.
#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Simulate a stored run again and compare every byte of its logs
    Verify(verify::Args),
}

/// Compares every spec's two runs.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if let Some(Part::Verify(args)) = &args.part {
        return verify::run(args, terminal);
    }
    let specs = args
        .specs
        .iter()
        .map(|path| args.spec_flags.load(path, terminal))
        .collect::<Result<Vec<Spec>, _>>()?;
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    let mut exit = Exit::Done;
    for spec in specs {
        let agree = compare_one(spec, args, &stop, terminal)?;
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
        if !agree {
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}

fn compare_one(spec: Spec, args: &Args, stop: &StopSwitch, terminal: &Terminal) -> anyhow::Result<bool> {
    let (run, hosting) = (Run::single(spec, String::new()), Hosting::from(Engine::Sockets));
    let Some(mut done) =
        run_with_progress(&run, None, &args.results, hosting.clone(), Show::Progress, stop, terminal)?
    else {
        return Ok(false);
    };
    if done.reason != EndReason::Completed {
        terminal
            .error(format!("{}: the run on sockets was {}; nothing to compare", run.spec.name, done.reason));
        return Ok(false);
    }
    let is_sound = tell_audit(&mut done, &run, &hosting, terminal);
    let comparison = compare(&run, &done.folder)?;
    let agree = comparison.agree();
    let verdict = if agree { "the same on both engines" } else { "the engines diverge" };
    let reported = comparison.to_string().replace('\n', "\n  ");
    terminal.data(&format!("{}: {verdict}\n  {reported}\n", run.spec.name))?;
    Ok(agree && is_sound)
}
