//! What many runs share of their specs: each setting is parsed once, however
//! many seeds it was run with.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::regular::read_regular;
use crate::residual::setting;
use crate::spec::{self, Spec};

/// Larger specs are left to the parser, which says what is wrong with them.
const BYTES_MAX: u64 = 1 << 20;
/// What labctl writes into a spec before its seed.
const SEED: &str = "seed = ";

/// The settings of specs that were read.
#[derive(Debug, Default)]
pub struct Settings {
    known: Mutex<Known>,
}

/// The spec of a run.
#[derive(Clone, Debug)]
pub struct Planned {
    pub seed: u64,
    /// All that it shares with its replicates. Two runs of one setting have the
    /// very same.
    pub setting: Arc<Spec>,
}

impl Planned {
    /// A number that runs of one setting share.
    pub fn id(&self) -> usize {
        Arc::as_ptr(&self.setting) as usize
    }

    /// The run's own spec, at any speedup.
    pub fn spec(&self) -> Spec {
        Spec { seed: self.seed, ..(*self.setting).clone() }
    }
}

#[derive(Debug, Default)]
struct Known {
    /// By the text around the seed's number; `None` where the text may mean
    /// something else with another number.
    by_text: HashMap<(String, String), Option<Arc<Spec>>>,
    /// By all there is to say of them.
    settings: HashMap<String, Arc<Spec>>,
}

impl Settings {
    /// The spec in a file; `None` where it is none that can be read.
    pub fn load(&self, path: &Path) -> Option<Planned> {
        let text = String::from_utf8(read_regular(path, BYTES_MAX).ok()?).ok()?;
        let name = path.display().to_string();
        match split(&text) {
            Some((before, seed, after)) => match self.around(&name, before, after) {
                Some(setting) => Some(Planned { seed, setting }),
                None => self.whole(&name, &text),
            },
            None => self.whole(&name, &text),
        }
    }

    /// A spec as one of these.
    pub fn of(&self, spec: &Spec) -> Planned {
        Planned { seed: spec.seed, setting: self.shared(spec) }
    }

    fn whole(&self, name: &str, text: &str) -> Option<Planned> {
        spec::parse(name, text, &[]).ok().map(|spec| self.of(&spec))
    }

    fn around(&self, name: &str, before: &str, after: &str) -> Option<Arc<Spec>> {
        let key = (before.to_owned(), after.to_owned());
        if let Some(known) = self.lock().by_text.get(&key) {
            return known.clone();
        }
        // The number is the seed and nothing else if it comes out as such.
        let with = |seed: u64| spec::parse(name, &format!("{before}{seed}{after}"), &[]).ok();
        let [one, other] = [1, 2].map(with);
        let is_seed = |(one, other): &(Spec, Spec)| {
            (one.seed, other.seed) == (1, 2) && !one.has_random_rates() && setting(one) == setting(other)
        };
        let found = one.zip(other).filter(is_seed).map(|(one, _)| self.shared(&one));
        self.lock().by_text.insert(key, found.clone());
        found
    }

    fn shared(&self, spec: &Spec) -> Arc<Spec> {
        let setting = setting(spec);
        let key = format!("{setting:?}");
        Arc::clone(self.lock().settings.entry(key).or_insert_with(|| Arc::new(setting)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text around the number of its only line that begins as a seed's.
fn split(text: &str) -> Option<(&str, u64, &str)> {
    let first = text.find(&format!("\n{SEED}"))? + 1 + SEED.len();
    let (before, rest) = text.split_at(first);
    let end = rest.find('\n')?;
    let (number, after) = rest.split_at(end);
    let seed = number.parse().ok().filter(|seed: &u64| seed.to_string() == number)?;
    (!after.contains(&format!("\n{SEED}"))).then_some((before, seed, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(settings: &Settings, text: &str) -> Option<Planned> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        settings.load(file.path())
    }

    fn lab(root: &str) -> String {
        format!("name = \"lab\"\n{root}\nduration = \"9s\"\n[[machine]]\nclock_rate = 1\ncount = 2\n")
    }

    #[test]
    fn runs_that_differ_in_the_seed_alone_have_the_very_same_setting() {
        let settings = Settings::default();
        let of = |text: &str| load(&settings, &lab(text)).unwrap();
        let one = of("seed = 3");
        assert_eq!((one.seed, one.spec()), (3, spec::parse("x", &lab("seed = 3"), &[]).unwrap()));
        for alike in ["seed = 4", "seed = 0x5", "speedup = 2\nseed = 6"] {
            assert_eq!(of(alike).id(), one.id(), "{alike}");
        }
        assert_ne!(of("internal_prob = 0.5\nseed = 4").id(), one.id());
        assert!(load(&settings, "seed = 3\n").is_none());
    }

    #[test]
    fn what_looks_like_a_seed_and_is_none_tells_settings_apart() {
        let settings = Settings::default();
        let of = |text: &str| load(&settings, &lab(text)).unwrap();
        let [one, other] = [1, 2].map(|number| of(&format!("why = \"\"\"\nseed = {number}\n\"\"\"\n")));
        assert_ne!(one.id(), other.id());
        assert_eq!((other.seed, other.setting.why.trim()), (one.seed, "seed = 2"));
    }
}
