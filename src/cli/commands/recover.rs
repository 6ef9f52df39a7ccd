//! `labctl recover`: completes the runs of processes that were killed.

use std::path::PathBuf;

use jiff::Timestamp;
use labctl::lab::recovery::{Recovered, recover};
use labctl::read::find::{RunState, find_runs};
use labctl::sweep::is_on_bench;

use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl recover                                  every run below results/ whose process was killed
  labctl recover results/exp4/first.partial       one run

A run is written in <run>.partial, and renamed once it is whole. Where its process was killed, or
the disk was full, its logs stay there. They get their tables and a manifest with the status
`recovered` where all logs have the record of their end, or else `killed` and what was lost; then
the run is put into its place. A run that is going on is never touched, and no run is ever written
over. Runs of sweeps are made again by labctl sweep --resume. Exit codes: 0 all were completed, or
there were none; 1 some could not be.";

/// The arguments of `labctl recover`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Runs, or trees of runs
    #[arg(value_name = "RESULTS", default_value = "results")]
    paths: Vec<PathBuf>,
}

/// Completes what can be completed.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (mut recovered, mut failed) = (0_u64, 0_u64);
    for path in &args.paths {
        for found in find_runs(path)? {
            let folder = &found.folder;
            match found.state {
                RunState::InPlace => continue,
                RunState::GoingOn => {
                    terminal.say(format!("{}: this run is going on; it is left alone", folder.display()));
                    continue;
                }
                RunState::CutShort => {}
            }
            if is_on_bench(folder) {
                terminal.say(format!("{}: labctl sweep --resume makes this run again", folder.display()));
                continue;
            }
            match recover(folder, Timestamp::now()) {
                Ok(run) => {
                    recovered += 1;
                    tell(&run, terminal);
                }
                Err(error) => {
                    failed += 1;
                    terminal.error(error);
                }
            }
        }
    }
    match recovered {
        0 if failed == 0 => terminal.say("there is no run to recover"),
        _ => terminal.say(format!("{} recovered", view::counted(recovered, "run"))),
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

fn tell(run: &Recovered, terminal: &Terminal) {
    terminal.say(format!("{}: {}", run.folder.display(), run.status));
    run.lost.iter().for_each(|lost| terminal.warn(format!("{}: {lost}", run.folder.display())));
}
