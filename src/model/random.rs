//! Where chance comes from: seeded streams, one a machine, never the system.
//!
//! A stream is named by the experiment's seed and the machine's id, so neither
//! the order in which machines are made nor what the others do changes a draw.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::model::delay::Delay;
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// Streams of one seed are distinguished by purpose in the upper half of the
/// stream number and by machine in the lower.
#[derive(Clone, Copy)]
enum Purpose {
    Decision = 0,
    Delay = 1,
    ClockRate = 2,
}

fn stream(seed: u64, machine: MachineId, purpose: Purpose) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((purpose as u64) << 32 | u64::from(machine.0));
    rng
}

/// Uniform in [0, 1), from the upper 53 bits of one draw.
fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// The draws behind a machine's ticks: one a tick, used or not.
#[derive(Clone, Debug)]
pub struct Decisions(ChaCha8Rng);

impl Decisions {
    pub fn new(seed: u64, machine: MachineId) -> Decisions {
        Decisions(stream(seed, machine, Purpose::Decision))
    }

    /// The draw of the next tick, uniform in [0, 1).
    #[inline]
    pub fn next_unit(&mut self) -> f64 {
        unit(&mut self.0)
    }

    /// Passes over the draws of ticks that were never served.
    pub fn skip(&mut self, ticks: u64) {
        const WORDS_PER_DRAW: u128 = 2;
        self.0.set_word_pos(self.0.get_word_pos() + WORDS_PER_DRAW * u128::from(ticks));
    }
}

/// The network delays that a machine's messages meet, in the order of sending.
#[derive(Clone, Debug)]
pub struct Delays {
    rng: ChaCha8Rng,
    law: Delay,
}

impl Delays {
    pub fn new(seed: u64, machine: MachineId, law: Delay) -> Delays {
        Delays { rng: stream(seed, machine, Purpose::Delay), law }
    }

    /// The next message's delay, by inversion: one draw a message whatever the
    /// law, so that two laws under one seed stay comparable.
    pub fn next_delay(&mut self) -> LabTime {
        match self.law {
            Delay::None => LabTime::ZERO,
            Delay::Constant(delay) => delay,
            Delay::Uniform { low, high } => {
                let share = unit(&mut self.rng);
                LabTime(low.0 + (share * (high.0 - low.0) as f64) as u64)
            }
            // `libm` gives the same bits on every host; the system's logarithm need not.
            Delay::Exponential { mean } => {
                let share = unit(&mut self.rng);
                LabTime((-libm::log1p(-share) * mean.0 as f64) as u64)
            }
        }
    }
}

/// A clock rate drawn from the whole numbers `low..=high`, as in the assignment.
pub fn draw_clock_rate(seed: u64, machine: MachineId, low: u32, high: u32) -> f64 {
    let share = unit(&mut stream(seed, machine, Purpose::ClockRate));
    let choices = f64::from(high - low) + 1.0;
    f64::from(low) + (share * choices).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: MachineId = MachineId(2);

    #[test]
    fn skipping_ticks_is_drawing_them_and_looking_away() {
        let mut drawn = Decisions::new(7, MACHINE);
        let mut skipped = drawn.clone();
        for _ in 0..1000 {
            drawn.next_unit();
        }
        skipped.skip(1000);
        assert_eq!(drawn.next_unit(), skipped.next_unit());
    }

    #[test]
    fn machines_and_seeds_have_streams_of_their_own() {
        let first = |seed, id| Decisions::new(seed, MachineId(id)).next_unit();
        assert_ne!(first(1, 1), first(1, 2));
        assert_ne!(first(1, 1), first(2, 1));
        assert_eq!(first(3, 4), first(3, 4));
    }

    #[test]
    fn delays_keep_to_their_law() {
        let mean_of = |law| {
            let mut delays = Delays::new(1, MACHINE, law);
            let drawn: Vec<f64> = (0..20_000).map(|_| delays.next_delay().as_secs_f64()).collect();
            (drawn.iter().sum::<f64>() / 20_000.0, drawn)
        };
        let ms = |n: u64| LabTime(n * 1_000_000);
        let (mean, drawn) = mean_of(Delay::Uniform { low: ms(100), high: ms(500) });
        assert!((mean - 0.3).abs() < 0.005, "{mean}");
        assert!(drawn.iter().all(|delay| (0.1..=0.5).contains(delay)));
        let (mean, drawn) = mean_of(Delay::Exponential { mean: ms(200) });
        assert!((mean - 0.2).abs() < 0.005, "{mean}");
        assert!(drawn.iter().any(|delay| *delay > 0.8));
        assert_eq!(mean_of(Delay::Constant(ms(50))).1, vec![0.05; 20_000]);
    }

    #[test]
    fn drawn_clock_rates_cover_their_range() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            seen.insert(draw_clock_rate(seed, MACHINE, 1, 6) as u32);
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    }
}
