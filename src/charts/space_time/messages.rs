//! The messages of a stretch: from whom, to whom, and when they were sent, came
//! and were read.

use super::Span;
use super::events::Times;
use super::lanes::Lanes;
use crate::history::{Certainty, EventId, History};
use crate::model::event::Kind;

/// A message, its machines as lanes and its times in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Message {
    pub sender: usize,
    pub receiver: usize,
    pub sent_s: f64,
    /// When it reached the queue, where the log tells; never before it was sent.
    pub arrived_s: Option<f64>,
    /// `None` where no log says that it was read.
    pub popped_s: Option<f64>,
    /// Whether another send could be its source.
    pub is_doubtful: bool,
}

impl Message {
    /// Where its arrow ends, in time.
    pub(super) fn lands_s(&self) -> Option<f64> {
        self.arrived_s.or(self.popped_s)
    }

    /// How long it waited in the queue.
    pub(super) fn waited_s(&self) -> Option<f64> {
        Some(self.popped_s? - self.arrived_s?)
    }
}

/// What was sent and read in a stretch.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// In the order in which they were sent.
    pub all: Vec<Message>,
    /// Receives within, as lanes and times, whose send is not in the logs.
    pub of_nowhere: Vec<(usize, f64)>,
    /// Sends within whose recipients the log does not name and nobody tells.
    pub to_nobody_known: usize,
    /// Messages sent earlier that no log says were read.
    pub unread_before: usize,
    /// Messages from or to machines that have no lane.
    pub without_lane: usize,
}

impl Messages {
    /// All messages that are on their way, wait or are read within the stretch.
    pub(super) fn within(history: &History, times: &Times<'_>, lanes: &Lanes, span: Span) -> Messages {
        let mut found = Messages::default();
        for (place, machine) in history.machines().iter().enumerate() {
            for receive in machine.receive_ids() {
                found.receive(history, times, lanes, span, (place, receive));
            }
        }
        for lane in 0..lanes.len() {
            let sends = lanes.events(lane).iter().filter(|event| event.kind == Kind::Send);
            for send in sends {
                let id = EventId { machine: lanes.machine(lane), index: send.index };
                found.unread(history, lanes, (lane, id), send.time_s);
            }
        }
        let earlier = |(send, _): &(EventId, _)| {
            let place = lanes.place(send.machine);
            place.is_some_and(|place| times.at(place, send.index) < span.from_s)
        };
        found.unread_before = history.never_received().filter(earlier).count();
        found.all.sort_by(|a, b| a.sent_s.total_cmp(&b.sent_s).then(a.receiver.cmp(&b.receiver)));
        found
    }

    fn receive(
        &mut self,
        history: &History,
        times: &Times<'_>,
        lanes: &Lanes,
        span: Span,
        (place, receive): (usize, EventId),
    ) {
        let popped_s = times.at(place, receive.index);
        let Some(source) = history.source_of(receive) else {
            if let Some(lane) = lanes.lane(receive.machine)
                && (span.from_s..=span.to_s).contains(&popped_s)
            {
                self.of_nowhere.push((lane, popped_s));
            }
            return;
        };
        let Some(from) = lanes.place(source.send.machine) else { return };
        let sent_s = times.at(from, source.send.index);
        if popped_s.max(sent_s) < span.from_s || sent_s.min(popped_s) > span.to_s {
            return;
        }
        let (Some(sender), Some(receiver)) = (lanes.lane(source.send.machine), lanes.lane(receive.machine))
        else {
            self.without_lane += 1;
            return;
        };
        let waited_us = history.record(receive).waited_us;
        // Two machines' stamps may differ by a hair, and nothing comes before it is sent.
        let arrived_s = waited_us.map(|waited| (popped_s - waited as f64 / 1e6).max(sent_s.min(popped_s)));
        let is_doubtful = source.certainty == Certainty::Ambiguous;
        self.all.push(Message { sender, receiver, sent_s, arrived_s, popped_s: Some(popped_s), is_doubtful });
    }

    /// What a send brought to machines that never read it.
    fn unread(&mut self, history: &History, lanes: &Lanes, (sender, send): (usize, EventId), sent_s: f64) {
        let read: Vec<_> = history.receives_of(send).map(|receive| receive.machine).collect();
        let mut named = false;
        for machine in history.recipients(send) {
            named = true;
            if read.contains(&machine) {
                continue;
            }
            let Some(receiver) = lanes.lane(machine) else {
                self.without_lane += 1;
                continue;
            };
            let unread =
                Message { sender, receiver, sent_s, arrived_s: None, popped_s: None, is_doubtful: false };
            self.all.push(unread);
        }
        if !named && read.is_empty() {
            self.to_nobody_known += 1;
        }
    }
}
