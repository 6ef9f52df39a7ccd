//! A simulated world for the hosts' own code: in one thread and in virtual time
//! a seeded scheduler drives hosts, ears and links over connections that tear
//! writes and reads, hang and break, and over disks that fill, and kills at any
//! step. What must hold on every schedule is checked on each; the seed of one
//! that fails is named, and `LABCTL_WORLD_SEED=<seed>` replays it alone.

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::io::{self, ErrorKind, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::ear::Ear;
use super::host::{END_PATIENCE, FOREIGN_PATIENCE, Host, Loss, NAP_MAX, Next, Parts};
use super::inbox::{Inbox, Strangers};
use super::link::{Connection, Link};
use super::pace::{LabClock, Moment};
use crate::engine::wire::Splitter;
use crate::engine::{Gauges, StopSwitch};
use crate::log::{End, EndReason, LogWriter, Stamp};
use crate::model::delay::Delay;
use crate::model::delay::DelayAt;
use crate::model::event::MachineId;
use crate::model::machine::Broadcast;
use crate::model::machine::{Machine, Rules};
use crate::model::random::Delays;
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;

/// Schedules of one test, without `LABCTL_WORLD_SCHEDULES`.
const SCHEDULES: u64 = 1500;
/// No line older than this is lost.
const LINE_AGE_MAX: Duration = Duration::from_millis(500);
const STEPS_MAX: u64 = 1_000_000;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

type Shared<T> = Rc<RefCell<T>>;

fn shared<T>(value: T) -> Shared<T> {
    Rc::new(RefCell::new(value))
}

/// One direction of a connection.
struct Pipe {
    from: usize,
    to: usize,
    bytes: VecDeque<u8>,
    capacity: usize,
    is_reset: bool,
    /// Closes when all is read.
    closes: bool,
    /// Messages that were in it when it was reset.
    lost: u64,
    stuck_until: Moment,
}

impl Pipe {
    fn messages(&self) -> u64 {
        let bytes: Vec<u8> = self.bytes.iter().copied().collect();
        let ends = bytes.windows(11).any(|piece| piece == b"labctl-end:") || bytes.starts_with(b"abctl-end:");
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let torn_end = !ends && String::from_utf8_lossy(&bytes).contains("end:");
        lines.saturating_sub(u64::from(ends || torn_end))
    }

    fn reset(&mut self) {
        self.is_reset = true;
        self.lost += self.messages();
        self.bytes.clear();
    }
}

struct Wire {
    pipe: Shared<Pipe>,
    dice: Shared<Dice>,
}

impl Connection for Wire {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let (mut pipe, mut dice) = (self.pipe.borrow_mut(), self.dice.borrow_mut());
        if pipe.is_reset {
            return Err(ErrorKind::ConnectionReset.into());
        }
        let room = pipe.capacity.saturating_sub(pipe.bytes.len()).min(bytes.len());
        if room == 0 || dice.one_in(8) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let taken = if dice.one_in(2) { room } else { 1 + dice.below(room as u64) as usize };
        pipe.bytes.extend(&bytes[..taken]);
        Ok(taken)
    }
}

/// A file that outlives its process, and takes no more once that is killed.
#[derive(Default)]
struct Disk {
    bytes: Vec<u8>,
    room: Option<usize>,
    is_frozen: bool,
}

struct Written(Shared<Disk>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.borrow_mut();
        if disk.is_frozen {
            return Ok(bytes.len());
        }
        let room = disk.room.map_or(bytes.len(), |room| room.saturating_sub(disk.bytes.len()));
        if room == 0 && !bytes.is_empty() {
            return Err(ErrorKind::StorageFull.into());
        }
        let taken = room.min(bytes.len());
        disk.bytes.extend(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What goes wrong in a schedule, if anything.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Nothing,
    Stop,
    KillAll,
    KillOne(usize),
    Reset(usize, usize),
    FullDisk(usize, usize),
    /// A pipe lets nothing through for so many milliseconds.
    Stuck(usize, u64),
    /// A host is not woken for so many milliseconds.
    Hang(usize, u64),
}

struct Seat {
    /// `None` when it is over.
    host: Option<Host<Wire, Written>>,
    inbox: Arc<Inbox>,
    disk: Shared<Disk>,
    wake: Moment,
    /// When each tick was served.
    ticks: Vec<Moment>,
    end: Option<End>,
    loss: Option<Loss>,
}

struct World {
    dice: Shared<Dice>,
    now: Moment,
    start: Moment,
    clock: LabClock,
    duration: LabTime,
    seats: Vec<Seat>,
    pipes: Vec<Shared<Pipe>>,
    /// One a pipe.
    ears: Vec<Ear>,
    stop: StopSwitch,
    gauges: Gauges,
    fault: Fault,
    fault_at: Moment,
    /// Whether one more machine, written by someone else, sends to the first.
    has_foreign: bool,
    is_killed: bool,
}

impl World {
    fn new(seed: u64) -> World {
        let mut dice = Dice(seed);
        let count = 2 + dice.below(2) as usize;
        let has_foreign = dice.one_in(4);
        let all = count + usize::from(has_foreign);
        let duration = LabTime((500 + dice.below(2500)) * 1_000_000);
        let start = Moment::at_ns(1_000_000_000);
        let fault_at = start.after(Duration::from_millis(dice.below(duration.0 / 1_000_000 + 600)));
        let ms = dice.below(8000);
        let (one, other) = (dice.below(count as u64) as usize, 1 + dice.below(count as u64 - 1) as usize);
        let fault = match dice.below(10) {
            0 => Fault::Stop,
            1 | 2 => Fault::KillAll,
            3 => Fault::KillOne(one),
            4 | 5 => Fault::Reset(one, (one + other) % count),
            6 => Fault::FullDisk(one, dice.below(4000) as usize),
            7 => Fault::Stuck(dice.below((all * count) as u64) as usize, ms),
            8 => Fault::Hang(one, ms),
            _ => Fault::Nothing,
        };
        let dice = shared(dice);
        let mut world = World {
            now: start,
            start,
            clock: LabClock::new(start, 1.0),
            duration,
            seats: Vec::new(),
            pipes: Vec::new(),
            ears: Vec::new(),
            stop: StopSwitch::default(),
            gauges: Gauges::new(all as u32),
            fault,
            fault_at,
            has_foreign,
            is_killed: false,
            dice,
        };
        let inboxes: Vec<Arc<Inbox>> = (0..count).map(|_| Arc::new(world.inbox(count))).collect();
        for (to, inbox) in inboxes.iter().enumerate() {
            for from in (0..all).filter(|from| *from != to) {
                let peer = Some(id(from)).filter(|_| from < count);
                world.add_pipe(from, to);
                world.ears.push(Ear::new(peer, None, Arc::clone(inbox), Splitter::default()));
            }
        }
        let delay = world.delay();
        for (at, inbox) in inboxes.into_iter().enumerate() {
            world.add_seat(at, count, seed, inbox, delay);
        }
        world
    }

    fn inbox(&self, count: usize) -> Inbox {
        let machines = if self.has_foreign { BTreeSet::from([id(count)]) } else { BTreeSet::new() };
        Inbox::new(Strangers { machines, backlog: 100_000, clock_max: 1_000_000 })
    }

    fn add_pipe(&mut self, from: usize, to: usize) -> Shared<Pipe> {
        let capacity = 16 + self.dice.borrow_mut().below(2000) as usize;
        let pipe = shared(Pipe {
            from,
            to,
            bytes: VecDeque::new(),
            capacity,
            is_reset: false,
            closes: false,
            lost: 0,
            stuck_until: self.start,
        });
        self.pipes.push(Rc::clone(&pipe));
        pipe
    }

    fn delay(&self) -> (Delay, DelayAt) {
        let mut dice = self.dice.borrow_mut();
        let most = LabTime(dice.below(1500) * 1_000_000);
        let delay = match dice.below(3) {
            0 => Delay::None,
            1 => Delay::Constant(most),
            _ => Delay::Uniform { low: LabTime::ZERO, high: most },
        };
        (delay, if dice.one_in(2) { DelayAt::Link } else { DelayAt::Sender })
    }

    fn add_seat(
        &mut self,
        at: usize,
        count: usize,
        seed: u64,
        inbox: Arc<Inbox>,
        (delay, delay_at): (Delay, DelayAt),
    ) {
        let all = count + usize::from(self.has_foreign);
        let clock_rate = [1.0, 3.0, 7.5, 40.0, 400.0][self.dice.borrow_mut().below(5) as usize];
        let link = |to: usize| {
            let found = self.pipes.iter().find(|pipe| (pipe.borrow().from, pipe.borrow().to) == (at, to));
            // What is sent to the foreign machine is not looked at.
            let pipe = found.cloned().unwrap_or_else(|| {
                shared(Pipe {
                    from: at,
                    to,
                    bytes: VecDeque::new(),
                    capacity: 1 << 20,
                    is_reset: false,
                    closes: false,
                    lost: 0,
                    stuck_until: self.start,
                })
            });
            Link::new(id(to), Wire { pipe, dice: Rc::clone(&self.dice) })
        };
        let links = (0..all).filter(|to| *to != at).map(link).collect();
        let disk = shared(Disk::default());
        let rules = Rules { machines: all as u32, internal_prob: 0.3, broadcast: Broadcast::OneEvent };
        let host = Host::new(Parts {
            machine: Machine::new(id(at), rules, seed),
            links,
            inbox: Arc::clone(&inbox),
            log: LogWriter::new(Written(Rc::clone(&disk)), Stamp(0)),
            start: Stamp(0),
            clock: self.clock,
            schedule: Schedule { clock_rate, phase: LabTime(at as u64 * 5_000_000), duration: self.duration },
            delays: Delays::new(seed, id(at), delay),
            delay_at,
            delayed: delay != Delay::None,
            gauges: self.gauges.clone(),
            stop: self.stop.clone(),
            observer: Arc::new(|_| {}),
            labctl_peers: (0..count).filter(|peer| *peer != at).map(id).collect(),
            has_foreign_peers: self.has_foreign,
        });
        let wake = self.start;
        let ticks = Vec::new();
        self.seats.push(Seat { host: Some(host), inbox, disk, wake, ticks, end: None, loss: None });
    }

    /// Lives until every host is over, and checks what it comes to.
    fn live(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_MAX {
            self.break_something()?;
            if self.seats.iter().all(|seat| seat.host.is_none()) {
                return self.judge();
            }
            let choice = self.dice.borrow_mut().below(8);
            let due: Vec<usize> = (0..self.seats.len())
                .filter(|at| self.seats[*at].host.is_some() && self.seats[*at].wake <= self.now)
                .collect();
            if choice < 4 && self.deliver() {
                continue;
            }
            if !due.is_empty() {
                let at = due[self.dice.borrow_mut().below(due.len() as u64) as usize];
                self.step(at)?;
            } else if choice < 6 || !self.deliver() {
                self.pass_time();
            }
        }
        Err("the run does not end".to_owned())
    }

    fn pass_time(&mut self) {
        let wakes = self.seats.iter().filter(|seat| seat.host.is_some()).map(|seat| seat.wake);
        let next = wakes.min().unwrap_or(self.now).max(self.now);
        let mut dice = self.dice.borrow_mut();
        let late_us = if dice.one_in(50) { dice.below(30_000) } else { dice.below(200) };
        self.now = next.after(Duration::from_micros(late_us));
        if self.has_foreign && dice.one_in(3) {
            let count = self.seats.len();
            let said = if dice.one_in(200) {
                format!("clock:{}\n", 1u64 << 62)
            } else {
                format!("clock:{}\n", dice.below(100))
            };
            if let Some(pipe) = self.pipes.iter().find(|pipe| pipe.borrow().from == count) {
                pipe.borrow_mut().bytes.extend(said.as_bytes());
            }
        }
    }

    fn step(&mut self, at: usize) -> Result<(), String> {
        let seat = &mut self.seats[at];
        let Some(host) = &mut seat.host else { return Ok(()) };
        let outcome = host.step(self.now);
        let served = self.gauges.machine(id(at)).unwrap().ticks.load(std::sync::atomic::Ordering::Relaxed);
        seat.ticks.resize(served as usize, self.now);
        seat.loss = host.loss().cloned();
        match outcome {
            Ok(Next::Again) => {}
            Ok(Next::Sleep(until) | Next::Listen(until)) => {
                if until > self.now.after(NAP_MAX) {
                    return Err(format!("machine {} sleeps until {until:?}, deaf to a stop", at + 1));
                }
                seat.wake = until;
            }
            Ok(Next::Over(end)) => {
                seat.end = Some(end);
                seat.host = None;
            }
            Err(_) => {
                self.stop.fail();
                seat.host = None;
            }
        }
        Ok(())
    }

    /// Reads something somewhere, if there is anything to read.
    fn deliver(&mut self) -> bool {
        let mut dice = self.dice.borrow_mut();
        let first = dice.below(self.pipes.len() as u64) as usize;
        for offset in 0..self.pipes.len() {
            let at = (first + offset) % self.pipes.len();
            let mut pipe = self.pipes[at].borrow_mut();
            let seat = &self.seats[pipe.to];
            let from_stranger = pipe.from >= self.seats.len();
            if pipe.bytes.is_empty()
                || pipe.stuck_until > self.now
                || seat.host.is_none()
                || from_stranger && !seat.inbox.has_room()
            {
                continue;
            }
            let size = 1 + dice.below(pipe.bytes.len() as u64) as usize;
            let bytes: Vec<u8> = pipe.bytes.drain(..size).collect();
            let outcome = self.ears[at].hear(&bytes, self.clock.lab_time(self.now));
            if let Err(error) = outcome {
                pipe.reset();
                self.ears[at].closed(Err(io::Error::new(ErrorKind::InvalidData, error)));
                self.ears[at] = Ear::new(None, None, Arc::clone(&seat.inbox), Splitter::default());
                pipe.is_reset = false;
            } else if pipe.closes && pipe.bytes.is_empty() {
                self.ears[at].closed(Ok(()));
            }
            return true;
        }
        false
    }

    fn break_something(&mut self) -> Result<(), String> {
        if self.now < self.fault_at {
            return Ok(());
        }
        self.fault_at = Moment::at_ns(u64::MAX);
        match self.fault {
            Fault::Nothing => {}
            Fault::Stop => self.stop.interrupt(),
            Fault::KillAll => {
                self.is_killed = true;
                for at in 0..self.seats.len() {
                    self.kill(at)?;
                }
            }
            Fault::KillOne(at) => {
                self.is_killed = true;
                self.kill(at)?;
                for (pipe, ear) in self.pipes.iter().zip(&self.ears) {
                    let mut pipe = pipe.borrow_mut();
                    if pipe.to == at {
                        pipe.reset();
                    } else if pipe.from == at {
                        pipe.closes = true;
                        if pipe.bytes.is_empty() {
                            ear.closed(Ok(()));
                        }
                    }
                }
            }
            Fault::Reset(one, other) => {
                for (pipe, ear) in self.pipes.iter().zip(&self.ears) {
                    let mut pipe = pipe.borrow_mut();
                    if (pipe.from, pipe.to) == (one, other) || (pipe.to, pipe.from) == (one, other) {
                        pipe.reset();
                        ear.closed(Err(ErrorKind::ConnectionReset.into()));
                    }
                }
            }
            Fault::FullDisk(at, room) => self.seats[at].disk.borrow_mut().room = Some(room),
            Fault::Stuck(at, ms) => {
                let at = at % self.pipes.len();
                self.pipes[at].borrow_mut().stuck_until = self.now.after(Duration::from_millis(ms));
            }
            Fault::Hang(at, ms) => {
                let seat = &mut self.seats[at];
                seat.wake = seat.wake.max(self.now.after(Duration::from_millis(ms)));
            }
        }
        Ok(())
    }

    /// Ends a host as SIGKILL does, and looks at what its log holds.
    fn kill(&mut self, at: usize) -> Result<(), String> {
        let seat = &mut self.seats[at];
        if seat.host.is_none() {
            return Ok(());
        }
        seat.disk.borrow_mut().is_frozen = true;
        seat.host = None;
        // A host that nobody has woken can do nothing.
        let alive_until = seat.wake.min(self.now);
        let old = seat.ticks.iter().filter(|tick| alive_until.since(**tick) > LINE_AGE_MAX).count();
        let text = String::from_utf8_lossy(&seat.disk.borrow().bytes).into_owned();
        let kept = text.split_inclusive('\n').filter(|line| line.contains(" Tick: ")).count();
        if kept < old {
            return Err(format!("machine {}: {kept} lines kept of {old} older than half a second", at + 1));
        }
        Ok(())
    }

    fn judge(&self) -> Result<(), String> {
        self.every_receive_has_its_send()?;
        let is_gentle = matches!(self.fault, Fault::Nothing | Fault::Stop);
        let hung = if let Fault::Hang(_, ms) = self.fault { ms } else { 0 };
        // Where all goes well nobody is waited for but foreign machines.
        let patience = if is_gentle { Duration::ZERO } else { END_PATIENCE };
        let slack = Duration::from_millis(1000 + hung);
        let run = Duration::from_nanos(self.duration.0);
        let latest = self.start.after(run + patience + FOREIGN_PATIENCE + slack);
        if self.now > latest {
            return Err(format!("it ends {:?} after all patience", self.now.since(latest)));
        }
        let losses: Vec<&Loss> = self.seats.iter().filter_map(|seat| seat.loss.as_ref()).collect();
        if is_gentle && !losses.is_empty() {
            return Err(format!("nothing was lost, and it says {losses:?}"));
        }
        for seat in &self.seats {
            let expected = |reason| match (self.fault, &seat.loss) {
                (_, Some(_)) => reason == EndReason::Failed,
                (Fault::Nothing, None) => reason == EndReason::Completed,
                _ => true,
            };
            if let Some(end) = seat.end.filter(|end| !expected(end.reason)) {
                return Err(format!("the record of the end says {}", end.reason));
            }
        }
        let is_whole = self.seats.iter().all(|seat| seat.end.is_some());
        if is_whole && !self.has_foreign { self.account(!losses.is_empty()) } else { Ok(()) }
    }

    /// Sent = received + queued + lost, and a loss is told.
    fn account(&self, is_told: bool) -> Result<(), String> {
        let ends = || self.seats.iter().filter_map(|seat| seat.end);
        let sent: u64 = ends().map(|end| end.sent).sum();
        let here: u64 = ends().map(|end| end.received + end.queue_length).sum();
        let on_the_way: u64 =
            self.pipes.iter().map(|pipe| pipe.borrow().lost + pipe.borrow().messages()).sum();
        let unsent: u64 = self.seats.iter().map(|seat| unsent(&seat.disk.borrow().bytes)).sum();
        if sent != here + on_the_way + unsent {
            return Err(format!(
                "{sent} sent, {here} here, {on_the_way} lost on the way, {unsent} told unsent"
            ));
        }
        if on_the_way + unsent > 0 && !is_told {
            return Err(format!("{} messages are lost and nobody says so", on_the_way + unsent));
        }
        Ok(())
    }

    fn every_receive_has_its_send(&self) -> Result<(), String> {
        if self.seats.iter().any(|seat| seat.disk.borrow().room.is_some()) && self.is_killed {
            return Ok(());
        }
        let texts: Vec<String> = (self.seats.iter())
            .map(|seat| String::from_utf8_lossy(&seat.disk.borrow().bytes).into_owned())
            .collect();
        let sends: Vec<BTreeSet<&str>> = texts
            .iter()
            .map(|text| {
                let lines = text.lines().filter(|line| line.contains(" | SEND | "));
                lines.filter_map(|line| field(line, " | Clock: ", " |")).collect()
            })
            .collect();
        for (at, text) in texts.iter().enumerate() {
            for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
                let Some(clock) = field(line, "Message clock: ", ",") else { continue };
                let Some(from) = field(line, "From: ", ",").and_then(|from| from.parse::<usize>().ok())
                else {
                    continue;
                };
                if !sends[from - 1].contains(clock) {
                    return Err(format!("machine {} kept {line} and machine {from} no such SEND", at + 1));
                }
            }
        }
        Ok(())
    }
}

fn id(at: usize) -> MachineId {
    MachineId(at as u32 + 1)
}

fn field<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    line.split_once(before)?.1.split_once(after).map(|(value, _)| value)
}

/// Messages that a log says were not sent.
fn unsent(log: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(log);
    let told = text.lines().filter_map(|line| field(line, ", ", " were not sent"));
    told.filter_map(|number| number.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[test]
fn what_must_hold_holds_on_every_schedule() {
    let set = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seeds = match set("LABCTL_WORLD_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..set("LABCTL_WORLD_SCHEDULES").unwrap_or(SCHEDULES),
    };
    for seed in seeds {
        let mut world = World::new(seed);
        let lived = world.live();
        assert!(
            lived.is_ok(),
            "{}\nin {:?} (LABCTL_WORLD_SEED={seed} replays it)",
            lived.unwrap_err(),
            world.fault
        );
    }
}
