//! Fulfilling a plan here: every run that is wanted and not made yet, while a
//! person watches.

use labctl::engine::StopSwitch;
use labctl::plan::Plan;
use labctl::store::version::VERSION;
use labctl::sweep::{Execution, Journal, Journals, SweepError, SweepFolder, left_alone};

use super::sweep_progress::SweepProgress;
use super::view::counted;
use crate::cli::Terminal;
use crate::cli::flags::token::random_token;

/// Tells what lies among the journals and is not the sweep's to clear away.
pub fn tell_left_alone(folder: &SweepFolder, terminal: &Terminal) {
    for path in left_alone(&folder.journals()) {
        terminal.warn(format!("{} is no bench of a killed labctl, and is left alone", path.display()));
    }
}

/// Makes what is missing of a plan in its folder.
pub fn run_missing(
    folder: &SweepFolder,
    plan: &Plan,
    fail_fast: bool,
    stop: &StopSwitch,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let done = Journals::of(folder, plan, &[]).map_err(SweepError::from)?;
    if done.count() > 0 {
        terminal.say(format!("done before: {}", counted(done.count(), "run")));
    }
    if done.count() == plan.run_count() {
        return Ok(());
    }
    tell_left_alone(folder, terminal);
    let journal = Journal::begin(&folder.journals(), &plan.hash(VERSION))?;
    let progress = SweepProgress::start(plan, done.count(), plan.run_count(), terminal);
    let outcome = Execution {
        plan,
        folder,
        journal: &journal,
        stop,
        token: &random_token()?,
        fail_fast,
        ended: &|entry| progress.ended(entry),
    }
    .run_missing();
    let tally = progress.finish();
    if tally.again > 0 {
        terminal.say(format!("made again, as clocks had not kept the pace: {}", counted(tally.again, "run")));
    }
    Ok(outcome?)
}
