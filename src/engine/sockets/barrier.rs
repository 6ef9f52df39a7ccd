//! The barrier: the first machine hears from every other that its connections
//! stand, and that the foreign machines have spoken, then names the time at
//! which all start. Knows no sockets.

use std::sync::Arc;
use std::time::Duration;

use super::context::ConnectionContext;
use super::dialer::REPORT_EVERY;
use super::mesh_error::MeshError;
use super::pace::{Epoch, MonotonicTime};
use super::peers::Peers;
use crate::engine::Notice;
use crate::engine::wire::Said;
use crate::model::event::MachineId;

/// From the agreement on a start to the start itself, for the word to travel.
const LEAD: Duration = Duration::from_millis(3);
const LEAD_A_MACHINE: Duration = Duration::from_micros(200);
/// How much longer the others wait for the first machine's word than it does.
const FOLLOWER_GRACE: Duration = Duration::from_secs(1);
/// For a start that is named to reach every machine.
pub const GO_PATIENCE: Duration = Duration::from_millis(200);

/// One machine at the barrier.
pub struct Barrier {
    known_peers: Arc<Peers>,
    context: ConnectionContext,
    epoch: Epoch,
    /// The machine that names the start, if that is not this one.
    leader: Option<MachineId>,
    /// The other machines of `labctl`.
    peers: Vec<MachineId>,
    deadline: MonotonicTime,
    report_at: MonotonicTime,
    /// Foreign connections that the leader knows of, once it knows of anything.
    reported: Option<usize>,
    named: Option<Named>,
}

/// The start that this machine has named. Nothing changes it any more.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    pub unix_ns: i64,
    /// By when all must have been reported.
    pub until: MonotonicTime,
}

/// What is to be said, and to whom.
pub type Words = Vec<(MachineId, Said)>;

impl Barrier {
    pub fn new(
        known_peers: Arc<Peers>,
        context: ConnectionContext,
        epoch: Epoch,
        now: MonotonicTime,
    ) -> Barrier {
        let peers = known_peers.labctl_peers();
        Barrier {
            leader: peers.first().copied().filter(|first| *first < known_peers.own),
            peers,
            deadline: now.after(known_peers.patience),
            report_at: now.after(REPORT_EVERY),
            reported: None,
            named: None,
            known_peers,
            context,
            epoch,
        }
    }

    /// The start that this machine has named, if it is the first.
    pub fn named(&self) -> Option<Named> {
        self.named
    }

    /// How long the start may still come after a stop: the first machine may
    /// have named it already, and then this one must begin too, and end in
    /// order, or its peers would miss it.
    pub fn patience(&self) -> Duration {
        if self.leader.is_some() { GO_PATIENCE } else { Duration::ZERO }
    }

    /// What is to be said now.
    ///
    /// # Errors
    ///
    /// Who is missing, after all patience.
    pub fn step(&mut self, now: MonotonicTime) -> Result<Words, MeshError> {
        match self.leader {
            Some(leader) => self.follow(leader, now),
            None => self.lead(now),
        }
    }

    /// Tells the first machine how things stand here, until it names the start.
    fn follow(&mut self, leader: MachineId, now: MonotonicTime) -> Result<Words, MeshError> {
        // The leader's patience may begin a little later, and it knows who is missing.
        if now >= self.deadline.after(FOLLOWER_GRACE) {
            return Err(MeshError::NotReady { peer: leader, patience: self.known_peers.patience });
        }
        let mut words = Vec::new();
        if self.reported.is_none() {
            words.push((leader, Said::Ready));
        }
        let foreign = self.context.foreign.heard();
        if foreign > self.reported.unwrap_or(0) {
            words.push((leader, Said::Heard { foreign }));
        }
        self.reported = Some(foreign);
        Ok(words)
    }

    fn lead(&mut self, now: MonotonicTime) -> Result<Words, MeshError> {
        let (is_late, patience) = (now >= self.deadline, self.known_peers.patience);
        let ready = self.context.inbox.ready();
        if let Some(peer) = self.peers.iter().find(|peer| !ready.contains(peer)).copied() {
            return if is_late { Err(MeshError::NotReady { peer, patience }) } else { Ok(Vec::new()) };
        }
        let spoken = self.context.foreign.heard().max(self.context.inbox.most_foreign_heard());
        if let Some(peer) = self.known_peers.foreign.iter().nth(spoken).copied() {
            if now >= self.report_at {
                self.report_at = now.after(REPORT_EVERY);
                let text = format!("machine {peer} has sent no message yet, waiting");
                (self.context.observer)(Notice { machine: self.known_peers.own, text });
            }
            return if is_late { Err(MeshError::Unheard { peer, patience }) } else { Ok(Vec::new()) };
        }
        let lead = LEAD + LEAD_A_MACHINE * self.peers.len() as u32;
        let unix_ns = self.epoch.unix_ns(now.after(lead));
        self.named = Some(Named { unix_ns, until: now.after(GO_PATIENCE) });
        Ok(self.peers.iter().map(|peer| (*peer, Said::Go { unix_ns })).collect())
    }
}
