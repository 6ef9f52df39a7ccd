//! What each operating system does in its own way: clocks, signals, processes, the
//! modes of files, limits. Nothing else in the program asks which system it is on.
//!
//! Each thing has one name and two makings: `unix`, and `other` for systems
//! without it, which is built for tests too, so that it is known to work.

pub mod clock;
#[cfg(any(test, not(unix)))]
mod other;
pub mod signals;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as system;
#[cfg(unix)]
use unix as system;

pub use system::{
    CAN_BE_STOPPED, REUSES_ADDRESSES, allow_open_files, apart_from_terminal, ignores_hang_up,
    is_readable_by_others, link, lives, never_wait, open_file_to_all, open_folder_to_all, stop_this_process,
};
