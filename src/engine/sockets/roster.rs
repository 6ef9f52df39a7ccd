//! The roster: what one machine knows of the others before it meets them, and
//! whom it lets in.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use crate::engine::wire::Hello;
use crate::event::MachineId;

/// What one machine knows of the others before it meets them.
#[derive(Clone, Debug)]
pub struct Roster {
    pub own: MachineId,
    /// Names the run, so that machines of different runs do not mix.
    pub run: String,
    /// What a machine of this run must say to be let in.
    pub token: String,
    /// Where each of the others listens.
    pub addresses: BTreeMap<MachineId, SocketAddr>,
    pub foreign: BTreeSet<MachineId>,
    /// Whether connections that do not say who they are are let in.
    pub open: bool,
    /// How long to wait for the others.
    pub patience: Duration,
}

impl Roster {
    /// What this machine says first.
    pub fn hello(&self) -> Hello {
        Hello { run: self.run.clone(), machine: self.own, token: self.token.clone() }
    }

    /// The peers that speak as `labctl` does, in order.
    pub fn labctl_peers(&self) -> Vec<MachineId> {
        self.addresses.keys().filter(|peer| !self.foreign.contains(peer)).copied().collect()
    }

    /// The one foreign machine, if there is just one: then a connection that
    /// does not say who it is can only be its.
    pub fn only_foreign(&self) -> Option<MachineId> {
        self.foreign.first().copied().filter(|_| self.foreign.len() == 1)
    }

    /// Why a connection that says this is not let in.
    pub fn objection(&self, hello: &Hello) -> Option<String> {
        if hello.run != self.run {
            return Some(format!("this is run {}, not {}: the specs differ", self.run, hello.run));
        }
        if hello.token != self.token {
            return Some("the token is wrong".to_owned());
        }
        let expected = self.addresses.contains_key(&hello.machine) && !self.foreign.contains(&hello.machine);
        if !expected || hello.machine < self.own {
            return Some(format!("machine {} is not expected here", hello.machine));
        }
        None
    }
}
