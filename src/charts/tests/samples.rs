//! Runs and experiments made up for the tests, the same each time.

use std::collections::BTreeMap;

use crate::metrics::series::{MachineSeries, RunSeries, Sample};
use crate::metrics::{EndQueueSource, MachineMetrics, WaitSource, WaitSummary};
use crate::model::event::MachineId;

/// A generator of numbers that look random.
pub(super) struct Draws(pub u64);

impl Draws {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// A run in which the first machine of three is too slow for its messages.
pub(in crate::charts) fn run(machines: u32, duration_s: f64) -> RunSeries {
    let machines = (1..=machines).map(|id| machine(id, duration_s)).collect();
    RunSeries { experiment: "e3".to_owned(), run: "0001".to_owned(), machines }
}

fn machine(id: u32, duration_s: f64) -> MachineSeries {
    let rate = [1.0, 3.0, 6.0, 2.5][(id as usize - 1) % 4];
    let mut draws = Draws(u64::from(id));
    let (mut queue, mut clock) = (0_u64, 0_u64);
    let mut jumps = BTreeMap::new();
    let mut samples = Vec::new();
    for tick in 1..=(duration_s * rate) as u64 {
        let arrivals = u64::from(draws.below(10) < if rate < 2.0 { 8 } else { 2 }) * (1 + draws.below(2));
        queue += arrivals;
        if queue > 0 {
            queue -= 1;
            let jump = 1 + draws.below((9.0 / rate) as u64 + 1);
            *jumps.entry(jump).or_insert(0) += 1;
            clock += jump;
        } else {
            clock += 1;
        }
        let time = tick as f64 / rate + f64::from(id) * 0.005 - 0.1;
        let waited_us = (arrivals > 0).then_some(queue * 1_000_000);
        samples.push(Sample::of_event(time, queue, clock, waited_us));
    }
    let waits = WaitSummary { mean_s: 1.5, p95_s: 3.0, max_s: 4.0 };
    MachineSeries {
        machine: MachineId(id),
        clock_rate: Some(rate),
        knows_queue: true,
        from_start: false,
        samples,
        jumps,
        waits: Some(waits),
        wait_source: WaitSource::Logged,
        clock_set: None,
    }
}

/// As many samples as there can be, each of thousands of events, and clocks of
/// more than a thousand million.
pub(super) fn huge(machines: u32) -> RunSeries {
    let machine = |id: u32| {
        let mut draws = Draws(u64::from(id));
        let sample = |index: u64| {
            let base = index * u64::from(id) / 8 + draws.below(400);
            let high = base + draws.below(3000);
            Sample {
                from_s: index as f64,
                to_s: index as f64 + 0.99,
                queue_min: base / 2,
                queue_max: high,
                queue_last: base,
                clock_last: index * (150_000 - 50 * u64::from(id)) + draws.below(1_000_000),
                waited: None,
            }
        };
        let samples = (0..8192).map(sample).collect();
        let tail = [(1, 900_000), (2, 400_000), (3, 90_000), (40, 7), (1_000_000, 1)];
        let jumps = tail.into_iter().map(|(jump, count)| (jump * u64::from(id), count)).collect();
        let clock_rate = Some(f64::from(id) * 10.0);
        MachineSeries {
            machine: MachineId(id),
            clock_rate,
            knows_queue: true,
            from_start: false,
            samples,
            jumps,
            waits: None,
            wait_source: WaitSource::Unknown,
            clock_set: None,
        }
    };
    let machines = (1..=machines).map(machine).collect();
    RunSeries { experiment: "huge".to_owned(), run: "seed-42".to_owned(), machines }
}

/// The rows of some experiments, some of which have the same clock rates.
pub(in crate::charts) fn experiments(count: u64, machines: u32, runs: u64) -> Vec<MachineMetrics> {
    let mut draws = Draws(7);
    let mut rows = Vec::new();
    for experiment in 0..count {
        for run in 0..runs {
            for machine in 1..=machines {
                let place = u64::from(machine - 1);
                let ratio: f64 =
                    [6.0, 2.0, 1.0][place as usize % 3] / if experiment % 3 == 1 { 1.5 } else { 1.0 };
                let ratio = if machines > 3 { 1.0 + place as f64 / 9.0 } else { ratio.max(1.0) };
                let load = ((ratio - 1.0) * 9.0) as u64;
                rows.push(row(experiment, run, machine, ratio, load + draws.below(load + 3)));
            }
        }
    }
    rows
}

fn row(experiment: u64, run: u64, machine: u32, ratio: f64, queue: u64) -> MachineMetrics {
    let idle = ratio == 1.0;
    MachineMetrics {
        experiment: format!("e{}-rates-1-3-6", experiment + 1).into(),
        run: format!("{:04}", run + 1).into(),
        machine: MachineId(machine),
        machines: 3,
        clock_rate: Some(6.0 / ratio),
        speed_ratio: Some(ratio),
        ratio_difference: Some(1.0 - 1.0 / ratio),
        span_s: Some(60.0),
        events: 360,
        internal: 200,
        sends: 80,
        receives: 80,
        utilisation: Some(0.2),
        max_queue: Some(queue + 1),
        end_queue: Some(if idle { 0 } else { queue }),
        end_queue_source: if machine == 2 { EndQueueSource::LastLogged } else { EndQueueSource::Recorded },
        final_clock: 400,
        clock_diff: Some(if idle { 0 } else { queue * 5 }),
        clock_drift: Some(1.0),
        jump_mean: Some(2.0),
        jump_p95: Some(5),
        jump_max: Some(9),
        wait_mean: Some(1.5),
        wait_p95: Some(2.5),
        wait_max: Some(3.0),
        wait_source: WaitSource::Logged,
        ticks: None,
        lost_ticks: None,
        late_ticks: None,
        late_share: None,
        achieved_rate: None,
        fidelity: None,
        lateness_p50_us: None,
        lateness_p99_us: None,
        lateness_max_us: None,
        messages_sent: Some(80),
        messages_received: 80,
        messages_queued: None,
    }
}

/// Names that could break an SVG or the page.
pub(super) fn hostile() -> Vec<String> {
    let names =
        ["<script>alert(1)</script>", "\"quotes\" & 'more' ]]>", "🦀 rust 🧪", "\u{0}\u{1}\n\u{202E}x", ""];
    names.into_iter().map(str::to_owned).chain(["W".repeat(200), "é漢字".repeat(70)]).collect()
}
