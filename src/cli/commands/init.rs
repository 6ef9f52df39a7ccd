//! `labctl init`: a folder to work in.

use std::path::{Path, PathBuf};

use labctl::spec::{self, EXPERIMENTS, shipped};
use labctl::store::write_new_file;

use super::notebook::{EXPERIMENT, PAGE_FILE, blank};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl init
  labctl init my-lab

Writes experiments/ with all specs that come with labctl, labctl.schema.json, by
which editors complete and check them, notebook.md with the questions of the
assignment (labctl notebook fills it), and a .gitignore for results and charts.
What is there already stays as it is, and is said; to have a file anew, move it
away first.";

/// Named in the first line of a spec.
pub const SCHEMA_FILE: &str = "labctl.schema.json";
/// What a repository should not hold, as it can be made again.
const GIT_IGNORE: &str = "/results/\n/plots/\n";

/// The arguments of `labctl init`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder, made where there is none
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// Writes what is not there yet.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    for (name, content) in files()? {
        let path = match args.folder == Path::new(".") {
            true => PathBuf::from(&name),
            false => args.folder.join(&name),
        };
        let is_new = write_new_file(&path, content.as_bytes())?;
        let what = if is_new { "wrote" } else { "kept " };
        let why = if is_new { "" } else { ", which was there" };
        terminal.say(format!("{what} {}{why}", path.display()));
    }
    terminal
        .say("next: labctl run exp4 --speedup 10; a spec of your own: labctl new NAME --clock-rates 1,3,6");
    Ok(Exit::Done)
}

fn files() -> anyhow::Result<Vec<(String, String)>> {
    let specs = shipped::names().filter_map(shipped::spec);
    let mut files: Vec<(String, String)> =
        specs.map(|spec| (spec.name, format!("{}{}", schema_line(), spec.text))).collect();
    files.push((SCHEMA_FILE.to_owned(), format!("{:#}\n", spec::schema())));
    files.push((".gitignore".to_owned(), GIT_IGNORE.to_owned()));
    let base = shipped::spec(EXPERIMENT).map(|base| spec::parse(&base.name, &base.text, &[])).transpose()?;
    files.extend(base.map(|base| Ok::<_, anyhow::Error>((PAGE_FILE.to_owned(), blank(&base)?))).transpose()?);
    Ok(files)
}

/// Tells an editor where the schema of a spec in `experiments/` is.
pub fn schema_line() -> String {
    debug_assert!(!EXPERIMENTS.contains('/'), "one folder up is the schema's");
    format!("#:schema ../{SCHEMA_FILE}\n")
}
