//! The system's limit on open files.

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
    let allowed = raise_limit(needed);
    if allowed < needed { Err(TooManyFiles { needed, allowed }) } else { Ok(()) }
}

/// How many of up to `wanted` can go on at once that need `files` each; this
/// process's limit is raised for them.
pub fn how_many(files: u64, wanted: u64) -> u64 {
    let allowed = raise_limit(files * wanted + OTHERS);
    (allowed.saturating_sub(OTHERS) / files.max(1)).clamp(1, wanted)
}

/// How many files beyond `files` may be open at once, up to `wanted`; this
/// process's limit is raised for them.
pub fn spare(files: u64, wanted: u64) -> u64 {
    let needed = files + OTHERS;
    raise_limit(needed + wanted).saturating_sub(needed).min(wanted)
}

#[cfg(unix)]
fn raise_limit(needed: u64) -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= needed {
        return current;
    }
    let wanted = limit.maximum.map_or(needed, |maximum| needed.min(maximum));
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(_) => current,
    }
}

#[cfg(not(unix))]
fn raise_limit(_needed: u64) -> u64 {
    u64::MAX
}
