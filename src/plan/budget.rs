//! How much work a spec asks for, reported before it begins. Pure.
//!
//! A spec beside results may come from anybody. What is simulated for its sake
//! is estimated first, and refused beyond a limit.

use crate::model::delay::Delay;
use crate::spec::Spec;

/// Simulated events that a spec beside results may ask for: a few seconds.
pub const EVENTS_MAX: f64 = 50e6;

/// A spec asks for more simulated events than it may.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "it asks for about {events:.1e} simulated events a run, and {runs} of them for at most {limit:.1e}; a shorter \
     duration or lower clock rates bring it below"
)]
pub struct OverBudget {
    /// Of one run.
    pub events: f64,
    /// How many runs are the fewest that tell anything.
    pub runs: u32,
    /// Events of all runs.
    pub limit: f64,
}

/// About how many events the simulation of a spec has: its ticks, the messages
/// that they send if all are idle, and the links to set up.
pub fn events(spec: &Spec) -> f64 {
    let machines = f64::from(spec.machine_count());
    let to_peers = 2.0 * (1.0 - spec.internal_prob) * (machines - 1.0) / machines;
    let links = if spec.network.delay == Delay::None { machines } else { machines * machines };
    spec.tick_rate() * spec.duration.as_secs_f64() * (1.0 + to_peers) + links
}

/// How many runs of `spec` are simulated: as many as wanted, or fewer where
/// they are long.
///
/// # Errors
///
/// Even the fewest that tell anything have more than `limit` events.
pub fn affordable_runs(spec: &Spec, wanted: u32, fewest: u32, limit: f64) -> Result<u32, OverBudget> {
    let events = events(spec);
    let affordable = limit / events;
    // A comparison with NaN fails, and so refuses.
    if affordable >= f64::from(fewest) {
        Ok(affordable.min(f64::from(wanted)) as u32)
    } else {
        Err(OverBudget { events, runs: fewest, limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

    fn spec(duration: &str, rest: &str) -> Spec {
        parse("t", &format!("name = \"t\"\nduration = \"{duration}\"\n{rest}"), &[]).unwrap()
    }

    #[test]
    fn ticks_and_messages_are_counted_before_they_happen() {
        let rest = "internal_prob = 0.7\n[[machine]]\nclock_rate = 5\ncount = 2\n";
        // 600 ticks, a message for 0.3 of them, and two links.
        assert!((events(&spec("60s", rest)) - (600.0 * 1.3 + 2.0)).abs() < 1e-6);
        let delayed = format!("{}[network]\ndelay = \"constant:1ms\"\n", rest.replace("= 2", "= 300"));
        assert!(events(&spec("1s", &delayed)) > 90_000.0, "each pair has a link");
    }

    #[test]
    fn long_runs_are_fewer_and_endless_ones_refused_with_the_figure() {
        let spec = |duration| spec(duration, "[[machine]]\nclock_rate = 500\ncount = 2\n");
        assert_eq!(affordable_runs(&spec("10s"), 700, 50, EVENTS_MAX), Ok(700));
        let fewer = affordable_runs(&spec("300s"), 700, 50, EVENTS_MAX).unwrap();
        assert!((50..700).contains(&fewer), "{fewer}");
        let refused = affordable_runs(&spec("800000h"), 700, 50, EVENTS_MAX).unwrap_err();
        assert!(refused.to_string().contains("3.7e12 simulated events a run"), "{refused}");
        assert!(affordable_runs(&spec("1s"), 1, 1, f64::NAN).is_err());
    }
}
