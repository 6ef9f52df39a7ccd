//! `labctl causality`: what orders the events of a run, and what it costs to
//! know.

mod text;
pub mod why;

use std::path::PathBuf;

use labctl::causality::{CausalityDocument, Relation};
use labctl::history::History;
use labctl::read::run_path::RunPath;
use labctl::read::{ReadError, read_history};

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::flags::output_format::TextOrJson;
use crate::cli::ui::many;
use crate::cli::{Exit, Terminal};
use text::text;

const EXAMPLES: &str = "\
Examples:
  labctl causality results/exp4/latest
  labctl causality results/ --format json
  labctl causality somebody/logs --dialect auto
  labctl causality why results/exp4/latest 2@57

One event happened before another if a chain of events leads from it to the
other, within logs and by messages. If neither did, the two are concurrent:
neither can be a cause of the other. Lamport's clocks give what happened before
the smaller clock, but most concurrent events get different clocks too, and so
an order that means nothing. Vector clocks tell the two apart, at the price of
more bytes in every message. All clocks are replayed over the same run.

A varint has seven bits a byte (LEB128). A vector clock has an entry for every
machine, in a known order; that of a machine whose log is not here is taken to
be 0, and so of one byte. A hybrid logical clock (Kulkarni et al., 2014) has 48
bits of physical time, here the stamps of the logs, and a counter of 16. How far
it is ahead of its machine's own time shows how far the machines' times are
apart: not at all where all of them read one clock.";

/// The arguments of `labctl causality`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,

    /// Logs, folders of logs, or trees of such folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,

    #[command(flatten)]
    dialect: DialectFlags,
}

/// What is asked of a single event.
#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Show the longest causal chain behind an event, which proves its clock
    Why(why::Args),
}

/// A run, and what orders its events.
struct Counted<'a> {
    run: &'a RunPath,
    history: History,
    relation: Relation,
}

/// Counts the pairs of every run at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if let Some(Part::Why(args)) = &args.part {
        return why::run(args, terminal);
    }
    let runs = args.dialect.find_logs(&args.paths, terminal)?;
    let (mut documents, mut is_good) = (Vec::new(), true);
    let work = |run: &RunPath| {
        let history = read_history(run)?;
        let relation = Relation::of(&history);
        let counted = Counted { run, history, relation };
        let output = match args.format {
            TextOrJson::Text => (text(&counted), None),
            TextOrJson::Json => {
                (String::new(), Some(CausalityDocument::of(run, &counted.history, &counted.relation)))
            }
        };
        let logs = counted.history.machines().iter();
        let logs = logs.map(|machine| (machine.path().to_owned(), machine.stats().clone()));
        Ok::<_, ReadError>((output, logs.collect::<Vec<_>>()))
    };
    many::each(&runs, terminal, work, |run, outcome, progress| {
        let ((text, document), logs) = outcome?;
        progress.suspended(|| {
            let logs = logs.iter().map(|(path, stats)| (path.as_path(), stats));
            is_good &= args.dialect.judge_run(run, logs, terminal);
            documents.extend(document);
            if text.is_empty() { Ok(()) } else { terminal.data(&text) }
        })
    })?;
    if args.format == TextOrJson::Json {
        terminal.json(&documents)?;
    }
    Ok(if is_good { Exit::Done } else { Exit::Failed })
}
