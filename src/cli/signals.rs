//! Ctrl-C, SIGTERM and, where the terminal is closed, SIGHUP: the first ends a
//! run in order, the second at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

use anyhow::Context;
use labctl::engine::StopSwitch;
use labctl::whole_file;

use super::Terminal;
use super::live::screen;

#[cfg(unix)]
const SIGHUP: u8 = 1;
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
            end(signal);
        }
        self.stop.interrupt();
        if !self.words.is_empty() {
            self.terminal.say(self.words);
        }
    }
}

/// Ends this process, and takes what it was about to write with it.
fn end(signal: u8) -> ! {
    ENDS.store(true, Relaxed);
    screen::close();
    whole_file::remove_all();
    std::process::exit(128 + i32::from(signal));
}

/// From now on a signal ends this process and takes what it was about to write
/// with it; where somebody listens already, that stays as it is.
pub fn end_at_once() -> anyhow::Result<()> {
    if LISTENS.swap(true, Relaxed) {
        return Ok(());
    }
    hear_each(|signal| end(signal)).context("cannot listen for Ctrl-C")
}

/// Whether a signal ends this process.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Waits for the end, where a signal is about to bring it: what a command comes
/// to while its files are taken away means nothing.
pub fn wait_if_ending() {
    while ENDS.load(Relaxed) {
        std::thread::park();
    }
}

/// Whether this process listens to signals.
static LISTENS: AtomicBool = AtomicBool::new(false);

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
    LISTENS.store(true, Relaxed);
    hear_each(move |signal| seen.hear(signal))?;
    Ok(signals)
}

fn hear_each(hear: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut waiting = {
        let _inside = runtime.enter();
        Waiting::new()?
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            loop {
                hear(waiting.next().await);
            }
        });
    })?;
    Ok(())
}

#[cfg(unix)]
struct Waiting {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None` where it is ignored, as `nohup` has it.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Waiting {
    fn new() -> io::Result<Waiting> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = if ignores_hang_up() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Waiting {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up,
        })
    }

    async fn next(&mut self) -> u8 {
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

/// Whether whoever started this process had it ignore SIGHUP. Where the system
/// does not tell, nothing is known of it, and SIGHUP stays as it is.
#[cfg(unix)]
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 << (SIGHUP - 1) != 0)
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
