//! Ctrl-C and SIGTERM: the first ends a run in order, the second at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use anyhow::Context;
use labctl::engine::StopSwitch;

use super::Terminal;

const SIGINT: u8 = 2;
const SIGTERM: u8 = 15;

/// Which signal has come, if any.
#[derive(Clone, Debug, Default)]
pub struct Signals(Arc<AtomicU8>);

impl Signals {
    /// The number of the first signal.
    pub fn received(&self) -> Option<u8> {
        Some(self.0.load(Relaxed)).filter(|signal| *signal > 0)
    }
}

/// From now on the first signal turns `stop`, and says so.
pub fn listen(stop: &StopSwitch, terminal: &Terminal) -> anyhow::Result<Signals> {
    let talk = terminal.clone();
    let heard = move || talk.say("stopping: the logs are being closed; once more to stop at once");
    stop_on_signals(stop.clone(), heard).context("cannot listen for Ctrl-C")
}

fn stop_on_signals(stop: StopSwitch, heard: impl Fn() + Send + 'static) -> io::Result<Signals> {
    let signals = Signals::default();
    let seen = signals.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut waiting = {
        let _inside = runtime.enter();
        Waiting::new()?
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            loop {
                let signal = waiting.next().await;
                if seen.0.compare_exchange(0, signal, Relaxed, Relaxed).is_err() {
                    std::process::exit(128 + i32::from(signal));
                }
                stop.interrupt();
                heard();
            }
        });
    })?;
    Ok(signals)
}

#[cfg(unix)]
struct Waiting {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Waiting {
    fn new() -> io::Result<Waiting> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Waiting {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => SIGINT,
            _ = self.terminate.recv() => SIGTERM,
        }
    }
}

#[cfg(not(unix))]
struct Waiting;

#[cfg(not(unix))]
impl Waiting {
    fn new() -> io::Result<Waiting> {
        Ok(Waiting)
    }

    async fn next(&mut self) -> u8 {
        // Without a way to wait, this thread waits for ever and Ctrl-C kills.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        SIGINT
    }
}
