//! A link: one machine's way to one peer. Messages gather in memory and go out
//! in one write when the machine is about to wait.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use super::pace::MonotonicTime;
use crate::engine::wire::{self, Said};
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// Above this the sender is faster than its peer can read, and waits a little.
pub const BACKLOG_HIGH_BYTES: usize = 256 * 1024;
/// Above this the peer is given up.
pub const BACKLOG_MAX_BYTES: usize = 16 * 1024 * 1024;
/// A peer that takes nothing for this long, while there is something to take, is reported.
pub const STALL_PATIENCE: Duration = Duration::from_secs(1);

/// Where a link's bytes go.
pub trait Connection {
    /// Writes what can be taken without waiting: [`io::ErrorKind::WouldBlock`]
    /// if nothing can.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;
}

impl Connection for Arc<TcpStream> {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        TcpStream::try_write(self, bytes)
    }
}

/// The sending side of a connection.
#[derive(Debug)]
pub struct Link<C> {
    pub peer: MachineId,
    stream: Option<C>,
    unsent: Vec<u8>,
    in_flight: VecDeque<(LabTime, u64)>,
    sent: u64,
    /// Of these, messages that were given up unsent.
    lost: u64,
    has_ended: bool,
    progress: Option<MonotonicTime>,
    stall_reported: bool,
}

/// What a flush came to that the log should know.
#[derive(Debug)]
pub enum Trouble {
    Stalled { unsent_bytes: usize },
    GivenUp { unsent_bytes: usize },
    Broken(io::Error),
}

impl Trouble {
    /// As the log says it.
    pub fn of(&self, peer: MachineId) -> String {
        match self {
            Trouble::Stalled { unsent_bytes } => format!(
                "machine {peer} has read nothing for a second; {unsent_bytes} bytes wait for it here, and this machine goes on"
            ),
            Trouble::GivenUp { unsent_bytes } => format!(
                "machine {peer} does not read: its connection is given up with {unsent_bytes} bytes unsent"
            ),
            Trouble::Broken(error) => format!("machine {peer} cannot be reached any more: {error}"),
        }
    }
}

impl<C: Connection> Link<C> {
    pub fn new(peer: MachineId, stream: C) -> Link<C> {
        Link {
            peer,
            stream: Some(stream),
            unsent: Vec::new(),
            in_flight: VecDeque::new(),
            sent: 0,
            lost: 0,
            has_ended: false,
            progress: None,
            stall_reported: false,
        }
    }

    /// Something that is no message. Must be on its way before the first of these.
    pub fn say(&mut self, said: &Said) {
        if self.stream.is_some() {
            self.unsent.extend_from_slice(&wire::line(said));
        }
    }

    /// A message leaves now.
    #[inline]
    pub fn send(&mut self, clock: u64) {
        self.sent += 1;
        if self.stream.is_some() {
            wire::push_clock(&mut self.unsent, clock);
        } else {
            self.lost += 1;
        }
    }

    /// A message leaves at `release`, or when the one before it does, if that
    /// is later: a link keeps its order.
    pub fn send_later(&mut self, release: LabTime, clock: u64) {
        let release = self.in_flight.back().map_or(release, |(before, _)| release.max(*before));
        self.in_flight.push_back((release, clock));
    }

    /// When the next message in flight leaves.
    pub fn next_release(&self) -> Option<LabTime> {
        self.in_flight.front().map(|(release, _)| *release)
    }

    /// Lets go what is due by `now`.
    pub fn release_until(&mut self, now: LabTime) {
        while let Some((release, clock)) = self.in_flight.front().copied()
            && release <= now
        {
            self.in_flight.pop_front();
            self.send(clock);
        }
    }

    /// The machine has stopped: what is in flight leaves, and the end is reported.
    pub fn end(&mut self) {
        self.release_until(LabTime(u64::MAX));
        self.has_ended = true;
        if self.stream.is_some() {
            self.unsent.extend_from_slice(&wire::line(&Said::End { sent: self.sent }));
        }
    }

    /// Messages handed to this link.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Messages handed to this link that have not left, or not as a whole.
    pub fn unsent(&self) -> u64 {
        let lines = memchr::memchr_iter(b'\n', &self.unsent).count() as u64;
        self.lost + lines.saturating_sub(u64::from(self.has_ended))
    }

    pub fn backlog_bytes(&self) -> usize {
        self.unsent.len()
    }

    /// The peer has left: nothing more is written.
    fn close(&mut self) {
        self.lost = self.unsent();
        self.stream = None;
        self.unsent = Vec::new();
    }

    /// Writes what the connection takes without waiting.
    #[inline]
    pub fn flush(&mut self, now: MonotonicTime) -> Result<(), Trouble> {
        if self.unsent.is_empty() { Ok(()) } else { self.write(now) }
    }

    fn write(&mut self, now: MonotonicTime) -> Result<(), Trouble> {
        let Some(stream) = &self.stream else {
            self.unsent.clear();
            return Ok(());
        };
        let mut written = 0;
        let outcome = loop {
            match stream.try_write(&self.unsent[written..]) {
                Ok(0) => break Err(io::Error::from(io::ErrorKind::WriteZero)),
                Ok(bytes) => written += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(()),
                Err(error) => break Err(error),
            }
            if written == self.unsent.len() {
                break Ok(());
            }
        };
        self.unsent.drain(..written);
        if let Err(error) = outcome {
            self.close();
            return Err(Trouble::Broken(error));
        }
        self.judge_progress(written, now)
    }

    fn judge_progress(&mut self, written: usize, now: MonotonicTime) -> Result<(), Trouble> {
        if self.unsent.is_empty() {
            self.progress = None;
            return Ok(());
        }
        if written > 0 || self.progress.is_none() {
            self.progress = Some(now);
        }
        let unsent_bytes = self.unsent.len();
        if unsent_bytes > BACKLOG_MAX_BYTES {
            self.close();
            return Err(Trouble::GivenUp { unsent_bytes });
        }
        if self.stalled(now) && !self.stall_reported {
            self.stall_reported = true;
            return Err(Trouble::Stalled { unsent_bytes });
        }
        Ok(())
    }

    /// Whether the peer has taken nothing for too long.
    fn stalled(&self, now: MonotonicTime) -> bool {
        self.progress.is_some_and(|progress| now.since(progress) > STALL_PATIENCE)
    }

    /// Whether the sender should wait for the peer to read.
    pub fn wants_patience(&self) -> bool {
        self.unsent.len() > BACKLOG_HIGH_BYTES && !self.stall_reported
    }
}
