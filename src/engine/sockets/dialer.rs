//! A dialer: makes one connection from a machine to a peer, tried until the peer
//! is there. Knows no sockets.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::handshake::{Heard, SILENT};
use super::mesh_error::MeshError;
use super::pace::MonotonicTime;
use super::peers::Peers;
use crate::engine::wire::{self, Said};
use crate::engine::{Notice, Observer};
use crate::model::event::MachineId;

const BACK_OFF_FIRST: Duration = Duration::from_millis(5);
const BACK_OFF_MAX: Duration = Duration::from_millis(500);
/// A missing peer is reported after this, and then each time this has passed.
pub const REPORT_EVERY: Duration = Duration::from_secs(1);

/// One connection in the making.
#[derive(Debug)]
pub struct Dialer {
    pub peer: MachineId,
    pub address: SocketAddr,
    /// No try lasts longer.
    pub deadline: MonotonicTime,
    is_foreign: bool,
    known_peers: Arc<Peers>,
    heard: Heard,
    back_off: Duration,
    report_at: MonotonicTime,
}

/// What a try came to.
#[derive(Debug)]
pub enum Answer {
    /// The peer is there, and has said this already.
    Welcome(Vec<u8>),
    /// It is no use to try again.
    Refused(MeshError),
    /// The next try may do better.
    Lost(String),
}

impl Dialer {
    pub fn new(
        peer: MachineId,
        address: SocketAddr,
        known_peers: Arc<Peers>,
        now: MonotonicTime,
        deadline: MonotonicTime,
    ) -> Dialer {
        let is_foreign = known_peers.foreign.contains(&peer);
        let (back_off, report_at) = (BACK_OFF_FIRST, now.after(REPORT_EVERY));
        Dialer {
            peer,
            address,
            deadline,
            is_foreign,
            known_peers,
            heard: Heard::default(),
            back_off,
            report_at,
        }
    }

    pub fn is_foreign(&self) -> bool {
        self.is_foreign
    }

    /// What is to be said on a new connection; nothing to a foreign machine,
    /// which is there with that.
    pub fn hello(&mut self) -> Option<Vec<u8>> {
        self.heard = Heard::default();
        (!self.is_foreign).then(|| wire::line(&Said::Hello(self.known_peers.hello_to(self.peer))))
    }

    /// Hears what a read came to: nothing is the end of the connection.
    pub fn hear(&mut self, read: io::Result<&[u8]>) -> Option<Answer> {
        let heard = match read {
            Ok([]) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => {
                self.heard.take(bytes);
                self.heard.next_line().map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
            }
            Err(error) => Err(error),
        };
        let refused = |why| {
            let (peer, address) = (self.peer, self.address);
            Answer::Refused(MeshError::Refused { peer, address, why })
        };
        match heard {
            Ok(None) => None,
            Ok(Some(Said::Hello(hello))) if self.known_peers.is_answer(&hello, self.peer) => {
                Some(Answer::Welcome(self.heard.rest()))
            }
            // It was said, but too late: on a busy host, or over a slow network.
            Ok(Some(Said::Refused(why))) if why == SILENT => Some(Answer::Lost(why)),
            Ok(Some(Said::Refused(why))) => Some(refused(why)),
            Ok(Some(_)) => Some(refused("it is not that machine of this run".to_owned())),
            Err(error) => Some(Answer::Lost(error.to_string())),
        }
    }

    /// The try has failed: when the next one begins, more and more slowly.
    ///
    /// # Errors
    ///
    /// There is no time for another.
    pub fn failed(
        &mut self,
        why: &str,
        now: MonotonicTime,
        observer: &Observer,
    ) -> Result<MonotonicTime, MeshError> {
        let (peer, address) = (self.peer, self.address);
        let next = now.after(self.back_off);
        if next >= self.deadline {
            let patience = self.known_peers.patience;
            return Err(MeshError::Absent { peer, address, patience, why: why.to_owned() });
        }
        if now >= self.report_at {
            self.report_at = now.after(REPORT_EVERY);
            let text = format!("machine {peer} at {address} is not there yet ({why}), trying again");
            observer(Notice { machine: self.known_peers.own, text });
        }
        self.back_off = (self.back_off * 2).min(BACK_OFF_MAX);
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::engine::Token;

    #[test]
    fn a_hello_that_came_too_late_is_said_again_and_any_other_refusal_is_final() {
        let at = MonotonicTime::at_ns(1);
        let address = SocketAddr::from(([127, 0, 0, 1], 5001));
        let known_peers = Peers {
            own: MachineId(2),
            run: "r".into(),
            token: Token::of([7; 16]),
            addresses: BTreeMap::from([(MachineId(1), address)]),
            foreign: BTreeSet::new(),
            open: false,
            patience: Duration::from_secs(5),
        };
        let deadline = at.after(known_peers.patience);
        let mut dialer = Dialer::new(MachineId(1), address, Arc::new(known_peers), at, deadline);
        for (why, is_final) in [(SILENT, false), ("its token is another", true)] {
            assert!(dialer.hello().unwrap().starts_with(b"labctl-hello:r 2 "));
            let line = wire::line(&Said::Refused(why.to_owned()));
            assert!(dialer.hear(Ok(&line[..20])).is_none(), "half a line says nothing");
            let answer = dialer.hear(Ok(&line[20..]));
            assert_eq!(matches!(answer, Some(Answer::Refused(_))), is_final, "{answer:?}");
            assert_eq!(matches!(answer, Some(Answer::Lost(_))), !is_final, "{answer:?}");
        }
    }
}
