//! Conducting a run: the lab runs it while a person watches.

use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use labctl::engine::{Gauges, StopSwitch};
use labctl::lab::{self, Done, Engine, LabError, Order};
use labctl::plan::Run;

use super::Terminal;
use super::progress::Progress;

/// Logs of more than this are not kept in memory: about one million events,
/// which take a tenth of a gigabyte and less than a second to audit.
pub const HISTORY_BYTES_MAX: u64 = 128 << 20;

/// Runs `run`, named `run_name` or else by its time and seed, into `results`.
/// `None` is a run that was stopped before its first tick.
pub fn conduct(
    run: &Run,
    run_name: Option<&str>,
    results: &Path,
    engine: Engine,
    stop: &StopSwitch,
    terminal: &Terminal,
) -> anyhow::Result<Option<Done>> {
    let token = run.spec.network.token.clone().map_or_else(random_token, Ok)?;
    let gauges = Gauges::new(run.spec.machine_count());
    let progress = Progress::start(run, &gauges, terminal);
    let order = Order {
        token,
        spec: run.spec.clone(),
        results: results.to_owned(),
        run_name: run_name.map(str::to_owned),
        engine,
        stop: stop.clone(),
        gauges,
        observer: progress.observer(),
        now: Timestamp::now(),
        history_bytes_max: HISTORY_BYTES_MAX,
    };
    let outcome = lab::run(&order);
    progress.finish();
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(LabError::StoppedBeforeStart) => {
            terminal.say(LabError::StoppedBeforeStart);
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("experiment {}", run.spec.name)),
    }
}

/// A token that cannot be guessed.
pub fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
