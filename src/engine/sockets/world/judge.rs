//! What must hold when all is over, whatever went wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use super::node::Outcome;
use super::plan::Fault;
use super::schedule::World;
use super::stranger::STRANGE_CLOCK;
use crate::engine::sockets::driver::{END_PATIENCE, FOREIGN_PATIENCE, Loss};
use crate::log::EndReason;

/// After a stop that all hear, all are over within this.
const STOP_MAX: Duration = Duration::from_millis(1500);
const SLACK: Duration = Duration::from_millis(1000);

impl World {
    pub fn judge(&self) -> Result<(), String> {
        self.every_receive_has_its_send()?;
        self.nothing_strange_is_attributed()?;
        self.all_begin_or_say_why()?;
        self.nobody_waits_for_ever()?;
        self.the_status_is_true()?;
        let is_whole = self.nodes.iter().all(|node| node.end().is_some());
        if is_whole && !self.plan.has_foreign { self.account() } else { Ok(()) }
    }

    fn all_begin_or_say_why(&self) -> Result<(), String> {
        let outcomes = || self.nodes.iter().map(|node| &node.outcome);
        let reported = || format!("{:?}", outcomes().collect::<Vec<_>>());
        let has_begun = |outcome: &&Outcome| !matches!(outcome, Outcome::Stopped | Outcome::NotBegun(_));
        let begun = outcomes().filter(has_begun).count();
        if begun == self.nodes.len() {
            return Ok(());
        }
        if self.nodes.iter().filter_map(|node| node.end()).any(|end| end.reason == EndReason::Completed) {
            return Err(format!("some have not begun, and others are completed: {}", reported()));
        }
        match self.plan.fault {
            Fault::Nothing | Fault::Hang(..) if self.must_begin() => {
                Err(format!("all are honest and alive, and the run does not begin: {}", reported()))
            }
            Fault::Stop if begun > 0 => Err(format!("some have begun and others not: {}", reported())),
            Fault::Stop | Fault::StopOne(_) => Ok(()),
            _ if begun == 0 && !outcomes().any(|outcome| matches!(outcome, Outcome::NotBegun(_))) => {
                Err(format!("nobody says why the run does not begin: {}", reported()))
            }
            _ => Ok(()),
        }
    }

    /// Whether there is room at the acceptors beside strangers, and time.
    fn must_begin(&self) -> bool {
        self.plan.unheard > 1 && 2 * self.hung() < self.plan.patience
    }

    fn nobody_waits_for_ever(&self) -> Result<(), String> {
        // Where all goes well nobody is waited for but foreign machines.
        let patience = if self.plan.is_gentle() { Duration::ZERO } else { END_PATIENCE };
        let run = Duration::from_nanos(self.plan.duration.0);
        let most = run + patience + FOREIGN_PATIENCE + SLACK + self.hung();
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.end().is_some()) {
            let latest = node.start.after(most);
            if node.over_at > latest {
                let late = node.over_at.since(latest);
                return Err(format!("machine {} ends {late:?} after all patience", at + 1));
            }
        }
        let over_at = self.nodes.iter().map(|node| node.over_at).max();
        match (self.plan.fault, self.stopped_at, over_at) {
            (Fault::Stop, Some(stopped), Some(over)) if over.since(stopped) > STOP_MAX => {
                Err(format!("the run ends {:?} after it was stopped", over.since(stopped)))
            }
            _ => Ok(()),
        }
    }

    fn the_status_is_true(&self) -> Result<(), String> {
        let losses: Vec<&Loss> = self.nodes.iter().filter_map(|node| node.loss.as_ref()).collect();
        if self.plan.is_gentle() && !losses.is_empty() {
            return Err(format!("nothing was lost, and it says {losses:?}"));
        }
        for node in &self.nodes {
            let expected = |reason| match (self.plan.fault, &node.loss) {
                (_, Some(_)) => reason == EndReason::Failed,
                (Fault::Nothing, None) => reason == EndReason::Completed,
                _ => true,
            };
            if let Some(end) = node.end().filter(|end| !expected(end.reason)) {
                return Err(format!("the record of the end says {}", end.reason));
            }
        }
        Ok(())
    }

    /// Sent = received + queued + lost, and a loss is reported.
    fn account(&self) -> Result<(), String> {
        let ends = || self.nodes.iter().filter_map(|node| node.end());
        let sent: u64 = ends().map(|end| end.sent).sum();
        let here: u64 = ends().map(|end| end.received + end.queue_length).sum();
        let own = self.pipes.iter().map(|pipe| pipe.borrow()).filter(|pipe| pipe.from < self.nodes.len());
        let on_the_way: u64 = own.map(|pipe| pipe.lost + pipe.messages()).sum();
        let unsent: u64 = self.nodes.iter().map(|node| unsent(&node.disk.borrow().bytes)).sum();
        if sent != here + on_the_way + unsent {
            return Err(format!(
                "{sent} sent, {here} here, {on_the_way} lost on the way, {unsent} reported unsent"
            ));
        }
        if on_the_way + unsent > 0 && self.nodes.iter().all(|node| node.loss.is_none()) {
            return Err(format!("{} messages are lost and nobody says so", on_the_way + unsent));
        }
        Ok(())
    }

    fn nothing_strange_is_attributed(&self) -> Result<(), String> {
        for node in &self.nodes {
            let disk = node.disk.borrow();
            let text = String::from_utf8_lossy(&disk.bytes);
            let is_strange = |line: &&str| {
                let clock = field(line, "Message clock: ", ",").and_then(|clock| clock.parse::<u64>().ok());
                clock.is_some_and(|clock| (STRANGE_CLOCK..STRANGE_CLOCK + 2).contains(&clock))
            };
            if let Some(line) = text.lines().find(|line| line.contains("From: ") && is_strange(line))
                && field(line, "From: ", ",").is_some_and(|from| from.parse() == Ok(self.plan.count + 1))
            {
                return Err(format!("a stranger's message is taken for the foreign machine's: {line}"));
            }
        }
        Ok(())
    }

    fn every_receive_has_its_send(&self) -> Result<(), String> {
        if self.nodes.iter().any(|node| node.disk.borrow().room.is_some()) && self.is_killed {
            return Ok(());
        }
        let texts: Vec<String> = (self.nodes.iter())
            .map(|node| String::from_utf8_lossy(&node.disk.borrow().bytes).into_owned())
            .collect();
        let sends: Vec<BTreeSet<&str>> = texts
            .iter()
            .map(|text| {
                let lines = text.lines().filter(|line| line.contains(" | SEND | "));
                lines.filter_map(|line| field(line, " | Clock: ", " |")).collect()
            })
            .collect();
        for (at, text) in texts.iter().enumerate() {
            for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
                let Some(clock) = field(line, "Message clock: ", ",") else { continue };
                let from = field(line, "From: ", ",").and_then(|from| from.parse::<usize>().ok());
                let Some(from) = from.filter(|from| *from <= sends.len()) else { continue };
                if !sends[from - 1].contains(clock) {
                    return Err(format!("machine {} kept {line} and machine {from} no such SEND", at + 1));
                }
            }
        }
        Ok(())
    }
}

fn field<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    line.split_once(before)?.1.split_once(after).map(|(value, _)| value)
}

/// Messages that a log says were not sent.
fn unsent(log: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(log);
    let reported = text.lines().filter_map(|line| field(line, ", ", " were not sent"));
    reported.filter_map(|number| number.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}
