//! Chrome trace JSON for Perfetto: a process a machine, a slice an event, an
//! arrow a message, a span for its time in the queue, and the queue's length
//! and the logical clock as counters.
//!
//! Times are microseconds of lab time with three decimals. An arrow leaves and
//! meets the slice that is open at its place, so it stands a nanosecond after
//! the slice begins.

mod check;
mod places;

pub use check::check;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::window::{Excerpt, QueueGauge};
use crate::causality::{CausalOrder, Step};
use crate::history::EventId;
use crate::log::Record;
use crate::model::event::{Kind, Recipients};
pub use places::Beyond;
use places::{Places, slice_ns};

/// A run cannot be added to a trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    #[error(transparent)]
    Write(#[from] io::Error),
    #[error(transparent)]
    Beyond(#[from] Beyond),
}

/// What a browser's memory holds with ease, in bytes of JSON.
pub const BYTES_ADVISED: u64 = 500_000_000;
/// From the begin of a slice to where an arrow leaves or meets it.
const ARROW_NS: i64 = 1;

/// What is to be said of a run that was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Stamps were whole seconds or milliseconds, and events were spread over them.
    pub is_spread: bool,
    /// Events that stand later than their stamps, to come after what they follow.
    pub late: u64,
}

/// Writes a trace.
#[derive(Debug)]
pub struct PerfettoWriter<W: Write> {
    out: W,
    is_first: bool,
    /// Processes so far; a machine of a run is one.
    processes: u32,
    /// The last id that an arrow or a span got.
    last_id: u64,
    events: u64,
}

/// A run while it is written.
struct Run<'a> {
    excerpt: &'a Excerpt<'a>,
    places: Places,
    /// For each machine of the history.
    pids: Vec<u32>,
    queues: Vec<QueueGauge>,
    slices_ns: Vec<Option<i64>>,
    /// The arrows that have left, with their ids.
    arrows: BTreeMap<EventId, Arrow>,
}

struct Arrow {
    id: u64,
    left: usize,
}

impl<W: Write> PerfettoWriter<W> {
    /// Begins the file.
    pub fn new(mut out: W) -> io::Result<PerfettoWriter<W>> {
        write!(out, "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
        Ok(PerfettoWriter { out, is_first: true, processes: 0, last_id: 0, events: 0 })
    }

    /// Adds a run, whose lab time begins at 0 like that of every other.
    ///
    /// # Errors
    ///
    /// It cannot be written, or an event lies beyond the end of the time line.
    pub fn add(&mut self, excerpt: &Excerpt<'_>) -> Result<Drawn, TraceError> {
        let machines = excerpt.history.machines();
        let mut run = Run {
            excerpt,
            places: Places::of(excerpt)?,
            pids: vec![0; machines.len()],
            queues: machines.iter().map(QueueGauge::new).collect(),
            slices_ns: machines.iter().map(|machine| slice_ns(excerpt.history, machine.id())).collect(),
            arrows: BTreeMap::new(),
        };
        for (place, machine, _) in excerpt.shown() {
            self.processes += 1;
            run.pids[place] = self.processes;
            let name = format!("machine {} ({})", machine.id(), excerpt.name());
            self.about(self.processes, "process_name", json!({ "name": name }))?;
            self.about(self.processes, "process_sort_index", json!({ "sort_index": self.processes }))?;
            self.about(self.processes, "thread_name", json!({ "name": "events" }))?;
        }
        let mut order = CausalOrder::of(excerpt.history);
        while let Some(step) = order.next() {
            let record = machines[step.place].record(step.event.index);
            let queue = run.queues[step.place].after(record.queue_length);
            if excerpt.range(step.place).contains(&step.event.index) {
                let arrows = if record.kind == Kind::Send { run.arrivals(&order, step.event) } else { 0 };
                self.event(&mut run, &step, &record, queue, arrows)?;
            }
        }
        Ok(Drawn { is_spread: run.places.is_spread, late: run.places.late })
    }

    /// Completes the file, and gives the number of slices in it.
    pub fn finish(mut self) -> io::Result<u64> {
        writeln!(self.out, "\n]}}")?;
        self.out.flush()?;
        Ok(self.events)
    }

    fn about(&mut self, pid: u32, name: &str, args: Value) -> io::Result<()> {
        self.put(&json!({ "ph": "M", "pid": pid, "tid": pid, "name": name, "args": args }))
    }

    fn event(
        &mut self,
        run: &mut Run<'_>,
        step: &Step,
        record: &Record,
        queue: Option<u64>,
        arrows: usize,
    ) -> io::Result<()> {
        let (place, index) = (step.place, step.event.index);
        let Some(at) = run.places.at(run.excerpt, place, index) else { return Ok(()) };
        let pid = run.pids[place];
        let gap = run
            .places
            .at(run.excerpt, place, index + 1)
            .map(|next| next.saturating_sub(at).saturating_sub(1));
        // The last event of a machine without a rate is drawn a millisecond long.
        let length = run.slices_ns[place].into_iter().chain(gap).min().unwrap_or(1_000_000);
        self.events += 1;
        self.line(&format_args!(
            r#"{{"ph":"X","name":"{}","cat":"event","pid":{pid},"tid":{pid},"ts":{},"dur":{},"args":{}}}"#,
            record.kind,
            Micros(at),
            Micros(length),
            details(run.excerpt, step, record),
        ))?;
        let arrow_at = at.saturating_add(ARROW_NS);
        if arrows > 0 {
            self.last_id += 1;
            run.arrows.insert(step.event, Arrow { id: self.last_id, left: arrows });
            self.arrow("s", self.last_id, pid, arrow_at)?;
        }
        if let Some(id) = step.source.and_then(|send| run.meets(send)) {
            self.arrow("f", id, pid, arrow_at)?;
        }
        self.wait(pid, at, record)?;
        self.counter(pid, at, "Lamport", "clock", record.clock)?;
        queue.map_or(Ok(()), |queue| self.counter(pid, at, "queue", "length", queue))
    }

    fn arrow(&mut self, phase: &str, id: u64, pid: u32, at: i64) -> io::Result<()> {
        let binding = if phase == "f" { r#","bp":"e""# } else { "" };
        self.line(&format_args!(
            r#"{{"ph":"{phase}","id":{id},"name":"message","cat":"message","pid":{pid},"tid":{pid},"ts":{}{binding}}}"#,
            Micros(at)
        ))
    }

    /// A message's time in the queue; such spans may overlap.
    fn wait(&mut self, pid: u32, at: i64, record: &Record) -> io::Result<()> {
        let waited_us = record.waited_us.and_then(|waited| i64::try_from(waited).ok());
        let Some(began) = waited_us.and_then(|waited| at.checked_sub(waited.checked_mul(1_000)?)) else {
            return Ok(());
        };
        self.last_id += 1;
        let id = self.last_id;
        for (phase, at) in [("b", began.max(0)), ("e", at)] {
            self.line(&format_args!(
                r#"{{"ph":"{phase}","id":{id},"name":"in the queue","cat":"queue","pid":{pid},"tid":{pid},"ts":{}}}"#,
                Micros(at)
            ))?;
        }
        Ok(())
    }

    fn counter(&mut self, pid: u32, at: i64, name: &str, key: &str, value: u64) -> io::Result<()> {
        self.line(&format_args!(
            r#"{{"ph":"C","name":"{name}","pid":{pid},"tid":{pid},"ts":{},"args":{{"{key}":{value}}}}}"#,
            Micros(at)
        ))
    }

    fn put(&mut self, event: &Value) -> io::Result<()> {
        self.line(&format_args!("{event}"))
    }

    fn line(&mut self, event: &std::fmt::Arguments<'_>) -> io::Result<()> {
        let mark = if std::mem::take(&mut self.is_first) { "\n" } else { ",\n" };
        write!(self.out, "{mark}{event}")
    }
}

impl Run<'_> {
    /// How many arrows lead from a SEND to events that are shown.
    fn arrivals(&self, order: &CausalOrder<'_>, send: EventId) -> usize {
        order.receives_of(send).filter(|receive| self.excerpt.holds(*receive)).count()
    }

    /// The arrow of a SEND that meets one of its RECEIVEs here; forgotten with
    /// its last.
    fn meets(&mut self, send: EventId) -> Option<u64> {
        let arrow = self.arrows.get_mut(&send)?;
        arrow.left -= 1;
        let (id, left) = (arrow.id, arrow.left);
        if left == 0 {
            self.arrows.remove(&send);
        }
        Some(id)
    }
}

/// What the log says of an event; what it does not say is not there.
fn details(excerpt: &Excerpt<'_>, step: &Step, record: &Record) -> Value {
    let to = |to: Recipients| match to {
        Recipients::One(id) => json!(id),
        Recipients::Several(some) => json!(some.ids().collect::<Vec<_>>()),
        Recipients::All => json!("all"),
    };
    let from = record.from.or(step.source.map(|send| send.machine));
    let fields = [
        ("clock", Some(json!(record.clock))),
        ("line", Some(json!(excerpt.history.line(step.event)))),
        ("tick", record.tick.map(|tick| json!(tick))),
        ("to", record.to.map(to)),
        ("from", from.map(|from| json!(from))),
        ("message_clock", record.message_clock.map(|clock| json!(clock))),
        ("queue_length", record.queue_length.map(|queue| json!(queue))),
        ("waited_us", record.waited_us.map(|waited| json!(waited))),
    ];
    let known = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(known.collect::<Map<_, _>>())
}

/// Nanoseconds from the run's start on, written as microseconds.
struct Micros(i64);

impl std::fmt::Display for Micros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}
