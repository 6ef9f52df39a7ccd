//! A person before the screen: shows a run, and obeys the keys.

use std::io;
use std::time::Duration;

use labctl::follow::Snapshot;
use ratatui::crossterm::event;

use super::controls::{Action, Controls};
use super::picture::style::Palette;
use super::picture::{Scene, paint};
use super::screen::{self, Screen};
use crate::cli::Terminal;

const REDRAW_EVERY: Duration = Duration::from_millis(100);

/// How a turn of the view ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    On,
    /// The person wants to leave.
    Left,
    /// The person typed Ctrl-C.
    Interrupted,
    /// The screen was closed from elsewhere.
    Closed,
}

/// What leaving the view comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    EndsTheRun,
    StopsWatching,
}

impl Leaving {
    fn words(self) -> &'static str {
        match self {
            Leaving::EndsTheRun => "end the run",
            Leaving::StopsWatching => "leave",
        }
    }
}

/// A screen and how the person at it wants to see things.
pub struct View {
    screen: Screen,
    controls: Controls,
    leaving: Leaving,
    palette: Palette,
}

impl View {
    /// Takes the terminal over. Leaving it ends the run, or only stops watching.
    ///
    /// # Errors
    ///
    /// The terminal does not let itself be taken over.
    pub fn open(leaving: Leaving, terminal: &Terminal) -> io::Result<View> {
        let palette = Palette { coloured: terminal.talk_in_colour };
        let controls = Controls { leaving_ends: leaving == Leaving::EndsTheRun, ..Controls::default() };
        Ok(View { screen: Screen::open()?, controls, leaving, palette })
    }

    /// Shows the run as it is now, and obeys the keys until it is time to look again.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn turn(&mut self, now: &Snapshot) -> io::Result<Turn> {
        if !self.show(now)? {
            return Ok(Turn::Closed);
        }
        let mut turn = Turn::On;
        let mut patience = REDRAW_EVERY;
        while event::poll(patience)? {
            match self.controls.obey(&event::read()?, now) {
                Action::Leave => turn = Turn::Left,
                Action::Interrupt => return Ok(Turn::Interrupted),
                Action::Suspend => self.screen.suspend()?,
                Action::Refresh => self.screen.refresh()?,
                Action::None => {}
            }
            // What else was typed is obeyed before the picture is drawn again.
            patience = Duration::ZERO;
        }
        Ok(turn)
    }

    fn show(&mut self, now: &Snapshot) -> io::Result<bool> {
        let notice = match self.controls.asks {
            true => Some("end the run? q again ends it, any other key goes on".to_owned()),
            false => screen::newest_held(),
        };
        let scene = Scene {
            now,
            controls: &self.controls,
            notice: notice.as_deref(),
            leaving: self.leaving.words(),
            palette: self.palette,
        };
        self.screen.show(|buffer| paint(&scene, buffer))
    }
}
