//! The meter: from a machine's log lines to its metrics, in one pass.

use std::collections::BTreeMap;

use super::ticks::{Served, Ticks};
use super::{EndQueueSource, MachineMetrics};
use crate::engine::Schedule;
use crate::event::{Kind, MachineId, Recipients};
use crate::log::{End, Header, Line, Record, Stamp};
use crate::time::LabTime;

/// Measures one machine while its log is read.
#[derive(Debug)]
pub struct Meter {
    machine: MachineId,
    origin: Stamp,
    header: Option<Header>,
    end: Option<End>,
    span: Option<(Stamp, Stamp)>,
    by_kind: [u64; 3],
    sends_to_all: u64,
    max_queue: u64,
    last_queue: u64,
    logs_queues: bool,
    clock: u64,
    jumps: Jumps,
    slope: Slope,
    ticks: Ticks,
    machines_named: u32,
}

/// How many machines a run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machines {
    Are(u32),
    /// Nobody says, and there must be so many.
    AtLeast(u32),
}

impl Machines {
    fn count(self) -> u32 {
        match self {
            Machines::Are(count) | Machines::AtLeast(count) => count,
        }
    }
}

impl Meter {
    /// A meter for `machine` in a run whose lab time began at `origin`.
    pub fn new(machine: MachineId, origin: Stamp) -> Meter {
        Meter {
            machine,
            origin,
            header: None,
            end: None,
            span: None,
            by_kind: [0; 3],
            sends_to_all: 0,
            max_queue: 0,
            last_queue: 0,
            logs_queues: false,
            clock: 0,
            jumps: Jumps::default(),
            slope: Slope::default(),
            ticks: Ticks::default(),
            machines_named: 0,
        }
    }

    /// Takes in the next line.
    #[inline]
    pub fn see(&mut self, line: &Line<'_>) {
        match line {
            Line::Event(record) => self.event(record),
            Line::Rate(header) if self.events() == 0 => self.header = Some(*header),
            Line::End(end) => self.end = Some(*end),
            _ => {}
        }
    }

    #[inline]
    fn event(&mut self, record: &Record) {
        self.by_kind[record.kind as usize] += 1;
        self.span = Some((self.span.map_or(record.stamp, |(first, _)| first), record.stamp));
        if let Some(queue) = record.queue_length {
            self.max_queue = self.max_queue.max(queue);
            self.last_queue = queue;
            self.logs_queues = true;
        }
        if record.to == Some(Recipients::All) {
            self.sends_to_all += 1;
        }
        self.machines_named = self.machines_named.max(record.machine_named());
        // A log's first event has no clock before it to jump from.
        if record.kind == Kind::Receive && self.events() > 1 {
            self.jumps.add(record.clock.saturating_sub(self.clock));
        }
        self.clock = record.clock;
        self.slope.add(record.stamp.seconds_since(self.origin), record.clock as f64);
        if let (Some(tick), Some(header)) = (record.tick, &self.header) {
            self.ticks.serve(tick, record.stamp, self.origin, header);
        }
    }

    /// How many machines there must be: the last that is named, and two where
    /// messages were sent or received.
    pub fn machines_known(&self) -> u32 {
        let talks = self.events() > self.by_kind[Kind::Internal as usize];
        self.machines_named.max(if talks { 2 } else { 1 })
    }

    fn events(&self) -> u64 {
        self.by_kind.iter().sum()
    }

    /// Messages left after the last RECEIVE, as the queue stands now.
    pub fn queue(&self) -> u64 {
        self.last_queue
    }

    /// Whether the queue is known: it was logged, or nothing ever waited in it.
    pub fn knows_queue(&self) -> bool {
        self.logs_queues || self.by_kind[Kind::Receive as usize] == 0
    }

    /// Ticks served per second of lab time up to the last event, where the log
    /// numbers its ticks; needs no record of the end.
    pub fn achieved_rate_so_far(&self) -> Option<f64> {
        let (header, (_, last)) = (self.header?, self.span?);
        let last = LabTime::from_secs_f64(last.seconds_since(self.origin));
        let schedule = Schedule { clock_rate: header.clock_rate, phase: header.phase?, duration: last };
        // What was served was due, whatever a stamp in microseconds rounds away.
        let due = schedule.due(last).max(self.ticks.last);
        let served = Served { ticks: self.ticks.served, due };
        (served.ticks > 0 && served.due > 0).then(|| served.share() * header.clock_rate)
    }

    /// 99 % of ticks were served no later than this, in real time.
    pub fn lateness_p99_us(&self) -> Option<u64> {
        self.ticks.lateness_us_at(0.99)
    }

    pub fn clock_rate(&self) -> Option<f64> {
        self.header.map(|header| header.clock_rate)
    }

    /// How many RECEIVE events raised the clock by how much.
    pub fn jumps(&self) -> BTreeMap<u64, u64> {
        self.jumps.counts()
    }

    /// The machine's row, but for what only its whole run can say: `clock_diff`,
    /// `speed_ratio` and `ratio_difference` are filled in by [`super::complete_run`].
    pub fn finish(&self, experiment: &str, run: &str, machines: Machines) -> MachineMetrics {
        let [internal, sends, receives] = self.by_kind;
        let events = self.events();
        let rate = self.clock_rate();
        let served = self.served(rate);
        let to_all = match machines {
            Machines::Are(count) => Some(Recipients::All.count(count)),
            Machines::AtLeast(_) => (self.sends_to_all == 0).then_some(0),
        };
        let logged_sent = to_all.map(|to_all| sends - self.sends_to_all + self.sends_to_all * to_all);
        MachineMetrics {
            experiment: experiment.to_owned(),
            run: run.to_owned(),
            machine: self.machine,
            machines: machines.count(),
            clock_rate: rate,
            speed_ratio: None,
            ratio_difference: None,
            span_s: self.span.map_or(0.0, |(first, last)| last.seconds_since(first)),
            events,
            internal,
            sends,
            receives,
            utilisation: self.utilisation(receives, events),
            max_queue: self.knows_queue().then_some(self.max_queue),
            end_queue: self
                .end
                .map(|end| end.queue_length)
                .or_else(|| self.knows_queue().then_some(self.last_queue)),
            end_queue_source: match self.end {
                Some(_) => EndQueueSource::Recorded,
                None if self.knows_queue() => EndQueueSource::LastLogged,
                None => EndQueueSource::Unknown,
            },
            final_clock: self.clock,
            clock_diff: None,
            clock_drift: self.slope.value().zip(rate).map(|(slope, rate)| slope / rate),
            jump_mean: self.jumps.mean(),
            jump_p95: self.jumps.quantile(0.95),
            jump_max: self.jumps.quantile(1.0),
            ticks: served.map(|served| served.ticks),
            lost_ticks: self.end.map(|end| end.lost_ticks),
            late_ticks: served.map(|_| self.ticks.late),
            achieved_rate: served.zip(rate).map(|(served, rate)| served.share() * rate),
            fidelity: served.map(|served| served.share()),
            lateness_p50_us: self.ticks.lateness_us_at(0.5),
            lateness_p99_us: self.lateness_p99_us(),
            lateness_max_us: self.ticks.lateness_us_at(1.0).map(|_| self.ticks.lateness_max_us),
            messages_sent: self.end.map(|end| end.sent).or(logged_sent),
            messages_received: receives,
            messages_queued: self.end.map(|end| end.queue_length),
        }
    }

    /// Ticks, not lines: a send to all may be several lines of one tick.
    fn utilisation(&self, receives: u64, events: u64) -> Option<f64> {
        let ticks = if self.ticks.served > 0 { self.ticks.served } else { events };
        (ticks > 0).then(|| receives as f64 / ticks as f64)
    }

    /// Ticks served against ticks due, where the log numbers its ticks.
    fn served(&self, rate: Option<f64>) -> Option<Served> {
        let (header, end, clock_rate) = (self.header?, self.end?, rate?);
        let schedule = Schedule { clock_rate, phase: header.phase?, duration: end.run_time };
        let due = schedule.due(end.run_time);
        // The last tick may fall on the very end, and be served just after it.
        (due > 0).then_some(Served { ticks: end.ticks, due })
    }
}

/// Counts of clock increases; exact, and no larger than their variety.
#[derive(Debug, Default)]
struct Jumps {
    small: Vec<u64>,
    large: BTreeMap<u64, u64>,
}

impl Jumps {
    const SMALL: u64 = 1024;

    #[inline]
    fn add(&mut self, jump: u64) {
        if jump >= Jumps::SMALL {
            *self.large.entry(jump).or_default() += 1;
            return;
        }
        if self.small.is_empty() {
            self.small = vec![0; Jumps::SMALL as usize];
        }
        self.small[jump as usize] += 1;
    }

    fn counts(&self) -> BTreeMap<u64, u64> {
        let small = self.small.iter().enumerate().map(|(jump, count)| (jump as u64, *count));
        let large = self.large.iter().map(|(jump, count)| (*jump, *count));
        small.chain(large).filter(|(_, count)| *count > 0).collect()
    }

    fn mean(&self) -> Option<f64> {
        let counts = self.counts();
        let total: u64 = counts.values().sum();
        let sum: f64 = counts.iter().map(|(jump, count)| *jump as f64 * *count as f64).sum();
        (total > 0).then(|| sum / total as f64)
    }

    /// The smallest jump that at least `share` of all do not exceed.
    fn quantile(&self, share: f64) -> Option<u64> {
        let counts = self.counts();
        let total: u64 = counts.values().sum();
        let wanted = (share * total as f64).ceil() as u64;
        let mut seen = 0;
        counts.into_iter().find_map(|(jump, count)| {
            seen += count;
            (seen >= wanted).then_some(jump)
        })
    }
}

/// Slope of a least-squares line, by running means (Welford, 1962; the update
/// for two variables as in Chan, Golub and LeVeque, 1979).
#[derive(Debug, Default)]
struct Slope {
    count: f64,
    mean_x: f64,
    mean_y: f64,
    sum_xx: f64,
    sum_xy: f64,
}

impl Slope {
    #[inline]
    fn add(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let share = 1.0 / self.count;
        let from_mean_x = x - self.mean_x;
        self.mean_x += from_mean_x * share;
        self.mean_y += (y - self.mean_y) * share;
        self.sum_xx += from_mean_x * (x - self.mean_x);
        self.sum_xy += from_mean_x * (y - self.mean_y);
    }

    /// `None` for fewer than two moments.
    fn value(&self) -> Option<f64> {
        (self.sum_xx > 0.0).then(|| self.sum_xy / self.sum_xx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Action, Event, Message};
    use crate::log::{EndReason, LogReader, LogWriter};

    const START: Stamp = Stamp(1_772_714_762_000_000);
    const RATE: f64 = 4.0;

    /// A machine of rate 4 that receives at every tick, each served 100 µs
    /// late, with its clock rising by 3.
    fn measured(ticks: u64, speedup: f64) -> MachineMetrics {
        let mut text = Vec::new();
        let mut log = LogWriter::new(&mut text, START);
        let phase = LabTime(5_000_000);
        let machine = MachineId(2);
        let header =
            Header { clock_rate: RATE, machines: Some(3), phase: Some(phase), speedup: Some(speedup) };
        log.header(machine, &header).unwrap();
        for tick in 1..=ticks {
            let time = phase + LabTime::from_secs_f64(tick as f64 / RATE + 100e-6 * speedup);
            let message = Message { clock: 3 * tick - 1, from: Some(MachineId(1)), arrived: LabTime::ZERO };
            let action = Action::Receive { message, queue_length: ticks - tick };
            log.event(time, &Event { tick, clock: 3 * tick, action }).unwrap();
        }
        let run_time = LabTime::from_secs_f64(ticks as f64 / RATE + 0.1);
        let end = End {
            stamp: START.at(run_time),
            clock: 3 * ticks,
            queue_length: 7,
            ticks,
            lost_ticks: 0,
            sent: 0,
            received: ticks,
            run_time,
            reason: EndReason::Completed,
        };
        log.end(&end).unwrap();
        drop(log);
        let mut meter = Meter::new(machine, START);
        LogReader::new(None).read(&text[..], |_, line| meter.see(line)).unwrap();
        meter.finish("exp", "run", Machines::Are(3))
    }

    #[test]
    fn a_steady_machine_measures_as_it_was_made() {
        let row = measured(400, 1.0);
        assert_eq!((row.events, row.receives, row.final_clock), (400, 400, 1200));
        assert_eq!(
            (row.max_queue, row.end_queue, row.end_queue_source),
            (Some(399), Some(7), EndQueueSource::Recorded)
        );
        assert_eq!((row.jump_mean, row.jump_p95, row.jump_max), (Some(3.0), Some(3), Some(3)));
        assert_eq!((row.fidelity, row.achieved_rate, row.late_ticks), (Some(1.0), Some(4.0), Some(0)));
        assert_eq!((row.lateness_p50_us, row.lateness_max_us), (Some(100), Some(100)));
        assert_eq!(row.utilisation, Some(1.0));
        assert!((row.clock_drift.unwrap() - 3.0).abs() < 1e-9, "{:?}", row.clock_drift);
    }

    #[test]
    fn lateness_is_told_in_real_time_at_any_speedup() {
        assert_eq!(measured(400, 10.0).lateness_p99_us, Some(100));
    }

    #[test]
    fn lateness_of_any_size_is_measured() {
        let header = Header { clock_rate: 1e6, machines: None, phase: Some(LabTime::ZERO), speedup: None };
        let mut ticks = Ticks::default();
        (1..=100).for_each(|tick| ticks.serve(tick, START.at(LabTime(5_000_000_000)), START, &header));
        let p50 = ticks.lateness_us.value_at_quantile(0.5) as f64;
        assert!((p50 / 5e6 - 1.0).abs() < 1e-3, "{p50}");
        assert_eq!((ticks.late, ticks.lateness_max_us), (100, 4_999_999));
    }

    #[test]
    fn jumps_of_any_size_have_exact_quantiles() {
        let mut jumps = Jumps::default();
        (1..=100).for_each(|jump| jumps.add(jump * 100));
        assert_eq!(
            (jumps.quantile(0.95), jumps.quantile(1.0), jumps.mean()),
            (Some(9500), Some(10_000), Some(5050.0))
        );
        assert_eq!(Jumps::default().quantile(0.5), None);
    }
}
