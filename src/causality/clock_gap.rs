//! Why a chain is not as long as the Lamport clock says.

use std::fmt;

use super::{Chains, Link};
use crate::history::{EventId, History, Source};
use crate::model::event::Kind;

/// An event of a chain whose clock is not one more than the clock before it.
/// The clock exceeds the chain's length by the sum of [`ClockGap::excess`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockGap {
    pub event: EventId,
    /// The clock of the event before it on the chain; 0 before the first.
    pub before: u64,
    pub clock: u64,
    pub why: Why,
}

/// What makes a clock step by another number than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The machine's first logged event has a clock above 1.
    StartsLate,
    /// The clock leaps without a message.
    Leaps,
    /// The clock does not rise.
    DoesNotRise,
    /// A send to all is a line for each recipient, all with one clock.
    SendInSeveralLines,
    /// A RECEIVE has no larger clock than its SEND.
    NoLargerThanItsSend,
    /// No SEND in the logs can be the source of the RECEIVE.
    NoSend,
    /// The SEND of the RECEIVE is not known.
    UnknownSend,
    /// The only SEND that fits was received before.
    SendUsedUp,
    /// The RECEIVE's match closes a circle, and is left out.
    Circle,
    /// The clock came from here, behind which there are fewer events than its
    /// clock says.
    Shorter { from: EventId, length: u32 },
}

impl ClockGap {
    /// By how much more than one the clock stepped.
    pub fn excess(&self) -> i128 {
        i128::from(self.clock) - i128::from(self.before) - 1
    }
}

/// Where along a chain, as [`Chains::behind`] gives it, the clock steps by
/// another number than one.
pub fn clock_gaps(history: &History, chains: &Chains, chain: &[Link]) -> Vec<ClockGap> {
    let clock = |event| history.record(event).clock;
    let before = |at: usize| at.checked_sub(1).map(|before| chain[before].event);
    let gap = |(at, link): (usize, &Link)| {
        let (previous, own) = (before(at), clock(link.event));
        let before = previous.map_or(0, clock);
        (own != before.saturating_add(1)).then(|| ClockGap {
            event: link.event,
            before,
            clock: own,
            why: Uneven { history, chains, link: *link, previous, leaps: own > before }.why(),
        })
    };
    chain.iter().enumerate().filter_map(gap).collect()
}

/// A step of a chain by another number than one.
struct Uneven<'a> {
    history: &'a History,
    chains: &'a Chains,
    link: Link,
    previous: Option<EventId>,
    leaps: bool,
}

impl Uneven<'_> {
    fn why(&self) -> Why {
        let is_send = |event| self.history.record(event).kind == Kind::Send;
        let event = self.link.event;
        match (self.leaps, self.link.by_message) {
            (false, Some(_)) => Why::NoLargerThanItsSend,
            (false, None) if self.previous.is_some_and(is_send) && is_send(event) => Why::SendInSeveralLines,
            (false, None) => Why::DoesNotRise,
            (true, Some(_)) => self.own_side(),
            (true, None) => self.message_side(),
        }
    }

    /// The chain came by a message, and the clock from the machine's own last
    /// event.
    fn own_side(&self) -> Why {
        let event = self.link.event;
        let own = event.index.checked_sub(1).map(|index| EventId { index, ..event });
        self.shorter(own).unwrap_or(Why::Leaps)
    }

    /// The chain stayed at the machine, and the clock came by a message.
    fn message_side(&self) -> Why {
        let event = self.link.event;
        let send = self.chains.source(self.history, event);
        match self.history.source(event) {
            Some(Source::Matched(_)) if send.is_none() => Why::Circle,
            Some(Source::Matched(_)) => self.shorter(send).unwrap_or(Why::Leaps),
            Some(Source::Missing) => Why::NoSend,
            Some(Source::Unknown) => Why::UnknownSend,
            Some(Source::Repeated { .. }) => Why::SendUsedUp,
            None if self.previous.is_none() => Why::StartsLate,
            None => Why::Leaps,
        }
    }

    /// If the clock is one more than this event's, which is where it came from.
    fn shorter(&self, from: Option<EventId>) -> Option<Why> {
        let from = from?;
        let length = self.chains.length(self.history, from)?;
        let (own, theirs) = (self.history.record(self.link.event).clock, self.history.record(from).clock);
        (own == theirs.saturating_add(1)).then_some(Why::Shorter { from, length })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::StartsLate => "the log begins here: what came before is not in it",
            Why::Leaps => "the clock leaps: events are left out of the log, or the clock is wrong",
            Why::DoesNotRise => "the clock does not rise, as it must with every event",
            Why::SendInSeveralLines => "a send to several is a line for each, all with one clock",
            Why::NoLargerThanItsSend => {
                "no larger than the clock of its SEND, as if the message was stamped before the increment"
            }
            Why::NoSend => "no log has the SEND of this message",
            Why::UnknownSend => "it is unknown which SEND this message comes from",
            Why::SendUsedUp => "the only SEND that fits was received before",
            Why::Circle => "its SEND, as matched, comes after it; the match is left out",
            Why::Shorter { from, length } => {
                return write!(
                    f,
                    "the clock comes from machine {}'s event {}, behind which only {length} can be found",
                    from.machine,
                    from.index + 1
                );
            }
        })
    }
}
