//! Journals: a line `+` and JSON stands for an entry with its right checksum,
//! any other for itself. What is read is written and read again as it was; what
//! is no entry is reported as damage.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use labctl::files::digest::sha256;
use labctl::model::engine::Engine;
use labctl::plan::{Plan, cells};
use labctl::spec::SpecText;
use labctl::store::version::VERSION;
use labctl::sweep::{Entry, Journal, Journals, SweepFolder};
use labctl_fuzz::{folder, reported, within};
use libfuzzer_sys::fuzz_target;

const RUNS: u32 = 10;
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = "name = \"x\"\nduration = \"1s\"\n[[machine]]\nclock_rate = 1\ncount = 2\n".to_owned();
    let source = SpecText { name: "x.toml".to_owned(), text };
    Plan::new(Engine::Simulator, None, cells(&[source], &[], Some(RUNS)).unwrap())
});
static HASH: LazyLock<String> = LazyLock::new(|| PLAN.hash(VERSION));

fuzz_target!(|data: &[u8]| {
    let path = folder().join("x.jsonl");
    fs::write(&path, journal(data)).unwrap();
    let journals = match within((1 << 20) + 64 * data.len(), || read(&path)) {
        Ok(journals) => journals,
        Err(error) => return reported(&error),
    };
    let lines = data.split(|byte| *byte == b'\n').count() as u64 + 1;
    let told_of = journals.count() + journals.strangers + journals.doubles.len() as u64;
    assert!(told_of + journals.damages.len() as u64 <= lines);
    assert!(journals.damages.iter().all(|damage| damage.line > 1 && damage.line <= lines));
    // The head of an entry may be right and the rest of another kind.
    let entries = (0..u64::from(RUNS)).filter_map(|run| journals.entry(run).unwrap_or_default());
    write_again(&entries.collect::<Vec<_>>());
});

fn read(path: &Path) -> Result<Journals, labctl::sweep::journal::JournalError> {
    Journals::of(&SweepFolder::at(folder().join("none")), &PLAN, &[PathBuf::from(path)])
}

fn journal(data: &[u8]) -> Vec<u8> {
    let mut text = format!("labctl journal of the plan {}\n", *HASH).into_bytes();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let (content, end) = line.strip_suffix(b"\n").map_or((line, ""), |content| (content, "\n"));
        if let Some(json) = content.strip_prefix(b"+") {
            text.extend_from_slice(&sha256(json).as_bytes()[..16]);
            text.push(b' ');
            text.extend_from_slice(json);
            text.extend_from_slice(end.as_bytes());
        } else {
            text.extend_from_slice(line);
        }
    }
    text
}

fn write_again(entries: &[Entry]) {
    let again = folder().join("again");
    // It is not there the first time.
    let _ = fs::remove_dir_all(&again);
    let journal = Journal::begin(&again, &HASH).unwrap();
    entries.iter().for_each(|entry| journal.add(entry).unwrap());
    let journals = read(&again).unwrap();
    for entry in entries.iter().filter(|entry| entry.failure.is_none()) {
        assert_eq!(journals.entry(entry.run).unwrap().as_ref(), Some(entry));
    }
    assert!(journals.damages.is_empty() && journals.strangers == 0);
}
