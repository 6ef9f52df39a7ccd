//! Reading a run: every log once, its lines shown to whoever measures, tables
//! or keeps them; in memory that does not grow with the run, but for a history.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use polars::prelude::PolarsError;

use crate::dialect::TimeFormat;
use crate::event::MachineId;
use crate::history::{History, MachineHistory, TwoLogsOfOneMachine};
use crate::log::{Line, LogReader, Record, Stamp, Taken, machine_of_file, open_log, read_log};
use crate::metrics::series::{MachineSeries, RunSeries, Sample, Thinned};
use crate::metrics::{self, MachineMetrics, Machines, Meter, from_sends};
use crate::store::names::is_told_apart;
use crate::store::{RunPath, RunState};
use crate::table::{CsvSink, EventSink, EventTable, Origin};

/// A run's logs cannot be read, or its table not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read {path}: {source}")]
    Log { path: PathBuf, source: io::Error },
    #[error("cannot read {path}: {source}; move it away to have it made anew from the logs")]
    Metrics { path: PathBuf, source: csv::Error },
    #[error("cannot write the events table: {0}")]
    Table(#[from] PolarsError),
    #[error(transparent)]
    TwoLogs(#[from] TwoLogsOfOneMachine),
}

/// What one reading of a run found.
#[derive(Clone, Debug)]
pub struct Reading {
    /// A row a machine.
    pub rows: Vec<MachineMetrics>,
    /// Empty unless asked for.
    pub series: RunSeries,
    pub logs: Vec<ReadLog>,
    /// When the run's lab time began.
    pub origin: Stamp,
    /// The run's events, in memory, if asked for.
    pub history: Option<History>,
}

impl Reading {
    /// ERROR lines in its logs.
    pub fn errors(&self) -> u64 {
        self.logs.iter().map(|log| log.taken.errors).sum()
    }
}

/// One log of a run.
#[derive(Clone, Debug)]
pub struct ReadLog {
    pub path: PathBuf,
    pub taken: Taken,
}

/// What a reading is for, besides metrics.
#[derive(Clone, Copy, Debug, Default)]
pub struct Purpose {
    /// Keep series, for charts.
    pub series: bool,
    /// Keep all events in memory, their messages matched.
    pub history: bool,
}

/// Reads a run; each event goes into `table` too, if there is one.
pub fn read_run<S: EventSink>(
    run: &RunPath,
    purpose: Purpose,
    mut table: Option<&mut EventTable<S>>,
) -> Result<Reading, ReadError> {
    let origin = origin(run)?;
    if let Some(table) = &mut table {
        table.begin_run(&run.experiment, &run.run, origin)?;
    }
    let origin = origin.stamp;
    let mut reader = RunReader { run, purpose, origin, histories: Vec::new(), measured: Vec::new() };
    let mut logs = Vec::new();
    for (number, path) in run.logs.iter().enumerate() {
        let taken = reader.read(number, path, table.as_deref_mut())?;
        logs.push(ReadLog { path: path.clone(), taken });
    }
    reader.finish(logs)
}

/// Reads a run without tabling its events.
pub fn measure_run(run: &RunPath, purpose: Purpose) -> Result<Reading, ReadError> {
    let nowhere: Option<&mut EventTable<CsvSink<io::Sink>>> = None;
    read_run(run, purpose, nowhere)
}

/// Shows every event of a run, log by log, with its line; an error of `see`
/// ends that and is given back.
pub fn each_event(
    run: &RunPath,
    mut see: impl FnMut(MachineId, u64, &Record) -> Result<(), PolarsError>,
) -> Result<Vec<ReadLog>, ReadError> {
    let mut logs = Vec::new();
    for (number, path) in run.logs.iter().enumerate() {
        let machine = machine_of(run, number, path);
        let mut outcome = Ok(());
        let taken = read_lines(run, number, path, |line_number, line| {
            if let Line::Event(record) = line
                && outcome.is_ok()
            {
                outcome = see(machine, line_number, record);
            }
        })?;
        outcome?;
        logs.push(ReadLog { path: path.clone(), taken });
    }
    Ok(logs)
}

/// Reads a run into memory, its messages matched.
pub fn read_history(run: &RunPath) -> Result<History, ReadError> {
    let mut machines = Vec::new();
    for (number, path) in run.logs.iter().enumerate() {
        let mut machine = MachineHistory::new(machine_of(run, number, path), path);
        let taken = read_lines(run, number, path, |number, line| machine.see(number, line))?;
        machine.end_of_log(taken);
        machines.push(machine);
    }
    let history = History::new(machines)?.read_while(run.state == RunState::GoingOn);
    Ok(history.left_by(run.state == RunState::CutShort))
}

/// As its dialect names it, or its file's name; or else by its place among the logs.
fn machine_of(run: &RunPath, number: usize, path: &Path) -> MachineId {
    let named = run.dialect.as_ref().and_then(|logs| logs.machine(number));
    named.or_else(|| machine_of_file(path)).unwrap_or(MachineId(number as u32 + 1))
}

/// Reads log `number` of a run, in whatever way it is written.
fn read_lines(
    run: &RunPath,
    number: usize,
    path: &Path,
    see: impl FnMut(u64, &Line<'_>),
) -> Result<Taken, ReadError> {
    let taken = match &run.dialect {
        Some(logs) => open_log(path).and_then(|file| logs.read(number, file, see)),
        None => read_log(path, see),
    };
    taken.map_err(|source| ReadError::Log { path: path.to_owned(), source })
}

/// A run's metrics: those that were kept beside it where its logs were not.
pub fn run_metrics(run: &RunPath) -> Result<Vec<MachineMetrics>, ReadError> {
    match run.metrics_file() {
        Some(path) if run.logs.is_empty() => {
            let file = open_log(&path).map_err(|source| ReadError::Log { path: path.clone(), source })?;
            let mut rows = metrics::file::read(file).map_err(|source| ReadError::Metrics { path, source })?;
            // Another run has the name in the file then.
            for row in rows.iter_mut().filter(|_| is_told_apart(run)) {
                row.experiment.clone_from(&run.experiment);
                row.run.clone_from(&run.run);
            }
            Ok(rows)
        }
        _ => measure_run(run, Purpose::default()).map(|reading| reading.rows),
    }
}

/// When a run's lab time began: the earliest start that a header names, or
/// else the earliest stamp. Logs that count from the start say it themselves.
pub fn origin(run: &RunPath) -> Result<Origin, ReadError> {
    let format = run.dialect.as_ref().map(|logs| logs.dialect.time_format());
    let is_date = format.is_none_or(TimeFormat::tells_the_date);
    if format.is_some_and(TimeFormat::begins_with_the_run) {
        return Ok(Origin { stamp: Stamp(0), is_date });
    }
    let mut earliest = None;
    for (number, path) in run.logs.iter().enumerate() {
        let stamp = first_stamp(run, number, path);
        let stamp = stamp.map_err(|source| ReadError::Log { path: path.clone(), source })?;
        earliest = stamp.into_iter().chain(earliest).min();
    }
    Ok(Origin { stamp: earliest.unwrap_or(Stamp(0)), is_date })
}

/// The first moment that a log tells, however far down in it.
fn first_stamp(run: &RunPath, number: usize, path: &Path) -> io::Result<Option<Stamp>> {
    let first = Cell::new(None);
    let input = Until { input: open_log(path)?, first: &first };
    let see = |_, line: &Line<'_>| {
        let stamp = match line {
            Line::Started { at, .. } => Some(*at),
            Line::Event(record) => Some(record.stamp),
            _ => None,
        };
        first.set(first.get().or(stamp));
    };
    match &run.dialect {
        Some(logs) => logs.read(number, input, see)?,
        None => LogReader::new(None).read(input, see)?,
    };
    Ok(first.get())
}

/// A log that ends, a few lines later, once a moment was found in it.
struct Until<'a, R> {
    input: R,
    first: &'a Cell<Option<Stamp>>,
}

impl<R: Read> Read for Until<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const BYTES_AT_ONCE: usize = 4096;
        if self.first.get().is_some() {
            return Ok(0);
        }
        let length = buffer.len().min(BYTES_AT_ONCE);
        self.input.read(&mut buffer[..length])
    }
}

struct Measured {
    meter: Meter,
    samples: Thinned,
}

struct RunReader<'a> {
    run: &'a RunPath,
    purpose: Purpose,
    origin: Stamp,
    histories: Vec<MachineHistory>,
    measured: Vec<(MachineId, Measured)>,
}

impl RunReader<'_> {
    fn read<S: EventSink>(
        &mut self,
        number: usize,
        path: &Path,
        mut table: Option<&mut EventTable<S>>,
    ) -> Result<Taken, ReadError> {
        let machine = machine_of(self.run, number, path);
        let mut meter = Meter::new(machine, self.origin);
        let mut samples = Thinned::default();
        let mut failed = Ok(());
        let (purpose, origin) = (self.purpose, self.origin);
        let mut history = MachineHistory::new(machine, path);
        let taken = read_lines(self.run, number, path, |line_number, line| {
            meter.see(line);
            if let Line::Event(record) = line {
                if let Some(table) = &mut table
                    && failed.is_ok()
                {
                    failed = table.push(machine, line_number, record);
                }
                if purpose.series {
                    let (time_s, queue) = (meter.time_s(), meter.queue());
                    samples.push(Sample::of_event(time_s, queue, record.clock, record.waited_us));
                }
            }
            if let Line::End(end) = line
                && purpose.series
            {
                // Messages that arrived after the last pop wait here.
                let time_s = end.stamp.seconds_since(origin).max(meter.time_s());
                samples.push(Sample::of_event(time_s, end.queue_length, end.clock, None));
            }
            if purpose.history {
                history.see(line_number, line);
            }
        })?;
        failed?;
        if purpose.history {
            history.end_of_log(taken.clone());
            self.histories.push(history);
        }
        self.measured.push((machine, Measured { meter, samples }));
        Ok(taken)
    }

    fn finish(mut self, logs: Vec<ReadLog>) -> Result<Reading, ReadError> {
        metrics::count_first_jumps(self.measured.iter_mut().map(|(_, measured)| &mut measured.meter));
        let (experiment, run) = (&self.run.experiment, &self.run.run);
        let machines = self.machine_count(&logs);
        let mut rows: Vec<MachineMetrics> = self
            .measured
            .iter()
            .zip(&logs)
            .filter(|(_, log)| !log.taken.is_unreadable())
            .map(|((_, measured), _)| measured.meter.finish(experiment, run, machines))
            .collect();
        metrics::complete_run(&mut rows);
        let history = self.purpose.history.then(|| History::new(self.histories)).transpose()?;
        let state = self.run.state;
        let history = history.map(|history| {
            history.read_while(state == RunState::GoingOn).left_by(state == RunState::CutShort)
        });
        if from_sends::are_wanted(&rows) {
            // Where messages cannot be matched, waits stay unknown.
            let read_again = || read_history(self.run).ok();
            let for_waits = if history.is_some() { None } else { read_again() };
            if let Some(history) = history.as_ref().or(for_waits.as_ref()) {
                from_sends::bound_waits(&mut rows, history);
            }
        }
        let machines = self.measured.into_iter().map(|(machine, measured)| MachineSeries {
            machine,
            clock_rate: measured.meter.clock_rate(),
            knows_queue: measured.meter.knows_queue(),
            jumps: if self.purpose.series { measured.meter.jumps() } else { Default::default() },
            waits: measured.meter.waits(),
            set_back: measured.meter.set_back(),
            samples: measured.samples.into_samples(),
        });
        let series =
            RunSeries { experiment: experiment.clone(), run: run.clone(), machines: machines.collect() };
        Ok(Reading { rows, series, logs, origin: self.origin, history })
    }

    /// As a header says it, or else as many as there are logs, unless those tell
    /// of more.
    fn machine_count(&self, logs: &[ReadLog]) -> Machines {
        if let Some(told) = logs.iter().find_map(|log| log.taken.header?.machines) {
            return Machines::Are(told);
        }
        let known = self.measured.iter().map(|(_, measured)| measured.meter.machines_known()).max();
        match (known.unwrap_or(0), logs.len() as u32) {
            (known, logs) if known > logs => Machines::AtLeast(known),
            (_, logs) => Machines::Are(logs),
        }
    }
}
