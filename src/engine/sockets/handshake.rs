//! The hand-shake: the first lines of a connection, which say who speaks.

use std::io::{self, Read};

use socket2::SockRef;
use tokio::net::TcpStream;

use crate::engine::wire::{self, Hello, Said, Splitter};
use crate::model::event::MachineId;

/// A foreign machine's first message must be among its first bytes, this many.
const FIRST_BYTES_MAX: usize = 8 * wire::LINE_BYTES_MAX;

/// A connection that has said who it is.
pub struct Arrival {
    pub peer: MachineId,
    pub stream: TcpStream,
    /// What has been read of it and is not yet heard.
    pub first_bytes: Vec<u8>,
}

/// What a connection says first.
pub enum First {
    /// Who it claims to be, and what came after it.
    Hello(Hello, Vec<u8>),
    /// A message of somebody who does not say who it is; all that was read.
    Message(Vec<u8>),
}

/// Writes all of it, waiting where it must.
pub async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The first line, and what came after it.
pub async fn read_line(stream: &TcpStream) -> io::Result<(Said, Vec<u8>)> {
    let mut heard = Heard::default();
    loop {
        if let Some(said) = heard.next_line()? {
            return Ok((said, heard.rest()));
        }
        heard.read(stream).await?;
    }
}

/// Reads until a connection has said who it is or sent a message. Lines that
/// are neither are passed over where `lenient`, and are the end where not:
/// then there is nothing.
pub async fn read_first(stream: &TcpStream, lenient: bool) -> io::Result<Option<First>> {
    let mut heard = Heard::default();
    heard.read_now(stream)?;
    loop {
        while let Some(said) = heard.next_line()? {
            match said {
                Said::Hello(hello) => return Ok(Some(First::Hello(hello, heard.rest()))),
                Said::Clock(_) => return Ok(Some(First::Message(heard.bytes))),
                _ if lenient => {}
                _ => return Ok(None),
            }
        }
        if heard.bytes.len() > FIRST_BYTES_MAX {
            return Ok(None);
        }
        heard.read(stream).await?;
    }
}

/// What has been read, and how much of it was looked at.
#[derive(Default)]
struct Heard {
    bytes: Vec<u8>,
    seen: usize,
}

impl Heard {
    /// The next line that is whole.
    fn next_line(&mut self) -> io::Result<Option<Said>> {
        let invalid = |error: wire::WireError| io::Error::new(io::ErrorKind::InvalidData, error);
        let rest = &self.bytes[self.seen..];
        let Some(end) = memchr::memchr(b'\n', rest) else {
            let is_too_long = rest.len() > wire::LINE_BYTES_MAX;
            return if is_too_long { Err(invalid(wire::WireError::TooLong)) } else { Ok(None) };
        };
        let mut said = Said::Other;
        Splitter::default().feed(&rest[..=end], |line| said = line).map_err(invalid)?;
        self.seen += end + 1;
        Ok(Some(said))
    }

    fn rest(&self) -> Vec<u8> {
        self.bytes[self.seen..].to_vec()
    }

    /// Waits for more.
    async fn read(&mut self, stream: &TcpStream) -> io::Result<()> {
        let mut buffer = [0; wire::LINE_BYTES_MAX];
        loop {
            stream.readable().await?;
            match stream.try_read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return self.take(&buffer, outcome),
            }
        }
    }

    /// Takes what is there already. The runtime would learn of it only when it
    /// next asks the system, and strangers by the hundred might come before.
    fn read_now(&mut self, stream: &TcpStream) -> io::Result<()> {
        let mut buffer = [0; wire::LINE_BYTES_MAX];
        match (&*SockRef::from(stream)).read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            outcome => self.take(&buffer, outcome),
        }
    }

    fn take(&mut self, buffer: &[u8], outcome: io::Result<usize>) -> io::Result<()> {
        match outcome? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            bytes => {
                self.bytes.extend_from_slice(&buffer[..bytes]);
                Ok(())
            }
        }
    }
}
