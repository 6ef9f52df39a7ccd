//! The verdict on a claim in words, with the cases that make it. Pure.

use super::outcome::{HoldsIn, Outcome};

/// `cases` are the names and the outcomes of all cases.
pub fn words(holds_in: HoldsIn, cases: &[(&str, Outcome)]) -> String {
    let outcomes: Vec<Outcome> = cases.iter().map(|(_, outcome)| *outcome).collect();
    let whole = holds_in.of(&outcomes);
    let telling = |wanted: Outcome| {
        let named = cases.iter().filter(|(_, outcome)| *outcome == wanted).map(|(when, _)| *when);
        format!("{}: {}", whole.word(), named.collect::<Vec<_>>().join("; "))
    };
    let counted = |wanted: Outcome| {
        let count = outcomes.iter().filter(|outcome| **outcome == wanted).count();
        format!("{}: {count} of {} cases {}", whole.word(), outcomes.len(), wanted.word())
    };
    let is_uniform = outcomes.iter().all(|outcome| *outcome == whole);
    match (holds_in, whole) {
        _ if is_uniform => whole.word().to_owned(),
        (HoldsIn::All, Outcome::NotMet) | (HoldsIn::Some, Outcome::Met) => telling(whole),
        (HoldsIn::All | HoldsIn::Some, _) => telling(Outcome::Undecided),
        (HoldsIn::Most, Outcome::NotMet) => counted(Outcome::NotMet),
        (HoldsIn::Most, _) => counted(Outcome::Met),
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{Met, NotMet, Undecided};
    use super::*;

    #[test]
    fn a_verdict_names_the_cases_that_make_it() {
        for (holds_in, outcomes, reported) in [
            (HoldsIn::All, [Met, Met, Met], "met"),
            (HoldsIn::All, [NotMet, NotMet, NotMet], "not met"),
            (HoldsIn::All, [Undecided, Undecided, Undecided], "undecided"),
            (HoldsIn::All, [Met, NotMet, Undecided], "not met: it snows"),
            (HoldsIn::All, [Met, Undecided, Undecided], "undecided: it snows; it is dry"),
            (HoldsIn::Some, [NotMet, Undecided, Met], "met: it is dry"),
            (HoldsIn::Some, [NotMet, Undecided, NotMet], "undecided: it snows"),
            (HoldsIn::Most, [Met, NotMet, Met], "met: 2 of 3 cases met"),
            (HoldsIn::Most, [NotMet, NotMet, Undecided], "not met: 2 of 3 cases not met"),
            (HoldsIn::Most, [Met, NotMet, Undecided], "undecided: 1 of 3 cases met"),
        ] {
            let cases: Vec<(&str, Outcome)> =
                ["it rains", "it snows", "it is dry"].into_iter().zip(outcomes).collect();
            assert_eq!(words(holds_in, &cases), reported);
        }
        assert_eq!(words(HoldsIn::All, &[("", NotMet)]), "not met");
    }
}
