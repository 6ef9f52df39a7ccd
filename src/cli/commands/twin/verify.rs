//! `labctl twin verify`: whether stored simulations come out the same again.

use std::path::PathBuf;

use labctl::lab::simulation::{Verdict, verify};
use labctl::read::find::find_all_runs;

use crate::cli::ui::view::counted;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl run experiments/exp4.toml --engine sim
  labctl twin verify results/exp4/latest

Only simulated runs can be verified: real sockets never do quite the same thing
twice.";

/// The arguments of `labctl twin verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A simulated run, or a tree of them
    #[arg(required = true, value_name = "RUN")]
    paths: Vec<PathBuf>,
}

/// Verifies every run at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    for stored in find_all_runs(&args.paths)? {
        stored.not_read().iter().for_each(|advice| terminal.warn(advice));
        let folder = labctl::text::sanitize::on_one_line(&stored.folder.display().to_string());
        match verify(&stored)? {
            Verdict::Same { lines } => {
                terminal.data(&format!("{folder}: the same, {}\n", counted(lines, "line")))?
            }
            Verdict::LineEnds { log } => {
                terminal.data(&format!("{folder}: differs\n"))?;
                terminal.error(format!("{}: differs in its line ends alone (CRLF)", log.display()));
                exit = Exit::Failed;
            }
            Verdict::Differs { log, line, stored, simulated } => {
                terminal.data(&format!("{folder}: differs\n"))?;
                let place = labctl::text::sanitize::on_one_line(&format!("{}:{line}", log.display()));
                terminal.error(format!(
                    "{place}: the first line that differs\n  stored:    {stored}\n  simulated: {simulated}"
                ));
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}
