//! Executing runs of a plan: several at once, each journalled as it ends.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::attempt::{OnSockets, simulate};
use super::error::SweepError;
use super::folder::SweepFolder;
use super::journal::{Entry, Journal};
use super::journals::Journals;
use super::limiter::Limiter;
use super::pending::Pending;
use super::staging::Staging;
use crate::engine::{StopSwitch, Token, limits};
use crate::model::engine::Engine;
use crate::plan::Plan;
use crate::store::StoreError;

/// How runs of a plan are to be made.
pub struct Execution<'a> {
    pub plan: &'a Plan,
    pub folder: &'a SweepFolder,
    pub journal: &'a Journal,
    pub stop: &'a StopSwitch,
    /// What machines must know to be let in by each other.
    pub token: &'a Token,
    /// Begin no further run once one has failed.
    pub fail_fast: bool,
    /// Told of every run as it ends, from any thread.
    pub ended: &'a (dyn Fn(&Entry) + Sync),
}

impl Execution<'_> {
    /// Makes the runs with these numbers, and journals each as it ends. Blocks
    /// until all have ended, or have been stopped.
    ///
    /// # Errors
    ///
    /// What keeps results from being written. A run that fails is no error: its
    /// entry says so.
    pub fn execute(&self, numbers: &[u64]) -> Result<(), SweepError> {
        let limiter = self.limiter(numbers);
        let staging = self.staging()?;
        let next = AtomicUsize::new(0);
        let halt = AtomicBool::new(false);
        let problem = Mutex::new(None);
        let take = || {
            let open = !halt.load(Relaxed) && self.stop.reason().is_none();
            numbers.get(next.fetch_add(1, Relaxed)).copied().filter(|_| open)
        };
        // Whoever waited with a number in hand would make its run after a halt,
        // and out of order.
        let work = || loop {
            limiter.enter();
            let Some(number) = take() else { return limiter.leave_untried() };
            match self.make(number, &limiter, staging.as_ref()) {
                Ok(Some(entry)) => {
                    halt.fetch_or(self.fail_fast && entry.failure.is_some(), Relaxed);
                    limiter.leave(entry.went_well());
                }
                Ok(None) => limiter.leave_untried(),
                Err(error) => {
                    halt.store(true, Relaxed);
                    problem.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    limiter.leave_untried();
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..limiter.most().min(numbers.len()) {
                scope.spawn(work);
            }
        });
        self.journal.sync()?;
        problem.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Makes every run that is wanted and not done, until none is. Blocks.
    ///
    /// # Errors
    ///
    /// As [`Execution::execute`].
    pub fn run_missing(&self) -> Result<(), SweepError> {
        let mut tried = BTreeSet::new();
        loop {
            let journals = Journals::of(self.folder, self.plan, &[])?;
            let pending = Pending::of(self.plan, &journals)?;
            let todo: Vec<u64> =
                pending.runs(self.plan).filter(|run| !journals.has(*run) && !tried.contains(run)).collect();
            let has_failed = journals.failed().any(|(run, _)| tried.contains(&run));
            if todo.is_empty() || self.stop.reason().is_some() || (self.fail_fast && has_failed) {
                return Ok(());
            }
            self.execute(&todo)?;
            if self.plan.until.is_none() {
                return Ok(());
            }
            tried.extend(todo);
        }
    }

    /// What runs that leave files are made on.
    fn staging(&self) -> Result<Option<Staging>, StoreError> {
        if self.plan.engine == Engine::Simulator {
            return Ok(None);
        }
        Staging::clear_abandoned(&self.folder.journals())?;
        Staging::beside(self.journal.path()).map(Some)
    }

    /// Makes one run and journals it; `None` where it was stopped.
    fn make(
        &self,
        number: u64,
        limiter: &Limiter,
        staging: Option<&Staging>,
    ) -> Result<Option<Entry>, SweepError> {
        let run = self.plan.run(number);
        let entry = match staging {
            None => simulate(number, &run, self.stop),
            Some(staging) => {
                let Execution { folder, stop, token, .. } = *self;
                OnSockets { folder, staging, limiter, stop, token }.make(number, &run)?
            }
        };
        if let Some(entry) = &entry {
            self.journal.add(entry)?;
            // Simulated runs are many and made again at no cost; those of sockets
            // are on the disk before they are reported.
            if staging.is_some() {
                self.journal.sync()?;
            }
            (self.ended)(entry);
        }
        Ok(entry)
    }

    /// Simulations take turns on the processors; on sockets it is the host's
    /// pace that decides.
    fn limiter(&self, numbers: &[u64]) -> Limiter {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        if self.plan.engine == Engine::Simulator {
            return Limiter::fixed(processors);
        }
        let cells = || numbers.iter().map(|number| &self.plan.cells()[self.plan.place(*number).0].spec);
        // Two runs cannot listen on the same fixed port.
        if cells().any(|spec| spec.machines.iter().any(|machine| machine.address.is_some())) {
            return Limiter::fixed(1);
        }
        /// A first guess at what a tick costs, from which the limiter finds its way.
        const TICK_COST_S: f64 = 100e-6;
        /// The share of the host that the first guess gives away.
        const FIRST_SHARE: f64 = 0.25;
        const MOST: usize = 24;
        let ticks_a_second =
            cells().map(|spec| spec.speedup * spec.tick_rate()).fold(f64::MIN_POSITIVE, f64::max);
        let first = processors as f64 * FIRST_SHARE / (ticks_a_second * TICK_COST_S);
        let machines = cells().map(|spec| u64::from(spec.machine_count())).max().unwrap_or(1);
        let most = limits::how_many(machines * (machines + 1), MOST as u64) as usize;
        Limiter::adaptive(first as usize, most)
    }
}
