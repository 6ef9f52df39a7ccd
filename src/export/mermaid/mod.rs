//! Mermaid: a sequence diagram of one run.
//!
//! A SEND is an arrow, drawn with dashes where its message is not received
//! within the diagram; a RECEIVE and an INTERNAL event are notes. A SEND that
//! does not say to whom is a note too. Rows stand in causal order.

mod check;

pub use check::check;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::window::{Excerpt, QueueGauge};
use crate::causality::{CausalOrder, Step};
use crate::history::EventId;
use crate::log::Record;
use crate::model::event::{Kind, MachineId};

/// Mermaid shows an error instead of a longer diagram, in UTF-16 units, unless
/// its `maxTextSize` is raised.
pub const UNITS_MAX: usize = 50_000;

/// More events are hard to follow.
pub const EVENTS_ADVISED: u64 = 200;

/// Writes the diagram of a run, and gives the number of arrows and notes in it.
pub fn write(mut out: impl Write, excerpt: &Excerpt<'_>) -> io::Result<u64> {
    writeln!(out, "sequenceDiagram")?;
    writeln!(out, "    title {}", text(&excerpt.name()))?;
    for (_, machine, _) in excerpt.shown() {
        let rate = machine.header().map(|header| {
            format!(", {} {}/s", header.clock_rate, if header.clock_rate == 1.0 { "tick" } else { "ticks" })
        });
        writeln!(out, "    participant m{0} as machine {0}{1}", machine.id(), rate.unwrap_or_default())?;
    }
    let machines = excerpt.history.machines();
    let mut queues: Vec<QueueGauge> = machines.iter().map(QueueGauge::new).collect();
    let mut rows = 0;
    for step in CausalOrder::of(excerpt.history) {
        let record = machines[step.place].record(step.event.index);
        let queue = queues[step.place].after(record.queue_length);
        if excerpt.range(step.place).contains(&step.event.index) {
            rows += event(&mut out, excerpt, &step, &record, queue)?;
        }
    }
    out.flush()?;
    Ok(rows)
}

fn event(
    mut out: impl Write,
    excerpt: &Excerpt<'_>,
    step: &Step,
    record: &Record,
    queue: Option<u64>,
) -> io::Result<u64> {
    let id = step.event.machine;
    let clock = record.clock;
    let note = match record.kind {
        Kind::Internal => format!("INTERNAL, clock {clock}"),
        Kind::Receive => received(step, record, queue),
        Kind::Send => {
            let rows = arrows(&mut out, excerpt, step.event, clock)?;
            if rows > 0 {
                return Ok(rows);
            }
            match record.to {
                Some(to) => format!("SEND, clock {clock}, to {to}"),
                None => format!("SEND, clock {clock}"),
            }
        }
    };
    writeln!(out, "    Note over m{id}: {note}")?;
    Ok(1)
}

fn received(step: &Step, record: &Record, queue: Option<u64>) -> String {
    let from = record.from.or(step.source.map(|send| send.machine));
    let mut note = format!("RECEIVE, clock {}", record.clock);
    // A text takes whatever is written to it.
    let _ = match (from, record.message_clock) {
        (Some(from), Some(clock)) => write!(note, ", from {from} with {clock}"),
        (Some(from), None) => write!(note, ", from {from}"),
        (None, Some(clock)) => write!(note, ", message with {clock}"),
        (None, None) => Ok(()),
    };
    if let Some(queue) = queue {
        let _ = write!(note, ", queue {queue}");
    }
    note
}

/// An arrow for each recipient that is shown.
fn arrows(mut out: impl Write, excerpt: &Excerpt<'_>, send: EventId, clock: u64) -> io::Result<u64> {
    let received: Vec<MachineId> = excerpt
        .history
        .receives_of(send)
        .filter(|receive| excerpt.holds(*receive))
        .map(|receive| receive.machine)
        .collect();
    let mut rows = 0;
    for id in excerpt.history.recipients(send) {
        if excerpt.history.place(id).is_some_and(|place| excerpt.has_machine(place)) {
            let arrow = if received.contains(&id) { "-)" } else { "--)" };
            writeln!(out, "    m{}{arrow}m{id}: SEND, clock {clock}", send.machine)?;
            rows += 1;
        }
    }
    Ok(rows)
}

/// A text that Mermaid takes for nothing else: whatever is no letter, digit,
/// blank or one of a few marks is written as its number, and so is the first
/// letter of the word `end`.
fn text(words: &str) -> String {
    let mut text = String::new();
    for word in words.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let is_end = word.trim_end_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case("end");
        for (at, c) in word.char_indices() {
            let is_plain = c.is_alphanumeric() || " -_./,".contains(c);
            if is_plain && !(is_end && at == 0) {
                text.push(c);
            } else {
                // A text takes whatever is written to it.
                let _ = write!(text, "#{};", u32::from(c));
            }
        }
    }
    text
}
