//! A visitor: a connection that has come to a machine's acceptor, from its first
//! byte to the verdict on it. Knows no sockets.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use super::context::ConnectionContext;
use super::foreign::Speaker;
use super::handshake::{Heard, SILENT};
use super::pace::MonotonicTime;
use super::peers::Peers;
use crate::engine::wire::{self, Hello, Said};
use crate::model::event::MachineId;

/// A stranger gets this long to say who it is. In an open network it may be
/// silent for longer: a foreign machine says nothing before its first message.
pub const HELLO_PATIENCE: Duration = Duration::from_secs(2);
/// A foreign machine's first message must be among its first bytes, this many.
const FIRST_BYTES_MAX: usize = 8 * wire::LINE_BYTES_MAX;

/// A connection that has not said yet who it is.
#[derive(Debug)]
pub struct Visitor {
    heard: Heard,
    is_open: bool,
    leaves_at: Option<MonotonicTime>,
}

/// What a connection says first.
#[derive(Debug)]
pub enum First {
    /// Who it claims to be, and what came after it.
    Hello(Hello, Vec<u8>),
    /// A message of somebody who does not say who it is; all that was read.
    Message(Vec<u8>),
}

/// What is to be done with a visitor.
#[derive(Debug)]
pub enum Verdict {
    /// It is a machine of this run: it hears the welcome, and `rest` is what it
    /// has said already.
    Admit { peer: MachineId, welcome: Vec<u8>, rest: Vec<u8> },
    /// It takes part as a foreign machine, and has said this.
    Listen { speaker: Speaker, said: Vec<u8> },
    /// It hears why, and its connection is closed.
    Refuse { why: String },
}

impl Visitor {
    /// `is_open` says whether strangers may come in.
    pub fn new(is_open: bool, now: MonotonicTime) -> Visitor {
        let leaves_at = (!is_open).then(|| now.after(HELLO_PATIENCE));
        Visitor { heard: Heard::default(), is_open, leaves_at }
    }

    /// When it has been silent for too long, if it ever is.
    pub fn leaves_at(&self) -> Option<MonotonicTime> {
        self.leaves_at
    }

    /// Hears what a read came to: nothing is the end of the connection. Gives
    /// what it says first once that is known, or why it says nothing.
    pub fn hear(&mut self, read: io::Result<&[u8]>) -> Option<Result<First, String>> {
        let outcome = match read {
            Ok([]) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => self.look(bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error)),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(first) => first,
            Err(error) => Some(Err(format!("it did not say who it is ({error})"))),
        }
    }

    fn look(&mut self, bytes: &[u8]) -> Result<Option<Result<First, String>>, wire::WireError> {
        self.heard.take(bytes);
        while let Some(said) = self.heard.next_line()? {
            match said {
                Said::Hello(hello) => return Ok(Some(Ok(First::Hello(hello, self.heard.rest())))),
                Said::Clock(_) => return Ok(Some(Ok(First::Message(self.heard.all())))),
                _ if self.is_open => {}
                _ => return Ok(Some(Err(SILENT.to_owned()))),
            }
        }
        Ok((self.heard.len() > FIRST_BYTES_MAX).then(|| Err(SILENT.to_owned())))
    }
}

impl Verdict {
    /// On a visitor from this address. A machine that is let in is connected
    /// taken by that.
    pub fn on(
        first: Result<First, String>,
        from: SocketAddr,
        known_peers: &Peers,
        context: &ConnectionContext,
    ) -> Verdict {
        match first {
            Ok(First::Hello(hello, rest)) => Verdict::on_hello(hello, rest, known_peers, context),
            Ok(First::Message(said)) if known_peers.open => {
                let speaker = context.foreign.begin(from.ip());
                if context.foreign.is_crowded() {
                    context.tell_of_stranger(format!(
                        "{from} sends messages too, and the spec has one foreign machine: whose messages are whose is unknown"
                    ));
                }
                Verdict::Listen { speaker, said }
            }
            Ok(First::Message(_)) => Verdict::Refuse { why: SILENT.to_owned() },
            Err(why) => Verdict::Refuse { why },
        }
    }

    fn on_hello(hello: Hello, rest: Vec<u8>, known_peers: &Peers, context: &ConnectionContext) -> Verdict {
        let peer = hello.machine;
        let objection = known_peers.objection(&hello).or_else(|| {
            let is_taken = !context.connected.take(peer);
            is_taken.then(|| format!("machine {peer} is connected already"))
        });
        match objection {
            Some(why) => Verdict::Refuse { why },
            None => {
                let welcome = wire::line(&Said::Hello(known_peers.hello_to(peer)));
                Verdict::Admit { peer, welcome, rest }
            }
        }
    }
}
