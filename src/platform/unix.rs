//! Linux, macOS and their like.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getrlimit, kill_process, setrlimit, test_kill_process,
};

/// Whether a port may be listened on at once after a program that did; elsewhere
/// the same flag would let two programs share it.
pub const REUSES_ADDRESSES: bool = true;
/// Whether a process can be stopped and go on, as by Ctrl-Z.
pub const CAN_BE_STOPPED: bool = true;

const SIGHUP: u8 = 1;

/// Whether a process of this number lives; where it cannot be known, it does.
pub fn lives(process: u32) -> bool {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    pid.is_none_or(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Lets everyone read a file that was private.
pub fn open_file_to_all(file: &File) -> io::Result<()> {
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Lets everyone look into a folder that was private.
pub fn open_folder_to_all(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

/// Whether anybody but its owner may read a file, or write to it.
pub fn is_readable_by_others(about: &Metadata) -> bool {
    about.mode() & 0o077 != 0
}

/// Opening a pipe that nobody writes to does not wait.
pub fn never_wait(options: &mut OpenOptions) {
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
}

/// Makes a link to a file or folder; false where the system has none.
pub fn link(place: &Path, link: &Path) -> io::Result<bool> {
    symlink(place, link).map(|()| true)
}

/// Raises this process's limit so that `files` may be open at once, as far as it
/// may; gives how many may.
pub fn allow_open_files(files: u64) -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= files {
        return current;
    }
    let wanted = limit.maximum.map_or(files, |maximum| files.min(maximum));
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(_) => current,
    }
}

/// A Ctrl-C at the terminal does not reach what this command starts.
pub fn apart_from_terminal(command: &mut Command) {
    command.process_group(0);
}

/// Stops this process as Ctrl-Z does; comes back when it goes on, or shortly
/// before it stops.
pub fn stop_this_process() -> io::Result<()> {
    Ok(kill_process(getpid(), Signal::TSTP)?)
}

/// Whether whoever started this process had it ignore SIGHUP, as `nohup` does.
/// Where the system does not tell, SIGHUP stays as it is.
pub fn ignores_hang_up() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 << (SIGHUP - 1) != 0)
}
