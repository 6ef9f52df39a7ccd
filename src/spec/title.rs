//! What the keys of a spec are called in prose, for axes and headings.

use crate::spec::source::CLOCK_RATES;

/// A key in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// To stand within a sentence: "clock rate of machine 2".
    pub words: String,
    /// Of its values where these are plain numbers; values such as `60s` bring
    /// their own.
    pub unit: Option<&'static str>,
}

/// Words and unit by key; a key of a machine by its last part.
const TITLES: [(&str, &str, Option<&str>); 17] = [
    ("duration", "duration", None),
    ("seed", "seed", None),
    ("internal_prob", "internal-event probability", None),
    ("broadcast", "how a send to all counts", None),
    ("start_stagger", "stagger of the first ticks", None),
    ("speedup", "lab time ÷ real time", None),
    ("network.delay", "network delay", None),
    ("network.where", "where the delay acts", None),
    ("network.open", "open to foreign machines", None),
    ("network.connect_timeout", "time to wait for peers", None),
    ("network.foreign_backlog", "backlog of foreign machines", Some("messages")),
    (CLOCK_RATES, "clock rates", Some("ticks/s")),
    ("clock_rate", "clock rate", Some("ticks/s")),
    ("foreign", "foreign", None),
    ("address", "address", None),
    ("log", "own log", None),
    ("count", "number of machines", None),
];

impl Title {
    /// Of a key as overrides and sweeps write it, such as `machine.2.clock_rate`;
    /// one without a title goes by its own name.
    pub fn of(key: &str) -> Title {
        let machine = key.strip_prefix("machine.").and_then(|rest| rest.split_once('.'));
        let (of, owner) = machine.map_or((key, String::new()), |(machine, of)| {
            (
                of,
                if of == "count" {
                    format!(" like machine {machine}")
                } else {
                    format!(" of machine {machine}")
                },
            )
        });
        let known = TITLES.iter().find(|(name, ..)| *name == of);
        let (words, unit) = known
            .map_or((of.replace(['_', '.'], " "), None), |(_, words, unit)| ((*words).to_owned(), *unit));
        Title { words: words + &owner, unit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::key::{Keyed, names};
    use crate::spec::machines::Alike;
    use crate::spec::{Network, Spec};

    #[test]
    fn every_key_that_can_vary_has_a_title_without_an_underscore() {
        let root = names(Spec::KEYS).into_iter().map(str::to_owned);
        let network = names(Network::KEYS).into_iter().map(|key| format!("network.{key}"));
        let machine = names(Alike::KEYS).into_iter().map(|key| format!("machine.2.{key}"));
        for key in root.chain(network).chain(machine) {
            let title = Title::of(&key);
            let is_prose = matches!(&*key, "$schema" | "name" | "why" | "network" | "machine" | "published");
            let last = key.strip_prefix("machine.2.").unwrap_or(&key);
            assert!(is_prose || TITLES.iter().any(|(name, ..)| *name == last), "{key} has no title");
            assert!(!title.words.contains(['_', '.']), "{key}: {}", title.words);
        }
    }

    #[test]
    fn a_key_of_a_machine_says_of_which() {
        let title = |words: &str, unit| Title { words: words.to_owned(), unit };
        assert_eq!(Title::of("machine.2.clock_rate"), title("clock rate of machine 2", Some("ticks/s")));
        assert_eq!(Title::of("machine.1.count"), title("number of machines like machine 1", None));
        assert_eq!(Title::of("clock_rates"), title("clock rates", Some("ticks/s")));
        assert_eq!(Title::of("published.max_queue"), title("published max queue", None));
    }
}
