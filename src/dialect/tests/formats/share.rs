//! Which share of the events of logs is read right, and why not all are.

use std::collections::BTreeMap;

use super::expected::Expected;
use super::reading::{read_below, write_below};
use crate::dialect::{Inference, Sample, infer, parse};

type Events = BTreeMap<(String, u64), Expected>;

/// How well logs are read by what is inferred of them.
#[derive(Clone, Debug, Default)]
pub struct Share {
    pub right: usize,
    /// The events expected, and those read where none are.
    pub of: usize,
    /// What is wrong, and how often.
    pub causes: BTreeMap<String, usize>,
    /// The first that is wrong.
    pub example: String,
    pub inference: Option<Inference>,
}

impl Share {
    /// What is inferred of the samples against what is expected of their lines.
    pub fn of(samples: &[Sample], expected: &Events) -> Share {
        let mut share = Share { of: expected.len(), inference: infer(samples), ..Share::default() };
        let Some(inference) = &share.inference else {
            share.causes.insert("nothing inferred".to_owned(), expected.len());
            return share;
        };
        let dialect = parse("inferred", &inference.toml).unwrap_or_else(|error| panic!("{error}"));
        let root = tempfile::tempdir().unwrap();
        write_below(root.path(), samples);
        match read_below(root.path(), dialect) {
            Ok(found) => share.compare(expected, &found),
            Err(why) => drop(share.causes.insert(format!("refused: {}", refusal(&why)), expected.len())),
        }
        share
    }

    fn compare(&mut self, expected: &Events, found: &Events) {
        for (place, event) in expected {
            let cause = match found.get(place) {
                None => "line not read as an event",
                Some(read) => match event.difference(read) {
                    None => {
                        self.right += 1;
                        continue;
                    }
                    Some(cause) => cause,
                },
            };
            self.wrong(cause, format!("{place:?}: {event:?}, read {:?}", found.get(place)));
        }
        for (place, event) in found.iter().filter(|(place, _)| !expected.contains_key(*place)) {
            self.of += 1;
            self.wrong("event where there is none", format!("{place:?}: read {event:?}"));
        }
    }

    fn wrong(&mut self, cause: &str, example: String) {
        *self.causes.entry(cause.to_owned()).or_default() += 1;
        if self.example.is_empty() {
            self.example = example;
        }
    }

    pub fn value(&self) -> f64 {
        self.right as f64 / self.of.max(1) as f64
    }

    /// Read wrongly, and said to be certain.
    pub fn is_confidently_wrong(&self) -> bool {
        let is_certain = |inference: &Inference| inference.is_sound() && inference.doubts.is_empty();
        self.value() < 0.9 && self.inference.as_ref().is_some_and(is_certain)
    }

    /// What is wrong most often.
    pub fn cause(&self) -> &str {
        self.causes.iter().max_by_key(|(_, count)| **count).map_or("", |(cause, _)| cause)
    }
}

/// A reason without the paths in it.
fn refusal(why: &str) -> String {
    why.split(' ').filter(|word| !word.contains('/')).collect::<Vec<_>>().join(" ")
}
