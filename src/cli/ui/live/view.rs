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

/// A screen and how the person at it wants to see things.
pub struct View {
    screen: Screen,
    controls: Controls,
    leaving: &'static str,
    palette: Palette,
}

impl View {
    /// Takes the terminal over; `leaving` says what the key `q` does.
    ///
    /// # Errors
    ///
    /// The terminal does not let itself be taken over.
    pub fn open(leaving: &'static str, terminal: &Terminal) -> io::Result<View> {
        let palette = Palette { coloured: terminal.talk_in_colour };
        Ok(View { screen: Screen::open()?, controls: Controls::default(), leaving, palette })
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
        let notice = screen::newest_held();
        let scene = Scene {
            now,
            controls: &self.controls,
            notice: notice.as_deref(),
            leaving: self.leaving,
            palette: self.palette,
        };
        self.screen.show(|buffer| paint(&scene, buffer))
    }
}
