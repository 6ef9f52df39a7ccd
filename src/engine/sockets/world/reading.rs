//! How bytes arrive in the world, and who hears them.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::node::Outcome;
use super::pipe::Listener;
use super::plan::Hosting;
use super::planted::Planted;
use super::schedule::{World, id};
use crate::engine::sockets::ear::Ear;
use crate::engine::wire::Splitter;
use crate::model::event::Message;
use crate::model::time::LabTime;

impl World {
    /// Reads something somewhere, if there is anything to read.
    pub fn deliver(&mut self) -> Result<bool, String> {
        if self.pipes.is_empty() {
            return Ok(false);
        }
        let first = self.dice.borrow_mut().below(self.pipes.len() as u64) as usize;
        for offset in 0..self.pipes.len() {
            let at = (first + offset) % self.pipes.len();
            let mut pipe = self.pipes[at].borrow_mut();
            if !pipe.has_news() || pipe.stuck_until > self.now {
                continue;
            }
            let to = pipe.to;
            if to >= self.nodes.len() {
                // Strangers read, and do not look at it.
                let size = pipe.bytes.len();
                pipe.take(size);
                pipe.is_reported = pipe.closes || pipe.is_reset;
                continue;
            }
            let node = &self.nodes[to];
            let is_ear = matches!(self.listeners[at], Listener::Ear(_));
            let is_strange = pipe.from >= self.nodes.len();
            if node.is_over() && !(is_ear && self.is_read_after(to))
                || is_ear && is_strange && !node.context.inbox.has_room()
            {
                continue;
            }
            let read: io::Result<Vec<u8>> = if !pipe.bytes.is_empty() {
                let size = 1 + self.dice.borrow_mut().below(pipe.bytes.len() as u64) as usize;
                let messages = pipe.messages();
                let bytes = pipe.take(size);
                if node.is_over() {
                    // Nobody counts them any more.
                    pipe.lost += messages - pipe.messages();
                }
                Ok(bytes)
            } else {
                pipe.is_reported = true;
                if pipe.is_reset { Err(ErrorKind::ConnectionReset.into()) } else { Ok(Vec::new()) }
            };
            drop(pipe);
            self.hear(at, read)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// What a read from this pipe comes to.
    fn hear(&mut self, at: usize, read: io::Result<Vec<u8>>) -> Result<(), String> {
        let to = self.pipes[at].borrow().to;
        match &mut self.listeners[at] {
            Listener::Nobody => Ok(()),
            Listener::Welcomed { rest, .. } => {
                // Heard once its reader takes over.
                if let Ok(bytes) = read {
                    rest.extend(bytes);
                }
                Ok(())
            }
            Listener::Visitor { .. } => self.hear_visitor(at, read),
            Listener::Dialer(_) => self.hear_answer(at, read),
            Listener::Ear(ear) => {
                let node = &self.nodes[to];
                let arrived =
                    node.context.clock.get().map_or(LabTime::ZERO, |clock| clock.lab_time(self.now));
                let is_strange = self.pipes[at].borrow().from >= self.nodes.len();
                let outcome = match read {
                    Ok(bytes) if bytes.is_empty() => Err(Ok(())),
                    Ok(bytes) => {
                        if is_strange && self.planted == Some(Planted::CreditKept) {
                            let clocks = memchr::memchr_iter(b'\n', &bytes).count();
                            // Received as somebody's for whom no room is kept.
                            let from = Some(id(self.plan.all()));
                            let message = Message { clock: 1, from, arrived };
                            node.context.inbox.deliver(None, &mut vec![message; clocks]);
                            return Ok(());
                        }
                        ear.hear(&bytes, arrived)
                            .map_err(|error| Err(io::Error::new(ErrorKind::InvalidData, error)))
                    }
                    Err(error) => Err(Err(error)),
                };
                if let Err(closed) = outcome {
                    let is_malformed =
                        closed.as_ref().is_err_and(|e: &io::Error| e.kind() == ErrorKind::InvalidData);
                    ear.closed(closed);
                    self.listeners[at] = Listener::Nobody;
                    if is_malformed {
                        self.pipes[at].borrow_mut().reset();
                        if is_strange && !self.plan.has_meeting {
                            self.reconnect_foreign(at, to);
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// A foreign machine whose connection was closed makes another.
    fn reconnect_foreign(&mut self, at: usize, to: usize) {
        let inbox = Arc::clone(&self.nodes[to].context.inbox);
        self.listeners[at] = Listener::Ear(Ear::new(None, None, inbox, Splitter::default()));
        let mut pipe = self.pipes[at].borrow_mut();
        pipe.is_reset = false;
        pipe.is_reported = false;
    }

    /// Whether connections of a machine that is over are still read.
    fn is_read_after(&self, at: usize) -> bool {
        self.plan.hosting == Hosting::Tasks && self.nodes[at].outcome != Outcome::Killed
    }
}
