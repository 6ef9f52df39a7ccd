//! Logs of which only the beginning is needed, however far down it goes.

use std::cell::Cell;
use std::io::{self, Read};

use crate::dialect::{Dialect, LogContext};
use crate::log::Line;

/// A log that ends, a few lines later, once what was looked for is found in it.
pub(super) struct Until<'a, R> {
    pub(super) input: R,
    pub(super) is_found: &'a Cell<bool>,
}

impl<R: Read> Read for Until<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const BYTES_AT_ONCE: usize = 4096;
        if self.is_found.get() {
            return Ok(0);
        }
        let length = buffer.len().min(BYTES_AT_ONCE);
        self.input.read(&mut buffer[..length])
    }
}

/// Whether any line of a log is an event, whoever's.
pub(super) fn has_events(dialect: &Dialect, input: impl Read) -> io::Result<bool> {
    let is_found = Cell::new(false);
    let see = |_, line: &Line<'_>| is_found.set(is_found.get() || matches!(line, Line::Event(_)));
    dialect.read(&LogContext::default(), Until { input, is_found: &is_found }, see)?;
    Ok(is_found.get())
}
