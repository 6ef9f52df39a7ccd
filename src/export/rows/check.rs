//! What a reader of the events table would trip over.

use std::io::BufRead;

use serde::{Deserialize, Deserializer};

use super::Tabled;
use crate::export::CheckError;
use crate::model::event::{Kind, MachineId};
use crate::table::ParquetContent;

/// The columns, as they are promised to readers.
const COLUMNS: [&str; 14] = [
    "experiment",
    "run",
    "machine",
    "line",
    "stamp_us",
    "time_us",
    "tick",
    "event",
    "clock",
    "message_clock",
    "queue_length",
    "from",
    "to",
    "waited_us",
];
/// Those that the names of a partition's folders tell.
const COLUMNS_OF_FOLDERS: usize = 1;

/// A row, each value of its type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    experiment: String,
    run: String,
    machine: u32,
    line: u64,
    #[serde(rename = "stamp_us", deserialize_with = "there")]
    _stamp_us: Option<i64>,
    #[serde(rename = "time_us")]
    _time_us: Option<i64>,
    #[serde(rename = "tick", deserialize_with = "there")]
    _tick: Option<u64>,
    event: String,
    clock: u64,
    #[serde(deserialize_with = "there")]
    message_clock: Option<u64>,
    #[serde(deserialize_with = "there")]
    queue_length: Option<u64>,
    #[serde(deserialize_with = "there")]
    from: Option<u32>,
    #[serde(deserialize_with = "there")]
    to: Option<String>,
    #[serde(deserialize_with = "there")]
    waited_us: Option<u64>,
}

/// A value that may be unknown, of a column that must be there.
fn there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(value)
}

/// Reads a table of CSV, which is to hold these rows.
pub fn check_csv(input: impl BufRead, tabled: &Tabled) -> Result<(), CheckError> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers().map_err(|error| CheckError::line(1, error.to_string()))?;
    if *header != COLUMNS[..] {
        return Err(CheckError::line(1, format!("the columns are to be {}", COLUMNS.join(","))));
    }
    let mut rows = Rows::default();
    let mut records = reader.into_records();
    while let Some(record) = records.next() {
        let at = records.reader().position().line();
        let record = record.map_err(|error| {
            CheckError::line(error.position().map_or(at, csv::Position::line), error.to_string())
        })?;
        let at = record.position().map_or(at, csv::Position::line);
        let row: Row = record
            .deserialize(Some(&csv::StringRecord::from(COLUMNS.to_vec())))
            .map_err(|error| CheckError::line(at, error.to_string()))?;
        rows.take(row).map_err(|reason| CheckError::line(at, reason))?;
    }
    rows.end(tabled)
}

/// Reads a table of JSON Lines, which is to hold these rows.
pub fn check_jsonl(input: impl BufRead, tabled: &Tabled) -> Result<(), CheckError> {
    let mut rows = Rows::default();
    for (number, line) in (1..).zip(input.lines()) {
        let line = line?;
        let row = serde_json::from_str(&line).map_err(|error| CheckError::line(number, error.to_string()))?;
        rows.take(row).map_err(|reason| CheckError::line(number, reason))?;
    }
    rows.end(tabled)
}

/// Judges a partition of Parquet, which is to hold these rows.
pub fn check_parquet(content: &ParquetContent, tabled: &Tabled) -> Result<(), CheckError> {
    if content.columns != COLUMNS[COLUMNS_OF_FOLDERS..] {
        return Err(CheckError::whole(format!("its columns are {}", content.columns.join(", "))));
    }
    is_all((content.rows, content.sum), tabled)
}

/// What was read so far.
#[derive(Default)]
struct Rows {
    rows: u64,
    clock_sum: u64,
    /// Experiment, run, machine and line of the row before.
    last: Option<(String, String, u32, u64)>,
}

impl Rows {
    fn take(&mut self, row: Row) -> Result<(), String> {
        self.rows += 1;
        self.clock_sum = self.clock_sum.wrapping_add(row.clock);
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == row.event);
        let kind = kind.ok_or_else(|| format!("`{}` is no event", row.event))?;
        let of_receive = row.message_clock.is_some()
            || row.queue_length.is_some()
            || row.from.is_some()
            || row.waited_us.is_some();
        if (of_receive && kind != Kind::Receive) || (row.to.is_some() && kind != Kind::Send) {
            return Err(format!("it says what {} cannot have", row.event));
        }
        if row.to.is_some_and(|to| to != "all" && to.parse::<MachineId>().is_err()) {
            return Err("`to` is a machine's number or `all`".to_owned());
        }
        let this = (row.experiment, row.run, row.machine, row.line);
        let is_same_log =
            |last: &&(String, String, u32, u64)| (&last.0, &last.1, last.2) == (&this.0, &this.1, this.2);
        if self.last.as_ref().filter(is_same_log).is_some_and(|last| last.3 >= this.3) {
            return Err("rows do not stand in the order of their log".to_owned());
        }
        self.last = Some(this);
        Ok(())
    }

    fn end(self, tabled: &Tabled) -> Result<(), CheckError> {
        is_all((self.rows, self.clock_sum), tabled)
    }
}

fn is_all((rows, clock_sum): (u64, u64), tabled: &Tabled) -> Result<(), CheckError> {
    if rows != tabled.rows {
        return Err(CheckError::whole(format!("it has {rows} rows of {}", tabled.rows)));
    }
    if clock_sum != tabled.clock_sum {
        return Err(CheckError::whole("its clocks are not those of the logs"));
    }
    Ok(())
}
