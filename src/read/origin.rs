//! When a run's lab time began.

use std::cell::Cell;
use std::io::{self, Read};

use crate::dialect::TimeFormat;
use crate::log::{Line, LogReader, Stamp};
use crate::read::ReadError;
use crate::read::run_path::RunPath;
use crate::read::texts::Texts;
use crate::read::until::Until;
use crate::table::Origin;

/// When a run's lab time began: the earliest start that a header names, or
/// else the earliest stamp. Logs that count from the start say it themselves.
pub fn origin(run: &RunPath) -> Result<Origin, ReadError> {
    origin_in(run, &Texts::default())
}

/// The same of logs that may be in memory.
pub fn origin_in(run: &RunPath, texts: &Texts) -> Result<Origin, ReadError> {
    let format = run.dialect.as_ref().map(|logs| logs.dialect.time_format());
    let is_date = format.is_none_or(TimeFormat::tells_the_date);
    if format.is_some_and(TimeFormat::begins_with_the_run) {
        return Ok(Origin { stamp: Stamp(0), is_date, is_told: !run.tells_no_time() });
    }
    let mut earliest = None;
    for (number, path) in run.logs.iter().enumerate() {
        let stamp = texts.open(number, path).and_then(|input| first_stamp(run, number, input));
        let stamp = stamp.map_err(|source| ReadError::Log { path: path.clone(), source })?;
        earliest = stamp.into_iter().chain(earliest).min();
    }
    Ok(Origin { stamp: earliest.unwrap_or(Stamp(0)), is_date, is_told: true })
}

/// The first moment that a log tells, however far down in it.
fn first_stamp(run: &RunPath, number: usize, input: impl Read) -> io::Result<Option<Stamp>> {
    let (first, is_found) = (Cell::new(None), Cell::new(false));
    let input = Until { input, is_found: &is_found };
    let see = |_, line: &Line<'_>| {
        let stamp = match line {
            Line::Started { at, .. } => Some(*at),
            Line::Event(record) => Some(record.stamp),
            _ => None,
        };
        first.set(first.get().or(stamp));
        is_found.set(first.get().is_some());
    };
    match &run.dialect {
        Some(logs) => logs.read(number, input, see)?,
        None => LogReader::new(None).read(input, see)?,
    };
    Ok(first.get())
}
