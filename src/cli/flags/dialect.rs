//! Flags for foreign logs, the same for every command that reads logs.

use std::path::{Path, PathBuf};
use std::slice;

use anyhow::bail;
use labctl::dialect::{self, Dialect};
use labctl::log::ReadStats;
use labctl::read::ReadLog;
use labctl::read::find::{find_all_sweeps, is_run_below};
use labctl::read::find_in_dialect::{FindRunsError, FoundRuns, Search};
use labctl::read::run_path::RunPath;

use labctl::text::numbers::percent;

use crate::cli::Terminal;

/// Foreign logs
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Foreign logs")]
pub struct DialectFlags {
    /// How the logs are written: a name of `labctl dialect list`, a file, `auto`, or `labctl` for its own
    #[arg(long, value_name = "NAME|FILE|auto")]
    dialect: Option<String>,

    /// A folder of dialects to be tried before those that come with labctl
    #[arg(long, value_name = "DIR")]
    dialects: Option<PathBuf>,

    /// Ticks per second, where logs do not tell: 3 for all machines, or 1,3,6
    #[arg(long, value_name = "R,R,…", value_delimiter = ',', value_parser = clock_rate)]
    clock_rate: Vec<f64>,

    /// Fail if more than this share of the lines of a log in a dialect fits nothing
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = share)]
    max_unmatched: f64,
}

/// Unmatched lines that are shown of all logs together.
const UNMATCHED_SHOWN: usize = 5;

fn clock_rate(text: &str) -> Result<f64, String> {
    let rate = text.trim().parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "a clock rate is a number above 0, in ticks per second".to_owned())
}

/// A flag's number from 0 to 1.
pub fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "this is a number from 0 to 1".to_owned())
}

impl DialectFlags {
    /// The runs at or below the paths, however their logs are written.
    pub fn find_runs(&self, paths: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Vec<RunPath>> {
        let found = self.find(paths)?;
        for detection in &found.detections {
            terminal.say(format!("dialect: {detection}"));
        }
        found.notes.iter().for_each(|note| terminal.say(note));
        if let Some(refusal) = &found.refusal {
            terminal.say(refusal);
        }
        found.runs.iter().for_each(|run| tell_logs(run, terminal));
        Ok(found.runs)
    }

    /// The same, where paths may hold no runs as they hold sweeps that were
    /// simulated: `sweeps` are all that are at or below the paths.
    pub fn find_runs_beside(
        &self,
        paths: &[PathBuf],
        sweeps: &[PathBuf],
        terminal: &Terminal,
    ) -> anyhow::Result<Vec<RunPath>> {
        let mut with_runs = Vec::new();
        for path in paths {
            let is_simulated_alone = !sweeps.is_empty()
                && path.is_dir()
                && !is_run_below(path)?
                && !find_all_sweeps(slice::from_ref(path))?.is_empty();
            if !is_simulated_alone {
                with_runs.push(path.clone());
            }
        }
        if with_runs.is_empty() { Ok(Vec::new()) } else { self.find_runs(&with_runs, terminal) }
    }

    /// Those of the runs that have logs, of which there is one at least.
    pub fn find_logs(&self, paths: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Vec<RunPath>> {
        let mut runs = self.find_runs(paths, terminal)?;
        runs.retain(|run| !run.logs.is_empty());
        if runs.is_empty() {
            bail!("there are no logs here; only what was measured is kept");
        }
        Ok(runs)
    }

    /// The same, with what there is to tell of how the logs are written. No two
    /// runs have one name.
    pub fn find(&self, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
        let dialects = self.dialects.as_deref().map(dialect::load_all).transpose()?.unwrap_or_default();
        let (dialect, clock_rates) = (self.dialect.as_deref(), &self.clock_rate[..]);
        Search { dialect, dialects: &dialects, clock_rates }.find(paths)
    }

    /// Tells how many lines were understood, and the first that were not.
    /// False where too many were not.
    pub fn judge<'a>(
        &self,
        dialect: &Dialect,
        logs: impl Iterator<Item = (&'a Path, &'a ReadStats)>,
        terminal: &Terminal,
    ) -> bool {
        let (mut lines, mut ignored, mut unmatched, mut shown) = (0, 0, 0, 0);
        let mut is_good = true;
        for (path, stats) in logs {
            (lines, ignored) = (lines + stats.own_lines(), ignored + stats.ignored);
            unmatched += stats.unmatched;
            for fault in
                stats.faults.iter().filter(|fault| fault.is_unmatched()).take(UNMATCHED_SHOWN - shown)
            {
                terminal.warn(format!("{}:{fault}", path.display()));
                shown += 1;
            }
            if let Some(refusal) = self.refusal_of(dialect, path, stats) {
                is_good = false;
                terminal.error(refusal);
            }
        }
        let matched = lines - ignored - unmatched;
        terminal.say(format!(
            "dialect {}: {lines} lines, {matched} matched, {ignored} ignored, {unmatched} unmatched",
            dialect.name
        ));
        is_good
    }

    /// Why a run is not to be trusted, if too many lines of a log fit nothing in
    /// its dialect.
    pub fn refusal<'a>(
        &self,
        run: &RunPath,
        mut logs: impl Iterator<Item = (&'a Path, &'a ReadStats)>,
    ) -> Option<String> {
        let dialect = &run.dialect.as_ref()?.dialect;
        logs.find_map(|(path, stats)| self.refusal_of(dialect, path, stats))
    }

    fn refusal_of(&self, dialect: &Dialect, path: &Path, stats: &ReadStats) -> Option<String> {
        let share = stats.unmatched_share();
        (share > self.max_unmatched).then(|| {
            format!(
                "{}: {} of the lines fit nothing in the dialect {}; see `labctl dialect test`, or allow more by --max-unmatched",
                path.display(),
                percent(share),
                dialect.name
            )
        })
    }

    /// The same of whole runs, of which those in our own way need no judging.
    pub fn judge_runs<'a>(
        &self,
        runs: impl Iterator<Item = (&'a RunPath, &'a [ReadLog])>,
        terminal: &Terminal,
    ) -> bool {
        let mut by_dialect: Vec<(&Dialect, Vec<(&Path, &ReadStats)>)> = Vec::new();
        for (run, read) in runs {
            let Some(of) = &run.dialect else { continue };
            let logs = read.iter().map(|log| (log.path.as_path(), &log.stats));
            match by_dialect.iter_mut().find(|(dialect, _)| **dialect == *of.dialect) {
                Some((_, all)) => all.extend(logs),
                None => by_dialect.push((&of.dialect, logs.collect())),
            }
        }
        let mut good = true;
        for (dialect, logs) in by_dialect {
            good &= self.judge(dialect, logs.into_iter(), terminal);
        }
        good
    }

    /// The same of one run.
    pub fn judge_run<'a>(
        &self,
        run: &RunPath,
        logs: impl Iterator<Item = (&'a Path, &'a ReadStats)>,
        terminal: &Terminal,
    ) -> bool {
        run.dialect.as_ref().is_none_or(|of| self.judge(&of.dialect, logs, terminal))
    }
}

/// Tells of logs that are not read, and of machines that are called otherwise here.
fn tell_logs(run: &RunPath, terminal: &Terminal) {
    if let Some(advice) = run.not_read() {
        terminal.warn(advice);
    }
    if run.logs.first().is_some_and(|log| log.ends_with("log_0.txt")) {
        let folder = run.folder.display();
        terminal.say(format!(
            "{folder}: its machines are numbered from 0; here log_0.txt is machine 1, and so on"
        ));
    }
}
