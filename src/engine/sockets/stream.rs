//! What is said and heard on a socket before its reader takes over.

use std::io::{self, Read};

use socket2::SockRef;
use tokio::net::TcpStream;

use crate::engine::wire;

/// What is read at once.
pub type Buffer = [u8; wire::LINE_BYTES_MAX];
pub const EMPTY: Buffer = [0; wire::LINE_BYTES_MAX];

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

/// Waits for something to read; nothing is the end of the connection.
pub async fn read<'a>(stream: &TcpStream, buffer: &'a mut Buffer) -> io::Result<&'a [u8]> {
    loop {
        stream.readable().await?;
        match stream.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            outcome => return outcome.map(|bytes| &buffer[..bytes]),
        }
    }
}

/// Reads what is there already. The runtime would learn of it only when it next
/// asks the system, and strangers by the hundred might come before.
pub fn read_now<'a>(stream: &TcpStream, buffer: &'a mut Buffer) -> Option<io::Result<&'a [u8]>> {
    match (&*SockRef::from(stream)).read(buffer) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
        outcome => Some(outcome.map(|bytes| &buffer[..bytes])),
    }
}
