//! The events table: one row an event, one declared schema, as CSV, Parquet or
//! JSON Lines.
//! Rows are written in batches, so that memory does not grow with a run.

mod aside;
mod jsonl;
mod metrics;
mod read_back;

pub use aside::write_aside;
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
    /// Whether names are cells that a spreadsheet may open.
    fn has_cells(&self) -> bool {
        false
    }
}

impl EventSink for Box<dyn EventSink + Send + '_> {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        (**self).write(batch)
    }

    fn finish(&mut self) -> PolarsResult<()> {
        (**self).finish()
    }

    fn has_cells(&self) -> bool {
        (**self).has_cells()
    }
}

/// Gathers records into batches of the events table.
pub struct EventTable<S: EventSink> {
    sink: S,
    origin: Origin,
    rows: Rows,
}

/// When a run's lab time began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub stamp: Stamp,
    /// Whether stamps are dates, and not only spans since some moment.
    pub is_date: bool,
    /// Whether logs tell any time.
    pub is_told: bool,
}

/// The columns under construction.
struct Rows {
    /// The runs of these rows, each with its first row.
    runs: Vec<(usize, RunName)>,
    machine: Vec<u32>,
    line: Vec<u64>,
    stamp_us: Vec<i64>,
    time_us: Vec<i64>,
    tick: Numbers,
    event: StringChunkedBuilder,
    clock: Vec<u64>,
    message_clock: Numbers,
    queue_length: Numbers,
    from: PrimitiveChunkedBuilder<UInt32Type>,
    to: StringChunkedBuilder,
    waited_us: Numbers,
}

/// A run, as the rows of it name it.
#[derive(Clone)]
struct RunName {
    experiment: PlSmallStr,
    run: PlSmallStr,
    has_dates: bool,
    has_times: bool,
}

type Numbers = PrimitiveChunkedBuilder<UInt64Type>;

impl Rows {
    fn with_capacity(rows: usize) -> Rows {
        let numbers = |name: &str| Numbers::new(name.into(), rows);
        Rows {
            runs: Vec::new(),
            machine: Vec::with_capacity(rows),
            line: Vec::with_capacity(rows),
            stamp_us: Vec::with_capacity(rows),
            time_us: Vec::with_capacity(rows),
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
    fn push(&mut self, machine: MachineId, line: u64, origin: Stamp, record: &Record) {
        self.machine.push(machine.0);
        self.line.push(line);
        self.stamp_us.push(record.stamp.0);
        self.time_us.push(record.stamp.0.saturating_sub(origin.0));
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
            Some(several) => self.to.append_value(several.to_string()),
        }
        self.waited_us.append_option(record.waited_us);
    }

    /// The rows of each run, with its name.
    fn spans(&self) -> impl Iterator<Item = (usize, &RunName)> {
        let ends = self.runs.iter().skip(1).map(|(first, _)| *first).chain([self.machine.len()]);
        self.runs.iter().zip(ends).map(|((first, name), end)| (end - first, name))
    }

    /// A column of names of the runs.
    fn names(&self, name: &str, of: fn(&RunName) -> &PlSmallStr) -> Column {
        let height = self.machine.len();
        if let [(_, only)] = &self.runs[..] {
            return Column::new_scalar(name.into(), Scalar::from(of(only).clone()), height);
        }
        let mut names = StringChunkedBuilder::new(name.into(), height);
        for (rows, run) in self.spans() {
            (0..rows).for_each(|_| names.append_value(of(run)));
        }
        names.finish().into_column()
    }

    /// A column of moments, of the runs that tell them.
    fn moments(&self, name: &str, moments: &[i64], is_told: fn(&RunName) -> bool) -> Column {
        if self.runs.iter().all(|(_, run)| is_told(run)) {
            return numbers(name, moments.to_vec());
        }
        let told = self.spans().flat_map(|(rows, run)| std::iter::repeat_n(is_told(run), rows));
        let moments = moments.iter().zip(told).map(|(moment, is_told)| is_told.then_some(*moment));
        numbers(name, moments.collect::<Vec<_>>())
    }

    fn frame(self) -> PolarsResult<DataFrame> {
        let (experiment, run) =
            (self.names("experiment", |run| &run.experiment), self.names("run", |run| &run.run));
        let stamps = self.moments("stamp_us", &self.stamp_us, |run| run.has_dates);
        let times = self.moments("time_us", &self.time_us, |run| run.has_times);
        DataFrame::new(
            self.machine.len(),
            vec![
                experiment,
                run,
                numbers("machine", self.machine),
                numbers("line", self.line),
                stamps,
                times,
                self.tick.finish().into_column(),
                self.event.finish().into_column(),
                numbers("clock", self.clock),
                self.message_clock.finish().into_column(),
                self.queue_length.finish().into_column(),
                self.from.finish().into_column(),
                self.to.finish().into_column(),
                self.waited_us.finish().into_column(),
            ],
        )
    }
}

impl<S: EventSink> EventTable<S> {
    pub fn new(sink: S) -> EventTable<S> {
        let origin = Origin { stamp: Stamp(0), is_date: true, is_told: true };
        EventTable { sink, origin, rows: Rows::with_capacity(BATCH_ROWS) }
    }

    /// The records that follow belong to this run, whose lab time began at `origin`.
    pub fn begin_run(&mut self, experiment: &str, run: &str, origin: Origin) -> PolarsResult<()> {
        let has_cells = self.sink.has_cells();
        let shown = |name| if has_cells { cell(name) } else { Cow::Borrowed(name) };
        let [experiment, run] = [experiment, run].map(|name| PlSmallStr::from_str(&shown(name)));
        let first = self.rows.machine.len();
        // A run without rows has no place among others.
        self.rows.runs.retain(|(other, _)| *other < first);
        self.rows
            .runs
            .push((first, RunName { experiment, run, has_dates: origin.is_date, has_times: origin.is_told }));
        self.origin = origin;
        Ok(())
    }

    /// Adds the event that `machine` logged at `line`.
    #[inline]
    pub fn push(&mut self, machine: MachineId, line: u64, record: &Record) -> PolarsResult<()> {
        self.rows.push(machine, line, self.origin.stamp, record);
        if self.rows.machine.len() >= BATCH_ROWS { self.write_batch() } else { Ok(()) }
    }

    /// Writes what is left and completes the file.
    pub fn finish(mut self) -> PolarsResult<()> {
        if self.rows.machine.is_empty() {
            // An empty table still has its header.
            let mut empty = Rows::with_capacity(0).frame()?;
            self.sink.write(&mut empty)?;
        }
        self.write_batch()?;
        self.sink.finish()
    }

    fn write_batch(&mut self) -> PolarsResult<()> {
        if self.rows.machine.is_empty() {
            return Ok(());
        }
        let mut next = Rows::with_capacity(BATCH_ROWS);
        // The run goes on in the next batch.
        next.runs.extend(self.rows.runs.last().map(|(_, name)| (0, name.clone())));
        let mut batch = mem::replace(&mut self.rows, next).frame()?;
        self.sink.write(&mut batch)
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
    fn has_cells(&self) -> bool {
        true
    }

    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        let include_header = !mem::replace(&mut self.has_header, true);
        CsvWriter::new(&mut self.out).include_header(include_header).finish(batch)
    }

    fn finish(&mut self) -> PolarsResult<()> {
        Ok(self.out.flush()?)
    }
}

/// A table as text, which can be written piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    Csv,
    Jsonl,
}

/// Events as text.
pub enum TextSink<W: Write> {
    Csv(CsvSink<W>),
    Jsonl(JsonlSink<W>),
}

impl<W: Write> TextSink<W> {
    /// A whole table.
    pub fn new(format: TextFormat, out: W) -> TextSink<W> {
        match format {
            TextFormat::Csv => TextSink::Csv(CsvSink::new(out)),
            TextFormat::Jsonl => TextSink::Jsonl(JsonlSink::new(out)),
        }
    }

    /// Some rows of it, without what stands before the first.
    pub fn rows(format: TextFormat, out: W) -> TextSink<W> {
        match format {
            TextFormat::Csv => TextSink::Csv(CsvSink { out, has_header: true }),
            TextFormat::Jsonl => TextSink::Jsonl(JsonlSink::new(out)),
        }
    }
}

impl<W: Write> EventSink for TextSink<W> {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        match self {
            TextSink::Csv(sink) => sink.write(batch),
            TextSink::Jsonl(sink) => sink.write(batch),
        }
    }

    fn finish(&mut self) -> PolarsResult<()> {
        match self {
            TextSink::Csv(sink) => sink.finish(),
            TextSink::Jsonl(sink) => sink.finish(),
        }
    }

    fn has_cells(&self) -> bool {
        matches!(self, TextSink::Csv(_))
    }
}

/// What the name of its folder tells where a Parquet file lies in a partition.
const PARTITION_COLUMN: &str = "experiment";

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

    /// The same without the column that the name of its folder tells.
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
        let partition = self.is_partition.then(|| batch.drop_many([PARTITION_COLUMN]));
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
