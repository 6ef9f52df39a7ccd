//! Systems without what Unix has: nothing is done there, and the answer is the
//! careful one.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::process::Command;

pub const REUSES_ADDRESSES: bool = false;
pub const CAN_BE_STOPPED: bool = false;

/// Taken to live, so that nothing of it is removed.
pub fn lives(_process: u32) -> bool {
    true
}

/// Files have no such modes.
pub fn open_file_to_all(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Folders have no such modes.
pub fn open_folder_to_all(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// A user's own folders are private by default.
pub fn is_readable_by_others(_about: &Metadata) -> bool {
    false
}

/// Opening never waits.
pub fn never_wait(_options: &mut OpenOptions) {}

/// Links need rights that most users lack.
pub fn link(_place: &Path, _link: &Path) -> io::Result<bool> {
    Ok(false)
}

/// There is no limit worth asking for.
pub fn allow_open_files(_files: u64) -> u64 {
    u64::MAX
}

/// A Ctrl-C reaches all processes of a terminal; they end in order by themselves.
pub fn apart_from_terminal(_command: &mut Command) {}

pub fn stop_this_process() -> io::Result<()> {
    Ok(())
}

pub fn ignores_hang_up() -> bool {
    true
}
