//! `labctl run`: from a spec to results and charts.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use labctl::charts::{self, Format, Look, RunTheory, SideBySide};
use labctl::engine::StopSwitch;
use labctl::lab::foreign_logs::{ForeignLog, join_foreign_logs};
use labctl::lab::{Done, Hosting};
use labctl::log::{EndReason, file_name};
use labctl::metrics::summary::RunMetrics;
use labctl::metrics::trust::doubts;
use labctl::model::engine::Engine;
use labctl::plan::Run;
use labctl::plot;
use labctl::sample::settings::Settings;
use labctl::spec::Spec;

use super::sweep;
use crate::cli::flags::engine::engine;
use crate::cli::flags::name::folder_name;
use crate::cli::flags::plan::PlanFlags;
use crate::cli::flags::spec::RealTimeSpecFlags;
use crate::cli::ui::audits::tell_audit;
use crate::cli::ui::run_with_progress::{Show, run_with_progress};
use crate::cli::ui::signals::{Signals, listen};
use crate::cli::ui::view::{self, Extent, Marks};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl run exp4                           a name of labctl list --experiments
  labctl run experiments/exp4.toml --speedup 10 --seed 7
  labctl run exp4 --replicates 5            five seeds, and a table over them
  labctl run experiments/*.toml --speedup 20
  labctl run experiments/exp1.toml --clock-rates 1,3,6 --duration 30s
  labctl run experiments/exp4.toml --live
  labctl run experiments/exp4.toml --engine sim
  labctl run experiments/exp1.toml --delay uniform:100ms..500ms

A run leaves results/<experiment>/<run>/ with its logs, events.csv, metrics.csv,
the resolved spec and a manifest, and its charts in plots/<experiment>/<run>/.
Ctrl-C ends it in order and keeps everything; a second Ctrl-C stops at once.
An experiment's name stands for experiments/<name>.toml, or for the one that
comes with labctl where there is no such file.

Exit codes: 0 done; 1 a run failed, or its audit is unsound (labctl check tells
why); 2 wrong usage or spec; 130, 143 interrupted.";

/// The arguments of `labctl run`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Specs to run, by path or name, one after the other
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,

    /// Real sockets in real time, or a simulation: the same machines in virtual time
    #[arg(long, value_name = "ENGINE", value_parser = engine(), default_value = "sockets")]
    engine: Engine,

    /// Where the machines live: in this process, or each in a process of its own
    #[arg(long, value_name = "WHERE", default_value = "tasks")]
    isolation: IsolationFlag,

    /// Watch queues, clocks and last events on the whole terminal while the machines run
    #[arg(long)]
    live: bool,

    /// Run each spec so many times with seeds that follow one another: a sweep, with its table
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000), conflicts_with_all = ["isolation", "live"])]
    replicates: Option<u32>,

    /// Name the run, instead of by its time and seed
    #[arg(long, value_name = "NAME", value_parser = folder_name)]
    name: Option<String>,

    /// The folder of all results
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,

    /// The folder of all charts
    #[arg(long, value_name = "DIR", default_value = "plots")]
    plots: PathBuf,

    #[command(flatten)]
    spec_flags: RealTimeSpecFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum IsolationFlag {
    Tasks,
    Process,
}

/// Runs every spec; all are read before the first begins.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.engine == Engine::Simulator && args.isolation == IsolationFlag::Process {
        terminal.error("a simulation has no processes to isolate; leave --isolation out");
        return Ok(Exit::Usage);
    }
    if let Some(replicates) = args.replicates {
        let (name, results) = (args.name.as_deref(), args.results.as_path());
        let plan = PlanFlags::of(&args.specs, replicates, args.engine, name, results, &args.spec_flags);
        return sweep::replicates(plan, &args.plots, terminal);
    }
    let mut specs = Vec::new();
    for path in &args.specs {
        specs.push(args.spec_flags.load(path, terminal)?);
    }
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    let way = way_to_show(args, &signals, terminal);
    let (mut exit, mut ran, settings) = (Exit::Done, Vec::new(), Settings::default());
    let several = specs.len() > 1;
    for spec in specs {
        if let Some((done, is_sound)) = run_one(args, spec.clone(), way, &stop, terminal)? {
            if done.reason == EndReason::Failed || !is_sound {
                exit = Exit::Failed;
            }
            ran.push((settings.of(&spec), done.reading.rows));
        }
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
    }
    if several {
        let beside = ran.iter().map(|(planned, rows)| SideBySide { planned: Some(planned), rows });
        let of = plot::side_by_side(&beside.collect::<Vec<_>>());
        let charts = charts::experiment_charts(&of, Look::default())?;
        charts::write(&charts, &args.plots, Format::Png)?;
        terminal.say(format!("charts of all against speed ratio: {}", args.plots.display()));
    }
    Ok(exit)
}

fn way_to_show<'a>(args: &Args, signals: &'a Signals, terminal: &Terminal) -> Show<'a> {
    if args.live && !terminal.talk_to_a_person {
        terminal.warn("--live needs a terminal on standard error; plain lines instead");
    }
    if args.live && terminal.talk_to_a_person { Show::Live(signals) } else { Show::Progress }
}

/// The run, and whether its audit found nothing; `None` is a run that was stopped
/// before its first tick.
fn run_one(
    args: &Args,
    spec: Spec,
    way: Show<'_>,
    stop: &StopSwitch,
    terminal: &Terminal,
) -> anyhow::Result<Option<(Done, bool)>> {
    let run = Run::single(spec, String::new());
    say_what_begins(&run, args.engine, terminal);
    let hosting = hosting(args)?;
    let name = args.name.as_deref();
    let Some(mut done) = run_with_progress(&run, name, &args.results, hosting.clone(), way, stop, terminal)?
    else {
        return Ok(None);
    };
    let drawn = draw(&done, &run, &args.plots, terminal);
    show(&done, &run.spec.name, terminal)?;
    let is_sound = tell_audit(&mut done, &run, &hosting, terminal);
    tell_foreign_logs(&run, &done.folder, terminal);
    drawn?;
    Ok(Some((done, is_sound)))
}

/// Lets the logs of machines of others join the run.
fn tell_foreign_logs(run: &Run, folder: &Path, terminal: &Terminal) {
    for ForeignLog { machine, log, joined } in join_foreign_logs(run, folder) {
        let (log, place) = (log.display(), folder.join(file_name(machine)));
        let advice = || format!("copy it to {} once it is whole", place.display());
        match joined {
            Ok(true) => terminal.say(format!("machine {machine}: its own log {log} is read with the run")),
            Ok(false) => {
                terminal.warn(format!("machine {machine}: its own log {log} is not linked; {}", advice()))
            }
            Err(error) => terminal.warn(format!(
                "machine {machine}: its own log {log} does not join the run: {error}; {}",
                advice()
            )),
        }
    }
}

fn hosting(args: &Args) -> anyhow::Result<Hosting> {
    let program = match args.isolation {
        IsolationFlag::Tasks => None,
        IsolationFlag::Process => {
            Some(std::env::current_exe().context("cannot find this program to start its machines")?)
        }
    };
    Ok(Hosting { engine: args.engine, program })
}

fn say_what_begins(run: &Run, engine: Engine, terminal: &Terminal) {
    let rates: Vec<String> = run.clock_rates().iter().map(f64::to_string).collect();
    let spec = &run.spec;
    let pace = match engine {
        Engine::Sockets => format!("in {:.1} s", spec.duration.as_secs_f64() / spec.speedup),
        Engine::Simulator => "simulated".to_owned(),
    };
    terminal.say(format!(
        "{}: {} machines at {} ticks/s, {} of lab time {pace}, seed {}",
        spec.name,
        rates.len(),
        shortened(&rates),
        spec.duration,
        spec.seed
    ));
}

fn shortened(rates: &[String]) -> String {
    const RATES_SHOWN: usize = 12;
    let more = if rates.len() > RATES_SHOWN { ", …" } else { "" };
    format!("{}{more}", rates[..rates.len().min(RATES_SHOWN)].join(", "))
}

fn show(done: &Done, experiment: &str, terminal: &Terminal) -> anyhow::Result<()> {
    let rows = &done.reading.rows;
    let mut text = format!("{experiment}, {}\n{}", done.reason, view::machines(rows, Extent::Brief));
    if let Some(run) = RunMetrics::of(rows) {
        text.push_str(&view::run_line(&run));
        let mut marks = Marks::default();
        marks.see(rows);
        text.push_str(&marks.text());
        doubts(rows, &run).iter().for_each(|doubt| terminal.warn(doubt));
    }
    text.push_str(&errors(done));
    terminal.data(&text)?;
    if let Some(failure) = &done.failure {
        terminal.error(format!("the run failed: {failure}; every log is kept"));
    }
    terminal.say(format!("results: {}", done.folder.display()));
    Ok(())
}

/// The ERROR lines of all logs, if there are any.
fn errors(done: &Done) -> String {
    let logs = done.reading.logs.iter().filter(|log| log.stats.errors > 0);
    let count: u64 = logs.clone().map(|log| log.stats.errors).sum();
    let each: Vec<String> = logs
        .filter_map(|log| Some(format!("{} in {}", log.stats.errors, log.path.file_name()?.display())))
        .collect();
    if count == 0 { String::new() } else { format!("ERROR lines: {count} ({})\n", each.join(", ")) }
}

fn draw(done: &Done, run: &Run, plots: &Path, terminal: &Terminal) -> anyhow::Result<()> {
    let series = &done.reading.series;
    let folder = plots.join(&series.experiment).join(&series.run);
    let theory = RunTheory::of(run);
    let mut drawn = charts::run_charts(series, &theory, Look::default())?;
    let planned = Settings::default().of(&run.spec);
    let beside = plot::side_by_side(&[SideBySide { planned: Some(&planned), rows: &done.reading.rows }]);
    drawn.extend(charts::experiment_charts(&beside, Look::default())?);
    charts::write(&drawn, &folder, Format::Png)?;
    let without = theory.left_out().map_or(String::new(), |why| format!("; {why}"));
    terminal.say(format!(
        "charts:  {} ({}{without})",
        folder.display(),
        view::counted(drawn.len() as u64, "file")
    ));
    Ok(())
}
