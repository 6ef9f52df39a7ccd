//! One machine as the player's data: who it is, and its events in columns.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::columns::{self, Columns, PackedColumns};
use super::window::Window;
use crate::causality::CausalOrder;
use crate::history::{EventId, History, MachineHistory, Match, Source};
use crate::log::Record;
use crate::model::event::{Kind, MachineId, Recipients};

/// Times are held within 17 years of the origin, where a page still counts
/// single microseconds in changes of steps.
const TIME_MAX_US: i64 = 1 << 49;

#[derive(Debug, Serialize)]
pub(super) struct Machine {
    id: u32,
    /// In ticks per second, where the log says it.
    clock_rate: Option<f64>,
    events_of_run: u64,
    #[serde(flatten)]
    columns: PackedColumns,
}

/// Microseconds from the origin, within bounds.
pub(super) fn since(stamp_us: i64, origin_us: i64) -> i64 {
    stamp_us.saturating_sub(origin_us).clamp(-TIME_MAX_US, TIME_MAX_US)
}

/// All machines of a history, as far as they are shown.
pub(super) fn machines(history: &History, window: &Window, origin_us: i64) -> Vec<Machine> {
    let dropped = dropped(history);
    let one = |(machine, end): (&MachineHistory, &u32)| {
        let mut packer = Packer::new(history, window, &dropped, machine, origin_us);
        (0..*end).for_each(|index| packer.event(index));
        Machine {
            id: machine.id().0,
            clock_rate: machine.header().map(|header| header.clock_rate).filter(|rate| rate.is_finite()),
            events_of_run: machine.len() as u64,
            columns: packer.columns.pack(packer.open_messages),
        }
    };
    history.machines().iter().zip(&window.ends).map(one).collect()
}

/// The RECEIVEs whose matches would make an event come before itself.
fn dropped(history: &History) -> BTreeSet<EventId> {
    let mut order = CausalOrder::of(history);
    order.by_ref().for_each(drop);
    order.dropped().iter().map(|dropped| dropped.receive).collect()
}

/// What the numbers before an event let expect of it.
struct Packer<'a> {
    history: &'a History,
    window: &'a Window,
    dropped: &'a BTreeSet<EventId>,
    machine: &'a MachineHistory,
    origin_us: i64,
    columns: Columns,
    time: i64,
    step: i64,
    tick: i64,
    clock: i64,
    queue_length: i64,
    /// For each sender the index of its last SEND received here.
    last_sources: BTreeMap<MachineId, i64>,
    last_open: i64,
    open_messages: usize,
}

impl<'a> Packer<'a> {
    fn new(
        history: &'a History,
        window: &'a Window,
        dropped: &'a BTreeSet<EventId>,
        machine: &'a MachineHistory,
        origin_us: i64,
    ) -> Packer<'a> {
        Packer {
            history,
            window,
            dropped,
            machine,
            origin_us,
            columns: Columns::default(),
            time: 0,
            step: 0,
            tick: 0,
            clock: 0,
            queue_length: 0,
            last_sources: BTreeMap::new(),
            last_open: 0,
            open_messages: 0,
        }
    }

    fn event(&mut self, index: u32) {
        let record = self.machine.record(index);
        let id = EventId { machine: self.machine.id(), index };
        self.time_and_tick(&record);
        match record.kind {
            Kind::Internal => self.columns.kinds.push('I'),
            Kind::Send => self.send(id, &record),
            Kind::Receive => self.receive(id, &record),
        }
        self.clock(&record);
    }

    fn time_and_tick(&mut self, record: &Record) {
        let time = since(record.stamp.0, self.origin_us);
        let step = time - self.time;
        self.columns.times.push(step - self.step);
        (self.time, self.step) = (time, step);
        let tick = record.tick.map(|tick| tick.min(columns::CLOCK_MAX) as i64);
        self.columns.ticks.push(tick.map(|tick| tick - self.tick - 1));
        self.tick = tick.unwrap_or(self.tick);
    }

    /// Lamport's rule: one more than the larger of the own clock and the message's.
    fn clock(&mut self, record: &Record) {
        let clock = columns::clock(record.clock);
        let met = record.message_clock.map_or(self.clock, |message| self.clock.max(columns::clock(message)));
        self.columns.clocks.push(clock - (met + 1));
        self.clock = clock;
    }

    fn send(&mut self, id: EventId, record: &Record) {
        self.columns.kinds.push('S');
        self.columns.to.push(record.to.map(|to| match to {
            Recipients::One(to) => i64::from(to.0),
            Recipients::All => 0,
            Recipients::Several(_) => -1,
        }));
        for to in self.history.recipients(id) {
            self.message(id, to);
        }
    }

    /// Books a message that is not received within what is shown.
    fn message(&mut self, send: EventId, to: MachineId) {
        let receive = self.history.receives_of(send).find(|receive| receive.machine == to);
        if receive.is_some_and(|receive| self.window.holds(self.history, receive)) {
            return;
        }
        let open = &mut self.columns.open;
        open.sends.push(i64::from(send.index) - self.last_open);
        open.to.push(i64::from(to.0));
        open.later.push(i64::from(receive.is_some()));
        let arrival = receive.and_then(|receive| arrival(&self.history.record(receive), self.origin_us));
        open.transits.push(arrival.map(|arrival| arrival - self.time));
        self.last_open = i64::from(send.index);
        self.open_messages += 1;
    }

    fn receive(&mut self, id: EventId, record: &Record) {
        let source = self.history.source(id).unwrap_or(Source::Unknown);
        self.columns.kinds.push(columns::letter(source, self.dropped.contains(&id)));
        let message_clock = record.message_clock.map(columns::clock);
        self.columns.message_clocks.push(message_clock.map(|clock| clock - self.clock));
        let length = record.queue_length.map(|length| length.min(columns::CLOCK_MAX) as i64);
        self.columns.queue_lengths.push(length.map(|length| length - self.queue_length));
        self.queue_length = length.unwrap_or(self.queue_length);
        match source {
            Source::Matched(Match { send, .. }) | Source::Repeated { send } => self.sent(send, record),
            Source::Missing | Source::Unknown => {
                self.columns.from.push(record.from.map(|from| i64::from(from.0)));
                self.columns.waits.push(record.waited_us.map(|wait| wait.min(TIME_MAX_US as u64) as i64));
            }
        }
    }

    fn sent(&mut self, send: EventId, record: &Record) {
        self.columns.from.push(i64::from(send.machine.0));
        let last = self.last_sources.insert(send.machine, i64::from(send.index)).unwrap_or(0);
        self.columns.sources.push(i64::from(send.index) - last);
        let sent = since(self.history.record(send).stamp.0, self.origin_us);
        self.columns.waits.push(arrival(record, self.origin_us).map(|arrival| arrival - sent));
    }
}

/// When a received message came into the queue, if the log tells it.
fn arrival(receive: &Record, origin_us: i64) -> Option<i64> {
    let waited = i64::try_from(receive.waited_us?).ok()?;
    Some(since(receive.stamp.0.saturating_sub(waited), origin_us))
}
