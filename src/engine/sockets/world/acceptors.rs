//! How connections are made in the world: dialers, visitors and what is said
//! until a machine's reader takes over.

use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::node::{Stage, Try};
use super::pipe::{Listener, Wire};
use super::planted::Planted;
use super::schedule::{BEGINNING, World, address};
use crate::engine::sockets::MeshError;
use crate::engine::sockets::dialer::Answer;
use crate::engine::sockets::ear::Ear;
use crate::engine::sockets::foreign::Speaker;
use crate::engine::sockets::handshake::SILENT;
use crate::engine::sockets::link::Connection;
use crate::engine::sockets::visitor::{First, HELLO_PATIENCE, Verdict, Visitor};
use crate::engine::wire::{self, Said, Splitter};
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// A foreign machine that finds no acceptor tries again after this.
const FOREIGN_AGAIN: Duration = Duration::from_millis(20);

impl World {
    /// Strangers whose time has come, and the foreign machine.
    pub fn let_strangers_come(&mut self) {
        let now_ms = self.now.since(BEGINNING).as_millis() as u64;
        let first = self.plan.all();
        while let Some(at) = self.strangers.iter().position(|stranger| stranger.at_ms <= now_ms) {
            let stranger = self.strangers.swap_remove(at);
            if self.nodes[stranger.to].listens() {
                let pipe = self.connect(first, stranger.to, Listener::Nobody);
                let mut pipe = self.pipes[pipe].borrow_mut();
                pipe.put(&stranger.says);
                pipe.closes = stranger.leaves;
            }
        }
        let due = self.foreign_at.iter().filter(|(to, at)| *at <= self.now && !self.nodes[*to].is_over());
        let due: Vec<usize> = due.map(|(to, _)| *to).collect();
        self.foreign_at.retain(|(_, at)| *at > self.now);
        for to in due {
            if self.nodes[to].listens() {
                let pipe = self.connect(self.plan.count, to, Listener::Nobody);
                self.pipes[pipe].borrow_mut().put(b"clock:1\n");
            } else {
                self.foreign_at.push((to, self.now.after(FOREIGN_AGAIN)));
            }
        }
    }

    /// A connection to the acceptor of `to`, which reads the pipe that this gives;
    /// the one back is heard by `caller`.
    fn connect(&mut self, from: usize, to: usize, caller: Listener) -> usize {
        let (out, back) = (self.add_pipe(from, to), self.add_pipe(to, from));
        self.pipes[out].borrow_mut().twin = Some(back);
        self.pipes[back].borrow_mut().twin = Some(out);
        self.listeners[back] = caller;
        let node = &self.nodes[to];
        let visitor = Visitor::new(node.known_peers.open, self.now);
        let mut own = 0;
        let oldest = node.unheard.admit(|number| {
            own = number;
            out
        });
        self.listeners[out] = Listener::Visitor { visitor, number: own };
        self.at_door.push(out);
        if let Some(oldest) = oldest {
            self.hang_up(oldest);
        }
        out
    }

    /// Whoever reads this pipe closes the connection.
    pub fn hang_up(&mut self, at: usize) {
        self.listeners[at] = Listener::Nobody;
        let mut pipe = self.pipes[at].borrow_mut();
        pipe.reset();
        if let Some(twin) = pipe.twin {
            drop(pipe);
            self.pipes[twin].borrow_mut().closes = true;
        }
    }

    pub fn hear_visitor(&mut self, at: usize, read: io::Result<Vec<u8>>) -> Result<(), String> {
        let Listener::Visitor { visitor, number } = &mut self.listeners[at] else { return Ok(()) };
        let number = *number;
        let read = match &read {
            Ok(bytes) => Ok(bytes.as_slice()),
            Err(error) => Err(error.kind().into()),
        };
        match visitor.hear(read) {
            Some(first) => self.receive(at, number, first),
            None => Ok(()),
        }
    }

    fn receive(&mut self, at: usize, number: u64, first: Result<First, String>) -> Result<(), String> {
        let (from, to) = (self.pipes[at].borrow().from, self.pipes[at].borrow().to);
        let node = &self.nodes[to];
        if !node.unheard.leave(number) {
            return Ok(());
        }
        let is_taken = self.planted == Some(Planted::StrangerTakenForForeign) && from > self.plan.count;
        let home = address(if is_taken { self.plan.count } else { from });
        match Verdict::on(first, home, &node.known_peers, &node.context) {
            Verdict::Admit { peer, .. } if peer.index() != from => {
                Err(format!("a stranger has the node of machine {peer} at machine {}", to + 1))
            }
            Verdict::Admit { peer, welcome, rest } => {
                let until = self.now.after(HELLO_PATIENCE);
                self.listeners[at] = Listener::Welcomed { peer, welcome, rest, until };
                Ok(())
            }
            Verdict::Listen { speaker, said } => {
                self.listen(at, None, Some(speaker), &said);
                Ok(())
            }
            Verdict::Refuse { why } => {
                let twin = self.pipes[at].borrow().twin;
                if let Some(twin) = twin.filter(|twin| !self.pipes[*twin].borrow().is_reset) {
                    self.pipes[twin].borrow_mut().put(&wire::line(&Said::Refused(why)));
                }
                self.hang_up(at);
                Ok(())
            }
        }
    }

    /// A reader takes over this pipe, of which `said` was read before.
    fn listen(&mut self, at: usize, peer: Option<MachineId>, speaker: Option<Speaker>, said: &[u8]) {
        let context = &self.nodes[self.pipes[at].borrow().to].context;
        let mut ear = Ear::new(peer, speaker, Arc::clone(&context.inbox), Splitter::default());
        let arrived = context.clock.get().map_or(LabTime::ZERO, |clock| clock.lab_time(self.now));
        match ear.hear(said, arrived) {
            Ok(()) => self.listeners[at] = Listener::Ear(ear),
            Err(error) => {
                ear.closed(Err(io::Error::new(ErrorKind::InvalidData, error)));
                self.hang_up(at);
            }
        }
    }

    /// What is due at a machine's acceptor.
    pub fn tend_door(&mut self, to: usize) -> Result<(), String> {
        let is_there =
            |listener: &Listener| matches!(listener, Listener::Visitor { .. } | Listener::Welcomed { .. });
        self.at_door.retain(|at| is_there(&self.listeners[*at]));
        for next in 0..self.at_door.len() {
            let at = self.at_door[next];
            if self.pipes[at].borrow().to != to {
                continue;
            }
            match &self.listeners[at] {
                Listener::Visitor { visitor, number } => {
                    let number = *number;
                    if visitor.leaves_at().is_some_and(|leaves| leaves <= self.now) {
                        self.receive(at, number, Err(SILENT.to_owned()))?;
                    }
                }
                Listener::Welcomed { .. } => self.welcome(at, to),
                _ => {}
            }
        }
        Ok(())
    }

    /// Tells a machine that it is let in, as far as its connection takes it.
    fn welcome(&mut self, at: usize, to: usize) {
        let Some(twin) = self.pipes[at].borrow().twin else { return };
        let way = self.wire(Rc::clone(&self.pipes[twin]));
        let Listener::Welcomed { peer, welcome, rest, until } = &mut self.listeners[at] else { return };
        let peer = *peer;
        let is_lost = match way.try_write(welcome) {
            Ok(written) => {
                welcome.drain(..written);
                false
            }
            Err(error) => error.kind() != ErrorKind::WouldBlock || self.now >= *until,
        };
        if is_lost {
            self.nodes[to].context.connected.give_back(peer);
            self.hang_up(at);
        } else if welcome.is_empty() {
            let rest = std::mem::take(rest);
            match &mut self.nodes[to].stage {
                Stage::Meeting(meeting) => {
                    meeting.hear(Ok((peer, way)));
                    self.listen(at, Some(peer), None, &rest);
                }
                _ => self.hang_up(at),
            }
        }
    }

    /// What is due of a machine's dialers.
    pub fn tend_calls(&mut self, at: usize) -> Result<(), String> {
        for index in 0..self.nodes[at].dialing.len() {
            let one = &self.nodes[at].dialing[index];
            match &one.state {
                Try::Waits(next) if *next <= self.now => self.try_call(at, index),
                Try::Goes { pipe, .. } if self.now >= one.dialer.deadline => {
                    let pipe = *pipe;
                    self.fail_call(at, index, Some(pipe), "no answer");
                }
                Try::Goes { .. } => self.say_hello(at, index),
                _ => {}
            }
        }
        Ok(())
    }

    fn try_call(&mut self, at: usize, index: usize) {
        let peer = self.nodes[at].dialing[index].dialer.peer;
        if peer.index() >= self.plan.count {
            let out = self.add_pipe(at, peer.index());
            let way = self.wire(Rc::clone(&self.pipes[out]));
            self.settle(at, index, Ok((peer, way)));
        } else if !self.nodes[peer.index()].listens() || self.dice.borrow_mut().one_in(8) {
            self.fail_call(at, index, None, "Connection refused");
        } else {
            let pipe = self.connect(at, peer.index(), Listener::Dialer(index));
            let one = &mut self.nodes[at].dialing[index];
            let unsaid = one.dialer.hello().unwrap_or_default();
            one.state = Try::Goes { pipe, unsaid };
        }
    }

    fn settle(&mut self, at: usize, index: usize, outcome: Result<(MachineId, Wire), MeshError>) {
        self.nodes[at].dialing[index].state = Try::Done;
        if let Stage::Meeting(meeting) = &mut self.nodes[at].stage {
            meeting.hear(outcome);
        }
    }

    fn say_hello(&mut self, at: usize, index: usize) {
        let Try::Goes { pipe, .. } = self.nodes[at].dialing[index].state else { return };
        let way = self.wire(Rc::clone(&self.pipes[pipe]));
        let Try::Goes { unsaid, .. } = &mut self.nodes[at].dialing[index].state else { return };
        match way.try_write(unsaid) {
            Ok(written) => drop(unsaid.drain(..written)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => self.fail_call(at, index, Some(pipe), &error.to_string()),
        }
    }

    fn fail_call(&mut self, at: usize, index: usize, pipe: Option<usize>, why: &str) {
        let back = pipe.and_then(|pipe| self.pipes[pipe].borrow().twin);
        if let Some(back) = back {
            self.hang_up(back);
        }
        let observer = Arc::clone(&self.nodes[at].context.observer);
        let one = &mut self.nodes[at].dialing[index];
        match one.dialer.failed(why, self.now, &observer) {
            Ok(next) => one.state = Try::Waits(next),
            Err(error) => self.settle(at, index, Err(error)),
        }
    }

    pub fn hear_answer(&mut self, back: usize, read: io::Result<Vec<u8>>) -> Result<(), String> {
        let Listener::Dialer(index) = self.listeners[back] else { return Ok(()) };
        let (from, at) = (self.pipes[back].borrow().from, self.pipes[back].borrow().to);
        let out = self.pipes[back].borrow().twin;
        let one = &mut self.nodes[at].dialing[index];
        let read = match &read {
            Ok(bytes) => Ok(bytes.as_slice()),
            Err(error) => Err(error.kind().into()),
        };
        match (one.dialer.hear(read), out) {
            (Some(Answer::Welcome(rest)), Some(out)) => {
                let peer = one.dialer.peer;
                if peer.index() != from {
                    return Err(format!("machine {} takes a stranger for machine {peer}", at + 1));
                }
                let way = self.wire(Rc::clone(&self.pipes[out]));
                self.settle(at, index, Ok((peer, way)));
                self.listen(back, Some(peer), None, &rest);
            }
            (Some(Answer::Refused(error)), _) => {
                self.hang_up(back);
                self.settle(at, index, Err(error));
            }
            (Some(Answer::Lost(why)), out) => self.fail_call(at, index, out, &why),
            _ => {}
        }
        Ok(())
    }
}
