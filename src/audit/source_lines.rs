//! Lines of logs as they stand there, for whoever tells what an audit found.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::audit::{Audit, Finding, Place};
use crate::files::regular::open_regular;
use crate::history::History;
use crate::log::shown;
use crate::text::sanitize::on_one_line;

/// The lines of logs that an audit's findings speak of.
#[derive(Debug, Default)]
pub struct SourceLines(BTreeMap<(PathBuf, u64), String>);

impl SourceLines {
    /// Fetches the lines of all findings and remarks that are kept.
    pub fn of(history: &History, audit: &Audit) -> io::Result<SourceLines> {
        let mut wanted: BTreeMap<&Path, BTreeSet<u64>> = BTreeMap::new();
        let told = audit.results.iter().flat_map(|result| result.findings.iter().chain(&result.remarks));
        for finding in told {
            for place in [finding.place].iter().chain(&finding.proof).filter(|place| place.line > 0) {
                wanted.entry(path(history, *place)).or_default().insert(place.line);
            }
        }
        let mut found = SourceLines::default();
        for (path, lines) in wanted {
            found.fetch(path, &lines)?;
        }
        Ok(found)
    }

    fn fetch(&mut self, path: &Path, wanted: &BTreeSet<u64>) -> io::Result<()> {
        /// More of a line is never shown.
        const LINE_BYTES_MAX: u64 = 1024;
        let mut input = BufReader::new(open_regular(path)?);
        let mut number = 0;
        for line in wanted {
            while number + 1 < *line {
                input.skip_until(b'\n')?;
                number += 1;
            }
            let mut text = Vec::new();
            Read::take(&mut input, LINE_BYTES_MAX).read_until(b'\n', &mut text)?;
            if text.last() != Some(&b'\n') {
                input.skip_until(b'\n')?;
            }
            number += 1;
            self.0.insert((path.to_owned(), *line), shown(text.trim_ascii_end()));
        }
        Ok(())
    }

    /// The places of a finding whose lines tell more than its text does, its own
    /// first.
    pub fn beside(&self, history: &History, finding: &Finding) -> impl Iterator<Item = Place> {
        let is_in_text =
            |place: &Place| self.text(history, *place).is_some_and(|line| finding.text.contains(line));
        [finding.place]
            .into_iter()
            .chain(finding.proof.iter().copied())
            .filter(move |place| !is_in_text(place))
    }

    /// The text of a line.
    pub fn text(&self, history: &History, place: Place) -> Option<&str> {
        self.0.get(&(path(history, place).to_owned(), place.line)).map(String::as_str)
    }
}

/// A finding as `file:line: text`.
pub fn finding_text(history: &History, finding: &Finding) -> String {
    format!("{}: {}", whereabouts(history, finding), finding.text)
}

/// Where a finding is, as `file:line` or the file alone.
pub fn whereabouts(history: &History, finding: &Finding) -> String {
    match &finding.file {
        Some(file) => path(history, finding.place).with_file_name(file).display().to_string(),
        None => place(history, finding.place),
    }
}

/// A place as `file:line`, or the file alone for the log as a whole.
pub fn place(history: &History, place: Place) -> String {
    let path = on_one_line(&path(history, place).display().to_string());
    if place.line == 0 { path } else { format!("{path}:{}", place.line) }
}

/// The file's name alone: its folder was reported before.
pub fn short_place(history: &History, of: Place) -> String {
    file_alone(&place(history, of))
}

/// The same of a finding.
pub fn short_whereabouts(history: &History, finding: &Finding) -> String {
    file_alone(&whereabouts(history, finding))
}

fn file_alone(whole: &str) -> String {
    whole.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

fn path(history: &History, place: Place) -> &Path {
    history.machine(place.machine).map_or(Path::new("?"), |machine| machine.path())
}
