//! Finding runs whatever dialect their logs are written in: it is named, or
//! found out by their first lines.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dialect_runs::{self, FoundInDialect};
use super::find::{each_once, find_all_runs, find_runs_and_others};
use super::find_error::FindError;
pub use super::find_runs_error::FindRunsError;
use super::find_runs_error::refused;
use super::log_files;
use super::names::tell_apart;
use super::recognise::{Given, Recognised, recognise};
use super::run_path::RunPath;
use super::runs_error::RunsError;
use crate::dialect::{self, Dialect, Refusal};
use crate::files::regular::open_regular;
use crate::log::{Line, LineParser, open_log};
use crate::parallel;
use crate::text::sanitize::harmless;

/// Runs, and how their logs are written where that was found out.
#[derive(Debug)]
pub struct FoundRuns {
    pub runs: Vec<RunPath>,
    /// Dialects that were found out, and how sure that is.
    pub detections: Vec<String>,
    /// What there is to tell of how files were taken for runs.
    pub notes: Vec<String>,
    /// Why none was, where lines are nobody's that is known.
    pub refusal: Option<String>,
}

impl FoundRuns {
    fn plain(runs: Vec<RunPath>) -> FoundRuns {
        FoundRuns { runs, detections: Vec::new(), notes: Vec::new(), refusal: None }
    }

    fn in_dialect(found: FoundInDialect) -> FoundRuns {
        FoundRuns { notes: found.notes, ..FoundRuns::plain(found.runs) }
    }

    fn add(&mut self, more: FoundRuns) {
        self.runs.extend(more.runs);
        self.detections.extend(more.detections);
        self.notes.extend(more.notes);
    }

    /// Paths whose dialect nobody knows: runs by the names of their logs alone,
    /// or no runs, which is an error.
    fn refuse(
        &mut self,
        paths: &[PathBuf],
        refusal: Refusal,
        without_runs: &mut Option<FindError>,
    ) -> Result<(), FindRunsError> {
        let named = find_all_runs(paths);
        match (named, refusal) {
            (Ok(runs), refusal) => {
                if refusal != Refusal::NoLogs {
                    self.refusal.get_or_insert_with(|| refused(&refusal));
                }
                self.runs.extend(runs);
                Ok(())
            }
            (Err(none), Refusal::NoLogs) => Err(without_runs.take().unwrap_or(none).into()),
            (Err(none), refusal) => Err(FindRunsError::Unknown { none, refusal }),
        }
    }
}

/// How the logs of runs are written, as far as somebody says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// A dialect's name or file, `auto`, or `labctl` for our own; `None` where our
    /// own are read, and others found out.
    pub dialect: Option<&'a str>,
    /// Tried before those that come with labctl.
    pub dialects: &'a [Dialect],
    /// Ticks per second, where logs do not tell.
    pub clock_rates: &'a [f64],
}

impl Search<'_> {
    /// The runs at or below the paths, no two of one name. Whatever is said of how
    /// logs are written, those of our own that a manifest names are read as ours
    /// where others are beside them.
    pub fn find(&self, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
        let mut found = match self.dialect {
            Some("labctl") => FoundRuns::plain(find_all_runs(paths)?),
            Some("auto") => self.find_recognised(paths)?,
            Some(name) => self.find_in(&Arc::new(dialect::load(name)?), paths)?,
            None => self.find_ours_or_guess(paths)?,
        };
        tell_apart(&mut found.runs);
        Ok(found)
    }

    fn find_in(&self, dialect: &Arc<Dialect>, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
        let mut split = Split::of(paths, is_ours_by_manifest);
        split.beside.retain(|file| log_files::is_named_as(dialect, file));
        split.others.append(&mut split.beside);
        if split.others.is_empty() {
            split = Split { others: paths.to_vec(), ..Split::default() };
        }
        let others = dialect_runs::find_runs(dialect, &split.others, self.clock_rates)?;
        let mut found = FoundRuns::plain(each_once(split.ours));
        found.add(FoundRuns::in_dialect(others));
        Ok(found)
    }

    fn find_recognised(&self, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
        let split = Split::of(paths, is_ours_by_manifest);
        let mut found = FoundRuns::plain(each_once(split.ours));
        if !split.others.is_empty() {
            let recognition = recognise(&split.others, self.given(paths))?;
            match recognition.refused {
                Some((refusal, _)) if recognition.known.is_empty() && found.runs.is_empty() => {
                    return Err(refusal.into());
                }
                refused => found.refusal = refused.map(|(refusal, paths)| refused_of(&refusal, &paths)),
            }
            for one in recognition.known {
                found.add(self.runs_in(one)?);
            }
        }
        self.add_beside(&mut found, split.beside, paths)?;
        Ok(found)
    }

    /// Our own logs by their names, unless their lines are somebody else's; how
    /// those are written is found out for each path by itself.
    fn find_ours_or_guess(&self, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
        let mut split = Split::of(paths, |run| !is_strange_run(run));
        if let Some(error) = split.unreadable {
            return Err(error.into());
        }
        let ours = split.ours;
        let mut found = FoundRuns::plain(if paths.len() > 1 { each_once(ours) } else { ours });
        let mut by_dialect: Vec<Recognised> = Vec::new();
        for group in together(split.others) {
            let recognition = recognise(&group, self.given(paths))?;
            for one in recognition.known {
                match by_dialect.iter_mut().find(|other| is_same(other, &one)) {
                    Some(other) => other.paths.extend(one.paths),
                    None => by_dialect.push(one),
                }
            }
            if let Some((refusal, paths)) = recognition.refused {
                found.refuse(&paths, refusal, &mut split.without_runs)?;
            }
        }
        for one in by_dialect {
            found.add(self.runs_in(one)?);
        }
        self.add_beside(&mut found, split.beside, paths)?;
        Ok(found)
    }

    fn given<'a>(&'a self, roots: &'a [PathBuf]) -> Given<'a> {
        Given { users: self.dialects, roots }
    }

    /// Adds the logs of others among the files in a tree that has runs of our own.
    /// What is no log there needs no more than a word.
    fn add_beside(
        &self,
        found: &mut FoundRuns,
        mut files: Vec<PathBuf>,
        roots: &[PathBuf],
    ) -> Result<(), FindRunsError> {
        files.retain(|file| may_be_others(file));
        if files.is_empty() {
            return Ok(());
        }
        let recognition = recognise(&files, self.given(roots))?;
        for one in recognition.known {
            found.add(self.runs_in(one)?);
        }
        if let Some((_, files)) = recognition.refused {
            let first = files.first().map(|file| harmless(&file.display().to_string())).unwrap_or_default();
            let more =
                if files.len() > 1 { format!(" and {} beside it", files.len() - 1) } else { String::new() };
            found
                .notes
                .push(format!("{first}{more}: no log of labctl, and in no dialect that is known; not read"));
        }
        Ok(())
    }

    fn runs_in(&self, found: Recognised) -> Result<FoundRuns, FindRunsError> {
        let Recognised { dialect, said, paths, .. } = found;
        let found = match dialect_runs::find_runs(&dialect, &paths, self.clock_rates) {
            Err(RunsError::Nothing { .. }) => {
                // Their names are other people's still: their lines tell which are logs.
                let mut files = log_files::log_files(&paths)?;
                files.retain(|file| {
                    log_files::read_sample(file).is_ok_and(|sample| dialect.share(&sample) >= 0.5)
                });
                dialect_runs::find_runs(&dialect, &files, self.clock_rates)?
            }
            found => found?,
        };
        Ok(FoundRuns { detections: vec![said], ..FoundRuns::in_dialect(found) })
    }
}

/// Dialects that are inferred, or a user's, may have one name, whatever they are.
fn is_same(a: &Recognised, b: &Recognised) -> bool {
    a.dialect == b.dialect && a.is_shipped && b.is_shipped
}

/// Paths, by what they hold.
#[derive(Default)]
struct Split {
    ours: Vec<RunPath>,
    /// Paths that hold no run of ours, and folders of runs that are not ours.
    others: Vec<PathBuf>,
    /// Files that may be logs, in trees that have runs of ours.
    beside: Vec<PathBuf>,
    /// Why the first of the paths holds no runs by the names of logs.
    without_runs: Option<FindError>,
    unreadable: Option<FindError>,
}

impl Split {
    fn of(paths: &[PathBuf], is_ours: fn(&RunPath) -> bool) -> Split {
        let mut split = Split::default();
        for path in paths {
            match find_runs_and_others(path) {
                Ok((runs, beside)) => {
                    let are_ours = parallel::map(&runs, is_ours);
                    if !are_ours.contains(&true) {
                        split.others.push(path.clone());
                        continue;
                    }
                    split.beside.extend(beside);
                    for (run, is_ours) in runs.into_iter().zip(are_ours) {
                        if is_ours { split.ours.push(run) } else { split.others.push(run.folder) }
                    }
                }
                Err(none) => {
                    split.others.push(path.clone());
                    let reason =
                        if none.is_of_names() { &mut split.without_runs } else { &mut split.unreadable };
                    reason.get_or_insert(none);
                }
            }
        }
        split
    }
}

fn is_ours_by_manifest(run: &RunPath) -> bool {
    run.manifest.as_ref().is_some_and(|manifest| manifest.names_its_logs)
}

/// Whether a file among our runs may be somebody's log: it is text, or packed, and
/// no table or diagram that labctl wrote of runs.
fn may_be_others(file: &Path) -> bool {
    const BEGINNINGS: [&[u8]; 6] =
        [b"experiment,", b"sweep,", b"cell,", b"submission,", b"{\"experiment\"", b"(?<"];
    const BYTES_LOOKED_AT: u64 = 512;
    let mut start = Vec::new();
    let read = open_log(file).and_then(|file| file.take(BYTES_LOOKED_AT).read_to_end(&mut start));
    let is_ours = || BEGINNINGS.iter().any(|beginning| start.starts_with(beginning));
    read.is_ok() && !start.contains(&0) && !is_ours()
}

fn refused_of(refusal: &Refusal, paths: &[PathBuf]) -> String {
    let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    format!("{}: {}", harmless(&first), refused(refusal))
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

/// Whether a run has logs, and no line of any is one of ours. Where a manifest
/// names just the logs that are here, they are ours.
fn is_strange_run(run: &RunPath) -> bool {
    if is_ours_by_manifest(run) {
        return false;
    }
    // What no dialect can read either is reported where the run is read.
    let is_others = |log: &PathBuf| is_strange(log).unwrap_or(false) && log_files::read_sample(log).is_ok();
    !run.logs.is_empty() && run.logs.iter().all(is_others)
}

/// Whether the log has lines, and none of the first is ours.
fn is_strange(log: &Path) -> io::Result<bool> {
    const LINES_LOOKED_AT: usize = 200;
    const BYTES_LOOKED_AT: u64 = 64 * 1024;
    let file = open_regular(log)?;
    let mut parser = LineParser::default();
    let mut has_lines = false;
    for line in BufReader::new(file.take(BYTES_LOOKED_AT)).split(b'\n').take(LINES_LOOKED_AT) {
        let line: Vec<u8> = line?;
        match parser.parse(&line) {
            Line::Blank => {}
            Line::Unmatched => has_lines = true,
            _ => return Ok(false),
        }
    }
    Ok(has_lines)
}
