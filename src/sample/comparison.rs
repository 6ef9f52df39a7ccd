//! Two samples compared with each other, quantity by quantity.

use std::collections::BTreeMap;

use super::Sample;
use crate::metrics::{METRICS, Quantity};
use crate::statistics::{Comparison, Samples, Summary, Verdict, compare};

/// What two samples, A and B, show side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleComparison {
    pub pairing: Pairing,
    pub rows: Vec<ComparisonRow>,
    /// Quantities that no run of A, or none of B, knows.
    pub unknown: Vec<Quantity>,
}

/// One quantity of both samples.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonRow {
    pub quantity: Quantity,
    pub a: Summary,
    pub b: Summary,
    pub comparison: Comparison,
}

impl SampleComparison {
    /// How many p-values were corrected together: what cannot be tested has none.
    pub fn tested(&self) -> usize {
        self.rows.iter().filter(|row| row.comparison.p.is_some()).count()
    }

    /// Whether there are too few runs to tell anything. What is the same
    /// throughout decides nothing, unless there is nothing else.
    pub fn is_undecided(&self) -> bool {
        let mut open = self.rows.iter().filter(|row| !row.is_same()).peekable();
        open.peek().is_some() && open.all(|row| row.comparison.verdict == Verdict::TooFewRuns)
    }
}

impl ComparisonRow {
    /// Whether no run of A differs from its counterpart in B.
    pub fn is_same(&self) -> bool {
        self.comparison.p.is_none() && self.comparison.verdict == Verdict::NoDifferenceSeen
    }
}

/// Which run of A goes with which of B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Pairs of places in A and in B, by their seed; a seed that only one of
    /// the samples has is left out.
    BySeed { pairs: Vec<(usize, usize)>, left_out: usize },
    /// Without pairs, for this reason.
    Independent(Unpaired),
}

/// Why runs are not compared in pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpaired {
    /// Of foreign logs.
    SeedsUnknown,
    /// Two runs of one sample have the same seed.
    SeedsRepeated,
    /// The runs share no seeds, or not enough.
    SeedsDiffer,
    /// One run has a partner, and there is no other.
    OnePair,
}

impl Pairing {
    /// Runs are paired if those of the smaller sample all have a partner.
    pub fn of(a: &Sample, b: &Sample) -> Pairing {
        const PAIRS_LEAST: usize = 2;
        let (seeds_a, seeds_b) = match (seeds(a), seeds(b)) {
            (Ok(seeds_a), Ok(seeds_b)) => (seeds_a, seeds_b),
            (Err(why), _) | (_, Err(why)) => return Pairing::Independent(why),
        };
        let partner = |(seed, in_a): (&u64, &usize)| seeds_b.get(seed).map(|in_b| (*in_a, *in_b));
        let pairs: Vec<(usize, usize)> = seeds_a.iter().filter_map(partner).collect();
        let (fewer, more) = (seeds_a.len().min(seeds_b.len()), seeds_a.len().max(seeds_b.len()));
        if pairs.len() < fewer {
            return Pairing::Independent(Unpaired::SeedsDiffer);
        }
        if pairs.len() < PAIRS_LEAST {
            return Pairing::Independent(Unpaired::OnePair);
        }
        Pairing::BySeed { left_out: more - pairs.len(), pairs }
    }
}

/// The place of each seed, where all are known and none is there twice.
fn seeds(sample: &Sample) -> Result<BTreeMap<u64, usize>, Unpaired> {
    let places = sample.runs.iter().enumerate();
    let seeds = places.map(|(at, run)| Some((run.seed?, at))).collect::<Option<BTreeMap<_, _>>>();
    let seeds = seeds.ok_or(Unpaired::SeedsUnknown)?;
    if seeds.len() == sample.runs.len() { Ok(seeds) } else { Err(Unpaired::SeedsRepeated) }
}

/// Every metric of every machine; of the runs as a whole where they differ in
/// their machines.
pub fn common_quantities(a: &Sample, b: &Sample) -> Vec<Quantity> {
    let machines = a.machines().filter(|machines| b.machines().as_ref() == Some(machines));
    let owners = match machines {
        Some(machines) => machines.into_iter().map(Some).collect(),
        None => vec![None],
    };
    owners
        .into_iter()
        .flat_map(|machine| METRICS.iter().map(move |metric| Quantity { metric, machine }))
        .collect()
}

/// Compares `quantities`, all of them as one family.
pub fn compare_samples(a: &Sample, b: &Sample, quantities: &[Quantity]) -> SampleComparison {
    let pairing = Pairing::of(a, b);
    let (mut known, mut samples, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for quantity in quantities {
        let (of_a, of_b, both) = values(a, b, &pairing, quantity);
        match quantity.metric.summary(&of_a).zip(quantity.metric.summary(&of_b)) {
            Some((of_a, of_b)) => {
                known.push((*quantity, of_a, of_b));
                samples.push(both);
            }
            None => unknown.push(*quantity),
        }
    }
    let row = |((quantity, a, b), comparison)| ComparisonRow { quantity, a, b, comparison };
    let rows = known.into_iter().zip(compare(&samples)).map(row).collect();
    SampleComparison { pairing, rows, unknown }
}

/// A quantity's known values in A and in B, as they are compared: in pairs that
/// share their seeds, where there are such.
pub fn compared(a: &Sample, b: &Sample, quantity: &Quantity) -> Samples {
    values(a, b, &Pairing::of(a, b), quantity).2
}

/// A quantity's known values in A and in B, apart and as they are compared.
fn values(a: &Sample, b: &Sample, pairing: &Pairing, quantity: &Quantity) -> (Vec<f64>, Vec<f64>, Samples) {
    match pairing {
        Pairing::BySeed { pairs, .. } => {
            let value = |sample: &Sample, at: usize| quantity.of(&sample.runs.get(at)?.rows);
            let pair = |(in_a, in_b): &(usize, usize)| value(a, *in_a).zip(value(b, *in_b));
            let pairs: Vec<(f64, f64)> = pairs.iter().filter_map(pair).collect();
            let (of_a, of_b) = pairs.iter().copied().unzip();
            (of_a, of_b, Samples::Paired(pairs))
        }
        Pairing::Independent(_) => {
            let (of_a, of_b): (Vec<f64>, Vec<f64>) =
                (a.values(quantity).flatten().collect(), b.values(quantity).flatten().collect());
            (of_a.clone(), of_b.clone(), Samples::Independent { a: of_a, b: of_b })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SampledRun;
    use super::*;
    use crate::metrics::{MachineMetrics, tests::row};
    use crate::statistics::Verdict;

    /// Runs of two machines; the second ends with the seed's own queue + `more`.
    fn sample(seeds: &[u64], more: u64) -> Sample {
        let run = |seed: &u64| {
            let second = MachineMetrics { end_queue: Some(seed * seed % 17 * 5 + more), ..row(2) };
            SampledRun { seed: Some(*seed), rows: vec![row(1), second] }
        };
        Sample { runs: seeds.iter().map(run).collect(), ..Sample::default() }
    }

    #[test]
    fn runs_are_paired_where_all_of_one_sample_have_a_partner() {
        let pairs = |a: &[u64], b: &[u64]| Pairing::of(&sample(a, 0), &sample(b, 0));
        let two = Pairing::BySeed { pairs: vec![(0, 1), (1, 0)], left_out: 0 };
        assert_eq!(pairs(&[1, 2], &[2, 1]), two);
        let some = Pairing::BySeed { pairs: vec![(0, 0), (2, 1)], left_out: 1 };
        assert_eq!(pairs(&[1, 2, 3], &[1, 3]), some);
        for (a, b, why) in [
            (&[1, 2, 3][..], &[1, 2, 4][..], Unpaired::SeedsDiffer),
            (&[1], &[2], Unpaired::SeedsDiffer),
            (&[1], &[1], Unpaired::OnePair),
            (&[1], &[1, 2], Unpaired::OnePair),
            (&[1, 1], &[1, 1], Unpaired::SeedsRepeated),
        ] {
            assert_eq!(pairs(a, b), Pairing::Independent(why), "{a:?} {b:?}");
        }
        let mut nameless = sample(&[1, 2], 0);
        nameless.runs[0].seed = None;
        let unknown = Pairing::Independent(Unpaired::SeedsUnknown);
        assert_eq!(Pairing::of(&nameless, &sample(&[1, 2], 0)), unknown);
    }

    #[test]
    fn what_pairs_share_does_not_hide_a_difference() {
        let queue: Quantity = "m2.end_queue".parse().unwrap();
        let seeds: Vec<u64> = (1..=10).collect();
        let others: Vec<u64> = (101..=110).collect();
        let verdict = |a: &Sample, b: &Sample| compare_samples(a, b, &[queue]).rows[0].comparison.verdict;
        assert_eq!(verdict(&sample(&seeds, 0), &sample(&seeds, 2)), Verdict::Higher);
        assert_eq!(verdict(&sample(&seeds, 2), &sample(&seeds, 0)), Verdict::Lower);
        assert_eq!(verdict(&sample(&seeds, 0), &sample(&others, 2)), Verdict::NoDifferenceSeen);
        assert_eq!(verdict(&sample(&seeds, 0), &sample(&seeds, 0)), Verdict::NoDifferenceSeen);
    }

    #[test]
    fn what_is_known_of_one_sample_only_is_told_and_not_compared() {
        let (a, mut b) = (sample(&[1, 2], 0), sample(&[1, 2], 0));
        let all = common_quantities(&a, &b);
        assert_eq!(all.len(), 2 * METRICS.len());
        b.runs.iter_mut().flat_map(|run| &mut run.rows).for_each(|row| row.fidelity = None);
        let found = compare_samples(&a, &b, &all);
        assert!(found.unknown.iter().any(|quantity| quantity.to_string() == "m1.fidelity"));
        assert_eq!(found.rows.len() + found.unknown.len(), all.len());
        assert!(compare_samples(&Sample::default(), &b, &all).rows.is_empty());
    }

    #[test]
    fn samples_of_different_machines_are_compared_as_a_whole() {
        let (a, mut b) = (sample(&[1, 2], 0), sample(&[1, 2], 0));
        b.runs.iter_mut().for_each(|run| run.rows.truncate(1));
        assert!(common_quantities(&a, &b).iter().all(|quantity| quantity.machine.is_none()));
    }
}
