//! Is the log true? Rules that the logs of a run must keep, each with a
//! verdict, and with the lines that break it.

mod account;
mod arrivals;
mod clocks;
mod context;
mod declared;
mod errors;
mod files;
mod finding;
mod habits;
mod hosts;
mod lines;
mod links;
mod messages;
mod never_arrived;
mod pace;
mod queue;
pub mod source_lines;
mod span;
#[cfg(test)]
mod tests;
mod ticks;
mod times;

pub use declared::DeclaredParams;
pub use files::{Change, ChangedFile};
pub use finding::{Finding, Place, RuleResult, Verdict};

use crate::history::History;
use crate::model::event::Kind;
use crate::parallel;
use context::Context;
use finding::Findings;

/// Runs whose logs are larger together are measured, and audited by `labctl check`
/// alone: an audit keeps all events in memory, here about two million, which
/// take a fifth of a gigabyte.
pub const HISTORY_BYTES_MAX: u64 = 256 << 20;

/// One thing that must be true of a run's logs.
#[derive(Debug)]
pub struct Rule {
    /// Short, stable, for the command line and for programs.
    pub id: &'static str,
    /// What must hold, in a line.
    pub reason: &'static str,
    /// A page about it: why, how it is checked, what breaks it.
    pub page: &'static str,
    rests_on: Evidence,
    check: fn(&Context<'_>, &mut Findings),
}

/// What a rule is judged by. Where a run's logs do not have it, they can neither
/// keep the rule nor break it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    /// Lines and files, of events or not.
    Files,
    Events,
    /// The RECEIVEs of all logs.
    Receives,
    /// The event of every tick.
    Ticks,
}

impl Evidence {
    /// Why these logs do not have it.
    fn missing(self, context: &Context<'_>) -> Option<String> {
        let without_end = || context.machines().iter().any(|machine| machine.end().is_none());
        if self != Evidence::Files && context.history.events() == 0 && without_end() {
            return Some("there is no event in these logs".to_owned());
        }
        let never_logged = context.habits.never_logged.as_ref()?;
        let rests_on_it = match never_logged.kind {
            Kind::Receive => matches!(self, Evidence::Receives | Evidence::Ticks),
            _ => self == Evidence::Ticks,
        };
        rests_on_it.then(|| never_logged.why())
    }
}

impl Rule {
    /// Why it must hold: the first words of its page.
    pub fn why(&self) -> &'static str {
        self.page.split("\n\n").next().unwrap_or_default()
    }

    /// What usually breaks it, where its page tells.
    pub fn causes(&self) -> Option<&'static str> {
        self.page.split("\n\n").find_map(|words| words.strip_prefix("Broken by: "))
    }
}

/// All rules, in the order in which they are reported.
pub static RULES: [&Rule; 24] = [
    &lines::LINES_READABLE,
    &lines::ONE_HEADER,
    &lines::LOG_WHOLE,
    &errors::NO_ERRORS,
    &files::FILES_UNCHANGED,
    &declared::PARAMETERS,
    &span::ONE_RUN,
    &span::TIME_FORWARD,
    &hosts::HOST_CLOCKS,
    &clocks::CLOCK_RISES,
    &clocks::CLOCK_STEP,
    &clocks::CLOCK_CONDITION,
    &messages::MESSAGE_SENT,
    &messages::MESSAGE_ONCE,
    &links::LINK_ORDER,
    &links::NOTHING_LOST,
    &span::SENT_BEFORE_RECEIVED,
    &account::MESSAGES_ADD_UP,
    &account::END_AGREES,
    &queue::QUEUE_LENGTH,
    &queue::QUEUE_FIRST,
    &arrivals::QUEUE_ORDER,
    &ticks::ONE_EVENT_A_TICK,
    &ticks::RATE_KEPT,
];

/// Fewer are judged by one thread.
const ALONE_EVENTS_MAX: u64 = 1 << 16;

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// What the rules say of a run, in the order of [`RULES`].
#[derive(Clone, Debug)]
pub struct Audit {
    pub results: Vec<RuleResult>,
}

impl Audit {
    /// Whether no rule is broken, as far as these logs can show.
    pub fn is_sound(&self) -> bool {
        self.results.iter().all(|result| result.verdict != Verdict::Unsound)
    }

    /// The verdict on the run as a whole.
    pub fn words(&self) -> &'static str {
        match (self.is_sound(), self.unknown().next().is_none()) {
            (false, _) => "unsound",
            (true, true) => "sound",
            (true, false) => "sound, as far as these logs can show",
        }
    }

    /// The rules of which these logs cannot show whether they are kept.
    pub fn unknown(&self) -> impl Iterator<Item = (&'static Rule, &str)> {
        self.results.iter().filter_map(|result| match &result.verdict {
            Verdict::Unknown(why) => Some((result.rule, why.as_str())),
            _ => None,
        })
    }

    /// Habits of logging: what a reader should know, and what breaks no rule.
    pub fn remarks(&self) -> impl Iterator<Item = (&'static Rule, &Finding)> {
        self.results.iter().flat_map(|result| result.remarks.iter().map(|remark| (result.rule, remark)))
    }

    /// All findings, kept or not.
    pub fn count(&self) -> u64 {
        self.results.iter().map(RuleResult::count).sum()
    }
}

/// Checks a run against `rules`; what is declared of it elsewhere is one more
/// thing to check its logs against.
pub fn audit(history: &History, declared: Option<&DeclaredParams>, rules: &[&'static Rule]) -> Audit {
    let context = Context::new(history, declared);
    let result = |rule: &&'static Rule| {
        let mut findings = Findings::default();
        (rule.check)(&context, &mut findings);
        if let Some(why) = rule.rests_on.missing(&context) {
            findings.unknown(why);
        }
        findings.result(rule)
    };
    let results = if history.events() > ALONE_EVENTS_MAX {
        parallel::map(rules, result)
    } else {
        rules.iter().map(result).collect()
    };
    Audit { results }
}
