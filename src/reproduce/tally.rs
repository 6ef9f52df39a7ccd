//! How many claims of each kind are met, not met and undecided. Pure.

use serde::Serialize;

use super::judged::JudgedClaim;
use super::kind::Kind;
use super::outcome::Outcome;

/// The claims of one kind, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    #[serde(serialize_with = "word")]
    pub kind: Kind,
    pub claims: usize,
    pub met: usize,
    pub not_met: usize,
    pub undecided: usize,
}

fn word<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.word())
}

impl Tally {
    /// Of each kind that has claims.
    pub fn of(judged: &[JudgedClaim<'_>]) -> Vec<Tally> {
        let of_kind = |kind: Kind| {
            let outcomes: Vec<Outcome> = judged
                .iter()
                .filter(|judged| judged.claim.kind == kind)
                .map(|judged| judged.outcome)
                .collect();
            let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
            Tally {
                kind,
                claims: outcomes.len(),
                met: count(Outcome::Met),
                not_met: count(Outcome::NotMet),
                undecided: count(Outcome::Undecided),
            }
        };
        Kind::ALL.into_iter().map(of_kind).filter(|tally| tally.claims > 0).collect()
    }

    /// In a sentence; `publication` is what the publication is called.
    pub fn words(&self, publication: &str) -> String {
        let (claims, plural) = (self.claims, if self.claims == 1 { "" } else { "s" });
        let of = match self.kind {
            Kind::Published => format!("{publication}'s {claims} claim{plural}"),
            Kind::Reading => format!("our {claims} reading{plural} of it"),
            Kind::Theory => format!("our theory's {claims} claim{plural}"),
        };
        format!("Of {of}, met: {}, not met: {}, undecided: {}.", self.met, self.not_met, self.undecided)
    }
}
