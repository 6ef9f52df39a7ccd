//! Which SEND each RECEIVE comes from: receiver by receiver, sends and receives
//! of one clock at a time, from the last to the first.

use std::ops::Range;

use super::{MachineHistory, place_of};
use crate::log::Stamp;
use crate::model::event::{Kind, Recipients};
use crate::parallel;

/// Where a RECEIVE comes from; senders by their place in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Certain { place: u32, index: u32 },
    Ambiguous { place: u32, index: u32 },
    Repeated { place: u32, index: u32 },
    Missing,
    Unknown,
}

/// One of a SEND's messages, received; the receiver by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Delivery {
    pub send: u32,
    pub receiver: u32,
    pub receive: u32,
}

/// Fewer are matched by one thread.
const ALONE_RECEIVES_MAX: usize = 1 << 16;

/// For each machine, where each of its RECEIVEs comes from. Messages carry their
/// SENDs' clocks; those of the places in `early`, the ones before.
pub(super) fn match_all(machines: &[MachineHistory], machine_count: u32, early: &[bool]) -> Vec<Vec<Origin>> {
    let posted = Posted::of(machines, early);
    let complete = machines.len() as u32 == machine_count;
    let match_one = |place: &usize| {
        let mut receiver = Receiver::new(machines, *place, &posted, complete);
        receiver.match_by_clock();
        receiver.match_by_order();
        receiver.origins
    };
    let places: Vec<usize> = (0..machines.len()).collect();
    let receives: usize = machines.iter().map(MachineHistory::receives).sum();
    if receives > ALONE_RECEIVES_MAX {
        parallel::map(&places, match_one)
    } else {
        places.iter().map(match_one).collect()
    }
}

/// For each machine, who received its messages, in the order of its SENDs.
pub(super) fn deliveries(machines: &[MachineHistory], origins: &[Vec<Origin>]) -> Vec<Vec<Delivery>> {
    let mut of_machine: Vec<Vec<Delivery>> = machines.iter().map(|_| Vec::new()).collect();
    for (receiver, (machine, origins)) in machines.iter().zip(origins).enumerate() {
        for (origin, receive) in origins.iter().zip(&machine.receipts.events) {
            if let Origin::Certain { place, index } | Origin::Ambiguous { place, index } = *origin {
                let delivery = Delivery { send: index, receiver: receiver as u32, receive: *receive };
                of_machine[place as usize].push(delivery);
            }
        }
    }
    of_machine.iter_mut().for_each(|deliveries| deliveries.sort());
    of_machine
}

/// The clock that a SEND's message carried: as its line says, or else the one
/// after the increment, or before it.
pub(super) fn carried(machine: &MachineHistory, index: u32, is_early: bool) -> u64 {
    let clock = || machine.clock(index).saturating_sub(u64::from(is_early));
    machine.carried(index).unwrap_or_else(clock)
}

/// A SEND as its receivers see it.
#[derive(Clone, Copy, Debug)]
struct Sent {
    /// As its message carried it.
    clock: u64,
    sender: u32,
    index: u32,
}

/// All SENDs, each list by clock, and then by sender and in its order.
struct Posted {
    /// To one machine, by its place.
    to_one: Vec<Vec<Sent>>,
    /// To all, or to whom the log does not say.
    to_many: Vec<Sent>,
}

impl Posted {
    fn of(machines: &[MachineHistory], early: &[bool]) -> Posted {
        let mut posted =
            Posted { to_one: machines.iter().map(|_| Vec::new()).collect(), to_many: Vec::new() };
        for (sender, machine) in machines.iter().enumerate() {
            let sends = (0..machine.len() as u32).filter(|index| machine.kind(*index) == Kind::Send);
            for index in sends {
                let clock = carried(machine, index, early.get(sender).is_some_and(|early| *early));
                let sent = Sent { clock, sender: sender as u32, index };
                match machine.to(index) {
                    Some(Recipients::One(to)) => {
                        if let Some(place) = place_of(machines, to) {
                            posted.to_one[place].push(sent);
                        }
                    }
                    Some(Recipients::Several(some)) => {
                        let places = some.ids().filter_map(|id| place_of(machines, id));
                        places.for_each(|place| posted.to_one[place].push(sent));
                    }
                    Some(Recipients::All) | None => posted.to_many.push(sent),
                }
            }
        }
        // Each sender's clocks mostly rise: a stable sort merges what is sorted.
        posted.to_one.iter_mut().for_each(|sends| sends.sort_by_key(|sent| sent.clock));
        posted.to_many.sort_by_key(|sent| sent.clock);
        posted
    }
}

/// A RECEIVE that says, or betrays, its message's clock.
#[derive(Clone, Copy, Debug)]
struct Received {
    clock: u64,
    receipt: u32,
}

/// One machine's RECEIVEs on their way to their sources.
struct Receiver<'a> {
    machines: &'a [MachineHistory],
    place: usize,
    posted: &'a Posted,
    /// All logs are here, so that what is not in them is missing.
    complete: bool,
    origins: Vec<Origin>,
    /// For each sender, the first RECEIVE, so far from the end, of any of its
    /// messages: what it sent before must have been received before.
    deadlines: Vec<u32>,
    candidates: Vec<Sent>,
    free: Vec<Sent>,
}

impl<'a> Receiver<'a> {
    fn new(machines: &'a [MachineHistory], place: usize, posted: &'a Posted, complete: bool) -> Receiver<'a> {
        let origins = vec![Origin::Unknown; machines[place].receives()];
        let deadlines = vec![u32::MAX; machines.len()];
        let (candidates, free) = (Vec::new(), Vec::new());
        Receiver { machines, place, posted, complete, origins, deadlines, candidates, free }
    }

    fn own(&self) -> &'a MachineHistory {
        &self.machines[self.place]
    }

    fn sender(&self, receipt: u32) -> Option<usize> {
        place_of(self.machines, self.own().receipts.from(receipt as usize)?)
    }

    /// By the messages' clocks, the latest first.
    fn match_by_clock(&mut self) {
        let mut received: Vec<Received> =
            (0..self.origins.len()).filter_map(|receipt| self.received(receipt)).collect();
        received.sort_by_key(|receive| receive.clock);
        let posted = self.posted;
        let (to_one, to_many) = (&posted.to_one[self.place], &posted.to_many);
        let (mut end, mut one_end, mut many_end) = (received.len(), to_one.len(), to_many.len());
        while let Some(last) = end.checked_sub(1) {
            let clock = received[last].clock;
            let alike = received[..end].iter().rev().take_while(|receive| receive.clock == clock).count();
            let ones = of_clock(to_one, one_end, clock);
            let many = of_clock(to_many, many_end, clock);
            (one_end, many_end) = (ones.start, many.start);
            self.candidates.clear();
            self.candidates.extend_from_slice(&to_one[ones]);
            let own = self.place as u32;
            self.candidates.extend(to_many[many].iter().filter(|sent| sent.sender != own));
            self.candidates.sort_unstable_by_key(|sent| (sent.sender, sent.index));
            self.match_group(&mut received[end - alike..end]);
            end -= alike;
        }
    }

    /// The clock that the message carried: as logged, or as it shows in a jump
    /// of the receiver's clock.
    fn received(&self, receipt: usize) -> Option<Received> {
        let own = self.own();
        let betrayed = || {
            let index = own.receipts.events[receipt];
            let before = index.checked_sub(1).map_or(0, |before| own.clock(before));
            let message_clock = own.clock(index).checked_sub(1)?;
            (message_clock > before).then_some(message_clock)
        };
        let clock = own.receipts.message_clock(receipt).or_else(betrayed)?;
        Some(Received { clock, receipt: receipt as u32 })
    }

    /// RECEIVEs of one clock against SENDs of that clock. Those that name their
    /// sender choose first.
    fn match_group(&mut self, group: &mut [Received]) {
        let is_named = |receive: &Received| self.own().receipts.from(receive.receipt as usize).is_some();
        // Unnamed last, and so as the log has them.
        let sender_of = |receive: &Received| self.sender(receive.receipt).unwrap_or(usize::MAX);
        group.sort_by_key(|receive| (!is_named(receive), sender_of(receive)));
        let named = group.iter().take_while(|receive| is_named(receive)).count();
        let (named, unnamed) = group.split_at(named);
        self.match_named(named);
        self.match_unnamed(unnamed);
    }

    fn match_named(&mut self, named: &[Received]) {
        let mut candidates = std::mem::take(&mut self.candidates);
        self.free.clear();
        let mut next = 0;
        for receive in named {
            // A sender without a log leaves the message unknown, as it was.
            let Some(sender) = self.sender(receive.receipt) else { continue };
            while candidates.get(next).is_some_and(|sent| (sent.sender as usize) < sender) {
                self.free.push(candidates[next]);
                next += 1;
            }
            let is_his = |sent: &&Sent| sent.sender as usize == sender;
            if let Some(sent) = candidates.get(next).filter(is_his).copied() {
                next += 1;
                self.settle(*receive, sent, true);
            } else {
                let used = next.checked_sub(1).and_then(|before| candidates.get(before)).filter(is_his);
                self.origins[receive.receipt as usize] = self.without_send(*receive, used);
            }
        }
        self.free.extend_from_slice(&candidates[next..]);
        candidates.clear();
        self.candidates = candidates;
    }

    fn match_unnamed(&mut self, unnamed: &[Received]) {
        let mut free = std::mem::take(&mut self.free);
        let alone = free.len() == 1 && self.complete;
        if free.len() > 1 {
            free.sort_by_key(|sent| (self.deadlines[sent.sender as usize], self.stamp(sent), sent.sender));
        }
        for (at, receive) in unnamed.iter().enumerate() {
            match free.get(at) {
                Some(sent) => self.settle(*receive, *sent, alone),
                None if self.complete => {
                    let used = free.last();
                    self.origins[receive.receipt as usize] = self.without_send(*receive, used);
                }
                None => {}
            }
        }
        self.free = free;
    }

    fn stamp(&self, sent: &Sent) -> Stamp {
        self.machines[sent.sender as usize].stamp(sent.index)
    }

    fn settle(&mut self, receive: Received, sent: Sent, certain: bool) {
        let (place, index) = (sent.sender, sent.index);
        let receipt = receive.receipt as usize;
        let certain = certain && self.says_clock(receipt);
        self.origins[receipt] =
            if certain { Origin::Certain { place, index } } else { Origin::Ambiguous { place, index } };
        let deadline = &mut self.deadlines[place as usize];
        *deadline = receive.receipt.min(*deadline);
    }

    fn says_clock(&self, receipt: usize) -> bool {
        self.own().receipts.message_clock(receipt).is_some()
    }

    /// `used` is a SEND that would fit, had another RECEIVE not used it up. A
    /// clock that only shows in a jump proves nothing.
    fn without_send(&self, receive: Received, used: Option<&Sent>) -> Origin {
        match used {
            _ if !self.says_clock(receive.receipt as usize) => Origin::Unknown,
            Some(sent) => Origin::Repeated { place: sent.sender, index: sent.index },
            None => Origin::Missing,
        }
    }

    /// RECEIVEs that name their sender and not their message's clock take the
    /// next of its messages that is left.
    fn match_by_order(&mut self) {
        let is_open = |receipt: &u32| self.received(*receipt as usize).is_none();
        let mut senders: Vec<usize> =
            (0..self.origins.len() as u32).filter(is_open).filter_map(|open| self.sender(open)).collect();
        senders.sort_unstable();
        senders.dedup();
        for sender in senders {
            self.match_link(sender);
        }
    }

    fn match_link(&mut self, sender: usize) {
        let own = self.own();
        let posted = self.posted.to_one[self.place].iter().chain(&self.posted.to_many);
        let mut link: Vec<Sent> = posted.filter(|sent| sent.sender as usize == sender).copied().collect();
        link.sort_unstable_by_key(|sent| sent.index);
        let mut taken: Vec<u32> = self.taken_of(sender);
        taken.sort_unstable();
        let mut next = 0;
        for receipt in 0..self.origins.len() {
            match self.origins[receipt] {
                Origin::Certain { place, index } | Origin::Ambiguous { place, index }
                    if place as usize == sender =>
                {
                    next = next.max(link.partition_point(|sent| sent.index <= index));
                }
                _ if self.sender(receipt as u32) == Some(sender) && !self.says_clock(receipt) => {
                    while link.get(next).is_some_and(|sent| taken.binary_search(&sent.index).is_ok()) {
                        next += 1;
                    }
                    let clock = own.clock(own.receipts.events[receipt]);
                    if let Some(sent) = link.get(next).filter(|sent| sent.clock < clock) {
                        self.origins[receipt] = Origin::Ambiguous { place: sent.sender, index: sent.index };
                        next += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn taken_of(&self, sender: usize) -> Vec<u32> {
        let taken = self.origins.iter().filter_map(|origin| match origin {
            Origin::Certain { place, index } | Origin::Ambiguous { place, index } => Some((*place, *index)),
            _ => None,
        });
        taken.filter(|(place, _)| *place as usize == sender).map(|(_, index)| index).collect()
    }
}

/// Where the entries of `clock` lie before `end`, in a list by clock; found in
/// ever longer steps from the end, since it mostly is near.
fn of_clock(list: &[Sent], end: usize, clock: u64) -> Range<usize> {
    let first_from = |clock: u64| {
        let mut step = 1;
        let mut low = end;
        while low > 0 && list[low - 1].clock >= clock {
            low = low.saturating_sub(step);
            step *= 2;
        }
        low + list[low..end].partition_point(|sent| sent.clock < clock)
    };
    let start = first_from(clock);
    let length = list[start..end].partition_point(|sent| sent.clock == clock);
    start..start + length
}
