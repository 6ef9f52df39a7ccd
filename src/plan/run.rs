//! A run to come: here its seed, its rates and its name are decided. Pure.

use crate::model::delay::Delay;
use crate::model::delay::DelayAt;
use crate::model::event::MachineId;
use crate::model::machine::Broadcast;
use crate::model::random::draw_clock_rate;
use crate::model::theory::{Prediction, predict};
use crate::spec::{ClockRate, Spec};

/// One execution to come: a spec in which nothing is left to chance but what
/// its seed decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Names its folder below the experiment's.
    pub name: String,
    /// With every clock rate fixed.
    pub spec: Spec,
    clock_rates: Vec<f64>,
}

impl Run {
    /// A single run of `spec`; rates left to chance are drawn with its seed.
    pub fn single(mut spec: Spec, name: String) -> Run {
        let seed = spec.seed;
        let clock_rates: Vec<f64> = MachineId::all(spec.machine_count())
            .zip(&spec.machines)
            .map(|(id, machine)| match machine.clock_rate {
                ClockRate::Fixed(rate) => rate,
                ClockRate::Random { low, high } => draw_clock_rate(seed, id, low, high),
            })
            .collect();
        for (machine, rate) in spec.machines.iter_mut().zip(&clock_rates) {
            machine.clock_rate = ClockRate::Fixed(*rate);
        }
        Run { name, spec, clock_rates }
    }

    /// Ticks per second of lab time, in the order of the machines.
    pub fn clock_rates(&self) -> &[f64] {
        &self.clock_rates
    }

    /// What the law of queues says of the machines, in their order.
    pub fn predictions(&self) -> Vec<Prediction> {
        predict(&self.clock_rates, self.spec.rules(), self.spec.duration.as_secs_f64())
    }

    /// Whether a delay costs machines ticks, which the law leaves out.
    pub fn delays_senders(&self) -> bool {
        self.spec.network.delay != Delay::None && self.spec.network.delay_at == DelayAt::Sender
    }

    /// All machines, in order.
    pub fn machines(&self) -> impl Iterator<Item = MachineId> + use<> {
        MachineId::all(self.spec.machine_count())
    }

    /// How often the machines can increment their clocks, all together, in the
    /// whole run.
    pub fn increments_max(&self) -> u64 {
        let a_tick = match self.spec.broadcast {
            Broadcast::OneEvent => 1,
            Broadcast::PerRecipient => u64::from(self.spec.machine_count().saturating_sub(1)),
        };
        // Too large a number becomes the largest.
        let ticks = |rate: &f64| (rate * self.spec.duration.as_secs_f64()).ceil() as u64;
        let ticks = self.clock_rates().iter().map(ticks).fold(0, u64::saturating_add);
        ticks.saturating_mul(a_tick)
    }

    pub fn is_foreign(&self, machine: MachineId) -> bool {
        self.spec.machines.get(machine.index()).is_some_and(|spec| spec.foreign)
    }
}
