//! What the keys do.

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::snapshot;
use crate::cli::live::controls::{Controls, Wish};

fn press(controls: &mut Controls, code: KeyCode) -> Wish {
    controls.obey(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)), &snapshot(30))
}

#[test]
fn space_pauses_the_view_at_this_moment_and_lets_it_go_on() {
    let mut controls = Controls::default();
    assert_eq!(press(&mut controls, KeyCode::Char(' ')), Wish::None);
    assert_eq!(controls.paused, Some(snapshot(30)));
    press(&mut controls, KeyCode::Char(' '));
    assert_eq!(controls.paused, None);
}

#[test]
fn q_leaves_and_control_keys_do_as_everywhere() {
    let mut controls = Controls::default();
    assert_eq!(press(&mut controls, KeyCode::Char('q')), Wish::Leave);
    for (key, wish) in [('c', Wish::Interrupt), ('z', Wish::Suspend), ('l', Wish::Refresh), ('q', Wish::None)]
    {
        let event = Event::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::CONTROL));
        assert_eq!(controls.obey(&event, &snapshot(2)), wish, "Ctrl-{key}");
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
