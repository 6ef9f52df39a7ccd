//! Flags for foreign logs, the same for every command that reads logs.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;

use anyhow::{Context, bail};
use labctl::dialect::{self, Detection, Dialect, Refusal};
use labctl::files::regular::open_regular;
use labctl::log::{Line, LineParser, ReadStats};
use labctl::parallel;
use labctl::read::ReadLog;
use labctl::read::dialect_runs;
use labctl::read::dialect_runs::RunsError;
use labctl::read::find::FindError;
use labctl::read::find::{RunPath, each_once, find_all_runs, find_all_sweeps, is_run_below};
use labctl::read::names::tell_apart;

use crate::cli::Terminal;

/// Foreign logs
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Foreign logs")]
pub struct DialectFlags {
    /// How the logs are written: a name of `labctl dialect list`, a file, `auto`, or `labctl` for its own
    #[arg(long, value_name = "NAME|FILE|auto")]
    dialect: Option<String>,

    /// Ticks per second, where logs do not tell: 3 for all machines, or 1,3,6
    #[arg(long, value_name = "R,R,…", value_delimiter = ',', value_parser = clock_rate)]
    clock_rate: Vec<f64>,

    /// Fail if more than this share of the lines of a log in a dialect fits nothing
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = share)]
    max_unmatched: f64,
}

/// Runs, and how their logs are written where that was found out.
pub struct Found {
    pub runs: Vec<RunPath>,
    /// The dialect that was found out, and how sure that is.
    pub detection: Option<String>,
    /// Why none was, where lines are nobody's that is known.
    pub refusal: Option<String>,
}

impl Found {
    fn plain(runs: Vec<RunPath>) -> Found {
        Found { runs, detection: None, refusal: None }
    }

    fn add(&mut self, more: Found) {
        self.runs.extend(more.runs);
        let both = self.detection.take().into_iter().chain(more.detection).collect::<Vec<_>>();
        self.detection = Some(both.join("; ")).filter(|reported| !reported.is_empty());
    }

    /// Paths whose dialect nobody knows: runs by the names of their logs alone,
    /// or no runs, which is an error.
    fn refuse(
        &mut self,
        paths: &[PathBuf],
        refusal: Refusal,
        without_runs: &mut Option<FindError>,
    ) -> anyhow::Result<()> {
        let named = find_all_runs(paths);
        let none = match (named, refusal) {
            (Ok(runs), refusal) => {
                if refusal != Refusal::NoLogs {
                    self.refusal.get_or_insert_with(|| refused(&refusal));
                }
                self.runs.extend(runs);
                return Ok(());
            }
            (Err(none), Refusal::NoLogs) => return Err(without_runs.take().unwrap_or(none).into()),
            (Err(none), refusal) => {
                let reported = format!("{none}; {}", refused(&refusal));
                anyhow::Error::from(none).context(reported)
            }
        };
        Err(none)
    }
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
        if let Some(detection) = &found.detection {
            terminal.say(format!("dialect: {detection}"));
        }
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
    pub fn find(&self, paths: &[PathBuf]) -> anyhow::Result<Found> {
        let mut found = self.find_as_named(paths)?;
        tell_apart(&mut found.runs);
        Ok(found)
    }

    fn find_as_named(&self, paths: &[PathBuf]) -> anyhow::Result<Found> {
        match self.dialect.as_deref() {
            Some("labctl") => Ok(Found::plain(find_all_runs(paths)?)),
            Some("auto") => {
                let found = detect(paths)??;
                self.runs_in(found, paths)
            }
            Some(name) => {
                let dialect = Arc::new(dialect::load(name)?);
                Ok(Found::plain(dialect_runs::find_runs(&dialect, paths, &self.clock_rate)?))
            }
            None => self.find_ours_or_guess(paths),
        }
    }

    /// Our own logs by their names, unless their lines are somebody else's; how
    /// those are written is found out for each path by itself.
    fn find_ours_or_guess(&self, paths: &[PathBuf]) -> anyhow::Result<Found> {
        let (mut ours, mut others, mut without_runs) = (Vec::new(), Vec::new(), None);
        for path in paths {
            match find_all_runs(slice::from_ref(path)) {
                Ok(runs) => {
                    let are_strange = parallel::map(&runs, is_strange_run);
                    if are_strange.iter().all(|is_strange| *is_strange) {
                        others.push(path.clone());
                        continue;
                    }
                    for (run, is_strange) in runs.into_iter().zip(are_strange) {
                        if is_strange { others.push(run.folder) } else { ours.push(run) }
                    }
                }
                Err(none) if none.is_of_names() => {
                    others.push(path.clone());
                    without_runs = without_runs.or(Some(none));
                }
                Err(none) => return Err(none.into()),
            }
        }
        let mut found = Found::plain(if paths.len() > 1 { each_once(ours) } else { ours });
        let mut by_dialect: Vec<(Detection, Vec<PathBuf>)> = Vec::new();
        for group in together(others) {
            match detect(&group)? {
                Ok(one) => match by_dialect.iter_mut().find(|(other, _)| other.dialect == one.dialect) {
                    Some((_, paths)) => paths.extend(group),
                    None => by_dialect.push((one, group)),
                },
                Err(refusal) => found.refuse(&group, refusal, &mut without_runs)?,
            }
        }
        for (detection, paths) in by_dialect {
            found.add(self.runs_in(detection, &paths)?);
        }
        Ok(found)
    }

    fn runs_in(&self, found: Detection, paths: &[PathBuf]) -> anyhow::Result<Found> {
        let detection = Some(found.to_string());
        let dialect = Arc::new(found.dialect);
        let runs = match dialect_runs::find_runs(&dialect, paths, &self.clock_rate) {
            Err(RunsError::Nothing { .. }) => {
                // Their names are other people's still: their lines tell which are logs.
                let mut files = dialect_runs::log_files(paths)?;
                files.retain(|file| {
                    dialect_runs::read_sample(file).is_ok_and(|sample| dialect.share(&sample) >= 0.5)
                });
                dialect_runs::find_runs(&dialect, &files, &self.clock_rate)?
            }
            runs => runs?,
        };
        Ok(Found { detection, ..Found::plain(runs) })
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
                "{}: {:.1} % of the lines fit nothing in the dialect {}; see `labctl dialect test`, or allow more by --max-unmatched",
                path.display(),
                share * 100.0,
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

/// The dialect that the first lines of the logs are in.
fn detect(paths: &[PathBuf]) -> anyhow::Result<Result<Detection, Refusal>> {
    /// More logs tell no more.
    const LOGS_LOOKED_AT: usize = 24;
    let files = dialect_runs::log_files(paths)?;
    // From all over the tree, since neighbours are alike.
    let step = files.len().div_ceil(LOGS_LOOKED_AT).max(1);
    let mut samples = Vec::new();
    let mut unreadable = None;
    for path in files.iter().step_by(step) {
        match dialect_runs::read_sample(path) {
            Ok(sample) => samples.push(sample),
            Err(error) => unreadable = unreadable.or(Some(error)),
        }
    }
    // What cannot be read may be no log, as long as others can.
    match unreadable {
        Some(error) if samples.is_empty() => Err(error.into()),
        _ => Ok(dialect::detect(dialect::shipped(), &samples)),
    }
}

fn refused(refusal: &Refusal) -> String {
    format!("these are no logs of labctl, and {refusal}")
}

/// Files of one folder belong together, and each folder by itself.
fn together(paths: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let mut groups: Vec<(Option<PathBuf>, Vec<PathBuf>)> = Vec::new();
    for path in paths {
        let folder = path.is_file().then(|| path.parent().map(Path::to_owned)).flatten();
        match groups.iter_mut().find(|(other, _)| folder.is_some() && *other == folder) {
            Some((_, group)) => group.push(path),
            None => groups.push((folder, vec![path])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
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

/// Whether a run has logs, and no line of any is one of ours. Where a manifest
/// names just the logs that are here, they are ours.
fn is_strange_run(run: &RunPath) -> bool {
    if run.manifest.as_ref().is_some_and(|manifest| manifest.names_its_logs) {
        return false;
    }
    // What no dialect can read either is reported where the run is read.
    let is_others =
        |log: &PathBuf| is_strange(log).unwrap_or(false) && dialect_runs::read_sample(log).is_ok();
    !run.logs.is_empty() && run.logs.iter().all(is_others)
}

/// Whether the log has lines, and none of the first is ours.
fn is_strange(log: &Path) -> anyhow::Result<bool> {
    const LINES_LOOKED_AT: usize = 200;
    const BYTES_LOOKED_AT: u64 = 64 * 1024;
    let file = open_regular(log).with_context(|| format!("cannot read {}", log.display()))?;
    let mut parser = LineParser::default();
    let mut has_lines = false;
    for line in BufReader::new(file.take(BYTES_LOOKED_AT)).split(b'\n').take(LINES_LOOKED_AT) {
        let line: Vec<u8> = line.map_err(io::Error::other)?;
        match parser.parse(&line) {
            Line::Blank => {}
            Line::Unmatched => has_lines = true,
            _ => return Ok(false),
        }
    }
    Ok(has_lines)
}
