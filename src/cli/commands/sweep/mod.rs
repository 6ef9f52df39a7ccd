//! `labctl sweep`: many runs, made comparable.

pub mod collect;
pub mod exec;
pub mod plan;

use std::path::{Path, PathBuf};

use anyhow::Context;
use labctl::engine::StopSwitch;
use labctl::model::engine::Engine;
use labctl::plan::Plan;
use labctl::plan::precision::Precision;
use labctl::store::version::VERSION;
use labctl::sweep::folder::{FolderError, Lock};
use labctl::sweep::slurm::{Cluster, Job, News};
use labctl::sweep::{SweepFolder, SweepSummary};

use crate::cli::flags::plan::PlanFlags;
use crate::cli::ui::run_missing::run_missing;
use crate::cli::ui::signals::listen;
use crate::cli::ui::sweep_progress::SweepProgress;
use crate::cli::ui::sweep_summary;
use crate::cli::ui::view::counted;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl sweep --internal-prob 0.2          every spec in experiments/
  labctl sweep experiments/exp4.toml --engine sim --replicates 30
  labctl sweep experiments/exp4.toml --engine sim --internal-prob 0.1..0.9:0.1
  labctl sweep experiments/exp4.toml --clock-rates '1,3,6;2,4,6'
  labctl sweep experiments/exp4.toml --set network.where=link,sender
  labctl sweep experiments/exp4.toml --internal-prob 0.1..0.9:0.1 --resume
  labctl sweep --engine sim --replicates 1000 --slurm --shards 40
  labctl sweep experiments/exp4.toml --engine sim --until 'end_queue ci95 < 5%'

Several values make an axis, and any key can be one: 0.2,0.7 or link;sender
lists them, 0.1..0.9:0.1 steps from one to the other. A spec can hold
`replicates` and a [sweep] with grid, zip and where. Replicate k of every cell
has the same seed, so cells can be compared pair by pair.

--until looks at every tenth replicate. It stops once half the interval's width
is as narrow as asked, was so with the first half of the runs alone, and there
were enough of these for their values: 50, and 25 times their skewness squared,
which for what is 0 in most runs means about 25 runs where it is not. It never
stops where all values are equal. Of a thousand sweeps at least 930 do not stop
on an interval that misses the mean: so it was with every metric of the
experiments that come with labctl. Cells that do not meet the rule by --max are
named, with exit code 3; take the intervals of these with care, as such values
are too rare or too lopsided for so few runs.

A sweep leaves results/<sweep>/ with its plan, runs.csv (a row a machine and
run), summary.csv (a row a metric: mean, median, their 95 % intervals) and, on
sockets, every run's own folder. Its charts go to plots/<sweep>/; labctl plot
draws them again, in another size, theme or format.";

/// The arguments of `labctl sweep`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,

    #[command(flatten)]
    plan: PlanFlags,

    /// Go on with the same sweep, stopped before its end
    #[arg(long, help_heading = None)]
    resume: bool,

    /// Run replicates of each cell until a mean is known so precisely: 'end_queue ci95 < 10%'
    #[arg(long, value_name = "RULE", conflicts_with = "replicates", help_heading = None)]
    until: Option<Precision>,

    /// The most replicates of a cell that --until may take
    #[arg(long, value_name = "N", help_heading = None, default_value = "500", requires = "until", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    max: u32,

    /// Begin no further run once one has failed
    #[arg(long, help_heading = None)]
    fail_fast: bool,

    #[command(flatten)]
    slurm: SlurmFlags,

    /// The folder of all charts
    #[arg(long, value_name = "DIR", default_value = "plots", help_heading = None)]
    plots: PathBuf,
}

/// A sweep in parts, made anywhere.
#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Write a sweep down, to be run in shards and anywhere
    Plan(Box<plan::Args>),
    /// Run a shard of a plan
    Exec(exec::Args),
    /// Join what came back of a plan
    Collect(collect::Args),
}

/// On a cluster
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "On a cluster")]
struct SlurmFlags {
    /// Submit the sweep to Slurm as job arrays, wait, and collect; the nodes share the results folder
    #[arg(long, conflicts_with_all = ["until", "fail_fast"])]
    slurm: bool,

    /// Cut the sweep into so many tasks; each has many runs
    #[arg(long, value_name = "N", default_value = "16", requires = "slurm", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    shards: u64,

    /// Hand an option to sbatch: --sbatch --partition=short
    #[arg(long, value_name = "OPTION", requires = "slurm", allow_hyphen_values = true)]
    sbatch: Vec<String>,
}

/// What becomes of a sweep that was begun before.
#[derive(Clone, Copy, PartialEq)]
enum Begun {
    /// It is an error, unless --resume is given.
    NeedsResume,
    GoesOn,
}

/// Makes a sweep, or a part of one.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    match &args.part {
        None => whole(args, Begun::NeedsResume, terminal),
        Some(Part::Plan(args)) => plan::run(args, terminal),
        Some(Part::Exec(args)) => exec::run(args, terminal),
        Some(Part::Collect(args)) => collect::run(args, terminal),
    }
}

/// Makes the runs of a plan; the same command again makes those that are missing.
pub fn replicates(plan: PlanFlags, plots: &Path, terminal: &Terminal) -> anyhow::Result<Exit> {
    let args = Args {
        part: None,
        plan,
        resume: false,
        until: None,
        max: 0,
        fail_fast: false,
        slurm: SlurmFlags { slurm: false, shards: 1, sbatch: Vec::new() },
        plots: plots.to_owned(),
    };
    whole(&args, Begun::GoesOn, terminal)
}

/// Makes every run of the plan that is not made yet, and collects them.
fn whole(args: &Args, begun: Begun, terminal: &Terminal) -> anyhow::Result<Exit> {
    let plan = args.plan.plan(args.until.map(|precision| (precision, args.max)), terminal)?;
    if let Err(why) = check_rule(&plan) {
        terminal.error(why);
        return Ok(Exit::Usage);
    }
    let folder = SweepFolder::at(args.plan.folder(&plan.hash(VERSION)));
    let resume = args.resume || begun == Begun::GoesOn && folder.plan_file().exists();
    let _lock = open(&folder, &plan, resume)?;
    say_what_begins(&folder, &plan, terminal);
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    let outcome = if args.slurm.slurm {
        submit(&args.slurm, &folder, &plan, &stop, terminal)
    } else {
        run_missing(&folder, &plan, args.fail_fast, &stop, terminal)
    };
    if outcome.is_err() && !resume && !folder.has_begun() {
        folder.discard();
        return outcome.map(|()| Exit::Failed);
    }
    let summary = sweep_summary::collect_and_show(&folder, &plan, &[], &args.plots, terminal);
    // What kept the sweep from going on explains what is missing.
    outcome?;
    let summary = summary?;
    if let Some(signal) = signals.received() {
        terminal.say(match begun {
            Begun::NeedsResume => "stopped; the same command with --resume goes on",
            Begun::GoesOn => "stopped; the same command goes on",
        });
        return Ok(Exit::Interrupted(signal));
    }
    if args.slurm.slurm && !summary.is_complete() {
        terminal.warn(format!("what the tasks said is in {}", folder.slurm().display()));
    }
    Ok(exit(&summary))
}

/// A rule is on what every cell has, and on runs that differ in the seed alone.
fn check_rule(plan: &Plan) -> Result<(), String> {
    let Some(rule) = &plan.until else { return Ok(()) };
    for cell in plan.cells() {
        let (name, machines) = (cell.full_title(), cell.spec.machine_count());
        if rule.quantity.machine.is_some_and(|machine| machine.0 > machines) {
            return Err(format!(
                "--until {rule}: {name} has no machine {}, only machines 1 to {machines}",
                rule.quantity.machine.map_or(0, |machine| machine.0)
            ));
        }
        if cell.spec.has_random_rates() {
            return Err(format!(
                "--until {rule}: {name} draws its clock rates with the seed, so its runs are no replicates of one \
                 setting; fix them with --clock-rates, or ask for --replicates"
            ));
        }
    }
    Ok(())
}

/// A sweep that is not whole has finished in part; one that did not reach its
/// precision is inconclusive.
pub fn exit(summary: &SweepSummary) -> Exit {
    match (summary.is_complete(), summary.unmet.is_empty()) {
        (false, _) => Exit::Partial,
        (true, false) => Exit::Inconclusive,
        (true, true) => Exit::Done,
    }
}

fn open(folder: &SweepFolder, plan: &Plan, resume: bool) -> anyhow::Result<Lock> {
    if !resume {
        return Ok(folder.create(plan)?);
    }
    folder.resume(plan).map_err(|error| match error {
        FolderError::NoPlan { .. } => anyhow::Error::new(error)
            .context("nothing to resume; leave --resume out to begin, or give the sweep's own arguments"),
        error => error.into(),
    })
}

/// Says what is going to be run.
pub fn say_what_begins(folder: &SweepFolder, plan: &Plan, terminal: &Terminal) {
    let engine = match plan.engine {
        Engine::Sockets => "on sockets",
        Engine::Simulator => "simulated",
    };
    let (cells, runs) = (counted(plan.cells().len() as u64, "cell"), counted(plan.run_count(), "run"));
    let until = plan.until.map_or_else(String::new, |until| format!(" at most, until {until}"));
    terminal.say(format!("{}: {cells}, {runs}{until}, {engine}", folder.path().display()));
}

fn submit(
    flags: &SlurmFlags,
    folder: &SweepFolder,
    plan: &Plan,
    stop: &StopSwitch,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("cannot find this program to start it on the nodes")?;
    let progress = SweepProgress::start(plan, 0, plan.run_count(), terminal);
    let outcome = Cluster {
        plan,
        folder,
        program: &program,
        shards: flags.shards.min(plan.run_count()),
        options: &flags.sbatch,
        stop,
        news: &|news| match news {
            News::Done(runs) => progress.at(runs),
            News::Queued { jobs, tasks } => progress.suspended(|| terminal.say(queued(jobs, tasks))),
            News::Later { said } => {
                progress.suspended(|| terminal.say(format!("the other tasks come later: {said}")));
            }
        },
    }
    .run();
    progress.finish();
    Ok(outcome?)
}

fn queued(jobs: &[Job], tasks: Option<u64>) -> String {
    let jobs = jobs.iter().map(Job::to_string).collect::<Vec<_>>().join(", ");
    match tasks {
        Some(tasks) => format!("submitted to Slurm: {tasks} tasks, job {jobs}"),
        None => format!("waiting for what was submitted before: job {jobs}"),
    }
}
