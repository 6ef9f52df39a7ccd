//! Line ends of Windows, which editors and checkouts put into files.

use std::io::{self, Read};

/// A text with the line ends that it had before each got a carriage return.
pub(super) struct WithoutReturns<R> {
    input: R,
    /// A carriage return was read, and not what follows it.
    returned: bool,
    /// Read, and not yet asked for.
    rest: Vec<u8>,
}

impl<R: Read> WithoutReturns<R> {
    pub fn new(input: R) -> WithoutReturns<R> {
        WithoutReturns { input, returned: false, rest: Vec::new() }
    }

    /// Reads on; whether the input goes on.
    fn fill(&mut self) -> io::Result<bool> {
        const CHUNK_BYTES: usize = 1 << 16;
        let mut chunk = vec![0; CHUNK_BYTES];
        let bytes = self.input.read(&mut chunk)?;
        for byte in &chunk[..bytes] {
            if self.returned && *byte != b'\n' {
                self.rest.push(b'\r');
            }
            self.returned = *byte == b'\r';
            if !self.returned {
                self.rest.push(*byte);
            }
        }
        if bytes == 0 && std::mem::take(&mut self.returned) {
            self.rest.push(b'\r');
        }
        Ok(bytes > 0)
    }
}

impl<R: Read> Read for WithoutReturns<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && self.fill()? {}
        let bytes = self.rest.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&self.rest[..bytes]);
        self.rest.drain(..bytes);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_before_a_line_feed_goes_and_every_other_stays() {
        for (text, expected) in [
            ("a\r\nb\r\n", "a\nb\n"),
            ("a\nb", "a\nb"),
            ("a\rb\r\r\nc\r", "a\rb\r\nc\r"),
            ("\r", "\r"),
            ("", ""),
        ] {
            for step in 1..4 {
                let mut read = Vec::new();
                let mut input = WithoutReturns::new(text.as_bytes());
                let mut buffer = vec![0; step];
                while let bytes @ 1.. = input.read(&mut buffer).unwrap() {
                    read.extend_from_slice(&buffer[..bytes]);
                }
                assert_eq!(String::from_utf8(read).unwrap(), expected, "{text:?}");
            }
        }
    }
}
