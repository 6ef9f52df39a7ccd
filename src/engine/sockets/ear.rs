//! The ear: from the bytes of one connection to messages in the inbox. Knows no
//! sockets.

use std::io;
use std::sync::Arc;

use super::foreign::Speaker;
use super::inbox::Inbox;
use crate::engine::wire::{Said, Splitter, WireError};
use crate::model::event::{MachineId, Message};
use crate::model::time::LabTime;

/// Listens to one connection.
#[derive(Debug)]
pub struct Ear {
    /// The `labctl` machine that speaks.
    peer: Option<MachineId>,
    /// A foreign machine that speaks; only messages are taken of it.
    speaker: Option<Speaker>,
    inbox: Arc<Inbox>,
    splitter: Splitter,
    messages: Vec<Message>,
}

impl Ear {
    /// `splitter` holds what the hand-shake has read beyond its line.
    pub fn new(
        peer: Option<MachineId>,
        speaker: Option<Speaker>,
        inbox: Arc<Inbox>,
        splitter: Splitter,
    ) -> Ear {
        Ear { peer, speaker, inbox, splitter, messages: Vec::new() }
    }

    /// Hears what came in at `arrived`. After an error the connection must be
    /// closed.
    pub fn hear(&mut self, bytes: &[u8], arrived: LabTime) -> Result<(), WireError> {
        let (peer, inbox, messages) = (self.peer, &self.inbox, &mut self.messages);
        let from = peer.or_else(|| self.speaker.as_ref()?.machine());
        let clock_max = inbox.clock_max(peer);
        let mut beyond = None;
        let outcome = self.splitter.feed(bytes, |said| match (said, peer) {
            _ if beyond.is_some() => {}
            (Said::Clock(clock), _) if clock > clock_max => beyond = Some(clock),
            (Said::Clock(clock), _) => messages.push(Message { clock, from, arrived }),
            (Said::Ready, Some(peer)) => inbox.peer_ready(peer),
            (Said::Heard { foreign }, Some(_)) => inbox.foreign_heard(foreign),
            (Said::Go { unix_ns }, Some(_)) => inbox.go(unix_ns),
            (Said::End { sent }, Some(peer)) => {
                // What was sent before the end must be counted before it.
                inbox.deliver(from, messages);
                inbox.peer_ended(peer, sent);
            }
            _ => {}
        });
        inbox.deliver(from, messages);
        beyond.map_or(outcome, |clock| Err(WireError::BeyondReach { clock, clock_max }))
    }

    /// The connection has closed, and how.
    pub fn closed(&self, outcome: io::Result<()>) {
        let Some(peer) = self.peer else {
            if let Err(error) = outcome {
                self.inbox.notice(format!("a foreign connection is closed: {error}"));
            }
            return;
        };
        match outcome {
            _ if self.inbox.has_ended(peer) => {}
            Ok(()) => self.inbox.peer_broke(peer, "it closed"),
            Err(error) => self.inbox.peer_broke(peer, &error.to_string()),
        }
        self.inbox.peer_gone(peer);
    }
}
