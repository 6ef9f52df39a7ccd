//! What the tests share: a folder to work in, commands with a deadline, free
//! ports, specs, logs and patience.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Nothing that works takes this long, however busy the host.
const PATIENCE: Duration = Duration::from_secs(100);
const GLANCE: Duration = Duration::from_millis(20);

/// A spec of three machines that runs for half a second.
pub const LAB: &str = "name = \"lab\"\nduration = \"20s\"\nspeedup = 40\nseed = 7\n\
    [[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 6\n";

/// A spec with these root keys and machines of these rates, each on a free
/// port; gives the ports too.
pub fn spec_on_ports(root: &str, rates: &[&str]) -> (String, Vec<u16>) {
    let ports = free_ports(rates.len());
    let mut spec = format!("name = \"lab\"\n{root}\n");
    for (rate, port) in rates.iter().zip(&ports) {
        spec += &format!("[[machine]]\nclock_rate = {rate}\naddress = \"127.0.0.1:{port}\"\n");
    }
    (spec, ports)
}

/// Ports that are free, and that no other test here has got. They lie below
/// those that systems choose by themselves, or a run of another test might be
/// given one of them in the meantime.
pub fn free_ports(count: usize) -> Vec<u16> {
    static NEXT: Mutex<u16> = Mutex::new(0);
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut ports = Vec::new();
    while ports.len() < count {
        let port = 20_000 + (std::process::id() as u16).wrapping_add(*next) % 10_000;
        *next += 1;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            ports.push(port);
        }
    }
    ports
}

/// Looks again and again until there is something to see.
#[track_caller]
pub fn wait_for<T>(what: impl Display, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        if let Some(seen) = look() {
            return seen;
        }
        thread::sleep(GLANCE);
    }
    panic!("waited in vain for {what}");
}

/// Whether this host has a program to check something with.
pub fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// A folder to run commands in, gone with the test.
pub struct Lab {
    folder: TempDir,
}

impl Lab {
    pub fn new() -> Lab {
        Lab { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with this spec in `lab.toml`.
    pub fn with_spec(spec: &str) -> Lab {
        let lab = Lab::new();
        lab.write("lab.toml", spec);
        lab
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, content: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[track_caller]
    pub fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
    }

    #[track_caller]
    pub fn json(&self, below: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(below)).unwrap()
    }

    #[track_caller]
    pub fn rows(&self, below: &str) -> Vec<BTreeMap<String, String>> {
        rows(&self.read(below))
    }

    /// The names in a folder, in order; none if there is no such folder.
    pub fn names(&self, below: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(below)).into_iter().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn has(&self, below: &str) -> bool {
        self.path(below).exists()
    }

    /// Runs labctl to its end.
    #[track_caller]
    pub fn labctl(&self, args: &[&str]) -> Said {
        let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("labctl"));
        command.env("XDG_STATE_HOME", self.path("state")).env_remove("LABCTL_TOKEN");
        let output = command.args(args).current_dir(self.folder.path()).timeout(PATIENCE).output().unwrap();
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            talk: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a line of the shell, in which `$LABCTL` is the program.
    #[track_caller]
    pub fn shell(&self, line: &str) -> Said {
        self.start_shell(line).end()
    }

    /// Starts a line of the shell and goes on.
    pub fn start_shell(&self, line: &str) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", line]).env("LABCTL", assert_cmd::cargo::cargo_bin!("labctl"));
        self.start_command(command)
    }

    /// Starts labctl and goes on.
    pub fn start(&self, args: &[&str]) -> Running {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("labctl"));
        command.args(args);
        self.start_command(command)
    }

    fn start_command(&self, mut command: Command) -> Running {
        let talk = tempfile::NamedTempFile::new().unwrap();
        let out = tempfile::NamedTempFile::new().unwrap();
        let to = |file: &tempfile::NamedTempFile| Stdio::from(File::create(file.path()).unwrap());
        command.env("XDG_STATE_HOME", self.path("state")).env_remove("LABCTL_TOKEN");
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(to(&out)).stderr(to(&talk));
        Running { child: command.spawn().unwrap(), out, talk }
    }
}

/// A command that goes on; killed if the test ends before it.
pub struct Running {
    child: Child,
    out: tempfile::NamedTempFile,
    talk: tempfile::NamedTempFile,
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn talk(&self) -> String {
        fs::read_to_string(self.talk.path()).unwrap()
    }

    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        signal_to(self.id(), signal);
    }

    /// Waits until standard error has this text.
    #[track_caller]
    pub fn wait_for_talk(&self, text: &str) {
        wait_for(format_args!("`{text}` in {:?}", self.talk.path()), || {
            self.talk().contains(text).then_some(())
        });
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(mut self) -> Said {
        let status = wait_for("the end of a command", || self.child.try_wait().unwrap());
        let out = fs::read_to_string(self.out.path()).unwrap();
        Said { code: status.code(), out, talk: self.talk() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where all is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
pub fn signal_to(process: u32, signal: Signal) {
    kill_process(Pid::from_raw(process as i32).unwrap(), signal).unwrap();
}

#[cfg(unix)]
/// Keeps a token where `--token-file token` finds it.
pub fn write_token(lab: &Lab, token: &labctl::engine::Token) {
    use std::os::unix::fs::PermissionsExt;
    lab.write("token", token.secret());
    fs::set_permissions(lab.path("token"), fs::Permissions::from_mode(0o600)).unwrap();
}

/// The name under which machines started by hand know their run.
pub fn run_by_hand(spec: &str) -> String {
    let spec = labctl::spec::parse("lab.toml", spec, &[]).unwrap();
    let run = labctl::plan::Run::single(spec, String::new());
    labctl::files::digest::sha256(labctl::spec::to_toml(&run.spec).as_bytes())[..16].to_owned()
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// `None`: by a signal.
    pub code: Option<i32>,
    pub out: String,
    pub talk: String,
}

impl Said {
    #[track_caller]
    pub fn code(self, code: i32) -> Said {
        assert_eq!(self.code, Some(code), "{}\n{}", self.talk, self.out);
        self
    }

    /// Standard error has all of these.
    #[track_caller]
    pub fn tells(self, texts: &[&str]) -> Said {
        for text in texts {
            assert!(self.talk.contains(text), "`{text}` is not in\n{}", self.talk);
        }
        self
    }
}

/// The rows of a CSV text, by column.
#[track_caller]
pub fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).into_deserialize().collect::<Result<_, _>>().unwrap()
}

/// The sum of a column of whole numbers.
#[track_caller]
pub fn sum(rows: &[BTreeMap<String, String>], column: &str) -> u64 {
    rows.iter().map(|row| row[column].parse::<u64>().unwrap_or_else(|_| panic!("{column}: {row:?}"))).sum()
}

/// The number after `name: ` in a log's last line.
#[track_caller]
pub fn end_field(log: &str, name: &str) -> u64 {
    let end = log.lines().last().unwrap_or_default();
    assert!(end.contains(" | END | "), "no record of the end: {end}");
    let (_, rest) = end.split_once(&format!("{name}: ")).unwrap_or_else(|| panic!("{name}: {end}"));
    rest.split([',', ' ']).next().unwrap().parse().unwrap()
}

/// The only folder in `folder` whose name ends so.
pub fn folder_ending(folder: &Path, end: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().ends_with(end))
}

/// Waits until a file has this text in it.
#[track_caller]
pub fn wait_for_text(lab: &Lab, file: &str, text: &str) {
    wait_for(format_args!("`{text}` in {file}"), || {
        fs::read_to_string(lab.path(file)).ok()?.contains(text).then_some(())
    });
}

/// Waits until every one of these logs has an event in it.
#[track_caller]
pub fn wait_for_events(lab: &Lab, logs: &[&str]) {
    logs.iter().for_each(|log| wait_for_text(lab, log, " | Clock: "));
}

/// Three small logs as the notebook's program wrote them: whole seconds, no
/// record of the end. One message waits at machine 2, and all can be matched.
pub const NOTEBOOK_LOGS: [(&str, &str); 3] = [
    (
        "log_1.txt",
        "Machine 1 log started at 2026-03-05 12:46:02\n\
         Clock rate: 4 ticks per second\n\
         2026-03-05 12:46:03 | INTERNAL | Clock: 1 | Internal event\n\
         2026-03-05 12:46:03 | SEND | Clock: 2 | Sent to machine 2\n\
         2026-03-05 12:46:04 | SEND | Clock: 3 | Sent to machine 3\n\
         2026-03-05 12:46:04 | SEND | Clock: 4 | Sent to machine 2\n\
         2026-03-05 12:46:05 | RECEIVE | Clock: 6 | Message clock: 5, Queue length: 0\n",
    ),
    (
        "log_2.txt",
        "Machine 2 log started at 2026-03-05 12:46:02\n\
         Clock rate: 1 ticks per second\n\
         2026-03-05 12:46:04 | RECEIVE | Clock: 3 | Message clock: 2, Queue length: 1\n",
    ),
    (
        "log_3.txt",
        "Machine 3 log started at 2026-03-05 12:46:02\n\
         Clock rate: 2 ticks per second\n\
         2026-03-05 12:46:04 | RECEIVE | Clock: 4 | Message clock: 3, Queue length: 0\n\
         2026-03-05 12:46:05 | SEND | Clock: 5 | Sent to machine 1\n",
    ),
];

/// A folder with [`NOTEBOOK_LOGS`] in `theirs/`.
pub fn lab_with_notebook_logs() -> Lab {
    let lab = Lab::new();
    for (name, text) in NOTEBOOK_LOGS {
        lab.write(&format!("theirs/{name}"), text);
    }
    lab
}
