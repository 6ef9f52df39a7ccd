//! `labctl sweep`: many runs, made comparable.

use std::path::PathBuf;

use labctl::engine::StopSwitch;
use labctl::lab::VERSION;
use labctl::plan::{EngineKind, Plan};
use labctl::sweep::folder::Lock;
use labctl::sweep::{Execution, Gathered, Journal, Journals, SweepError, SweepFolder};

use super::conduct::random_token;
use super::gathered;
use super::plan_flags::PlanFlags;
use super::signals::listen;
use super::sweep_progress::SweepProgress;
use super::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl sweep --internal-prob 0.2                     every spec in experiments/, on sockets
  labctl sweep experiments/exp4.toml --engine sim --replicates 30
  labctl sweep experiments/exp4.toml --internal-prob 0.1..0.9:0.1 --replicates 30 --engine sim
  labctl sweep experiments/exp4.toml --clock-rates '1,3,6;2,4,6' --set network.where=link,sender
  labctl sweep experiments/exp4.toml --internal-prob 0.1..0.9:0.1 --resume

Several values make an axis, and any key can be one: 0.2,0.7 or link;sender lists them, 0.1..0.9:0.1
steps from one to the other. A spec can hold `replicates` and a [sweep] with grid, zip and where.
Replicate k of every cell has the same seed, so cells can be compared pair by pair.

A sweep leaves results/<sweep>/ with its plan, runs.csv (a row a machine and run), summary.csv (a row
a metric: mean, median, their 95 % intervals) and, on sockets, every run's own folder.";

/// The arguments of `labctl sweep`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    plan: PlanFlags,

    /// Go on with the same sweep, stopped before its end
    #[arg(long)]
    resume: bool,

    /// Begin no further run once one has failed
    #[arg(long)]
    fail_fast: bool,

    /// The folder of all charts
    #[arg(long, value_name = "DIR", default_value = "plots")]
    plots: PathBuf,
}

/// Makes every run of the plan that is not made yet, and gathers them.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let plan = args.plan.plan()?;
    let folder = SweepFolder::at(args.plan.folder(&plan.hash(VERSION)));
    let _lock = open(&folder, &plan, args.resume)?;
    say_what_begins(&folder, &plan, terminal);
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal)?;
    let outcome = execute(args, &folder, &plan, &stop, terminal);
    let gathered = gathered::gather_and_show(&folder, &plan, &[], &args.plots, terminal);
    // What kept the sweep from going on explains what is missing.
    outcome?;
    let gathered = gathered?;
    if let Some(signal) = signals.received() {
        terminal.say("stopped; the same command with --resume goes on");
        return Ok(Exit::Interrupted(signal));
    }
    Ok(exit(&gathered))
}

/// A sweep that is not whole has finished in part.
pub fn exit(gathered: &Gathered) -> Exit {
    if gathered.is_complete() { Exit::Done } else { Exit::Partial }
}

fn open(folder: &SweepFolder, plan: &Plan, resume: bool) -> anyhow::Result<Lock> {
    if resume {
        folder.check(plan)?;
    } else {
        folder.create(plan)?;
    }
    Ok(folder.lock()?)
}

fn say_what_begins(folder: &SweepFolder, plan: &Plan, terminal: &Terminal) {
    let engine = match plan.engine {
        EngineKind::Sockets => "on sockets",
        EngineKind::Simulator => "simulated",
    };
    let cells = plan.cells().len();
    terminal.say(format!("{}: {cells} cells, {} runs, {engine}", folder.path().display(), plan.run_count()));
}

fn execute(
    args: &Args,
    folder: &SweepFolder,
    plan: &Plan,
    stop: &StopSwitch,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let hash = plan.hash(VERSION);
    let done = Journals::read(&[folder.journals()], &hash, plan.run_count()).map_err(SweepError::from)?;
    let todo: Vec<u64> = (0..plan.run_count()).filter(|run| !done.has(*run)).collect();
    if done.count() > 0 {
        terminal.say(format!("{} runs were done before", done.count()));
    }
    let journal = Journal::begin(&folder.journals(), &hash)?;
    let progress = SweepProgress::start(plan, done.count(), plan.run_count(), terminal);
    let outcome = Execution {
        plan,
        folder,
        journal: &journal,
        stop,
        token: &random_token()?,
        fail_fast: args.fail_fast,
        ended: &|entry| progress.ended(entry),
    }
    .execute(&todo);
    let tally = progress.finish();
    if tally.again > 0 {
        terminal.say(format!("{} runs were made again, as their clocks had not kept the pace", tally.again));
    }
    Ok(outcome?)
}
