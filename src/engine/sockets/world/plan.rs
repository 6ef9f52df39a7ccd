//! What a schedule is made of: how many machines, how they come, and what goes
//! wrong. All of it follows from the seed.

use std::time::Duration;

use super::dice::Dice;
use crate::model::delay::Delay;
use crate::model::delay::DelayAt;
use crate::model::time::LabTime;

/// What goes wrong in a schedule, if anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    Nothing,
    /// All machines are ordered to stop, at once or within milliseconds.
    Stop,
    /// Somebody stops one machine that was started by hand.
    StopOne(usize),
    KillAll,
    KillOne(usize),
    /// A machine's host is gone, and nobody closes its connections.
    Vanish(usize),
    Reset(usize, usize),
    FullDisk(usize, usize),
    /// A pipe lets nothing through for so many milliseconds.
    Stuck(usize, u64),
    /// A host is not woken for so many milliseconds.
    Hang(usize, u64),
}

/// Who hosts the machines, and what one's end means to the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hosting {
    /// One process: connections outlive their machines, all hear one stop.
    Tasks,
    /// Processes of one run, which orders them to stop.
    Processes,
    /// Each by hand: nobody tells the others.
    ByHand,
}

/// When the fault comes.
#[derive(Clone, Copy, Debug)]
pub enum Trigger {
    AfterMs(u64),
    /// At so many steps of whatever machine.
    AtStep(u64),
    /// When the first of these words is on a wire.
    AtWord(Word),
}

/// A step of the hand-shake, by what is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Word {
    Hello,
    Ready,
    Go,
}

impl Word {
    pub fn begins(self) -> &'static [u8] {
        match self {
            Word::Hello => b"labctl-hello:",
            Word::Ready => b"labctl-ready",
            Word::Go => b"labctl-go:",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub count: usize,
    /// Whether one more machine, written by someone else, takes part.
    pub has_foreign: bool,
    /// Whether the machines have still to meet; otherwise all connections stand.
    pub has_meeting: bool,
    pub hosting: Hosting,
    pub duration: LabTime,
    pub fault: Fault,
    pub trigger: Trigger,
    pub delay: (Delay, DelayAt),
    /// When each begins to listen, in milliseconds.
    pub begin_ms: Vec<u64>,
    /// How long the others are waited for.
    pub patience: Duration,
    /// How many connections may be silent at an acceptor.
    pub unheard: usize,
    /// Messages of the foreign machine that may wait.
    pub backlog: u64,
    /// Of so many writes one is refused.
    pub refusals: u64,
    /// What a connection holds at most, in each direction.
    pub pipe_bytes: u64,
    /// How late a machine is woken at most, most of the time.
    pub late_us: u64,
}

impl Plan {
    pub fn new(dice: &mut Dice) -> Plan {
        let count = 2 + dice.below(2) as usize;
        let has_foreign = dice.one_in(4);
        let has_meeting = dice.one_in(2);
        let all = count + usize::from(has_foreign);
        let duration_ms = if has_meeting { 100 + dice.below(900) } else { 500 + dice.below(2500) };
        let fault = fault(dice, count, all);
        let hosting = match fault {
            Fault::StopOne(_) => Hosting::ByHand,
            _ => dice.one_of(&[Hosting::Tasks, Hosting::Processes, Hosting::ByHand]),
        };
        let latest_ms = dice.one_of(&[0, 3, 50, 600]);
        let begin_ms: Vec<u64> = (0..count).map(|_| dice.below(latest_ms)).collect();
        let trigger = match dice.below(4) {
            0 if has_meeting => Trigger::AtStep(dice.below(200)),
            1 | 2 if has_meeting => Trigger::AtWord(dice.one_of(&[Word::Hello, Word::Ready, Word::Go])),
            _ => Trigger::AfterMs(dice.below(duration_ms + 600)),
        };
        let pipe_bytes = dice.one_of(&[40, 40, 2000, 2000, 2000]);
        Plan {
            count,
            has_foreign,
            has_meeting,
            hosting,
            duration: LabTime(duration_ms * 1_000_000),
            fault,
            trigger,
            delay: delay(dice),
            begin_ms,
            patience: Duration::from_millis(1000 + dice.below(6000)),
            unheard: dice.one_of(&[1, 4, 128]),
            backlog: dice.one_of(&[5, 100_000]),
            refusals: dice.one_of(&[8, 2]),
            pipe_bytes,
            // What is narrow and late besides takes nothing in any patience.
            late_us: if pipe_bytes < 100 { 200 } else { dice.one_of(&[200, 5000]) },
        }
    }

    /// Machines of all kinds.
    pub fn all(&self) -> usize {
        self.count + usize::from(self.has_foreign)
    }

    /// Whether nothing breaks but by somebody's wish.
    pub fn is_gentle(&self) -> bool {
        matches!(self.fault, Fault::Nothing | Fault::Stop)
    }
}

fn fault(dice: &mut Dice, count: usize, all: usize) -> Fault {
    let most_ms = dice.one_of(&[3500, 8000]);
    let ms = dice.below(most_ms);
    let (one, other) = (dice.below(count as u64) as usize, 1 + dice.below(count as u64 - 1) as usize);
    match dice.below(15) {
        0 | 1 | 14 => Fault::Stop,
        2 => Fault::StopOne(one),
        3 | 4 => Fault::KillAll,
        5 => Fault::KillOne(one),
        6 => Fault::Vanish(one),
        7 | 8 => Fault::Reset(one, (one + other) % count),
        9 => Fault::FullDisk(one, dice.below(4000) as usize),
        10 => Fault::Stuck(dice.below((all * count) as u64) as usize, ms),
        11 => Fault::Hang(one, ms),
        _ => Fault::Nothing,
    }
}

fn delay(dice: &mut Dice) -> (Delay, DelayAt) {
    let most = LabTime(dice.below(1500) * 1_000_000);
    let delay = match dice.below(3) {
        0 => Delay::None,
        1 => Delay::Constant(most),
        _ => Delay::Uniform { low: LabTime::ZERO, high: most },
    };
    (delay, if dice.one_in(2) { DelayAt::Link } else { DelayAt::Sender })
}
