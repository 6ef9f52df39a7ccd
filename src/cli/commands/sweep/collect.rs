//! `labctl sweep collect`: what came back of a plan, joined.

use std::path::PathBuf;

use labctl::files::suggest_path;
use labctl::read::find_error::FindError;
use labctl::sweep::{SweepFolder, journals};

use crate::cli::ui::sweep_summary;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl sweep collect results/probs
  labctl sweep collect results/probs other-host/journal more/3.jsonl

Joins the journals of all shards in any order, writes runs.csv and summary.csv,
and says what is missing, failed, damaged or came in twice. The exit code is 4
until every run is there. Journals named here are read where they are; in the
sweep's own journal/ folder they stay collected.";

/// The arguments of `labctl sweep collect`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder of a sweep, or its plan
    #[arg(value_name = "SWEEP")]
    sweep: PathBuf,

    /// Journals that came back elsewhere: files, or folders of them
    #[arg(value_name = "JOURNAL")]
    journals: Vec<PathBuf>,

    /// The folder of all charts
    #[arg(long, value_name = "DIR", default_value = "plots")]
    plots: PathBuf,
}

/// Joins what came back.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let folder = SweepFolder::of_plan_file(&args.sweep);
    let plan = folder.plan()?;
    for path in &args.journals {
        suggest_path::metadata(path).map_err(|source| FindError::Read { path: path.clone(), source })?;
        if journals::files(path)?.is_empty() {
            terminal.warn(format!("{} holds no journals; they are files such as 1.jsonl", path.display()));
        }
    }
    let summary = sweep_summary::collect_and_show(&folder, &plan, &args.journals, &args.plots, terminal)?;
    Ok(super::exit(&summary))
}
