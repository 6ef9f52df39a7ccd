//! What should happen: loads, queues and clocks from the clock rates alone.
//! Pure, and exact for the mean flow of messages.
//!
//! An idle tick reaches a given peer with probability q = 2(1 − p)/N, p being
//! `internal_prob`. With f the idle ticks a second, a machine of rate r gets
//! λ = q Σ f over the others, and f = max(0, r − λ). How a send to all counts
//! does not matter to queues, only to clocks.

use std::fmt;

use crate::machine::Rules;
use crate::spec::Broadcast;

/// What to expect of one machine.
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
    /// Mean length of a stable queue as a tick meets it, before the pop.
    pub mean_queue: Option<f64>,
    /// Logical clock per second of lab time: a lower bound, as the fastest clock
    /// is taken to hear of no faster one. Three machines stay within 2 % of it;
    /// twelve that count a send to all once for each recipient overtake each
    /// other in turn, and exceed it by a third and more.
    pub clock_slope: f64,
}

/// On which side of the threshold a machine lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// More arrives than it can take: the queue grows for ever.
    Overloaded,
    /// Just as much arrives: the queue wanders like √t.
    Critical,
    /// The queue comes back to zero.
    Stable,
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Regime::Overloaded => "overloaded",
            Regime::Critical => "critical",
            Regime::Stable => "stable",
        })
    }
}

/// Loads closer to 1 than this are critical.
const CRITICAL_WIDTH: f64 = 1e-9;

/// Probability that an idle tick reaches a given peer.
pub fn reach(machines: usize, internal_prob: f64) -> f64 {
    2.0 * (1.0 - internal_prob) / machines as f64
}

/// Predicts every machine of a system, in the order of `clock_rates` (ticks per
/// second, one a machine, all above 0), without network delay.
pub fn predict(clock_rates: &[f64], rules: Rules) -> Vec<Prediction> {
    let reach = reach(clock_rates.len(), rules.internal_prob);
    let idle = idle_rates(clock_rates, reach);
    let all_idle: f64 = idle.iter().sum();
    let own_slopes = clock_rates.iter().zip(&idle).map(|(rate, idle)| own_slope(*rate, *idle, rules));
    let fastest = own_slopes.fold(0.0, f64::max);
    let one = |(own, (clock_rate, idle_rate)): (usize, (&f64, &f64))| {
        let arrival_rate = reach * (all_idle - idle_rate);
        let load = arrival_rate / clock_rate;
        let regime = if (load - 1.0).abs() < CRITICAL_WIDTH {
            Regime::Critical
        } else if load > 1.0 {
            Regime::Overloaded
        } else {
            Regime::Stable
        };
        Prediction {
            clock_rate: *clock_rate,
            arrival_rate,
            idle_rate: *idle_rate,
            load,
            regime,
            overloaded_below: threshold(own, clock_rates, reach),
            queue_growth: (arrival_rate - clock_rate).max(0.0),
            mean_queue: (regime == Regime::Stable).then(|| mean_queue(own, clock_rates, &idle, reach)),
            // An overloaded machine lives in the past: it hears of the fastest
            // clock only as fast as it gets through its queue.
            clock_slope: fastest / load.max(1.0),
        }
    };
    clock_rates.iter().zip(&idle).enumerate().map(one).collect()
}

/// How fast a clock rises by its machine's own ticks: one each, and where a
/// send to all counts once for each recipient, as many more.
fn own_slope(clock_rate: f64, idle_rate: f64, rules: Rules) -> f64 {
    let machines = f64::from(rules.machines);
    let sends_to_all = idle_rate * (1.0 - rules.internal_prob) / machines;
    match rules.broadcast {
        Broadcast::OneEvent => clock_rate,
        Broadcast::PerRecipient => clock_rate + sends_to_all * (machines - 2.0),
    }
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

/// The length of a stable queue as a tick meets it, before the pop: each period
/// brings Binomial(n, p) messages from each peer, n = its ticks in that period,
/// p = its chance to be idle and to send here, taken as independent.
fn mean_queue(own: usize, clock_rates: &[f64], idle: &[f64], reach: f64) -> f64 {
    let own_rate = clock_rates[own];
    let others = clock_rates.iter().zip(idle).enumerate().filter(|(at, _)| *at != own);
    let (mut load, mut variance_cut) = (0.0, 0.0);
    for (_, (rate, idle_rate)) in others {
        let (ticks, chance) = (rate / own_rate, reach * idle_rate / rate);
        load += ticks * chance;
        variance_cut += ticks * chance * chance;
    }
    load + (load * load - variance_cut) / (2.0 * (1.0 - load))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn predicted(rates: &[f64], internal_prob: f64) -> Vec<Prediction> {
        let rules = Rules { machines: rates.len() as u32, internal_prob, broadcast: Broadcast::OneEvent };
        predict(rates, rules)
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
        assert_eq!(slowest(1.5), Regime::Critical);
        assert_eq!(slowest(1.51), Regime::Stable);
        assert!((predicted(&[5.0, 3.0, 6.0], 0.7)[0].overloaded_below - 1.5).abs() < 1e-12);
    }

    #[test]
    fn overloaded_queues_and_clocks_are_as_published() {
        for (rates, internal_prob, machine, load, end_queue, clock) in [
            ([1.0, 3.0, 6.0], 0.7, 0, 1.50, 30.0, 240.0),
            ([1.0, 3.0, 6.0], 0.3, 0, 2.86, 111.8, 126.0),
            ([1.0, 4.0, 6.0], 0.7, 0, 1.67, 40.0, 216.0),
            ([1.0, 4.0, 6.0], 0.2, 0, 3.48, 148.7, 104.0),
            ([3.0, 4.0, 1.0], 0.7, 2, 1.17, 10.0, 206.0),
        ] {
            let found = predicted(&rates, internal_prob)[machine];
            assert!((found.load - load).abs() < 0.006, "{found:?}");
            assert!((found.queue_growth * 60.0 - end_queue).abs() < 0.06, "{found:?}");
            assert!((found.clock_slope * 60.0 - clock).abs() < 1.0, "{found:?}");
        }
    }

    #[test]
    fn a_stable_queue_is_met_as_long_as_predicted() {
        use crate::engine::simulator::simulate;
        use crate::engine::{Gauges, StopSwitch};
        use crate::event::{Action, MachineId};
        use crate::plan::Run;

        // Where loads are high, peers are idle together and not independently.
        for (rates, internal_prob, tolerance) in
            [([4.0, 5.0, 6.0], 0.7, 0.05), ([2.0, 1.5, 6.0], 0.75, 0.05), ([3.0, 3.3, 3.7], 0.2, 0.15)]
        {
            let machines: String =
                rates.iter().map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
            let text =
                format!("name = \"t\"\nduration = \"30000s\"\ninternal_prob = {internal_prob}\n{machines}");
            let run = Run::single(crate::spec::parse("t", &text, &[]).unwrap(), "t".to_owned());
            let (mut met, mut ticks) = (0u64, 0u64);
            let watch = |machine, _, event: &crate::event::Event| {
                if machine == MachineId(1) {
                    ticks += 1;
                    if let Action::Receive { queue_length, .. } = event.action {
                        met += queue_length + 1;
                    }
                }
                Ok(())
            };
            simulate(&run, &StopSwitch::default(), &Gauges::new(3), watch).unwrap();
            let (mean, theory) =
                (met as f64 / ticks as f64, predicted(&rates, internal_prob)[0].mean_queue.unwrap());
            assert!((mean / theory - 1.0).abs() < tolerance, "{rates:?}: {mean} not {theory}");
        }
    }

    #[test]
    fn sends_to_all_counted_per_recipient_hurry_the_clocks() {
        let rules = Rules { machines: 3, internal_prob: 0.7, broadcast: Broadcast::PerRecipient };
        let fast = predict(&[6.0, 1.0, 2.0], rules)[0];
        assert!((fast.clock_slope - (6.0 + 0.1 * fast.idle_rate)).abs() < 1e-12);
    }

    #[test]
    fn two_machines_that_only_send_leave_the_slower_no_rest() {
        let [fast, slow] = predicted(&[5.0, 2.0], 0.0)[..] else { unreachable!() };
        assert_eq!((fast.idle_rate, slow.idle_rate), (5.0, 0.0));
        assert_eq!((slow.arrival_rate, slow.regime), (5.0, Regime::Overloaded));
    }
}
