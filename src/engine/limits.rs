//! The system's limit on open files.

use crate::platform::allow_open_files;

/// Standard streams, the runtime's own and whatever else is open.
const OTHERS: u64 = 64;

/// More files are needed at once than the system allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{needed} open files are needed and this system allows {allowed}; \
     use fewer machines or raise the limit (ulimit -n)"
)]
pub struct TooManyFiles {
    pub needed: u64,
    pub allowed: u64,
}

/// Raises this process's limit so that `files` may be open at once.
pub fn make_room_for(files: u64) -> Result<(), TooManyFiles> {
    let needed = files + OTHERS;
    let allowed = allow_open_files(needed);
    if allowed < needed { Err(TooManyFiles { needed, allowed }) } else { Ok(()) }
}

/// How many of up to `wanted` can go on at once that need `files` each; this
/// process's limit is raised for them.
pub fn how_many(files: u64, wanted: u64) -> u64 {
    let allowed = allow_open_files(files * wanted + OTHERS);
    (allowed.saturating_sub(OTHERS) / files.max(1)).clamp(1, wanted)
}

/// How many files beyond `files` may be open at once, up to `wanted`; this
/// process's limit is raised for them.
pub fn spare(files: u64, wanted: u64) -> u64 {
    let needed = files + OTHERS;
    allow_open_files(needed + wanted).saturating_sub(needed).min(wanted)
}
