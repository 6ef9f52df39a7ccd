//! Which dialect a log is in: every one is tried on its first lines.

use std::fmt;

use super::interpreter::LogContext;
use super::pattern::Role;
use super::{Dialect, Match};
use crate::log::{Line, Record};

/// A dialect is taken for a log's only if at least this share of its lines fits.
const AUTO_SHARE: f64 = 0.8;
/// A runner-up nearer than this makes the choice a guess.
const LEAD: f64 = 0.05;
/// Records of each log that are looked at.
const RECORDS_LOOKED_AT: usize = 200;

/// The beginning of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The last parts of its path, with `/`.
    pub path: String,
    /// Whole lines.
    pub text: Vec<u8>,
}

/// The dialect that fits, and how sure that is.
#[derive(Clone, Debug)]
pub struct Detection {
    pub dialect: Dialect,
    /// Of the lines that are not blank.
    pub share: f64,
    /// The dialect does not say how its logs are named, or one of these is named so.
    pub is_named: bool,
    /// The one that fits second best, if any fits at all.
    pub runner_up: Option<(String, f64)>,
}

impl fmt::Display for Detection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, which fits {:.0} % of the first lines", self.dialect.name, self.share * 100.0)?;
        match &self.runner_up {
            Some((name, share)) => write!(f, "; next is {name} with {:.0} %", share * 100.0),
            None => write!(f, "; no other fits any"),
        }
    }
}

/// No dialect fits, or more than one does.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "no known dialect fits these logs{}; write one: `labctl dialect new LOG… > mine.toml`, then --dialect mine.toml",
        best_of(.best)
    )]
    Unknown { best: Option<(String, f64)> },
    #[error(
        "these logs fit {first} ({:.0} % of the first lines) and {second} ({:.0} %): say which, --dialect {first} or --dialect {second}",
        .first_share * 100.0,
        .second_share * 100.0
    )]
    Ambiguous { first: String, first_share: f64, second: String, second_share: f64 },
    #[error(
        "the lines of these logs fit {dialect} ({:.0} % of the first), their names do not, and there a line may mean something else: say --dialect {dialect} if it is that",
        .share * 100.0
    )]
    Unnamed { dialect: String, share: f64 },
    #[error(
        "there is nothing here that looks like a log; name the logs themselves, or see `labctl dialect --help`"
    )]
    NoLogs,
}

fn best_of(best: &Option<(String, f64)>) -> String {
    let reported = |(name, share): &(String, f64)| {
        format!(" (the best, {name}, {:.0} % of the first lines)", share * 100.0)
    };
    best.as_ref().map(reported).unwrap_or_default()
}

/// How well a dialect fits.
#[derive(Clone, Copy, Debug, Default)]
struct Fit {
    lines: u64,
    matched: u64,
    events: u64,
    /// Logs whose names are as the dialect's are.
    named: usize,
}

impl Fit {
    fn share(self) -> f64 {
        if self.events == 0 { 0.0 } else { self.matched as f64 / self.lines as f64 }
    }
}

/// The dialect of `known` that fits the samples.
///
/// # Errors
///
/// None fits well enough, or two fit equally well, and neither the names of the
/// logs tell them apart.
pub fn detect(known: Vec<Dialect>, samples: &[Sample]) -> Result<Detection, Refusal> {
    let fits: Vec<Vec<Fit>> =
        known.iter().map(|dialect| samples.iter().map(|sample| fit(dialect, sample)).collect()).collect();
    // A file that is hardly like any log says nothing of those that are.
    let is_log = |at: usize| fits.iter().any(|of_dialect| of_dialect[at].share() >= 0.5);
    let logs: Vec<usize> = (0..samples.len()).filter(|at| is_log(*at)).collect();
    let logs = if logs.is_empty() { (0..samples.len()).collect() } else { logs };
    if logs.is_empty() {
        return Err(Refusal::NoLogs);
    }
    let mut ranked: Vec<(Dialect, Fit)> = known
        .into_iter()
        .zip(&fits)
        .map(|(dialect, of)| (dialect, logs.iter().fold(Fit::default(), |sum, at| sum + of[*at])))
        .collect();
    ranked.sort_by(|(_, a), (_, b)| b.share().total_cmp(&a.share()));
    let top = ranked.first().map_or(0.0, |(_, fit)| fit.share());
    if top < AUTO_SHARE {
        let best = ranked.into_iter().next().filter(|_| top > 0.0);
        return Err(Refusal::Unknown { best: best.map(|(dialect, _)| (dialect.name, top)) });
    }
    // Of those that fit alike, the names of the logs decide.
    let alike = ranked.iter().take_while(|(_, fit)| top - fit.share() < LEAD).count();
    ranked[..alike].sort_by_key(|(_, fit)| std::cmp::Reverse(fit.named));
    let mut ranked = ranked.into_iter();
    let (dialect, best) = ranked.next().ok_or(Refusal::NoLogs)?;
    let second = ranked.next().filter(|(_, fit)| fit.share() > 0.0);
    match second {
        Some((other, fit)) if alike > 1 && fit.named == best.named => Err(Refusal::Ambiguous {
            first: dialect.name,
            first_share: best.share(),
            second: other.name,
            second_share: fit.share(),
        }),
        second => {
            let runner_up = second.map(|(dialect, fit)| (dialect.name, fit.share()));
            let is_named = best.named > 0 || !dialect.files.are_stated();
            Ok(Detection { dialect, share: best.share(), is_named, runner_up })
        }
    }
}

impl Dialect {
    /// The share of a log's first lines that fit; 0 where none is an event.
    pub fn share(&self, sample: &Sample) -> f64 {
        fit(self, sample).share()
    }
}

impl Dialect {
    /// The events of a log's first lines, each with the number of its line.
    pub fn events(&self, sample: &Sample) -> Vec<(u64, Record)> {
        let mut events = Vec::new();
        let see = |number, line: &Line<'_>| {
            if let Line::Event(record) = line {
                events.push((number, **record));
            }
        };
        // Reading from memory does not fail.
        let _ = self.read(&LogContext::default(), &sample.text[..], see);
        events
    }
}

impl std::ops::Add for Fit {
    type Output = Fit;

    fn add(self, other: Fit) -> Fit {
        Fit {
            lines: self.lines + other.lines,
            matched: self.matched + other.matched,
            events: self.events + other.events,
            named: self.named + other.named,
        }
    }
}

fn fit(dialect: &Dialect, sample: &Sample) -> Fit {
    let mut fit = Fit { named: usize::from(dialect.files.fits(&sample.path)), ..Fit::default() };
    let mut records = 0;
    let count = |line: super::DryRun| {
        records += 1;
        if records > RECORDS_LOOKED_AT || line.outcome == Match::Blank {
            return;
        }
        fit.lines += line.lines;
        if let Match::Said(role) = line.outcome {
            fit.matched += line.lines;
            fit.events += u64::from(matches!(role, Role::Event(_) | Role::SendToAll));
        }
    };
    // Reading from memory does not fail.
    let _ = dialect.try_lines(&LogContext::default(), &sample.text[..], count);
    fit
}
