//! What is behind an event of a run: the longest chain of events that led to it,
//! and what happened before it and after it.

mod document;

pub use document::ExplanationDocument;

use super::{Chains, ClockGap, Link, PastAndFuture, clock_gaps};
use crate::history::{Certainty, EventId, History};
use crate::log::Stamp;
use crate::read::run_path::RunPath;

/// An event, and what is behind it.
#[derive(Debug)]
pub struct Explanation<'a> {
    pub run: &'a RunPath,
    pub history: &'a History,
    /// When lab time began.
    origin: Stamp,
    /// Whether the stamps tell nothing smaller than a second.
    pub in_seconds: bool,
    pub event: EventId,
    /// The longest chain that ends with the event.
    pub chain: Vec<Link>,
    /// Where the clock steps by another number than one on it.
    pub clock_gaps: Vec<ClockGap>,
    pub chains: Chains,
    pub past_and_future: PastAndFuture,
}

impl<'a> Explanation<'a> {
    /// Explains an event of a run whose lab time began at `origin`.
    pub fn of(run: &'a RunPath, history: &'a History, origin: Stamp, event: EventId) -> Explanation<'a> {
        let chains = Chains::of(history);
        let chain = chains.behind(history, event);
        let clock_gaps = clock_gaps(history, &chains, &chain);
        let past_and_future = PastAndFuture::of(history, event);
        let in_seconds = history.is_in_whole_seconds();
        Explanation { run, history, origin, in_seconds, event, chain, clock_gaps, chains, past_and_future }
    }

    /// Lab time of an event, in seconds.
    pub fn time_s(&self, event: EventId) -> f64 {
        self.history.record(event).stamp.seconds_since(self.origin)
    }

    /// The messages of the chain that may be others, by their RECEIVEs.
    pub fn ambiguous(&self) -> impl Iterator<Item = EventId> {
        let receives = self.chain.iter().filter(|link| link.by_message.is_some()).map(|link| link.event);
        receives.filter(|receive| {
            let found = self.history.source_of(*receive);
            found.is_some_and(|found| found.certainty == Certainty::Ambiguous)
        })
    }
}
