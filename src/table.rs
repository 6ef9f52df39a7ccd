//! The events table: one row an event, one declared schema, as CSV or Parquet.
//! Rows are written in batches, so that memory does not grow with a run.

use std::io::Write;
use std::mem;

use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, NewChunkedArray, PlSmallStr, PolarsResult, Scalar, Series,
    StringChunked, StringChunkedBuilder,
};
use polars_io::SerWriter;
use polars_io::csv::write::CsvWriter;
use polars_io::parquet::write::{BatchedWriter, ParquetWriter};

use crate::event::{MachineId, Recipients};
use crate::log::{Record, Stamp};

/// Rows held before they are written: few enough that their columns stay in
/// the processor's cache and in memory that is used again.
const BATCH_ROWS: usize = 8 * 1024;

/// A file of events.
pub trait EventSink {
    /// The rows of one batch.
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()>;
    /// Completes the file.
    fn finish(&mut self) -> PolarsResult<()>;
}

/// Gathers records into batches of the events table.
pub struct EventTable<S: EventSink> {
    sink: S,
    experiment: PlSmallStr,
    run: PlSmallStr,
    origin: Stamp,
    rows: Rows,
}

/// The columns under construction.
#[derive(Default)]
struct Rows {
    machine: Vec<u32>,
    line: Vec<u64>,
    stamp_us: Vec<i64>,
    tick: Vec<Option<u64>>,
    kind: Vec<&'static str>,
    clock: Vec<u64>,
    message_clock: Vec<Option<u64>>,
    queue_length: Vec<Option<u64>>,
    from: Vec<Option<u32>>,
    to: Vec<Option<Recipients>>,
    waited_us: Vec<Option<u64>>,
}

impl Rows {
    fn with_capacity(rows: usize) -> Rows {
        Rows {
            machine: Vec::with_capacity(rows),
            line: Vec::with_capacity(rows),
            stamp_us: Vec::with_capacity(rows),
            tick: Vec::with_capacity(rows),
            kind: Vec::with_capacity(rows),
            clock: Vec::with_capacity(rows),
            message_clock: Vec::with_capacity(rows),
            queue_length: Vec::with_capacity(rows),
            from: Vec::with_capacity(rows),
            to: Vec::with_capacity(rows),
            waited_us: Vec::with_capacity(rows),
        }
    }
}

impl<S: EventSink> EventTable<S> {
    pub fn new(sink: S) -> EventTable<S> {
        let (experiment, run) = (PlSmallStr::EMPTY, PlSmallStr::EMPTY);
        EventTable { sink, experiment, run, origin: Stamp(0), rows: Rows::default() }
    }

    /// The records that follow belong to this run, whose lab time began at `origin`.
    pub fn begin_run(&mut self, experiment: &str, run: &str, origin: Stamp) -> PolarsResult<()> {
        self.write_batch()?;
        (self.experiment, self.run, self.origin) = (experiment.into(), run.into(), origin);
        Ok(())
    }

    /// Adds the event that `machine` logged at `line`.
    #[inline]
    pub fn push(&mut self, machine: MachineId, line: u64, record: &Record) -> PolarsResult<()> {
        let rows = &mut self.rows;
        rows.machine.push(machine.0);
        rows.line.push(line);
        rows.stamp_us.push(record.stamp.0);
        rows.tick.push(record.tick);
        rows.kind.push(record.kind.word());
        rows.clock.push(record.clock);
        rows.message_clock.push(record.message_clock);
        rows.queue_length.push(record.queue_length);
        rows.from.push(record.from.map(|from| from.0));
        rows.to.push(record.to);
        rows.waited_us.push(record.waited_us);
        if rows.machine.len() >= BATCH_ROWS { self.write_batch() } else { Ok(()) }
    }

    /// Writes what is left and completes the file.
    pub fn finish(mut self) -> PolarsResult<()> {
        if self.rows.machine.is_empty() {
            // An empty table still has its header.
            let mut empty = self.frame(Rows::default())?;
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
        let time_us: Vec<i64> = rows.stamp_us.iter().map(|stamp| stamp - self.origin.0).collect();
        DataFrame::new(
            height,
            vec![
                constant("experiment", &self.experiment),
                constant("run", &self.run),
                numbers("machine", rows.machine),
                numbers("line", rows.line),
                numbers("stamp_us", rows.stamp_us),
                numbers("time_us", time_us),
                numbers("tick", rows.tick),
                StringChunked::from_slice("event".into(), &rows.kind).into_column(),
                numbers("clock", rows.clock),
                numbers("message_clock", rows.message_clock),
                numbers("queue_length", rows.queue_length),
                numbers("from", rows.from),
                recipients(&rows.to).into_column(),
                numbers("waited_us", rows.waited_us),
            ],
        )
    }
}

fn numbers<T>(name: &str, values: Vec<T>) -> Column
where
    Series: NamedFrom<Vec<T>, [T]>,
{
    Series::new(name.into(), values).into_column()
}

fn recipients(to: &[Option<Recipients>]) -> StringChunked {
    let mut digits = itoa::Buffer::new();
    let mut builder = StringChunkedBuilder::new("to".into(), to.len());
    for recipients in to {
        match recipients {
            None => builder.append_null(),
            Some(Recipients::All) => builder.append_value("all"),
            Some(Recipients::One(id)) => builder.append_value(digits.format(id.0)),
        }
    }
    builder.finish()
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
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        let include_header = !mem::replace(&mut self.has_header, true);
        CsvWriter::new(&mut self.out).include_header(include_header).finish(batch)
    }

    fn finish(&mut self) -> PolarsResult<()> {
        Ok(self.out.flush()?)
    }
}

/// Events as Parquet.
pub struct ParquetSink<W: Write> {
    state: ParquetState<W>,
}

enum ParquetState<W: Write> {
    Unwritten(Option<W>),
    Begun(Box<BatchedWriter<W>>),
}

impl<W: Write> ParquetSink<W> {
    pub fn new(out: W) -> ParquetSink<W> {
        ParquetSink { state: ParquetState::Unwritten(Some(out)) }
    }
}

impl<W: Write> EventSink for ParquetSink<W> {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        if let ParquetState::Unwritten(out) = &mut self.state
            && let Some(out) = out.take()
        {
            let writer = ParquetWriter::new(out).batched(batch.schema())?;
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
