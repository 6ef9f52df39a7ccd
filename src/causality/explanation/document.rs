//! What is behind an event, as JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::Explanation;
use crate::causality::{ClockGap, Link};
use crate::history::EventId;
use crate::model::event::MachineId;

/// An event and what is behind it.
#[derive(Serialize)]
pub struct ExplanationDocument {
    experiment: String,
    run: String,
    folder: PathBuf,
    event: EventDocument,
    /// Events of the longest chain, this one counted.
    chain_length: usize,
    /// Whether each of them adds one to the clock, so that the length is the clock.
    proves_the_clock: bool,
    /// Where on the chain the clock steps by another number than one.
    gaps: Vec<GapDocument>,
    /// RECEIVEs on the chain whose SEND may be another.
    ambiguous_messages: usize,
    /// Matches of the run that closed a circle, and were left out.
    matches_left_out: usize,
    chain: Vec<LinkDocument>,
    /// For each machine how many of its events, the first ones, happened before
    /// this one, which is not counted.
    past: BTreeMap<MachineId, u32>,
    /// For each machine the place, counted from 0, of its first event that this
    /// one happened before.
    future: BTreeMap<MachineId, Option<u32>>,
}

#[derive(Serialize)]
struct EventDocument {
    machine: MachineId,
    /// Its place among the machine's events, counted from 0.
    index: u32,
    line: u64,
    tick: Option<u64>,
    kind: &'static str,
    clock: u64,
    time_s: f64,
}

#[derive(Serialize)]
struct LinkDocument {
    #[serde(flatten)]
    event: EventDocument,
    /// The SEND before it on the chain; without one it is the event before it
    /// in the log.
    message: Option<MessageDocument>,
}

#[derive(Serialize)]
struct MessageDocument {
    from: MachineId,
    /// The place of the SEND among the sender's events, counted from 0.
    index: u32,
    /// From the SEND to the RECEIVE.
    taken_s: f64,
    waited_in_queue_s: Option<f64>,
}

#[derive(Serialize)]
struct GapDocument {
    machine: MachineId,
    index: u32,
    line: u64,
    clock_before: u64,
    clock: u64,
    why: String,
}

impl ExplanationDocument {
    pub fn of(of: &Explanation<'_>) -> ExplanationDocument {
        let machines = || of.history.machines().iter().map(|machine| machine.id());
        ExplanationDocument {
            experiment: of.run.experiment.to_string(),
            run: of.run.run.to_string(),
            folder: of.run.folder.clone(),
            event: EventDocument::of(of, of.event),
            chain_length: of.chain.len(),
            proves_the_clock: of.clock_gaps.is_empty(),
            gaps: of.clock_gaps.iter().map(|gap| GapDocument::of(of, gap)).collect(),
            ambiguous_messages: of.ambiguous().count(),
            matches_left_out: of.chains.dropped().len(),
            chain: of.chain.iter().map(|link| LinkDocument::of(of, link)).collect(),
            past: machines().zip(of.past_and_future.past.iter().copied()).collect(),
            future: machines().zip(of.past_and_future.future.iter().copied()).collect(),
        }
    }
}

impl EventDocument {
    fn of(of: &Explanation<'_>, event: EventId) -> EventDocument {
        let record = of.history.record(event);
        EventDocument {
            machine: event.machine,
            index: event.index,
            line: of.history.line(event),
            tick: record.tick,
            kind: record.kind.word(),
            clock: record.clock,
            time_s: of.time_s(event),
        }
    }
}

impl LinkDocument {
    fn of(of: &Explanation<'_>, link: &Link) -> LinkDocument {
        let message = link.by_message.map(|send| MessageDocument {
            from: send.machine,
            index: send.index,
            taken_s: of.time_s(link.event) - of.time_s(send),
            waited_in_queue_s: of.history.record(link.event).waited_us.map(|us| us as f64 / 1e6),
        });
        LinkDocument { event: EventDocument::of(of, link.event), message }
    }
}

impl GapDocument {
    fn of(of: &Explanation<'_>, gap: &ClockGap) -> GapDocument {
        GapDocument {
            machine: gap.event.machine,
            index: gap.event.index,
            line: of.history.line(gap.event),
            clock_before: gap.before,
            clock: gap.clock,
            why: gap.why.to_string(),
        }
    }
}
