//! Finding runs whatever dialect their logs are written in: it is named, or
//! found out by their first lines.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;

use super::dialect_runs::{self, RunsError};
use super::find::{each_once, find_all_runs};
use super::find_error::FindError;
use super::names::tell_apart;
use super::recognise::{Recognised, recognise};
use super::run_path::RunPath;
use crate::dialect::{self, Dialect, Refusal};
use crate::error_kind::{ErrorKind, HasKind};
use crate::files::regular::open_regular;
use crate::log::{Line, LineParser};
use crate::parallel;
use crate::spec::SpecError;
use crate::text::sanitize::harmless;

/// Runs, and how their logs are written where that was found out.
#[derive(Debug)]
pub struct FoundRuns {
    pub runs: Vec<RunPath>,
    /// Dialects that were found out, and how sure that is.
    pub detections: Vec<String>,
    /// Why none was, where lines are nobody's that is known.
    pub refusal: Option<String>,
}

/// Runs cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum FindRunsError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Files(#[from] RunsError),
    #[error(transparent)]
    Dialect(#[from] SpecError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("{none}; {}", refused(.refusal))]
    Unknown { none: FindError, refusal: Refusal },
}

impl HasKind for FindRunsError {
    fn kind(&self) -> ErrorKind {
        match self {
            FindRunsError::Find(error) | FindRunsError::Unknown { none: error, .. } => error.kind(),
            FindRunsError::Files(error) => error.kind(),
            FindRunsError::Dialect(error) => error.kind(),
            FindRunsError::Refused(Refusal::NoLogs) => ErrorKind::Usage,
            FindRunsError::Refused(_) => ErrorKind::Failed,
        }
    }
}

impl FoundRuns {
    /// The runs at or below the paths, no two of one name. `dialect` is the name
    /// or the file of one, `auto`, or `labctl` for our own; without it our own are
    /// read, and how others are written is found out. The clock rates, in ticks
    /// per second, are of logs that do not tell.
    pub fn at(
        paths: &[PathBuf],
        dialect: Option<&str>,
        clock_rates: &[f64],
    ) -> Result<FoundRuns, FindRunsError> {
        let mut found = Search { dialect, clock_rates }.find(paths)?;
        tell_apart(&mut found.runs);
        Ok(found)
    }

    fn plain(runs: Vec<RunPath>) -> FoundRuns {
        FoundRuns { runs, detections: Vec::new(), refusal: None }
    }

    fn add(&mut self, more: FoundRuns) {
        self.runs.extend(more.runs);
        self.detections.extend(more.detections);
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
struct Search<'a> {
    /// A dialect's name or file, `auto`, or `labctl` for our own; `None` where our
    /// own are read, and others found out.
    dialect: Option<&'a str>,
    /// Ticks per second, where logs do not tell.
    clock_rates: &'a [f64],
}

impl Search<'_> {
    fn find(&self, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
        match self.dialect {
            Some("labctl") => Ok(FoundRuns::plain(find_all_runs(paths)?)),
            Some("auto") => {
                let found = recognise(paths)?;
                match found.refused {
                    Some((refusal, _)) if found.known.is_empty() => Err(refusal.into()),
                    refused => {
                        let mut runs = FoundRuns::plain(Vec::new());
                        runs.refusal = refused.map(|(refusal, paths)| refused_of(&refusal, &paths));
                        for one in found.known {
                            runs.add(self.runs_in(one)?);
                        }
                        Ok(runs)
                    }
                }
            }
            Some(name) => {
                let dialect = Arc::new(dialect::load(name)?);
                Ok(FoundRuns::plain(dialect_runs::find_runs(&dialect, paths, self.clock_rates)?))
            }
            None => self.find_ours_or_guess(paths),
        }
    }

    /// Our own logs by their names, unless their lines are somebody else's; how
    /// those are written is found out for each path by itself.
    fn find_ours_or_guess(&self, paths: &[PathBuf]) -> Result<FoundRuns, FindRunsError> {
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
        let mut found = FoundRuns::plain(if paths.len() > 1 { each_once(ours) } else { ours });
        let mut by_dialect: Vec<Recognised> = Vec::new();
        for group in together(others) {
            let recognition = recognise(&group)?;
            for one in recognition.known {
                match by_dialect.iter_mut().find(|other| is_same(&other.dialect, &one.dialect)) {
                    Some(other) => other.paths.extend(one.paths),
                    None => by_dialect.push(one),
                }
            }
            if let Some((refusal, paths)) = recognition.refused {
                found.refuse(&paths, refusal, &mut without_runs)?;
            }
        }
        for one in by_dialect {
            found.add(self.runs_in(one)?);
        }
        Ok(found)
    }

    fn runs_in(&self, found: Recognised) -> Result<FoundRuns, FindRunsError> {
        let Recognised { dialect, said, paths } = found;
        let runs = match dialect_runs::find_runs(&dialect, &paths, self.clock_rates) {
            Err(RunsError::Nothing { .. }) => {
                // Their names are other people's still: their lines tell which are logs.
                let mut files = dialect_runs::log_files(&paths)?;
                files.retain(|file| {
                    dialect_runs::read_sample(file).is_ok_and(|sample| dialect.share(&sample) >= 0.5)
                });
                dialect_runs::find_runs(&dialect, &files, self.clock_rates)?
            }
            runs => runs?,
        };
        Ok(FoundRuns { detections: vec![said], ..FoundRuns::plain(runs) })
    }
}

/// Inferred dialects have one name, whatever they are.
fn is_same(a: &Dialect, b: &Dialect) -> bool {
    a == b && !a.name.starts_with("inferred")
}

fn refused_of(refusal: &Refusal, paths: &[PathBuf]) -> String {
    let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    format!("{}: {}", harmless(&first), refused(refusal))
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
