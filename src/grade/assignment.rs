//! What the logs of a submission should have come from: the assignment's die,
//! with the clock rates and the length that the logs themselves tell.

use crate::history::{History, MachineHistory};
use crate::metrics::MachineMetrics;
use crate::model::event::{Kind, Recipients};
use crate::model::machine::Broadcast;
use crate::model::time::LabTime;
use crate::plan::budget::{EVENTS_MAX, OverBudget, affordable_runs};
use crate::predict::expected::{RUNS, RUNS_LEAST};
use crate::spec::{ClockRate, MachineSpec, Network, Spec};

/// What was asked of everyone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assignment {
    /// Chance that an idle tick is INTERNAL.
    pub internal_prob: f64,
    /// How a send to all counts; none if the logs are to tell.
    pub broadcast: Option<Broadcast>,
}

/// Why theory has nothing to say of a run.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoTheory {
    #[error("the clock rates are not in the logs; --clock-rate 1,3,6 tells them")]
    NoRates,
    #[error("some machines' logs are not here")]
    LogsMissing,
    #[error("the model needs at least two machines")]
    Alone,
    #[error("the logs do not tell how long the run lasted")]
    NoLength,
    #[error("by its logs, {0}")]
    OverBudget(#[from] OverBudget),
}

impl Assignment {
    /// The spec that these machines should have run by.
    ///
    /// # Errors
    ///
    /// The logs do not tell enough.
    pub fn spec(&self, history: &History, rows: &[MachineMetrics]) -> Result<Spec, NoTheory> {
        let machines = rows.first().map_or(0, |row| row.machines as usize);
        if machines > rows.len() {
            return Err(NoTheory::LogsMissing);
        }
        if machines < 2 {
            return Err(NoTheory::Alone);
        }
        let rates: Vec<f64> =
            rows.iter().map(|row| row.clock_rate).collect::<Option<_>>().ok_or(NoTheory::NoRates)?;
        // The first event comes one period after the start.
        let spans: Vec<f64> = rows.iter().filter_map(|row| row.span_s).collect();
        if spans.len() < rows.len() || !spans.iter().any(|span_s| *span_s > 0.0) {
            return Err(NoTheory::NoLength);
        }
        let duration_s =
            spans.iter().zip(&rates).map(|(span_s, rate)| span_s + 1.0 / rate).fold(0.0, f64::max);
        let machine = |rate: &f64| MachineSpec {
            clock_rate: ClockRate::Fixed(*rate),
            address: None,
            foreign: false,
            log: None,
        };
        let spec = Spec {
            name: "assignment".to_owned(),
            why: String::new(),
            duration: LabTime::from_secs_f64(duration_s),
            seed: 0,
            internal_prob: self.internal_prob,
            broadcast: self.broadcast.unwrap_or_else(|| broadcast_of(history)),
            start_stagger: Spec::default_stagger(machines),
            speedup: 1.0,
            machines: rates.iter().map(machine).collect(),
            network: Network::default(),
            published: None,
        };
        affordable_runs(&spec, RUNS, RUNS_LEAST, EVENTS_MAX)?;
        Ok(spec)
    }
}

/// How a program counts a send to all, by its logs: where none of many SENDs is
/// to all, and each has a clock of its own, it counts once for each recipient.
fn broadcast_of(history: &History) -> Broadcast {
    /// That so many sends to single machines are chance.
    const CHANCE_MAX: f64 = 1e-4;
    let sends = history.machines().iter().flat_map(|machine| {
        let is_send = |index: &u32| machine.kind(*index) == Kind::Send;
        (0..machine.len() as u32).filter(is_send).map(move |index| machine.to(index))
    });
    let mut singles = 0;
    for to in sends {
        match to {
            Some(Recipients::One(_)) => singles += 1,
            Some(Recipients::Several(_) | Recipients::All) | None => return Broadcast::OneEvent,
        }
    }
    let choices = f64::from(history.machine_count());
    let chance = (1.0 - 1.0 / choices).powi(singles);
    let is_one_increment = history.machines().iter().any(repeats_a_clock);
    if chance < CHANCE_MAX && !is_one_increment { Broadcast::PerRecipient } else { Broadcast::OneEvent }
}

/// Whether two SENDs in a row have one clock.
fn repeats_a_clock(machine: &MachineHistory) -> bool {
    let is_send = |index: u32| machine.kind(index) == Kind::Send;
    (1..machine.len() as u32)
        .any(|index| is_send(index - 1) && is_send(index) && machine.clock(index - 1) == machine.clock(index))
}
