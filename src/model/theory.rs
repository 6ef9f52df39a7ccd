//! The law that explains a system: loads, regimes and the growth of queues from
//! the clock rates alone. Pure, and exact for the mean flow of messages; what a
//! single run of some length comes to is for [`crate::predict::expected`] to say.
//!
//! An idle tick reaches a given peer with probability q = 2(1 − p)/N, p being
//! `internal_prob`. With f the idle ticks a second, a machine of rate r gets
//! λ = q Σ f over the others, and f = max(0, r − λ). How a send to all counts
//! does not matter to queues, only to clocks.

use std::fmt;

use crate::model::machine::Rules;

/// What the law says of one machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Ticks per second of lab time.
    pub clock_rate: f64,
    /// Messages that arrive per second, λ.
    pub arrival_rate: f64,
    /// Ticks per second with an empty queue, f.
    pub idle_rate: f64,
    /// λ ÷ clock rate, ρ; above 1 the machine only receives.
    pub load: f64,
    pub regime: Regime,
    /// The clock rate below which this machine would be overloaded, the others
    /// being as they are.
    pub overloaded_below: f64,
    /// Messages per second by which the queue grows.
    pub queue_growth: f64,
}

/// On which side of the threshold a machine lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// More arrives than it can take: the queue grows for ever.
    Overloaded,
    /// The run is too short to tell: chance alone moves the queue as far as its
    /// growth, or its way back to empty, would within [`BAND_SD`].
    NearCritical,
    /// The queue comes back to zero.
    Stable,
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Regime::Overloaded => "overloaded",
            Regime::NearCritical => "near-critical",
            Regime::Stable => "stable",
        })
    }
}

/// Half the width of the band around load 1 in which a machine is near-critical,
/// in standard deviations of what wanders in and out of its queue. Within a
/// duration T these are √(variance of arrivals a second × T), while growth is
/// |λ − r| T. Outside of the band the end of an overloaded queue lies within a
/// quarter of growth × T, and a stable queue has had four of its relaxation times.
pub const BAND_SD: f64 = 2.0;
/// Rates that differ by less are equal, as shares of the clock rate.
const EQUAL: f64 = 1e-9;

/// Probability that an idle tick reaches a given peer.
pub fn reach(machines: usize, internal_prob: f64) -> f64 {
    2.0 * (1.0 - internal_prob) / machines as f64
}

impl Prediction {
    /// Whether more arrives than the machine can take, in the long run.
    pub fn is_overloaded(&self) -> bool {
        self.load > 1.0 + EQUAL
    }
}

/// Predicts every machine of a system, in the order of `clock_rates` (ticks per
/// second, one a machine, all above 0), without network delay. The regime is
/// that of a run of `duration_s`; of an endless one, if that is infinite.
pub fn predict(clock_rates: &[f64], rules: Rules, duration_s: f64) -> Vec<Prediction> {
    let reach = reach(clock_rates.len(), rules.internal_prob);
    let idle = idle_rates(clock_rates, reach);
    let all_idle: f64 = idle.iter().sum();
    let one = |(own, (clock_rate, idle_rate)): (usize, (&f64, &f64))| {
        let arrival_rate = reach * (all_idle - idle_rate);
        let band = BAND_SD * (arrival_variance(own, clock_rates, &idle, reach) / duration_s).sqrt();
        let surplus = arrival_rate - clock_rate;
        Prediction {
            clock_rate: *clock_rate,
            arrival_rate,
            idle_rate: *idle_rate,
            load: arrival_rate / clock_rate,
            regime: if surplus.abs() <= band.max(EQUAL * clock_rate) {
                Regime::NearCritical
            } else if surplus > 0.0 {
                Regime::Overloaded
            } else {
                Regime::Stable
            },
            overloaded_below: threshold(own, clock_rates, reach),
            queue_growth: surplus.max(0.0),
        }
    };
    clock_rates.iter().zip(&idle).enumerate().map(one).collect()
}

/// Variance of the messages that arrive in a second: each tick of a peer brings
/// one with probability p = q f ÷ r, taken as independent.
fn arrival_variance(own: usize, clock_rates: &[f64], idle: &[f64], reach: f64) -> f64 {
    let others = clock_rates.iter().zip(idle).enumerate().filter(|(at, _)| *at != own);
    others.map(|(_, (rate, idle_rate))| (reach * idle_rate) * (1.0 - reach * idle_rate / rate)).sum()
}

/// The one solution of f = max(0, r − q Σ f of the others), found directly:
/// from the fastest down, machines are idle at times while r > qS, where
/// S = Σr / (1 + (k − 1) q) over the k taken so far is the sum of all f.
fn idle_rates(clock_rates: &[f64], reach: f64) -> Vec<f64> {
    let mut fastest_first: Vec<f64> = clock_rates.to_vec();
    fastest_first.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut taken, mut all_idle) = (0.0, 0.0, 0.0);
    for rate in fastest_first {
        if taken > 0.0 && rate <= reach * all_idle {
            break;
        }
        sum += rate;
        taken += 1.0;
        all_idle = sum / (1.0 + (taken - 1.0) * reach);
    }
    if taken == 1.0 {
        // The fastest alone is ever idle, and hears from nobody.
        return clock_rates.iter().map(|rate| if *rate == sum { sum } else { 0.0 }).collect();
    }
    clock_rates.iter().map(|rate| ((rate - reach * all_idle) / (1.0 - reach)).max(0.0)).collect()
}

/// What would reach a machine that is never idle: at this clock rate it is
/// critical.
fn threshold(own: usize, clock_rates: &[f64], reach: f64) -> f64 {
    let others: Vec<f64> =
        clock_rates.iter().enumerate().filter(|(at, _)| *at != own).map(|(_, rate)| *rate).collect();
    reach * idle_rates(&others, reach).iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue;
    use crate::model::machine::Broadcast;
    use proptest::prelude::*;

    fn predicted(rates: &[f64], internal_prob: f64) -> Vec<Prediction> {
        let rules = Rules { machines: rates.len() as u32, internal_prob, broadcast: Broadcast::OneEvent };
        predict(rates, rules, f64::INFINITY)
    }

    /// The same equations, by going round until nothing moves; damped, as the
    /// plain iteration may swing for ever.
    fn by_iteration(clock_rates: &[f64], reach: f64) -> Vec<f64> {
        let mut idle = clock_rates.to_vec();
        for _ in 0..20_000 {
            let all: f64 = idle.iter().sum();
            let next = clock_rates.iter().zip(&idle).map(|(rate, own)| (rate - reach * (all - own)).max(0.0));
            idle = next.zip(&idle).map(|(next, old)| 0.9 * old + 0.1 * next).collect();
        }
        idle
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_direct_solution_is_the_fixed_point(
            rates in prop::collection::vec(0.1f64..50.0, 2..9),
            internal_prob in 0.05f64..0.95,
        ) {
            let reach = reach(rates.len(), internal_prob);
            for (direct, iterated) in idle_rates(&rates, reach).iter().zip(by_iteration(&rates, reach)) {
                prop_assert!((direct - iterated).abs() < 1e-6 * 50.0, "{direct} {iterated}");
            }
        }
    }

    #[test]
    fn the_assignments_die_overloads_below_a_sixth_of_the_others() {
        let slowest = |rate: f64| predicted(&[rate, 3.0, 6.0], 0.7)[0].regime;
        assert_eq!(slowest(1.49), Regime::Overloaded);
        assert_eq!(slowest(1.5), Regime::NearCritical);
        assert_eq!(slowest(1.51), Regime::Stable);
        assert!((predicted(&[5.0, 3.0, 6.0], 0.7)[0].overloaded_below - 1.5).abs() < 1e-12);
    }

    #[test]
    fn overloaded_queues_grow_as_published() {
        for (rates, internal_prob, machine, load, end_queue) in [
            ([1.0, 3.0, 6.0], 0.7, 0, 1.50, 30.0),
            ([1.0, 3.0, 6.0], 0.3, 0, 2.86, 111.8),
            ([1.0, 4.0, 6.0], 0.7, 0, 1.67, 40.0),
            ([1.0, 4.0, 6.0], 0.2, 0, 3.48, 148.7),
            ([3.0, 4.0, 1.0], 0.7, 2, 1.17, 10.0),
        ] {
            let found = predicted(&rates, internal_prob)[machine];
            assert!((found.load - load).abs() < 0.006, "{found:?}");
            assert!((found.queue_growth * 60.0 - end_queue).abs() < 0.06, "{found:?}");
        }
    }

    #[test]
    fn how_long_one_looks_decides_what_is_near_critical() {
        let rules = Rules { machines: 3, internal_prob: 0.7, broadcast: Broadcast::OneEvent };
        let slowest = |rate: f64, duration_s: f64| predict(&[rate, 4.0, 6.0], rules, duration_s)[0].regime;
        for (rate, duration_s, regime) in [
            (1.0, 60.0, Regime::Overloaded),
            (1.5, 60.0, Regime::NearCritical),
            (1.8, 60.0, Regime::NearCritical),
            (3.0, 60.0, Regime::Stable),
            (1.5, 6000.0, Regime::Overloaded),
            (1.8, 6000.0, Regime::Stable),
        ] {
            assert_eq!(slowest(rate, duration_s), regime, "{rate}, {duration_s} s");
        }
    }

    #[test]
    fn outside_of_the_band_queues_end_as_the_law_says() {
        use crate::engine::StopSwitch;
        use crate::model::event::MachineId;
        use crate::plan::Run;
        use crate::predict::expected::Expected;

        for (rates, duration_s) in [("1,3,6", 60), ("1.3,4,6", 150), ("2.2,4,6", 150)] {
            let machines: String =
                rates.split(',').map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
            let text = format!("name = \"t\"\nduration = \"{duration_s}s\"\n{machines}");
            let run = Run::single(crate::spec::parse("t", &text, &[]).unwrap(), "t".to_owned());
            let law = run.predictions()[0];
            let ends = Expected::of(&run, 300, f64::INFINITY, &StopSwitch::default()).unwrap();
            let mean = ends.moments(MachineId(1), catalogue::END_QUEUE).unwrap().mean;
            let grown = law.queue_growth * f64::from(duration_s);
            match law.regime {
                Regime::Overloaded => assert!((mean / grown - 1.0).abs() < 0.25, "{rates}: {mean}, {grown}"),
                Regime::Stable => assert!(mean < 3.0, "{rates}: {mean}"),
                Regime::NearCritical => panic!("{rates} is in the band: {law:?}"),
            }
        }
    }

    #[test]
    fn two_machines_that_only_send_leave_the_slower_no_rest() {
        let [fast, slow] = predicted(&[5.0, 2.0], 0.0)[..] else { unreachable!() };
        assert_eq!((fast.idle_rate, slow.idle_rate), (5.0, 0.0));
        assert_eq!((slow.arrival_rate, slow.regime), (5.0, Regime::Overloaded));
    }
}
