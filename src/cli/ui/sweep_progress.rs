//! What a person sees while a sweep runs: runs done, how fast, and how long
//! still.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use labctl::plan::Plan;
use labctl::sweep::Entry;

use crate::cli::Terminal;

const REDRAW_EVERY: Duration = Duration::from_millis(200);
/// Off a terminal, a plain line this often.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Reasons of failures reported as they come; all are in the list at the end.
const REASONS_SHOWN: usize = 5;

/// Shows a sweep's progress until it is finished.
pub struct SweepProgress<'a> {
    bar: ProgressBar,
    plan: &'a Plan,
    terminal: &'a Terminal,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tally: Tally,
    reported_after: Duration,
    reasons: BTreeSet<String>,
}

/// How runs ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub done: u64,
    pub failed: u64,
    /// Attempts beyond the first, of runs whose clocks did not keep the pace.
    pub again: u64,
}

impl<'a> SweepProgress<'a> {
    /// Starts to show a sweep of which `before` of `all` runs were done before.
    pub fn start(plan: &'a Plan, before: u64, all: u64, terminal: &'a Terminal) -> SweepProgress<'a> {
        let target = if terminal.talk_to_a_person {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(all), target).with_position(before);
        let template = "[{bar:40.cyan/blue}] {pos} of {len} runs, {rate}, {eta} to go{msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            // A rate that cannot be written costs the bar no more than that.
            let _ = write!(out, "{:.1} runs/s", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate).progress_chars("━╸─"));
        bar.reset_eta();
        bar.enable_steady_tick(REDRAW_EVERY);
        SweepProgress { bar, plan, terminal, state: Mutex::default() }
    }

    /// Takes in a run that ended.
    pub fn ended(&self, entry: &Entry) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.bar.inc(1);
        state.tally.again += u64::from(entry.attempts - 1);
        if let Some(reason) = &entry.failure {
            state.tally.failed += 1;
            if state.reasons.len() < REASONS_SHOWN && state.reasons.insert(reason.clone()) {
                let run = name(self.plan, entry.run);
                self.bar.suspend(|| self.terminal.warn(format!("{run} failed: {reason}")));
            }
            self.bar.set_message(format!(", {} failed", state.tally.failed));
        } else {
            state.tally.done += 1;
        }
        self.tell(&mut state);
    }

    /// So many runs are done, wherever they are made.
    pub fn at(&self, done: u64) {
        self.bar.set_position(done);
        self.tell(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Talks without the bar in between.
    pub fn suspended(&self, talk: impl FnOnce()) {
        self.bar.suspend(talk);
    }

    /// Off a terminal, a plain line now and then.
    fn tell(&self, state: &mut State) {
        let elapsed = self.bar.elapsed();
        if !self.terminal.talk_to_a_person && elapsed >= state.reported_after + PLAIN_EVERY {
            state.reported_after = elapsed;
            let (position, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
            let eta = self.bar.eta().as_secs();
            self.terminal.say(format!("{position} of {all} runs, about {eta} s to go"));
        }
    }

    /// Takes the bar away.
    pub fn finish(self) -> Tally {
        self.bar.finish_and_clear();
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).tally
    }
}

/// A run as a person knows it: its name, and its cell.
pub fn name(plan: &Plan, run: u64) -> String {
    format!("{} ({})", plan.run_name(run), plan.cells()[plan.place(run).0].full_title())
}
