//! A reading of logs: which lines are events, of which kind, and what their
//! numbers are.

use std::collections::BTreeSet;

use super::ledger::{ClockBefore, Convention, Score};
use super::peers::Peers;
use crate::model::event::Kind;

/// What the lines of one group are.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: Kind,
    /// A word tells the kind, or the clocks do beyond doubt.
    pub is_certain: bool,
    pub is_to_all: bool,
    pub clock: usize,
    pub time: Option<usize>,
    pub message_clock: Option<usize>,
    pub queue: Option<usize>,
    pub from: Option<usize>,
    /// The first and last slot of those that name the recipients.
    pub to: Option<(usize, usize)>,
    pub machine: Option<usize>,
}

/// What logs are taken to say, and how well that fits.
#[derive(Clone, Debug)]
pub struct Reading {
    /// For each group, what its lines are, if they are events.
    pub events: Vec<Option<Event>>,
    pub clock_before: ClockBefore,
    pub queue_before_pop: bool,
    /// Rules that a queue after the pop breaks, those that one before it breaks,
    /// and whether a RECEIVE ever left it empty.
    pub queue_rules: Option<(u64, u64, bool)>,
    pub score: Score,
    pub time: Option<String>,
    pub peers: Option<Peers>,
    /// Lines tell whose they are; the machine's names in their order.
    pub machines_inside: Option<Vec<String>>,
    pub is_line_each: bool,
    /// Clocks are vectors.
    pub is_vector: bool,
    /// Records, by log and place, right before a clock that begins.
    pub begins: BTreeSet<(usize, usize)>,
    /// What these logs leave open, a sentence each.
    pub doubts: Vec<String>,
    /// What was found out, and by how much, a sentence each.
    pub evidence: Vec<String>,
}

impl Event {
    /// Of which nothing else is known.
    pub fn new(kind: Kind, clock: usize) -> Event {
        Event {
            kind,
            is_certain: false,
            is_to_all: false,
            clock,
            time: None,
            message_clock: None,
            queue: None,
            from: None,
            to: None,
            machine: None,
        }
    }
}

impl Reading {
    /// Of which nothing but the kinds and the clocks is known.
    pub fn new(events: Vec<Option<Event>>, convention: Convention) -> Reading {
        Reading {
            events,
            clock_before: convention.before,
            score: convention.score,
            queue_before_pop: false,
            queue_rules: None,
            time: None,
            peers: None,
            machines_inside: None,
            is_line_each: false,
            is_vector: false,
            begins: BTreeSet::new(),
            doubts: Vec::new(),
            evidence: Vec::new(),
        }
    }
}
