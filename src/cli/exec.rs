//! `labctl exec`: a piece of a plan, run here.

use std::path::PathBuf;

use labctl::engine::StopSwitch;
use labctl::lab::VERSION;
use labctl::sweep::{Execution, Journal, Journals, Piece, SweepFolder};

use super::conduct::random_token;
use super::fulfil::tell_left_alone;
use super::signals::listen;
use super::sweep_progress::SweepProgress;
use super::view::counted;
use super::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl exec results/probs/plan.json --index 3/16
  labctl exec results/probs/plan.json              in a job array: the piece is that of the task
  hq submit --env LABCTL_PIECES=16 --array 0-15 -- labctl exec results/probs/plan.json

Without --index, the piece is that of the task of a job array: of Slurm (SLURM_ARRAY_TASK_ID of
SLURM_ARRAY_TASK_MIN to SLURM_ARRAY_TASK_MAX) or of HyperQueue (HQ_TASK_ID, with LABCTL_PIECES for
how many there are); elsewhere it is the whole plan. What was done before, here or in another
piece's journal, is not done again.";

/// The arguments of `labctl exec`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A plan, in the folder of its sweep
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// Which piece of how many: 3/16
    #[arg(long, value_name = "I/N")]
    index: Option<Piece>,

    /// Begin no further run once one has failed
    #[arg(long)]
    fail_fast: bool,
}

/// Runs the piece.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let folder = SweepFolder::of_plan_file(&args.plan);
    let plan = folder.plan()?;
    if let Some(until) = plan.until {
        terminal.error(format!(
            "this sweep goes on until {until}, which none of its pieces can know; go on with it by `labctl sweep --resume`"
        ));
        return Ok(Exit::Usage);
    }
    let piece = match args.index {
        Some(piece) => piece,
        None => piece_of_task(|name| std::env::var(name).ok())?.unwrap_or(Piece::WHOLE),
    };
    let done = Journals::of(&folder, &plan, &[])?;
    let todo: Vec<u64> = piece.runs(plan.run_count()).filter(|run| !done.has(*run)).collect();
    let all = piece.runs(plan.run_count()).count();
    terminal.say(format!(
        "piece {piece}: {}, {} of them done before",
        counted(all as u64, "run"),
        all - todo.len()
    ));
    if todo.is_empty() {
        return Ok(Exit::Done);
    }
    tell_left_alone(&folder, terminal);
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal)?;
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
    terminal.say(format!("piece {piece}: {} done, {} failed", counted(tally.done, "run"), tally.failed));
    Ok(if tally.failed > 0 { Exit::Partial } else { Exit::Done })
}

/// The piece that a task of a job array is to do, as its surroundings tell.
fn piece_of_task(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Piece>> {
    let number = |name: &str| -> anyhow::Result<Option<u64>> {
        let Some(text) = variable(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        let number = text.trim().parse();
        number.map(Some).map_err(|_| anyhow::anyhow!("the variable {name} is `{text}`, which is no number"))
    };
    let pieces = number("LABCTL_PIECES")?;
    let (task, first, of) = match number("SLURM_ARRAY_TASK_ID")? {
        Some(task) => {
            let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(1);
            (
                task,
                first,
                pieces
                    .or(number("SLURM_ARRAY_TASK_MAX")?
                        .map(|last| last.saturating_add(1).saturating_sub(first))),
            )
        }
        None => match number("HQ_TASK_ID")? {
            Some(task) => (task, 0, pieces),
            None => return Ok(None),
        },
    };
    let of =
        of.ok_or_else(|| anyhow::anyhow!("set LABCTL_PIECES to the number of tasks, or give --index"))?;
    Ok(Some(format!("{}/{of}", task.saturating_add(1).saturating_sub(first)).parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(variables: &[(&str, &str)]) -> Result<Option<Piece>, String> {
        let find =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        piece_of_task(find).map_err(|error| error.to_string())
    }

    #[test]
    fn the_task_of_a_job_array_knows_its_piece() {
        let slurm =
            [("SLURM_ARRAY_TASK_ID", "4"), ("SLURM_ARRAY_TASK_MIN", "1"), ("SLURM_ARRAY_TASK_MAX", "16")];
        assert_eq!(piece(&slurm), Ok(Some(Piece { number: 4, of: 16 })));
        let from_zero =
            [("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_MAX", "3")];
        assert_eq!(piece(&from_zero), Ok(Some(Piece { number: 1, of: 4 })));
        let hyper_queue = [("HQ_TASK_ID", "2"), ("LABCTL_PIECES", "8")];
        assert_eq!(piece(&hyper_queue), Ok(Some(Piece { number: 3, of: 8 })));
        assert_eq!(piece(&[]), Ok(None));
        let most = u64::MAX.to_string();
        let backwards =
            [("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_ARRAY_TASK_MIN", "5"), ("SLURM_ARRAY_TASK_MAX", "1")];
        for wrong in [
            &[("HQ_TASK_ID", "2")] as &[_],
            &[("SLURM_ARRAY_TASK_ID", "x")],
            &backwards,
            &[("SLURM_ARRAY_TASK_ID", most.as_str()), ("SLURM_ARRAY_TASK_MAX", "2")],
        ] {
            assert!(piece(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_task_beyond_the_pieces_is_told() {
        assert!(piece(&[("HQ_TASK_ID", "8"), ("LABCTL_PIECES", "8")]).is_err());
    }
}
