//! `labctl new`: a spec to go on writing.

use std::path::{Path, PathBuf};

use labctl::spec::{self, EXPERIMENTS, shipped};
use labctl::store::write_new_file;

use super::init::{SCHEMA_FILE, schema_line};
use crate::cli::flags::name::folder_name;
use crate::cli::flags::spec::RealTimeSpecFlags;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl new mine --clock-rates 1,3,6
  labctl new mine --clock-rates 2,2,9 --internal-prob 0.3 --duration 5m
  labctl new slow --delay uniform:100ms..500ms
  labctl run mine

Writes experiments/<name>.toml with every key, its default and what it means.
What is there already is never overwritten.";

/// Laid under the flags.
const BASE: &str =
    "duration = \"60s\"\nmachine = [{ clock_rate = 1 }, { clock_rate = 3 }, { clock_rate = 6 }]\n";

/// The arguments of `labctl new`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Names the experiment, its file and its results
    #[arg(value_name = "NAME", value_parser = folder_name)]
    name: String,

    #[command(flatten)]
    spec_flags: RealTimeSpecFlags,
}

/// Writes the spec.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let name = args.name.strip_suffix(".toml").unwrap_or(&args.name);
    if shipped::names().any(|shipped| shipped == name) {
        terminal.error(format!(
            "{name} is an experiment that comes with labctl; choose another name, or write that one by labctl init"
        ));
        return Ok(Exit::Usage);
    }
    let base = format!("name = \"{name}\"\n{BASE}");
    let spec = spec::parse("the new spec", &base, &args.spec_flags.overrides())?;
    let schema = if Path::new(SCHEMA_FILE).is_file() { schema_line() } else { String::new() };
    let path = PathBuf::from(EXPERIMENTS).join(format!("{name}.toml"));
    let text = format!("{schema}# Run it: labctl run {name}\n{}", spec::commented(&spec));
    if !write_new_file(&path, text.as_bytes())? {
        terminal.error(format!(
            "{} is there already, and is not overwritten; choose another name",
            path.display()
        ));
        return Ok(Exit::Usage);
    }
    terminal.say(format!("wrote {}; run it: labctl run {name}", path.display()));
    Ok(Exit::Done)
}
