//! Driving a host in real time, on a thread of its own.

use std::io::{self, Write};

use super::driver::{Driver, Loss, Next};
use super::link::Connection;
use super::pace::{MonotonicTime, wake_this_thread_exactly};
use crate::log::End;

/// Steps through the host's life; gives the record of its end and, of a failed
/// run, why.
///
/// # Errors
///
/// The log could not be written.
pub fn drive<C: Connection, W: Write>(mut driver: Driver<C, W>) -> io::Result<(End, Option<Loss>)> {
    wake_this_thread_exactly();
    loop {
        match driver.step(MonotonicTime::now())? {
            Next::Again => {}
            Next::Sleep(until) => until.sleep(),
            Next::Listen(until) => driver.inbox().listen(until.since(MonotonicTime::now())),
            Next::Over(end) => return Ok((end, driver.loss().cloned())),
        }
    }
}
