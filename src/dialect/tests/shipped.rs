//! Each shipped dialect reads its sample, field by field.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::samples::{LOGS, Log};
use super::{context, read};
use crate::dialect::{LogContext, load, shipped, shipped_names, text};
use crate::model::event::MachineId;
use crate::read::dialect_runs::find_runs;

fn context_of(log: &Log) -> LogContext {
    let machine_names = log.machine_names.iter().map(|name| (*name).to_owned()).collect();
    LogContext { machine_names, ..context(log.machine, 3) }
}

#[test]
fn every_shipped_dialect_is_read_and_has_a_sample() {
    let names: Vec<&str> = shipped_names().collect();
    assert_eq!(shipped().len(), names.len());
    assert!(names.is_sorted(), "{names:?}");
    let tested: BTreeSet<&str> = LOGS.iter().map(|log| log.dialect).collect();
    assert_eq!(tested, names.iter().copied().collect());
    for name in names {
        let dialect = load(name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(dialect.name, name);
        assert!(!dialect.about.is_empty(), "{name}");
    }
}

#[test]
fn samples_are_read_field_by_field() {
    for log in LOGS {
        let found = read(&load(log.dialect).unwrap(), &context_of(log), log.text.as_bytes());
        assert_eq!(found.events, log.events, "{}", log.dialect);
        assert_eq!(found.stats.unmatched, 0, "{}: {:?}", log.dialect, found.stats.faults);
        assert_eq!(found.stats.ignored, log.ignored, "{}", log.dialect);
        assert_eq!(found.stats.lines as usize, log.text.lines().count(), "{}", log.dialect);
        if !log.path.contains("clock_speed") && !log.path.contains("clock_rate") {
            assert_eq!(found.clock_rate, log.clock_rate, "{}", log.dialect);
        }
    }
}

#[test]
fn samples_are_found_by_their_names() {
    for log in LOGS {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(log.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, log.text).unwrap();
        for name in log.machine_names {
            let beside = log.path.replace(log.machine_names[1], name);
            std::fs::write(root.path().join(beside), "").unwrap();
        }
        let dialect = Arc::new(load(log.dialect).unwrap());
        let runs = find_runs(&dialect, &[root.path().to_owned()], &[]).unwrap().runs;
        assert_eq!(runs.len(), 1, "{}", log.dialect);
        let logs = runs[0].dialect.as_ref().unwrap();
        let at = runs[0].logs.iter().position(|found: &PathBuf| found.ends_with(log.path)).unwrap();
        assert_eq!(logs.contexts[at].machine, MachineId(log.machine), "{}", log.dialect);
        let (mut clock_rate, mut events) = (None, 0);
        let see = |_: u64, line: &crate::log::Line<'_>| match line {
            crate::log::Line::Rate(header) => clock_rate = Some(header.clock_rate),
            crate::log::Line::Event(_) => events += 1,
            _ => {}
        };
        logs.read(at, log.text.as_bytes(), see).unwrap();
        assert_eq!(clock_rate, log.clock_rate, "{}", log.dialect);
        assert_eq!(events, log.events.len(), "{}", log.dialect);
    }
}

#[test]
fn windows_line_ends_and_a_missing_last_one_change_nothing() {
    for log in LOGS {
        let dialect = load(log.dialect).unwrap();
        let windows = log.text.replace('\n', "\r\n");
        for text in [windows.as_str(), windows.trim_end(), log.text.trim_end()] {
            let found = read(&dialect, &context_of(log), text.as_bytes());
            assert_eq!(found.events, log.events, "{}", log.dialect);
        }
    }
}

#[test]
fn a_dialect_is_found_by_the_name_that_it_once_had() {
    for (former, name) in
        [("njd87", "brackets-info"), ("russell", "json-lines"), ("kev-y-huang", "parenthesised-times")]
    {
        assert_eq!((load(former).unwrap().name, text(former)), (name.to_owned(), text(name)));
    }
}
