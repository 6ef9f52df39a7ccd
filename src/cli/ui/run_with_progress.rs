//! Conducting a run: the lab runs it while a person watches.

use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use labctl::audit::HISTORY_BYTES_MAX;
use labctl::engine::{Gauges, Observer, StopSwitch};
use labctl::lab::{self, Done, Hosting, LabError, Order};
use labctl::model::engine::Engine;
use labctl::plan::Run;

use super::live::Live;
use super::progress::Progress;
use super::signals::Signals;
use crate::cli::Terminal;
use crate::cli::flags::token::random_token;

/// How a person watches a run.
#[derive(Clone, Copy, Debug)]
pub enum Show<'a> {
    /// By bars, or by plain lines off a terminal.
    Progress,
    /// By a view of the whole terminal, whose keys can end the run.
    Live(&'a Signals),
}

/// Runs `run`, named `run_name` or else by its time and seed, into `results`.
/// `None` is a run that was stopped before its first tick.
pub fn run_with_progress(
    run: &Run,
    run_name: Option<&str>,
    results: &Path,
    hosting: Hosting,
    show: Show<'_>,
    stop: &StopSwitch,
    terminal: &Terminal,
) -> anyhow::Result<Option<Done>> {
    let token = random_token()?;
    let gauges = Gauges::new(run.spec.machine_count());
    let shown = Shown::start(show, run, &gauges, hosting.engine, terminal);
    let order = Order {
        token,
        spec: run.spec.clone(),
        results: results.to_owned(),
        run_name: run_name.map(str::to_owned),
        hosting,
        stop: stop.clone(),
        gauges,
        observer: shown.observer(),
        now: Timestamp::now(),
        history_bytes_max: HISTORY_BYTES_MAX,
    };
    let outcome = lab::run(&order);
    shown.finish();
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(LabError::StoppedBeforeStart) => {
            terminal.say(LabError::StoppedBeforeStart);
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("experiment {}", run.spec.name)),
    }
}

/// What shows a run.
enum Shown {
    Progress(Progress),
    Live(Live),
}

impl Shown {
    /// A terminal that cannot be taken over has bars.
    fn start(show: Show<'_>, run: &Run, gauges: &Gauges, engine: Engine, terminal: &Terminal) -> Shown {
        if let Show::Live(signals) = show {
            match Live::start(run, gauges, engine != Engine::Simulator, signals, terminal) {
                Ok(live) => return Shown::Live(live),
                Err(error) => terminal.warn(format!("this terminal cannot show the live view: {error}")),
            }
        }
        Shown::Progress(Progress::start(run, gauges, terminal))
    }

    fn observer(&self) -> Observer {
        match self {
            Shown::Progress(progress) => progress.observer(),
            Shown::Live(live) => live.observer(),
        }
    }

    fn finish(self) {
        match self {
            Shown::Progress(progress) => progress.finish(),
            Shown::Live(live) => live.finish(),
        }
    }
}
