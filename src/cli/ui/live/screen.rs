//! The terminal as one whole screen: taken over, and given back as it was
//! found, after a panic or at a signal too.

use std::io::{self, Stderr, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use labctl::platform::{CAN_BE_STOPPED, stop_this_process};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::Rect;

/// What is said while the screen is open, to be printed when it is closed.
/// There is one terminal, so there is one of these. `None`: no screen is open.
static HELD: Mutex<Option<Vec<String>>> = Mutex::new(None);

/// Longer than it takes to stop a process.
const STOPPING: Duration = Duration::from_millis(100);

/// The screen, on standard error; closed when dropped.
pub struct Screen {
    terminal: ratatui::Terminal<CrosstermBackend<Stderr>>,
}

/// How wide the terminal is, where that is known.
pub fn columns() -> Option<u16> {
    ratatui::crossterm::terminal::size().ok().map(|(columns, _)| columns).filter(|columns| *columns > 0)
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    ///
    /// It is no terminal, or does not let itself be taken over.
    pub fn open() -> io::Result<Screen> {
        if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
            return Err(io::Error::other("TERM says that it is dumb"));
        }
        close_on_panic();
        let mut held = lock();
        let terminal = ratatui::Terminal::new(CrosstermBackend::new(io::stderr()))?;
        enter().inspect_err(|_| leave())?;
        *held = Some(Vec::new());
        Ok(Screen { terminal })
    }

    /// Shows what `paint` draws. `false`: the screen was closed from elsewhere,
    /// and nothing was shown.
    pub fn show(&mut self, paint: impl FnOnce(&mut Buffer)) -> io::Result<bool> {
        let size = self.terminal.size()?;
        let mut painted = Buffer::empty(Rect::from((ratatui::layout::Position::ORIGIN, size)));
        // Whatever goes wrong in there finds the screen unlocked, and closes it.
        paint(&mut painted);
        let held = lock();
        if held.is_none() {
            return Ok(false);
        }
        self.terminal.draw(|frame| {
            // The window may have changed its size just now; the next picture fits.
            if frame.area() == painted.area {
                *frame.buffer_mut() = painted;
            }
        })?;
        Ok(true)
    }

    /// Draws everything anew, whatever somebody else wrote over it.
    pub fn refresh(&mut self) -> io::Result<()> {
        let held = lock();
        if held.is_some() { self.terminal.clear() } else { Ok(()) }
    }

    /// Gives the terminal back, stops this process as Ctrl-Z does, and takes
    /// the terminal over again when it goes on.
    pub fn suspend(&mut self) -> io::Result<()> {
        let held = lock();
        if held.is_none() || !CAN_BE_STOPPED {
            return Ok(());
        }
        leave();
        stop_this_process()?;
        // Another thread may be the one that is signalled, and this one goes on
        // until all are stopped.
        thread::sleep(STOPPING);
        enter()?;
        self.terminal.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        close();
    }
}

/// Gives the terminal back, if a screen is open, and prints what was held.
pub fn close() {
    close_with(&mut lock());
}

fn close_with(held: &mut Option<Vec<String>>) {
    let Some(lines) = held.take() else { return };
    leave();
    for line in lines {
        // Whoever closed standard error does not want to hear.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// Keeps a line for later, for it would be written into the screen. `false`:
/// no screen is open.
pub fn hold(line: &str) -> bool {
    let mut held = lock();
    let is_open = held.is_some();
    held.iter_mut().for_each(|lines| lines.push(line.to_owned()));
    is_open
}

/// The newest line that is kept, without its colours.
pub fn newest_held() -> Option<String> {
    let held = lock();
    let newest = held.as_ref()?.last()?;
    Some(anstream::adapter::strip_str(newest).to_string())
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stderr(), EnterAlternateScreen, Hide)
}

fn leave() {
    // A terminal that is gone cannot be given back.
    let _ = execute!(io::stderr(), LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

/// A panic in any thread ends the view, so that its message can be read; what
/// else this process does goes on.
fn close_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            match lock_patiently() {
                Some(mut held) => close_with(&mut held),
                // This very thread holds it.
                None => leave(),
            }
            before(panic);
        }));
    });
}

fn lock() -> MutexGuard<'static, Option<Vec<String>>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lock_patiently() -> Option<MutexGuard<'static, Option<Vec<String>>>> {
    const GLANCES: usize = 50;
    const GLANCE: Duration = Duration::from_millis(10);
    for _ in 0..GLANCES {
        match HELD.try_lock() {
            Ok(held) => return Some(held),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(GLANCE),
        }
    }
    None
}
