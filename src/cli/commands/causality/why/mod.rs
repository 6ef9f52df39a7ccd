//! `labctl causality why`: the longest causal chain behind an event.

mod text;

use std::path::PathBuf;

use anyhow::Context;
use labctl::causality::address::Address;
use labctl::causality::{Explanation, ExplanationDocument};
use labctl::read::{origin, read_history};
use labctl::text::sanitize::on_one_line;

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::flags::output_format::TextOrJson;
use crate::cli::{Exit, Terminal};
use text::text;

const EXAMPLES: &str = "\
Examples:
  labctl causality why results/exp4/latest 2@57
  labctl causality why results/exp4/latest 2@clock:307
  labctl causality why somebody/logs 1@time:12.5s --dialect auto --format json

An event is machine@tick; or machine@clock:N, the one with that logical clock;
machine@time:T, the last one no later than T after the run's start;
machine@line:N, the one in that line of the log. Where a tick has several events
the last one is meant.

A chain is a row of events, each of which happened before the next: it is the
one before it in the same log, or the SEND of the message that the next one
receives. Where every event adds one to the clock, the longest chain that ends
with an event has as many events as its clock says, and so proves it. In the
table, events that stay at one machine are one row.

Before it: how many of a machine's events happened before this one; they are
always the first of its log. After it: those that this one happened before,
which are always the last. The rest is concurrent. In JSON, `past` has for each
machine the number of events before it, and `future` the place, counted from 0,
of the first event after it, or null.";

/// The arguments of `labctl causality why`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A run: a folder of logs
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// The event: machine@tick, or machine@clock:N, machine@time:T, machine@line:N
    #[arg(value_name = "EVENT")]
    event: Address,

    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,

    #[command(flatten)]
    dialect: DialectFlags,
}

/// Finds the event, and tells what is behind it.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut runs = args.dialect.find_logs(std::slice::from_ref(&args.run), terminal)?;
    if let [first, second, ..] = &runs[..] {
        terminal.error(format!(
            "there are {} runs at {}, and an event is in one: {}, {}{}",
            runs.len(),
            on_one_line(&args.run.display().to_string()),
            on_one_line(&first.folder.display().to_string()),
            on_one_line(&second.folder.display().to_string()),
            if runs.len() > 2 { ", …" } else { "" }
        ));
        return Ok(Exit::Usage);
    }
    let run = runs.pop().context("there is no run here")?;
    let (origin, history) = (origin(&run)?.stamp, read_history(&run)?);
    let event = match args.event.find(&history, origin) {
        Ok(event) => event,
        Err(error) => {
            terminal.error(error);
            return Ok(Exit::Usage);
        }
    };
    let found = Explanation::of(&run, &history, origin, event);
    match args.format {
        TextOrJson::Text => terminal.data(&text(&found))?,
        TextOrJson::Json => terminal.json(&ExplanationDocument::of(&found))?,
    }
    let logs = history.machines().iter().map(|machine| (machine.path(), machine.stats()));
    let is_good = args.dialect.judge_run(&run, logs, terminal);
    Ok(if is_good { Exit::Done } else { Exit::Failed })
}
