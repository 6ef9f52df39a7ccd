//! Reading a run: every log once, its lines shown to whoever measures, tables
//! or keeps them; in memory that does not grow with the run, but for a history.

pub mod dialect_runs;
pub mod find;
pub mod find_error;
pub mod find_in_dialect;
pub mod find_runs_error;
mod kept;
pub mod log_files;
pub mod names;
mod origin;
pub mod passed_over;
mod pipeline;
mod recognise;
pub mod run_path;
pub mod runs_error;
mod texts;
mod until;
mod walk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use origin::{origin, origin_in};
use polars::prelude::PolarsError;
pub use texts::Texts;

use crate::history::{History, MachineHistory, TwoLogsOfOneMachine};
use crate::log::{Line, LogReader, ReadStats, Record, Stamp, machine_of_file};
use crate::metrics::series::{MachineSeries, RunSeries, Sample, Thinned};
use crate::metrics::{self, MachineMetrics, Machines, Meter, from_sends};
use crate::model::event::MachineId;
use crate::parallel;
use crate::read::run_path::{RunPath, RunState};
use crate::table::{CsvSink, EventSink, EventTable};

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

impl ReadError {
    /// The rows of a table cannot be written to their place.
    pub fn of_table(source: io::Error) -> ReadError {
        ReadError::Table(source.into())
    }
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
        self.logs.iter().map(|log| log.stats.errors).sum()
    }
}

/// One log of a run.
#[derive(Clone, Debug)]
pub struct ReadLog {
    pub path: PathBuf,
    pub stats: ReadStats,
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
pub fn read_run<S: EventSink + Send>(
    run: &RunPath,
    purpose: Purpose,
    mut table: Option<&mut EventTable<S>>,
) -> Result<Reading, ReadError> {
    let texts = Texts::of(run)?;
    let origin = origin_in(run, &texts)?;
    if let Some(table) = &mut table {
        table.begin_run(&run.experiment, &run.run, origin)?;
    }
    let origin = origin.stamp;
    let mut reader =
        RunReader { run, texts: &texts, purpose, origin, histories: Vec::new(), measured: Vec::new() };
    let logs = reader.read(table)?;
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
    texts: &Texts,
    mut see: impl FnMut(MachineId, u64, &Record) -> Result<(), PolarsError> + Send,
) -> Result<Vec<ReadLog>, ReadError> {
    let mut see = Some(&mut see);
    let visitors = machines(run).map(|machine| EachEvent { machine, see: see.take(), outcome: Ok(()) });
    let mut logs = Vec::new();
    for ((stats, visitor), path) in read_all(run, texts, visitors.collect())?.into_iter().zip(&run.logs) {
        visitor.outcome?;
        logs.push(ReadLog { path: path.clone(), stats });
    }
    Ok(logs)
}

/// Shows events to whoever asked for them, log by log.
struct EachEvent<'a, F> {
    machine: MachineId,
    /// Handed from log to log.
    see: Option<&'a mut F>,
    outcome: Result<(), PolarsError>,
}

impl<F: FnMut(MachineId, u64, &Record) -> Result<(), PolarsError> + Send> Visitor for EachEvent<'_, F> {
    #[inline]
    fn see(&mut self, number: u64, line: &Line<'_>) {
        if let Line::Event(record) = line
            && let Some(see) = &mut self.see
            && self.outcome.is_ok()
        {
            self.outcome = see(self.machine, number, record);
        }
    }

    fn is_one_by_one(&self) -> bool {
        true
    }

    /// Nothing is shown after an error.
    fn succeed(&mut self, before: &mut Self) {
        self.see = before.see.take().filter(|_| before.outcome.is_ok());
    }
}

/// Reads a run into memory, its messages matched.
pub fn read_history(run: &RunPath) -> Result<History, ReadError> {
    let visitors = machines(run).zip(&run.logs).map(|(machine, path)| MachineHistory::new(machine, path));
    let machines =
        read_all(run, &Texts::default(), visitors.collect())?.into_iter().map(|(stats, mut machine)| {
            machine.end_of_log(stats);
            machine
        });
    let machines: Vec<MachineHistory> = machines.collect();
    let history = History::new(machines)?.read_while(run.state == RunState::GoingOn);
    Ok(history.left_by(run.state == RunState::CutShort))
}

impl Visitor for MachineHistory {
    #[inline]
    fn see(&mut self, number: u64, line: &Line<'_>) {
        MachineHistory::see(self, number, line);
    }
}

/// The machines of a run, in the order of its logs.
fn machines(run: &RunPath) -> impl Iterator<Item = MachineId> {
    run.logs.iter().enumerate().map(|(number, path)| machine_of(run, number, path))
}

/// As its dialect names it, or its file's name; or else by its place among the logs.
fn machine_of(run: &RunPath, number: usize, path: &Path) -> MachineId {
    let named = run.dialect.as_ref().and_then(|logs| logs.machine(number));
    named.or_else(|| machine_of_file(path)).unwrap_or(MachineId(number as u32 + 1))
}

/// Is shown the lines of one log of a run.
trait Visitor: Send {
    /// A line that says something, with its number.
    fn see(&mut self, number: u64, line: &Line<'_>);

    /// Whether no two logs of the run may be shown at the same time.
    fn is_one_by_one(&self) -> bool {
        false
    }

    /// The log before this one is read, and `before` saw it.
    fn succeed(&mut self, _before: &mut Self) {}
}

/// Logs of a run that are smaller together are read by one thread.
const ALONE_BYTES_MAX: u64 = 1 << 20;

/// Reads all logs of a run, each with its visitor, in whatever way they are written.
fn read_all<V: Visitor>(
    run: &RunPath,
    texts: &Texts,
    visitors: Vec<V>,
) -> Result<Vec<(ReadStats, V)>, ReadError> {
    let threads = parallel::threads();
    let outcomes = if run.dialect.is_none() && threads > 1 && run.log_bytes() > ALONE_BYTES_MAX {
        pipeline::read_logs(&run.logs, visitors, threads)
    } else {
        read_in_turn(run, texts, visitors)
    };
    let failed = |(outcome, path): (io::Result<_>, &PathBuf)| {
        outcome.map_err(|source| ReadError::Log { path: path.clone(), source })
    };
    outcomes.into_iter().zip(&run.logs).map(failed).collect()
}

/// The same in this thread, up to the first log that cannot be read.
fn read_in_turn<V: Visitor>(
    run: &RunPath,
    texts: &Texts,
    mut visitors: Vec<V>,
) -> Vec<io::Result<(ReadStats, V)>> {
    let mut outcomes = Vec::new();
    visitors.reverse();
    for (number, path) in run.logs.iter().enumerate() {
        let Some(mut visitor) = visitors.pop() else { break };
        let see = |number, line: &Line<'_>| visitor.see(number, line);
        let stats = texts.open(number, path).and_then(|input| match &run.dialect {
            Some(logs) => logs.read(number, input, see),
            None => LogReader::new(machine_of_file(path)).read(input, see),
        });
        if let Some(next) = visitors.last_mut() {
            next.succeed(&mut visitor);
        }
        let is_read = stats.is_ok();
        outcomes.push(stats.map(|stats| (stats, visitor)));
        if !is_read {
            break;
        }
    }
    outcomes
}

/// A run's metrics, and the logs that were read for them.
#[derive(Clone, Debug)]
pub struct Metered {
    /// A row a machine.
    pub rows: Vec<MachineMetrics>,
    /// Empty where what was kept beside the logs tells the same.
    pub logs: Vec<ReadLog>,
}

/// A run's metrics: those that were kept beside it where they are sure to be
/// what its logs would give, or where its logs were not kept.
pub fn meter_run(run: &RunPath) -> Result<Metered, ReadError> {
    let alone = if run.logs.is_empty() { run.metrics_file() } else { None };
    let kept = match alone {
        Some(path) => Some(kept::without_logs(run, path)?),
        None => kept::beside_logs(run),
    };
    match kept {
        Some(rows) => Ok(Metered { rows, logs: Vec::new() }),
        None => {
            let Reading { rows, logs, .. } = measure_run(run, Purpose::default())?;
            Ok(Metered { rows, logs })
        }
    }
}

/// The same without the account of its logs.
pub fn run_metrics(run: &RunPath) -> Result<Vec<MachineMetrics>, ReadError> {
    meter_run(run).map(|metered| metered.rows)
}

struct Measured {
    meter: Meter,
    samples: Thinned,
}

struct RunReader<'a> {
    run: &'a RunPath,
    texts: &'a Texts,
    purpose: Purpose,
    origin: Stamp,
    histories: Vec<MachineHistory>,
    measured: Vec<(MachineId, Measured)>,
}

/// Measures, tables and keeps one log's events.
struct LogVisitor<'t, S: EventSink> {
    machine: MachineId,
    purpose: Purpose,
    origin: Stamp,
    measured: Measured,
    history: MachineHistory,
    /// Then rows stand in the order of the logs.
    has_table: bool,
    /// Handed from log to log.
    table: Option<&'t mut EventTable<S>>,
    tabled: Result<(), PolarsError>,
}

impl<S: EventSink + Send> Visitor for LogVisitor<'_, S> {
    #[inline]
    fn see(&mut self, number: u64, line: &Line<'_>) {
        let Measured { meter, samples } = &mut self.measured;
        meter.see(line);
        if let Line::Event(record) = line {
            if let Some(table) = &mut self.table
                && self.tabled.is_ok()
            {
                self.tabled = table.push(self.machine, number, record);
            }
            if self.purpose.series {
                let (time_s, queue) = (meter.time_s(), meter.queue());
                samples.push(Sample::of_event(time_s, queue, record.clock, record.waited_us));
            }
        }
        if let Line::End(end) = line
            && self.purpose.series
        {
            // Messages that arrived after the last pop wait here.
            let time_s = end.stamp.seconds_since(self.origin).max(meter.time_s());
            samples.push(Sample::of_event(time_s, end.queue_length, end.clock, None));
        }
        if self.purpose.history {
            self.history.see(number, line);
        }
    }

    fn is_one_by_one(&self) -> bool {
        self.has_table
    }

    fn succeed(&mut self, before: &mut Self) {
        self.table = before.table.take();
    }
}

impl RunReader<'_> {
    fn read<S: EventSink + Send>(
        &mut self,
        mut table: Option<&mut EventTable<S>>,
    ) -> Result<Vec<ReadLog>, ReadError> {
        let (run, purpose, origin, has_table) = (self.run, self.purpose, self.origin, table.is_some());
        let visitors = machines(run).zip(&run.logs).map(|(machine, path)| LogVisitor {
            machine,
            purpose,
            origin,
            measured: Measured { meter: Meter::new(machine, origin), samples: Thinned::default() },
            history: MachineHistory::new(machine, path),
            has_table,
            table: table.take(),
            tabled: Ok(()),
        });
        let read = read_all(run, self.texts, visitors.collect())?;
        let mut logs = Vec::new();
        for ((stats, visitor), path) in read.into_iter().zip(&run.logs) {
            visitor.tabled?;
            if purpose.history {
                let mut history = visitor.history;
                history.end_of_log(stats.clone());
                self.histories.push(history);
            }
            self.measured.push((visitor.machine, visitor.measured));
            logs.push(ReadLog { path: path.clone(), stats });
        }
        Ok(logs)
    }

    fn finish(mut self, logs: Vec<ReadLog>) -> Result<Reading, ReadError> {
        metrics::count_first_jumps(self.measured.iter_mut().map(|(_, measured)| &mut measured.meter));
        let (experiment, run) = (&self.run.experiment, &self.run.run);
        let machines = self.machine_count(&logs);
        let mut rows: Vec<MachineMetrics> = self
            .measured
            .iter()
            .zip(&logs)
            .filter(|(_, log)| !log.stats.is_unreadable())
            .map(|((_, measured), _)| {
                measured.meter.finish(Arc::clone(experiment), Arc::clone(run), machines)
            })
            .collect();
        metrics::complete_run(&mut rows);
        let history = self.purpose.history.then(|| History::new(self.histories)).transpose()?;
        let state = self.run.state;
        let history = history.map(|history| {
            history.read_while(state == RunState::GoingOn).left_by(state == RunState::CutShort)
        });
        let of_machine = |(machine, measured): (MachineId, Measured)| MachineSeries {
            machine,
            clock_rate: measured.meter.clock_rate(),
            knows_queue: measured.meter.knows_queue(),
            from_start: measured.meter.is_from_start(),
            jumps: if self.purpose.series { measured.meter.jumps() } else { Default::default() },
            waits: measured.meter.waits(),
            wait_source: measured.meter.wait_source(),
            clock_set: measured.meter.clock_set(),
            samples: measured.samples.into_samples(),
        };
        let mut machines: Vec<MachineSeries> = self.measured.into_iter().map(of_machine).collect();
        if self.run.tells_no_time() {
            rows.iter_mut().for_each(MachineMetrics::forget_time);
        } else if from_sends::are_wanted(&rows) {
            // Where messages cannot be matched, waits stay unknown.
            let read_again = || read_history(self.run).ok();
            let for_waits = if history.is_some() { None } else { read_again() };
            if let Some(history) = history.as_ref().or(for_waits.as_ref()) {
                from_sends::bound_waits(&mut rows, &mut machines, history);
            }
        }
        let series = RunSeries { experiment: experiment.to_string(), run: run.to_string(), machines };
        Ok(Reading { rows, series, logs, origin: self.origin, history })
    }

    /// As a header says it, or else as many as there are logs, unless those tell
    /// of more.
    fn machine_count(&self, logs: &[ReadLog]) -> Machines {
        if let Some(reported) = logs.iter().find_map(|log| log.stats.header?.machines) {
            return Machines::Are(reported);
        }
        let known = self.measured.iter().map(|(_, measured)| measured.meter.machines_known()).max();
        match (known.unwrap_or(0), logs.len() as u32) {
            (known, logs) if known > logs => Machines::AtLeast(known),
            (_, logs) => Machines::Are(logs),
        }
    }
}
