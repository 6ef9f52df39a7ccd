//! What the keys do to the view.

use labctl::follow::Snapshot;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// Machines that a page has.
const PAGE: usize = 10;

/// How the person at the keys wants to see the run.
#[derive(Debug, Default)]
pub struct Controls {
    /// The view stands still at this moment, while the run goes on.
    pub paused: Option<Snapshot>,
    pub help: bool,
    /// The place of the machine whose events are shown; all without one.
    pub chosen: Option<usize>,
    /// Whether leaving ends the run, and so is asked about first.
    pub leaving_ends: bool,
    /// It is being asked whether the run is to end.
    pub asks: bool,
}

/// What a key asks for beyond the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing, or what the view has done already.
    None,
    Leave,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L: the screen anew.
    Refresh,
}

impl Controls {
    /// Obeys a key; `now` is the run at this moment.
    pub fn obey(&mut self, event: &Event, now: &Snapshot) -> Action {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return Action::None };
        if *kind == KeyEventKind::Release {
            return Action::None;
        }
        if modifiers.contains(KeyModifiers::CONTROL) {
            return match code {
                KeyCode::Char('c') => Action::Interrupt,
                KeyCode::Char('z') => Action::Suspend,
                KeyCode::Char('l') => Action::Refresh,
                _ => Action::None,
            };
        }
        let was_asked = std::mem::take(&mut self.asks);
        if was_asked && *code != KeyCode::Char('q') {
            return Action::None;
        }
        match code {
            KeyCode::Char('q') if self.leaving_ends && !was_asked => self.asks = true,
            KeyCode::Char('q') => return Action::Leave,
            KeyCode::Char(' ') => {
                self.paused = if self.paused.is_some() { None } else { Some(now.clone()) };
            }
            KeyCode::Char('?' | 'h') => self.help = !self.help,
            KeyCode::Esc if self.help => self.help = false,
            KeyCode::Esc => self.chosen = None,
            _ => self.choose(*code, now.machines.len()),
        }
        Action::None
    }

    fn choose(&mut self, code: KeyCode, machines: usize) {
        let Some(last) = machines.checked_sub(1) else { return };
        let chosen = match (code, self.chosen) {
            (KeyCode::Down | KeyCode::Char('j'), None) | (KeyCode::Home, _) => 0,
            (KeyCode::Up | KeyCode::Char('k'), None) | (KeyCode::End, _) => last,
            (KeyCode::Down | KeyCode::Char('j'), Some(at)) => at + 1,
            (KeyCode::Up | KeyCode::Char('k'), Some(at)) => at.saturating_sub(1),
            (KeyCode::PageDown, at) => at.unwrap_or_default() + PAGE,
            (KeyCode::PageUp, at) => at.unwrap_or_default().saturating_sub(PAGE),
            _ => return,
        };
        self.chosen = Some(chosen.min(last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ui::live::picture::tests::snapshot;

    fn press(controls: &mut Controls, code: KeyCode) -> Action {
        controls.obey(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)), &snapshot(30))
    }

    #[test]
    fn what_ends_the_run_is_asked_about_first() {
        let mut controls = Controls { leaving_ends: true, ..Controls::default() };
        assert_eq!(press(&mut controls, KeyCode::Char('q')), Action::None);
        assert!(controls.asks);
        assert_eq!(press(&mut controls, KeyCode::Char(' ')), Action::None);
        assert!(!controls.asks && controls.paused.is_none(), "the answer does nothing else");
        assert_eq!(press(&mut controls, KeyCode::Char('q')), Action::None);
        assert_eq!(press(&mut controls, KeyCode::Char('q')), Action::Leave);
    }

    #[test]
    fn space_pauses_the_view_at_this_moment_and_lets_it_go_on() {
        let mut controls = Controls::default();
        assert_eq!(press(&mut controls, KeyCode::Char(' ')), Action::None);
        assert_eq!(controls.paused, Some(snapshot(30)));
        press(&mut controls, KeyCode::Char(' '));
        assert_eq!(controls.paused, None);
    }

    #[test]
    fn q_leaves_and_control_keys_do_as_everywhere() {
        let mut controls = Controls::default();
        assert_eq!(press(&mut controls, KeyCode::Char('q')), Action::Leave);
        for (key, action) in
            [('c', Action::Interrupt), ('z', Action::Suspend), ('l', Action::Refresh), ('q', Action::None)]
        {
            let event = Event::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::CONTROL));
            assert_eq!(controls.obey(&event, &snapshot(2)), action, "Ctrl-{key}");
        }
    }

    #[test]
    fn arrows_choose_machines_and_stay_among_them() {
        let mut controls = Controls::default();
        for (code, chosen) in [
            (KeyCode::Down, Some(0)),
            (KeyCode::Down, Some(1)),
            (KeyCode::PageDown, Some(11)),
            (KeyCode::End, Some(29)),
            (KeyCode::Down, Some(29)),
            (KeyCode::PageUp, Some(19)),
            (KeyCode::Home, Some(0)),
            (KeyCode::Up, Some(0)),
            (KeyCode::Esc, None),
            (KeyCode::Up, Some(29)),
        ] {
            press(&mut controls, code);
            assert_eq!(controls.chosen, chosen, "{code:?}");
        }
        let nobody = &snapshot(0);
        let mut controls = Controls::default();
        controls.obey(&Event::Key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE)), nobody);
        assert_eq!(controls.chosen, None);
    }

    #[test]
    fn the_help_opens_and_closes() {
        let mut controls = Controls { chosen: Some(3), ..Controls::default() };
        press(&mut controls, KeyCode::Char('?'));
        assert!(controls.help);
        press(&mut controls, KeyCode::Esc);
        assert!(!controls.help && controls.chosen == Some(3), "Esc closes the help first");
    }
}
