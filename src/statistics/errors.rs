//! How often comparisons see what is not there, and what is.

use super::synthetic::Source;
use super::{ALPHA, Samples, Verdict, compare};

const FAMILIES: usize = 1500;
/// Three standard errors of a share of 5 % of so many families.
const TOLERANCE: f64 = 0.017;

type Draw = fn(&mut Source) -> f64;

fn pairs(source: &mut Source, n: usize, draw: Draw, shift: f64) -> Samples {
    // What a pair shares cancels out.
    Samples::Paired(
        (0..n)
            .map(|_| {
                let shared = 5.0 * source.normal();
                (shared + draw(source), shared + draw(source) + shift)
            })
            .collect(),
    )
}

fn independent(source: &mut Source, n: usize, draw: Draw, shift: f64) -> Samples {
    let (a, b) = (source.sample(n, draw), source.sample(2 * n, draw));
    // Welch's test promises to stand different spreads.
    Samples::Independent { a, b: b.into_iter().map(|value| 3.0 * value + shift).collect() }
}

/// Mostly 0, so that in many samples nothing varies.
fn rare(source: &mut Source) -> f64 {
    if source.unit() < 0.05 { 1.0 } else { 0.0 }
}

fn rare_pairs(source: &mut Source, n: usize) -> Samples {
    Samples::Paired((0..n).map(|_| (rare(source), rare(source))).collect())
}

fn differs(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Higher | Verdict::Lower)
}

/// The share of families of eight comparisons, none with a difference, in
/// which any is seen.
fn family_wise_error(seed: u64, make: impl Fn(&mut Source) -> Samples) -> f64 {
    let mut source = Source::new(seed);
    let any_seen = |_: &usize| {
        let family: Vec<Samples> = (0..8).map(|_| make(&mut source)).collect();
        compare(&family).into_iter().any(|found| differs(found.verdict))
    };
    (0..FAMILIES).filter(any_seen).count() as f64 / FAMILIES as f64
}

#[test]
fn in_one_family_of_twenty_at_most_is_seen_what_is_not_there() {
    let families: [(&str, f64); 6] = [
        ("paired", family_wise_error(1, |source| pairs(source, 12, Source::normal, 0.0))),
        ("paired, skewed", family_wise_error(2, |source| pairs(source, 30, Source::exponential, 0.0))),
        ("paired, whole", family_wise_error(3, |source| pairs(source, 10, Source::queue, 0.0))),
        ("paired, rare", family_wise_error(5, |source| rare_pairs(source, 12))),
        ("Welch, rare", family_wise_error(6, |source| independent(source, 12, rare, 0.0))),
        ("Welch", family_wise_error(4, |source| independent(source, 10, Source::normal, 0.0))),
    ];
    for (name, share) in families {
        assert!(share <= ALPHA + TOLERANCE, "{name}: {share}");
        assert!(share > 0.01 || name.ends_with("rare"), "{name}: {share} is no 5 %");
    }
}

/// How often a difference in one of eight quantities is seen, the right way.
fn power(n: usize, make: fn(&mut Source, usize, Draw, f64) -> Samples, shift: f64) -> f64 {
    const TRIALS: usize = 400;
    let mut source = Source::new(7);
    let seen = |_: &usize| {
        let family: Vec<Samples> = (0..8)
            .map(|at| make(&mut source, n, Source::normal, if at == 3 { shift } else { 0.0 }))
            .collect();
        compare(&family)[3].verdict == if shift > 0.0 { Verdict::Higher } else { Verdict::Lower }
    };
    (0..TRIALS).filter(seen).count() as f64 / TRIALS as f64
}

#[test]
fn differences_that_are_there_are_seen() {
    // By theory, at 5 %/8: differences of pairs have a spread of √2, so a shift
    // of 1.5 lies 5.8 standard errors away with 30 pairs and 3.4 with 10.
    let (ten, thirty) = (power(10, pairs, 1.5), power(30, pairs, -1.5));
    assert!(thirty > 0.98, "{thirty}");
    assert!((0.25..0.65).contains(&ten), "{ten}");
    assert!(power(30, independent, 2.5) > 0.9);
}

#[test]
fn a_verdict_of_no_difference_is_given_only_where_a_large_one_would_have_been_seen() {
    let mut source = Source::new(9);
    for n in 2..40 {
        let found = compare(&[pairs(&mut source, n, Source::normal, 0.0)])[0];
        if !differs(found.verdict) {
            // t(6) at 5 % is 2.45, below √7; t(5) is 2.57, above √6.
            let expected = if n >= 7 { Verdict::NoDifferenceSeen } else { Verdict::TooFewRuns };
            assert_eq!(found.verdict, expected, "{n}");
        }
    }
}
