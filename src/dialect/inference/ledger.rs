//! How well a reading keeps the model's rules: an INTERNAL and a SEND add one to
//! the clock, a RECEIVE takes it past the message's (Lamport 1978).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::event::Kind;

/// An event as a reading has it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Whose it is: events of one number follow one another.
    pub sequence: usize,
    pub group: usize,
    /// The record's place in its group.
    pub record: usize,
    pub kind: Kind,
    pub clock: u64,
}

/// Whether the clock is the one before the update, for INTERNAL, RECEIVE and SEND.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockBefore {
    pub internal: bool,
    pub receive: bool,
    pub send: bool,
}

impl ClockBefore {
    /// Likely ones first.
    pub const ALL: [ClockBefore; 8] = [
        ClockBefore { internal: false, receive: false, send: false },
        ClockBefore { internal: true, receive: true, send: true },
        ClockBefore { internal: true, receive: false, send: true },
        ClockBefore { internal: false, receive: false, send: true },
        ClockBefore { internal: false, receive: true, send: false },
        ClockBefore { internal: true, receive: false, send: false },
        ClockBefore { internal: true, receive: true, send: false },
        ClockBefore { internal: false, receive: true, send: true },
    ];

    /// How unlikely it is of a program, as a share of the rules that it would have to keep more.
    pub fn unlikely(self) -> f64 {
        match (self.internal, self.receive, self.send) {
            (true, false, true) => 0.005,
            _ if self.is_uniform() => 0.0,
            _ => 0.03,
        }
    }

    pub fn of(self, kind: Kind) -> bool {
        match kind {
            Kind::Internal => self.internal,
            Kind::Receive => self.receive,
            Kind::Send => self.send,
        }
    }

    /// Whether it is one for all kinds.
    pub fn is_uniform(self) -> bool {
        self.internal == self.receive && self.receive == self.send
    }
}

/// Rules kept and broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub kept: u64,
    pub broken: u64,
    /// Kept, but only since ticks without a line may lie between.
    pub loosely: u64,
    /// Clocks that begin anew within a log.
    pub restarts: u64,
}

impl Score {
    /// A reading is better for every rule kept, and much worse for one broken.
    pub fn value(self) -> f64 {
        self.kept as f64 - 2.0 * self.broken as f64 - 0.5 * self.loosely as f64 - self.restarts as f64
    }

    fn book(&mut self, is_kept: bool) {
        if is_kept { self.kept += 1 } else { self.broken += 1 }
    }
}

/// The clock around an event, as far as the log shows it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    pub before: Option<u64>,
    pub after: Option<u64>,
}

impl Around {
    /// What one entry says by itself: an INTERNAL and a SEND add one.
    fn of(entry: &Entry, convention: ClockBefore) -> Around {
        let adds_one = entry.kind != Kind::Receive;
        if convention.of(entry.kind) {
            let after = if adds_one { entry.clock.checked_add(1) } else { None };
            Around { before: Some(entry.clock), after }
        } else {
            let before = if adds_one { entry.clock.checked_sub(1) } else { None };
            Around { before, after: Some(entry.clock) }
        }
    }
}

/// Whether an entry is one more line of the SEND before it.
fn is_same_send(entry: &Entry, previous: &Entry) -> bool {
    (previous.kind, entry.kind) == (Kind::Send, Kind::Send) && previous.clock == entry.clock
}

/// How well the entries keep the rules between one and the next. Without
/// INTERNAL lines there are ticks between the others: `has_internal` says
/// whether there are any.
fn score(entries: &[Entry], convention: ClockBefore, has_internal: bool) -> Score {
    let mut score = Score::default();
    // A clock begins at 0, or at 1.
    let mut begun: Option<usize> = None;
    for entry in entries {
        if begun.replace(entry.sequence) == Some(entry.sequence) {
            continue;
        }
        match Around::of(entry, convention) {
            Around { before: Some(before), .. } => {
                score.book(before <= 1);
                score.loosely += u64::from(before == 1);
            }
            // No event leaves a clock at 0.
            Around { after: Some(0), .. } => score.book(false),
            Around { .. } => {}
        }
    }
    for pair in entries.windows(2) {
        let [previous, entry] = pair else { continue };
        if previous.sequence != entry.sequence || is_same_send(entry, previous) {
            continue;
        }
        if entry.clock < previous.clock && entry.clock <= 2 {
            score.restarts += 1;
            continue;
        }
        let (was, is) = (Around::of(previous, convention), Around::of(entry, convention));
        let is_kept = match (was.after, is.before) {
            (Some(after), Some(before)) if has_internal => after == before,
            (Some(after), Some(before)) => {
                score.loosely += u64::from(after < before);
                after <= before
            }
            (Some(after), None) => is.after.is_none_or(|this| this > after),
            (None, Some(before)) => was.before.is_none_or(|that| before > that),
            (None, None) => entry.clock > previous.clock,
        };
        score.book(is_kept);
    }
    score
}

/// The clock before and after each entry, by its own line or by its neighbours'.
pub fn around(entries: &[Entry], convention: ClockBefore) -> Vec<Around> {
    let mut found: Vec<Around> = entries.iter().map(|entry| Around::of(entry, convention)).collect();
    for at in 1..entries.len() {
        if entries[at].sequence != entries[at - 1].sequence || is_same_send(&entries[at], &entries[at - 1]) {
            continue;
        }
        let (was, is) = (found[at - 1], found[at]);
        found[at].before = is.before.or(was.after);
        found[at - 1].after = was.after.or(is.before);
    }
    found
}

/// The share of clocks past which a RECEIVE jumps that some other machine's SEND
/// has, in the events of one run; `None` where too few jump.
fn explained(entries: &[Entry], run_of: &[usize], convention: ClockBefore) -> Option<f64> {
    const JUMPS_MIN: u64 = 5;
    let around = around(entries, convention);
    let mut sent: BTreeMap<(usize, u64), BTreeSet<usize>> = BTreeMap::new();
    for (entry, around) in entries.iter().zip(&around) {
        if let (Kind::Send, Some(after)) = (entry.kind, around.after) {
            sent.entry((run_of[entry.sequence], after)).or_default().insert(entry.sequence);
        }
    }
    let (mut jumps, mut found) = (0u64, 0u64);
    for (entry, around) in entries.iter().zip(&around) {
        let (Kind::Receive, Some(before), Some(after)) = (entry.kind, around.before, around.after) else {
            continue;
        };
        if after > before.saturating_add(1) {
            jumps += 1;
            let senders = sent.get(&(run_of[entry.sequence], after - 1));
            found += u64::from(senders.is_some_and(|of| of.iter().any(|one| *one != entry.sequence)));
        }
    }
    (jumps >= JUMPS_MIN).then(|| found as f64 / jumps as f64)
}

/// The convention of clocks that events keep best.
#[derive(Clone, Debug, Default)]
pub struct Convention {
    pub before: ClockBefore,
    pub score: Score,
    /// Others that are kept as well.
    pub alike: Vec<ClockBefore>,
}

/// The convention that is kept best; with `run_of`, the run of each sequence, of those
/// that are kept alike the one whose messages were sent.
pub fn best(entries: &[Entry], has_internal: bool, run_of: Option<&[usize]>) -> Convention {
    let scores = ClockBefore::ALL.map(|before| (before, score(entries, before, has_internal)));
    let value = |(before, score): &(ClockBefore, Score)| {
        score.value() - before.unlikely() * (score.kept + score.broken) as f64
    };
    let most = scores.iter().map(value).fold(f64::MIN, f64::max);
    let mut alike: Vec<(ClockBefore, Score)> =
        scores.into_iter().filter(|one| value(one) >= most - 1e-9).collect();
    if let Some(run_of) = run_of.filter(|_| alike.len() > 1) {
        let shares: Option<Vec<f64>> =
            alike.iter().map(|(before, _)| explained(entries, run_of, *before)).collect();
        if let Some(shares) = shares {
            let best = shares.iter().copied().fold(0.0, f64::max);
            let mut shares = shares.into_iter();
            alike.retain(|_| shares.next().is_some_and(|share| share >= best - 0.02));
        }
    }
    let mut alike = alike.into_iter();
    let (before, score) = alike.next().unwrap_or_default();
    Convention { before, score, alike: alike.map(|(before, _)| before).collect() }
}
