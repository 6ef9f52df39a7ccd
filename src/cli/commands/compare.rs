//! `labctl compare`: whether two samples of runs differ.

use std::path::{Path, PathBuf};

use labctl::metrics::{MAIN_METRICS, Quantity};
use labctl::sample::{
    ComparisonDocument, ComparisonRow, Pairing, Sample, SampleComparison, Unpaired, common_quantities,
    compare_samples, records,
};
use labctl::statistics::{Interval, Verdict};
use labctl::text::sanitize::on_one_line;

use crate::cli::flags::output_format::TableFormat;
use crate::cli::rounding::{self, Rounding};
use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl compare results/exp4 results/exp5
  labctl compare results/my-sweep/c1 results/my-sweep/c2
  labctl compare results/exp4 results/exp5 --metric m2.end_queue
  labctl compare before/ after/ --format json | jq '.rows[].verdict'

A sample is a tree of runs that differ in their seed alone, or a cell of a
sweep. Where both have the same seeds, runs are compared in pairs: what chance
does to both cancels out, and fewer runs show more. Otherwise Welch's test
compares the means. p is the chance of a difference like this if there were
none, corrected after Holm for all that is compared at once: the more is
compared, the more runs are needed, so name what you want to know with --metric.

Too few runs: no difference was found, and even one as large as the runs' own
standard deviation could not have been. The exit code is 3 where that is the
verdict on all that varies.";

/// The arguments of `labctl compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The first sample: a tree of runs, or a cell of a sweep such as results/my-sweep/c1
    #[arg(value_name = "A")]
    a: PathBuf,

    /// The sample to compare with it
    #[arg(value_name = "B")]
    b: PathBuf,

    /// Compare this alone: end_queue of whole runs, or m2.end_queue of machine 2; may be repeated
    #[arg(long = "metric", value_name = "NAME")]
    metrics: Vec<Quantity>,

    /// Show every quantity, also what is the same and what too few runs leave open
    #[arg(long)]
    wide: bool,

    /// A table for people, or data for programs
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: TableFormat,
}

/// Compares two samples.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (a, b) = (read(&args.a, terminal)?, read(&args.b, terminal)?);
    let quantities = if args.metrics.is_empty() { common_quantities(&a, &b) } else { args.metrics.clone() };
    if quantities.iter().all(|quantity| quantity.machine.is_none()) && args.metrics.is_empty() {
        terminal.warn("the runs differ in their machines, so only whole runs are compared");
    }
    let found = compare_samples(&a, &b, &quantities);
    for quantity in found.unknown.iter().filter(|_| !args.metrics.is_empty()) {
        terminal.warn(format!("{quantity} is not known of both samples"));
    }
    if found.rows.is_empty() {
        anyhow::bail!("{} and {} have nothing in common to compare", shown(&args.a), shown(&args.b));
    }
    match args.format {
        TableFormat::Table => {
            let all = args.wide || !args.metrics.is_empty();
            terminal.data(&(header(args, &a, &b, &found) + &table(&found.rows, all)))?;
        }
        TableFormat::Csv => terminal.csv(&csv(&found)?)?,
        TableFormat::Json => {
            terminal.json(&ComparisonDocument::of((&args.a, &a), (&args.b, &b), &found))?;
        }
    }
    if found.is_undecided() {
        terminal
            .say("too few runs to tell anything: add runs with other seeds, or compare less with --metric");
        return Ok(Exit::Inconclusive);
    }
    Ok(Exit::Done)
}

fn read(path: &Path, terminal: &Terminal) -> anyhow::Result<Sample> {
    let sample = Sample::read(path)?;
    sample.caveats().iter().for_each(|caveat| terminal.warn(format!("{}: {caveat}", shown(path))));
    Ok(sample)
}

/// Somebody else may have named the folder.
fn shown(path: &Path) -> String {
    on_one_line(&path.display().to_string())
}

/// The samples, and how they are compared.
fn header(args: &Args, a: &Sample, b: &Sample, found: &SampleComparison) -> String {
    let pairing = match &found.pairing {
        Pairing::BySeed { pairs, left_out: 0 } => format!("in {} pairs of the same seed", pairs.len()),
        Pairing::BySeed { pairs, left_out } => {
            format!(
                "in {} pairs of the same seed; runs without a partner are left out: {left_out}",
                pairs.len()
            )
        }
        Pairing::Independent(why) => {
            let why = match why {
                Unpaired::SeedsUnknown => "the seeds of some runs are not known",
                Unpaired::SeedsRepeated => "some runs have the same seed",
                Unpaired::SeedsDiffer => "the runs do not share their seeds",
                Unpaired::OnePair => "one pair of the same seed tells nothing of chance",
            };
            format!("after Welch, as {why}")
        }
    };
    format!(
        "A: {}, n = {}\nB: {}, n = {}\nCompared {pairing}.\n\
         95 % intervals: t, of each quantity by itself. p: two-sided, corrected after Holm; comparisons: {}\n",
        shown(&args.a),
        a.runs.len(),
        shown(&args.b),
        b.runs.len(),
        found.tested()
    )
}

fn ends(interval: Option<Interval>) -> (Option<f64>, Option<f64>) {
    (interval.map(|interval| interval.low), interval.map(|interval| interval.high))
}

/// The rows that matter first: what differs, then what does not, then what too
/// few runs leave open. Unless `all` are asked for, what is the same is only
/// counted, and of what is open the main metrics stand for the rest.
fn table(rows: &[ComparisonRow], all: bool) -> String {
    let is_main = |row: &ComparisonRow| MAIN_METRICS.iter().any(|main| main.name == row.quantity.metric.name);
    let is_open = |row: &ComparisonRow| row.comparison.verdict == Verdict::TooFewRuns;
    let is_shown = |row: &&ComparisonRow| all || !row.is_same() && (!is_open(row) || is_main(row));
    let mut shown: Vec<&ComparisonRow> = rows.iter().filter(is_shown).collect();
    shown.sort_by_key(|row| rank(row.comparison.verdict));
    let same = rows.iter().filter(|row| row.is_same()).count();
    let open = rows.len() - shown.len() - if all { 0 } else { same };
    let mut text = if shown.is_empty() { String::new() } else { figures(&shown) };
    if same > 0 && !all {
        text += &format!(
            "the same in A and B throughout, and not shown: {}\n",
            view::counted(same as u64, "quantity")
        );
    }
    if open > 0 {
        text += &format!(
            "of too few runs, and not shown without --wide: {}\n",
            view::counted(open as u64, "quantity")
        );
    }
    text
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Higher | Verdict::Lower => 0,
        Verdict::NoDifferenceSeen => 1,
        Verdict::TooFewRuns => 2,
    }
}

fn figures(rows: &[&ComparisonRow]) -> String {
    let header = ["quantity", "verdict", "B − A [95 %]", "p", "n", "A: mean [95 %]", "B: mean [95 %]"];
    let estimate = |value: f64, interval: Option<Interval>| {
        let (low, high) = ends(interval);
        Rounding::to(low, high).estimate(value, low, high)
    };
    let body = rows.iter().map(|row| {
        let found = &row.comparison;
        let n = if row.a.n == row.b.n { row.a.n.to_string() } else { format!("{}, {}", row.a.n, row.b.n) };
        vec![
            row.quantity.to_string(),
            found.verdict.to_string(),
            view::known(found.difference, |difference| estimate(difference, found.interval)),
            found.p.map_or_else(|| "-".to_owned(), p_value),
            n,
            rounding::mean(&row.a),
            rounding::mean(&row.b),
        ]
    });
    view::table(&header, body)
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

fn csv(found: &SampleComparison) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records(found) {
        writer.serialize(record)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
