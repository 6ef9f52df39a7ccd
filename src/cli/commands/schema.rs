//! `labctl schema`: what a spec may hold, for editors.

use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl schema > labctl.schema.json

A spec whose first line is `#:schema ./labctl.schema.json`, or whose root key
\"$schema\" has that place, is then completed, explained and checked as it is
typed by editors that use taplo, such as Even Better TOML. It is JSON Schema,
draft 7.";

/// The arguments of `labctl schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

/// Prints the schema.
pub fn run(_args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    terminal.document(&format!("{:#}\n", labctl::spec::schema()))?;
    Ok(Exit::Done)
}
