//! Met, not met, or undecided: the three values of every judgement, and how
//! those of parts make that of a whole (Kleene, 1938). Pure.

use serde::Serialize;

/// What runs say of an expectation, a case or a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Met,
    NotMet,
    /// The runs do not tell.
    Undecided,
}

/// In how many of its cases a claim is to be met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HoldsIn {
    /// One that is clearly not met refutes it.
    #[default]
    All,
    /// In more than half of them.
    Most,
    /// One that is clearly met proves it.
    Some,
}

const HOLDS_IN: [(&str, HoldsIn); 3] =
    [("all", HoldsIn::All), ("most", HoldsIn::Most), ("some", HoldsIn::Some)];

impl Outcome {
    /// Of several expectations that are to be met together.
    pub fn of_all(outcomes: &[Outcome]) -> Outcome {
        HoldsIn::All.of(outcomes)
    }

    pub fn word(self) -> &'static str {
        match self {
            Outcome::Met => "met",
            Outcome::NotMet => "not met",
            Outcome::Undecided => "undecided",
        }
    }

    /// Met where so many are certain to be, not met where so many cannot be.
    fn of_count(met: usize, undecided: usize, needed: usize) -> Outcome {
        match (met >= needed, met + undecided >= needed) {
            (true, _) => Outcome::Met,
            (false, true) => Outcome::Undecided,
            (false, false) => Outcome::NotMet,
        }
    }
}

impl HoldsIn {
    pub fn named(name: &str) -> Option<HoldsIn> {
        HOLDS_IN.iter().find(|(word, _)| *word == name).map(|(_, holds_in)| *holds_in)
    }

    pub fn word(self) -> &'static str {
        HOLDS_IN.iter().find(|(_, holds_in)| *holds_in == self).map_or("", |(word, _)| word)
    }

    /// The outcome of the whole, from those of its parts. What is undecided
    /// counts neither as met nor as not met.
    pub fn of(self, outcomes: &[Outcome]) -> Outcome {
        let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let needed = match self {
            HoldsIn::All => outcomes.len(),
            HoldsIn::Most => outcomes.len() / 2 + 1,
            HoldsIn::Some => 1,
        };
        Outcome::of_count(count(Outcome::Met), count(Outcome::Undecided), needed)
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{Met, NotMet, Undecided};
    use super::*;

    #[test]
    fn a_clear_part_decides_what_the_others_cannot_change() {
        for (parts, all, most, some) in [
            (&[][..], Met, NotMet, NotMet),
            (&[Met], Met, Met, Met),
            (&[NotMet], NotMet, NotMet, NotMet),
            (&[Undecided], Undecided, Undecided, Undecided),
            (&[Met, Met], Met, Met, Met),
            (&[Met, NotMet], NotMet, NotMet, Met),
            (&[Met, Undecided], Undecided, Undecided, Met),
            (&[NotMet, Undecided], NotMet, NotMet, Undecided),
            (&[Met, Met, NotMet], NotMet, Met, Met),
            (&[Met, Met, Undecided], Undecided, Met, Met),
            (&[Met, NotMet, Undecided], NotMet, Undecided, Met),
            (&[NotMet, NotMet, Undecided], NotMet, NotMet, Undecided),
            (&[Met, NotMet, NotMet], NotMet, NotMet, Met),
            (&[Met, Undecided, Undecided, Undecided], Undecided, Undecided, Met),
        ] {
            let of = |holds_in: HoldsIn| holds_in.of(parts);
            assert_eq!(
                (of(HoldsIn::All), of(HoldsIn::Most), of(HoldsIn::Some)),
                (all, most, some),
                "{parts:?}"
            );
            assert_eq!(Outcome::of_all(parts), all, "{parts:?}");
        }
    }

    /// Whatever the undecided parts turn out to be, a decided whole stays as it is.
    #[test]
    fn deciding_a_part_never_turns_a_whole_around() {
        let values = [Met, NotMet, Undecided];
        for parts in (0..81).map(|n| [n % 3, n / 3 % 3, n / 9 % 3, n / 27].map(|at: usize| values[at])) {
            for holds_in in [HoldsIn::All, HoldsIn::Most, HoldsIn::Some] {
                let whole = holds_in.of(&parts);
                for at in (0..4).filter(|at| parts[*at] == Undecided) {
                    let later = [Met, NotMet].map(|decided| {
                        let mut later = parts;
                        later[at] = decided;
                        holds_in.of(&later)
                    });
                    assert!(whole == Undecided || later == [whole; 2], "{parts:?} {holds_in:?}");
                }
            }
        }
    }

    #[test]
    fn words_can_be_read_again() {
        for holds_in in [HoldsIn::All, HoldsIn::Most, HoldsIn::Some] {
            assert_eq!(HoldsIn::named(holds_in.word()), Some(holds_in));
        }
        assert_eq!(HoldsIn::named("many"), None);
    }
}
