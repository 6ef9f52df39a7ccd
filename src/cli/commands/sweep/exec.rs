//! `labctl sweep exec`: a shard of a plan, run here.

use std::path::PathBuf;

use anyhow::{Context, bail};
use labctl::engine::StopSwitch;
use labctl::store::version::VERSION;
use labctl::sweep::{Execution, Journal, Journals, Shard, SweepFolder};

use crate::cli::flags::token::random_token;
use crate::cli::ui::run_missing::tell_left_alone;
use crate::cli::ui::signals::listen;
use crate::cli::ui::sweep_progress::SweepProgress;
use crate::cli::ui::view::counted;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl sweep exec results/probs/plan.json --shard 3/16
  labctl sweep exec results/probs/plan.json              in a job array
  hq submit --env LABCTL_SHARDS=16 --array 0-15 -- \\
    labctl sweep exec results/probs/plan.json

Without --shard, the shard is that of the task of a job array: of Slurm
(SLURM_ARRAY_TASK_ID, with _MIN, _MAX, _STEP and _COUNT; an array that is a list
is refused) or of HyperQueue (HQ_TASK_ID, with LABCTL_SHARDS for how many there
are); elsewhere it is the whole plan. What was done before, here or in another
shard's journal, is not done again.";

/// The arguments of `labctl sweep exec`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A plan, in the folder of its sweep
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// Which shard of how many: 3/16
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// Begin no further run once one has failed
    #[arg(long)]
    fail_fast: bool,
}

/// Runs the shard.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let folder = SweepFolder::of_plan_file(&args.plan);
    let plan = folder.plan()?;
    if let Some(until) = plan.until {
        terminal.error(format!(
            "this sweep goes on until {until}, which none of its shards can know; go on with it by `labctl sweep --resume`"
        ));
        return Ok(Exit::Usage);
    }
    let shard = match args.shard {
        Some(shard) => shard,
        None => shard_of_task(|name| std::env::var(name).ok())?.unwrap_or(Shard::WHOLE),
    };
    let done = Journals::of(&folder, &plan, &[])?;
    let todo: Vec<u64> = shard.runs(plan.run_count()).filter(|run| !done.has(*run)).collect();
    let all = shard.runs(plan.run_count()).count();
    terminal.say(format!(
        "shard {shard}: {}, {} of them done before",
        counted(all as u64, "run"),
        all - todo.len()
    ));
    if todo.is_empty() {
        return Ok(Exit::Done);
    }
    tell_left_alone(&folder, terminal);
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    let journal = Journal::begin(&folder.journals(), &plan.hash(VERSION))?;
    let progress = SweepProgress::start(&plan, 0, todo.len() as u64, terminal);
    let outcome = Execution {
        plan: &plan,
        folder: &folder,
        journal: &journal,
        stop: &stop,
        token: &random_token()?,
        fail_fast: args.fail_fast,
        ended: &|entry| progress.ended(entry),
    }
    .execute(&todo);
    let tally = progress.finish();
    outcome?;
    if let Some(signal) = signals.received() {
        return Ok(Exit::Interrupted(signal));
    }
    terminal.say(format!("shard {shard}: {} done, {} failed", counted(tally.done, "run"), tally.failed));
    Ok(if tally.failed > 0 { Exit::Partial } else { Exit::Done })
}

/// The shard that a task of a job array is to do, as its surroundings tell.
fn shard_of_task(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Shard>> {
    let number = |name: &str| -> anyhow::Result<Option<u64>> {
        let Some(text) = variable(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        let number = text.trim().parse();
        number.map(Some).map_err(|_| anyhow::anyhow!("the variable {name} is `{text}`, which is no number"))
    };
    let shards = number("LABCTL_SHARDS")?;
    if let Some(task) = number("SLURM_ARRAY_TASK_ID")? {
        let array = SlurmArray {
            task,
            first: number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(1),
            last: number("SLURM_ARRAY_TASK_MAX")?,
            step: number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1),
            tasks: number("SLURM_ARRAY_TASK_COUNT")?,
        };
        return array.shard(shards).map(Some);
    }
    let Some(task) = number("HQ_TASK_ID")? else { return Ok(None) };
    let of = shards.context(SET_SHARDS)?;
    Ok(Some(format!("{}/{of}", task.saturating_add(1)).parse()?))
}

const SET_SHARDS: &str = "set LABCTL_SHARDS to the number of tasks, or give --shard";

/// A job array as Slurm tells one of its tasks.
struct SlurmArray {
    task: u64,
    first: u64,
    last: Option<u64>,
    step: u64,
    /// How many tasks there are, of arrays that are lists too.
    tasks: Option<u64>,
}

impl SlurmArray {
    /// Tasks that stand a step apart are shards in their order. Of a list, such
    /// as `--array=1,5`, a task cannot know its place.
    fn shard(&self, shards: Option<u64>) -> anyhow::Result<Shard> {
        let Some(of) = shards.or(self.by_steps()).or(self.tasks) else { bail!(SET_SHARDS) };
        if let Some(tasks) = self.tasks.filter(|tasks| *tasks != of) {
            bail!(
                "the job array has {tasks} tasks, but its ends and its step make {of}: of a list such as --array=1,5 no \
                 task knows which shard it is; use --array=1-{tasks}, or give each task its --shard"
            );
        }
        let from_first = self.task.checked_sub(self.first).filter(|distance| distance % self.step == 0);
        let Some(distance) = from_first else {
            bail!(
                "task {} is none of those from {} on in steps of {}, so it is no shard; give --shard",
                self.task,
                self.first,
                self.step
            );
        };
        Ok(format!("{}/{of}", (distance / self.step).saturating_add(1)).parse()?)
    }

    fn by_steps(&self) -> Option<u64> {
        Some((self.last?.checked_sub(self.first)? / self.step).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(variables: &[(&str, &str)]) -> Result<Option<Shard>, String> {
        let find =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        shard_of_task(find).map_err(|error| error.to_string())
    }

    #[test]
    fn the_task_of_a_job_array_knows_its_shard() {
        let slurm =
            [("SLURM_ARRAY_TASK_ID", "4"), ("SLURM_ARRAY_TASK_MIN", "1"), ("SLURM_ARRAY_TASK_MAX", "16")];
        assert_eq!(shard(&slurm), Ok(Some(Shard { number: 4, of: 16 })));
        let from_zero =
            [("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_MAX", "3")];
        assert_eq!(shard(&from_zero), Ok(Some(Shard { number: 1, of: 4 })));
        let hyper_queue = [("HQ_TASK_ID", "2"), ("LABCTL_SHARDS", "8")];
        assert_eq!(shard(&hyper_queue), Ok(Some(Shard { number: 3, of: 8 })));
        assert_eq!(shard(&[]), Ok(None));
        let most = u64::MAX.to_string();
        let backwards =
            [("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_ARRAY_TASK_MIN", "5"), ("SLURM_ARRAY_TASK_MAX", "1")];
        for wrong in [
            &[("HQ_TASK_ID", "2")] as &[_],
            &[("SLURM_ARRAY_TASK_ID", "x")],
            &backwards,
            &[("SLURM_ARRAY_TASK_ID", most.as_str()), ("SLURM_ARRAY_TASK_MAX", "2")],
        ] {
            assert!(shard(wrong).is_err(), "{wrong:?}");
        }
    }

    fn slurm(task: &str, [min, max, step, count]: [&str; 4]) -> Result<Option<Shard>, String> {
        shard(&[
            ("SLURM_ARRAY_TASK_ID", task),
            ("SLURM_ARRAY_TASK_MIN", min),
            ("SLURM_ARRAY_TASK_MAX", max),
            ("SLURM_ARRAY_TASK_STEP", step),
            ("SLURM_ARRAY_TASK_COUNT", count),
        ])
    }

    #[test]
    fn tasks_a_step_apart_are_all_shards_in_their_order() {
        // --array=0-6:2
        let shards: Vec<_> = ["0", "2", "4", "6"].map(|task| slurm(task, ["0", "6", "2", "4"])).into();
        let wanted: Vec<_> = (1..=4).map(|number| Ok(Some(Shard { number, of: 4 }))).collect();
        assert_eq!(shards, wanted);
        // --array=1-8:3, whose last task is 7.
        assert_eq!(slurm("7", ["1", "7", "3", "3"]), Ok(Some(Shard { number: 3, of: 3 })));
        assert!(slurm("3", ["0", "6", "2", "4"]).unwrap_err().contains("task 3 is none of those"));
    }

    #[test]
    fn an_array_that_is_a_list_is_refused() {
        let reported = slurm("5", ["1", "5", "1", "2"]).unwrap_err();
        assert!(reported.contains("has 2 tasks") && reported.contains("--array=1-2"), "{reported}");
    }

    #[test]
    fn a_task_beyond_the_shards_is_reported() {
        assert!(shard(&[("HQ_TASK_ID", "8"), ("LABCTL_SHARDS", "8")]).is_err());
    }
}
