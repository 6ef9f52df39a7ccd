//! How a machine served its ticks: how many, and how late.

use hdrhistogram::Histogram;

use crate::log::{Header, Stamp};

/// Ticks served of those that were due.
#[derive(Clone, Copy)]
pub struct Served {
    pub ticks: u64,
    /// Slept through, as a delay in the sender makes them; due all the same.
    pub lost: u64,
    pub due: u64,
}

impl Served {
    /// Ticks served ÷ ticks due in the time that the machine ran: the run time
    /// is counted in whole periods, so that a fraction of one is no infidelity.
    pub fn share(self) -> f64 {
        self.ticks as f64 / self.due as f64
    }

    /// The same without the ticks that the model slept through: how far the host
    /// kept the clock. `None` where the model slept through all.
    pub fn fidelity(self) -> Option<f64> {
        let due = self.due.saturating_sub(self.lost);
        (due > 0).then(|| self.ticks as f64 / due as f64)
    }

    /// So many late ones, as a share of the ticks served.
    pub fn late_share(self, late: u64) -> Option<f64> {
        (self.ticks > 0).then(|| late as f64 / self.ticks as f64)
    }
}

/// How late ticks were served, in real time.
#[derive(Debug)]
pub struct Ticks {
    pub served: u64,
    pub last: u64,
    pub late: u64,
    pub lateness_us: Histogram<u64>,
    pub lateness_max_us: u64,
}

impl Default for Ticks {
    fn default() -> Ticks {
        /// Quantiles are exact to a thousandth.
        const DIGITS: u8 = 3;
        let lateness_us = Histogram::new(DIGITS).unwrap_or_else(|_| unreachable!("three digits are allowed"));
        Ticks { served: 0, last: 0, late: 0, lateness_us, lateness_max_us: 0 }
    }
}

impl Ticks {
    #[inline]
    pub fn serve(&mut self, tick: u64, stamp: Stamp, origin: Stamp, header: &Header) {
        if tick == self.last {
            return;
        }
        self.last = tick;
        self.served += 1;
        let Some(phase) = header.phase else { return };
        let due_s = phase.as_secs_f64() + tick as f64 / header.clock_rate;
        let late_s = (stamp.seconds_since(origin) - due_s).max(0.0);
        if late_s * header.clock_rate > 0.5 {
            self.late += 1;
        }
        let real_us = (late_s * 1e6 / header.speedup.unwrap_or(1.0)).round() as u64;
        // The histogram grows as it must; only a lateness beyond all range is refused.
        let _ = self.lateness_us.record(real_us);
        self.lateness_max_us = self.lateness_max_us.max(real_us);
    }

    /// The lateness that this share of the ticks did not exceed.
    pub fn lateness_us_at(&self, share: f64) -> Option<u64> {
        // An edge of the histogram may lie beyond the largest.
        let value = || self.lateness_us.value_at_quantile(share).min(self.lateness_max_us);
        (!self.lateness_us.is_empty()).then(value)
    }
}
