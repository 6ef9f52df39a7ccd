//! The hand-shake: the first lines of a connection, which say who speaks. Knows
//! no sockets.

use crate::engine::wire::{LINE_BYTES_MAX, Said, Splitter, WireError};

/// What a stranger that gives no answer in time is reported.
pub const SILENT: &str = "it did not say who it is; `[network] open = true` lets strangers in";

/// What has been read of a connection, and how much of it was looked at.
#[derive(Debug, Default)]
pub struct Heard {
    bytes: Vec<u8>,
    seen: usize,
}

impl Heard {
    pub fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next line that is whole.
    pub fn next_line(&mut self) -> Result<Option<Said>, WireError> {
        let rest = &self.bytes[self.seen..];
        let Some(end) = memchr::memchr(b'\n', rest) else {
            let is_too_long = rest.len() > LINE_BYTES_MAX;
            return if is_too_long { Err(WireError::TooLong) } else { Ok(None) };
        };
        let mut said = Said::Other;
        Splitter::default().feed(&rest[..=end], |line| said = line)?;
        self.seen += end + 1;
        Ok(Some(said))
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What was not looked at yet.
    pub fn rest(&mut self) -> Vec<u8> {
        self.bytes.split_off(self.seen)
    }

    /// All of it.
    pub fn all(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}
