//! Real time: reading the monotonic clock, and sleeping to absolute deadlines. The
//! one place that asks the system what time it is.

#[cfg(any(test, not(target_os = "linux")))]
use std::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

/// The monotonic clock, in nanoseconds.
#[cfg(unix)]
#[inline]
pub fn monotonic_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// The monotonic clock, in nanoseconds since it was first asked.
#[cfg(not(unix))]
pub fn monotonic_ns() -> u64 {
    since_first_asked_ns()
}

#[cfg(any(test, not(unix)))]
#[expect(clippy::disallowed_methods, reason = "this is the place that asks")]
fn since_first_asked_ns() -> u64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    ORIGIN.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// The time of day, in nanoseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this is the place that asks")]
pub fn unix_ns() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_nanos()).unwrap_or(i64::MAX)
}

/// Sleeps until the monotonic clock reads `deadline`, in nanoseconds.
#[cfg(target_os = "linux")]
pub fn sleep_until_ns(deadline: u64) {
    use rustix::thread::{ClockId, Timespec, clock_nanosleep_absolute};
    let deadline =
        Timespec { tv_sec: (deadline / 1_000_000_000) as i64, tv_nsec: (deadline % 1_000_000_000) as i64 };
    while clock_nanosleep_absolute(ClockId::Monotonic, &deadline) == Err(rustix::io::Errno::INTR) {}
}

/// Sleeps until the monotonic clock reads `deadline`, in nanoseconds.
#[cfg(not(target_os = "linux"))]
pub fn sleep_until_ns(deadline: u64) {
    sleep_what_is_left(deadline, monotonic_ns);
}

/// Without a sleep to a deadline: what is left is slept, again and again.
#[cfg(any(test, not(target_os = "linux")))]
fn sleep_what_is_left(deadline: u64, now: impl Fn() -> u64) {
    loop {
        match deadline.saturating_sub(now()) {
            0 => return,
            left => std::thread::sleep(Duration::from_nanos(left)),
        }
    }
}

/// Asks the system to wake this thread at its deadlines and not, to save power, up
/// to 50 µs later. Elsewhere than on Linux there is nothing to be asked.
pub fn wake_this_thread_exactly() {
    #[cfg(target_os = "linux")]
    if let Some(slack_ns) = std::num::NonZeroU64::new(1) {
        // Refused on some systems, which then only pace less finely.
        let _ = rustix::thread::set_current_timer_slack(Some(slack_ns));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::*;

    #[test]
    fn no_sleep_ends_before_its_deadline_on_any_system() {
        for sleep in [sleep_until_ns, |deadline| sleep_what_is_left(deadline, monotonic_ns)] {
            let deadline = monotonic_ns() + 2_000_000;
            sleep(deadline);
            assert!(monotonic_ns() >= deadline);
            // One that is over costs no sleep.
            sleep(deadline);
            sleep(0);
        }
    }

    #[test]
    fn a_sleep_that_ends_early_is_gone_on_with() {
        let asked = AtomicU64::new(0);
        // A clock that steps 1 µs each time it is asked, however long the sleep was.
        sleep_what_is_left(5_000, || asked.fetch_add(1, Relaxed) * 1_000);
        assert_eq!(asked.load(Relaxed), 6);
    }

    #[test]
    fn the_clocks_never_run_backwards() {
        for read in [monotonic_ns, since_first_asked_ns] {
            let readings: Vec<u64> = (0..1_000).map(|_| read()).collect();
            assert!(readings.is_sorted());
        }
    }
}
