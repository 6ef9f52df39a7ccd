//! What is shown of a run, before it has a place on a page.

use super::events::Times;
use super::lanes::Lanes;
use super::messages::{Message, Messages};
use super::window::{whole, window};
use super::{SpaceTime, Span};

/// With more messages than this, a page shows only every second, third, … one;
/// the same of those that wait from before the stretch until after it.
const MOST_MESSAGES: usize = 600;
const MOST_WAITING: usize = 60;

/// A stretch of a run.
pub(super) struct Scene<'a> {
    pub of: &'a SpaceTime<'a>,
    pub span: Span,
    /// Whether both ends of the stretch were asked for.
    pub is_asked_for: bool,
    /// From the beginning of the run to its last event.
    pub whole: Span,
    /// Whether stamps are too coarse to tell one event's time from the next one's.
    pub is_spread: bool,
    pub lanes: Lanes,
    pub messages: Messages,
    /// The messages that are drawn, in the order in which they were sent.
    pub drawn: Vec<Message>,
}

impl<'a> Scene<'a> {
    /// The scene with at most `room` lanes.
    pub(super) fn new(of: &'a SpaceTime<'a>, room: usize) -> Scene<'a> {
        let times = Times::new(of.history, of.origin);
        let (span, is_asked_for) = window(of, &times);
        let lanes = Lanes::new(of.history, &times, span, room);
        let messages = Messages::within(of.history, &times, &lanes, span);
        let drawn = drawn(&messages.all, span);
        let (whole, is_spread) = (whole(of.history, &times), times.is_spread);
        Scene { of, span, is_asked_for, whole, is_spread, lanes, messages, drawn }
    }

    pub(super) fn events(&self) -> usize {
        (0..self.lanes.len()).map(|lane| self.lanes.events(lane).len()).sum()
    }

    /// Messages read within the stretch.
    pub(super) fn read(&self) -> impl Iterator<Item = &Message> {
        let within = |time: f64| (self.span.from_s..=self.span.to_s).contains(&time);
        self.messages.all.iter().filter(move |message| message.popped_s.is_some_and(within))
    }
}

/// As many messages as a page shows, evenly chosen: those that only wait all the
/// time must not crowd out those that are sent or read.
fn drawn(all: &[Message], span: Span) -> Vec<Message> {
    let waits_throughout = |message: &Message| {
        let arrived = message.arrived_s.is_some_and(|arrived| arrived < span.from_s);
        arrived && message.popped_s.is_some_and(|popped| popped > span.to_s)
    };
    let (waiting, moving): (Vec<Message>, Vec<Message>) =
        all.iter().partition(|message| waits_throughout(message));
    let mut drawn = evenly(&waiting, MOST_WAITING);
    drawn.extend(evenly(&moving, MOST_MESSAGES));
    drawn.sort_by(|a, b| a.sent_s.total_cmp(&b.sent_s));
    drawn
}

fn evenly(messages: &[Message], most: usize) -> Vec<Message> {
    messages.iter().step_by(messages.len().div_ceil(most).max(1)).copied().collect()
}
