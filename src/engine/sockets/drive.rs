//! Driving a host in real time, on a thread of its own.

use std::io::{self, Write};

use super::host::{Host, Loss, Next};
use super::link::Connection;
use super::pace::{Moment, wake_this_thread_exactly};
use crate::log::End;

/// Steps through the host's life; gives the record of its end and, of a failed
/// run, why.
///
/// # Errors
///
/// The log could not be written.
pub fn drive<C: Connection, W: Write>(mut host: Host<C, W>) -> io::Result<(End, Option<Loss>)> {
    wake_this_thread_exactly();
    loop {
        match host.step(Moment::now())? {
            Next::Again => {}
            Next::Sleep(until) => until.sleep(),
            Next::Listen(until) => host.inbox().listen(until.since(Moment::now())),
            Next::Over(end) => return Ok((end, host.loss().cloned())),
        }
    }
}
