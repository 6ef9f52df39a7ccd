//! The journals of a sweep, read together: which runs ended, and where their
//! entries stand. The entries stay on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::folder::SweepFolder;
use super::journal::{EXTENSION, Entry, JournalError, check_first, content};
use crate::files::regular::open_regular;
use crate::plan::Plan;
use crate::store::version::VERSION;

/// Where an entry stands in the journals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    file: usize,
    offset: u64,
    bytes: usize,
}

/// A line that is no entry: cut, changed, or written by something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub path: PathBuf,
    /// Counted from 1.
    pub line: u64,
    /// It is the last, and has no end: its writer was stopped.
    pub cut: bool,
}

/// All that the journals of a sweep hold, by run; the entries stay on disk.
#[derive(Debug, Default)]
pub struct Journals {
    files: Vec<PathBuf>,
    places: Vec<Option<Place>>,
    /// Runs that failed and have not ended well since, with the reason.
    failed: BTreeMap<u64, String>,
    /// Runs that came in more than once, with the same content or another.
    pub doubles: Vec<Double>,
    pub damages: Vec<Damage>,
    /// Entries of runs that the plan does not have.
    pub strangers: u64,
}

/// A run that came in again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    pub run: u64,
    pub path: PathBuf,
    pub line: u64,
    /// Whether it measured the same as the first, which is the one that counts.
    pub same: bool,
}

impl Journals {
    /// Reads the journals of a sweep, and those of the same plan `elsewhere`.
    pub fn of(folder: &SweepFolder, plan: &Plan, elsewhere: &[PathBuf]) -> Result<Journals, JournalError> {
        let paths = [&[folder.journals()], elsewhere].concat();
        Journals::read(&paths, &plan.hash(VERSION), plan.run_count())
    }

    /// Reads the journals at `paths`, files or folders of them, of a plan with
    /// this hash and so many runs. A path that is not there holds nothing.
    fn read(paths: &[PathBuf], plan: &str, runs: u64) -> Result<Journals, JournalError> {
        let mut journals = Journals { places: vec![None; runs as usize], ..Journals::default() };
        for path in paths {
            for file in files(path)? {
                journals.read_file(file, plan)?;
            }
        }
        Ok(journals)
    }

    fn read_file(&mut self, path: PathBuf, plan: &str) -> Result<(), JournalError> {
        let failed = |source| JournalError::Read { path: path.clone(), source };
        let mut input = BufReader::with_capacity(1 << 18, open_regular(&path).map_err(failed)?);
        self.files.push(path.clone());
        let (mut offset, mut number, mut line) = (0, 0, Vec::new());
        loop {
            line.clear();
            let mut bytes =
                input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(failed)?;
            if bytes == 0 {
                return Ok(());
            }
            if bytes as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
                // What begins so is no entry, and is not held to its end.
                bytes += input.skip_until(b'\n').map_err(failed)?;
            }
            number += 1;
            let whole = line.strip_suffix(b"\n");
            if number == 1 {
                check_first(&path, whole.unwrap_or(&line), plan)?;
            } else {
                let place = Place { file: self.files.len() - 1, offset, bytes };
                match whole.and_then(content) {
                    Some(json) => self.take(json, place, number)?,
                    None => {
                        let (path, cut) = (path.clone(), whole.is_none());
                        self.damages.push(Damage { path, line: number, cut });
                    }
                }
            }
            offset += bytes as u64;
        }
    }

    /// Keeps the first entry of each run that ended well.
    fn take(&mut self, json: &[u8], place: Place, line: u64) -> Result<(), JournalError> {
        /// As much of an entry as its keeping needs.
        #[derive(Deserialize)]
        struct Head {
            run: u64,
            failure: Option<String>,
        }
        let path = || self.files[place.file].clone();
        let failed = |error: serde_json::Error| JournalError::Read { path: path(), source: error.into() };
        let head: Head = serde_json::from_slice(json).map_err(failed)?;
        let Some(kept) = self.places.get(head.run as usize).copied() else {
            self.strangers += 1;
            return Ok(());
        };
        match (kept, head.failure) {
            (None, Some(reason)) => {
                self.failed.insert(head.run, reason);
            }
            (None, None) => {
                self.places[head.run as usize] = Some(place);
                self.failed.remove(&head.run);
            }
            (Some(_), Some(_)) => {}
            (Some(first), None) => {
                let one: Entry = serde_json::from_slice(json).map_err(failed)?;
                let same = self.entry_at(first)?.rows == one.rows;
                self.doubles.push(Double { run: head.run, path: path(), line, same });
            }
        }
        Ok(())
    }

    /// Whether a run ended well.
    pub fn has(&self, run: u64) -> bool {
        self.places.get(run as usize).is_some_and(Option::is_some)
    }

    /// How many runs ended well.
    pub fn count(&self) -> u64 {
        self.places.iter().flatten().count() as u64
    }

    /// Runs that failed and have not ended well since, with the reason.
    pub fn failed(&self) -> impl Iterator<Item = (u64, &str)> {
        self.failed.iter().map(|(run, reason)| (*run, reason.as_str()))
    }

    /// The entry of a run that ended well.
    pub fn entry(&self, run: u64) -> Result<Option<Entry>, JournalError> {
        let place = self.places.get(run as usize).copied().flatten();
        place.map(|place| self.entry_at(place)).transpose()
    }

    fn entry_at(&self, place: Place) -> Result<Entry, JournalError> {
        let path = &self.files[place.file];
        let failed = |source| JournalError::Read { path: path.clone(), source };
        let mut file = open_regular(path).map_err(failed)?;
        file.seek(SeekFrom::Start(place.offset)).map_err(failed)?;
        let mut line = vec![0; place.bytes];
        file.read_exact(&mut line).map_err(failed)?;
        let json = line.strip_suffix(b"\n").and_then(content);
        let changed = || failed(io::Error::other("it changed while it was read"));
        serde_json::from_slice(json.ok_or_else(changed)?).map_err(|error| failed(error.into()))
    }
}

/// No entry comes near this: one of a thousand machines takes half a megabyte.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// The journals at a path, in the order of their names; none if there is none.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, JournalError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| JournalError::Read { path: path.to_owned(), source };
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut found = paths.collect::<Result<Vec<PathBuf>, io::Error>>().map_err(failed)?;
    found.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION) && path.is_file());
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::journal::Journal;
    use super::*;

    fn entry(run: u64, attempts: u32) -> Entry {
        Entry { run, attempts, doubts: Vec::new(), failure: None, rows: Vec::new() }
    }

    fn failure(run: u64) -> Entry {
        Entry { failure: Some("no ports".to_owned()), ..entry(run, 1) }
    }

    fn read(folder: &Path) -> Journals {
        Journals::read(&[folder.to_owned()], "hash", 10).unwrap()
    }

    #[test]
    fn what_was_added_is_found_again_across_files() {
        let folder = tempfile::tempdir().unwrap();
        let first = Journal::begin(folder.path(), "hash").unwrap();
        let second = Journal::begin(folder.path(), "hash").unwrap();
        first.add(&entry(3, 1)).unwrap();
        second.add(&entry(0, 2)).unwrap();
        first.add(&failure(5)).unwrap();
        first.add(&failure(6)).unwrap();
        second.add(&entry(6, 2)).unwrap();
        let journals = read(folder.path());
        assert_eq!(journals.entry(0).unwrap(), Some(entry(0, 2)));
        assert_eq!((journals.count(), journals.has(3), journals.has(5)), (3, true, false));
        assert_eq!(journals.failed().collect::<Vec<_>>(), [(5, "no ports")]);
        assert!(journals.damages.is_empty() && journals.doubles.is_empty());
    }

    #[test]
    fn a_line_cut_anywhere_costs_its_own_run_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), "hash").unwrap();
        journal.add(&entry(0, 1)).unwrap();
        journal.add(&entry(1, 1)).unwrap();
        let path = folder.path().join("1.jsonl");
        let text = fs::read(&path).unwrap();
        let first_two =
            text.len() - text[..text.len() - 1].rsplit(|byte| *byte == b'\n').next().unwrap().len() - 1;
        for length in first_two + 1..text.len() {
            fs::write(&path, &text[..length]).unwrap();
            let journals = read(folder.path());
            assert!(journals.has(0) && !journals.has(1), "{length}");
            assert_eq!(journals.damages, [Damage { path: path.clone(), line: 3, cut: true }]);
        }
        let flipped = String::from_utf8(text).unwrap().replacen("\"run\":0", "\"run\":7", 1);
        fs::write(&path, flipped).unwrap();
        let journals = read(folder.path());
        assert!(!journals.has(0) && !journals.has(7) && journals.has(1));
        assert_eq!(journals.damages, [Damage { path: path.clone(), line: 2, cut: false }]);
    }

    #[test]
    fn a_line_without_end_is_not_held() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), "hash").unwrap();
        journal.add(&entry(0, 1)).unwrap();
        let path = folder.path().join("1.jsonl");
        let mut text = fs::read(&path).unwrap();
        text.resize(text.len() + 3 * LINE_BYTES_MAX as usize / 2, b'x');
        fs::write(&path, text).unwrap();
        let journals = read(folder.path());
        assert!(journals.has(0));
        assert_eq!(journals.damages, [Damage { path, line: 3, cut: true }]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn damage_costs_entries_and_nothing_else(
            changes in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), proptest::prelude::any::<u8>()), 1..20)
        ) {
            let folder = tempfile::tempdir().unwrap();
            let journal = Journal::begin(folder.path(), "hash").unwrap();
            (0..5).for_each(|run| journal.add(&entry(run, 1)).unwrap());
            let path = folder.path().join("1.jsonl");
            let mut text = fs::read(&path).unwrap();
            for (at, byte) in changes {
                let at = at.index(text.len());
                text[at] = byte;
            }
            fs::write(&path, text).unwrap();
            if let Ok(journals) = Journals::read(&[folder.path().to_owned()], "hash", 10) {
                for run in 0..10 {
                    proptest::prop_assert!(journals.entry(run).is_ok());
                }
            }
        }
    }

    #[test]
    fn a_run_that_comes_in_again_counts_once_and_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), "hash").unwrap();
        journal.add(&entry(4, 1)).unwrap();
        journal.add(&entry(4, 1)).unwrap();
        journal.add(&entry(11, 1)).unwrap();
        let journals = read(folder.path());
        assert_eq!((journals.count(), journals.strangers), (1, 1));
        let path = folder.path().join("1.jsonl");
        assert_eq!(journals.doubles, [Double { run: 4, path, line: 3, same: true }]);
    }

    #[test]
    fn the_journal_of_another_plan_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Journal::begin(folder.path(), "other").unwrap();
        let refused = Journals::read(&[folder.path().to_owned()], "hash", 10);
        assert!(matches!(refused, Err(JournalError::OtherPlan { .. })), "{refused:?}");
        assert_eq!(read(Path::new("no/such/folder")).count(), 0);
    }
}
