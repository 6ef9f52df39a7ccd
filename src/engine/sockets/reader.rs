//! Listening to one connection: from bytes to messages in the inbox.

use std::io;
use std::net::Shutdown;
use std::sync::{Arc, OnceLock};

use tokio::net::TcpStream;

use super::foreign::Speaker;
use super::inbox::Inbox;
use super::pace::LabClock;
use crate::engine::wire::{Said, Splitter};
use crate::event::{MachineId, Message};
use crate::time::LabTime;

const READ_BYTES: usize = 64 * 1024;

/// Reads one connection until it closes.
pub struct Reader {
    /// The `labctl` machine that speaks.
    pub peer: Option<MachineId>,
    /// A foreign machine that speaks; only messages are taken of it.
    pub speaker: Option<Speaker>,
    pub stream: Arc<TcpStream>,
    pub inbox: Arc<Inbox>,
    /// Set when the run starts.
    pub clock: Arc<OnceLock<LabClock>>,
    /// Holds what the hand-shake has read beyond its line.
    pub splitter: Splitter,
}

impl Reader {
    /// Runs to the connection's end and tells the inbox how it ended.
    pub async fn run(mut self, first_bytes: Vec<u8>) {
        let outcome = self.read(first_bytes).await;
        let Some(peer) = self.peer else {
            if let Err(error) = outcome {
                self.inbox.notice(format!("a foreign connection is closed: {error}"));
            }
            return;
        };
        match outcome {
            Ok(()) if self.inbox.has_ended(peer) => {}
            Ok(()) => self.inbox.notice(format!("machine {peer} has left: its connection closed")),
            Err(error) => self.inbox.notice(format!("the connection of machine {peer} is closed: {error}")),
        }
        self.inbox.peer_gone(peer);
    }

    async fn read(&mut self, first_bytes: Vec<u8>) -> io::Result<()> {
        let mut messages = Vec::new();
        self.hear(&first_bytes, &mut messages)?;
        let mut buffer = vec![0; READ_BYTES];
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(bytes) => self.hear(&buffer[..bytes], &mut messages)?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hear(&mut self, bytes: &[u8], messages: &mut Vec<Message>) -> io::Result<()> {
        let arrived = self.clock.get().map_or(LabTime::ZERO, LabClock::now);
        let (peer, inbox) = (self.peer, &self.inbox);
        let from = peer.or_else(|| self.speaker.as_ref()?.machine());
        let outcome = self.splitter.feed(bytes, |said| match (said, peer) {
            (Said::Clock(clock), _) => messages.push(Message { clock, from, arrived }),
            (Said::Ready, Some(peer)) => inbox.peer_ready(peer),
            (Said::Heard { foreign }, Some(_)) => inbox.foreign_heard(foreign),
            (Said::Go { unix_ns }, Some(_)) => inbox.go(unix_ns),
            (Said::End { sent }, Some(peer)) => {
                // What was sent before the end must be counted before it.
                inbox.deliver(Some(peer), messages);
                inbox.peer_ended(peer, sent);
            }
            _ => {}
        });
        self.inbox.deliver(from, messages);
        outcome.map_err(|error| {
            // Both directions, so that the peer learns of it although the link
            // still holds the connection. It may be closed already.
            let _ = socket2::SockRef::from(self.stream.as_ref()).shutdown(Shutdown::Both);
            io::Error::new(io::ErrorKind::InvalidData, error)
        })
    }
}
