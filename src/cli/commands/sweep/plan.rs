//! `labctl sweep plan`: a sweep written down, to be run in shards and anywhere.

use labctl::store::version::VERSION;
use labctl::sweep::SweepFolder;

use crate::cli::flags::plan::PlanFlags;
use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl sweep plan experiments/exp4.toml --replicates 30 --name probs
  labctl sweep exec results/probs/plan.json --shard 1/4    (and 2/4, 3/4, 4/4)
  labctl sweep collect results/probs

A plan lists every run with its seed, in order, and is known by its hash. Its
shards may be run in any order, several at a time, and more than once.";

/// The arguments of `labctl sweep plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    plan: PlanFlags,
}

/// Writes the plan and says what is in it.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let plan = args.plan.plan(None, terminal)?;
    let folder = SweepFolder::at(args.plan.folder(&plan.hash(VERSION)));
    drop(folder.create(&plan)?);
    terminal.data(&view::plan(&plan))?;
    terminal.say(format!("plan: {}", folder.plan_file().display()));
    Ok(Exit::Done)
}
