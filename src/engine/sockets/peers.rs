//! Peers: what one machine knows of the others before it meets them, and
//! whom it lets in.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use crate::engine::Token;
use crate::engine::wire::Hello;
use crate::model::event::MachineId;

/// What one machine knows of the others before it meets them.
#[derive(Clone, Debug)]
pub struct Peers {
    pub own: MachineId,
    /// Names the run, so that machines of different runs do not mix.
    pub run: String,
    /// What a machine of this run must know to be let in.
    pub token: Token,
    /// Where each of the others listens.
    pub addresses: BTreeMap<MachineId, SocketAddr>,
    pub foreign: BTreeSet<MachineId>,
    /// Whether connections that do not say who they are are let in.
    pub open: bool,
    /// How long to wait for the others.
    pub patience: Duration,
}

impl Peers {
    /// What this machine says to `peer` first.
    pub fn hello_to(&self, peer: MachineId) -> Hello {
        self.token.hello(&self.run, self.own, peer)
    }

    /// Whether this is `peer`'s answer to it.
    pub fn is_answer(&self, hello: &Hello, peer: MachineId) -> bool {
        hello.run == self.run && hello.machine == peer && self.token.is_proven(hello, self.own)
    }

    /// The peers that speak as `labctl` does, in order.
    pub fn labctl_peers(&self) -> Vec<MachineId> {
        self.addresses.keys().filter(|peer| !self.foreign.contains(peer)).copied().collect()
    }

    /// Why a connection that says this is not let in.
    pub fn objection(&self, hello: &Hello) -> Option<String> {
        if hello.run != self.run {
            return Some(format!("this is run {}, not {}: the specs differ", self.run, hello.run));
        }
        if !self.token.is_proven(hello, self.own) {
            return Some("its token is another; all machines of a run need the same one".to_owned());
        }
        let expected = self.addresses.contains_key(&hello.machine) && !self.foreign.contains(&hello.machine);
        if !expected || hello.machine < self.own {
            return Some(format!("machine {} is not expected here", hello.machine));
        }
        None
    }
}
