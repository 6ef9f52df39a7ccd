//! Ctrl-C, SIGTERM and, where the terminal is closed, SIGHUP: the first ends a
//! run in order, the second at once; other commands end at the first, and leave
//! nothing half written.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use labctl::engine::StopSwitch;
use labctl::files::atomic;
use labctl::platform::signals::{SIGHUP, SIGINT, Waiting};

use super::live::screen;
use crate::cli::Terminal;

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
        let is_first = self.first.compare_exchange(0, signal, Relaxed, Relaxed).is_ok();
        // Nothing has to be closed, and there is nobody to be told anything.
        let is_left_alone = signal == SIGHUP && self.words.is_empty();
        if !is_first || is_left_alone {
            end(signal);
        }
        self.stop.interrupt();
        if !self.words.is_empty() {
            self.terminal.say(self.words);
        }
    }
}

/// Held from the moment a signal ends this process.
static ENDS: Mutex<()> = Mutex::new(());

/// Ends this process, and takes what it was about to write with it.
fn end(signal: u8) -> ! {
    let _held = ENDS.lock().unwrap_or_else(PoisonError::into_inner);
    screen::close();
    atomic::remove_all();
    std::process::exit(128 + i32::from(signal));
}

/// Who hears the signals now; where nobody does, they end the process.
static HEARS: Mutex<Option<Signals>> = Mutex::new(None);

/// From now on a signal ends this process, and takes what it was about to write
/// with it; until a command listens for itself.
pub fn end_at_once() -> anyhow::Result<()> {
    let hear = |signal| {
        let hears = HEARS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match hears {
            Some(signals) => signals.hear(signal),
            None => end(signal),
        }
    };
    hear_each(hear).context("cannot listen for Ctrl-C")
}

/// Lets nobody pass once a signal ends this process: what fails then, fails for
/// what was taken away.
pub fn pass_unless_ending() {
    drop(ENDS.lock().unwrap_or_else(PoisonError::into_inner));
}

/// From now on the first signal turns `stop`, and says so.
pub fn listen(stop: &StopSwitch, terminal: &Terminal) -> Signals {
    listen_and_say(stop, terminal, "stopping: the logs are being closed; once more to stop at once")
}

/// The same, where nothing is to be said, for nothing has to be closed.
pub fn listen_quietly(stop: &StopSwitch, terminal: &Terminal) -> Signals {
    listen_and_say(stop, terminal, "")
}

fn listen_and_say(stop: &StopSwitch, terminal: &Terminal, words: &'static str) -> Signals {
    let (stop, terminal) = (stop.clone(), terminal.clone());
    let signals = Signals { first: Arc::default(), stop, terminal, words };
    *HEARS.lock().unwrap_or_else(PoisonError::into_inner) = Some(signals.clone());
    signals
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
