//! Foreign connections: those that sent a message without saying who they are,
//! in a network that is open to them.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::peers::Peers;
use crate::model::event::MachineId;

/// The foreign connections of one machine.
#[derive(Debug)]
pub struct Foreign {
    /// The only foreign machine of the spec, and the host it listens on.
    only: Option<(MachineId, IpAddr)>,
    speaking: AtomicUsize,
    most: AtomicUsize,
}

/// One foreign connection that has sent a message, for as long as it is open.
#[derive(Debug)]
pub struct Speaker {
    all: Arc<Foreign>,
    comes_from_only: bool,
}

impl Foreign {
    pub fn new(known_peers: &Peers) -> Foreign {
        let only = known_peers.foreign.first().filter(|_| known_peers.foreign.len() == 1);
        let only = only.and_then(|id| Some((*id, known_peers.addresses.get(id)?.ip().to_canonical())));
        Foreign { only, speaking: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }

    /// A connection from this host has sent its first message.
    pub fn begin(self: &Arc<Foreign>, driver: IpAddr) -> Speaker {
        let speaking = self.speaking.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(speaking, SeqCst);
        let comes_from_only = self.only.is_some_and(|(_, own)| own == driver.to_canonical());
        Speaker { all: Arc::clone(self), comes_from_only }
    }

    /// The most that have spoken at the same time.
    pub fn heard(&self) -> usize {
        self.most.load(SeqCst)
    }

    /// Whether more speak than there is a machine for, so that none can be distinguished
    /// from another.
    pub fn is_crowded(&self) -> bool {
        self.only.is_some() && self.speaking.load(SeqCst) > 1
    }
}

impl Speaker {
    /// Whose messages these are: the spec's only foreign machine's, as long as
    /// nobody else speaks and the connection comes from its host.
    pub fn machine(&self) -> Option<MachineId> {
        let is_it = self.comes_from_only && self.all.speaking.load(SeqCst) == 1;
        self.all.only.filter(|_| is_it).map(|(id, _)| id)
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.all.speaking.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    use super::*;
    use crate::engine::Token;

    fn foreign(machines: &[u32]) -> Arc<Foreign> {
        let address = |id: &u32| (MachineId(*id), "10.0.0.3:5003".parse().unwrap());
        let addresses: BTreeMap<_, _> = machines.iter().map(address).collect();
        let foreign: BTreeSet<MachineId> = addresses.keys().copied().collect();
        let (token, patience) = (Token::of([0; 16]), Duration::from_secs(1));
        let known_peers =
            Peers { own: MachineId(1), run: "r".into(), token, addresses, foreign, open: true, patience };
        Arc::new(Foreign::new(&known_peers))
    }

    #[test]
    fn messages_are_a_machines_only_while_nobody_else_could_have_sent_them() {
        let foreign_machine = foreign(&[3]);
        let home: IpAddr = "::ffff:10.0.0.3".parse().unwrap();
        let first = foreign_machine.begin(home);
        assert_eq!(first.machine(), Some(MachineId(3)));
        let second = foreign_machine.begin(home);
        assert_eq!((first.machine(), second.machine()), (None, None));
        assert!(foreign_machine.is_crowded());
        drop(first);
        assert_eq!((second.machine(), foreign_machine.heard()), (Some(MachineId(3)), 2));
    }

    #[test]
    fn messages_of_another_host_or_of_one_of_two_machines_are_nobodys() {
        assert_eq!(foreign(&[3]).begin("10.0.0.4".parse().unwrap()).machine(), None);
        assert_eq!(foreign(&[3, 4]).begin("10.0.0.3".parse().unwrap()).machine(), None);
    }
}
