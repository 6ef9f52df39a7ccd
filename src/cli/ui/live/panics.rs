//! A panic with the screen open, on a real terminal: this very test program
//! runs once more in tmux, and panics there.

use std::env;

use super::tmux::Tmux;
use crate::cli::ui::live::screen::{Screen, hold};

/// Run by the test below, in a terminal; by itself it does nothing.
#[test]
#[ignore = "panics on purpose; the_terminal_is_given_back_after_a_panic runs it"]
fn panics_with_the_screen_open() {
    let mut screen = Screen::open().expect("a terminal");
    let mut paint = |text: &'static str| {
        screen.show(|buffer| buffer.set_string(0, 0, text, ratatui::style::Style::new()))
    };
    assert!(paint("the screen is open").expect("shown"));
    // Until a key says that it was seen.
    ratatui::crossterm::event::read().expect("a key");
    hold("said while the screen was open");
    // In another thread, as a machine's: the view must not draw any more.
    let other = std::thread::spawn(|| panic!("a machine fails on purpose"));
    assert!(other.join().is_err());
    assert!(!paint("drawn over it").expect("not shown"), "the screen is closed for good");
    panic!("the view fails on purpose");
}

#[test]
fn the_terminal_is_given_back_after_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let Some(tmux) = Tmux::start(folder.path(), 100, 30) else { return };
    let program = env::current_exe().unwrap();
    tmux.type_line("stty -a > before");
    tmux.type_line(&format!(
        "RUST_BACKTRACE=0 {} --ignored --exact cli::ui::live::panics::panics_with_the_screen_open \
         --nocapture; stty -a > after; echo \"code=$?\"",
        program.display()
    ));
    tmux.wait_for("the screen is open");
    assert!(tmux.has_whole_screen());
    tmux.press("Enter");
    let seen = tmux.wait_for("code=0");
    for text in ["said while the screen was open", "a machine fails on purpose", "the view fails on purpose"]
    {
        assert!(seen.contains(text), "{seen}");
    }
    assert!(!seen.contains("drawn over it"), "{seen}");
    tmux.assert_given_back();
}
