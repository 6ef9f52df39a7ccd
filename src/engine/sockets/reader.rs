//! Listening to one connection: bytes from its socket to its ear.

use std::io;
use std::net::Shutdown;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time;

use super::ear::Ear;
use super::foreign::Speaker;
use super::inbox::Inbox;
use super::pace::LabClock;
use crate::engine::wire::Splitter;
use crate::model::event::MachineId;
use crate::model::time::LabTime;

const READ_BYTES: usize = 64 * 1024;
/// Of a foreign connection, of which there may be many.
const FOREIGN_READ_BYTES: usize = 8 * 1024;
/// How often a reader looks whether there is room again.
const GLANCE: Duration = Duration::from_millis(10);

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
    pub async fn run(self, first_bytes: Vec<u8>) {
        let mut ear = Ear::new(self.peer, self.speaker, Arc::clone(&self.inbox), self.splitter);
        let connection = Connection { stream: self.stream, clock: self.clock };
        let outcome = if self.peer.is_none() {
            let room = Room { inbox: &self.inbox, is_reported: false };
            connection.read(&mut ear, first_bytes, FOREIGN_READ_BYTES, Some(room)).await
        } else {
            connection.read(&mut ear, first_bytes, READ_BYTES, None).await
        };
        ear.closed(outcome);
    }
}

struct Connection {
    stream: Arc<TcpStream>,
    clock: Arc<OnceLock<LabClock>>,
}

impl Connection {
    async fn read(
        &self,
        ear: &mut Ear,
        first_bytes: Vec<u8>,
        size: usize,
        mut room: Option<Room<'_>>,
    ) -> io::Result<()> {
        self.hear(ear, &first_bytes)?;
        let mut buffer = vec![0; size];
        loop {
            if let Some(room) = &mut room {
                room.wait(&self.stream).await;
            }
            self.stream.readable().await?;
            match self.stream.try_read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(bytes) => self.hear(ear, &buffer[..bytes])?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hear(&self, ear: &mut Ear, bytes: &[u8]) -> io::Result<()> {
        let arrived = self.clock.get().map_or(LabTime::ZERO, LabClock::now);
        ear.hear(bytes, arrived).map_err(|error| {
            // Both directions, so that the peer learns of it although the link
            // still holds the connection. It may be closed already.
            let _ = socket2::SockRef::from(self.stream.as_ref()).shutdown(Shutdown::Both);
            io::Error::new(io::ErrorKind::InvalidData, error)
        })
    }
}

/// Room for the messages of strangers: who sends more than there is room for
/// is not read, so that TCP holds it back.
struct Room<'a> {
    inbox: &'a Inbox,
    is_reported: bool,
}

impl Room<'_> {
    async fn wait(&mut self, stream: &TcpStream) {
        while !self.inbox.has_room() {
            if !self.is_reported {
                self.is_reported = true;
                self.inbox.notice(self.text(stream));
            }
            time::sleep(GLANCE).await;
        }
    }

    fn text(&self, stream: &TcpStream) -> String {
        let address = stream.peer_addr().map_or(String::new(), |address| format!(" ({address})"));
        format!(
            "a foreign connection{address} sends faster than this machine receives: {} messages of foreign machines wait here, \
             and it is read no further until there is room (`network.foreign_backlog`)",
            self.inbox.foreign_backlog()
        )
    }
}
