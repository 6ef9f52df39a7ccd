//! Judging an expectation by runs: met, not met, or too few runs to tell. Pure.

use super::expectation::{Expectation, Operator, Statistic};
use super::outcome::Outcome;
use crate::metrics::{MachineMetrics, Metric};
use crate::sample::{Sample, compared};
use crate::statistics::moments::Moments;
use crate::statistics::{ALPHA, Summary, interval, rank, share};

/// Fewer runs than this decide nothing.
pub const RUNS_LEAST: usize = 6;

/// How sure the interval of each expectation is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// How often an interval may miss.
    alpha: f64,
}

impl Level {
    /// Of so many expectations, that all intervals together are right in 95 % of
    /// repeats (Bonferroni).
    pub fn of_family(expectations: usize) -> Level {
        Level { alpha: ALPHA / expectations.max(1) as f64 }
    }

    /// Of an interval, in percent.
    pub fn percent(self) -> f64 {
        100.0 * (1.0 - self.alpha)
    }
}

/// An expectation, judged, and by which numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    pub outcome: Outcome,
    /// Runs, or pairs of runs, in which the quantity is known.
    pub n: usize,
    /// The statistic as the runs have it.
    pub value: Option<f64>,
    pub basis: Basis,
}

/// What a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// The interval of the statistic, at the level of the family: of a mean and of
    /// a difference by Student's t, of a share after Clopper and Pearson.
    Interval(f64, f64),
    /// How many of the runs lie on the wanted side.
    Count(usize),
    /// The runs themselves, and no others.
    Runs,
    Nothing,
}

/// Judges an expectation by the runs of its case, which has one setup or
/// several, and by those it is checked against.
///
/// What speaks of runs to come is decided by an interval that lies wholly on one
/// side. A quantile is held as the share that it stands for: `p95 <= 2` says
/// that at least 95 % of runs lie at or below 2. Smallest and largest speak of
/// the runs that were made.
pub fn judge(
    expectation: &Expectation,
    samples: &[&Sample],
    against: Option<&Sample>,
    level: Level,
) -> Finding {
    let Some(sample) = samples.first() else { return NOTHING };
    let quantity = &expectation.quantity;
    let values: Vec<f64> = match expectation.statistic {
        Statistic::Difference => {
            return against.map_or(NOTHING, |against| difference(expectation, against, sample, level));
        }
        Statistic::MachineShare(operator, value) => {
            let share = |rows: &[MachineMetrics]| machine_share(quantity.metric, operator, value, rows);
            sample.runs.iter().filter_map(|run| share(&run.rows)).collect()
        }
        Statistic::RankCorrelation(other) => correlations(quantity.metric, other, samples),
        _ => sample.values(quantity).flatten().collect(),
    };
    let Some(summary) = Summary::of(&values) else { return NOTHING };
    let judgement = Judgement { expectation, values: &values, level };
    match expectation.statistic {
        Statistic::Median => judgement.quantile(summary.median, 0.5),
        Statistic::P05 => judgement.quantile(summary.p05, 0.05),
        Statistic::P95 => judgement.quantile(summary.p95, 0.95),
        Statistic::Min => judgement.by_runs(summary.min),
        Statistic::Max => judgement.by_runs(summary.max),
        Statistic::Share(operator, value) => judgement.share(operator, value),
        _ => judgement.mean(),
    }
}

/// The share of a run's machines on this side of a number; `None` where it is
/// unknown of one.
fn machine_share(metric: &Metric, operator: Operator, value: f64, rows: &[MachineMetrics]) -> Option<f64> {
    let values = rows.iter().map(|row| metric.of(row)).collect::<Option<Vec<f64>>>()?;
    let count = values.iter().filter(|other| operator.holds(**other, value)).count();
    (!values.is_empty()).then(|| count as f64 / values.len() as f64)
}

/// Over all machines of the first run of each sample, of the second, and so on.
fn correlations(metric: &Metric, other: &Metric, samples: &[&Sample]) -> Vec<f64> {
    let repeats = samples.iter().map(|sample| sample.runs.len()).min().unwrap_or(0);
    let of_repeat = |at: usize| {
        let rows = samples.iter().filter_map(|sample| sample.runs.get(at)).flat_map(|run| &run.rows);
        let pairs = rows.map(|row| other.of(row).zip(metric.of(row))).collect::<Option<Vec<_>>>()?;
        rank::correlation(&pairs)
    };
    (0..repeats).filter_map(of_repeat).collect()
}

const NOTHING: Finding = Finding { outcome: Outcome::Undecided, n: 0, value: None, basis: Basis::Nothing };

/// The samples are paired where they share their seeds.
fn difference(expectation: &Expectation, against: &Sample, sample: &Sample, level: Level) -> Finding {
    let samples = compared(against, sample, &expectation.quantity);
    let Some(difference) = samples.difference() else { return NOTHING };
    // Where nothing varies the difference is known as it is.
    let interval = samples.interval_at(level.alpha);
    let interval = interval.map_or((difference, difference), |interval| (interval.low, interval.high));
    let n = samples.size();
    Finding {
        outcome: decided(expectation.operator, expectation.bound, interval, n),
        n,
        value: Some(difference),
        basis: Basis::Interval(interval.0, interval.1),
    }
}

/// Met or not met where the whole interval lies on one side.
fn decided(operator: Operator, bound: f64, (low, high): (f64, f64), n: usize) -> Outcome {
    match (operator.holds(low, bound), operator.holds(high, bound)) {
        _ if n < RUNS_LEAST => Outcome::Undecided,
        (true, true) => Outcome::Met,
        (false, false) => Outcome::NotMet,
        _ => Outcome::Undecided,
    }
}

/// An expectation and the values it is judged by, of which there is at least
/// one.
struct Judgement<'a> {
    expectation: &'a Expectation,
    values: &'a [f64],
    level: Level,
}

impl Judgement<'_> {
    fn count(&self, operator: Operator, value: f64) -> usize {
        self.values.iter().filter(|other| operator.holds(**other, value)).count()
    }

    fn share_interval(&self, count: usize) -> Option<(f64, f64)> {
        share::interval_at(count as u64, self.values.len() as u64, self.level.alpha)
    }

    fn share(&self, operator: Operator, value: f64) -> Finding {
        let count = self.count(operator, value);
        self.by_interval(count as f64 / self.values.len() as f64, self.share_interval(count))
    }

    fn mean(&self) -> Finding {
        let Some(moments) = Moments::of(self.values) else { return NOTHING };
        match interval::of_mean_at(&moments, self.level.alpha) {
            Some(interval) => self.by_interval(moments.mean, Some((interval.low, interval.high))),
            // Equal values have no interval, and speak for the runs that were made.
            None if moments.n > 1 => self.by_runs(moments.mean),
            None => self.by_interval(moments.mean, None),
        }
    }

    fn by_interval(&self, value: f64, interval: Option<(f64, f64)>) -> Finding {
        let Expectation { operator, bound, .. } = *self.expectation;
        let n = self.values.len();
        let outcome = interval.map_or(Outcome::Undecided, |interval| decided(operator, bound, interval, n));
        let basis = interval.map_or(Basis::Nothing, |(low, high)| Basis::Interval(low, high));
        Finding { outcome, n, value: Some(value), basis }
    }

    /// The quantile at `level` lies on the wanted side if that side holds at
    /// least `level` of the runs, or from above 1 − `level`.
    fn quantile(&self, value: f64, level: f64) -> Finding {
        let Expectation { operator, bound, .. } = *self.expectation;
        let n = self.values.len();
        let count = self.count(operator, bound);
        let wanted = if operator.is_upward() { 1.0 - level } else { level };
        let outcome = self
            .share_interval(count)
            .map_or(Outcome::Undecided, |interval| decided(Operator::AtLeast, wanted, interval, n));
        Finding { outcome, n, value: Some(value), basis: Basis::Count(count) }
    }

    fn by_runs(&self, value: f64) -> Finding {
        let Expectation { operator, bound, .. } = *self.expectation;
        let n = self.values.len();
        let outcome = match operator.holds(value, bound) {
            _ if n < RUNS_LEAST => Outcome::Undecided,
            true => Outcome::Met,
            false => Outcome::NotMet,
        };
        Finding { outcome, n, value: Some(value), basis: Basis::Runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{MachineMetrics, tests::row};
    use crate::sample::SampledRun;

    const ALONE: Level = Level { alpha: ALPHA };

    /// Runs with these end queues of machine 1; seeds from 1 on.
    fn sample(queues: impl IntoIterator<Item = u64>) -> Sample {
        let run = |(at, end_queue): (usize, u64)| SampledRun {
            seed: Some(at as u64 + 1),
            rows: vec![MachineMetrics { end_queue: Some(end_queue), ..row(1) }, row(2)],
        };
        Sample { runs: queues.into_iter().enumerate().map(run).collect(), ..Sample::default() }
    }

    fn outcome(expectation: &str, sample: &Sample) -> Outcome {
        judge(&expectation.parse().unwrap(), &[sample], None, ALONE).outcome
    }

    #[test]
    fn means_shares_and_quantiles_are_decided_by_intervals() {
        // 1 in 20 is 10, the others 0 to 4: the mean is 2.4, the share of 10 is 5 %.
        let many = sample((0..400).map(|at| if at % 20 == 0 { 10 } else { at % 5 }));
        for (expectation, wanted) in [
            ("m1.end_queue mean > 2", Outcome::Met),
            ("m1.end_queue mean < 2", Outcome::NotMet),
            ("m1.end_queue mean > 2.4", Outcome::Undecided),
            ("m1.end_queue share(<= 4) >= 90%", Outcome::Met),
            ("m1.end_queue share(<= 4) >= 99%", Outcome::NotMet),
            ("m1.end_queue share(== 10) <= 5%", Outcome::Undecided),
            ("m1.end_queue median <= 3", Outcome::Met),
            ("m1.end_queue median > 3", Outcome::NotMet),
            ("m1.end_queue p05 <= 0", Outcome::Met),
            ("m1.end_queue p95 <= 4", Outcome::Undecided),
            ("m1.end_queue p95 > 3", Outcome::Met),
            ("m1.end_queue p95 < 3", Outcome::NotMet),
            ("m1.end_queue min >= 0", Outcome::Met),
            ("m1.end_queue max < 10", Outcome::NotMet),
            ("m1.fidelity mean < 2", Outcome::Met),
            ("m1.jump_max mean < 2", Outcome::Undecided),
        ] {
            assert_eq!(outcome(expectation, &many), wanted, "{expectation}");
        }
    }

    #[test]
    fn few_runs_decide_nothing() {
        for runs in 0..RUNS_LEAST {
            let few = sample(vec![0; runs]);
            for expectation in [
                "end_queue mean < 9",
                "end_queue max < 9",
                "end_queue median < 9",
                "end_queue share(< 9) > 1%",
            ] {
                assert_eq!(outcome(expectation, &few), Outcome::Undecided, "{expectation}, {runs}");
            }
        }
        assert_eq!(outcome("end_queue p95 <= 0", &sample(vec![0; 30])), Outcome::Undecided, "30 are too few");
        assert_eq!(outcome("end_queue p95 <= 0", &sample(vec![0; 100])), Outcome::Met);
    }

    #[test]
    fn differences_are_paired_by_seed() {
        let difference: Expectation = "m1.end_queue difference > 0".parse().unwrap();
        let queues = || (0..20u64).map(|at| at * at % 37 * 10);
        let against = sample(queues());
        let judged = |sample: &Sample| judge(&difference, &[sample], Some(&against), ALONE);
        let more = judged(&sample(queues().enumerate().map(|(at, queue)| queue + 1 + at as u64 % 2)));
        assert_eq!((more.outcome, more.n, more.value), (Outcome::Met, 20, Some(1.5)));
        assert_eq!(judged(&sample(queues().map(|queue| queue + 1))).outcome, Outcome::Met);
        assert_eq!(judged(&against).outcome, Outcome::NotMet, "nothing differs, and nothing varies");
        let to_and_fro = sample(queues().enumerate().map(|(at, queue)| queue + at as u64 % 2 * 2 + 10));
        let ten: Expectation = "m1.end_queue difference > 11".parse().unwrap();
        assert_eq!(judge(&ten, &[&to_and_fro], Some(&against), ALONE).outcome, Outcome::Undecided);
        assert_eq!(judge(&difference, &[&against], None, ALONE).outcome, Outcome::Undecided);
        assert_eq!(judged(&sample(queues().take(3))).outcome, Outcome::Undecided);
    }

    #[test]
    fn of_many_expectations_each_needs_a_wider_margin() {
        let many = sample((0..400).map(|at| if at % 20 == 0 { 10 } else { at % 5 }));
        let expectation: Expectation = "m1.end_queue mean > 2.2".parse().unwrap();
        let of =
            |expectations: usize| judge(&expectation, &[&many], None, Level::of_family(expectations)).outcome;
        assert_eq!((of(1), of(100)), (Outcome::Met, Outcome::Undecided));
        assert!((Level::of_family(100).percent() - 99.95).abs() < 1e-9);
        assert_eq!(Level::of_family(0), Level::of_family(1));
    }

    #[test]
    fn machines_are_counted_run_by_run() {
        // Machine 2 is always at 0, machine 1 in every fourth run.
        let some = sample((0..200).map(|at| at % 4));
        let expectation: Expectation = "end_queue machine_share(== 0) > 50%".parse().unwrap();
        let found = judge(&expectation, &[&some], None, ALONE);
        assert_eq!((found.outcome, found.n), (Outcome::Met, 200));
        assert!((found.value.unwrap() - 0.625).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn what_rises_over_the_machines_of_all_setups_is_correlated() {
        // In each setup machine 1 has the longer queue, and the higher clock.
        let setup = |queue: u64, clock: u64| {
            let mut sample = sample((0..20).map(|at| queue + at % 2));
            for run in &mut sample.runs {
                run.rows[0].final_clock = clock;
                run.rows[1].final_clock = clock - 5;
            }
            sample
        };
        let (one, two) = (setup(5, 100), setup(9, 200));
        let rising: Expectation = "end_queue rank_correlation(final_clock) > 0.5".parse().unwrap();
        let found = judge(&rising, &[&one, &two], None, ALONE);
        // Ranks 3, 1.5, 4, 1.5 and 2, 1, 4, 3 in every repeat.
        assert!((found.value.unwrap() - 0.632_455_5).abs() < 1e-6, "{found:?}");
        assert_eq!((found.outcome, found.n), (Outcome::Met, 20));
        assert_eq!(judge(&rising, &[], None, ALONE).outcome, Outcome::Undecided);
    }
}
