//! The hand-shake: the first line of a connection, which says who speaks.

use std::io;

use tokio::net::TcpStream;

use crate::engine::wire::{self, Said, Splitter};
use crate::event::MachineId;

/// A connection that has said who it is.
pub struct Arrival {
    /// `None` is a foreign machine.
    pub peer: Option<MachineId>,
    pub stream: TcpStream,
    /// What has been read of it and is not yet heard.
    pub first_bytes: Vec<u8>,
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
    read_line_into(stream, &mut Vec::new()).await
}

/// Reads until the first line is whole; gives it and what came after it.
/// `heard` holds all that was read, also when the wait is broken off.
pub async fn read_line_into(stream: &TcpStream, heard: &mut Vec<u8>) -> io::Result<(Said, Vec<u8>)> {
    let invalid = |error: wire::WireError| io::Error::new(io::ErrorKind::InvalidData, error);
    let mut buffer = [0; wire::LINE_BYTES_MAX];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => heard.extend_from_slice(&buffer[..bytes]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if let Some(end) = memchr::memchr(b'\n', heard) {
            let mut first = None;
            Splitter::default().feed(&heard[..=end], |said| first = Some(said)).map_err(invalid)?;
            return Ok((first.unwrap_or(Said::Other), heard[end + 1..].to_vec()));
        }
        if heard.len() > wire::LINE_BYTES_MAX {
            return Err(invalid(wire::WireError::TooLong));
        }
    }
}
