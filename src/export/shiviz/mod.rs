//! ShiViz: space-time diagrams drawn from vector clocks. TSViz takes the same.
//!
//! The first line is the regular expression that reads an event, the second
//! that of the lines between executions, of which each run is one.
//!
//! ```text
//! (?<timestamp>-?\d+) (?<host>\S+) L=(?<lamport>\d+) q=(?<queue>\d+|\?) (?<clock>\{[^}]*\}) (?<event>.*)
//! === (?<trace>.*) ===
//! === exp4/sample ===
//! 127295769000 m2 L=1 q=0 {"m2":1} SEND to m1,m3
//! ```

mod check;

pub use check::check;

use std::io::{self, Write};

use super::window::{Excerpt, QueueGauge};
use crate::causality::{Dropped, Step, vector_clocks};
use crate::log::Record;
use crate::model::event::{Kind, Recipients};
use crate::text::sanitize::on_one_line;

/// How ShiViz reads an event. It rewrites every parenthesis that does not begin
/// a group with a name, so there is none; times are nanoseconds, as in TSViz.
const EVENT: &str =
    r"(?<timestamp>-?\d+) (?<host>\S+) L=(?<lamport>\d+) q=(?<queue>\d+|\?) (?<clock>\{[^}]*\}) (?<event>.*)";
/// How it reads where an execution begins.
const EXECUTION: &str = "=== (?<trace>.*) ===";

/// Of a SEND to more machines than this no names are written: a log may claim
/// that there are billions.
const MACHINES_NAMED: u32 = 64;

/// More events in one file are slow to draw.
pub const EVENTS_ADVISED: u64 = 5_000;

/// Writes a file for ShiViz.
#[derive(Debug)]
pub struct ShivizWriter<W: Write> {
    out: W,
    events: u64,
}

impl<W: Write> ShivizWriter<W> {
    /// Begins the file.
    pub fn new(mut out: W) -> io::Result<ShivizWriter<W>> {
        writeln!(out, "{EVENT}\n{EXECUTION}")?;
        Ok(ShivizWriter { out, events: 0 })
    }

    /// Adds a run as an execution, unless nothing of it is shown. Gives the
    /// matches that contradict others and were dropped.
    pub fn add(&mut self, excerpt: &Excerpt<'_>) -> io::Result<Vec<Dropped>> {
        if excerpt.events() == 0 {
            return Ok(Vec::new());
        }
        let label = on_one_line(&excerpt.name());
        writeln!(self.out, "=== {label} ===")?;
        let machines = excerpt.history.machines();
        let mut queues: Vec<QueueGauge> = machines.iter().map(QueueGauge::new).collect();
        let mut outcome = Ok(());
        let dropped = vector_clocks(excerpt.history, |step, clock| {
            let record = machines[step.place].record(step.event.index);
            let queue = queues[step.place].after(record.queue_length);
            if outcome.is_ok() && excerpt.range(step.place).contains(&step.event.index) {
                outcome = self.event(excerpt, step, &record, queue, clock);
            }
        });
        outcome?;
        Ok(dropped)
    }

    /// Completes the file, and gives the number of events in it.
    pub fn finish(mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.events)
    }

    fn event(
        &mut self,
        excerpt: &Excerpt<'_>,
        step: &Step,
        record: &Record,
        queue: Option<u64>,
        clock: &[u32],
    ) -> io::Result<()> {
        self.events += 1;
        let time_ns = i128::from(excerpt.time_us(record.stamp)) * 1_000;
        write!(self.out, "{time_ns} m{} L={} q=", step.event.machine, record.clock)?;
        match queue {
            Some(queue) => write!(self.out, "{queue} ")?,
            None => write!(self.out, "? ")?,
        }
        self.clock(excerpt, clock)?;
        write!(self.out, " {}", record.kind)?;
        match record.kind {
            Kind::Internal => {}
            Kind::Receive => {
                let from = record.from.or(step.source.map(|send| send.machine));
                from.map_or(Ok(()), |from| write!(self.out, " from m{from}"))?;
            }
            Kind::Send => self.recipients(excerpt, step, record.to)?,
        }
        writeln!(self.out)
    }

    /// A vector clock that begins with the window: every entry less its
    /// machine's events before it. A machine whose stamps are coarse may seem to
    /// send after the window's end what is received within it; its last event
    /// that is shown stands for that SEND.
    fn clock(&mut self, excerpt: &Excerpt<'_>, clock: &[u32]) -> io::Result<()> {
        let mut mark = '{';
        for (place, machine, range) in excerpt.shown() {
            let entry = clock[place].saturating_sub(range.start).min(range.len() as u32);
            if entry > 0 {
                write!(self.out, "{mark}\"m{}\":{entry}", machine.id())?;
                mark = ',';
            }
        }
        write!(self.out, "}}")
    }

    fn recipients(&mut self, excerpt: &Excerpt<'_>, step: &Step, to: Option<Recipients>) -> io::Result<()> {
        let Some(to) = to else { return Ok(()) };
        if to == Recipients::All && excerpt.history.machine_count() > MACHINES_NAMED {
            return write!(self.out, " to all");
        }
        let mut mark = " to ";
        for id in to.ids(step.event.machine, excerpt.history.machine_count()) {
            write!(self.out, "{mark}m{id}")?;
            mark = ",";
        }
        Ok(())
    }
}
