//! `labctl check --recover`: completes the runs of processes that were killed.
//!
//! A run is written in `<run>.partial`, and renamed once it is whole. Where its
//! process was killed, its logs stay there until they are completed here.

use std::path::PathBuf;

use jiff::Timestamp;
use labctl::lab::recovery::{Recovered, recover};
use labctl::read::find::find_runs;
use labctl::read::run_path::RunState;
use labctl::sweep::is_in_staging;

use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

/// Completes what can be completed.
pub fn run(paths: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Exit> {
    let (mut recovered, mut failed) = (0_u64, 0_u64);
    for path in paths {
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
            if is_in_staging(folder) {
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
