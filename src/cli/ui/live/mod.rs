//! The live view of a run: queues, clocks, drift, rates and last events on the
//! whole terminal, while the machines run.

mod controls;
#[cfg(all(test, unix))]
mod panics;
mod picture;
pub mod screen;
#[cfg(all(test, unix))]
#[path = "../../../../tests/cli/tmux.rs"]
mod tmux;
mod view;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use labctl::engine::{Gauges, Notice, Observer};
use labctl::follow::{Follower, Progress, Snapshot};
use labctl::plan::Run;

use crate::cli::Terminal;
use crate::cli::ui::signals::Signals;

pub use self::picture::whole_seconds;
pub use self::view::{Leaving, Turn, View};

/// Shows a run of this process until it is dropped or finished.
pub struct Live {
    over: Arc<AtomicBool>,
    drawing: Option<JoinHandle<io::Result<()>>>,
    terminal: Terminal,
}

impl Live {
    /// Takes the terminal over and starts to show `gauges`; a simulation has
    /// no pace.
    ///
    /// # Errors
    ///
    /// The terminal does not let itself be taken over.
    pub fn start(
        run: &Run,
        gauges: &Gauges,
        paced: bool,
        signals: &Signals,
        terminal: &Terminal,
    ) -> io::Result<Live> {
        let mut view = View::open(Leaving::EndsTheRun, terminal)?;
        let over = Arc::new(AtomicBool::new(false));
        let mut follower = Follower::of_run(run);
        let (stop, gauges, signals) = (Arc::clone(&over), gauges.clone(), signals.clone());
        let drawing = thread::Builder::new().name("live".to_owned()).spawn(move || {
            while !stop.load(Relaxed) {
                if let Some(folder) = gauges.logs() {
                    follower.settle(folder);
                }
                follower.poll(now());
                let snapshot = of_our_own(follower.snapshot(), &gauges, paced);
                match view.turn(&snapshot)? {
                    // A key that is held down repeats; only a second Ctrl-C means a second.
                    Turn::Left if signals.received().is_some() => {}
                    Turn::Left | Turn::Interrupted => signals.interrupt(),
                    Turn::Closed => break,
                    Turn::On => {}
                }
            }
            Ok(())
        })?;
        Ok(Live { over, drawing: Some(drawing), terminal: terminal.clone() })
    }

    /// Tells what the machines have to say.
    pub fn observer(&self) -> Observer {
        let terminal = self.terminal.clone();
        Arc::new(move |notice: Notice| terminal.warn(format!("machine {}: {}", notice.machine, notice.text)))
    }

    /// Gives the terminal back.
    pub fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.over.store(true, Relaxed);
        let drawing = self.drawing.take().filter(ends_soon);
        // A view that panicked or lost its terminal is no reason to fail a run.
        let ended = drawing.map(JoinHandle::join);
        screen::close();
        if let Some(Ok(Err(error))) = ended {
            self.terminal.warn(format!("the live view ended early: {error}"));
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether a view that was told to end does so. Who waits for the keys of a
/// terminal that was closed waits for ever.
fn ends_soon<T>(drawing: &JoinHandle<T>) -> bool {
    const GLANCE: Duration = Duration::from_millis(5);
    const GLANCES: u32 = 400;
    (0..GLANCES).any(|_| {
        drawing.is_finished() || {
            thread::sleep(GLANCE);
            false
        }
    })
}

/// How far a run of this process is, is known better than by its logs.
fn of_our_own(mut snapshot: Snapshot, gauges: &Gauges, paced: bool) -> Snapshot {
    snapshot.reach(gauges);
    if let Progress::Quiet { .. } = snapshot.progress {
        snapshot.progress = Progress::Running;
    }
    snapshot.about.speedup = snapshot.about.speedup.filter(|_| paced);
    snapshot
}

/// The time of day, to tell how old a log is.
pub fn now() -> SystemTime {
    Timestamp::now().into()
}
