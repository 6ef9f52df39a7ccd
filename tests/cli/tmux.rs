//! A real terminal for tests: a window of tmux with a shell in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

/// Nothing that works takes this long, however busy the host.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(30);

/// One window; gone with the test.
pub struct Tmux {
    folder: PathBuf,
}

impl Tmux {
    /// Opens a window of this size with a shell in `folder`. `None`, which is
    /// reported, where there is no tmux.
    pub fn start(folder: &Path, width: u16, height: u16) -> Option<Tmux> {
        if Command::new("tmux").arg("-V").output().is_err() {
            eprintln!("skipped: there is no tmux here");
            return None;
        }
        let tmux = Tmux { folder: folder.to_owned() };
        let (width, height) = (width.to_string(), height.to_string());
        let folder = folder.to_string_lossy();
        let output = tmux.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-s",
            "t",
            "-x",
            &width,
            "-y",
            &height,
            "-c",
            &folder,
            "env PS1='$ ' ENV= sh",
        ]);
        assert!(output.status.success(), "{output:?}");
        Some(tmux)
    }

    fn tmux(&self, args: &[&str]) -> Output {
        // Beside the test's files, to be gone with them.
        let socket = self.folder.join("tmux.socket");
        Command::new("tmux").args(["-u", "-S"]).arg(socket).args(args).output().unwrap()
    }

    /// Types keys, by tmux's names for them.
    pub fn press(&self, key: &str) {
        self.tmux(&["send-keys", "-t", "t", key]);
    }

    /// Types a line into the shell.
    pub fn type_line(&self, line: &str) {
        self.tmux(&["send-keys", "-t", "t", "-l", line]);
        self.press("Enter");
    }

    #[allow(dead_code, reason = "not every test program resizes")]
    pub fn resize(&self, width: u16, height: u16) {
        self.tmux(&["resize-window", "-t", "t", "-x", &width.to_string(), "-y", &height.to_string()]);
    }

    /// What is on the screen; lines that were wrapped are one.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.tmux(&["capture-pane", "-p", "-J", "-t", "t"]).stdout).into_owned()
    }

    /// Waits for a text on the screen, and gives the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            thread::sleep(GLANCE);
        }
        panic!("waited in vain for {what} on\n{}", self.screen());
    }

    fn ask(&self, format: &str) -> String {
        let output = self.tmux(&["display-message", "-p", "-t", "t", format]);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Whether a program has taken the whole screen over.
    pub fn has_whole_screen(&self) -> bool {
        self.ask("#{alternate_on}") == "1"
    }

    /// The shell has its screen and its cursor again, and the settings of the
    /// terminal in the file `after` are those in `before`.
    #[track_caller]
    pub fn assert_given_back(&self) {
        assert!(!self.has_whole_screen(), "{}", self.screen());
        assert_eq!(self.ask("#{cursor_flag}"), "1", "the cursor is hidden");
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap();
        let before = read("before");
        assert!(before.contains(" echo ") && before.contains(" icanon"), "{before}");
        // A window may have another size by now.
        let settings = |text: &str| text.split_once('\n').map(|(_, rest)| rest.to_owned());
        assert_eq!(settings(&read("after")), settings(&before));
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}
