//! What a run of a spec is expected to come to: learned from simulated runs of
//! the same spec with seeds of their own. Pure.

use std::ops::Range;

use statrs::distribution::{ContinuousCDF, Normal};

use crate::engine::StopSwitch;
use crate::metrics::{EXPECTED_METRICS, MachineMetrics, Metric};
use crate::model::event::{Action, Event, MachineId};
use crate::model::time::LabTime;
use crate::plan::Run;
use crate::plan::budget::{OverBudget, affordable_runs};
use crate::predict::simulated::simulate_seen;
use crate::spec::Spec;
use crate::statistics::moments::Moments;

/// Runs simulated to learn what to expect. A sound run lies beyond all of so
/// many, on either side, with probability 2 ÷ 701: as far out as 3 standard
/// deviations of a normal law.
pub const RUNS: u32 = 700;
/// Fewer tell nothing.
pub const RUNS_LEAST: u32 = 50;
/// Their first seed: far from those that people choose, and the same always.
const FIRST_SEED: u64 = 0x6c61_6263_746c_0000;
/// Points of a course over time.
const POINTS: usize = 60;

/// There is no expectation of a run.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoExpectation {
    #[error("machine {machine} was written by someone else, and is not simulated")]
    Foreign { machine: MachineId },
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
    #[error("it was stopped")]
    Stopped,
}

/// What simulated runs of a spec came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    runs: u32,
    /// Machine 1 first.
    machines: Vec<MachineExpected>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct MachineExpected {
    /// Sorted, a value a run that has one, in the order of [`EXPECTED_METRICS`].
    values: [Vec<f64>; EXPECTED_METRICS.len()],
    /// The mean queue that a tick met, before its pop, a value a run.
    met: Vec<f64>,
    course: Course,
}

/// A machine over time, on average over the simulated runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Lab time in seconds.
    pub times_s: Vec<f64>,
    /// Messages, as last logged.
    pub queue: Vec<f64>,
    pub clock: Vec<f64>,
    /// The largest clock of the run − its own.
    pub behind: Vec<f64>,
    /// Seconds that the message waited which it read last; 0 before the first.
    pub wait: Vec<f64>,
}

impl Expected {
    /// Simulates as many runs as wanted, or fewer where they are long: all of
    /// them together have at most `events_max` events.
    ///
    /// # Errors
    ///
    /// There is none, and why.
    pub fn of(run: &Run, wanted: u32, events_max: f64, stop: &StopSwitch) -> Result<Expected, NoExpectation> {
        if let Some(machine) = run.machines().find(|machine| run.is_foreign(*machine)) {
            return Err(NoExpectation::Foreign { machine });
        }
        let runs = affordable_runs(&run.spec, wanted, RUNS_LEAST, events_max)?;
        let mut expected = Expected::of_seeds(&run.spec, FIRST_SEED..FIRST_SEED + u64::from(runs), stop)?;
        expected.finish(runs);
        Ok(expected)
    }

    fn of_seeds(spec: &Spec, seeds: Range<u64>, stop: &StopSwitch) -> Result<Expected, NoExpectation> {
        let machines = vec![MachineExpected::default(); spec.machines.len()];
        let mut expected = Expected { runs: 0, machines };
        for seed in seeds {
            let run = Run::single(Spec { seed, ..spec.clone() }, String::new());
            let mut seen = Seen::new(&run);
            let rows = simulate_seen(&run, stop, |machine, time, event| seen.see(machine, time, event));
            if stop.reason().is_some() {
                return Err(NoExpectation::Stopped);
            }
            seen.pass(usize::MAX);
            expected.add(&rows, &seen);
        }
        Ok(expected)
    }

    fn add(&mut self, rows: &[MachineMetrics], seen: &Seen) {
        for (at, (machine, row)) in self.machines.iter_mut().zip(rows).enumerate() {
            for (values, metric) in machine.values.iter_mut().zip(&EXPECTED_METRICS) {
                values.extend(metric.of(row));
            }
            let ticks = row.ticks.filter(|ticks| *ticks > 0);
            machine.met.extend(ticks.map(|ticks| seen.met[at] as f64 / ticks as f64));
            machine.course.add(&seen.times, &seen.courses[at]);
        }
    }

    /// Sorts the values, and makes means of sums.
    fn finish(&mut self, runs: u32) {
        self.runs = runs;
        for machine in &mut self.machines {
            machine.values.iter_mut().for_each(|values| values.sort_by(f64::total_cmp));
            let Course { queue, clock, behind, wait, .. } = &mut machine.course;
            for sum in [queue, clock, behind, wait].into_iter().flatten() {
                *sum /= f64::from(runs.max(1));
            }
        }
    }

    /// How many runs were simulated.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// Mean and standard deviation of a machine's metric over the runs; `None` where
    /// it is none of the [`EXPECTED_METRICS`] or no run knows it.
    pub fn moments(&self, machine: MachineId, metric: Metric) -> Option<Moments> {
        Moments::of(self.values(machine, metric))
    }

    /// The same of the mean queue that a tick meets, before its pop.
    pub fn queue_met(&self, machine: MachineId) -> Option<Moments> {
        Moments::of(&self.machines.get(machine.index())?.met)
    }

    /// A machine over time.
    pub fn course(&self, machine: MachineId) -> Option<&Course> {
        Some(&self.machines.get(machine.index())?.course)
    }

    fn values(&self, machine: MachineId, metric: Metric) -> &[f64] {
        let place = EXPECTED_METRICS.iter().position(|expected| *expected == metric);
        let machine = self.machines.get(machine.index());
        machine.zip(place).map_or(&[], |(machine, place)| &machine.values[place])
    }

    /// The normal score of one run's value: the standard normal quantile at its
    /// mid-rank among the simulated runs (Blom, 1958, with ties split). So it
    /// means the same whatever the law of the metric, be it skewed or of few
    /// values.
    pub fn score(&self, machine: MachineId, metric: Metric, value: f64) -> Option<f64> {
        let values = self.values(machine, metric);
        if values.is_empty() || value.is_nan() {
            return None;
        }
        let below = values.partition_point(|other| *other < value) as f64;
        let not_above = values.partition_point(|other| *other <= value) as f64;
        let rank = (below + not_above) / 2.0 + 0.5;
        Some(Normal::standard().inverse_cdf(rank / (values.len() as f64 + 1.0)))
    }

    /// The same, but for a value beyond all simulated runs no less than its
    /// distance from their mean in standard deviations: ranks cannot tell how
    /// far out it lies.
    pub fn residual(&self, machine: MachineId, metric: Metric, value: f64) -> Option<f64> {
        let score = self.score(machine, metric, value)?;
        let values = self.values(machine, metric);
        if values[0] <= value && value <= values[values.len() - 1] {
            return Some(score);
        }
        let Moments { mean, sd, .. } = self.moments(machine, metric)?;
        let distance = (value - mean) / sd;
        let is_further = distance.is_finite() && distance.abs() > score.abs();
        Some(if is_further { distance } else { score })
    }
}

impl Course {
    fn add(&mut self, times: &[LabTime], of: &Course) {
        if self.times_s.is_empty() {
            self.times_s = times.iter().map(|time| time.as_secs_f64()).collect();
            let Course { queue, clock, behind, wait, .. } = of.clone();
            (self.queue, self.clock, self.behind, self.wait) = (queue, clock, behind, wait);
            return;
        }
        for (sums, values) in [
            (&mut self.queue, &of.queue),
            (&mut self.clock, &of.clock),
            (&mut self.behind, &of.behind),
            (&mut self.wait, &of.wait),
        ] {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }
}

/// What is seen of one simulated run while it goes on.
struct Seen {
    times: Vec<LabTime>,
    courses: Vec<Course>,
    clocks: Vec<u64>,
    queues: Vec<u64>,
    waits: Vec<f64>,
    /// Sums, over ticks, of the queue that each met.
    met: Vec<u64>,
    next: usize,
}

impl Seen {
    fn new(run: &Run) -> Seen {
        let machines = run.spec.machines.len();
        let step = run.spec.duration.0 / POINTS as u64;
        Seen {
            times: (0..=POINTS as u64).map(|nth| LabTime(nth * step)).collect(),
            courses: vec![Course::default(); machines],
            clocks: vec![0; machines],
            queues: vec![0; machines],
            waits: vec![0.0; machines],
            met: vec![0; machines],
            next: 0,
        }
    }

    fn see(&mut self, machine: MachineId, time: LabTime, event: &Event) {
        let passed = self.times[self.next..].partition_point(|point| *point < time);
        self.pass(passed);
        let at = machine.index();
        self.clocks[at] = event.clock;
        if let Action::Receive { queue_length, message } = event.action {
            self.waits[at] = time.as_secs_f64() - message.arrived.as_secs_f64();
            self.queues[at] = queue_length;
            self.met[at] += queue_length + 1;
        }
    }

    /// Notes how things stand at so many of the next points in time.
    fn pass(&mut self, points: usize) {
        let leader = self.clocks.iter().max().copied().unwrap_or_default();
        for _ in 0..points.min(self.times.len() - self.next) {
            self.next += 1;
            for (at, course) in self.courses.iter_mut().enumerate() {
                course.queue.push(self.queues[at] as f64);
                course.clock.push(self.clocks[at] as f64);
                course.behind.push((leader - self.clocks[at]) as f64);
                course.wait.push(self.waits[at]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue;
    use crate::model::random::Decisions;
    use crate::spec::parse;

    /// A system of 2 to 10 machines, as its number decides.
    fn system(number: u64) -> Run {
        let mut draws = Decisions::new(number, MachineId(1));
        let mut between = |low: f64, high: f64| low + (high - low) * draws.next_unit();
        let machines = between(2.0, 10.999) as u32;
        let duration = between(20.0, 120.0);
        let internal_prob = between(0.1, 0.9);
        let broadcast = ["one-event", "per-recipient"][between(0.0, 1.999) as usize];
        let place = ["link", "sender"][between(0.0, 1.999) as usize];
        let delay = ["none", "uniform:50ms..400ms", "exponential:200ms"][between(0.0, 2.999) as usize];
        let rates: String =
            (0..machines).map(|_| format!("[[machine]]\nclock_rate = {:.2}\n", between(0.5, 8.0))).collect();
        let text = format!(
            "name = \"t\"\nduration = \"{duration:.0}s\"\ninternal_prob = {internal_prob:.2}\nbroadcast = \"{broadcast}\"\n\
             [network]\ndelay = \"{delay}\"\nwhere = \"{place}\"\n{rates}"
        );
        Run::single(parse("t", &text, &[]).unwrap(), "t".to_owned())
    }

    /// How many figures were looked at, and how far off they lie.
    #[derive(Debug, Default)]
    struct Tally {
        means: u64,
        /// More than 3 standard errors of the difference.
        means_off: u64,
        furthest_se: f64,
        residuals: u64,
        /// More than 3.
        residuals_off: u64,
    }

    impl Tally {
        /// Checks expectations against so many other runs of each system.
        fn of(systems: Range<u64>, others: u64) -> Tally {
            let mut tally = Tally::default();
            let stop = StopSwitch::default();
            for number in systems {
                let run = system(number);
                let expected = Expected::of(&run, RUNS, f64::INFINITY, &stop).unwrap();
                let mut held = Expected::of_seeds(&run.spec, 1..others + 1, &stop).unwrap();
                held.finish(others as u32);
                for machine in run.machines() {
                    EXPECTED_METRICS.iter().for_each(|metric| tally.add(&expected, &held, machine, *metric));
                }
            }
            tally
        }

        fn add(&mut self, expected: &Expected, held: &Expected, machine: MachineId, metric: Metric) {
            let of = |from: &Expected| from.moments(machine, metric);
            let (Some(a), Some(b)) = (of(expected), of(held)) else { return };
            self.means += 1;
            let off = (a.mean - b.mean).abs() / a.standard_error().hypot(b.standard_error());
            // Where nothing varies both are the same number.
            let off = if a.mean == b.mean { 0.0 } else { off };
            self.means_off += u64::from(off > 3.0);
            self.furthest_se = self.furthest_se.max(off);
            for value in held.values(machine, metric) {
                self.residuals += 1;
                let residual = expected.residual(machine, metric, *value).unwrap();
                self.residuals_off += u64::from(residual.abs() > 3.0);
            }
        }

        fn assert_as_chance_has_it(&self) {
            dbg!(self);
            // 0.27 % of sound means lie beyond 3 standard errors.
            assert!(self.means_off as f64 <= 1.0 + 0.01 * self.means as f64, "{self:?}");
            assert!(self.furthest_se < 5.0, "{self:?}");
            let share = self.residuals_off as f64 / self.residuals as f64;
            assert!(share <= 0.006, "{self:?}");
        }
    }

    #[test]
    fn expectations_are_what_other_runs_come_to() {
        Tally::of(0..3, 200).assert_as_chance_has_it();
    }

    #[test]
    #[ignore = "minutes: all sixty systems against 5,000 other runs of each"]
    fn expectations_of_sixty_systems_are_what_other_runs_come_to() {
        Tally::of(0..60, 5_000).assert_as_chance_has_it();
    }

    #[test]
    fn expectations_are_as_simulated_elsewhere_and_the_same_each_time() {
        let rates = [1, 3, 6].map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).concat();
        let run = Run::single(
            parse("t", &format!("name = \"t\"\nduration = \"60s\"\n{rates}"), &[]).unwrap(),
            "t".to_owned(),
        );
        let stop = StopSwitch::default();
        let expected = Expected::of(&run, RUNS, 50e6, &stop).unwrap();
        // 31.1 ± 8.1 messages and a clock of 236 ± 24 over 400 seeds elsewhere.
        let of = |metric| expected.moments(MachineId(1), metric).unwrap();
        let (queue, clock) = (of(catalogue::END_QUEUE), of(catalogue::FINAL_CLOCK));
        assert!((queue.mean - 31.1).abs() < 2.0 && (queue.sd / 8.1 - 1.0).abs() < 0.15, "{queue:?}");
        assert!((clock.mean - 236.0).abs() < 6.0 && (clock.sd / 24.0 - 1.0).abs() < 0.15, "{clock:?}");
        let course = expected.course(MachineId(1)).unwrap();
        assert_eq!((course.times_s[0], course.clock[0], course.times_s[POINTS]), (0.0, 0.0, 60.0));
        assert!((course.clock[POINTS] - clock.mean).abs() < 1e-6, "no event comes after the end");
        assert!((course.clock[POINTS / 2] / clock.mean - 0.5).abs() < 0.05);
        assert!(expected.queue_met(MachineId(1)).unwrap().mean > 10.0);
        let fewer = Expected::of(&run, RUNS, 60_000.0, &stop).unwrap();
        assert!((RUNS_LEAST..RUNS).contains(&fewer.runs()));
        assert_eq!(fewer, Expected::of(&run, RUNS, 60_000.0, &stop).unwrap());
        assert!(matches!(Expected::of(&run, RUNS, 1e3, &stop), Err(NoExpectation::OverBudget(_))));
        stop.interrupt();
        assert_eq!(Expected::of(&run, RUNS, 60_000.0, &stop), Err(NoExpectation::Stopped));
    }

    #[test]
    fn a_score_is_a_normal_quantile_by_rank_and_grows_beyond_the_ranks() {
        let values: Vec<f64> = (0..700).map(|at| f64::from(u8::from(at >= 693))).collect();
        let machine =
            MachineExpected { values: std::array::from_fn(|_| values.clone()), ..Default::default() };
        let expected = Expected { runs: 700, machines: vec![machine] };
        let residual = |value| expected.residual(MachineId(1), catalogue::END_QUEUE, value).unwrap();
        assert!(residual(0.0).abs() < 0.02, "most runs: {}", residual(0.0));
        // One run in a hundred, which its distance of 10 sd would call a wonder.
        assert!((residual(1.0) - 2.53).abs() < 0.02, "{}", residual(1.0));
        assert!(residual(3.0) > 20.0);
        assert_eq!(
            expected.score(MachineId(1), catalogue::END_QUEUE, 3.0),
            expected.score(MachineId(1), catalogue::END_QUEUE, 9.0)
        );
        assert_eq!(expected.residual(MachineId(2), catalogue::END_QUEUE, 3.0), None);
        let equal =
            MachineExpected { values: std::array::from_fn(|_| vec![60.0; 700]), ..Default::default() };
        let equal = Expected { runs: 700, machines: vec![equal] };
        let residual = |value| equal.residual(MachineId(1), catalogue::FINAL_CLOCK, value).unwrap();
        assert!(residual(60.0).abs() < 1e-9 && residual(61.0) > 3.0 && residual(61.0).is_finite());
    }
}
