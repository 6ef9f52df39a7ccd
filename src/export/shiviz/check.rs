//! What ShiViz would reject, or pass over in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Lines};

use regex::Regex;

use crate::export::CheckError;

/// Reads a file as ShiViz does, which is to hold this many events.
///
/// # Errors
///
/// ShiViz would reject the file, or skip a line of it: it takes what its
/// regular expression does not match for nothing.
pub fn check(input: impl BufRead, events: u64) -> Result<(), CheckError> {
    let mut lines = input.lines();
    let event = expression(&mut lines, 1)?;
    let execution = expression(&mut lines, 2)?;
    for name in ["clock", "event", "host"] {
        if !event.capture_names().flatten().any(|known| known == name) {
            return Err(CheckError::line(1, format!("the expression has no group `{name}`")));
        }
    }
    let mut reader = Reader { event, labels: BTreeSet::new(), execution: Execution::default(), events: 0 };
    for (number, line) in (3..).zip(lines) {
        let line = line?;
        match execution.captures(&line) {
            Some(found) => {
                reader.end_execution()?;
                let label = found.name("trace").map_or("", |label| label.as_str());
                reader.begin(number, label)?;
            }
            None => reader.event(number, &line)?,
        }
    }
    reader.end_execution()?;
    if reader.events != events {
        return Err(CheckError::whole(format!("it shows {} events of {events}", reader.events)));
    }
    Ok(())
}

/// A line with an expression, as ShiViz makes it its own.
fn expression(lines: &mut Lines<impl BufRead>, number: u64) -> Result<Regex, CheckError> {
    let line = lines.next().transpose()?;
    let line = line.ok_or_else(|| CheckError::line(number, "there is no such line"))?;
    if line.match_indices('(').any(|(at, _)| !line[at + 1..].starts_with('?')) {
        return Err(CheckError::line(number, "ShiViz rewrites a parenthesis that begins no named group"));
    }
    Regex::new(&format!("^{line}$")).map_err(|error| CheckError::line(number, error.to_string()))
}

/// One event's clock, by host.
type Clock = BTreeMap<String, u64>;

struct Reader {
    event: Regex,
    labels: BTreeSet<String>,
    execution: Execution,
    events: u64,
}

/// The events of one execution, by host.
#[derive(Default)]
struct Execution {
    line: u64,
    hosts: BTreeMap<String, Vec<(u64, Clock)>>,
}

impl Reader {
    fn begin(&mut self, line: u64, label: &str) -> Result<(), CheckError> {
        if !self.labels.insert(label.to_owned()) {
            return Err(CheckError::line(line, format!("there are two executions named `{label}`")));
        }
        self.execution = Execution { line, hosts: BTreeMap::new() };
        Ok(())
    }

    fn event(&mut self, number: u64, line: &str) -> Result<(), CheckError> {
        let refuse = |reason: String| Err(CheckError::line(number, reason));
        let Some(found) = self.event.captures(line) else {
            return refuse("it does not match the expression, and would be skipped".to_owned());
        };
        let (host, clock) = (&found["host"], &found["clock"]);
        let clock: Clock = match serde_json::from_str(clock) {
            Ok(clock) => clock,
            Err(error) => return refuse(format!("`{clock}` is no clock: {error}")),
        };
        let events = self.execution.hosts.entry(host.to_owned()).or_default();
        let (own, due) = (clock.get(host), events.len() as u64 + 1);
        if own != Some(&due) {
            let own = own.map_or_else(|| "missing".to_owned(), u64::to_string);
            return refuse(format!("the clock's own entry is {own}, and is to be {due}"));
        }
        if let Some((_, before)) = events.last()
            && let Some((other, _)) = before.iter().find(|(other, entry)| clock.get(*other) < Some(entry))
        {
            return refuse(format!("the entry of {other} falls"));
        }
        events.push((number, clock));
        self.events += 1;
        Ok(())
    }

    fn end_execution(&mut self) -> Result<(), CheckError> {
        let execution = std::mem::take(&mut self.execution);
        if execution.hosts.is_empty() {
            return match execution.line {
                0 => Ok(()),
                line => Err(CheckError::line(line, "this execution has no events")),
            };
        }
        execution.known_hosts()?;
        execution.order()
    }
}

impl Execution {
    /// Every host that a clock names has logged that many events.
    fn known_hosts(&self) -> Result<(), CheckError> {
        for (line, clock) in self.hosts.values().flatten() {
            for (host, entry) in clock {
                let events = self.hosts.get(host).map_or(0, |events| events.len() as u64);
                if *entry < 1 || *entry > events {
                    let reason = format!("the clock says {entry} of {host}, which logs {events} events");
                    return Err(CheckError::line(*line, reason));
                }
            }
        }
        Ok(())
    }

    /// No event comes before itself. Each host goes on until an event that
    /// another host has yet to come to, and waits for that one.
    fn order(&self) -> Result<(), CheckError> {
        let mut done: BTreeMap<&str, u64> = self.hosts.keys().map(|host| (host.as_str(), 0)).collect();
        let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut awake: Vec<&str> = done.keys().copied().collect();
        while let Some(host) = awake.pop() {
            let events = &self.hosts[host];
            while let Some((_, clock)) = events.get(done[host] as usize) {
                let missing =
                    clock.iter().find(|(other, entry)| *other != host && done[other.as_str()] < **entry);
                if let Some((other, _)) = missing {
                    waiting.entry(other).or_default().insert(host);
                    break;
                }
                *done.entry(host).or_default() += 1;
                awake.extend(waiting.remove(host).into_iter().flatten());
            }
        }
        let stuck = self.hosts.iter().find(|(host, events)| done[host.as_str()] < events.len() as u64);
        stuck.map_or(Ok(()), |(host, events)| {
            let (line, _) = events[done[host.as_str()] as usize];
            Err(CheckError::line(line, "this event comes before itself"))
        })
    }
}
