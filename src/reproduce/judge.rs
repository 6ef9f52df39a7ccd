//! Judging an expectation by runs: met, not met, or too few runs to tell. Pure.

use super::expectation::{Expectation, Operator, Statistic};
use crate::metrics::Quantity;
use crate::sample::{Sample, contrast};
use crate::statistics::{Summary, share};

/// Fewer runs than this decide nothing.
pub const RUNS_LEAST: usize = 6;

/// What runs say of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Met,
    NotMet,
    /// Too few runs.
    Undecided,
}

impl Outcome {
    /// Of several expectations that are to be met together.
    pub fn of_all(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
        let mut all = Outcome::Met;
        for outcome in outcomes {
            all = match (all, outcome) {
                (Outcome::NotMet, _) | (_, Outcome::NotMet) => Outcome::NotMet,
                (Outcome::Undecided, _) | (_, Outcome::Undecided) => Outcome::Undecided,
                (Outcome::Met, Outcome::Met) => Outcome::Met,
            };
        }
        all
    }

    pub fn word(self) -> &'static str {
        match self {
            Outcome::Met => "yes",
            Outcome::NotMet => "no",
            Outcome::Undecided => "undecided",
        }
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
    /// The 95 % interval of the statistic: of a mean and of a difference by
    /// Student's t, of a share after Clopper and Pearson.
    Interval(f64, f64),
    /// How many of the runs lie on the wanted side.
    Count(usize),
    /// The runs themselves, and no others.
    Runs,
    Nothing,
}

/// Judges an expectation by the runs of its case, and by those it is held
/// against.
///
/// What speaks of runs to come is decided by a 95 % interval that lies wholly
/// on one side. A quantile is held as the share that it stands for: `p95 <= 2`
/// says that at least 95 % of runs lie at or below 2. Smallest and largest
/// speak of the runs that were made.
pub fn judge(expectation: &Expectation, sample: &Sample, against: Option<&Sample>) -> Finding {
    let quantity = &expectation.quantity;
    if expectation.statistic == Statistic::Difference {
        return against.map_or(NOTHING, |against| difference(expectation, against, sample));
    }
    let values: Vec<f64> = sample.values(quantity).flatten().collect();
    let Some(summary) = Summary::of(&values) else { return NOTHING };
    let judgement = Judgement { expectation, values: &values };
    match expectation.statistic {
        // Equal values have no interval, and speak for the runs that were made.
        Statistic::Mean if summary.is_all_equal() => judgement.by_runs(summary.mean),
        Statistic::Mean => {
            let interval = summary.mean_interval.map(|interval| (interval.low, interval.high));
            judgement.by_interval(summary.mean, interval)
        }
        Statistic::Median => judgement.quantile(summary.median, 0.5),
        Statistic::P05 => judgement.quantile(summary.p05, 0.05),
        Statistic::P95 => judgement.quantile(summary.p95, 0.95),
        Statistic::Min => judgement.by_runs(summary.min),
        Statistic::Max => judgement.by_runs(summary.max),
        Statistic::Share(operator, value) => {
            let count = judgement.count(operator, value);
            let share = count as f64 / values.len() as f64;
            judgement.by_interval(share, share::interval(count as u64, values.len() as u64))
        }
        Statistic::Difference => NOTHING,
    }
}

const NOTHING: Finding = Finding { outcome: Outcome::Undecided, n: 0, value: None, basis: Basis::Nothing };

/// The samples are paired where they share their seeds.
fn difference(expectation: &Expectation, against: &Sample, sample: &Sample) -> Finding {
    let quantity: Quantity = expectation.quantity;
    let found = contrast(against, sample, &[quantity]);
    let Some(row) = found.rows.first() else { return NOTHING };
    let Some(difference) = row.comparison.difference else { return NOTHING };
    // Where nothing varies the difference is known as it is.
    let interval =
        row.comparison.interval.map_or((difference, difference), |interval| (interval.low, interval.high));
    let n = row.a.n.min(row.b.n) as usize;
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
}

impl Judgement<'_> {
    fn count(&self, operator: Operator, value: f64) -> usize {
        self.values.iter().filter(|other| operator.holds(**other, value)).count()
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
        let outcome = share::interval(count as u64, n as u64)
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

    /// Runs with these end queues of machine 1; seeds from 1 on.
    fn sample(queues: impl IntoIterator<Item = u64>) -> Sample {
        let run = |(at, end_queue): (usize, u64)| SampledRun {
            seed: Some(at as u64 + 1),
            rows: vec![MachineMetrics { end_queue: Some(end_queue), ..row(1) }, row(2)],
        };
        Sample { runs: queues.into_iter().enumerate().map(run).collect(), ..Sample::default() }
    }

    fn outcome(expectation: &str, sample: &Sample) -> Outcome {
        judge(&expectation.parse().unwrap(), sample, None).outcome
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
        let judged = |sample: &Sample| judge(&difference, sample, Some(&against));
        let more = judged(&sample(queues().enumerate().map(|(at, queue)| queue + 1 + at as u64 % 2)));
        assert_eq!((more.outcome, more.n, more.value), (Outcome::Met, 20, Some(1.5)));
        assert_eq!(judged(&sample(queues().map(|queue| queue + 1))).outcome, Outcome::Met);
        assert_eq!(judged(&against).outcome, Outcome::NotMet, "nothing differs, and nothing varies");
        let to_and_fro = sample(queues().enumerate().map(|(at, queue)| queue + at as u64 % 2 * 2 + 10));
        let ten: Expectation = "m1.end_queue difference > 11".parse().unwrap();
        assert_eq!(judge(&ten, &to_and_fro, Some(&against)).outcome, Outcome::Undecided);
        assert_eq!(judge(&difference, &against, None).outcome, Outcome::Undecided);
        assert_eq!(judged(&sample(queues().take(3))).outcome, Outcome::Undecided);
    }

    #[test]
    fn together_they_are_met_only_if_each_is() {
        use Outcome::{Met, NotMet, Undecided};
        for (outcomes, all) in [
            (&[Met, Met][..], Met),
            (&[Met, Undecided], Undecided),
            (&[Undecided, NotMet, Met], NotMet),
            (&[], Met),
        ] {
            assert_eq!(Outcome::of_all(outcomes.iter().copied()), all);
        }
    }
}
