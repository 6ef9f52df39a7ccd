//! What is shown of a run, before it has a place on a page.

use super::events::Times;
use super::lanes::Lanes;
use super::messages::{Message, Messages};
use super::window::{whole, window};
use super::{SpaceTime, Span};

/// With more messages than this, a page shows only every second, third, … one.
const MOST_MESSAGES: usize = 600;

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
    /// 1 where all messages are shown, 2 where every second is, and so on.
    pub every: usize,
}

impl<'a> Scene<'a> {
    /// The scene with at most `room` lanes.
    pub(super) fn new(of: &'a SpaceTime<'a>, room: usize) -> Scene<'a> {
        let times = Times::new(of.history, of.origin);
        let (span, is_asked_for) = window(of, &times);
        let lanes = Lanes::new(of.history, &times, span, room);
        let messages = Messages::within(of.history, &times, &lanes, span);
        let every = messages.all.len().div_ceil(MOST_MESSAGES).max(1);
        let (whole, is_spread) = (whole(of.history, &times), times.is_spread);
        Scene { of, span, is_asked_for, whole, is_spread, lanes, messages, every }
    }

    pub(super) fn events(&self) -> usize {
        (0..self.lanes.len()).map(|lane| self.lanes.events(lane).len()).sum()
    }

    /// The messages that are drawn.
    pub(super) fn drawn(&self) -> impl Iterator<Item = &Message> {
        self.messages.all.iter().step_by(self.every)
    }

    /// Messages read within the stretch.
    pub(super) fn read(&self) -> impl Iterator<Item = &Message> {
        let within = |time: f64| (self.span.from_s..=self.span.to_s).contains(&time);
        self.messages.all.iter().filter(move |message| message.popped_s.is_some_and(within))
    }
}
