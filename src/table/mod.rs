//! The events table: one row an event, one declared schema, as CSV, Parquet or
//! JSON Lines.
//! Rows are written in batches, so that memory does not grow with a run.

mod jsonl;
mod metrics;
mod read_back;

pub use jsonl::JsonlSink;
pub use metrics::write_metrics;
pub use read_back::{ParquetContent, parquet_content};

use std::borrow::Cow;
use std::io::Write;
use std::mem;

use polars::prelude::{
    ChunkedBuilder, Column, DataFrame, IntoColumn, NamedFrom, PlSmallStr, PolarsResult,
    PrimitiveChunkedBuilder, Scalar, Series, StringChunkedBuilder, UInt32Type, UInt64Type,
};
use polars_io::SerWriter;
use polars_io::csv::write::CsvWriter;
use polars_io::parquet::write::{BatchedWriter, ParquetCompression, ParquetWriter};

use crate::log::{Record, Stamp};
use crate::model::event::{MachineId, Recipients};
use crate::text::spreadsheet::cell;

/// Rows held before they are written: few enough that their columns stay in
/// the processor's cache and in memory that is used again.
const BATCH_ROWS: usize = 8 * 1024;

/// A file of events.
pub trait EventSink {
    /// The rows of one batch.
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()>;
    /// Completes the file.
    fn finish(&mut self) -> PolarsResult<()>;
    /// A run's name as this format has it.
    fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(name)
    }
}

/// Gathers records into batches of the events table.
pub struct EventTable<S: EventSink> {
    sink: S,
    experiment: PlSmallStr,
    run: PlSmallStr,
    origin: Origin,
    rows: Rows,
}

/// When a run's lab time began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub stamp: Stamp,
    /// Whether stamps are dates, and not only spans since some moment.
    pub is_date: bool,
}

/// The columns under construction.
struct Rows {
    machine: Vec<u32>,
    line: Vec<u64>,
    stamp_us: Vec<i64>,
    tick: Numbers,
    event: StringChunkedBuilder,
    clock: Vec<u64>,
    message_clock: Numbers,
    queue_length: Numbers,
    from: PrimitiveChunkedBuilder<UInt32Type>,
    to: StringChunkedBuilder,
    waited_us: Numbers,
}

type Numbers = PrimitiveChunkedBuilder<UInt64Type>;

impl Rows {
    fn with_capacity(rows: usize) -> Rows {
        let numbers = |name: &str| Numbers::new(name.into(), rows);
        Rows {
            machine: Vec::with_capacity(rows),
            line: Vec::with_capacity(rows),
            stamp_us: Vec::with_capacity(rows),
            tick: numbers("tick"),
            event: StringChunkedBuilder::new("event".into(), rows),
            clock: Vec::with_capacity(rows),
            message_clock: numbers("message_clock"),
            queue_length: numbers("queue_length"),
            from: PrimitiveChunkedBuilder::new("from".into(), rows),
            to: StringChunkedBuilder::new("to".into(), rows),
            waited_us: numbers("waited_us"),
        }
    }

    #[inline]
    fn push(&mut self, machine: MachineId, line: u64, record: &Record) {
        self.machine.push(machine.0);
        self.line.push(line);
        self.stamp_us.push(record.stamp.0);
        self.tick.append_option(record.tick);
        self.event.append_value(record.kind.word());
        self.clock.push(record.clock);
        self.message_clock.append_option(record.message_clock);
        self.queue_length.append_option(record.queue_length);
        self.from.append_option(record.from.map(|from| from.0));
        match record.to {
            None => self.to.append_null(),
            Some(Recipients::All) => self.to.append_value("all"),
            Some(Recipients::One(id)) => self.to.append_value(itoa::Buffer::new().format(id.0)),
        }
        self.waited_us.append_option(record.waited_us);
    }
}

impl<S: EventSink> EventTable<S> {
    pub fn new(sink: S) -> EventTable<S> {
        let (experiment, run) = (PlSmallStr::EMPTY, PlSmallStr::EMPTY);
        let origin = Origin { stamp: Stamp(0), is_date: true };
        EventTable { sink, experiment, run, origin, rows: Rows::with_capacity(BATCH_ROWS) }
    }

    /// The records that follow belong to this run, whose lab time began at `origin`.
    pub fn begin_run(&mut self, experiment: &str, run: &str, origin: Origin) -> PolarsResult<()> {
        self.write_batch()?;
        let [experiment, run] = [experiment, run].map(|name| PlSmallStr::from_str(&self.sink.name(name)));
        (self.experiment, self.run, self.origin) = (experiment, run, origin);
        Ok(())
    }

    /// Adds the event that `machine` logged at `line`.
    #[inline]
    pub fn push(&mut self, machine: MachineId, line: u64, record: &Record) -> PolarsResult<()> {
        self.rows.push(machine, line, record);
        if self.rows.machine.len() >= BATCH_ROWS { self.write_batch() } else { Ok(()) }
    }

    /// Writes what is left and completes the file.
    pub fn finish(mut self) -> PolarsResult<()> {
        if self.rows.machine.is_empty() {
            // An empty table still has its header.
            let mut empty = self.frame(Rows::with_capacity(0))?;
            self.sink.write(&mut empty)?;
        }
        self.write_batch()?;
        self.sink.finish()
    }

    fn write_batch(&mut self) -> PolarsResult<()> {
        if self.rows.machine.is_empty() {
            return Ok(());
        }
        let rows = mem::replace(&mut self.rows, Rows::with_capacity(BATCH_ROWS));
        let mut batch = self.frame(rows)?;
        self.sink.write(&mut batch)
    }

    fn frame(&self, rows: Rows) -> PolarsResult<DataFrame> {
        let height = rows.machine.len();
        let constant = |name: &str, value: &PlSmallStr| {
            Column::new_scalar(name.into(), Scalar::from(value.clone()), height)
        };
        let origin = self.origin.stamp.0;
        let time_us: Vec<i64> = rows.stamp_us.iter().map(|stamp| stamp.saturating_sub(origin)).collect();
        let stamp_us = match self.origin.is_date {
            true => numbers("stamp_us", rows.stamp_us),
            false => numbers("stamp_us", vec![None::<i64>; height]),
        };
        DataFrame::new(
            height,
            vec![
                constant("experiment", &self.experiment),
                constant("run", &self.run),
                numbers("machine", rows.machine),
                numbers("line", rows.line),
                stamp_us,
                numbers("time_us", time_us),
                rows.tick.finish().into_column(),
                rows.event.finish().into_column(),
                numbers("clock", rows.clock),
                rows.message_clock.finish().into_column(),
                rows.queue_length.finish().into_column(),
                rows.from.finish().into_column(),
                rows.to.finish().into_column(),
                rows.waited_us.finish().into_column(),
            ],
        )
    }
}

fn numbers<T, U: ?Sized>(name: &str, values: Vec<T>) -> Column
where
    Series: NamedFrom<Vec<T>, U>,
{
    Series::new(name.into(), values).into_column()
}

/// Events as CSV.
pub struct CsvSink<W: Write> {
    out: W,
    has_header: bool,
}

impl<W: Write> CsvSink<W> {
    pub fn new(out: W) -> CsvSink<W> {
        CsvSink { out, has_header: false }
    }
}

impl<W: Write> EventSink for CsvSink<W> {
    fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        cell(name)
    }

    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        let include_header = !mem::replace(&mut self.has_header, true);
        CsvWriter::new(&mut self.out).include_header(include_header).finish(batch)
    }

    fn finish(&mut self) -> PolarsResult<()> {
        Ok(self.out.flush()?)
    }
}

/// What the names of folders tell where Parquet files lie in partitions.
const PARTITION_COLUMNS: [&str; 2] = ["experiment", "run"];

/// Events as Parquet.
pub struct ParquetSink<W: Write> {
    state: ParquetState<W>,
    is_partition: bool,
}

enum ParquetState<W: Write> {
    Unwritten(Option<W>),
    Begun(Box<BatchedWriter<W>>),
}

impl<W: Write> ParquetSink<W> {
    pub fn new(out: W) -> ParquetSink<W> {
        ParquetSink { state: ParquetState::Unwritten(Some(out)), is_partition: false }
    }

    /// The same without the columns that the names of its folders tell.
    pub fn partition(out: W) -> ParquetSink<W> {
        ParquetSink { is_partition: true, ..ParquetSink::new(out) }
    }
}

/// For a table of few rows, where to set up what compresses best and splits the
/// columns among threads takes longer than all the rest.
fn small_parquet<W: Write>(out: W) -> ParquetWriter<W> {
    ParquetWriter::new(out).with_compression(ParquetCompression::Snappy).set_parallel(false)
}

impl<W: Write> EventSink for ParquetSink<W> {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        let partition = self.is_partition.then(|| batch.drop_many(PARTITION_COLUMNS));
        let batch = partition.as_ref().unwrap_or(batch);
        if let ParquetState::Unwritten(out) = &mut self.state
            && let Some(out) = out.take()
        {
            // Of a partition's batches all but the last are full.
            let is_small = self.is_partition && batch.height() < BATCH_ROWS;
            let writer = if is_small { small_parquet(out) } else { ParquetWriter::new(out) };
            let writer = writer.batched(batch.schema())?;
            self.state = ParquetState::Begun(Box::new(writer));
        }
        match &mut self.state {
            ParquetState::Begun(writer) => writer.write_batch(batch),
            ParquetState::Unwritten(_) => Ok(()),
        }
    }

    fn finish(&mut self) -> PolarsResult<()> {
        match &mut self.state {
            ParquetState::Begun(writer) => writer.finish().map(|_| ()),
            ParquetState::Unwritten(_) => Ok(()),
        }
    }
}
