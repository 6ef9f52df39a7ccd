//! `labctl causality`: what orders the events of a run, and what it costs to
//! know.

use std::path::PathBuf;

use clap::ValueEnum;
use labctl::causality::{Encoding, HybridBound, Pairs, Relation, StampSize};
use labctl::history::{History, Tally};
use labctl::reading::read_history;
use labctl::store::RunPath;
use serde::Serialize;

use super::dialect_flags::DialectFlags;
use super::view::{self, counted, known};
use super::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl causality results/exp4/latest
  labctl causality results/ --format json
  labctl causality somebody/logs --dialect auto

Of two events one happened before the other if a chain of events leads from it to the other, within logs
and by messages; otherwise they are concurrent, and neither can have been a cause of the other. Lamport's
clocks give what happened before the smaller clock, but most concurrent events get different clocks too,
and so an order that means nothing. Vector clocks tell the two apart, and cost more bytes.

Bytes a message: a varint has 7 bits a byte (LEB128); a vector clock has an entry for every machine, in a
known order; a hybrid logical clock (Kulkarni et al., 2014) has 48 bits of physical time and a counter of
16. All are replayed over the same run. The hybrid clock's physical times are the stamps of the logs.";

/// The arguments of `labctl causality`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Logs, folders of logs, or trees of such folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// A run, and what orders its events.
struct Counted {
    run: RunPath,
    history: History,
    relation: Relation,
}

/// Counts the pairs of every run at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut runs = args.dialect.find_runs(&args.paths, terminal)?;
    runs.retain(|run| !run.logs.is_empty());
    if runs.is_empty() {
        terminal.error("there are no logs here; only what was measured is kept");
        return Ok(Exit::Failed);
    }
    let mut documents = Vec::new();
    for run in runs {
        let history = read_history(&run)?;
        let relation = Relation::of(&history);
        let counted = Counted { run, history, relation };
        match args.format {
            Format::Text => terminal.data(&text(&counted))?,
            Format::Json => documents.push(Document::of(&counted)),
        }
    }
    if args.format == Format::Json {
        terminal.data(&(serde_json::to_string_pretty(&documents)? + "\n"))?;
    }
    Ok(Exit::Done)
}

fn text(counted: &Counted) -> String {
    let Counted { run, history, relation } = counted;
    let mut text = format!(
        "{}: {} of {}\n",
        run.folder.display(),
        view::counted(history.events(), "event"),
        view::counted(history.machines().len() as u64, "machine")
    );
    text += &pairs_table(&relation.pairs);
    text += &doubts(counted);
    text.push('\n');
    text += &sizes_table(relation);
    text += &hybrid_line(relation.hybrid.as_ref());
    text.push('\n');
    text
}

fn pairs_table(pairs: &Pairs) -> String {
    let share = |count: u128, of: u128| {
        if of == 0 { "-".to_owned() } else { format!("{:.1} %", count as f64 / of as f64 * 100.0) }
    };
    let row = |name: &str, count: Option<u128>, of: u128| {
        vec![name.to_owned(), known(count, |count| count.to_string()), known(count, |count| share(count, of))]
    };
    let (all, concurrent) = (pairs.all(), pairs.concurrent());
    let rows = [
        row("all", Some(all), all),
        row("ordered: one happened before the other", Some(pairs.ordered), all),
        row("concurrent: neither did", Some(concurrent), all),
        row("  put in an order by Lamport's clocks", pairs.concurrent_in_clock_order(), concurrent),
        row("  of equal Lamport clocks", pairs.ties, concurrent),
    ];
    view::table(&["pairs of events", "count", "share"], rows.into_iter())
}

/// What may make the counts other than they are.
fn doubts(counted: &Counted) -> String {
    let Counted { history, relation, .. } = counted;
    let Tally { ambiguous, repeated, missing, unknown, .. } = history.tally();
    let unmatched = repeated + missing + unknown;
    let mut text = String::new();
    if relation.pairs.out_of_order > 0 {
        text += &format!(
            "The clocks are no Lamport clocks: {} no larger clock than an event just before (see `labctl check`).\n",
            has(relation.pairs.out_of_order)
        );
    }
    if unmatched > 0 {
        text += &format!(
            "{} without a known SEND order nothing here: there may be more ordered pairs.\n",
            view::counted(unmatched, "RECEIVE")
        );
    }
    if ambiguous > 0 {
        text += &format!(
            "{} may come from another SEND with the same clock: pairs may be ordered otherwise.\n",
            view::counted(ambiguous, "RECEIVE")
        );
    }
    if !relation.dropped.is_empty() {
        text += &format!(
            "{} left out, for the SEND comes after the RECEIVE (see `labctl check`).\n",
            view::counted(relation.dropped.len() as u64, "match")
        );
    }
    text
}

fn has(events: u64) -> String {
    let verb = if events == 1 { "has" } else { "have" };
    format!("{} {verb}", counted(events, "event"))
}

fn sizes_table(relation: &Relation) -> String {
    let rows = relation.sizes().map(|(encoding, size)| {
        let (clock, written, tells) = words(encoding);
        vec![
            clock.to_owned(),
            written.to_owned(),
            known(size.mean(), |mean| format!("{mean:.2}")),
            known(size.mean(), |_| size.largest.to_string()),
            tells.to_owned(),
        ]
    });
    view::table(&["clock", "written as", "bytes a\nmessage", "at\nmost", "what it tells"], rows)
}

/// The clock, how it is written, and what comparing two of them tells.
fn words(encoding: Encoding) -> (&'static str, &'static str, &'static str) {
    match encoding {
        Encoding::LamportLine => ("Lamport", "line, as sent here", "an order of all pairs but ties"),
        Encoding::LamportVarint => ("Lamport", "varint", "the same"),
        Encoding::LamportFixed => ("Lamport", "8 bytes", "the same"),
        Encoding::VectorVarint => {
            ("vector", "a varint a machine", "which pairs are ordered, and which concurrent")
        }
        Encoding::Hybrid => ("hybrid", "8 bytes", "an order as Lamport's, close to physical time"),
    }
}

fn hybrid_line(bound: Option<&HybridBound>) -> String {
    match bound {
        Some(bound) => format!(
            "Hybrid clocks were at most {} µs ahead of their machine's own time; their largest counter was {}.\n",
            bound.drift_max_us, bound.counter_max
        ),
        None => "How far hybrid clocks were ahead of their machine's own time is unknown: the stamps are whole seconds.\n"
            .to_owned(),
    }
}

/// A run as JSON. Unknown is null.
#[derive(Serialize)]
struct Document {
    experiment: String,
    run: String,
    folder: PathBuf,
    machines: usize,
    events: u64,
    pairs: PairsDocument,
    messages: MessagesDocument,
    clocks: Vec<ClockDocument>,
    hybrid_drift_max_us: Option<u64>,
    hybrid_counter_max: Option<u64>,
}

#[derive(Serialize)]
struct PairsDocument {
    all: u128,
    ordered: u128,
    concurrent: u128,
    concurrent_in_clock_order: Option<u128>,
    concurrent_of_equal_clocks: Option<u128>,
    /// Events with no larger clock than one just before them.
    clock_condition_broken: u64,
}

/// How well RECEIVEs are matched, on which the order rests.
#[derive(Serialize)]
struct MessagesDocument {
    certain: u64,
    ambiguous: u64,
    unmatched: u64,
    left_out: usize,
}

#[derive(Serialize)]
struct ClockDocument {
    clock: &'static str,
    written_as: &'static str,
    messages: u64,
    bytes: u64,
    bytes_mean: Option<f64>,
    bytes_max: u64,
}

impl Document {
    fn of(counted: &Counted) -> Document {
        let Counted { run, history, relation } = counted;
        let (pairs, tally) = (&relation.pairs, history.tally());
        Document {
            experiment: run.experiment.clone(),
            run: run.run.clone(),
            folder: run.folder.clone(),
            machines: history.machines().len(),
            events: history.events(),
            pairs: PairsDocument {
                all: pairs.all(),
                ordered: pairs.ordered,
                concurrent: pairs.concurrent(),
                concurrent_in_clock_order: pairs.concurrent_in_clock_order(),
                concurrent_of_equal_clocks: pairs.ties,
                clock_condition_broken: pairs.out_of_order,
            },
            messages: MessagesDocument {
                certain: tally.certain,
                ambiguous: tally.ambiguous,
                unmatched: tally.repeated + tally.missing + tally.unknown,
                left_out: relation.dropped.len(),
            },
            clocks: relation.sizes().map(|(encoding, size)| ClockDocument::of(encoding, size)).collect(),
            hybrid_drift_max_us: relation.hybrid.map(|bound| bound.drift_max_us),
            hybrid_counter_max: relation.hybrid.map(|bound| bound.counter_max),
        }
    }
}

impl ClockDocument {
    fn of(encoding: Encoding, size: StampSize) -> ClockDocument {
        let (clock, written_as, _) = words(encoding);
        let (messages, bytes, bytes_mean) = (size.messages, size.bytes, size.mean());
        ClockDocument { clock, written_as, messages, bytes, bytes_mean, bytes_max: size.largest }
    }
}
