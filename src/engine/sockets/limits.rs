//! The system's limit on open files.

use super::EngineError;

/// Standard streams, the runtime's own and whatever else is open.
const OTHERS: u64 = 64;

/// How many files a run of `machines` in one process holds open: a listener
/// and a log for each, and both ends of every connection.
pub fn descriptors_needed(machines: u32) -> u64 {
    let machines = u64::from(machines);
    machines * (machines - 1) + 2 * machines + OTHERS
}

/// Raises this process's limit as far as it may, and says if that is too little.
pub fn make_room_for(machines: u32) -> Result<(), EngineError> {
    let needed = descriptors_needed(machines);
    let allowed = raise_limit(needed);
    if allowed < needed { Err(EngineError::TooManyMachines { machines, needed, allowed }) } else { Ok(()) }
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
