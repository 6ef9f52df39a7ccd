//! The columns of one machine, each number as its difference from what the
//! numbers before it let expect.

use serde::Serialize;

use super::packing::Packed;
use crate::history::{Certainty, Match, Source};

/// Larger clocks are shown as at least this: a page counts in ones up to 2⁵³,
/// and differences take a bit for their sign and one more.
pub(super) const CLOCK_MAX: u64 = (1 << 51) - 1;

/// A machine's events; the page's script decodes them in the same order.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// A letter an event: INTERNAL, SEND, and of a RECEIVE how its source is known.
    pub kinds: String,
    /// Microseconds since the origin: of each event the change of the step.
    pub times: Packed,
    /// Of each event, beyond the number after the last.
    pub ticks: Packed,
    /// Of each event, beyond what Lamport's rule gives.
    pub clocks: Packed,
    /// Of each SEND the recipient's number, or 0 for all.
    pub to: Packed,
    /// Of each RECEIVE the sender's number.
    pub from: Packed,
    /// Of each RECEIVE with a SEND: its index, since the last one from there.
    pub sources: Packed,
    /// Of each RECEIVE, beyond the clock before it.
    pub message_clocks: Packed,
    /// Of each RECEIVE, beyond that of the last one.
    pub queue_lengths: Packed,
    /// Of each RECEIVE, in microseconds: with a SEND from there to the arrival,
    /// else the wait in the queue.
    pub waits: Packed,
    /// Messages that are not received within what is shown.
    pub open: Open,
}

/// Messages without a RECEIVE that is shown, in the order of their SENDs.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    /// The index of the SEND, since the last one's.
    pub sends: Packed,
    pub to: Packed,
    /// Microseconds to the arrival, if a later RECEIVE tells it.
    pub transits: Packed,
    /// 1 if it is received later than what is shown, 0 if never.
    pub later: Packed,
}

/// As it stands in the page.
#[derive(Debug, Serialize)]
pub(super) struct PackedColumns {
    kinds: String,
    times: String,
    ticks: String,
    clocks: String,
    to: String,
    from: String,
    sources: String,
    message_clocks: String,
    queue_lengths: String,
    waits: String,
    open: PackedOpen,
}

#[derive(Debug, Serialize)]
struct PackedOpen {
    sends: String,
    to: String,
    transits: String,
    later: String,
    count: usize,
}

impl Columns {
    pub fn pack(self, open: usize) -> PackedColumns {
        PackedColumns {
            kinds: self.kinds,
            times: self.times.into_text(),
            ticks: self.ticks.into_text(),
            clocks: self.clocks.into_text(),
            to: self.to.into_text(),
            from: self.from.into_text(),
            sources: self.sources.into_text(),
            message_clocks: self.message_clocks.into_text(),
            queue_lengths: self.queue_lengths.into_text(),
            waits: self.waits.into_text(),
            open: PackedOpen {
                sends: self.open.sends.into_text(),
                to: self.open.to.into_text(),
                transits: self.open.transits.into_text(),
                later: self.open.later.into_text(),
                count: open,
            },
        }
    }
}

/// How the source of a RECEIVE is known, as a letter.
pub(super) fn letter(source: Source, is_dropped: bool) -> char {
    match source {
        Source::Matched(_) if is_dropped => 'C',
        Source::Matched(Match { certainty: Certainty::Certain, .. }) => 'R',
        Source::Matched(Match { certainty: Certainty::Ambiguous, .. }) => 'A',
        Source::Repeated { .. } => 'D',
        Source::Missing => 'M',
        Source::Unknown => 'U',
    }
}

/// A clock as far as a page counts in ones.
pub(super) fn clock(clock: u64) -> i64 {
    clock.min(CLOCK_MAX) as i64
}
