//! How a schedule's world is made from its seed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::dice::{Dice, Shared, shared};
use super::disk::{Disk, Written};
use super::node::{Outcome, SimulatedNode, Stage};
use super::pipe::{Listener, Pipe, Wire};
use super::plan::{Hosting, Plan};
use super::planted::Planted;
use super::schedule::{BEGINNING, World, address, id};
use super::stranger::{RUN, Stranger, token};
use crate::engine::sockets::context::ConnectionContext;
use crate::engine::sockets::driver::{Driver, Parts};
use crate::engine::sockets::ear::Ear;
use crate::engine::sockets::inbox::Strangers;
use crate::engine::sockets::link::Link;
use crate::engine::sockets::pace::{LabClock, MonotonicTime};
use crate::engine::sockets::peers::Peers;
use crate::engine::sockets::unheard::Unheard;
use crate::engine::wire::Splitter;
use crate::engine::{Gauges, StopSwitch, Token};
use crate::log::{LogWriter, Stamp};
use crate::model::delay::Delay;
use crate::model::machine::Broadcast;
use crate::model::machine::{Machine, Rules};
use crate::model::random::Delays;
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;

impl World {
    pub fn new(seed: u64, planted: Option<Planted>) -> World {
        let mut dice = Dice(seed);
        let plan = Plan::new(&mut dice);
        let known = if planted == Some(Planted::StrangerSeated) { token() } else { Token::of([8; 16]) };
        let strangers = if plan.has_meeting { dice.one_of(&[0, 0, 3, 12]) } else { 0 };
        let strangers = (0..strangers).map(|_| Stranger::new(&mut dice, plan.count, &known)).collect();
        let foreign_at = (0..plan.count * usize::from(plan.has_foreign && plan.has_meeting))
            .map(|to| (to, BEGINNING.after(Duration::from_millis(dice.below(900)))))
            .collect();
        let gauges = Gauges::new(plan.all() as u32);
        let mut world = World {
            seed,
            planted,
            dice: shared(dice),
            now: BEGINNING,
            steps: 0,
            nodes: Vec::new(),
            pipes: Vec::new(),
            listeners: Vec::new(),
            at_door: Vec::new(),
            strangers,
            foreign_at,
            gauges,
            stops: Vec::new(),
            stopped_at: None,
            is_broken: false,
            is_killed: false,
            plan,
        };
        let one_stop = StopSwitch::default();
        for at in 0..world.plan.count {
            let stop =
                if world.plan.hosting == Hosting::Tasks { one_stop.clone() } else { StopSwitch::default() };
            let node = world.absent_node(at, stop);
            world.nodes.push(node);
        }
        if !world.plan.has_meeting {
            world.connect_all();
        }
        world
    }

    fn absent_node(&self, at: usize, stop: StopSwitch) -> SimulatedNode {
        let plan = &self.plan;
        let foreign = BTreeSet::from_iter(plan.has_foreign.then(|| id(plan.count)));
        let others = (0..plan.all()).filter(|other| *other != at);
        let known_peers = Peers {
            own: id(at),
            run: RUN.to_owned(),
            token: token(),
            addresses: others.map(|other| (id(other), address(other))).collect::<BTreeMap<_, _>>(),
            foreign: foreign.clone(),
            open: plan.has_foreign,
            patience: plan.patience,
        };
        let strangers = Strangers { machines: foreign, backlog: plan.backlog, clock_max: 1_000_000 };
        let begin = self.now.after(Duration::from_millis(plan.begin_ms[at]));
        SimulatedNode {
            stage: Stage::Absent,
            outcome: Outcome::Unknown,
            context: ConnectionContext::new(&known_peers, strangers, Arc::new(|_| {})),
            known_peers: Arc::new(known_peers),
            stop,
            unheard: Unheard::new(plan.unheard),
            dialing: Vec::new(),
            disk: shared(Disk { planted: self.planted, ..Disk::default() }),
            wake: begin,
            begin,
            start: begin,
            over_at: begin,
            ticks: Vec::new(),
            loss: None,
        }
    }

    /// All connections stand and all machines start.
    fn connect_all(&mut self) {
        let (count, all) = (self.plan.count, self.plan.all());
        for at in 0..count {
            for from in (0..all).filter(|from| *from != at) {
                let pipe = self.add_pipe(from, at);
                let peer = Some(id(from)).filter(|_| from < count);
                let inbox = Arc::clone(&self.nodes[at].context.inbox);
                self.listeners[pipe] = Listener::Ear(Ear::new(peer, None, inbox, Splitter::default()));
            }
        }
        for at in 0..count {
            let link = |to: usize| {
                let way = self.pipes.iter().find(|pipe| (pipe.borrow().from, pipe.borrow().to) == (at, to));
                // What is sent to the foreign machine is not looked at.
                let pipe = way.cloned().unwrap_or_else(|| shared(Pipe::new(at, to, 1 << 20)));
                Link::new(id(to), self.wire(pipe))
            };
            let links = (0..all).filter(|to| *to != at).map(link).collect();
            self.host(at, links, self.now);
        }
    }

    pub fn add_pipe(&mut self, from: usize, to: usize) -> usize {
        let capacity = 16 + self.dice.borrow_mut().below(self.plan.pipe_bytes - 16) as usize;
        self.pipes.push(shared(Pipe::new(from, to, capacity)));
        self.listeners.push(Listener::Nobody);
        self.pipes.len() - 1
    }

    pub fn wire(&self, pipe: Shared<Pipe>) -> Wire {
        let (refusals, planted) = (self.plan.refusals, self.planted);
        Wire { pipe, dice: Rc::clone(&self.dice), refusals, planted }
    }

    /// This machine begins to tick at `start`.
    pub fn host(&mut self, at: usize, links: Vec<Link<Wire>>, start: MonotonicTime) {
        let clock_rate = self.dice.borrow_mut().one_of(&[1.0, 3.0, 7.5, 40.0, 400.0]);
        let plan = &self.plan;
        let (delay, delay_at) = plan.delay;
        let node = &mut self.nodes[at];
        let clock = *node.context.clock.get_or_init(|| LabClock::new(start, 1.0));
        let rules = Rules { machines: plan.all() as u32, internal_prob: 0.3, broadcast: Broadcast::OneEvent };
        let phase = LabTime(at as u64 * 5_000_000);
        let driver = Driver::new(Parts {
            machine: Machine::new(id(at), rules, self.seed),
            links,
            inbox: Arc::clone(&node.context.inbox),
            log: LogWriter::new(Written(Rc::clone(&node.disk)), Stamp(0)),
            start: Stamp(0),
            clock,
            schedule: Schedule { clock_rate, phase, duration: plan.duration },
            delays: Delays::new(self.seed, id(at), delay),
            delay_at,
            delayed: delay != Delay::None,
            gauges: self.gauges.clone(),
            stop: node.stop.clone(),
            observer: Arc::new(|_| {}),
            labctl_peers: node.known_peers.labctl_peers(),
            has_foreign_peers: plan.has_foreign,
        });
        node.start = start;
        node.wake = self.now;
        node.stage = Stage::Hosting(Box::new(driver));
    }
}
