//! What belongs to a machine's connections and outlives their making.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use super::connected::Connected;
use super::foreign::Foreign;
use super::inbox::{Inbox, Strangers};
use super::mesh_error::MeshError;
use super::pace::LabClock;
use super::peers::Peers;
use crate::engine::Observer;

/// Lines in the log about strangers; more are only counted.
const NOTICES_MAX: u64 = 100;

/// What all connections of one machine share.
#[derive(Clone)]
pub struct ConnectionContext {
    pub inbox: Arc<Inbox>,
    /// Set when the run starts.
    pub clock: Arc<OnceLock<LabClock>>,
    pub observer: Observer,
    pub connected: Arc<Connected>,
    pub foreign: Arc<Foreign>,
    reported: Arc<AtomicU64>,
}

impl ConnectionContext {
    pub fn new(known_peers: &Peers, strangers: Strangers, observer: Observer) -> ConnectionContext {
        ConnectionContext {
            inbox: Arc::new(Inbox::new(strangers)),
            clock: Arc::default(),
            observer,
            connected: Arc::default(),
            foreign: Arc::new(Foreign::new(known_peers)),
            reported: Arc::default(),
        }
    }

    /// Why no run may begin any more: a machine left, or came twice.
    pub fn trouble(&self) -> Option<MeshError> {
        // One that has left and come again is no second one.
        let left = self.inbox.left_early().map(|peer| MeshError::LeftEarly { peer });
        left.or_else(|| self.connected.twice().map(|peer| MeshError::Twice { peer }))
    }

    /// Strangers are reported in the log, but cannot fill it.
    pub fn tell_of_stranger(&self, text: String) {
        match self.reported.fetch_add(1, Relaxed) {
            0..NOTICES_MAX => self.inbox.notice(text),
            NOTICES_MAX => self
                .inbox
                .notice(format!("more than {NOTICES_MAX} lines about strangers: the rest is left out")),
            _ => {}
        }
    }
}
