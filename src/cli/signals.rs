//! Ctrl-C and SIGTERM: the first ends a run in order, the second at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use anyhow::Context;
use labctl::engine::StopSwitch;

use super::Terminal;
use super::live::screen;

const SIGINT: u8 = 2;
const SIGTERM: u8 = 15;

/// Which signal has come, if any, and what it stops.
#[derive(Clone, Debug)]
pub struct Signals {
    first: Arc<AtomicU8>,
    stop: StopSwitch,
    terminal: Terminal,
    /// What the first signal brings about.
    words: &'static str,
}

impl Signals {
    /// The number of the first signal.
    pub fn received(&self) -> Option<u8> {
        Some(self.first.load(Relaxed)).filter(|signal| *signal > 0)
    }

    /// Does as Ctrl-C does.
    pub fn interrupt(&self) {
        self.hear(SIGINT);
    }

    fn hear(&self, signal: u8) {
        if self.first.compare_exchange(0, signal, Relaxed, Relaxed).is_err() {
            screen::close();
            std::process::exit(128 + i32::from(signal));
        }
        self.stop.interrupt();
        if !self.words.is_empty() {
            self.terminal.say(self.words);
        }
    }
}

/// From now on the first signal turns `stop`, and says so.
pub fn listen(stop: &StopSwitch, terminal: &Terminal) -> anyhow::Result<Signals> {
    let words = "stopping: the logs are being closed; once more to stop at once";
    listen_and_say(stop, terminal, words).context("cannot listen for Ctrl-C")
}

/// The same, where nothing is to be said, for nothing has to be closed.
pub fn listen_quietly(stop: &StopSwitch, terminal: &Terminal) -> anyhow::Result<Signals> {
    listen_and_say(stop, terminal, "").context("cannot listen for Ctrl-C")
}

fn listen_and_say(stop: &StopSwitch, terminal: &Terminal, words: &'static str) -> io::Result<Signals> {
    let (stop, terminal) = (stop.clone(), terminal.clone());
    let signals = Signals { first: Arc::default(), stop, terminal, words };
    let seen = signals.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut waiting = {
        let _inside = runtime.enter();
        Waiting::new()?
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            loop {
                seen.hear(waiting.next().await);
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
