//! Programs that log a second run into the file of the first: a header comes
//! again, and the clock is back at its start.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::ptr;

use memchr::memmem::Finder;

use super::Dialect;
use super::interpreter::{Interpreter, LogContext, Meaning};
use super::matcher::LineMatcher;
use super::pattern::{Pattern, Role, RoleRule, Splitter};
use super::records::read_records;

/// The headers that begin runs in a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starts {
    /// By their places among the patterns.
    headers: BTreeSet<usize>,
    /// How many runs there are, where there is more than one.
    pub count: u64,
}

impl Starts {
    /// Of one more log of the same run.
    pub fn add(&mut self, other: &Starts) {
        self.headers.extend(&other.headers);
        self.count = self.count.max(other.count);
    }
}

impl Dialect {
    /// The headers after which the clock of a log is back at its start.
    pub fn starts<R: Read>(&self, open: impl Fn() -> io::Result<R>) -> io::Result<Starts> {
        if !self.repeats_a_header(&open)? {
            return Ok(Starts::default());
        }
        let mut matcher = LineMatcher::new(self);
        let context = LogContext::default();
        let mut interpreter = Interpreter::new(self, &context);
        let mut clocks = Clocks::default();
        read_records(&self.bounds, open()?, |chunk| {
            if chunk.too_long {
                return;
            }
            matcher.look(chunk.text, |pattern, role, captured| {
                match interpreter.meaning(pattern, role, captured) {
                    Some(Meaning::Header { .. }) => drop(clocks.headers.insert(self.place(pattern))),
                    Some(Meaning::Event(event)) => clocks.see(event.record.clock),
                    Some(_) => {}
                    None => return false,
                }
                true
            });
        })?;
        Ok(clocks.starts())
    }

    /// The same dialect, in which these headers begin runs.
    pub fn starting_at(&self, starts: &Starts) -> Dialect {
        let mut dialect = self.clone();
        for (at, pattern) in dialect.patterns.iter_mut().enumerate() {
            pattern.starts_run |= starts.headers.contains(&at);
        }
        dialect
    }

    fn place(&self, pattern: &Pattern) -> usize {
        self.patterns.iter().position(|known| ptr::eq(known, pattern)).unwrap_or(self.patterns.len())
    }

    /// Whether a header comes twice in a log; no other pattern is tried.
    fn repeats_a_header<R: Read>(&self, open: &impl Fn() -> io::Result<R>) -> io::Result<bool> {
        let mut headers = Dialect { ignore: Vec::new(), ..self.clone() };
        headers.patterns.retain(|pattern| matches!(pattern.role, RoleRule::Fixed(Role::Header)));
        if headers.patterns.is_empty() {
            return Ok(false);
        }
        let needles: Option<Vec<Finder<'_>>> = headers.patterns.iter().map(needle).collect();
        let may_be_one = |line: &[u8]| {
            needles.as_ref().is_none_or(|needles| needles.iter().any(|needle| needle.find(line).is_some()))
        };
        let mut matcher = LineMatcher::new(&headers);
        let mut seen = vec![0_u64; headers.patterns.len() + 1];
        read_records(&self.bounds, open()?, |chunk| {
            if !chunk.too_long && may_be_one(chunk.text) {
                matcher.look(chunk.text, |pattern, _, _| {
                    seen[headers.place(pattern)] += 1;
                    true
                });
            }
        })?;
        Ok(seen.into_iter().any(|times| times > 1))
    }
}

/// A text that every line of a pattern has.
fn needle(pattern: &Pattern) -> Option<Finder<'_>> {
    let longest = |texts: &mut dyn Iterator<Item = &str>| {
        texts.max_by_key(|text| text.len()).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let text = match &pattern.splitter {
        Splitter::Text { prefilter, .. } => return prefilter.as_ref().map(|finder| finder.as_ref().as_ref()),
        Splitter::Columns { wanted, .. } => longest(&mut wanted.iter().map(|(_, text)| text.as_str())),
        Splitter::Keys { wanted, .. } => longest(&mut wanted.iter().map(|(_, text)| text.as_str())),
    };
    text.map(|text| Finder::new(&text).into_owned())
}

/// The clocks of a log around its headers.
#[derive(Default)]
struct Clocks {
    first: Option<u64>,
    last: Option<u64>,
    /// Seen since the last event.
    headers: BTreeSet<usize>,
    /// Those after which the clock was back at its start, and those after which it was not.
    back: BTreeSet<usize>,
    on: BTreeSet<usize>,
    restarts: u64,
}

impl Clocks {
    fn see(&mut self, clock: u64) {
        let headers = std::mem::take(&mut self.headers);
        match (self.first, self.last) {
            (Some(first), Some(last)) if !headers.is_empty() => {
                // A first event may be a RECEIVE, which begins higher.
                let is_back = clock <= last && (clock <= first || clock <= last / 2);
                if is_back {
                    self.back.extend(headers);
                    self.restarts += 1;
                    self.first = Some(clock);
                } else {
                    self.on.extend(headers);
                }
            }
            _ => self.first = self.first.or(Some(clock)),
        }
        self.last = Some(clock);
    }

    fn starts(self) -> Starts {
        let headers: BTreeSet<usize> = self.back.difference(&self.on).copied().collect();
        let count = if headers.is_empty() { 0 } else { self.restarts + 1 };
        Starts { headers, count }
    }
}
