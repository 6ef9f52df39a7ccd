//! The verdict on a claim, from what runs said of its cases. Pure.

use super::judge::Outcome;

/// What is to be thought of a claim. Cases are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In every case.
    Holds,
    /// In no case; or not in some, and too few runs to tell in the others.
    DoesNotHold { undecided: Vec<usize> },
    /// In some cases, and certainly not in others.
    HoldsOnlyWhen { met: Vec<usize>, undecided: Vec<usize> },
    /// No case speaks against it, and too few runs to tell in some.
    Undecided { undecided: Vec<usize> },
}

impl Verdict {
    /// From what runs said of each case.
    pub fn of(cases: &[Outcome]) -> Verdict {
        let with = |outcome: Outcome| -> Vec<usize> {
            (0..cases.len()).filter(|case| cases[*case] == outcome).collect()
        };
        let (met, undecided) = (with(Outcome::Met), with(Outcome::Undecided));
        match (met.is_empty(), with(Outcome::NotMet).is_empty()) {
            (true, false) => Verdict::DoesNotHold { undecided },
            (false, false) => Verdict::HoldsOnlyWhen { met, undecided },
            (false, true) if undecided.is_empty() => Verdict::Holds,
            (_, true) => Verdict::Undecided { undecided },
        }
    }

    /// In words; `when` names the cases.
    pub fn words(&self, when: &[&str]) -> String {
        let named = |cases: &[usize]| -> String {
            let named: Vec<&str> = cases.iter().filter_map(|case| when.get(*case).copied()).collect();
            named.join("; or when ")
        };
        let but = |undecided: &[usize]| match undecided.is_empty() {
            true => String::new(),
            false => format!("; too few runs to tell when {}", named(undecided)),
        };
        match self {
            Verdict::Holds => "holds".to_owned(),
            Verdict::DoesNotHold { undecided } => format!("does not hold{}", but(undecided)),
            Verdict::HoldsOnlyWhen { met, undecided } => {
                format!("holds only when {}{}", named(met), but(undecided))
            }
            Verdict::Undecided { undecided } if undecided.len() < when.len() => {
                format!("undecided: too few runs when {}", named(undecided))
            }
            Verdict::Undecided { .. } => "undecided: too few runs".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{Met, NotMet, Undecided};
    use super::*;

    #[test]
    fn every_verdict_can_be_reached() {
        let only = |met: &[usize], undecided: &[usize]| Verdict::HoldsOnlyWhen {
            met: met.to_vec(),
            undecided: undecided.to_vec(),
        };
        let not = |undecided: &[usize]| Verdict::DoesNotHold { undecided: undecided.to_vec() };
        let open = |undecided: &[usize]| Verdict::Undecided { undecided: undecided.to_vec() };
        for (cases, verdict) in [
            (&[Met][..], Verdict::Holds),
            (&[Met, Met], Verdict::Holds),
            (&[NotMet, NotMet], not(&[])),
            (&[NotMet, Undecided], not(&[1])),
            (&[NotMet, Met, Undecided, Met], only(&[1, 3], &[2])),
            (&[Met, NotMet], only(&[0], &[])),
            (&[Met, Undecided], open(&[1])),
            (&[Undecided], open(&[0])),
            (&[], open(&[])),
        ] {
            assert_eq!(Verdict::of(cases), verdict, "{cases:?}");
        }
    }

    #[test]
    fn a_verdict_names_its_cases() {
        for (cases, words) in [
            ([Met, NotMet, Met], "holds only when it rains; or when it is dry"),
            ([Met, NotMet, Undecided], "holds only when it rains; too few runs to tell when it is dry"),
            ([NotMet, Undecided, NotMet], "does not hold; too few runs to tell when it snows"),
            ([Met, Undecided, Met], "undecided: too few runs when it snows"),
            ([Met; 3], "holds"),
            ([NotMet; 3], "does not hold"),
            ([Undecided; 3], "undecided: too few runs"),
        ] {
            assert_eq!(Verdict::of(&cases).words(&["it rains", "it snows", "it is dry"]), words);
        }
    }
}
