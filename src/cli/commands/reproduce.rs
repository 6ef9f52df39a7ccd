//! `labctl reproduce`: a publication's experiments run again, and its claims
//! judged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use labctl::charts;
use labctl::engine::StopSwitch;
use labctl::model::engine::Engine;
use labctl::plan::Plan;
use labctl::reproduce::{
    self, Cells, JudgedClaim, Making, Replicates, Reproduction, RunsMade, Tally, claims_file, rows,
};
use labctl::sample::read_cells;
use labctl::spec::Override;
use labctl::store::version::VERSION;
use labctl::store::write_file;
use labctl::sweep::{SweepFolder, collect};

use super::sweep;
use crate::cli::flags::engine::engine;
use crate::cli::flags::output_format::TableFormat;
use crate::cli::ui::run_missing::run_missing;
use crate::cli::ui::signals::listen;
use crate::cli::ui::{sweep_summary, view};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl reproduce                                    200 simulated runs of each
  labctl reproduce --engine sockets --speedup 50      30 runs of each: minutes
  labctl reproduce --claims mine.toml -o plots/mine   claims of your own
  labctl reproduce --format json                      for other programs

Writes a page, README.md, with its charts beside it: the verdict on every claim,
the numbers and the theory behind it, and every published value among our runs.
What the notebook says, how we read it and what our theory says are three kinds,
counted apart. A claim is met, not met, or undecided where the intervals of the
runs do not tell. Runs are kept; the same command again makes only those that
are missing. A file of claims says, in TOML, what to run and what to expect of
it: experiments/claims/notebook.toml is the notebook's, and is used if no other
is given.";

const PAGE_FILE: &str = "README.md";
const RUNS_SIMULATED: u32 = 200;
const RUNS_ON_SOCKETS: u32 = 30;
const SPEEDUP_ON_SOCKETS: f64 = 50.0;

/// The arguments of `labctl reproduce`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A file of claims, instead of the lab notebook's
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,

    /// Runs of each setting that differ in the seed alone [default: 200 simulated, 30 on sockets]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    replicates: Option<u32>,

    /// Simulations, or real sockets in real time: the same machines
    #[arg(long, value_name = "ENGINE", value_parser = engine(), default_value = "sim")]
    engine: Engine,

    /// On sockets, lab time runs this many times faster than real time [default: 50]
    #[arg(long, value_name = "X")]
    speedup: Option<f64>,

    /// The seed of the first run of every setting [default: that of its spec]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// How the verdicts are reported; JSON has their numbers too
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: TableFormat,

    /// The folder of all results
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,

    /// The folder of the page and its charts
    #[arg(short, long, value_name = "DIR", default_value = "plots/reproduction", value_parser = crate::cli::ui::output::folder)]
    output: PathBuf,
}

/// Runs what is missing, and writes the page.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.speedup.is_some() && args.engine == Engine::Simulator {
        terminal.error("--speedup is for --engine sockets: a simulation is as fast as it can be");
        return Ok(Exit::Usage);
    }
    let claims = claims_file::read(args.claims.as_deref(), &args.overrides())?;
    let cells = Cells::of(&claims, args.replicates());
    let plan = Plan::new(args.engine, None, cells.cells().to_vec());
    let hash = plan.hash(VERSION);
    let folder = SweepFolder::at(args.results.join(format!("reproduction-{}", short(&hash))));
    let _lock = if folder.plan_file().exists() { folder.resume(&plan)? } else { folder.create(&plan)? };
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    sweep::say_what_begins(&folder, &plan, terminal);
    let outcome = run_missing(&folder, &plan, false, &stop, terminal);
    let summary = collect(&folder, &plan, &[], |_| {})?;
    sweep_summary::tell(&summary, &plan, terminal);
    // What kept the runs from going on explains what is missing.
    outcome?;
    if let Some(signal) = signals.received() {
        terminal.say("stopped; the same command goes on");
        return Ok(Exit::Interrupted(signal));
    }
    let samples = if summary.done > 0 { read_cells(&folder.runs_file())? } else { BTreeMap::new() };
    let replicates = Replicates::new(&cells, samples);
    let reproduction = Reproduction::of(&claims, &replicates);
    match args.format {
        TableFormat::Table => terminal.data(&verdicts(&reproduction))?,
        TableFormat::Csv => terminal.csv(&csv(&reproduction.judged)?)?,
        TableFormat::Json => terminal.json(&rows::document(&reproduction.judged))?,
    }
    let done = RunsMade { runs: summary.done, replicates: args.replicates(), speedup: args.speedup() };
    let making = Making::of(&plan, &done, args.command(), short(&hash));
    let page = write(&reproduction, &replicates, &making, &args.output)?;
    terminal.say(format!("runs: {}", folder.path().display()));
    terminal.say(format!("page: {}", page.display()));
    Ok(sweep::exit(&summary))
}

impl Args {
    fn replicates(&self) -> u32 {
        self.replicates.unwrap_or(match self.engine {
            Engine::Simulator => RUNS_SIMULATED,
            Engine::Sockets => RUNS_ON_SOCKETS,
        })
    }

    /// How much faster than real time the sockets run; a simulation has no pace.
    fn speedup(&self) -> Option<f64> {
        (self.engine == Engine::Sockets).then(|| self.speedup.unwrap_or(SPEEDUP_ON_SOCKETS))
    }

    /// What is laid over every spec.
    fn overrides(&self) -> Vec<Override> {
        let seed = self.seed.map(|seed| Override::new(format!("--seed {seed}"), "seed", seed.to_string()));
        let speedup = self
            .speedup()
            .map(|speedup| Override::new(format!("--speedup {speedup}"), "speedup", format!("{speedup:?}")));
        seed.into_iter().chain(speedup).collect()
    }

    /// That asks for the same again.
    fn command(&self) -> String {
        let mut command = "labctl reproduce".to_owned();
        if let Some(name) = self.claims.as_ref().and_then(|path| path.file_name()) {
            // A file's name may hold anything, and this is shown as code.
            command += &format!(" --claims {}", name.to_string_lossy().replace(['`', '\n', '\r'], "?"));
        }
        command += &format!(" --replicates {}", self.replicates());
        if let Some(speedup) = self.speedup() {
            command += &format!(" --engine sockets --speedup {speedup}");
        }
        self.seed.map_or(command.clone(), |seed| format!("{command} --seed {seed}"))
    }
}

/// Enough of a hash to tell the plans of one lab apart.
fn short(hash: &str) -> &str {
    &hash[..8]
}

fn csv(judged: &[JudgedClaim<'_>]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows::rows(judged) {
        writer.serialize(row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A table of the claims, and a line a kind of how many are met.
fn verdicts(of: &Reproduction<'_>) -> String {
    let body = of.judged.iter().map(|judged| {
        let claim = judged.claim;
        vec![claim.kind.word().to_owned(), claim.id.clone(), claim.source.clone(), judged.words()]
    });
    if of.judged.is_empty() {
        return String::new();
    }
    let tallies = Tally::of(&of.judged);
    let lines = tallies.iter().map(|tally| tally.words(&of.claims.publication) + "\n");
    view::table(&["kind", "claim", "source", "verdict"], body) + &lines.collect::<String>()
}

/// Writes the page and its charts, and says where.
fn write(
    of: &Reproduction<'_>,
    replicates: &Replicates<'_>,
    making: &Making,
    output: &Path,
) -> anyhow::Result<PathBuf> {
    let illustrated = reproduce::illustrated(of, replicates, making)?;
    charts::write(&illustrated.charts, output, reproduce::illustrated::FORMAT)?;
    let path = output.join(PAGE_FILE);
    write_file(&path, illustrated.page.as_bytes())?;
    Ok(path)
}
