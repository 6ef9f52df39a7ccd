//! The meter: from a machine's log lines to its metrics, in one pass.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::jumps::Jumps;
use super::lab_clock::{ClockSet, LabClock};
use super::slope::Slope;
use super::stamped_rate::StampedRate;
use super::ticks::{Served, Ticks};
use super::waits::{WaitSummary, Waits};
use super::{EndQueueSource, MachineMetrics, WaitSource};
use crate::log::{End, Header, Line, Record, Stamp};
use crate::model::event::{Kind, MachineId, Recipients};
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;

/// Measures one machine while its log is read.
#[derive(Debug)]
pub struct Meter {
    machine: MachineId,
    origin: Stamp,
    header: Option<Header>,
    end: Option<End>,
    span: Option<(Stamp, Stamp)>,
    lab_clock: LabClock,
    stamped_rate: StampedRate,
    by_kind: [u64; 3],
    sends_to_all: u64,
    /// Those of SENDs to several, besides the first of each.
    further_messages: u64,
    max_queue: u64,
    last_queue: u64,
    logs_queues: bool,
    first_clock: u64,
    /// Of a first event that is a RECEIVE, whose jump is still to be counted.
    opening_clock: Option<u64>,
    clock: u64,
    jumps: Jumps,
    slope: Slope,
    waits: Waits,
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
            lab_clock: LabClock::new(origin),
            stamped_rate: StampedRate::default(),
            by_kind: [0; 3],
            sends_to_all: 0,
            further_messages: 0,
            max_queue: 0,
            last_queue: 0,
            logs_queues: false,
            first_clock: 0,
            opening_clock: None,
            clock: 0,
            jumps: Jumps::default(),
            slope: Slope::default(),
            waits: Waits::default(),
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
        if self.events() == 0 {
            self.first_clock = record.clock;
            self.opening_clock = (record.kind == Kind::Receive).then_some(record.clock);
        } else if record.kind == Kind::Receive {
            self.jumps.add(record.clock.saturating_sub(self.clock));
        }
        self.by_kind[record.kind as usize] += 1;
        self.span = Some((self.span.map_or(record.stamp, |(first, _)| first), record.stamp));
        self.lab_clock.advance(record.stamp, record.tick.is_none());
        self.stamped_rate.see(record, self.header.as_ref());
        if let Some(queue) = record.queue_length {
            self.max_queue = self.max_queue.max(queue);
            self.last_queue = queue;
            self.logs_queues = true;
        }
        if let Some(waited_us) = record.waited_us {
            self.waits.add(waited_us);
        }
        match record.to {
            Some(Recipients::All) => self.sends_to_all += 1,
            Some(Recipients::Several(some)) => self.further_messages += u64::from(some.count()) - 1,
            _ => {}
        }
        self.machines_named = self.machines_named.max(record.machine_named());
        self.clock = record.clock;
        // From the first clock on: differences of huge clocks are exact, they are not.
        let risen = record.clock.wrapping_sub(self.first_clock).cast_signed();
        self.slope.add(record.stamp.seconds_since(self.origin), risen as f64);
        if let (Some(tick), Some(header)) = (record.tick, &self.header) {
            self.ticks.serve(tick, record.stamp, self.origin, header);
        }
    }

    /// The clock before the first event, where that shows it: a RECEIVE may have
    /// raised it by any amount.
    pub fn first_clock_before(&self) -> Option<u64> {
        let shows = self.events() > 0 && self.opening_clock.is_none();
        shows.then(|| self.first_clock.saturating_sub(1))
    }

    /// Counts the jump of a log's first event, which has no clock before it, as
    /// one from where the run's clocks begin.
    pub fn jump_from(&mut self, begin: u64) {
        if let Some(clock) = self.opening_clock.take() {
            // A clock below says that it began elsewhere.
            self.jumps.add(clock.checked_sub(begin).unwrap_or(clock));
        }
    }

    /// Lab time of the last event, in seconds, which never runs back.
    pub fn time_s(&self) -> f64 {
        self.lab_clock.time_s()
    }

    /// That stamps ran backwards, if they did.
    pub fn clock_set(&self) -> Option<ClockSet> {
        self.lab_clock.clock_set()
    }

    /// The record of the machine's end.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
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

    /// Whether the queue is known: as it was logged after the pops, or, where
    /// nothing was popped, as it was recorded at the end.
    pub fn knows_queue(&self) -> bool {
        self.logs_queues || self.by_kind[Kind::Receive as usize] == 0 && self.end.is_some()
    }

    /// How long messages waited, where the log tells it of every RECEIVE.
    pub fn waits(&self) -> Option<WaitSummary> {
        self.waits.summary().filter(|_| self.tells_waits())
    }

    fn tells_waits(&self) -> bool {
        self.waits.count() > 0 && self.waits.count() == self.by_kind[Kind::Receive as usize]
    }

    pub fn wait_source(&self) -> WaitSource {
        if self.tells_waits() { WaitSource::Logged } else { WaitSource::Unknown }
    }

    /// Ticks served per second of lab time up to the last event, where the log
    /// numbers its ticks; needs no record of the end.
    pub fn achieved_rate_so_far(&self) -> Option<f64> {
        let (header, (_, last)) = (self.header?, self.span?);
        let last = LabTime::from_secs_f64(last.seconds_since(self.origin));
        let schedule = Schedule { clock_rate: header.clock_rate, phase: header.phase?, duration: last };
        // What was served was due, whatever a stamp in microseconds rounds away.
        let due = schedule.due(last).max(self.ticks.last);
        let served = Served { ticks: self.ticks.served, lost: 0, due };
        (served.ticks > 0 && served.due > 0).then(|| served.share() * header.clock_rate)
    }

    /// 99 % of ticks were served no later than this, in real time.
    pub fn lateness_p99_us(&self) -> Option<u64> {
        self.ticks.lateness_us_at(0.99)
    }

    /// Whether the log says when the machine's ticks began, and so begins with the run.
    pub fn is_from_start(&self) -> bool {
        self.header.is_some_and(|header| header.phase.is_some())
    }

    pub fn clock_rate(&self) -> Option<f64> {
        self.header.map(|header| header.clock_rate)
    }

    /// How many RECEIVE events raised the clock by how much.
    pub fn jumps(&self) -> BTreeMap<u64, u64> {
        self.jumps.counts()
    }

    /// The machine's row, but for what only its whole run can say: `clock_diff`,
    /// `speed_ratio` and `ratio_difference` are filled in by [`super::complete_run`],
    /// and waits that only the SENDs tell by [`super::from_sends::bound_waits`].
    pub fn finish(
        &self,
        experiment: impl Into<Arc<str>>,
        run: impl Into<Arc<str>>,
        machines: Machines,
    ) -> MachineMetrics {
        let [internal, sends, receives] = self.by_kind;
        let events = self.events();
        let rate = self.clock_rate();
        let served = self.served(rate);
        let runs_back = self.clock_set().is_some();
        let waits = self.waits();
        let recorded = self.end.map(|end| end.queue_length);
        let to_all = match machines {
            Machines::Are(count) => Some(Recipients::All.count(count)),
            Machines::AtLeast(_) => (self.sends_to_all == 0).then_some(0),
        };
        let to_some = sends - self.sends_to_all + self.further_messages;
        let logged_sent = to_all.map(|to_all| to_some + self.sends_to_all * to_all);
        MachineMetrics {
            experiment: experiment.into(),
            run: run.into(),
            machine: self.machine,
            machines: machines.count(),
            clock_rate: rate,
            speed_ratio: None,
            ratio_difference: None,
            span_s: self.span.filter(|_| !runs_back).map(|(first, last)| last.seconds_since(first)),
            events,
            internal,
            sends,
            receives,
            utilisation: self.utilisation(receives, events),
            max_queue: self.knows_queue().then(|| self.max_queue.max(recorded.unwrap_or(0))),
            end_queue: recorded.or_else(|| self.logs_queues.then_some(self.last_queue)),
            end_queue_source: match self.end {
                Some(_) => EndQueueSource::Recorded,
                None if self.logs_queues => EndQueueSource::LastLogged,
                None => EndQueueSource::Unknown,
            },
            final_clock: self.clock,
            clock_diff: None,
            clock_drift: (self.slope.value().filter(|_| !runs_back).zip(rate))
                .map(|(slope, rate)| slope / rate),
            jump_mean: self.jumps.mean(),
            jump_p95: self.jumps.quantile(0.95),
            jump_max: self.jumps.quantile(1.0),
            wait_mean: waits.map(|waits| waits.mean_s),
            wait_p95: waits.map(|waits| waits.p95_s),
            wait_max: waits.map(|waits| waits.max_s),
            wait_source: self.wait_source(),
            ticks: served.map(|served| served.ticks),
            lost_ticks: self.end.map(|end| end.lost_ticks),
            late_ticks: served.map(|_| self.ticks.late),
            late_share: served.and_then(|served| served.late_share(self.ticks.late)),
            achieved_rate: match self.end {
                Some(_) => served.zip(rate).map(|(served, rate)| served.share() * rate),
                None => self.stamped_rate.ticks_per_s(rate).filter(|_| !runs_back),
            },
            fidelity: served.and_then(Served::fidelity),
            lateness_p50_us: self.ticks.lateness_us_at(0.5),
            lateness_p99_us: self.lateness_p99_us(),
            lateness_max_us: self.ticks.lateness_us_at(1.0).map(|_| self.ticks.lateness_max_us),
            messages_sent: self.end.map(|end| end.sent).or(logged_sent),
            messages_received: receives,
            messages_queued: recorded,
        }
    }

    /// Ticks, not lines: a send to all may be several lines of one tick. A log that
    /// numbers fewer ticks than it has RECEIVEs does not tell how many there were.
    fn utilisation(&self, receives: u64, events: u64) -> Option<f64> {
        let ticks = if self.ticks.served > 0 { self.ticks.served } else { events };
        (ticks > 0 && ticks >= receives).then(|| receives as f64 / ticks as f64)
    }

    /// Ticks served against ticks due, where the log numbers its ticks.
    fn served(&self, rate: Option<f64>) -> Option<Served> {
        let (header, end, clock_rate) = (self.header?, self.end?, rate?);
        let schedule = Schedule { clock_rate, phase: header.phase?, duration: end.run_time };
        let due = schedule.due(end.run_time);
        // The last tick may fall on the very end, and be served just after it.
        (due > 0).then_some(Served { ticks: end.ticks, lost: end.lost_ticks, due })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{EndReason, LogReader, LogWriter};
    use crate::model::event::{Action, Event, Message};

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
    fn where_few_lines_number_their_ticks_the_share_of_receives_is_unknown() {
        let line = "2026-03-05 12:46:03 | RECEIVE | Clock: 2 | Message clock: 1, Queue length: 0";
        let numbered = format!("{line}, From: 2, Tick: 1, Waited: 5 us");
        assert_eq!(of_lines(&format!("{numbered}\n")).utilisation, Some(1.0));
        assert_eq!(of_lines(&format!("{line}\n{line}\n")).utilisation, Some(1.0));
        assert_eq!(
            of_lines(&format!("Clock rate: 4 ticks per second\n{line}\n{line}\n{numbered}\n")).utilisation,
            None
        );
    }

    /// What these lines measure of machine 1, without a record of the end.
    fn of_lines(lines: &str) -> MachineMetrics {
        let mut meter = Meter::new(MachineId(1), START);
        LogReader::new(None).read(lines.as_bytes(), |_, line| meter.see(line)).unwrap();
        crate::metrics::count_first_jumps([&mut meter].into_iter());
        meter.finish("exp", "run", Machines::Are(3))
    }

    fn end(queue_length: u64, ticks: u64, lost_ticks: u64) -> End {
        let run_time = LabTime(60_000_000_000);
        let (stamp, reason) = (START.at(run_time), EndReason::Completed);
        End { stamp, clock: 0, queue_length, ticks, lost_ticks, sent: 0, received: 0, run_time, reason }
    }

    #[test]
    fn the_largest_queue_takes_in_the_recorded_end_and_is_unknown_where_nobody_looked() {
        let mut meter = Meter::new(MachineId(3), START);
        let row = |meter: &Meter| meter.finish("exp", "run", Machines::Are(3));
        let unseen = row(&meter);
        assert_eq!((unseen.max_queue, unseen.end_queue), (None, None));
        assert_eq!(unseen.end_queue_source, EndQueueSource::Unknown);
        meter.see(&Line::End(end(241, 0, 0)));
        assert_eq!((row(&meter).max_queue, row(&meter).end_queue), (Some(241), Some(241)));
        let popped = Record { kind: Kind::Receive, queue_length: Some(9), ..Record::BLANK };
        meter.see(&Line::Event(&popped));
        assert_eq!(row(&meter).max_queue, Some(241));
        let idle = of_lines("2025-06-02 10:00:01 | INTERNAL | Clock: 1 | Internal event\n");
        assert_eq!((idle.max_queue, idle.end_queue), (None, None));
        let logged =
            of_lines("2025-06-02 10:00:01 | RECEIVE | Clock: 5 | Message clock: 4, Queue length: 2\n");
        assert_eq!((logged.max_queue, logged.end_queue), (Some(2), Some(2)));
        assert_eq!(logged.end_queue_source, EndQueueSource::LastLogged);
    }

    #[test]
    fn the_first_receive_of_a_log_jumps_from_where_the_runs_clocks_begin() {
        let receive = |clock: u64| Record { kind: Kind::Receive, clock, ..Record::BLANK };
        let jump_of = |begin: u64| {
            let mut meters = [Meter::new(MachineId(1), START), Meter::new(MachineId(2), START)];
            meters[0].see(&Line::Event(&Record { clock: begin + 1, ..Record::BLANK }));
            meters[1].see(&Line::Event(&receive(begin + 8)));
            meters[1].see(&Line::Event(&receive(begin + 10)));
            crate::metrics::count_first_jumps(meters.iter_mut());
            let row = meters[1].finish("exp", "run", Machines::Are(2));
            (row.jump_mean, row.jump_max)
        };
        assert_eq!(jump_of(0), (Some(5.0), Some(8)));
        assert_eq!(jump_of(1_741_178_764_000_000), (Some(5.0), Some(8)));
        let alone =
            of_lines("2025-06-02 10:00:01 | RECEIVE | Clock: 5 | Message clock: 4, Queue length: 2\n");
        assert_eq!((alone.jump_mean, alone.jump_max), (Some(5.0), Some(5)));
    }

    #[test]
    fn drift_is_the_same_whatever_the_first_clock_is() {
        let drift_from = |first: u64| {
            let mut meter = Meter::new(MachineId(1), START);
            let header = Header { clock_rate: 2.0, machines: None, phase: None, speedup: None };
            meter.see(&Line::Rate(header));
            for tick in 0..200_u64 {
                let stamp = START.at(LabTime(tick * 500_000_000));
                let clock = first + tick + 2 * (tick / 5);
                meter.see(&Line::Event(&Record { stamp, clock, ..Record::BLANK }));
            }
            meter.finish("exp", "run", Machines::Are(1)).clock_drift.unwrap()
        };
        let small = drift_from(0);
        assert!((small - 1.4).abs() < 0.01, "{small}");
        for first in [1 << 40, 1 << 60, u64::MAX - 1000] {
            assert_eq!(drift_from(first), small, "from {first} on");
        }
    }

    #[test]
    fn nothing_is_known_of_the_speed_where_stamps_run_backwards() {
        let line = |second: u32, clock: u64| {
            format!("2025-06-02 10:00:{second:02} | INTERNAL | Clock: {clock} | Internal event\n")
        };
        let log = |seconds: &[u32]| {
            let events = seconds.iter().zip(1..).map(|(second, clock)| line(*second, clock));
            "Clock rate: 1 ticks per second\n".to_owned() + &events.collect::<String>()
        };
        let plain = of_lines(&log(&[10, 11, 12, 13]));
        assert_eq!((plain.span_s, plain.has_clock_set()), (Some(3.0), false));
        assert!((plain.clock_drift.unwrap() - 1.0).abs() < 1e-9);
        let back = of_lines(&log(&[10, 11, 5, 30]));
        assert_eq!((back.span_s, back.clock_drift, back.has_clock_set()), (None, None, true));
        assert_eq!((back.events, back.final_clock), (4, 4));
    }

    #[test]
    fn ticks_that_the_model_slept_through_are_due_and_no_fault_of_the_host() {
        let header =
            Header { clock_rate: 1.0, machines: Some(3), phase: Some(LabTime::ZERO), speedup: Some(1.0) };
        let served = |ticks: u64, lost_ticks: u64| {
            let mut meter = Meter::new(MachineId(1), START);
            meter.see(&Line::Rate(header));
            meter.see(&Line::End(end(0, ticks, lost_ticks)));
            let row = meter.finish("exp", "run", Machines::Are(3));
            let doubts = crate::metrics::trust::doubts(
                std::slice::from_ref(&row),
                &crate::metrics::summary::RunMetrics::of(std::slice::from_ref(&row)).unwrap(),
            );
            (row.achieved_rate, row.fidelity, doubts.len())
        };
        assert_eq!(served(60, 0), (Some(1.0), Some(1.0), 0));
        assert_eq!(served(45, 15), (Some(0.75), Some(1.0), 0));
        assert_eq!(served(36, 15), (Some(0.6), Some(0.8), 1));
        assert_eq!(served(0, 60), (Some(0.0), None, 0));
        assert_eq!(served(0, 0), (Some(0.0), Some(0.0), 1), "a host that served none is not trusted");
    }

    #[test]
    fn waits_are_those_of_all_receives_or_unknown() {
        let receive = |waited_us| Record { kind: Kind::Receive, waited_us, ..Record::BLANK };
        let waits = |all: &[Option<u64>]| {
            let mut meter = Meter::new(MachineId(1), START);
            all.iter().for_each(|waited| meter.see(&Line::Event(&receive(*waited))));
            let row = meter.finish("exp", "run", Machines::Are(3));
            (row.wait_mean, row.wait_p95, row.wait_max, row.wait_source)
        };
        let logged = (Some(1.5), Some(2.5), Some(2.5), WaitSource::Logged);
        assert_eq!(waits(&[Some(500_000), Some(2_500_000)]), logged);
        let unknown = (None, None, None, WaitSource::Unknown);
        assert_eq!((waits(&[Some(500_000), None]), waits(&[])), (unknown, unknown));
    }

    #[test]
    fn a_log_with_the_origin_of_its_ticks_begins_with_the_run() {
        let is_from_start = |phase| {
            let mut meter = Meter::new(MachineId(1), START);
            meter.see(&Line::Rate(Header { clock_rate: 1.0, machines: None, phase, speedup: None }));
            meter.is_from_start()
        };
        assert!(is_from_start(Some(LabTime::ZERO)) && !is_from_start(None));
        assert!(!Meter::new(MachineId(1), START).is_from_start());
    }

    #[test]
    fn no_quantile_of_lateness_lies_beyond_the_largest() {
        let header = Header { clock_rate: 1.0, machines: None, phase: Some(LabTime::ZERO), speedup: None };
        for late_us in [2_049, 99_999, 1_234_567] {
            let mut ticks = Ticks::default();
            let at = |tick: u64| START.at(LabTime(tick * 1_000_000_000 + late_us * 1_000));
            (1..=50).for_each(|tick| ticks.serve(tick, at(tick), START, &header));
            assert_eq!(ticks.lateness_us_at(0.99), Some(late_us));
        }
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
}
