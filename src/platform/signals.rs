//! Waiting for Ctrl-C, for SIGTERM, and for SIGHUP where the terminal is closed.

use std::io;

pub const SIGHUP: u8 = 1;
pub const SIGINT: u8 = 2;
pub const SIGTERM: u8 = 15;

/// The signals that end a program.
#[cfg(unix)]
pub struct Waiting {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None` where it is ignored, as `nohup` has it.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Waiting {
    /// From now on the signals end nothing by themselves. Needs tokio's runtime.
    pub fn new() -> io::Result<Waiting> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = if super::ignores_hang_up() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Waiting {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up,
        })
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> u8 {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => SIGINT,
            _ = self.terminate.recv() => SIGTERM,
            _ = hang_up => SIGHUP,
        }
    }
}

/// Ctrl-C alone.
#[cfg(not(unix))]
pub struct Waiting;

#[cfg(not(unix))]
impl Waiting {
    /// From now on Ctrl-C ends nothing by itself. Needs tokio's runtime.
    pub fn new() -> io::Result<Waiting> {
        Ok(Waiting)
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> u8 {
        // Without a way to wait, this thread waits for ever and Ctrl-C kills.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        SIGINT
    }
}
